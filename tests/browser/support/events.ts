/** Conversions for the browser tests: each its own client, happening now unless said otherwise. */

import assert from "node:assert/strict";
import type { Server } from "../../support/server.ts";

let clients = 0;

export function conversion(fields: Record<string, unknown> = {}): Record<string, unknown> {
  clients += 1;
  return {
    id_cliente: `CLIENTE-ITALIA-${String(clients).padStart(6, "0")}`,
    evento: "acquisto_concluso",
    timestamp: new Date().toISOString(),
    valore: 10.5,
    canale: "email",
    stato: "completato",
    ...fields,
  };
}

/** Sends them as the source `crm`. @returns the server's answer */
export async function send(server: Server, events: unknown, status = 202): Promise<{ accepted: number }> {
  const response = await fetch(`${server.url}/api/v1/eventi/conversione`, {
    method: "POST",
    headers: { ...(await server.bearer({ scope: "ingest", source: "crm" })), "content-type": "application/json" },
    body: JSON.stringify(events),
  });
  const answer = (await response.json()) as { accepted: number };
  assert.equal(response.status, status, JSON.stringify(answer));
  return answer;
}
