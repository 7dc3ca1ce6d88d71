/** Where the core lies when nothing else is said: beside this module. */

// Written out for bundlers that look for this very form and copy the file.
export const coreBeside = (): URL => new URL("./core.wasm", import.meta.url);
