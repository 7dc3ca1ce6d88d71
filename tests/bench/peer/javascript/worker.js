/**
 * The peer to beat: the same webhook as a Worker in JavaScript, with the libraries that one would take: hono, jose,
 * zod. One Durable Object for each shard keeps the dedup keys and the counters in SQL.
 *
 * It takes what Polso takes at the same address and answers in the same form. Out of its scope: live viewers, a
 * journal, NDJSON, and members that come twice, which `JSON.parse` does not show.
 */

import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { authenticate } from "./access.js";
import { readConversion } from "./conversion.js";
import { dedupKey, shardOf } from "./key.js";

export { Ledger } from "./ledger.js";

const bodyBytesMax = 1024 * 1024;
const eventsMax = 1_000;

const app = new Hono();

app.get("/healthz", (c) => c.json({ status: "ok" }));

app.post("/api/v1/eventi/conversione", authenticate("ingest"), bodyLimit({ maxSize: bodyBytesMax }), async (c) => {
  const now = Date.now();
  const { source } = c.get("claims");
  const read = (await bodyEvents(c)).map((raw) => readConversion(raw, now));
  const valid = read.flatMap(({ event }) => event ?? []);
  await Promise.all(
    valid.map(async (event) => {
      event.source = source;
      event.key = await dedupKey(event);
    }),
  );
  const batches = Map.groupBy(valid, ({ key }) => shardOf(key, c.env.SHARDS));
  const ttl = c.env.SOURCES[source].dedup_ttl_s;
  await Promise.all(
    [...batches].map(async ([shard, events]) => {
      const verdicts = await ledger(c.env, shard).ingest(events, ttl);
      for (const [index, event] of events.entries()) event.verdict = verdicts[index];
    }),
  );
  const results = read.map(({ event, reasons, warnings }, index) =>
    event === undefined ? { index, verdict: "rejected", reasons } : { index, ...event.verdict, warnings },
  );
  const count = (verdict) => results.filter((result) => result.verdict === verdict).length;
  const rejected = count("rejected");
  return c.json(
    { accepted: count("accepted"), duplicates: count("duplicate"), rejected, results },
    rejected === results.length ? 422 : 202,
  );
});

app.get("/api/v1/kpi", authenticate("view"), async (c) => {
  const parts = await Promise.all(Array.from({ length: c.env.SHARDS }, (_, shard) => ledger(c.env, shard).totals()));
  const sum = (name) => parts.reduce((total, part) => total + part[name], 0);
  return c.json({
    events: sum("events"),
    conversions: sum("conversions"),
    concluded: sum("concluded"),
    value: sum("valueCents") / 100,
    rowsWritten: sum("rowsWritten"),
  });
});

const ledger = (env, shard) => env.LEDGER.getByName(`main/${shard}`);

async function bodyEvents(c) {
  const body = await c.req.json().catch(() => {
    throw new HTTPException(400, { message: "the body is not JSON" });
  });
  const events = Array.isArray(body) ? body : [body];
  if (events.length === 0) throw new HTTPException(400, { message: "send at least one event" });
  if (events.length > eventsMax) throw new HTTPException(413, { message: `send at most ${eventsMax} events` });
  return events;
}

export default app;
