/**
 * Every input of `npm run scale`, each with its unit and where it comes from; correct a figure here and all that follows
 * from it changes, docs/scale.md by `npm run scale -- --document`. Prices are list prices in US dollars, without tax or
 * discount, as they stood in the pages that are named.
 */

/** @typedef {{ value: number, unit: string, from: string }} Figure */

/**
 * @param {number} value
 * @param {string} unit
 * @param {string} from
 * @returns {Figure}
 */
const figure = (value, unit, from) => ({ value, unit, from });

const bench = "docs/benchmarks.md, results of 2026-11-28, on a machine busy with other work";
const workers = "developers.cloudflare.com/workers/platform/pricing, copy read 2026-11-28";
const objects = "developers.cloudflare.com/durable-objects/platform/pricing, copy read 2026-11-28";
const throughput = "developers.cloudflare.com, Rules of Durable Objects, copy read 2026-11-28";

/** What was measured of Polso. */
export const measured = {
  oneMsPerEvent: figure(0.767, "ms of processor time per event, one per request and call", `${bench}: one-1`),
  oneSharedMsPerEvent: figure(
    0.24,
    "ms of processor time per event, one per request, many in a call",
    "one-1 with shared calls, 0.12 on a quick machine that was busy with nothing else; doubled",
  ),
  hundredMsPerEvent: figure(0.0145, "ms of processor time per event, 100 per request", `${bench}: hundred-1`),
  ledgerEventsPerS: figure(42_585, "events/s of one ledger, 100 per request", `${bench}: hundred-1`),
  journalBytes: figure(101, "bytes kept per event of the journal", `${bench}: hundred-1`),
  keyBytes: figure(26, "bytes on disk per dedup key", "ARCHITECTURE.md, Dedup keys"),
  keyRows: figure(0.0004, "rows written per dedup key", "ARCHITECTURE.md, Dedup keys"),
};

/** The product's own bounds and intervals; a test compares them with its source. */
export const bounds = {
  shardsMax: figure(64, "ledgers of a space", "SHARDS_MAX, intake/src/config.rs"),
  keysMax: figure(10_000_000, "dedup keys of a ledger", "keys_max, core/src/dedup/limits.rs"),
  viewersMax: figure(250_000, "viewers and segments of stories of a ledger", "SUBJECTS_MAX, core/src/subjects.rs"),
  viewerKeptHours: figure(72, "hours after a viewer's last action", "VIEWER_KEPT_MS, core/src/story/mod.rs"),
  pendingEventsMax: figure(20_000, "events that wait in a ledger", "PENDING_EVENTS_MAX, core/src/ledger/judge.rs"),
  answerMsMax: figure(25_000, "ms until the edge answers 503", "answerMsMax, worker/entry/courier.mjs"),
  blockEventsMax: figure(1_000, "events in a row of the journal", "BLOCK_EVENTS_MAX, core/src/ledger.rs"),
  callBatchesMax: figure(100, "requests that share a call to a ledger", "batchesMax, worker/entry/courier.mjs"),
  holdMs: figure(10, "ms that a commit waits for others at most", "HOLD_MS, core/src/cadence.rs"),
  enoughRequests: figure(20, "requests that need no more company", "ENOUGH_REQUESTS, core/src/cadence.rs"),
  enoughEvents: figure(1_000, "events that need no more company", "ENOUGH_EVENTS, core/src/cadence.rs"),
  lookEvery: figure(16, "commits between two that look how many come", "LOOK_EVERY, core/src/cadence.rs"),
  publishEveryMs: figure(250, "ms between two deltas of a ledger", "PUBLISH_EVERY_MS, core/src/ledger/publish.rs"),
  markEveryMs: figure(5_000, "ms between two marks of a ledger", "MARK_EVERY_MS, core/src/ledger/mark.rs"),
  checkpointEvents: figure(100_000, "events between two checkpoints", "CHECKPOINT_EVENTS, core/src/ledger.rs"),
  checkpointBlocks: figure(4_000, "blocks between two checkpoints", "CHECKPOINT_BLOCKS, core/src/ledger.rs"),
};

/** What nobody has measured: change it to what you know of your load. */
export const assumed = {
  peak: figure(1.6, "busiest hour by the day's average", "scripts/demo/day.mjs, buyers"),
  headroom: figure(0.7, "share of a ledger's limit that is planned for", "assumed"),
  isolateBusy: figure(
    0.1,
    "share of its time that an isolate is busy, at most",
    "assumed: many isolates, so few shared calls",
  ),
  isolateBusyHigh: figure(
    0.5,
    "the same where few isolates have all the load",
    "assumed, for the low end of the range",
  ),
  commitMsLow: figure(10, "ms that a commit takes, not less than HOLD_MS", "assumed, for the low end of the range"),
  dedupTtlS: figure(3_600, "s, `dedup_ttl`", "wrangler.toml as it comes"),
  repetitions: figure(0.02, "share of events that are repetitions", "assumed"),
  beatS: figure(5, "s between two beats of a hub with viewers", "ARCHITECTURE.md, Positions and the live link"),
  viewers: figure(100, "viewers of a space, all day", "assumed"),
  viewerMessages: figure(2, "messages of a viewer per hour", "assumed; a viewer asks after each interruption only"),
  rowsRead: figure(0.03, "rows read per event", "assumed: each repetition, and 1 new key in 4,000 for each of 40 runs"),
  checkpointRows: figure(6, "rows of a checkpoint", "assumed: three parts of 1.5 MB, twice"),
  rejectedBytes: figure(64 * 2 ** 20, "bytes of rejected events of a ledger", "the bound, ARCHITECTURE.md"),
  eventBytes: figure(500, "bytes of an event as it is sent", "assumed; that of the README has 300"),
};

