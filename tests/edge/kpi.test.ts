/**
 * `GET /api/v1/kpi` against a sum by hand: any window at any instant of the last 48 hours, filtered and grouped, the
 * same with one shard and with four, and after a restart.
 *
 * The rules of windows are written here a second time, from the documentation and not from the core.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Random } from "../../scripts/demo/random.mjs";
import { groupsInRome, type Reading, readingsOf } from "../golden/cases.ts";
import { type Server, startServer } from "../support/server.ts";
import { conversion, get, integrity, post, refusal } from "./support/client.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const eventCount = 3_000;
const instantCount = 150;
const batchMax = 500;

const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
const random = new Random(seed);
const one = <T>(values: readonly T[]): T => values[random.whole(0, values.length - 1)] as T;

interface Event {
  readonly timeMs: number;
  readonly kind: string;
  readonly channel: string;
  readonly outcome: string;
  readonly place: string;
  readonly cents: number;
}

const startedMs = Date.now();
const events: Event[] = Array.from({ length: eventCount }, () => ({
  // Half of them within the finest tier, and a few minutes ahead.
  timeMs: startedMs + 3 * minuteMs - random.whole(0, one([2, 49]) * hourMs),
  kind: one(["richiesta_demo", "acquisto_concluso", "iscrizione_evento", "cancello_abbandono"]),
  channel: one(["email", "email", "social_media", "webform", "sms"]),
  outcome: one(["completato", "completato", "completato", "fallito", "duplicato"]),
  place: one(["Roma", "Milano", ""]),
  cents: random.whole(0, 1_000_000),
}));

const servers = new Map<number, Server>();

before(async () => {
  console.log(`SEED=${seed}`);
  for (const shards of [1, 4]) servers.set(shards, await startServer({ shards }));
  const bodies = events.map(({ timeMs, kind, channel, outcome, place, cents }) =>
    conversion({
      evento: kind,
      timestamp: new Date(timeMs).toISOString(),
      valore: cents / 100,
      canale: channel,
      stato: outcome,
      ...(place === "" ? {} : { metadati: { localita: place } }),
    }),
  );
  for (let first = 0; first < bodies.length; first += batchMax) {
    const batch = bodies.slice(first, first + batchMax);
    for (const server of servers.values()) assert.equal((await post(server, batch)).json.accepted, batch.length);
  }
});
after(() => Promise.all([...servers.values()].map((server) => server.stop())));

/** Bucket and span of each tier, finest first. */
const tiersMs = [
  [30_000, 2 * hourMs],
  [5 * minuteMs, 48 * hourMs],
  [hourMs, 35 * 24 * hourMs],
] as const;

/** The whole buckets that a window covers, of the finest tier that still holds them all. */
function span(
  lengthMs: number,
  kind: string,
  atMs: number,
  nowMs: number,
): [fromMs: number, toMs: number, bucketS: number] {
  for (const [bucketMs, heldMs] of tiersMs) {
    const floor = (ms: number, step: number) => Math.floor(ms / step) * step;
    const length = Math.max(lengthMs, bucketMs);
    // Sliding: the buckets whose start lies in (at − window, at].
    const sliding = [floor(atMs - length, bucketMs) + bucketMs, floor(atMs, bucketMs) + bucketMs] as const;
    const start = floor(atMs, floor(length, bucketMs));
    const [from, to] = kind === "sliding" ? sliding : [start, start + floor(length, bucketMs)];
    if (from > nowMs - heldMs) return [from, to, bucketMs / 1000];
  }
  return assert.fail("no tier holds it");
}

const quotient = (numerator: bigint, denominator: bigint, scale: bigint) =>
  denominator === 0n ? null : (2n * numerator * scale + denominator) / (2n * denominator);
