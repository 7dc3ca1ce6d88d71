/**
 * What a month on Cloudflare costs, line by line, from the averages of the month. Where the model does not know better it
 * takes the dearer: all processor time is billed as the edge's, commits take no time, storage is full.
 */

import { coalesced, commitsOf, enoughCalls } from "./commits.mjs";
import { assumed, bounds, cloudflare, measured } from "./figures.mjs";
import { touched } from "./placement.mjs";
import { processorMs } from "./processor.mjs";
import { busyOf, requestsOfCall } from "./sharing.mjs";

/** @typedef {{ what: string, amount: number, unit: string, usd: number }} Line */
/** @typedef {import("./sizes.mjs").Load & { spaces: number, shards: number, viewers?: number, holdMs?: number, commitMs?: number, publishMs?: number }} Deployment */

const million = 1e6;

/**
 * What happens per second.
 * @param {Deployment} deployment
 */
export function rates(deployment) {
  const {
    eventsPerS,
    batch,
    spaces,
    shards,
    viewers = assumed.viewers.value,
    holdMs = bounds.holdMs.value,
    commitMs = 0,
    publishMs = bounds.publishEveryMs.value,
  } = deployment;
  const ledgers = spaces * shards;
  const requests = eventsPerS / batch;
  const concerned = touched(1 / shards, batch) / spaces;
  const shared = requestsOfCall(busyOf(deployment), concerned);
  const calls = (requests * concerned) / shared;
  const events = eventsPerS / ledgers;
  const commit = commitsOf(calls, { holdMs, commitMs, enough: enoughCalls(shared, events / (requests * concerned)) });
  const commits = Math.max(commit.perS, events / bounds.blockEventsMax.value);
  const publishes = coalesced(commits, publishMs);
  const marks = coalesced(commits, bounds.markEveryMs.value);
  const checkpoints = Math.max(events / bounds.checkpointEvents.value, commits / bounds.checkpointBlocks.value);
  const beats = viewers > 0 ? 1 / assumed.beatS.value : 0;
  const messages = (viewers * assumed.viewerMessages.value) / 3_600 / cloudflare.messagesPerRequest.value;
  const ledgerRows = commits + marks + checkpoints * assumed.checkpointRows.value + events * measured.keyRows.value;
  // Timers for the next mark keep a ledger awake; so does the next event.
  const awake = 1 - Math.exp((-commits * bounds.markEveryMs.value) / 1_000);
  const cpu = processorMs();
  return {
    requests,
    cpuMs: requests * cpu.request + ledgers * calls * cpu.call + eventsPerS * cpu.event,
    objectCalls: ledgers * (calls + publishes) + spaces * (beats * (1 + shards) + messages),
    rowsWritten: ledgers * ledgerRows + spaces * beats,
    rowsRead: eventsPerS * assumed.rowsRead.value,
    objectsAwake: ledgers * awake + spaces * (1 - Math.exp(-publishes * shards)),
    callsOfLedger: calls,
    requestsOfCall: shared,
    commitsOfLedger: commits,
    waitMs: commit.waitMs,
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
