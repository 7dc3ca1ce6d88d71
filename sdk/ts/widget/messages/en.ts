/** The widget in English. */

import type { Messages } from "./it.ts";

export const en: Messages = {
  locale: "en-GB",

  basis: (numerator, denominator, of) => `${numerator} of ${denominator} ${of}`.trim(),
  noData: "no data in this window",
  noSpend: "no ad spend known",

  window: (count, unit) => {
    const name = { s: "second", m: "minute", h: "hour" }[unit] ?? "day";
    return count === 1 ? `last ${name}` : `last ${count} ${name}s`;
  },
  today: "today",
  days: (count) => `${count} days`,
  allTime: "of all time",

  link: {
    connecting: "Connecting…",
    live: "Live",
    late: "Late",
    reconnecting: "Reconnecting…",
    stopped: "Stopped",
    paused: "Paused",
  },
  lastEvent: (age) => `event ${age}`,
  noEvent: "no event yet",
  asOf: (time) => `data of ${time}`,
  stopped: {
    token_expired: "The token has expired.",
    token_invalid: "The server does not know the token.",
    forbidden: "The token may not read, or is of another space.",
  },

  insufficient: "not enough data",
  unavailable: "not available",
  target: (target) => `target ${target}`,
  reached: (target) => `on target ${target}`,
  below: (limit) => `below ${limit}`,
  above: (limit) => `above ${limit}`,
  calm: (name) => `${name}: back to normal`,

  course: "course",
  by: (dimension) => `by ${dimension}`,
  chart: "chart",
  hint: "Arrow keys move through the values.",
  current: "in progress",
  others: (count) => (count === 1 ? "one more" : `${count} more`),
  value: "Value",
  basisHead: "Of",
  when: "When",
  pause: "Pause",
  resume: "Resume",
  showTable: "Show as a table",
  hideTable: "Hide the table",

  valueMissing: "no value",

  problem: {
    kpi: 'The attribute kpi is missing: for example kpi="conversions".',
    token: "There is no token: the attribute token, or the property token with a function that fetches one.",
    many: "Too many different questions on this page: the chart is missing.",
  },
};
