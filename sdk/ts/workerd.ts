/** The package's entry for Cloudflare Workers, where a `.wasm` import is a compiled module. */

import { loadCore } from "./core.ts";
import core from "./core.wasm";
import type { CoreInput } from "./load.ts";

export * from "./api.ts";

/** As in the browser's entry; by default the module that was deployed with the Worker. */
export function init(input?: CoreInput | Promise<CoreInput>): Promise<void> {
  return loadCore(() => input ?? core);
}
