/**
 * The module that wrangler deploys: worker-build's, with its Durable Object classes made callable over RPC.
 *
 * workerd offers a class's methods to other Workers only when it extends `DurableObject`, which no class that
 * wasm-bindgen writes does.
 */

import { DurableObject } from "cloudflare:workers";
import { Hub, Ledger } from "./build/index.js";

for (const objectClass of [Hub, Ledger]) {
  Object.setPrototypeOf(objectClass.prototype, DurableObject.prototype);
  Object.setPrototypeOf(objectClass, DurableObject);
}

export { default } from "./build/index.js";
export { Hub, Ledger };
