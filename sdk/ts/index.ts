/** The package's entry for browsers and bundlers. */

import { loadCore } from "./core.ts";
import type { CoreInput } from "./load.ts";

export * from "./api.ts";

/**
 * Loads the core, once; later calls wait for the same load, and a failed one may be repeated.
 *
 * @param input its address, response, bytes or module; default: `core.wasm` beside this file
 */
export function init(input?: CoreInput | Promise<CoreInput>): Promise<void> {
  return loadCore(() => input ?? new URL("./core.wasm", import.meta.url));
}
