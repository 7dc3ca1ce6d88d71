/** A batch that its ledger cannot judge: its sender is told to come again, and the others that share its call are answered. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { alteredLedger } from "./support/altered.ts";
import { conversion, integrity, post, refusal } from "./support/client.ts";

const spoilt = "CLIENTE-ITALIA-999999";
let altered: Awaited<ReturnType<typeof alteredLedger>>;

before(async () => {
  altered = await alteredLedger(`
    ingest(space, shard, batches) {
      const isSpoilt = (batch) => new TextDecoder().decode(batch).includes("${spoilt}");
      return super.ingest(space, shard, batches.map((batch) => isSpoilt(batch) ? batch.subarray(0, -1) : batch));
    }`);
});
after(() => altered?.end());

test("only its own request is refused, as often as it comes", async () => {
  const { server } = altered;
  for (let round = 1; round <= 3; round += 1) {
    const events = Array.from({ length: 20 }, (_, index) => conversion(index === 7 ? { id_cliente: spoilt } : {}));
    const answers = await Promise.all(events.map((event) => post(server, event)));
    for (const [index, answer] of answers.entries()) {
      if (index === 7) assert.deepEqual(refusal(answer), [503, "unavailable"]);
      else assert.equal(answer.status, 202, answer.text);
    }
    assert.equal((await integrity(server)).total.accepted, 19 * round);
  }
  assert.match(server.log(), /a batch could not be judged/);
});
