/**
 * `beside.ts` for the script without modules: beside the script. Only the core that it was built with will do, so that the
 * script's own integrity hash covers both.
 */

// Known only while the script itself runs; in a worker there is no document, and the address is the worker's.
const script = globalThis.document?.currentScript;
const address = script instanceof HTMLScriptElement && script.src !== "" ? script.src : globalThis.location.href;

export const coreBeside = (): Request => new Request(new URL("core.wasm", address), { integrity: CORE_INTEGRITY });
