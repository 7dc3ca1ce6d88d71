/** How busy an Italian day is, by hour in Europe/Rome. */

/** Who buys: quiet nights, two peaks, a dip at lunch. */
const buying = [
  0.25, 0.15, 0.1, 0.1, 0.12, 0.2, 0.4, 0.75, 1.1, 1.5, 1.7, 1.6, 1.3, 0.95, 1.1, 1.4, 1.55, 1.5, 1.45, 1.5, 1.7, 1.75,
  1.2, 0.65,
];
/** Who looks at stories: on the way to work, at lunch, and most of all from 18 to 21. */
const looking = [
  0.45, 0.25, 0.12, 0.08, 0.08, 0.15, 0.4, 0.9, 1, 0.75, 0.7, 0.75, 1.1, 1.25, 0.95, 0.8, 0.85, 1.1, 1.8, 2.3, 2.4, 2.0,
  1.5, 0.9,
];
const hourInRome = new Intl.DateTimeFormat("en", { timeZone: "Europe/Rome", hour: "numeric", hourCycle: "h23" });

/**
 * @param {number[]} busyness
 * @returns {(instant: Date) => number} how the rate at an instant relates to the day's average
 */
function rhythm(busyness) {
  const mean = busyness.reduce((sum, value) => sum + value, 0) / busyness.length;
  return (instant) => (busyness[Number(hourInRome.format(instant))] ?? mean) / mean;
}

export const buyingAt = rhythm(buying);
export const lookingAt = rhythm(looking);
