/** How busy an Italian day is: quiet nights, two peaks, a dip at lunch. */

/** By hour in Europe/Rome, from 0 to 23. */
const busyness = [
  0.25, 0.15, 0.1, 0.1, 0.12, 0.2, 0.4, 0.75, 1.1, 1.5, 1.7, 1.6, 1.3, 0.95, 1.1, 1.4, 1.55, 1.5, 1.45, 1.5, 1.7, 1.75,
  1.2, 0.65,
];
const mean = busyness.reduce((sum, value) => sum + value, 0) / busyness.length;
const hourInRome = new Intl.DateTimeFormat("en", { timeZone: "Europe/Rome", hour: "numeric", hourCycle: "h23" });

/**
 * How the rate at an instant relates to the day's average.
 * @param {Date} instant
 */
export const busynessAt = (instant) => (busyness[Number(hourInRome.format(instant))] ?? mean) / mean;
