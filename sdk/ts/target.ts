/** Where to connect and as whom: what every live client takes. */

import { PolsoError } from "./error.ts";
import type { Target, Token } from "./link.ts";

export interface ConnectOptions {
  /** Where Polso is served, e.g. `https://kpi.example.it`; default in a page: its own origin. */
  readonly url?: string | URL;
  /** A JWT with the scope `view`, or what fetches one: called before each connection. */
  readonly token: Token;
  /** The space that must be shown: a token of another one stops the link as `forbidden`. */
  readonly space?: string;
}

/** @throws PolsoError `url_invalid` */
export function targetOf({ url, token }: ConnectOptions): Target {
  return { base: baseOf(url), token };
}

/**
 * Where Polso is, ending in `/`.
 * @throws PolsoError `url_invalid`
 */
export function baseOf(url: string | URL = globalThis.location?.origin): URL {
  let base: URL;
  try {
    base = new URL(url, globalThis.location?.href);
  } catch (cause) {
    throw new PolsoError("url_invalid", `no address to connect to: \`${url}\` is not one; pass \`url\``, { cause });
  }
  if (!/^https?:$/.test(base.protocol)) {
    throw new PolsoError("url_invalid", `\`${base.href}\` should begin with https:// or http://`);
  }
  if (!base.pathname.endsWith("/")) base.pathname += "/";
  return base;
}
