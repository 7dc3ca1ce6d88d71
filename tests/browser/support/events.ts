/** Events for the browser tests: each of its own client or viewer, happening now unless said otherwise. */

import assert from "node:assert/strict";
import type { Server } from "../../support/server.ts";

let clients = 0;
let viewers = 0;

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
  return post(server, "crm", "conversione", events, status);
}

/** What one viewer of a story does, now unless said otherwise. */
export function storyView(fields: Record<string, unknown> = {}): Record<string, unknown> {
  viewers += 1;
  return {
    event_type: "StoryView",
    story_id: "story_789456",
    user_id: `u-${viewers}`,
    user_location: "Roma",
    timestamp: new Date().toISOString(),
    completion_rate: 0.9,
    segmento: { eta: "25-34", genere: "F", interesse: "moda" },
    formato: "video_breve",
    durata_s: 15,
    ...fields,
  };
}

/** A click on a story. */
export function storyClick(fields: Record<string, unknown> = {}): Record<string, unknown> {
  const { completion_rate: _, ...click } = storyView({ event_type: "Interaction", interaction_type: "swipe_up" });
  return { ...click, ...fields };
}

/** Sends them as the source `instagram`. @returns the server's answer */
export async function sendStories(server: Server, events: unknown, status = 202): Promise<{ accepted: number }> {
  return post(server, "instagram", "storia", events, status);
}

async function post(server: Server, source: string, kind: string, events: unknown, status: number) {
  const response = await fetch(`${server.url}/api/v1/eventi/${kind}`, {
    method: "POST",
    headers: { ...(await server.bearer({ scope: "ingest", source })), "content-type": "application/json" },
    body: JSON.stringify(events),
  });
  const answer = (await response.json()) as { accepted: number };
  assert.equal(response.status, status, JSON.stringify(answer));
  return answer;
}
