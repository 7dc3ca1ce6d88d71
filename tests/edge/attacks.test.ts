/**
 * Attacks on the running server, one after the other on the same process: forged tokens, hostile XML and JSON, bodies too
 * large, without end or too slow, floods of headers, requests sent again. Each is refused or a duplicate. After each the
 * server is well, takes a good event, and has counted good events only; after all of them its memory has not grown by more
 * than its bound, and its log tells nothing.
 */

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { type Sending, sign } from "../../scripts/send/post.mjs";
import { usage } from "../bench/usage.ts";
import { type Server, startServer } from "../support/server.ts";
import { until } from "../support/until.ts";
import { Attacker, bait, chunks, lines, pieces } from "./support/attackers.ts";
import { conversion, eventsPath, get, integrity, post, refusal, upgrade } from "./support/client.ts";
import { byMac, compact, forgeries, jwkOf, newPair } from "./support/forgeries.ts";
import {
  secrets as common,
  deliver,
  quiet,
  type Request,
  read,
  type Table,
  sources as usual,
} from "./support/senders.ts";

const MB = 1_000_000;
const MiB = 1_048_576;
/**
 * How much the process may grow: what the platform gives an isolate altogether. Of it 16 MiB may be bodies that are open;
 * the rest is garbage that was not collected yet.
 */
const grownBytesMax = 128 * MiB;

const shared = { kid: "shared", k: Buffer.alloc(32, 5) };
const pairs = [newPair("RS256", "rs"), newPair("ES256", "es"), newPair("EdDSA", "ed")];
const oct = { kty: "oct", alg: "HS256", kid: shared.kid, k: shared.k.toString("base64url") };
const secrets: Record<string, string> = {
  ...common,
  JWT_KEYS: JSON.stringify({ keys: [oct, ...pairs.map(jwkOf)] }),
  ORGANISATION: "00D5g000004xYzA",
  PATH: "a-part-of-the-address-1234",
  META_TOKEN: "the-token-of-the-handshake",
};
const sources: Record<string, Table> = {
  ...usual,
  crm: { kind: "native" },
  twin: { kind: "stripe", secret: "SECOND_SECRET" },
  wide: { ...usual["stories"], body_max_kib: 4_096 },
  salesforce: { kind: "salesforce", secret: "ORGANISATION", path_secret: "PATH" },
  meta: { kind: "meta", secret: "SECRET", verify_token: "META_TOKEN" },
};
/** Of those whose senders sign any body, each that is read in a way of its own. */
const signing = ["stripe", "hubspot", "registrations", "slack", "wide"];
const payment = read("stripe-succeeded.json").toString();
/** Must never be seen in a log. */
const marker = "SEGRETO-NEL-CORPO";

let server: Server;
let decoy: Awaited<ReturnType<typeof bait>>;
let residentBytes: number | undefined;
/** Good events so far. */
let accepted = 0;

const resident = () => usage([server.pid])?.residentBytes;
const sending = (name: string): Sending => ({
  name,
  source: sources[name] as Table,
  secrets,
  url: server.url,
  event: "conversione",
});
const signed = (name: string, body: Buffer | string, type = "application/json") =>
  sign(sending(name), Buffer.from(body), type, Date.now());

/** A good event as `crm` would send it. */
async function native(): Promise<Request> {
  const { Authorization: authorization } = await server.bearer({ scope: "ingest", source: "crm" });
  const headers = { "content-type": "application/json", authorization };
  return { url: server.url + eventsPath, headers, body: Buffer.from(JSON.stringify(conversion())) };
}

/** That it was answered so, or cut off before its sender could read the answer. */
function isRefused(found: number, status: number, what: string): void {
  assert.ok(found === status || found === 0, `${what}: ${found}, not ${status}`);
}

async function takesAGoodEvent(): Promise<void> {
  const { status, json } = await post(server, conversion());
  assert.deepEqual([status, json.accepted], [202, 1]);
  accepted += 1;
}

before(async () => {
  decoy = await bait();
  server = await startServer({ sources, secrets });
  await takesAGoodEvent();
  residentBytes = resident();
});
afterEach(async () => {
  assert.equal((await get(server, "/healthz", "")).status, 200);
  await takesAGoodEvent();
  assert.equal((await integrity(server)).total.accepted, accepted, "nothing counts but what is good");
  assert.equal(decoy.asked(), 0, "nobody was asked for a key or a DTD");
});
after(async () => {
  decoy.close();
  await server.stop();
});

test("a forged token opens nothing, whatever it tries", async () => {
  const good = compact({ alg: "HS256", kid: shared.kid }, byMac(shared.k));
  assert.equal((await get(server, "/api/v1/rejected", good)).status, 200, "the same claims, well signed");
  for (const [name, token] of forgeries(shared, pairs, decoy.url)) {
    const [live, ...answers] = await Promise.all([
      upgrade(server, `polso.v1, bearer.${token}`),
      post(server, conversion(), { token }),
      get(server, "/api/v1/kpi", token),
      get(server, "/api/v1/rejected", token),
    ]);
    assert.equal(live.status, 401, name);
    for (const answer of answers) assert.deepEqual(refusal(answer), [401, "token_invalid"], name);
  }
});

