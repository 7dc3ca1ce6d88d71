/**
 * The one Wasm instance of an isolate, and another after a crash.
 *
 * worker-build sees to that in proxies around each of its classes and their calls, which take as long as the work of
 * a request. Here is the same for calls that go around them: a trap marks the instance, the next call makes a new one,
 * and nothing that was made in the old one is of use any more.
 */

import { Instance } from "../build/index.js";

/** worker-build's own. */
const state = globalThis.__worker_init_state;

/** Who waits for something that only this instance can bring. */
const waiting = new Set();

/** Tells one instance from the next. */
export const instanceId = () => state.instanceId;

/**
 * Makes one call into Wasm.
 * @template T
 * @param {() => T} call
 * @returns {T}
 */
export function enter(call) {
  // Whatever is constructed through a proxy is constructed in an instance that works.
  if (state.criticalError) new Instance();
  try {
    return call();
  } catch (error) {
    mark(error);
    throw error;
  }
}

/**
 * Whether what was made in an instance can still be called.
 * @param {any} made
 * @param {number} instance
 */
export const isUsable = (made, instance) =>
  Boolean(made?.__wbg_ptr) && instance === state.instanceId && !state.criticalError;

/**
 * A promise that depends on Wasm. It is rejected when the instance crashes, because nobody is left then to resolve it,
 * and when it takes longer than it may.
 * @template T
 * @param {Promise<T>} promise
 * @param {number} [msMax]
 * @returns {Promise<T>}
 */
export async function alive(promise, msMax) {
  const { promise: dead, reject } = Promise.withResolvers();
  const late = () => reject(new Error(`no answer within ${msMax} ms`));
  const timer = msMax === undefined ? undefined : setTimeout(late, msMax);
  waiting.add(reject);
  try {
    return await Promise.race([promise, dead]);
  } finally {
    waiting.delete(reject);
    clearTimeout(timer);
  }
}

// Where Wasm is called by a timer or a promise, nobody else sees it crash.
addEventListener("error", ({ error }) => mark(error));
addEventListener("unhandledrejection", ({ reason }) => mark(reason));

/** @param {unknown} error */
function mark(error) {
  if (!(error instanceof WebAssembly.RuntimeError)) return;
  console.error("Wasm has crashed", error);
  state.criticalError = true;
  for (const reject of waiting) reject(error);
  waiting.clear();
}
