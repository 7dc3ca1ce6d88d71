/** The package's entry for pages that may not run WebAssembly: the server evaluates, and nothing is loaded first. */

import { Served } from "./served.ts";
import type { ConnectOptions } from "./target.ts";
import { platform } from "./world.ts";

/** Connects to a space's live readings. */
export function connect(options: ConnectOptions): Served {
  return new Served(options, platform);
}

export { PolsoError } from "./error.ts";
export type { Token } from "./link.ts";
export type { Served } from "./served.ts";
export type { ConnectOptions } from "./target.ts";
export type { Answer, Integrity, LinkState, Query, Reading, SourceIntegrity, Status, StopReason } from "./types.ts";
