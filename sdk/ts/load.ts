/**
 * Gets the core's WebAssembly module from whatever a caller has: an address, a request, a response, bytes or a module.
 *
 * Decides how to compile and what to say when it fails; keeps nothing.
 */

import { PolsoError } from "./error.ts";

/** Where the core comes from. */
export type CoreInput = string | URL | Request | Response | BufferSource | WebAssembly.Module;

/** @throws PolsoError `core_unreachable`, `core_invalid` or `core_blocked`, naming the address and the line to add */
export async function loadModule(input: CoreInput): Promise<WebAssembly.Module> {
  if (typeof WebAssembly !== "object") {
    throw new PolsoError(
      "core_blocked",
      'there is no WebAssembly here: `import { connect } from "polso/slim"` needs none',
    );
  }
  if (isA("WebAssembly.Module", input)) return input as WebAssembly.Module;
  if (isA("ArrayBuffer", input) || ArrayBuffer.isView(input))
    return compile(input as BufferSource, "the bytes given", "");
  const response = isA("Response", input) ? (input as Response) : await fetched(input as string | URL | Request);
  const place = response.url === "" ? "the response given" : `\`${response.url}\``;
  if (!response.ok) throw unreachable(place, `HTTP ${response.status}`);
  const type = response.headers.get("content-type") ?? "";
  // Streaming insists on exactly this type; a server that does not know `.wasm` must not stop the page.
  const source = type === "application/wasm" ? response : await response.arrayBuffer();
  return compile(source, place, type);
}

/** By its own name: what comes from another frame or an edge runtime is an instance of another class. */
function isA(name: string, input: unknown): boolean {
  return Object.prototype.toString.call(input) === `[object ${name}]`;
}

async function fetched(input: string | URL | Request): Promise<Response> {
  try {
    return await fetch(input);
  } catch (cause) {
    throw unreachable(`\`${input instanceof Request ? input.url : input}\``, reasonOf(cause), cause);
  }
}

function unreachable(place: string, reason: string, cause?: unknown): PolsoError {
  const policy = "\n  Content-Security-Policy: connect-src with the origin of this address";
  return new PolsoError("core_unreachable", `could not load ${place}: ${reason}; ${advice}${policy}`, { cause });
}

async function compile(source: Response | BufferSource, name: string, type: string): Promise<WebAssembly.Module> {
  try {
    return isA("Response", source)
      ? await WebAssembly.compileStreaming(source as Response)
      : await WebAssembly.compile(source as BufferSource);
  } catch (cause) {
    const reason = reasonOf(cause);
    if (/content security policy|unsafe-eval|\bCSP\b/i.test(reason))
      throw new PolsoError("core_blocked", policyAdvice, { cause });
    if (/embedder/i.test(reason)) throw new PolsoError("core_blocked", deployedAdvice, { cause });
    const got = type === "" ? "" : ` (it came as \`${type}\`)`;
    throw new PolsoError("core_invalid", `${name} is not Polso's core${got}: ${reason}; ${advice}`, { cause });
  }
}

const workers = 'Workers: import core from "polso/core.wasm"; await init(core);';

const advice = `add the line for your tool:
  Vite: import core from "polso/core.wasm?url"; await init(core);
  webpack, Next: await init(new URL("polso/core.wasm", import.meta.url));
  esbuild: import { init } from "polso/inline";
  ${workers}`;

const policyAdvice =
  "this page's Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to its script-src, or use `polso/slim`";

const deployedAdvice = `this runtime compiles no bytes, it takes modules that were deployed with it:
  ${workers}`;

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
