/**
 * What a month on Cloudflare costs, line by line, from the averages of the month. Where the model does not know better it
 * takes the dearer: all processor time is billed as the edge's, commits are as short as the code lets them be, storage is full.
 */

import { assumed, bounds, cloudflare, measured } from "./figures.mjs";
import { touched } from "./placement.mjs";

/** @typedef {{ what: string, amount: number, unit: string, usd: number }} Line */
/** @typedef {import("./sizes.mjs").Load & { spaces: number, shards: number, viewers?: number, commitMs?: number, publishMs?: number }} Deployment */

const million = 1e6;

/**
 * How often something happens that is asked for at random, and then not again for some time; what is asked for meanwhile
 * happens once at its end.
 * @param {number} perS how often it is asked for
 * @param {number} everyMs
 */
export function coalesced(perS, everyMs) {
  if (perS === 0) return 0;
  const everyS = everyMs / 1_000;
  return 1 / (everyS + Math.exp(-perS * everyS) / perS);
}

/**
 * Milliseconds of processor time of a request, and of each of its events: two measurements give both.
 * @returns {{ request: number, event: number }}
 */
export function processorMs() {
  const [one, hundred] = [measured.oneMsPerEvent.value, measured.hundredMsPerEvent.value];
  const request = (one - hundred) / (1 - 1 / 100);
  return { request, event: one - request };
}

/**
 * What happens per second.
 * @param {Deployment} deployment
 */
export function rates({
  eventsPerS,
  batch,
  spaces,
  shards,
  viewers = assumed.viewers.value,
  commitMs = bounds.commitEveryMs.value,
  publishMs = bounds.publishEveryMs.value,
}) {
  const ledgers = spaces * shards;
  const requests = eventsPerS / batch;
  const calls = (requests / spaces) * touched(1 / shards, batch);
  const events = eventsPerS / ledgers;
  const commits = Math.max(coalesced(calls, commitMs), events / bounds.blockEventsMax.value);
  const publishes = coalesced(commits, publishMs);
  const marks = coalesced(commits, bounds.markEveryMs.value);
  const checkpoints = Math.max(events / bounds.checkpointEvents.value, commits / bounds.checkpointBlocks.value);
  const beats = viewers > 0 ? 1 / assumed.beatS.value : 0;
  const messages = (viewers * assumed.viewerMessages.value) / 3_600 / cloudflare.messagesPerRequest.value;
  const ledgerRows = commits + marks + checkpoints * assumed.checkpointRows.value + events * measured.keyRows.value;
  // Timers for the next mark keep a ledger awake; so does the next event.
  const awake = 1 - Math.exp((-commits * bounds.markEveryMs.value) / 1_000);
  return {
    requests,
    cpuMs: requests * processorMs().request + eventsPerS * processorMs().event,
    objectCalls: ledgers * (calls + publishes) + spaces * (beats * (1 + shards) + messages),
    rowsWritten: ledgers * ledgerRows + spaces * beats,
    rowsRead: eventsPerS * assumed.rowsRead.value,
    objectsAwake: ledgers * awake + spaces * (1 - Math.exp(-publishes * shards)),
    callsOfLedger: calls,
    commitsOfLedger: commits,
  };
}

/**
 * The bill of a month.
 * @param {Deployment} deployment
 * @returns {{ lines: Line[], usd: number }}
 */
export function costOf(deployment) {
  const perS = rates(deployment);
  const seconds = cloudflare.hoursOfMonth.value * 3_600;
  const { eventsPerS, spaces, shards, ttlS = assumed.dedupTtlS.value } = deployment;
  const ledgers = spaces * shards;
  const keys = eventsPerS * (1 - assumed.repetitions.value) * ttlS;
  const journal = 2 * bounds.checkpointEvents.value * measured.journalBytes.value;
  const bytes = keys * measured.keyBytes.value + ledgers * (journal + assumed.rejectedBytes.value);
  const c = cloudflare;
  /** @type {[string, number, string, number, number][]} what, amount, unit, included, dollars per unit */
  const priced = [
    ["requests", perS.requests * seconds, "requests", c.requestsFree.value, c.requests.value / million],
    ["processor time", perS.cpuMs * seconds, "ms", c.cpuFree.value, c.cpu.value / million],
    [
      "calls of objects",
      perS.objectCalls * seconds,
      "calls",
      c.objectRequestsFree.value,
      c.objectRequests.value / million,
    ],
    [
      "objects awake",
      perS.objectsAwake * seconds * c.objectGb.value,
      "GB-s",
      c.durationFree.value,
      c.duration.value / million,
    ],
    ["rows written", perS.rowsWritten * seconds, "rows", c.rowsWrittenFree.value, c.rowsWritten.value / million],
    ["rows read", perS.rowsRead * seconds, "rows", c.rowsReadFree.value, c.rowsRead.value / million],
    ["storage", bytes / 1e9, "GB-months", c.storageFree.value, c.storage.value],
  ];
  const lines = priced.map(([what, amount, unit, included, usd]) => ({
    what,
    amount,
    unit,
    usd: Math.max(0, amount - included) * usd,
  }));
  lines.unshift({ what: "plan", amount: 1, unit: "account", usd: c.plan.value });
  return { lines, usd: lines.reduce((sum, { usd }) => sum + usd, 0) };
}

/**
 * The dearest line beside the plan itself.
 * @param {{ lines: Line[] }} bill
 */
export function dominant({ lines }) {
  return lines.reduce((most, line) => (line.what !== "plan" && line.usd > most.usd ? line : most), {
    what: "plan",
    amount: 1,
    unit: "account",
    usd: 0,
  });
}
