/** The deployed bundle, with a request header that has its Wasm trap. */

// Before the bundle makes its Wasm instance.
import "./trap.js";

import worker, { Hub, Ledger } from "polso-bundle";
import { trap } from "./trap.js";

export default {
  fetch(request, env, ctx) {
    const at = request.headers.get("x-trap-at");
    if (at) Object.assign(trap, { at, after: Number(request.headers.get("x-trap-after") ?? 0) });
    return worker.fetch(request, env, ctx);
  },
};
export { Hub, Ledger };
