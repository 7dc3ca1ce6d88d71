/**
 * The figures of docs/scale.md: its tables, found by their headings, and sentences with holes for what is reckoned. A table
 * or sentence that is not there exactly once is an error, so that no figure of the document is left behind.
 */

import { Complaint } from "../complaint.mjs";
import { bounds } from "./figures.mjs";
import { sentences } from "./sentences.mjs";
import { about, dollars, percent } from "./table.mjs";

/**
 * @typedef {object} Answers
 * @property {import("./answers.mjs").Priced[]} costs of the loads that are asked about when none is named
 * @property {ReturnType<typeof import("./answers.mjs").viewerShards>} viewers
 * @property {ReturnType<typeof import("./answers.mjs").sharing>} shared
 * @property {ReturnType<typeof import("./answers.mjs").commits>} commits
 * @property {ReturnType<typeof import("./answers.mjs").knobs>} knobs
 * @property {ReturnType<typeof import("./answers.mjs").breakEven>} breakEven
 * @property {ReturnType<typeof import("./answers.mjs").simulated>} days
 */

/**
 * The document with these answers.
 * @param {string} text as it stands
 * @param {Answers} answers
 */
export function documentOf(text, answers) {
  const withTables = tables(answers).reduce(withTable, text);
  return sentences(answers).reduce(withSentence, withTables);
}

/**
 * @param {Answers} answers
 * @returns {{ heading: string[], rows: string[][] }[]}
 */
function tables({ costs, viewers, shared, commits, knobs, breakEven, days }) {
  return [
    {
      heading: ["load", "spaces", "shards of each", "because of"],
      rows: costs.map(({ load, size }) => [loadText(load), String(size.spaces), String(size.shards), size.why]),
    },
    {
      heading: ["new viewers of stories a day", "shards"],
      rows: viewers.map(({ viewersPerDay, shards }) => [about(viewersPerDay), shardsText(shards)]),
    },
    sharingOf(shared),
    commitsTold(commits),
    costsOf(costs),
    {
      heading: ["change", "shards", "a month", "where"],
      rows: knobs.map(({ knob, shards, usd, where }) => [knob, String(shards), dollars(usd), where]),
    },
    stackOf(costs),
    {
      heading: ["events per request", "Polso costs more than the low estimate from", "than the high one from"],
      rows: breakEven.map(({ batch, low, high }) => [about(batch), fromRate(low), fromRate(high)]),
    },
    daysOf(days, [2, 4, 8, 16, 32, 64], ({ busiest }) => busiest.toFixed(2)),
    daysOf(
      days,
      [1, 2, 4, 8, 16, 32],
      ({ overTime, givenUp, offered }) => `${percent(overTime)}; ${percent(givenUp / offered)}`,
    ),
  ];
}

/** @param {import("./sizes.mjs").Load} load */
const loadText = ({ eventsPerS, batch }) => `${about(eventsPerS)} events/s, ${about(batch)} per request`;

/** @param {number} shards */
const shardsText = (shards) =>
  shards > bounds.shardsMax.value ? `${shards}: more than a space can have` : String(shards);

/** @param {number | undefined} value */
const fromRate = (value) => (value === undefined ? "not up to 200,000" : `${about(value)} events/s`);

/** @param {number[]} ends */
const between = (...ends) => [...new Set(ends.map(about))].join("–");

/** @param {Answers["shared"]} shared */
function sharingOf(shared) {
  const first = shared[0];
  const columns = shared.filter(({ busy, batch }) => busy === first?.busy && batch === first.batch);
  const rows = shared
    .filter(({ shards }) => shards === first?.shards)
    .map(({ busy, batch }) => [
      percent(busy),
      about(batch),
      ...shared.filter((each) => each.busy === busy && each.batch === batch).map(({ requests }) => about(requests)),
    ]);
  const shards = columns.map((each) => `${each.shards} ${each.shards === 1 ? "shard" : "shards"}`);
  return { heading: ["an isolate is busy", "events per request", ...shards], rows };
}

/** @param {Answers["commits"]} commits */
function commitsTold(commits) {
  const takes = [...new Set(commits.map(({ commitMs }) => commitMs))];
  const rows = [...new Set(commits.map(({ requestsPerS }) => requestsPerS))].map((rate) => [
    about(rate),
    ...commits
      .filter(({ requestsPerS }) => requestsPerS === rate)
      .map(({ commitsPerS, waitMs, usd }) => `${about(commitsPerS)}; ${about(waitMs)} ms; ${dollars(usd)}`),
  ]);
  const heading = takes.map((ms) => (ms === 0 ? "a commit takes no time" : "a commit takes some time"));
  return { heading: ["requests/s of one ledger", ...heading], rows };
}