const decimal = (units: bigint, places: number) => {
  const digits = String(units).padStart(places + 1, "0");
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`;
};

/** The five KPIs of these events, by hand. */
function byHand(all: readonly Event[], group: string | null): Reading[] {
  const converted = all.filter(({ outcome, kind }) => outcome === "completato" && kind !== "cancello_abbandono");
  const [count, concluded] = [BigInt(converted.length), BigInt(all.length)];
  const cents = converted.reduce((sum, event) => sum + BigInt(event.cents), 0n);
  const rate = quotient(count, concluded, 1_000_000n);
  const average = quotient(cents, count, 1n);
  const sure = (sample: bigint) => (sample === 0n ? "unavailable" : sample < 20n ? "insufficient" : "ok");
  const reading = (
    kpi: string,
    value: string | null,
    numerator: string,
    denominator: bigint | null,
    status: string,
  ) => ({
    kpi,
    value,
    numerator,
    denominator: denominator === null ? null : String(denominator),
    status,
    group,
  });
  const euro = decimal(cents, 2);
  return [
    reading("conversions", String(count), String(count), null, "ok"),
    reading("conversion_rate", rate === null ? null : decimal(rate, 6), String(count), concluded, sure(concluded)),
    reading("average_value", average === null ? null : decimal(average, 2), euro, count, sure(count)),
    reading("total_value", euro, euro, null, "ok"),
    reading("cpa", null, "0.00", count, "unavailable"),
  ];
}

const kpis = byHand([], null)
  .map(({ kpi }) => `kpi=${kpi}`)
  .join("&");

interface Asked {
  readonly lengthMs: number;
  readonly window: string;
  readonly kind: "sliding" | "tumbling";
  readonly atMs: number;
  readonly where?: keyof typeof filters;
  readonly by?: keyof typeof groups;
}

const filters = {
  "where=canale:email": (event: Event) => event.channel === "email",
  "where=canale:email&where=canale:sms": (event: Event) => ["email", "sms"].includes(event.channel),
  "where=canale:webform&where=localita:Roma": (event: Event) => event.channel === "webform" && event.place === "Roma",
};
const groups = {
  canale: (event: Event) => event.channel,
  localita: (event: Event) => event.place,
  giorno: ({ timeMs }: Event) => groupsInRome(timeMs).giorno,
  ora: ({ timeMs }: Event) => groupsInRome(timeMs).ora,
  giorno_ora: ({ timeMs }: Event) => groupsInRome(timeMs).giorno_ora,
};

async function check(server: Server, { lengthMs, window, kind, atMs, where, by }: Asked): Promise<void> {
  const at = new Date(atMs).toISOString();
  const query = `window=${window}&kind=${kind}&at=${at}&${kpis}${where ? `&${where}` : ""}${by ? `&by=${by}` : ""}`;
  const { status, text, json } = await get(server, `/api/v1/kpi?${query}`);
  assert.equal(status, 200, text);
  const { window: found, now } = json;
  const [from, to, bucketS] = span(lengthMs, kind, atMs, Date.parse(now));
  const iso = (ms: number) => new Date(ms).toISOString();
  assert.deepEqual(found, { kind, from: iso(from), to: iso(to), bucket_s: bucketS }, query);
  assert.ok(from <= atMs && atMs < to, query);

  const counted = events
    .filter(({ timeMs, outcome }) => from <= timeMs && timeMs < to && outcome !== "duplicato")
    .filter(where ? filters[where] : () => true);
  const named = by ? [...new Set(counted.map(groups[by]))].sort() : [null];
  const all = named.flatMap((group) =>
    byHand(by ? counted.filter((event) => groups[by](event) === group) : counted, group),
  );
  // By KPI, then by group.
  const order = [...new Set(byHand([], null).map(({ kpi }) => kpi))];
  const expected = order.flatMap((kpi) => all.filter((reading) => reading.kpi === kpi));
  assert.deepEqual(readingsOf(text), expected, `${query} (SEED=${seed})`);
}

const lengths: [string, number][] = [
  ["30s", 30_000],
  ["5m", 5 * minuteMs],
  ["7m", 7 * minuteMs],
  ["1h", hourMs],
  ["24h", 24 * hourMs],
];

function anyQuestion(): Asked {
  const [window, lengthMs] = one(lengths);
  return { window, lengthMs, kind: one(["sliding", "tumbling"]), atMs: startedMs - random.whole(0, 48 * hourMs) };
}

/** The integrity figures, but for how often a bound was reached: that is counted from each start. */
async function kept(server: Server) {
  const { bounds, ...figures } = (await integrity(server)) as unknown as {
    bounds: { ledgers: { refused: unknown }[] };
  };
  return { ...figures, ledgers: bounds.ledgers.map(({ refused: _, ...ledger }) => ledger) };
}

for (const shards of [1, 4]) {
  const server = () => servers.get(shards) ?? assert.fail();

  test(`five minutes at any instant of 48 h are the sum by hand, shards: ${shards}`, async () => {
    for (let count = 0; count < instantCount; count += 1) {
      await check(server(), { ...anyQuestion(), window: "5m", lengthMs: 5 * minuteMs, kind: "sliding" });
    }
  });

  test(`any window, filtered and grouped, is the sum by hand, shards: ${shards}`, async () => {
    for (const where of [undefined, ...(Object.keys(filters) as (keyof typeof filters)[])]) {
      for (const by of [undefined, ...(Object.keys(groups) as (keyof typeof groups)[])]) {
        for (let count = 0; count < 6; count += 1) {
          await check(server(), { ...anyQuestion(), ...(where && { where }), ...(by && { by }) });
        }
      }
    }
  });

  test(`a restart keeps every number, shards: ${shards}`, async () => {
    const questions = Array.from({ length: 10 }, anyQuestion);
    const before = await kept(server());
    for (const end of ["SIGTERM", "SIGKILL"]) {
      if (end === "SIGKILL") await server().kill9();
      await server().restart();
      assert.deepEqual(await kept(server()), before, end);
      for (const question of questions) await check(server(), { ...question, by: "canale" });
    }
  });
}

test("the numbers of all time and of what is fresh are those of the events", async () => {
  const expected = byHand(
    events.filter(({ outcome }) => outcome !== "duplicato"),
    null,
  );
  for (const server of servers.values()) {
    const { text, json } = await get(server, `/api/v1/kpi?window=all&${kpis}`);
    assert.deepEqual(readingsOf(text), expected);
    const last = Math.max(...events.map(({ timeMs }) => timeMs));
    assert.equal(json.freshness.last_event, new Date(last).toISOString());
    assert.ok(Date.parse(json.freshness.last_received) >= startedMs);
  }
});

test("a query that says nothing sensible is refused with the parameter's fault", async () => {
  const server = servers.get(1) ?? assert.fail();
  const wrong: [string, string][] = [
    ["window=5", "window_invalid"],
    ["window=29s", "window_invalid"],
    ["window=401d", "window_invalid"],
    ["window=5m&window=1h", "parameter_repeated"],
    ["kind=hopping", "kind_invalid"],
    ["at=ieri", "at_invalid"],
    ["at=2026-01-01T00:00:00", "at_invalid"],
    ["at=2026-01-01T00:00:00+01:00", "at_invalid"],
    ["kpi=revenue", "kpi_unknown"],
    ["where=canale", "where_invalid"],
    ["where=colore:rosso", "dimension_unknown"],
    ["by=colore", "dimension_unknown"],
    ["by=ora&window=all", "by_too_coarse"],
    ["kind=calendar&window=24h", "window_invalid"],
    ["finestra=5m", "parameter_unknown"],
    [`by=${"x".repeat(300)}`, "query_too_long"],
    ["kpi=cpa&".repeat(65), "query_too_long"],
    [`at=${new Date(startedMs - 401 * 24 * hourMs).toISOString()}`, "window_expired"],
  ];
  for (const [query, code] of wrong) {
    const answer = await get(server, `/api/v1/kpi?${query}`);
    assert.deepEqual(refusal(answer), [400, "query_invalid"], query);
    assert.equal(answer.json.error.details[0].code, code, answer.text);
    assert.match(answer.json.error.details[0].message, /\S/);
  }
  const offset = encodeURIComponent(new Date(startedMs - hourMs).toISOString().replace("Z", "+00:00"));
  assert.equal((await get(server, `/api/v1/kpi?window=30d&at=${offset}`)).status, 200);
});
