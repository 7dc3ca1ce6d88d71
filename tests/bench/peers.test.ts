/**
 * The peers do the same work: each event gets Polso's verdict from them too, and their counts are Polso's. What they
 * do not know (members that come twice, NDJSON) is said in docs/benchmarks.md.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { path } from "./events.ts";
import { python } from "./python.ts";
import type { Running, System } from "./system.ts";
import { javascript, polso } from "./workers.ts";

const good = {
  id_cliente: "CLIENTE-ITALIA-789456",
  evento: "richiesta_demo",
  timestamp: new Date().toISOString(),
  valore: 0.0,
  canale: "email",
  stato: "completato",
  metadati: { campagna: "Campagna_Email_Verano2024", dispositivo: "iPad_pro", localita: "Roma" },
};
const { metadati: _, ...bare } = good;
const minutes = (count: number) => new Date(Date.now() + count * 60_000).toISOString();

/** Sent together, in this order. */
const events: unknown[] = [
  good,
  good,
  { ...good, valore: 12.5 },
  { ...good, valore: 3, metadati: { ...good.metadati, utm: "x" } },
  bare,
  { ...good, evento: "richiesta_demo_completata" },
  { ...good, stato: "duplicato" },
  { ...good, evento: "acquisto_concluso", valore: 1_000_000_000 },
  { ...good, timestamp: "2024-05-20T14:32:45.123+02:00" },
  { ...good, id_cliente: "CLIENTE-ABC-123456" },
  { ...good, id_cliente: "CLIENTE-ABCD-12345" },
  { ...good, id_cliente: 5 },
  { ...good, evento: "acquisto" },
  { ...good, timestamp: "2024-05-20T14:32:45" },
  { ...good, timestamp: "1999-12-31T23:59:59Z" },
  { ...good, timestamp: minutes(10) },
  { ...good, valore: -1 },
  { ...good, valore: 1.234 },
  { ...good, valore: 1_000_000_001 },
  { ...good, valore: "12" },
  { ...good, canale: "piccione" },
  { ...good, stato: "perso" },
  { ...good, metadati: { campagna: "x".repeat(65) } },
  { ...good, metadati: "Roma" },
  { ...good, altro: 1 },
  {},
  null,
  [],
];

async function verdicts(system: System): Promise<{ verdicts: unknown[]; counted: number | undefined }> {
  const running = await system.start(4);
  try {
    const found = await post(running, events);
    assert.equal((await post(running, { ...good, valore: "x" }, 422)).at(0), "rejected");
    return { verdicts: found, counted: await running.counted() };
  } finally {
    await running.stop();
  }
}

async function post(running: Running, body: unknown, status = 202): Promise<unknown[]> {
  const headers = { Authorization: `Bearer ${await running.ingestToken()}`, "Content-Type": "application/json" };
  const response = await fetch(running.url + path, { method: "POST", headers, body: JSON.stringify(body) });
  const answer = (await response.json()) as { results: { verdict: string; late?: boolean; warnings?: unknown[] }[] };
  assert.equal(response.status, status);
  return answer.results.map(({ verdict, late = false, warnings = [] }) =>
    [verdict, ...(late ? ["late"] : []), ...warnings].join(" "),
  );
}

const ofPolso = await verdicts(polso);

for (const system of [javascript, python]) {
  test(`${system.name} judges and counts as Polso does`, async (context) => {
    const missing = await system.missing?.(false);
    if (missing !== undefined) context.diagnostic(`not tried: ${missing}`);
    else assert.deepEqual(await verdicts(system), ofPolso);
  });
}

test("without a token that is valid nothing is taken", async () => {
  const running = await javascript.start(1);
  try {
    for (const authorization of [undefined, "Bearer x", `Bearer ${(await running.ingestToken()).slice(0, -3)}abc`]) {
      const headers = authorization === undefined ? {} : { Authorization: authorization };
      const response = await fetch(running.url + path, { method: "POST", headers, body: JSON.stringify(good) });
      assert.equal(response.status, 401);
      await response.text();
    }
    assert.equal(await running.counted(), 0);
  } finally {
    await running.stop();
  }
});