/** @param {Answers["costs"]} costs */
function costsOf(costs) {
  const named = ["requests", "processor time", "calls of objects", "objects awake", "rows written", "storage"];
  const rows = costs.map(({ load, bill, range }) => [
    `${about(load.eventsPerS)}/s, ${about(load.batch)} per request`,
    about(bill.usd),
    between(...range),
    ...named.map((name) => about(bill.lines.find(({ what }) => what === name)?.usd ?? 0)),
  ]);
  return { heading: ["load", "sum", "range", ...named], rows };
}

/** @param {Answers["costs"]} costs */
function stackOf(costs) {
  const of = (/** @type {number} */ rate, /** @type {number} */ batch) =>
    costs.filter(({ load }) => load.eventsPerS === rate && load.batch === batch);
  const columns = [costs.filter(({ load }) => load.eventsPerS <= 1_000), of(100_000, 1), of(100_000, 100)];
  const usd = (/** @type {number} */ rate, /** @type {number} */ batch) => about(of(rate, batch)[0]?.bill.usd ?? 0);
  /** @type {(name: string, of: (cost: import("./answers.mjs").Priced) => [number, number]) => string[]} */
  const row = (name, range) => [
    name,
    ...columns.map((column) => {
      const ranges = column.map(range);
      return between(Math.min(...ranges.map(([low]) => low)), Math.max(...ranges.map(([, high]) => high)));
    }),
  ];
  // What the servers need for the events of large requests is a part of its own in the model only.
  const parts = (costs[0]?.stack.parts ?? []).filter(({ part }) => part !== "webhook server, events");
  const rows = parts.map(({ part }) =>
    row(part, ({ stack }) => {
      const found = stack.parts.filter((each) => each.part === part || each.part === `${part}, events`);
      return [found.reduce((sum, each) => sum + each.usd[0], 0), found.reduce((sum, each) => sum + each.usd[1], 0)];
    }),
  );
  const sums = row("sum", ({ stack }) => stack.usd);
  const polso = [
    "Polso",
    `${usd(10, 100)}–${usd(10, 1)}; ${usd(1_000, 100)} or ${usd(1_000, 1)}`,
    usd(100_000, 1),
    usd(100_000, 100),
  ];
  const bold = (/** @type {string[]} */ cells) => cells.map((cell) => `**${cell}**`);
  return {
    heading: ["part", "10/s and 1,000/s", "100,000/s, 1 per request", "100,000/s, 100 per request"],
    rows: [...rows, bold(sums), bold(polso)],
  };
}

/**
 * @param {Answers["days"]} days
 * @param {number[]} counts
 * @param {(day: import("./simulation.mjs").Day) => string} cell
 */
function daysOf(days, counts, cell) {
  const found = days.filter(({ shards }) => counts.includes(shards));
  const rows = [...new Set(found.map(({ scenario }) => scenario))].map((name) => {
    const same = found.filter(({ scenario }) => scenario === name);
    return [`${name}: ${same[0]?.what}`, ...same.map(({ day }) => cell(day))];
  });
  return { heading: ["shards", ...counts.map(String)], rows };
}

/**
 * @param {string} text
 * @param {{ heading: string[], rows: string[][] }} table
 */
function withTable(text, { heading, rows }) {
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(" | ")} |\n`.replaceAll("|  |", "| |");
  const head = line(heading) + line(heading.map(() => "---"));
  const [before, after, ...others] = text.split(head);
  if (before === undefined || after === undefined || others.length > 0) {
    throw new Complaint(`docs/scale.md must have one table \`${heading.join(" | ")}\``);
  }
  return before + head + rows.map(line).join("") + after.replace(/^(\|.*\n)*/, "");
}

/**
 * @param {string} text
 * @param {[pattern: string, ...values: string[]]} sentence
 */
function withSentence(text, [pattern, ...values]) {
  const words = pattern.split("{}").map((part) => {
    const escaped = part.replace(/[.*+?^$()[\]{}|\\]/g, "\\$&");
    return `(${escaped.replaceAll(" ", "\\s+")})`;
  });
  const found = [...text.matchAll(new RegExp(words.join("\\S+?"), "g"))];
  const [match] = found;
  if (!match || found.length > 1) throw new Complaint(`docs/scale.md must say once: ${pattern}`);
  const said = match.slice(1).flatMap((part, index) => [part, values[index] ?? ""]);
  return text.slice(0, match.index) + said.join("") + text.slice(match.index + match[0].length);
}
