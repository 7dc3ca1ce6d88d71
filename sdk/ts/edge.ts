/** The package's entry for edge functions, where `?module` makes a `.wasm` import a compiled module. */

import { loadCore } from "./core.ts";
import core from "./core.wasm?module";
import type { CoreInput } from "./load.ts";

export * from "./api.ts";

/** As in the browser's entry; by default the module that was deployed with the function. */
export function init(input?: CoreInput | Promise<CoreInput>): Promise<void> {
  return loadCore(() => input ?? core);
}
