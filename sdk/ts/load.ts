/**
 * Gets the core's WebAssembly module from whatever a caller has: an address, a response, bytes or a module.
 *
 * Decides how to compile and what to say when it fails; keeps nothing.
 */

import { PolsoError } from "./error.ts";

/** Where the core comes from. */
export type CoreInput = string | URL | Request | Response | BufferSource | WebAssembly.Module;

const advice =
  "serve `polso/core.wasm` as a file and pass its address: init(url). " +
  'How with Vite, webpack, esbuild, Next or Workers: README of `polso`, "Loading the core"';

/** @throws PolsoError `core_unreachable`, `core_invalid` or `core_blocked`, naming the address and what to do */
export async function loadModule(input: CoreInput): Promise<WebAssembly.Module> {
  if (input instanceof WebAssembly.Module) return input;
  if (input instanceof ArrayBuffer || ArrayBuffer.isView(input)) return compile(input, "the bytes given", "");
  const response = input instanceof Response ? input : await fetched(input);
  const place = response.url || addressOf(input);
  if (!response.ok) {
    throw new PolsoError("core_unreachable", `could not load \`${place}\`: HTTP ${response.status}; ${advice}`);
  }
  const type = response.headers.get("content-type") ?? "";
  // Streaming insists on exactly this type; a server that does not know `.wasm` must not stop the page.
  const source = type === "application/wasm" ? response : await response.arrayBuffer();
  return compile(source, `\`${place}\``, type);
}

async function fetched(input: string | URL | Request): Promise<Response> {
  try {
    return await fetch(input);
  } catch (cause) {
    const what = `could not load \`${addressOf(input)}\`: ${reasonOf(cause)}`;
    throw new PolsoError("core_unreachable", `${what}; ${advice}`, { cause });
  }
}

async function compile(source: Response | BufferSource, name: string, type: string): Promise<WebAssembly.Module> {
  try {
    return source instanceof Response ? await WebAssembly.compileStreaming(source) : await WebAssembly.compile(source);
  } catch (cause) {
    const reason = reasonOf(cause);
    if (/content security policy|unsafe-eval/i.test(reason)) {
      const rule = "this page's Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to its script-src";
      throw new PolsoError("core_blocked", rule, { cause });
    }
    const got = type === "" ? "" : ` (it came as \`${type}\`)`;
    throw new PolsoError("core_invalid", `${name} is not Polso's core${got}: ${reason}; ${advice}`, { cause });
  }
}

function addressOf(input: string | URL | Request | Response): string {
  if (typeof input === "string" || input instanceof URL) return String(input);
  return input.url || "the response given";
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