test("XML that expands, or that has something fetched, is refused unread", async () => {
  const entities = Array.from({ length: 9 }, (_, level) => {
    const text = level === 0 ? "lol" : `&lol${level};`.repeat(10);
    return `<!ENTITY lol${level + 1} "${text}">`;
  });
  const message = (text: string) =>
    `<Envelope><Body><notifications><OrganizationId>${secrets["ORGANISATION"]}</OrganizationId>${text}</notifications></Body></Envelope>`;
  const hostile: [string, string][] = [
    ["a billion laughs", `<!DOCTYPE lolz [${entities.join("")}]>${message("&lol9;")}`],
    ["one entity many times", `<!DOCTYPE x [<!ENTITY a "${"a".repeat(50_000)}">]>${message("&a;".repeat(100_000))}`],
    ["an external DTD", `<!DOCTYPE x SYSTEM "${decoy.url}/x.dtd">${message("")}`],
    ["an external entity", `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>${message("&a;")}`],
    ["a parameter entity", `<!DOCTYPE x [<!ENTITY % a SYSTEM "${decoy.url}/x.dtd"> %a;]>${message("")}`],
    ["elements within elements", `${"<a>".repeat(100_000)}${"</a>".repeat(100_000)}`],
  ];
  for (const [name, text] of hostile) {
    for (const type of ["text/xml; charset=utf-8", "application/json"]) {
      const { status } = await deliver(await signed("salesforce", `<?xml version="1.0"?>${text}`, type));
      assert.equal(status, 401, `${name} as ${type}`);
    }
  }
});

test("JSON that nests, repeats members or is no JSON tells no event, though it is signed", async () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  const objects = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
  const event = JSON.stringify(conversion());
  const twice = (text: string) => text.replace("{", `{${/"(valore|type)": *("[^"]*"|\d+)/.exec(text)?.[0]},`);
  const inside = (text: string) => text.replace(/}\s*$/, `, "more": ${nested(32)}}`);
  const hostile: [string, string][] = [
    ["100,000 deep, open", "[".repeat(100_000)],
    ["100,000 deep", nested(100_000)],
    ["100,000 objects deep", objects(100_000)],
    ["33 deep", nested(33)],
    ["33 deep in an event", inside(event)],
    ["33 deep in a payment", inside(payment)],
    ["an event's member twice", twice(event)],
    ["a payment's member twice", twice(payment)],
    ["many members", `{${Array.from({ length: 50_000 }, (_, index) => `"${index}":1`).join()}}`],
    ["a number without end", `{"valore": ${"9".repeat(500_000)}}`],
    ["a string that stays open", `{"${marker}": "${"\\u0000".repeat(100_000)}`],
  ];
  for (const [name, body] of hostile) {
    const { status, json } = await post(server, body);
    assert.ok([400, 422].includes(status) && !(json.accepted > 0), `${name}: ${status}`);
    await Promise.all(
      signing.map(async (source) => {
        const answer = await deliver(await signed(source, body));
        assert.equal(answer.status, 200, `${name} to ${source}: ${answer.text}`);
        assert.equal(JSON.parse(answer.text).accepted, 0, `${name} to ${source}: ${answer.text}`);
        assert.ok(!answer.text.includes(marker), `${name} to ${source} is said back`);
      }),
    );
    // Its proof is in the body, which has to be read for it.
    const zoho = await deliver({ ...(await signed("ads", body)), url: `${server.url}/webhooks/zoho` });
    assert.equal(zoho.status, 401, `${name} to zoho`);
  }
});

test("bodies of 3 MB and 5 MB are too large, but for who may send more, and bring nothing", async () => {
  const own = await native();
  const bare = { ...own, headers: { "content-type": "application/json" } };
  const sent = async ({ url, headers, body }: Request) => {
    const attacker = await Attacker.open(url, lines({ ...headers, "content-length": body.length }));
    return attacker.feed(pieces(body));
  };
  for (const bytes of [3 * MB, 5 * MB]) {
    const body = Buffer.from(own.body.toString().padEnd(bytes));
    isRefused(await sent({ ...own, body }), 413, "native");
    isRefused(await sent({ ...bare, body }), 401, "native without a token");
    for (const source of ["stripe", "github", "stories", "ads"]) {
      isRefused(await sent(await signed(source, payment.padEnd(bytes))), 413, source);
    }
    for (const source of ["meta", "wide"]) {
      const status = await sent(await signed(source, payment.padEnd(bytes)));
      if (bytes > 4 * MiB) isRefused(status, 413, source);
      else assert.equal(status, 200, source);
    }
  }
});

