/** One request as a source's sender would make it: signed, posted, answered. */

import { Complaint } from "../complaint.mjs";
import { jwtKeys } from "../serve/secrets.mjs";
import { signToken } from "../serve/tokens.mjs";
import { signers } from "./signers.mjs";

/** The routes of Polso's own events, by what is sent. */
export const nativeRoutes = {
  conversione: "/api/v1/eventi/conversione",
  storia: "/api/v1/eventi/storia",
  spesa: "/api/v1/spese",
};

const answerMsMax = 30_000;

/**
 * @typedef {object} Sending
 * @property {string} name of the source
 * @property {Record<string, any>} source its table
 * @property {Record<string, string>} secrets
 * @property {string} url of the server, without a path
 * @property {keyof typeof nativeRoutes} event what is sent, where the source takes Polso's own events
 * @property {number} [position] which of two secrets signs, from 0
 */

/**
 * The request that a sender would make.
 * @param {Sending} sending
 * @param {Buffer} body
 * @param {string} contentType
 * @param {number} nowMs
 */
export async function sign({ name, source, secrets, url, event, position = 0 }, body, contentType, nowMs) {
  const headers = { "content-type": contentType };
  if (source["kind"] === "native") {
    const space = source["space"] ?? "main";
    const token = await signToken(secrets[jwtKeys] ?? "", { scope: "ingest", source: name, space });
    return { url: url + nativeRoutes[event], headers: { ...headers, authorization: `Bearer ${token}` }, body };
  }
  if (source["kind"] === "browser")
    return { ...fromPage(name, source, url, event, body), headers: { ...headers, origin: source["origins"]?.[0] } };
  const signer = signers[source["kind"]];
  if (!signer) throw new Complaint(`nothing is known of the kind \`${source["kind"]}\` of the source \`${name}\``);
  const secret = (/** @type {string} */ key) => secretOf(name, source, secrets, key, position);
  const draft = { source, url: `${url}/webhooks/${name}`, body, nowMs, secret };
  const signed = signer(draft);
  return { url: signed.url ?? draft.url, headers: { ...headers, ...signed.headers }, body: signed.body ?? body };
}

/**
 * What the tracker of a page would send.
 * @param {string} name @param {Record<string, any>} source @param {string} url @param {string} event @param {Buffer} body
 */
function fromPage(name, source, url, event, body) {
  const told = [JSON.parse(body.toString("utf8"))].flat();
  const events = told.map((one) => ({ id: crypto.randomUUID(), kind: event, event: one }));
  return { url: `${url}/collect/${name}`, body: Buffer.from(JSON.stringify({ key: source["write_key"], events })) };
}

/**
 * @param {string} name @param {Record<string, any>} source @param {Record<string, string>} secrets
 * @param {string} key @param {number} position
 */
function secretOf(name, source, secrets, key, position) {
  const named = [source[key]].flat();
  const secret = named[position];
  const value = secret === undefined ? undefined : secrets[secret];
  if (!value) throw new Complaint(`secret ${position + 1} of \`sources.${name}.${key}\` is not in .dev.vars`);
  return value;
}

/**
 * Posts it.
 * @param {Awaited<ReturnType<typeof sign>>} request
 * @returns {Promise<{ status: number, type: string, text: string }>}
 */
export async function post({ url, headers, body }) {
  const init = { method: "POST", headers, body: /** @type {any} */ (body), signal: AbortSignal.timeout(answerMsMax) };
  const response = await fetch(url, init).catch((error) => {
    throw new Complaint(
      `\`${new URL(url).origin}\` does not answer (${error.cause?.code ?? error.message}); is it started?`,
    );
  });
  return { status: response.status, type: response.headers.get("content-type") ?? "", text: await response.text() };
}
