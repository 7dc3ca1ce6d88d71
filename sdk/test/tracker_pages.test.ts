/** Pages that are hidden, end, or share a device: what outlives them, and who may say that nothing does. */

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  answerLost,
  begin,
  networkLost,
  type Reply,
  sale,
  settle,
  TestDevice,
  TestServer,
  TrackerTestWorld,
} from "./tracker_world.ts";

const sizes = (world: TrackerTestWorld) => world.requests.map(({ events }) => events.length);
const large = { ...sale, metadati: { campagna: "x".repeat(10_000) } };

/** Bodies that outlive a page are refused above the limit, as browsers do. */
function limitKeepalive(world: TrackerTestWorld, bytesMax: number): void {
  let flying = 0;
  const { reply } = world.server;
  world.server.reply = async (request, signal) => {
    if (!request.keepalive) return reply(request, signal);
    if (flying + request.body.length > bytesMax) throw new TypeError("Failed to fetch");
    flying += request.body.length;
    await new Promise(setImmediate);
    flying -= request.body.length;
    return reply(request, signal);
  };
}

test("a hidden page sends at once, and its requests outlive it", async () => {
  const { world, track } = begin();
  track(45);
  world.hide();
  assert.deepEqual(sizes(world), [20, 20, 5], "before anything is answered");
  assert.ok(world.requests.every(({ keepalive }) => keepalive));
});

test("bodies on their way are 64 KB together, of all trackers of the page; the rest follows", async () => {
  const world = new TrackerTestWorld();
  const first = begin(world);
  const second = begin(world, { source: "altro" });
  limitKeepalive(world, 64 * 1_024);
  const ids = [...first.track(4, large), ...second.track(4, large)];
  world.hide();
  assert.deepEqual(sizes(world), [4, 2]);
  await world.pass(10_000);
  assert.equal(world.server.counted.size, ids.length);
  assert.equal(world.requests.length, 3, "none was refused");
  assert.equal(world.keepalive.bytes, 0);
});

test("what the browser refuses for the sake of others goes in halves", async () => {
  const { world, track, tracker } = begin();
  limitKeepalive(world, 24 * 1_024);
  track(4, large);
  world.hide();
  await settle();
  await world.pass(0);
  assert.deepEqual(sizes(world).slice(0, 3), [4, 2, 2]);
  await world.pass(60_000);
  assert.deepEqual([tracker.counts.accepted, tracker.counts.pending], [4, 0]);
});

test("small bodies are not split: size is not why they are refused", async () => {
  const { world, track } = begin();
  world.server.reply = networkLost;
  track(8);
  world.hide();
  await settle();
  assert.deepEqual(sizes(world), [8]);
});

test("a shown page whose first try was refused tries without keepalive", async () => {
  const { world, track } = begin();
  limitKeepalive(world, 0);
  track(20);
  await world.pass(1_000);
  assert.deepEqual(
    world.requests.map(({ keepalive }) => keepalive),
    [true, false],
  );
  assert.equal(world.server.counted.size, 20);
});

test("what is tracked while the page is hidden goes too", async () => {
  const { world, track } = begin();
  world.hide();
  track(1);
  world.hide();
  assert.deepEqual(sizes(world), [1]);
});

test("without consent nothing is kept on the device, with it everything until it is answered", async () => {
  const { world, tracker, track } = begin();
  const before = track(2);
  await settle();
  assert.equal(world.device.databases.size, 0);
  await tracker.consent("granted");
  assert.deepEqual(world.device.kept, before);
  const after = track(1);
  assert.deepEqual(world.device.kept, [...before, ...after]);
  await world.pass(2_000);
  assert.deepEqual(world.device.kept, []);
});

test("a page that ends leaves its events to the next one, which counts them once", async () => {
  const [server, device] = [new TestServer(), new TestDevice()];
  const endings: Record<string, Reply> = { lost: networkLost, answered: answerLost(server) };
  for (const [name, reply] of Object.entries(endings)) {
    const first = begin(new TrackerTestWorld(server, device));
    first.world.replies.push(reply);
    await first.tracker.consent("granted");
    const ids = first.track(3);
    await first.world.pass(2_000);
    // It ends here: nothing of it runs again.

    const next = begin(new TrackerTestWorld(server, device));
    await next.world.pass(60_000);
    assert.equal(next.tracker.counts.restored, 0, "not before consent");
    await next.tracker.consent("granted");
    await next.world.pass(2_000);
    assert.deepEqual(next.tracker.counts.restored, 3, name);
    assert.ok(ids.every((id) => server.counted.has(id ?? "")));
    assert.deepEqual(device.kept, []);
  }
  assert.equal(server.counted.size, 6);
});

test("what two pages send counts once, and neither loses any", async () => {
  const [server, device] = [new TestServer(), new TestDevice()];
  const [first, second] = [begin(new TrackerTestWorld(server, device)), begin(new TrackerTestWorld(server, device))];
  await first.tracker.consent("granted");
  const ids = first.track(5);
  await second.tracker.consent("granted");
  ids.push(...second.track(5, { ...sale, id_cliente: "c2" }));
  await first.world.pass(5_000);
  await second.world.pass(5_000);
  assert.equal(server.counted.size, new Set(ids).size);
  assert.deepEqual([second.tracker.counts.restored, second.tracker.counts.duplicates], [5, 5]);
  assert.deepEqual(device.kept, []);
});