test("a body that never ends is refused as soon as it is too long", async () => {
  const own = await native();
  const stripe = await signed("stripe", "{}");
  const attempts: [Request, number][] = [
    [own, 413],
    [{ ...own, headers: { "content-type": "application/json" } }, 401],
    [stripe, 413],
    [{ ...stripe, url: `${server.url}/webhooks/zoho` }, 413],
    [{ ...stripe, url: `${server.url}/webhooks/nobody` }, 404],
  ];
  for (const [{ url, headers }, status] of attempts) {
    const attacker = await Attacker.open(url, lines({ ...headers, "transfer-encoding": "chunked" }));
    isRefused(await attacker.feed(chunks(64 * MiB)), status, url);
  }
});

test("floods of headers are refused", async () => {
  const many = (count: number, line: (index: number) => string) => Array.from({ length: count }, (_, at) => line(at));
  const long = "y".repeat(MB);
  const now = Math.floor(Date.now() / 1000);
  const floods: [string, string[]][] = [
    ["10,000 headers", many(10_000, (index) => `x-${index}: y`)],
    ["10,000 of one name", many(10_000, () => "stripe-signature: t=1,v1=00")],
    ["10,000 signatures in one", [`stripe-signature: t=${now}${",v1=00".repeat(10_000)}`]],
    ["one of 1 MB", [`x: ${long}`]],
    ["a name of 1 MB", [`${long}: x`]],
    ["a token of 1 MB", [`authorization: Bearer ${long}`]],
    ["a signature of 1 MB", [`stripe-signature: ${long}`]],
  ];
  for (const [name, headers] of floods) {
    for (const path of ["/webhooks/stripe", eventsPath]) {
      const attacker = await Attacker.open(server.url + path, ["Content-Length: 0", ...headers]);
      const status = await attacker.answered();
      assert.ok(status === 0 || (status >= 400 && status < 500), `${name} to ${path}: ${status}`);
    }
  }
});

test("bodies that do not come take no more room than there is, and give it back when they go", async () => {
  const slow = (bytes: number) => Attacker.open(`${server.url}/webhooks/stripe`, [`Content-Length: ${bytes}`]);
  const small = await Promise.all(Array.from({ length: 80 }, () => slow(10_000)));
  await takesAGoodEvent();
  assert.ok(small.every(({ status }) => status === 0));
  // A source has room for four of 1 MiB: whoever comes then is told when to come again.
  const large = await Promise.all(Array.from({ length: 24 }, () => slow(MiB)));
  await until("some are refused", () => large.filter(({ status }) => status === 503).length === 24 - 4);
  // The others are heard meanwhile, and of this one what is small.
  await takesAGoodEvent();
  const ping = JSON.stringify({ id: "evt_ping", type: "v2.core.event_destination.ping" });
  assert.equal((await deliver(await signed("stripe", ping))).status, 200);
  assert.equal((await get(server, "/healthz", "")).status, 200);
  for (const attacker of [...small, ...large]) attacker.close();
  await until("there is room", async () => (await post(server, {})).status === 422);
});

test("a captured request that is sent again, at once and in every other way, counts once", async () => {
  const stripe = await signed("stripe", payment);
  const generic = await signed("stories", read("story-insights.json"));
  for (const captured of [await native(), stripe, generic]) {
    const copies = Array.from({ length: 20 }, (_, index) => ({
      ...captured,
      url: index % 2 === 0 ? captured.url : `${captured.url}?copy=${index}`,
      headers: {
        ...captured.headers,
        "idempotency-key": `other-${index}`,
        "x-forwarded-for": `10.0.0.${index}`,
        "content-type": index % 2 === 0 ? "application/json" : "application/json; charset=utf-8",
      },
    }));
    const answers = await Promise.all(copies.map(deliver));
    const sum = (name: string) => answers.reduce((sum, { text }) => sum + JSON.parse(text)[name], 0);
    assert.deepEqual([sum("accepted"), sum("duplicates")], [1, 19], captured.url);
    accepted += 1;
  }
  const elsewhere: [string, number][] = [
    ["/webhooks/twin", 401],
    ["/webhooks/github", 401],
    ["/webhooks/crm", 404],
    ["/webhooks/STRIPE", 404],
    ["/webhooks/stripe/", 404],
    ["//webhooks/stripe", 405],
    [eventsPath, 401],
  ];
  for (const [path, status] of elsewhere) {
    assert.equal((await deliver({ ...stripe, url: server.url + path })).status, status, path);
  }
});

test("after all that its memory is within its bound and its log tells nothing", (t) => {
  quiet(server, { ...secrets, K: oct.k }, [marker, "CLIENTE-", "lol9", "payment_intent"]);
  if (residentBytes === undefined) return t.skip("there is no /proc");
  const grown = (resident() ?? 0) - residentBytes;
  t.diagnostic(`the process has grown by ${(grown / MiB).toFixed(0)} MiB`);
  assert.ok(grown < grownBytesMax, `the process has grown by ${grown} bytes`);
});
