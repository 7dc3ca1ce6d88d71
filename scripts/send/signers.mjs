/**
 * What each kind of sender puts on a request: this is the providers' side, written by their documents and not by
 * the Worker's own code, so that the two prove each other.
 *
 * A signer gets the request and gives back what changes of it. It sends nothing and reads no clock.
 */

import { randomUUID } from "node:crypto";
import { Complaint } from "../complaint.mjs";
import { hmac } from "./hmac.mjs";

/**
 * @typedef {object} Draft
 * @property {Record<string, any>} source the source's table
 * @property {string} url of the source's webhook
 * @property {Buffer} body
 * @property {number} nowMs
 * @property {(key: string) => string} secret the value of the secret that a key of the source names
 *
 * @typedef {object} Signed
 * @property {Record<string, string>} [headers]
 * @property {string} [url]
 * @property {Buffer} [body]
 */

const seconds = (/** @type {number} */ ms) => String(Math.floor(ms / 1000));

/** @type {Record<string, (draft: Draft) => Signed>} */
export const signers = {
  /** Standard Webhooks, "Signature scheme". */
  standard_webhooks({ body, nowMs, secret }) {
    const [id, timestamp] = [`msg_${randomUUID().replaceAll("-", "")}`, seconds(nowMs)];
    const key = Buffer.from(secret("secret").replace(/^whsec_/, ""), "base64");
    const signature = hmac("sha256", key, "base64", `${id}.${timestamp}.`, body);
    return {
      headers: { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` },
    };
  },

  /** Stripe, "Verify webhook signatures manually". */
  stripe({ body, nowMs, secret }) {
    const timestamp = seconds(nowMs);
    const signature = hmac("sha256", secret("secret"), "hex", `${timestamp}.`, body);
    return { headers: { "stripe-signature": `t=${timestamp},v1=${signature}` } };
  },

  /** GitHub, "Validating webhook deliveries". */
  github: ({ body, secret }) => ({
    headers: {
      "x-hub-signature-256": `sha256=${hmac("sha256", secret("secret"), "hex", body)}`,
      "x-github-delivery": randomUUID(),
    },
  }),

  /** Shopify, "Deliver webhooks through HTTPS". */
  shopify: ({ body, secret }) => ({
    headers: { "x-shopify-hmac-sha256": hmac("sha256", secret("secret"), "base64", body) },
  }),

  /** Slack, "Verifying requests from Slack". */
  slack({ body, nowMs, secret }) {
    const timestamp = seconds(nowMs);
    const signature = hmac("sha256", secret("secret"), "hex", `v0:${timestamp}:`, body);
    return { headers: { "x-slack-request-timestamp": timestamp, "x-slack-signature": `v0=${signature}` } };
  },

  /** Meta, "Validating payloads". */
  meta: ({ body, secret }) => ({
    headers: { "x-hub-signature-256": `sha256=${hmac("sha256", secret("secret"), "hex", body)}` },
  }),

  /** HubSpot, "Validate the v3 request signature": over the address that HubSpot calls, which a proxy may have changed. */
  hubspot({ source, url, body, nowMs, secret }) {
    const timestamp = String(nowMs);
    const called = String(source["public_url"]).replace(/\/$/, "") + new URL(url).pathname;
    const signature = hmac("sha256", secret("secret"), "base64", `POST${called}`, body, timestamp);
    return { headers: { "x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": timestamp } };
  },

  /** Zoho CRM, "Notification APIs": the token that was given when the channel was opened is in the body. */
  zoho({ body, secret }) {
    const notification = objectOf(body);
    const { token: _, ...rest } = notification;
    return { body: Buffer.from(JSON.stringify({ ...rest, token: secret("secret") })) };
  },

  /** Salesforce, "Outbound Messages": a secret address, and in SOAP the organisation. */
  salesforce({ url, body, secret }) {
    const text = body.toString("utf8");
    const organisation = `<OrganizationId>${secret("secret")}</OrganizationId>`;
    return {
      url: `${url}/${encodeURIComponent(secret("path_secret"))}`,
      body: Buffer.from(text.replace(/<OrganizationId>[^<]*<\/OrganizationId>/, organisation)),
    };
  },

  /** What the source's table says. */
  generic(draft) {
    const { source, body, nowMs, secret } = draft;
    const header = String(source["header"]).toLowerCase();
    if (source["scheme"] === "basic") {
      return { headers: { authorization: `Basic ${Buffer.from(secret("secret")).toString("base64")}` } };
    }
    const { algorithm = "sha256", encoding = "hex", prefix = "" } = source;
    if (source["scheme"] === "api_key") return { headers: { [header]: `${prefix}${secret("secret")}` } };
    const timestamp = source["timestamp_unit"] === "ms" ? String(nowMs) : seconds(nowMs);
    const timeHeader = source["timestamp_header"];
    const signed = timeHeader === undefined ? [body] : [`${timestamp}.`, body];
    return {
      headers: {
        [header]: `${prefix}${hmac(algorithm, secret("secret"), encoding, ...signed)}`,
        ...(timeHeader === undefined ? {} : { [timeHeader.toLowerCase()]: timestamp }),
      },
    };
  },
};

/** @param {Buffer} body */
function objectOf(body) {
  try {
    const value = JSON.parse(body.toString("utf8"));
    if (value !== null && typeof value === "object" && !Array.isArray(value)) return value;
  } catch {}
  throw new Complaint("a notification of Zoho is a JSON object");
}