test("a page that is shown again takes over what another one left", async () => {
  const [server, device] = [new TestServer(), new TestDevice()];
  const stays = begin(new TrackerTestWorld(server, device));
  await stays.tracker.consent("granted");
  stays.world.isHidden = true;
  const ends = begin(new TrackerTestWorld(server, device));
  await ends.tracker.consent("granted");
  ends.track(2);
  stays.world.show();
  await stays.world.pass(2_000);
  assert.equal(server.counted.size, 2);
});

test("more than the queue has room for follows when there is room", async () => {
  const [server, device] = [new TestServer(), new TestDevice()];
  for (let page = 0; page < 2; page += 1) {
    const { tracker, track } = begin(new TrackerTestWorld(server, device));
    track(600);
    await tracker.consent("granted");
    assert.equal(tracker.counts.pending, 600, "a full page takes over nothing");
  }
  assert.equal(device.kept.length, 1_200);
  const next = begin(new TrackerTestWorld(server, device));
  await next.tracker.consent("granted");
  assert.equal(next.tracker.counts.pending, 500, "the other half is for its own");
  await next.world.pass(60_000);
  assert.equal(server.counted.size, 1_200);
  assert.deepEqual(device.kept, []);
});

test("what lay on the device for too long is given up, not sent", async () => {
  const device = new TestDevice();
  const first = begin(new TrackerTestWorld(new TestServer(), device));
  await first.tracker.consent("granted");
  first.track(1);
  const world = new TrackerTestWorld(new TestServer(), device);
  world.sleptMs = 71 * 3_600_000;
  const next = begin(world);
  await next.tracker.consent("granted");
  await world.pass(10_000);
  assert.deepEqual([next.codes(), world.requests.length, device.kept], [["expired"], 0, []]);
});

test("a withdrawal clears device and memory, stops what is on its way, and takes nothing", async () => {
  const { world, tracker, track, codes } = begin();
  await tracker.consent("granted");
  let aborted = false;
  world.replies.push(
    (_, signal) =>
      new Promise((_, reject) =>
        signal.addEventListener("abort", () => {
          aborted = true;
          reject(new DOMException("", "AbortError"));
        }),
      ),
  );
  track(21);
  await world.pass(0);
  await tracker.consent("denied");
  assert.equal(tracker.track("conversione", sale), undefined);
  assert.deepEqual([aborted, world.device.databases.size, tracker.counts.pending], [true, 0, 0]);
  assert.deepEqual(codes(), Array(22).fill("consent_denied"));
  await world.pass(120_000);
  assert.equal(world.requests.length, 1);
});

test("a withdrawal clears what earlier pages left, though this one never opened it", async () => {
  const device = new TestDevice();
  const first = begin(new TrackerTestWorld(new TestServer(), device));
  await first.tracker.consent("granted");
  first.track(1);
  assert.equal(device.kept.length, 1);
  await begin(new TrackerTestWorld(new TestServer(), device)).tracker.consent("denied");
  assert.equal(device.databases.size, 0);
});

test("a withdrawal clears the device after the close too", async () => {
  const { world, tracker, track } = begin();
  await tracker.consent("granted");
  world.server.reply = networkLost;
  track(1);
  await tracker.close();
  await tracker.consent("denied");
  assert.equal(world.device.databases.size, 0);
  await tracker.consent("granted");
  assert.equal(world.device.databases.size, 0, "a closed one keeps nothing");
});

test("a withdrawal on one page holds on all", async () => {
  const device = new TestDevice();
  const [one, other] = [0, 1].map(() => begin(new TrackerTestWorld(new TestServer(), device)));
  await one?.tracker.consent("granted");
  await other?.tracker.consent("granted");
  other?.track(1);
  await one?.tracker.consent("denied");
  assert.deepEqual(other?.codes(), ["consent_denied"]);
  assert.equal(other?.tracker.track("conversione", sale), undefined);
  assert.equal(device.databases.size, 0);
});

test("consent that changes back and forth ends where it was put last", async () => {
  const { world, tracker, track } = begin();
  const changes = ["granted", "denied", "granted"] as const;
  await Promise.all(changes.map((consent) => tracker.consent(consent)));
  const ids = track(1);
  assert.deepEqual(world.device.kept, ids);
  assert.equal(world.device.open.size, 1);
  await tracker.consent("granted");
  assert.equal(world.device.open.size, 1, "the same again changes nothing");
});

test("a device that keeps nothing leaves it to memory", async (t) => {
  const warn = t.mock.method(console, "warn", () => {});
  const { world, tracker, track } = begin();
  world.device.isBroken = true;
  await tracker.consent("granted");
  track(1);
  await world.pass(2_000);
  assert.equal(tracker.counts.accepted, 1);
  assert.equal(warn.mock.callCount(), 1);
});

test("a device that fails later leaves it to memory too", async (t) => {
  const warn = t.mock.method(console, "warn", () => {});
  const { world, tracker, track } = begin();
  await tracker.consent("granted");
  world.device.isBroken = true;
  world.show();
  track(1);
  await world.pass(2_000);
  assert.deepEqual([tracker.counts.accepted, warn.mock.callCount()], [1, 1]);
});

test("what is not answered at the close stays on the device", async () => {
  const { world, tracker, track } = begin();
  await tracker.consent("granted");
  world.server.reply = networkLost;
  const ids = track(2);
  await tracker.close();
  assert.deepEqual([world.device.kept, tracker.counts.pending, world.device.open.size], [ids, 2, 0]);
});
