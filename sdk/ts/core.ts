/**
 * The Rust core behind its wasm-bindgen facade, loaded once per page.
 *
 * The only file that touches the generated code. It moves bytes and JSON across the border and decides nothing.
 */

import instantiate, * as glue from "#core";
import { fromCore, PolsoError } from "./error.ts";
import { type CoreInput, loadModule } from "./load.ts";
import type { SourceOptions, Verdict } from "./types.ts";
import type { Viewer } from "./viewer.ts";

let loading: Promise<void> | undefined;
let loaded = false;

/** Loads the core unless it is loaded or loading; after a failure the next call tries again. */
export function loadCore(input: () => CoreInput | Promise<CoreInput>): Promise<void> {
  loading ??= (async () => {
    await instantiate({ module_or_path: await loadModule(await input()) });
    loaded = true;
  })().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

function core(): typeof glue {
  if (!loaded) throw new PolsoError("not_initialised", "the core is not loaded yet: `await init()` first");
  return glue;
}

/** A new, empty viewer. */
export function newViewer(): Viewer {
  return new (core().Viewer)();
}

/**
 * Judges one event as the server would, except for what only its memory knows (duplicates and conflicts).
 *
 * @param event the event's JSON as it would be sent
 * @param nowMs the receiver's clock, Unix milliseconds; default: this machine's
 */
export function validate(event: string, source: SourceOptions, nowMs: number = Date.now()): Verdict {
  return JSON.parse(guarded(() => core().validate(event, source, nowMs))) as Verdict;
}

/** The key by which the server would recognise the event again, in hex; `undefined` when it would reject it. */
export function dedupKey(event: string, source: SourceOptions, nowMs: number = Date.now()): string | undefined {
  return guarded(() => core().dedup_key(event, source, nowMs));
}

function guarded<T>(call: () => T): T {
  try {
    return call();
  } catch (thrown) {
    throw fromCore(thrown);
  }
}
