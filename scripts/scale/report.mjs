/** The answers as tables, one for each question. */

import { limitText } from "./answers.mjs";
import { bounds } from "./figures.mjs";
import { about, dollars, percent, table } from "./table.mjs";

/** @param {import("./answers.mjs").Priced[]} priced */
export function sizeTable(priced) {
  const rows = priced.map(({ load, size, perS }) => [
    `${about(load.eventsPerS)} events/s, ${about(load.batch)} per request`,
    String(size.spaces),
    String(size.shards),
    about(perS.callsOfLedger),
    about(perS.requestsOfCall),
    about(perS.commitsOfLedger),
    about(perS.waitMs),
    size.why,
  ]);
  const heading = [
    "load",
    "spaces",
    "shards each",
    "calls/s",
    "requests in a call",
    "commits/s",
    "wait, ms",
    "because of",
  ];
  return table(
    `How many shards? Calls and commits are those of one ledger, on average; limit: ${limitText}`,
    heading,
    rows,
  );
}

/** @param {ReturnType<typeof import("./answers.mjs").sharing>} shared */
export function sharingTable(shared) {
  const shards = [...new Set(shared.map((each) => each.shards))];
  const cases = [...new Set(shared.map(({ batch, busy }) => `${about(batch)} per request, busy ${percent(busy)}`))];
  const rows = cases.map((text, row) => [
    text,
    ...shards.map((_, column) => about(shared[row * shards.length + column]?.requests ?? 0)),
  ]);
  const heading = ["events, and isolates by shards", ...shards.map(String)];
  return table("How many requests share a call, by how busy an isolate is?", heading, rows);
}

/** @param {ReturnType<typeof import("./answers.mjs").commits>} commits */
export function commitTable(commits) {
  const rows = commits.map(({ requestsPerS, commitMs, commitsPerS, waitMs, usd }) => [
    about(requestsPerS),
    about(commitMs),
    about(commitsPerS),
    about(waitMs),
    dollars(usd),
  ]);
  const heading = ["requests/s", "a commit takes, ms", "commits/s", "wait, ms", "rows, a month"];
  return table("How often does one ledger commit, and how long does a request wait for others?", heading, rows);
}

/** @param {import("./answers.mjs").Priced[]} priced */
export function costTable(priced) {
  const lines = priced[0]?.bill.lines.map(({ what }) => what) ?? [];
  const rows = priced.map(({ load, bill, range, dominant }) => [
    `${about(load.eventsPerS)}/s, ${about(load.batch)} per request`,
    ...bill.lines.map(({ usd }) => dollars(usd)),
    dollars(bill.usd),
    span(range),
    dominant,
  ]);
  return table("What does a month on Cloudflare cost?", ["load", ...lines, "sum", "range", "most of it"], rows);
}

/** @param {import("./answers.mjs").Priced[]} priced */
export function stackTable(priced) {
  const parts = priced[0]?.stack.parts.map(({ part }) => part) ?? [];
  const rows = priced.map(({ load, stack, bill }) => [
    `${about(load.eventsPerS)}/s, ${about(load.batch)} per request`,
    ...stack.parts.map(({ usd }) => span(usd)),
    span(stack.usd),
    dollars(bill.usd),
  ]);
  const title = "And on a managed Kafka, Flink, Redis, InfluxDB and Grafana, at list prices?";
  return table(title, ["load", ...parts, "sum", "Polso"], rows);
}

/**
 * @param {number} eventsPerS
 * @param {ReturnType<typeof import("./answers.mjs").knobs>} knobs
 */
export function knobTable(eventsPerS, knobs) {
  const rows = knobs.map(({ knob, spaces, shards, usd }) => [
    knob.replaceAll("`", ""),
    String(spaces),
    String(shards),
    dollars(usd),
  ]);
  return table(
    `Which knob lowers it? ${about(eventsPerS)} events/s`,
    ["change", "spaces", "shards each", "a month"],
    rows,
  );
}

/** @param {ReturnType<typeof import("./answers.mjs").breakEven>} points */
export function breakEvenTable(points) {
  const rate = (/** @type {number | undefined} */ value) =>
    value === undefined ? "not up to 200,000/s" : `${about(value)}/s`;
  const rows = points.map(({ batch, low, high }) => [about(batch), rate(low), rate(high)]);
  const heading = ["events per request", "than the low estimate", "than the high one"];
  return table("From which rate on does Polso cost more than that stack?", heading, rows);
}

/** @param {ReturnType<typeof import("./answers.mjs").viewerShards>} viewers */
export function viewerTable(viewers) {
  const rows = viewers.map(({ viewersPerDay, shards }) => [
    about(viewersPerDay),
    shards > bounds.shardsMax.value ? `${shards}: more than ${bounds.shardsMax.value}` : String(shards),
  ]);
  return table("Stories as actions of viewers: how many shards?", ["new viewers of stories a day", "shards"], rows);
}

/**
 * @param {{ eventsPerS: number, seed: number }} what
 * @param {ReturnType<typeof import("./answers.mjs").simulated>} days
 */
export function simulationTables({ eventsPerS, seed }, days) {
  const counts = [...new Set(days.map(({ shards }) => shards))];
  const names = [...new Set(days.map(({ scenario }) => scenario))];
  const grid = (/** @type {string} */ title, /** @type {(day: import("./simulation.mjs").Day) => string} */ cell) => {
    const rows = names.map((name) => [
      name,
      ...counts.map((count) => {
        const found = days.find(({ scenario, shards }) => scenario === name && shards === count);
        return found ? cell(found.day) : "";
      }),
    ]);
    return table(title, ["shards", ...counts.map(String)], rows);
  };
  const scenarioRows = names.map((name) => [name, days.find(({ scenario }) => scenario === name)?.what ?? ""]);
  const key = bounds.keysMax.value;
  return [
    table(
      `Simulated: a day at ${about(eventsPerS)} events/s on average, seed ${seed}`,
      ["scenario", "what comes"],
      scenarioRows,
    ),
    grid("How uneven is it? Events of the busiest shard by the mean", ({ busiest }) => busiest.toFixed(2)),
    grid("How much is asked of a shard in its worst second, 1 being its limit?", ({ peak }) => about(peak)),
    grid("How often is some shard asked for more than its limit?", ({ overTime }) => percent(overTime)),
    grid("How many events wait in one shard at most?", ({ waitingMax }) => about(Math.round(waitingMax))),
    grid("How many answers are 503 for each event that is sent, retries among them?", ({ refused, offered }) =>
      about(refused / offered),
    ),
    grid("How many events were not taken within five retries?", ({ givenUp, offered }) => percent(givenUp / offered)),
    grid(
      `After how long does a shard remember ${about(bounds.viewersMax.value)} viewers of stories? Then 503`,
      fullAfter,
    ),
    grid(`How full is the fullest shard's dedup memory? 100 % is ${about(key)} keys; past it, 503`, ({ keysMax }) =>
      percent(keysMax / key),
    ),
  ];
}

/** @param {import("./simulation.mjs").Day} day */
function fullAfter({ viewersPerS }) {
  const hours = bounds.viewersMax.value / viewersPerS / 3_600;
  return hours > bounds.viewerKeptHours.value ? "never" : `${about(hours)} h`;
}

/** @param {[number, number]} range */
const span = ([low, high]) => (about(low) === about(high) ? dollars(low) : `${dollars(low)}–${about(high)}`);
