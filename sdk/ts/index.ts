/** The package's entry for browsers and bundlers. */

import { coreBeside } from "./beside.ts";
import { loadCore } from "./core.ts";
import type { CoreInput } from "./load.ts";

export * from "./api.ts";

/**
 * Loads the core, once; later calls wait for the same load, and a failed one may be repeated.
 *
 * @param input its address, request, response, bytes or module; default: `core.wasm` beside this file
 * @throws PolsoError `core_unreachable`, `core_invalid` or `core_blocked`, naming the address and the line to add
 */
export function init(input?: CoreInput | Promise<CoreInput>): Promise<void> {
  return loadCore(() => input ?? coreBeside());
}
