/**
 * The package's entry that brings the core inside itself, as text: nothing to copy, nothing to fetch, a third bigger. Also the
 * entry for Node, where bundled servers lose the files beside their modules.
 */

import core from "#base64";
import { loadCore } from "./core.ts";
import type { CoreInput } from "./load.ts";

export * from "./api.ts";

/** As in the browser's entry; by default the text is decoded here, since a strict page may not fetch `data:`. */
export function init(input?: CoreInput | Promise<CoreInput>): Promise<void> {
  return loadCore(() => input ?? Uint8Array.from(atob(core), (character) => character.charCodeAt(0)));
}
