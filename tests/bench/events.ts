/**
 * Requests made ahead: a connection has a few bodies of believable conversions, and between two sends only the
 * characters are written anew that make each event another. So making a hundred events costs a few microseconds, and
 * what is measured is the server.
 *
 * No two events of a run are the same: a client's letters name the connection, its digits count. Bound: 26² connections
 * and 26⁴ million events for each.
 */

import { Random } from "../../scripts/demo/random.mjs";

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

/** A request's bytes, and where in them its events' own characters stand. */
interface Template {
  bytes: Buffer;
  events: { client: number; time: number }[];
}

const clientMark = "CLIENTE-@@@@@@-000000";
const timeMark = "2000-01-01T00:00:00.000Z";
const digits = 6;
const eventsPerLetters = 10 ** digits;
/** Different bodies of one connection: few enough to stay in the processor's cache. */
const eventsMade = 200;

/** The requests of one connection, one after the other. */
export class Requests {
  readonly #templates: Template[];
  readonly #options: RequestOptions;
  #sent = 0;
  #events = 0;

  constructor(options: RequestOptions) {
    this.#options = options;
    const random = new Random(options.connection);
    const bodies = Math.max(2, Math.ceil(eventsMade / options.perRequest));
    this.#templates = Array.from({ length: bodies }, () => template(random, options));
  }

  /** The bytes of the next request; valid until the next call. */
  next(): Buffer {
    const { bytes, events } = this.#templates[this.#sent % this.#templates.length] as Template;
    this.#sent += 1;
    const time = new Date(this.#options.timeMs?.() ?? Date.now()).toISOString();
    for (const at of events) {
      this.#writeClient(bytes, at.client);
      bytes.write(time, at.time, "latin1");
      this.#events += 1;
    }
    return bytes;
  }

  #writeClient(bytes: Buffer, at: number): void {
    const lettersAt = at + clientMark.indexOf("@");
    writeLetters(bytes, lettersAt, this.#options.connection, 2);
    writeLetters(bytes, lettersAt + 2, Math.floor(this.#events / eventsPerLetters), 4);
    let rest = this.#events % eventsPerLetters;
    for (let place = at + clientMark.length - 1; place >= at + clientMark.length - digits; place -= 1) {
      bytes[place] = 48 + (rest % 10);
      rest = Math.floor(rest / 10);
    }
  }
}

function writeLetters(bytes: Buffer, at: number, number: number, count: number): void {
  let rest = number;
  for (let place = at + count - 1; place >= at; place -= 1) {
    bytes[place] = 65 + (rest % 26);
    rest = Math.floor(rest / 26);
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
  const places = (mark: string) => {
    const found: number[] = [];
    for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1)) found.push(at);
    return found;
  };
  const times = places(timeMark);
  return { bytes, events: places(clientMark).map((client, index) => ({ client, time: times[index] ?? 0 })) };
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
