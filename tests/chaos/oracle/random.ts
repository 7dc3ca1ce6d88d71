/** One drawing of numbers for each event: the same seed and number tell the same event whenever it is told. */

import { Random } from "../../../scripts/demo/random.mjs";

/** The drawing of event `number` in a run of `seed`. */
export const drawingOf = (seed: number, number: number) => new Random(seed ^ Math.imul(number + 1, 0x9e37_79b1));

/** One of several. */
export function oneOf<T>(random: Random, choices: readonly [T, ...T[]]): T {
  return choices[random.whole(0, choices.length - 1)] ?? choices[0];
}
