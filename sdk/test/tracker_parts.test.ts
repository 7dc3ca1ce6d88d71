/** The tracker's ids, its queue, and what it reads in an answer. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { outcomeOf } from "../ts/tracker/outcome.ts";
import { batchBytesMax, type Entry, Queue, rowBytesMax } from "../ts/tracker/queue.ts";
import { uuidV7, wallMsOf } from "../ts/tracker/uuid.ts";

test("ids are UUIDs of version 7 and tell their time", () => {
  // RFC 9562, appendix A.6.
  const random = Uint8Array.of(0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f);
  const id = uuidV7(0x017f22e279b0, random);
  assert.equal(id, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  assert.equal(wallMsOf(id), 0x017f22e279b0);
  for (const byte of [0, 0xff]) {
    const shape = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
    assert.match(uuidV7(1, new Uint8Array(10).fill(byte)), shape);
  }
});

test("ids sort by their time", () => {
  const ids = [0, 1, 255, 256, 2 ** 40, 2 ** 48 - 1].map((ms) => uuidV7(ms, new Uint8Array(10).fill(ms % 251)));
  assert.deepEqual([...ids].sort(), ids);
});

const entry = (number: number, bytes = 100): Entry => ({ id: `e${number}`, kind: "storia", row: "", bytes });

function queueOf(count: number, bytes?: number): Queue {
  const queue = new Queue();
  for (let number = 0; number < count; number += 1) assert.ok(queue.add(entry(number, bytes)));
  return queue;
}

test("a queue takes 1,000 events", () => {
  const queue = queueOf(999);
  assert.equal(queue.add(entry(999)), true);
  assert.equal(queue.add(entry(1_000)), false);
  queue.remove("e0");
  assert.equal(queue.add(entry(1_000)), true);
});

test("a queue takes 1 MiB", () => {
  const queue = queueOf(31, 32_768);
  assert.equal(queue.add(entry(31, 32_769)), false);
  assert.equal(queue.add(entry(31, 32_768)), true);
  assert.equal(queue.add(entry(32, 1)), false);
});

test("a batch is full at 20 events, or above 47 KiB of them", () => {
  for (const [count, bytes, expected] of [
    [19, 100, false],
    [20, 100, true],
    [1, rowBytesMax - 1, false],
    [1, rowBytesMax, true],
    [2, rowBytesMax / 2 - 1, false],
    [2, rowBytesMax / 2, true],
  ] as const) {
    assert.equal(queueOf(count, bytes).isBatchFull(), expected, `${count} of ${bytes} bytes`);
  }
});

test("a batch holds the oldest that wait, as many as fit", () => {
  for (const [bytes, bodyBytesMax, expected] of [
    [100, batchBytesMax, 20],
    [10_000, batchBytesMax, 4],
    [rowBytesMax, batchBytesMax, 1],
    [rowBytesMax, batchBytesMax - 1, 0],
    [100, 1_024 + 301, 2],
    [100, 1_024 + 302, 3],
    [100, 0, 0],
  ] as const) {
    const batch = queueOf(21, bytes).take(bodyBytesMax);
    assert.deepEqual(
      batch.map(({ id }) => id),
      Array.from({ length: expected }, (_, number) => `e${number}`),
      `${bytes} bytes in ${bodyBytesMax}`,
    );
  }
});

test("what is on its way is not taken again until it is released", () => {
  const queue = queueOf(25);
  const batch = queue.take(batchBytesMax);
  assert.equal(queue.waiting().length, 5);
  queue.remove("e0");
  queue.release(batch);
  assert.deepEqual([queue.size, queue.waiting().length], [24, 24], "what is gone does not come back");
  assert.equal(queue.take(batchBytesMax)[0]?.id, "e1");
});

const nowMs = Date.parse("2026-11-28T12:00:00Z");

async function check(response: Response, expected: unknown): Promise<void> {
  assert.deepEqual(await outcomeOf(response, nowMs), expected);
}

test("an ingest answer names events; what is no row is none", async () => {
  const row = { index: 0, id: "a", verdict: "accepted" };
  for (const status of [202, 422]) {
    await check(Response.json({ results: [row, null, 7, {}, { index: 1, verdict: "rejected" }] }, { status }), {
      kind: "judged",
      rows: [row],
    });
  }
  await check(Response.json({}, { status: 202 }), { kind: "judged", rows: [] });
});

test("another answer below 400 names nothing", async () => {
  await check(new Response("<html>Log in to the hotel's network</html>"), { kind: "judged", rows: [] });
  await assert.rejects(outcomeOf(new Response("<html>", { status: 202 }), nowMs), SyntaxError);
});

test("a refusal has the server's code, or that of its status", async () => {
  const error = (code: string) => ({ error: { code, message: "", details: [] } });
  const unauthorised = Response.json(error("write_key_invalid"), { status: 401 });
  await check(unauthorised, { kind: "refused", code: "write_key_invalid" });
  await check(new Response("no", { status: 404 }), { kind: "refused", code: "http_404" });
  await check(Response.json({}, { status: 400 }), { kind: "refused", code: "http_400" });
  const tooLarge = Response.json(error("events_too_many"), { status: 413 });
  await check(tooLarge, { kind: "too_large", code: "events_too_many" });
});

test("Retry-After is seconds or a date, and no more than an hour", async () => {
  for (const [header, retryAfterMs] of [
    ["0", 0],
    ["7", 7_000],
    ["3600", 3_600_000],
    ["3601", 3_600_000],
    ["Sat, 28 Nov 2026 12:00:09 GMT", 9_000],
    ["Sat, 28 Nov 2026 11:59:00 GMT", 0],
    ["-5", 0],
    ["soon", 0],
    [undefined, 0],
  ] as const) {
    for (const status of [429, 503]) {
      const headers: Record<string, string> = header === undefined ? {} : { "retry-after": header };
      await check(new Response("", { status, headers }), { kind: "unknown", retryAfterMs });
    }
  }
  await check(new Response("", { status: 500 }), { kind: "unknown", retryAfterMs: 0 });
});
