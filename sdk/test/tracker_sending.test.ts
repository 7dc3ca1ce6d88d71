/** When the tracker sends, what it sends again, and what it gives up. */

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  answerLost,
  begin,
  networkLost,
  type Reply,
  refuse,
  sale,
  settle,
  silence,
  TrackerTestWorld,
} from "./tracker_world.ts";

const sizes = (world: TrackerTestWorld) => world.requests.map(({ events }) => events.length);

/** Every id counted, and the tracker knows it. */
function countedOnce({ world, tracker }: ReturnType<typeof begin>, ids: readonly (string | undefined)[]): void {
  assert.deepEqual([...world.server.counted.keys()].sort(), [...ids].sort());
  const { tracked, restored, pending, accepted, duplicates, filtered, dropped } = tracker.counts;
  assert.equal(pending, 0);
  assert.equal(accepted + duplicates, ids.length);
  const droppedCount = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  assert.equal(tracked + restored, accepted + duplicates + filtered + droppedCount);
}

test("id and time are fixed when it is tracked; a request is a simple one", async () => {
  const { world, tracker } = begin();
  const [first] = [world.wallMs()];
  const id = tracker.track("conversione", sale);
  const own = tracker.track("storia", {
    event_type: "Share",
    story_id: "s",
    user_id: "u",
    timestamp: new Date(0),
  });
  await world.pass(60_000);
  const [request] = world.requests;
  assert.equal(request?.url, "https://kpi.example.it/collect/sito");
  assert.deepEqual(JSON.parse(request?.body ?? ""), {
    key: "pk_1",
    events: [
      { id, kind: "conversione", event: { ...sale, timestamp: new Date(first ?? 0).toISOString() } },
      {
        id: own,
        kind: "storia",
        event: { event_type: "Share", story_id: "s", user_id: "u", timestamp: "1970-01-01T00:00:00.000Z" },
      },
    ],
  });
});

test("19 events wait for two seconds, 20 do not", async () => {
  for (const [count, atMs] of [
    [19, 2_000],
    [20, 0],
  ] as const) {
    const { world, track } = begin();
    track(count);
    await world.pass(1_999);
    assert.equal(world.requests.length, count === 20 ? 1 : 0);
    await world.pass(1);
    assert.deepEqual([sizes(world), world.requests[0]?.atMs], [[count], atMs]);
  }
});

test("the two seconds begin with the first event", async () => {
  const { world, track } = begin();
  track(1);
  await world.pass(1_500);
  track(1);
  await world.pass(500);
  assert.deepEqual(sizes(world), [2]);
});

test("48 KB do not wait, and no request is larger", async () => {
  const { world, track } = begin();
  const large = { ...sale, metadati: { campagna: "x".repeat(10_000) } };
  track(4, large);
  await world.pass(1_000);
  assert.deepEqual(sizes(world), []);
  track(1, large);
  await world.pass(0);
  assert.deepEqual(sizes(world), [4]);
  await world.pass(2_000);
  assert.deepEqual(sizes(world), [4, 1]);
  for (const { body } of world.requests) assert.ok(body.length <= 48 * 1_024);
});

test("one request follows the other, and what does not fill one waits again", async () => {
  const { world, track } = begin();
  const answers: (() => void)[] = [];
  const held: Reply = (request, signal) =>
    new Promise((resolve) => answers.push(() => resolve(world.server.reply(request, signal))));
  world.replies.push(held, held);
  track(45);
  await world.pass(1_000);
  assert.deepEqual(sizes(world), [20]);
  answers[0]?.();
  await world.pass(1_000);
  assert.deepEqual(sizes(world), [20, 20]);
  answers[1]?.();
  await world.pass(1_999);
  assert.deepEqual(sizes(world), [20, 20]);
  await world.pass(1);
  assert.deepEqual(sizes(world), [20, 20, 5]);
});

test("the network lost, an answer lost, silence, 500, 502 and a foreign page: sent again, counted once", async (t) => {
  const world = new TrackerTestWorld();
  const foreign: Reply = () => new Response("<html>Log in</html>");
  const faults = { networkLost, answerLost: answerLost(world.server), silence, foreign };
  const more = { 500: refuse(500), 502: refuse(502), noJson: () => new Response("<html>", { status: 202 }) };
  for (const [name, reply] of Object.entries({ ...faults, ...more })) {
    await t.test(name, async () => {
      const page = begin();
      // The first fault may come before or after the server has counted.
      page.world.replies.push(name === "answerLost" ? answerLost(page.world.server) : reply);
      const ids = page.track(3);
      await page.world.pass(2_000 + 30_000 + 1_000);
      countedOnce(page, ids);
      assert.equal(page.world.requests.length, 2);
      assert.equal(page.world.requests[0]?.body, page.world.requests[1]?.body, "the same bytes");
    });
  }
});

