/**
 * The Rust core behind its wasm-bindgen facade, loaded once per page.
 *
 * The only file that touches the generated code. It moves bytes and JSON across the border and decides nothing.
 */

// By name: a namespace would keep all that is generated in the bundle.
import { Viewer as CoreViewer, dedup_key, validate as judge, start } from "#core";
import { fromCore, PolsoError } from "./error.ts";
import { type CoreInput, loadModule } from "./load.ts";
import type { SourceOptions, Verdict } from "./types.ts";
import type { Viewer } from "./viewer.ts";

let loading: Promise<void> | undefined;
let loaded = false;

/** Loads the core unless it is loaded or loading; after a failure the next call tries again. */
export function loadCore(input: () => CoreInput | Promise<CoreInput>): Promise<void> {
  loading ??= (async () => {
    const module = await loadModule(await input());
    await start(module).catch((cause: unknown) => {
      throw new PolsoError(
        "core_invalid",
        "the core is of another version than this script: take both from one package",
        { cause },
      );
    });
    loaded = true;
  })().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/** A new, empty viewer. */
export function newViewer(): Viewer {
  return guarded(() => new CoreViewer());
}

/**
 * Judges one event as the server would, except for what only its memory knows (duplicates and conflicts).
 *
 * @param event the event as it would be sent: its JSON text, or what is to be written as JSON
 * @param source how the source that would send it is configured
 * @param nowMs the receiver's clock, Unix milliseconds; default: this machine's
 * @throws PolsoError `not_initialised` before `await init()`; `source_invalid` for options that describe no source
 */
export function validate(event: string | object, source: SourceOptions, nowMs: number = Date.now()): Verdict {
  return JSON.parse(guarded(() => judge(jsonOf(event), source, nowMs))) as Verdict;
}

/**
 * The key by which the server would recognise the event again: 32 hexadecimal digits, or `undefined` when it would reject
 * the event. Takes and throws what {@link validate} does.
 */
export function dedupKey(
  event: string | object,
  source: SourceOptions,
  nowMs: number = Date.now(),
): string | undefined {
  return guarded(() => dedup_key(jsonOf(event), source, nowMs));
}

function jsonOf(event: string | object): string {
  return typeof event === "string" ? event : JSON.stringify(event);
}

function guarded<T>(call: () => T): T {
  if (!loaded) throw new PolsoError("not_initialised", "the core is not loaded yet: `await init()` first");
  try {
    return call();
  } catch (thrown) {
    throw fromCore(thrown);
  }
}
