/**
 * The module that wrangler deploys: worker-build's, with its Durable Object classes made callable over RPC, and with an end
 * to waiting.
 *
 * workerd offers a class's methods to other Workers only when it extends `DurableObject`, which no class that
 * wasm-bindgen writes does. And where the code of a Durable Object has hung, whoever called it waits for ever. That is
 * ended here and not in Rust, because what hung may be Rust.
 */

import { DurableObject } from "cloudflare:workers";
import Worker, { Hub, Ledger } from "./build/index.js";

for (const objectClass of [Hub, Ledger]) {
  Object.setPrototypeOf(objectClass.prototype, DurableObject.prototype);
  Object.setPrototypeOf(objectClass, DurableObject);
}

/** The longest that an answer may take. */
const answerMsMax = 25_000;

/** As `Refusal::Unavailable` in `intake/src/refusal.rs`. */
const late = () =>
  Response.json(
    { error: { code: "unavailable", message: "the server cannot take this now; try again in 1 s", details: [] } },
    {
      status: 503,
      headers: { "retry-after": "1", "cache-control": "no-store", "access-control-allow-origin": "*" },
    },
  );

export default class extends Worker {
  async fetch(request) {
    let timer;
    const end = new Promise((resolve) => {
      timer = setTimeout(() => resolve(late()), answerMsMax);
    });
    try {
      return await Promise.race([super.fetch(request), end]);
    } finally {
      clearTimeout(timer);
    }
  }
}

export { Hub, Ledger };
