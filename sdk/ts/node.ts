/** The package's entry for Node, where the core is a file on disk. */

import { readFile } from "node:fs/promises";
import { loadCore } from "./core.ts";
import type { CoreInput } from "./load.ts";

export * from "./api.ts";

/** As in the browser's entry; by default the file beside this one is read. */
export function init(input?: CoreInput | Promise<CoreInput>): Promise<void> {
  return loadCore(() => input ?? readFile(new URL("./core.wasm", import.meta.url)));
}
