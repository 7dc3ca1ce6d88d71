/**
 * Webhooks of about 1 KB as their senders make them: a payment of Stripe, and the same body from a generic source that is
 * read by a mapping of its own. Each has an id and a customer of its own and is signed anew, which takes this process some
 * 10 µs.
 */

import { readFileSync } from "node:fs";
import { inRoot } from "../../scripts/paths.mjs";
import { hmac } from "../../scripts/send/hmac.mjs";
import { native, type RequestOptions, type Sender, type Source } from "./events.ts";
import { clientMark, Names, placesOf } from "./names.ts";

const secret = "the-signing-secret-of-the-benchmark";
export const webhookSecrets = { WEBHOOK_SECRET: secret };

const [payments] = JSON.parse(readFileSync(inRoot("intake", "src", "adapter", "stripe.json"), "utf8"));
const generic = { kind: "generic", scheme: "hmac", header: "X-Signature", secret: "WEBHOOK_SECRET" };
export const webhookSources = {
  stripe: { kind: "stripe", secret: "WEBHOOK_SECRET" },
  generic: { ...generic, map: { ...payments, event_id: "/id" } },
};

interface Scheme {
  source: keyof typeof webhookSources;
  header: string;
  /** What of the header stands before the signature. */
  before(timeS: string): string;
  /** What is signed before the body. */
  signed(timeS: string): string;
}

const signatureChars = 64;
const timeMark = "1000000000";

/** The payment of the tests, without the members that are null. */
function payment(): string {
  const event = JSON.parse(
    readFileSync(inRoot("intake", "tests", "payloads", "stripe-succeeded.json"), "utf8"),
    (_, value) => value ?? undefined,
  );
  event.id = `evt_${clientMark}`;
  event.created = Number(timeMark);
  event.data.object.customer = clientMark;
  return JSON.stringify(event);
}

/** The requests of one connection, one after the other. */
class Webhooks implements Source {
  readonly #bytes: Buffer;
  readonly #body: Buffer;
  readonly #scheme: Scheme;
  readonly #names: Names;
  readonly #clients: number[];
  readonly #times: number[];
  readonly #signature: number;

  constructor(scheme: Scheme, { connection, host }: RequestOptions) {
    const body = payment();
    const head = [
      `POST /webhooks/${scheme.source} HTTP/1.1`,
      `Host: ${host}`,
      `${scheme.header}: ${scheme.before(timeMark)}${"0".repeat(signatureChars)}`,
      "Content-Type: application/json",
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    this.#bytes = Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`);
    this.#body = this.#bytes.subarray(this.#bytes.length - Buffer.byteLength(body));
    this.#scheme = scheme;
    this.#names = new Names(connection);
    this.#clients = placesOf(clientMark, this.#bytes);
    this.#times = placesOf(timeMark, this.#bytes);
    this.#signature = this.#bytes.indexOf("0".repeat(signatureChars));
  }

  next(): Buffer {
    const timeS = String(Math.floor(Date.now() / 1000));
    this.#names.write(this.#bytes, this.#clients);
    for (const at of this.#times) this.#bytes.write(timeS, at, "latin1");
    const signature = hmac("sha256", secret, "hex", this.#scheme.signed(timeS), this.#body);
    this.#bytes.write(signature, this.#signature, "latin1");
    return this.#bytes;
  }
}

const sender = (scheme: Scheme): Sender => ({
  name: scheme.source,
  status: 200,
  requests: (options) => new Webhooks(scheme, options),
});

/** What the case compares, the route that the others are compared with first. */
export const senders: readonly Sender[] = [
  native,
  sender({
    source: "stripe",
    header: "Stripe-Signature",
    before: (timeS) => `t=${timeS},v1=`,
    signed: (timeS) => `${timeS}.`,
  }),
  sender({ source: "generic", header: "X-Signature", before: () => "", signed: () => "" }),
];
