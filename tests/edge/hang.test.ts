/** A Durable Object whose code has hung: its callers are told to come again, and do not wait for ever. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { alteredLedger } from "./support/altered.ts";
import { conversion, get, post, refusal } from "./support/client.ts";

let altered: Awaited<ReturnType<typeof alteredLedger>>;

before(async () => {
  altered = await alteredLedger("ingest() { return new Promise(() => {}); }");
});
after(() => altered?.end());

test("senders are told to come again, and others are answered meanwhile", async () => {
  const { server } = altered;
  // They share a call.
  const hanging = Promise.all(Array.from({ length: 5 }, () => post(server, conversion())));
  assert.equal((await get(server, "/api/v1/kpi")).status, 200);
  for (const answer of await hanging) {
    assert.deepEqual(refusal(answer), [503, "unavailable"]);
    assert.equal(answer.headers.get("retry-after"), "1");
  }
});
