/** Webhooks as their senders make them: the sources whose payloads the tests have, signed requests, and what is answered. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { parse } from "smol-toml";
import { inRoot } from "../../../scripts/paths.mjs";
import { type Sending, sign } from "../../../scripts/send/post.mjs";
import type { Json } from "../../../scripts/serve/config.mjs";
import { newJwks } from "../../../scripts/serve/secrets.mjs";
import type { Server } from "../../support/server.ts";

export type Table = Record<string, Json>;

const payloads = inRoot("intake", "tests", "payloads");
const types: Record<string, string> = {
  ".json": "application/json",
  ".form": "application/x-www-form-urlencoded",
  ".xml": "text/xml; charset=utf-8",
};

export const sources = parse(readFileSync(join(payloads, "sources.toml"), "utf8")) as Record<string, Table>;
export const secrets: Record<string, string> = {
  JWT_KEYS: newJwks(),
  SECRET: "it-is-a-secret-of-tests",
  SECOND_SECRET: "another-secret-of-tests",
  WEBHOOKS_SECRET: `whsec_${Buffer.alloc(32, 7).toString("base64")}`,
  BASIC: "polso:password-of-tests",
  VERIFY: "the-verify-token-of-tests",
  SALESFORCE_ORGANISATION: "00D5g0000012abc",
  SALESFORCE_PATH: "a-path-of-tests-that-nobody-guesses",
};

export const read = (file: string) => readFileSync(join(payloads, file));
export const typeOf = (file: string) => types[extname(file)] ?? "application/json";

export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly retryAfter: string | null;
}

export type Request = Awaited<ReturnType<typeof sign>>;

export async function deliver({ url, headers, body }: Request): Promise<Reply> {
  const response = await fetch(url, { method: "POST", headers, body: new Uint8Array(body) });
  return {
    status: response.status,
    type: response.headers.get("content-type") ?? "",
    text: await response.text(),
    retryAfter: response.headers.get("retry-after"),
  };
}

/** As the provider of a source sends. */
export function sending(server: Server, name: string, position = 0): Sending {
  const source = sources[name] ?? assert.fail(name);
  return { name, source, secrets, url: server.url, event: "conversione", position };
}

export const signed = (server: Server, name: string, body: Buffer, type = "application/json", position = 0) =>
  sign(sending(server, name, position), body, type, Date.now());

export const send = async (server: Server, name: string, body: Buffer, type = "application/json") =>
  deliver(await signed(server, name, body, type));

/** That the log tells none of the secrets, and none of some texts of bodies. */
export function quiet(server: Server, known: Record<string, string>, texts: readonly string[]): void {
  for (const [name, secret] of Object.entries(known)) {
    assert.ok(!server.log().includes(secret), `the log tells ${name}`);
  }
  for (const text of ["Bearer ", "eyJ", ...texts]) {
    assert.ok(!server.log().includes(text), `the log holds \`${text}\` of a request`);
  }
}