test("delays double from 1 s to 60 s while the server is away, and begin again after an answer", async () => {
  const { world, track } = begin();
  world.replies.push(...Array.from({ length: 10 }, () => networkLost));
  track(20);
  await world.pass(310_000);
  const waits = world.requests.map(({ atMs }, index) => atMs - (world.requests[index - 1]?.atMs ?? 0));
  const rounded = waits.map((ms) => Math.ceil(ms / 1_000));
  assert.deepEqual(rounded, [0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
  world.replies.push(networkLost);
  track(20);
  await world.pass(1_000);
  assert.equal(world.requests.length, 13, "first delay again");
});

test("a delay is drawn from nothing on", async () => {
  const { world, track } = begin();
  world.draw = 0;
  world.replies.push(networkLost, networkLost);
  track(20);
  await world.pass(0);
  assert.equal(world.requests.length, 3);
});

test("429 and 503 are obeyed to the second, whatever happens on the page", async () => {
  for (const status of [429, 503]) {
    const page = begin();
    const { world, tracker, track } = page;
    world.replies.push(refuse(status, "rate_limited", { "retry-after": "120" }));
    const ids = track(20);
    await world.pass(1_000);
    ids.push(...track(30));
    void tracker.flush();
    world.hide();
    world.show();
    await world.pass(118_999);
    assert.equal(world.requests.length, 1, "not a try before");
    await world.pass(10_000);
    assert.ok((world.requests[1]?.atMs ?? 0) >= 120_000);
    countedOnce(page, ids);
  }
});

test("news of the network ends a delay", async () => {
  const { world, track } = begin();
  world.replies.push(...Array.from({ length: 8 }, () => networkLost));
  track(20);
  await world.pass(120_000);
  assert.equal(world.requests.length, 7);
  world.wake();
  await world.pass(0);
  assert.equal(world.requests.length, 8);
});

test("what the answer does not name is sent again", async () => {
  const page = begin();
  page.world.replies.push(({ events }) => {
    const { id } = events[1] ?? { id: "" };
    return Response.json({ results: [{ index: 1, id, verdict: "accepted" }] }, { status: 202 });
  });
  const [, second] = page.track(3);
  await page.world.pass(5_000);
  assert.deepEqual(sizes(page.world), [3, 2]);
  assert.ok(!page.world.requests[1]?.body.includes(second ?? "-"));
  assert.equal(page.tracker.counts.accepted, 3);
});

test("verdicts are counted, and what will never count is told", async () => {
  const { world, tracker, track, dropped } = begin();
  const reasons = [{ code: "value_negative", field: "valore", message: "…" }];
  const verdicts = ["accepted", "duplicate", "filtered", "conflict", "rejected", "unheard_of"];
  world.replies.push(({ events }) => {
    const results = events.map(({ id }, index) => {
      const verdict = verdicts[index];
      return { index, id, verdict, ...(verdict === "rejected" && { reasons }) };
    });
    return Response.json({ results }, { status: 202 });
  });
  const ids = track(6);
  await world.pass(2_000);
  assert.deepEqual(tracker.counts, {
    tracked: 6,
    restored: 0,
    pending: 0,
    accepted: 1,
    duplicates: 1,
    filtered: 1,
    dropped: { conflict: 1, rejected: 1, unheard_of: 1 },
  });
  assert.deepEqual(dropped, [
    { id: ids[3], kind: "conversione", code: "conflict" },
    { id: ids[4], kind: "conversione", code: "rejected", reasons },
    { id: ids[5], kind: "conversione", code: "unheard_of" },
  ]);
});

test("any other 4xx drops the batch, is told, and the next one goes its way", async () => {
  for (const [status, code] of [
    [400, "body_not_json"],
    [401, "write_key_invalid"],
    [403, "origin_forbidden"],
    [404, "not_found"],
    [415, "content_type_unsupported"],
  ] as const) {
    const { world, tracker, track, codes } = begin();
    world.replies.push(refuse(status, code));
    track(21);
    await world.pass(2_000);
    assert.deepEqual(sizes(world), [20, 1]);
    assert.deepEqual(codes(), Array(20).fill(code));
    assert.deepEqual([tracker.counts.dropped, tracker.counts.accepted], [{ [code]: 20 }, 1]);
  }
});

test("413 sends halves, and drops what is too large alone", async () => {
  const page = begin();
  const tooLarge = refuse(413, "events_too_many");
  page.world.server.reply = (
    (take) => (request, signal) =>
      request.events.length > 2 ? tooLarge(request, signal) : take(request, signal)
  )(page.world.server.reply);
  const ids = page.track(5);
  await page.world.pass(2_000);
  assert.deepEqual(sizes(page.world), [5, 3, 2, 2, 1]);
  countedOnce(page, ids);

  const other = begin();
  other.world.replies.push(refuse(413, "body_too_large"));
  other.track(1);
  await other.world.pass(2_000);
  assert.deepEqual(other.codes(), ["body_too_large"]);
});

test("what is no JSON, too large or too much is not taken", async () => {
  const { world, tracker, track, codes } = begin();
  const circular: Record<string, unknown> = {};
  circular["self"] = circular;
  for (const event of [circular, { valore: 1n }, null, undefined]) {
    assert.equal(tracker.track("conversione", event as unknown as typeof sale), undefined);
  }
  track(1, { ...sale, id_cliente: "x".repeat(48_000) });
  assert.deepEqual(codes(), [...Array(4).fill("event_invalid"), "event_too_large"]);

  world.server.reply = networkLost;
  assert.ok(track(1_000).every((id) => id !== undefined));
  assert.deepEqual(track(2), [undefined, undefined]);
  assert.deepEqual(tracker.counts.dropped, { event_invalid: 4, event_too_large: 1, queue_full: 2 });
  assert.equal(tracker.counts.pending, 1_000);
});

test("an event that the server would no longer know again is given up", async () => {
  const { world, tracker, track, codes } = begin(undefined, { keptMs: 3_600_000 });
  world.server.reply = networkLost;
  track(1);
  await world.pass(3_540_000);
  assert.equal(tracker.counts.pending, 1);
  track(1);
  await world.pass(180_000);
  assert.deepEqual([codes(), tracker.counts.pending], [["expired"], 1]);
  await world.pass(3_600_000);
  const lastMs = Math.max(...world.requests.map(({ atMs }) => atMs));
  assert.ok(lastMs <= 3_540_000 + 3_600_000);
  assert.equal(tracker.counts.pending, 0);
});

test("flush sends everything, batch after batch, and ends when it is answered", async () => {
  const page = begin();
  const ids = page.track(45);
  await page.tracker.flush();
  assert.deepEqual(sizes(page.world), [20, 20, 5]);
  countedOnce(page, ids);
});

test("flush ends where a try fails, and two at once are one", async () => {
  const { world, tracker, track } = begin();
  world.replies.push(networkLost);
  track(45);
  await Promise.all([tracker.flush(), tracker.flush()]);
  assert.deepEqual(sizes(world), [20]);
  assert.equal(tracker.counts.pending, 45);
});

test("closing sends what waits, takes nothing more and leaves nothing behind", async () => {
  const page = begin();
  const ids = page.track(30);
  await page.tracker.close();
  assert.equal(page.tracker.track("conversione", sale), undefined);
  assert.deepEqual(page.codes(), ["closed"]);
  countedOnce(page, ids);
  await page.world.pass(60_000);
  assert.deepEqual([page.world.timers, page.world.listening, page.world.requests.length], [0, 0, 2]);
});

test("what cannot be sent at the close is told as dropped", async () => {
  const { world, tracker, track } = begin();
  world.server.reply = networkLost;
  track(2);
  await tracker.close();
  await settle();
  assert.deepEqual([tracker.counts.dropped, tracker.counts.pending], [{ closed: 2 }, 0]);
});

test("a broken callback neither stops the tracker nor hides the others", async () => {
  const world = new TrackerTestWorld();
  const fail = () => {
    throw new Error("broken");
  };
  const { tracker, track } = begin(world, { onDrop: fail });
  world.replies.push(refuse(400, "body_not_json"));
  track(2);
  await world.pass(2_000);
  assert.equal(world.reported.length, 2);
  assert.deepEqual(tracker.counts.dropped, { body_not_json: 2 });
});

test("creating one does nothing", async () => {
  const { world } = begin();
  await world.pass(600_000);
  assert.deepEqual([world.requests.length, world.timers, world.device.databases.size], [0, 0, 0]);
});

test("its types tell the two kinds of events and their forms apart", () => {
  const { tracker } = begin();
  tracker.track("storia", { event_type: "StoryView", story_id: "s", engagement: { view_count: 1 } });
  tracker.track("storia", { event_type: "Interaction", interaction_type: "like", story_id: "s", user_id: "u" });
  // @ts-expect-error a conversion is no story event
  tracker.track("storia", sale);
  // @ts-expect-error an interaction says which
  tracker.track("storia", { event_type: "Interaction", story_id: "s", user_id: "u" });
  // @ts-expect-error ad spend is not for pages
  tracker.track("spesa", sale);
  assert.equal(tracker.counts.tracked, 5);
});
