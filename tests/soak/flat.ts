/**
 * Whether a figure stayed flat. The first third of a run may be anything: caches fill, code gets compiled. Through the
 * rest a line is drawn whose slope is the median of the slopes between all pairs of samples, which no single outlier
 * moves. Flat is what rises along it by no more than a tolerance.
 */

/** How much a figure may rise over two thirds of a run: whichever of the two is larger. */
export interface Tolerance {
  /** Of the figure's median. */
  readonly share: number;
  readonly absolute: number;
}

export interface Flatness {
  readonly flat: boolean;
  /** The median of the last two thirds. */
  readonly median: number;
  /** Along the line, over the last two thirds. */
  readonly rise: number;
}

/** Looks at samples that were taken at equal distances. Falling is flat. */
export function flatness(samples: readonly number[], { share, absolute }: Tolerance): Flatness {
  const settled = samples.slice(Math.floor(samples.length / 3));
  const slopes = settled.flatMap((from, at) => settled.slice(at + 1).map((to, ahead) => (to - from) / (ahead + 1)));
  const rise = slopes.length === 0 ? 0 : median(slopes) * (settled.length - 1);
  const middle = median(settled);
  return { flat: rise <= Math.max(middle * share, absolute), median: middle, rise };
}

/** The middle one, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low = 0, high = low] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return (low + high) / 2;
}
