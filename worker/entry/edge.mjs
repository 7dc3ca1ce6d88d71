/** Requests at the edge. Those that bring events, nearly all, go from step to step here; Wasm answers the others whole. */

import Entrypoint, { Ingest } from "../build/index.js";
import { answerMsMax, Courier } from "./courier.mjs";
import { alive, enter, instanceId, isUsable } from "./instance.mjs";

const { fetch: whole } = Entrypoint.prototype;

export default {
  /** @param {Request} request @param {any} env @param {any} ctx */
  fetch(request, env, ctx) {
    if (request.method !== "POST") return answer(request, env, ctx);
    const answered = post(request, env, ctx);
    // Also when its sender has gone, a request goes on to its end, and gives back its room.
    ctx.waitUntil(answered);
    return answered;
  },
};

/** @param {Request} request @param {any} env @param {any} ctx */
async function post(request, env, ctx) {
  const { method, url, headers } = request;
  const [authorization, length, origin] = ["authorization", "content-length", "origin"].map((name) =>
    header(headers, name),
  );
  let [ingest, instance] = [undefined, 0];
  try {
    ingest = enter(() => Ingest.of(env, method, url, headers, authorization, length, origin));
    instance = instanceId();
    return await (ingest ? bring(ingest, request, length, new Courier(env, ctx)) : answer(request, env, ctx));
  } catch (error) {
    return enter(() => (isUsable(ingest, instance) ? ingest.failed(error) : Ingest.refusal(error)));
  } finally {
    if (isUsable(ingest, instance)) ingest.free();
  }
}

/** @param {any} ingest @param {Request} request @param {string | undefined} length @param {Courier} courier */
async function bring(ingest, request, length, courier) {
  const body = length === undefined ? await inPieces(ingest, request) : await inOne(request);
  let next = enter(() => ingest.judge(header(request.headers, "content-type"), body, courier));
  while (Array.isArray(next)) {
    const replies = await Promise.all(next);
    next = enter(() => ingest.hear(replies, courier));
  }
  return next;
}

/** @param {Request} request */
const inOne = async (request) => new Uint8Array(await request.arrayBuffer().catch(cutOff));

/** @param {any} ingest @param {Request} request */
async function inPieces(ingest, request) {
  const reader = request.body?.getReader();
  for (;;) {
    const { done, value } = (await reader?.read().catch(cutOff)) ?? { done: true };
    if (done) return undefined;
    try {
      enter(() => ingest.take(value));
    } catch (error) {
      reader.cancel().catch(() => {});
      throw error;
    }
  }
}

/** Nearly always the sender has gone in the middle of the body, and nobody reads the answer. */
const cutOff = () => {
  throw enter(() => Ingest.cut_off());
};

/** @param {Request} request @param {any} env @param {any} ctx */
async function answer(request, env, ctx) {
  try {
    return await alive(
      enter(() => whole.call({ env, ctx }, request)),
      answerMsMax,
    );
  } catch (error) {
    return enter(() => Ingest.refusal(error));
  }
}

/** @param {Headers} headers @param {string} name */
const header = (headers, name) => headers.get(name) ?? undefined;
