/** What every entry of the package exports besides its own `init`. Importing it does nothing. */

import { newViewer } from "./core.ts";
import { Live } from "./live.ts";
import type { ConnectOptions } from "./target.ts";
import { platform } from "./world.ts";

/** Connects to a space's live numbers. The core must be loaded: `await init()` first. */
export function connect(options: ConnectOptions): Live {
  return new Live(options, newViewer(), platform);
}

export { dedupKey, validate } from "./core.ts";
export { PolsoError } from "./error.ts";
export type { Token } from "./link.ts";
export type { Live } from "./live.ts";
export type { CoreInput } from "./load.ts";
export type { ConnectOptions } from "./target.ts";
export type * from "./types.ts";
