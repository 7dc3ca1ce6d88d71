/** Requests at the edge. Those that bring events, nearly all, go from step to step here; Wasm answers the others whole. */

import Entrypoint, { Ingest } from "../build/index.js";
import { alive, enter, free, instanceId } from "./instance.mjs";

const { fetch: whole } = Entrypoint.prototype;

/**
 * The longest that an answer may take. Where the code of a Durable Object has hung, whoever called it would wait for
 * ever: the platform ends such a call only when its caller has nothing pending.
 */
const answerMsMax = 25_000;

export default {
  /** @param {Request} request @param {any} env @param {any} ctx */
  fetch(request, env, ctx) {
    return request.method === "POST" ? post(request, env, ctx) : answer(request, env, ctx);
  },
};

/** @param {Request} request @param {any} env @param {any} ctx */
async function post(request, env, ctx) {
  const [authorization, length] = [header(request, "authorization"), header(request, "content-length")];
  let [ingest, instance] = [undefined, 0];
  try {
    ingest = enter(() => Ingest.of(env, request.method, request.url, request.headers, authorization, length));
    instance = instanceId();
    return ingest ? await finish(ingest, request, env) : await answer(request, env, ctx);
  } catch (error) {
    return enter(() => Ingest.refusal(error));
  } finally {
    free(ingest, instance);
  }
}

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

/** @param {any} ingest @param {Request} request @param {any} env */
async function finish(ingest, request, env) {
  const body = new Uint8Array(await request.arrayBuffer().catch(hungUp));
  const answered = enter(() => ingest.judge(header(request, "content-type"), body));
  if (answered) return answered;
  const asked = enter(() => ingest.enquire(env));
  if (asked) {
    const told = await alive(Promise.all(asked), answerMsMax);
    enter(() => ingest.inherit(told));
  }
  const calls = enter(() => ingest.hand(env));
  const replies = await alive(Promise.all(calls), answerMsMax);
  return enter(() => ingest.answer(replies));
}

/** Whoever sends has gone in the middle of the body: nobody reads the answer. */
const hungUp = () => {
  throw new Response(null, { status: 400 });
};

/** @param {Request} request @param {string} name */
const header = (request, name) => request.headers.get(name) ?? undefined;
