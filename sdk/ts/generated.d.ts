/**
 * What wasm-bindgen generates from `sdk/src`, as this package relies on it.
 *
 * Written by hand so that types can be checked before the Rust is built; `build.mjs` resolves the name to the
 * generated file, and the golden cases prove that both agree.
 */

declare module "#core" {
  export class Viewer {
    constructor();
    apply(frame: Uint8Array): import("./viewer.ts").Applied;
    resume(): Uint8Array;
    evaluate(query: import("./types.ts").Query, now_ms: number): string;
    evaluate_all(queries: readonly import("./types.ts").Query[], now_ms: number): string;
    integrity(): string;
    values(dimension: string): string[];
  }
  export function validate(raw: string, source: import("./types.ts").SourceOptions, now_ms: number): string;
  export function dedup_key(
    raw: string,
    source: import("./types.ts").SourceOptions,
    now_ms: number,
  ): string | undefined;
  /** Added by `build.mjs`. */
  export function start(module: WebAssembly.Module): Promise<void>;
}

/** The core's bytes in base64. */
declare module "#base64" {
  const core: string;
  export default core;
}

/** As runtimes at the edge import it. */
declare module "*/core.wasm" {
  const core: WebAssembly.Module;
  export default core;
}
declare module "*/core.wasm?module" {
  const core: WebAssembly.Module;
  export default core;
}

/** The SRI hash of `core.wasm`, put in by `build.mjs`. */
declare const CORE_INTEGRITY: string;
