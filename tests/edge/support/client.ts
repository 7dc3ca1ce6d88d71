/** What the edge tests send and read: events of distinct clients, requests as a sender writes them, raw upgrades. */

import assert from "node:assert/strict";
import { type IncomingMessage, request } from "node:http";
import type { Integrity } from "polso";
import type { Server } from "../../support/server.ts";

export type Fields = Record<string, unknown>;

let clients = 0;

/** A conversion of a new client, happening now unless said otherwise. */
export function conversion(fields: Fields = {}): Fields {
  clients += 1;
  return {
    id_cliente: `CLIENTE-ITALIA-${String(clients).padStart(6, "0")}`,
    evento: "acquisto_concluso",
    timestamp: new Date().toISOString(),
    valore: 10,
    canale: "email",
    stato: "completato",
    ...fields,
  };
}

/** The documented example, as its text. */
export const example =
  '{ "id_cliente": "CLIENTE-ITALIA-789456", "evento": "richiesta_demo", "timestamp": "2024-05-20T14:32:45.123Z", ' +
  '"valore": 0.0, "canale": "email", "stato": "completato", "metadati": { "campagna": "Campagna_Email_Verano2024", ' +
  '"dispositivo": "iPad_pro", "localita": "Roma" } }';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: each test knows what it asked for
  readonly json: any;
}

async function reply(response: Response): Promise<Reply> {
  const text = await response.text();
  const isJson = response.headers.get("content-type") === "application/json";
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined };
}

export const eventsPath = "/api/v1/eventi/conversione";

export interface PostOptions {
  readonly path?: string;
  /** `null` for none. */
  readonly type?: string | null;
  /** In place of a valid one; empty for none. */
  readonly token?: string;
  readonly source?: string;
  readonly space?: string;
}

/** Posts events, as JSON unless it is a text or bytes already. */
export async function post(server: Server, events: unknown, options: PostOptions = {}): Promise<Reply> {
  const { path = eventsPath, type = "application/json", source = "crm", space = "main" } = options;
  const token = options.token ?? (await server.token({ scope: "ingest", source, space }));
  const headers = new Headers();
  if (type !== null) headers.set("content-type", type);
  if (token !== "") headers.set("authorization", `Bearer ${token}`);
  const body = typeof events === "string" || events instanceof Uint8Array ? events : JSON.stringify(events);
  // A text would bring a content type of its own.
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return reply(await fetch(server.url + path, { method: "POST", headers, body: bytes as BodyInit }));
}

/** Gets a path, as a viewer of the space unless a token is given; an empty one is none. */
export async function get(server: Server, path: string, token?: string, space = "main"): Promise<Reply> {
  const bearer = token ?? (await server.token({ scope: "view", space }));
  const init = bearer === "" ? {} : { headers: { Authorization: `Bearer ${bearer}` } };
  return reply(await fetch(server.url + path, init));
}

/** The integrity figures, after a check that they add up. */
export async function integrity(server: Server, space = "main"): Promise<Integrity> {
  const { json } = await get(server, "/api/v1/integrity", undefined, space);
  const parts = ["accepted", "duplicates", "conflicts", "rejected", "filtered"] as const;
  const all = [json.total, ...Object.values(json.sources)] as Integrity["total"][];
  for (const one of all) {
    assert.equal(
      one.received,
      parts.reduce((sum, part) => sum + one[part], 0),
      JSON.stringify(json),
    );
  }
  for (const part of ["received", ...parts] as const) {
    const sum = all.slice(1).reduce((sum, one) => sum + one[part], 0);
    assert.equal(json.total[part], sum, part);
  }
  return json;
}

/** The error's code, after a check that it is answered as errors are. */
export function refusal({ status, json, text }: Reply): [number, string] {
  assert.deepEqual(Object.keys(json ?? {}), ["error"], text);
  assert.deepEqual(Object.keys(json.error), ["code", "message", "details"], text);
  assert.match(json.error.message, /\S/);
  return [status, json.error.code];
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

/**
 * Sends a request piece by piece, in its own framing, and waits for the answer.
 * @param isWhole whether the body ends with its last piece; else it is left open until the answer comes
 */
export function send(
  url: string,
  headers: Record<string, string | number>,
  pieces: readonly Uint8Array[],
  isWhole = true,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: "POST", headers, timeout: 15_000 });
    outgoing.on("response", (incoming) => {
      void readAll(incoming).then(resolve, reject);
      incoming.on("end", () => outgoing.destroy());
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error("no answer while the body was open")));
    outgoing.on("error", reject);
    for (const piece of pieces) outgoing.write(piece);
    if (isWhole) outgoing.end();
  });
}

async function readAll(incoming: IncomingMessage): Promise<RawAnswer> {
  let text = "";
  try {
    for await (const chunk of incoming.setEncoding("utf8")) text += chunk;
  } catch (error) {
    if (text === "") throw error;
  }
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, text };
}

/** Asks for a socket and says what came: 101, or the refusal. */
export function upgrade(server: Server, protocols: string | undefined, more: Record<string, string> = {}) {
  return new Promise<RawAnswer>((resolve, reject) => {
    const headers = {
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
      ...(protocols === undefined ? {} : { "Sec-WebSocket-Protocol": protocols }),
      ...more,
    };
    const outgoing = request(`${server.url}/api/v1/live`, { headers });
    outgoing.on("response", (incoming) => void readAll(incoming).then(resolve, reject));
    outgoing.on("upgrade", (incoming, socket) => {
      socket.destroy();
      resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text: "" });
    });
    outgoing.on("error", reject);
    outgoing.end();
  });
}