/** What one Durable Object takes per second. The provider's guide gives ranges by the kind of work, no guarantee. */
export const objectLimits = {
  low: figure(200, "calls/s, storage writes, the low end", throughput),
  planned: figure(500, "calls/s, storage writes, the high end", throughput),
  high: figure(1_000, "calls/s, simple pass-through", throughput),
};

/** What Cloudflare asks for, Workers Paid. */
export const cloudflare = {
  hoursOfMonth: figure(730, "h", "365 days / 12"),
  plan: figure(5, "$ per month", workers),
  requests: figure(0.3, "$ per million requests", workers),
  requestsFree: figure(10e6, "requests included", workers),
  cpu: figure(0.02, "$ per million ms of processor time", workers),
  cpuFree: figure(30e6, "ms included", workers),
  objectRequests: figure(0.15, "$ per million calls of objects", objects),
  objectRequestsFree: figure(1e6, "calls included", objects),
  messagesPerRequest: figure(20, "incoming socket messages count as one call; outgoing are free", objects),
  duration: figure(12.5, "$ per million GB-s", objects),
  durationFree: figure(400_000, "GB-s included", objects),
  objectGb: figure(0.128, "GB billed for each object that is awake", objects),
  rowsWritten: figure(1, "$ per million rows", objects),
  rowsWrittenFree: figure(50e6, "rows included", objects),
  rowsRead: figure(0.001, "$ per million rows", objects),
  rowsReadFree: figure(25e9, "rows included", objects),
  storage: figure(0.2, "$ per GB-month", objects),
  storageFree: figure(5, "GB-months included", objects),
};

const aws = "Amazon, us-east-1, on demand";

/**
 * The other stack, part by part. One unit takes `takes` of what it is sized by, from [low, high]: the high end makes the
 * low estimate. `load` names what that is; see `stack.mjs`.
 * @type {{ part: string, unit: string, usd: number, min: [number, number], load: string, takes: [number, number], from: string }[]}
 */
export const stackParts = [
  {
    part: "webhook server",
    unit: "vCPU with 2 GB (Fargate)",
    usd: 36,
    min: [2, 2],
    load: "requests",
    takes: [400, 1_000],
    from: `${aws}: $0.04048 per vCPU-h, $0.004445 per GB-h (fortem.dev, 2026); requests/s of a vCPU assumed`,
  },
  {
    part: "webhook server, events",
    unit: "vCPU with 2 GB (Fargate)",
    usd: 36,
    min: [0, 0],
    load: "eventsOfBatches",
    takes: [5_000, 20_000],
    from: "the same; events/s of a vCPU in batches assumed",
  },
  {
    part: "load balancer",
    unit: "LCU (1 GB/h), and $16 for itself",
    usd: 6,
    min: [3, 4],
    load: "gbPerHour",
    takes: [1, 1],
    from: `${aws}: $0.0225 per h, $0.008 per LCU-h (as commonly quoted; no dated copy was found)`,
  },
  {
    part: "Kafka, three brokers or more",
    unit: "kafka.m7g.large (MSK)",
    usd: 149,
    min: [3, 3],
    load: "mbPerS",
    takes: [5, 15],
    from: `${aws}: $0.204 per h (undated copies of price tables); MB/s of a broker with three copies assumed`,
  },
  {
    part: "Kafka, storage of 6 to 24 h",
    unit: "GB-month",
    usd: 0.1,
    min: [30, 300],
    load: "gbKept",
    takes: [1, 4],
    from: `${aws}: $0.10 per GB-month (undated copies); three copies, 24 h or a quarter of it`,
  },
  {
    part: "Flink",
    unit: "KPU (managed), the one that orchestrates among them",
    usd: 80,
    min: [2, 3],
    load: "events",
    takes: [2_000, 10_000],
    from: `${aws}: $0.11 per KPU-h (pricing page, copy of 2026-09-20); events/s of a core as Alibaba's guides say, 1,000 to 10,000`,
  },
  {
    part: "Redis, with a replica",
    unit: "GB in nodes (ElastiCache), and a replica of each",
    usd: 24.5,
    min: [3, 6],
    load: "gbOfKeys",
    takes: [0.5, 0.75],
    from: `${aws}: cache.r7g.large $0.219 per h for 13.07 GB, twice (undated copies); a quarter is kept free`,
  },
  {
    part: "InfluxDB",
    unit: "db.influx.medium (Timestream)",
    usd: 95,
    min: [1, 2],
    load: "series",
    takes: [1, 1],
    from: "about $95 a month (aws/agent-toolkit-for-aws); it gets sums, not events, so one or two whatever the load",
  },
  {
    part: "Grafana, 11 seats",
    unit: "seats: an editor and ten viewers",
    usd: 59,
    min: [1, 1],
    load: "series",
    takes: [1, 1],
    from: "Amazon Managed Grafana: $9 an editor, $5 a viewer (pricing page, undated copy)",
  },
];

/** Bytes of a dedup key in Redis, its overhead among them. */
export const redisKeyBytes = figure(100, "bytes per key", "assumed: a short key with an expiry takes 80 to 120");
