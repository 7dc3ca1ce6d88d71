/** Waiting for a condition, in place of waiting for a time. */

import { setTimeout as delay } from "node:timers/promises";

const pollMs = 10;

/**
 * Looks until a condition holds.
 * @param shown what to show when it never does
 * @throws when it does not hold in time, with the condition's name
 */
export async function until(
  name: string,
  condition: () => boolean | Promise<boolean>,
  shown: () => unknown = () => "",
  waitMsMax = 15_000,
): Promise<void> {
  const deadline = performance.now() + waitMsMax;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${waitMsMax} ms: ${name} ${shown()}`);
    await delay(pollMs);
  }
}
