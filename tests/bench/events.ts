/**
 * Requests made ahead: a connection has a few bodies of believable conversions, and between two sends only the
 * characters are written anew that make each event another. So making a hundred events costs a few microseconds, and
 * what is measured is the server.
 *
 * No two events of a run are the same, since no two clients are.
 */

import { Random } from "../../scripts/demo/random.mjs";
import { clientMark, Names, placesOf } from "./names.ts";

export const path = "/api/v1/eventi/conversione";

export interface RequestOptions {
  /** A number of its own for each connection of a run. */
  connection: number;
  /** Events in one body. */
  perRequest: number;
  host: string;
  token: string;
  /** When the events of the next request happened; by default now. */
  timeMs?: () => number;
}

/** One connection's requests. */
export interface Source {
  /** The bytes of the next request; valid until the next call. */
  next(): Buffer;
}

/** Who sends, to which route. */
export interface Sender {
  name: string;
  /** Of an answer that accepts. */
  status: number;
  requests(options: RequestOptions): Source;
}

/** Polso's own route, with a token. */
export const native: Sender = { name: "native", status: 202, requests: (options) => new Requests(options) };

/** A request's bytes, and where in them its events' own characters stand. */
interface Template {
  bytes: Buffer;
  events: { client: number; time: number }[];
}

const timeMark = "2000-01-01T00:00:00.000Z";
/** Different bodies of one connection: few enough to stay in the processor's cache. */
const eventsMade = 200;

/** The requests of one connection, one after the other. */
export class Requests implements Source {
  readonly #templates: Template[];
  readonly #options: RequestOptions;
  readonly #names: Names;
  #sent = 0;

  constructor(options: RequestOptions) {
    this.#options = options;
    this.#names = new Names(options.connection);
    const random = new Random(options.connection);
    const bodies = Math.max(2, Math.ceil(eventsMade / options.perRequest));
    this.#templates = Array.from({ length: bodies }, () => template(random, options));
  }

  next(): Buffer {
    const { bytes, events } = this.#templates[this.#sent % this.#templates.length] as Template;
    this.#sent += 1;
    const time = new Date(this.#options.timeMs?.() ?? Date.now()).toISOString();
    for (const at of events) {
      this.#names.write(bytes, [at.client]);
      bytes.write(time, at.time, "latin1");
    }
    return bytes;
  }
}

function template(random: Random, { perRequest, host, token }: RequestOptions): Template {
  const events = Array.from({ length: perRequest }, () => JSON.stringify(conversion(random)));
  const body = perRequest === 1 ? events.join() : `[${events.join(",")}]`;
  const head = [
    `POST ${path} HTTP/1.1`,
    `Host: ${host}`,
    `Authorization: Bearer ${token}`,
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  const bytes = Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`);
  const times = placesOf(timeMark, bytes);
  return { bytes, events: placesOf(clientMark, bytes).map((client, index) => ({ client, time: times[index] ?? 0 })) };
}

const campaigns = ["Newsletter_Novembre", "Black_Friday_2026", "Ritorno_Carrello", "Webinar_CRM", "Natale_Anteprima"];

/** One conversion of a busy shop, with marks where it differs from all others. */
function conversion(random: Random): Record<string, unknown> {
  const among = <T>(choices: [T, number][]) => random.weighted(choices);
  const kind = among([
    ["acquisto_concluso", 5],
    ["richiesta_demo", 2],
    ["iscrizione_evento", 2],
    ["cancello_abbandono", 1],
  ]);
  return {
    id_cliente: clientMark,
    evento: kind,
    timestamp: timeMark,
    valore: kind === "acquisto_concluso" ? random.whole(500, 50_000) / 100 : 0,
    canale: among([
      ["email", 4],
      ["social_media", 3],
      ["webform", 2],
      ["sms", 1],
    ]),
    stato: among([
      ["completato", 9],
      ["fallito", 1],
    ]),
    metadati: {
      campagna: among(campaigns.map((name) => [name, 1])),
      dispositivo: among(["iPhone", "Android", "desktop"].map((name) => [name, 1])),
      localita: among(["Roma", "Milano", "Napoli", "Torino", "Bologna"].map((name) => [name, 1])),
    },
  };
}
