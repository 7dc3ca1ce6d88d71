/** The module that wrangler deploys: requests, and the two classes of Durable Objects. */

import { DurableObject } from "cloudflare:workers";
import { Hub } from "./build/index.js";

// workerd offers a class's methods to other Workers only when it extends `DurableObject`, which no class that
// wasm-bindgen writes does.
Object.setPrototypeOf(Hub.prototype, DurableObject.prototype);
Object.setPrototypeOf(Hub, DurableObject);

export { default } from "./entry/edge.mjs";
export { Ledger } from "./entry/ledger.mjs";
export { Hub };
