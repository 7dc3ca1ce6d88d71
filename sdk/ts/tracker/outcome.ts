/**
 * What became of one request, from its status, its headers and its body.
 *
 * An answer that is not of Polso's form, such as a hotel's login page, says nothing of the events: they are sent again.
 */

import type { Verdict } from "../types.ts";

/** The longest that a server's `Retry-After` is believed. */
const retryAfterMsMax = 3_600_000;

export interface Row extends Verdict {
  readonly id: string;
}

export type Outcome =
  /** The server has judged; what it does not name is not judged. */
  | { readonly kind: "judged"; readonly rows: readonly Row[] }
  /** It will never take this. */
  | { readonly kind: "refused"; readonly code: string }
  /** It may take it in parts. */
  | { readonly kind: "too_large"; readonly code: string }
  /** Nobody knows; try again, not before this many milliseconds. */
  | { readonly kind: "unknown"; readonly retryAfterMs: number };

/** No answer came. */
export const lost: Outcome = { kind: "unknown", retryAfterMs: 0 };

/** @param wallMs the clock that a date in `Retry-After` is compared with */
export async function outcomeOf(response: Response, wallMs: number): Promise<Outcome> {
  const { status, headers } = response;
  if (status === 202 || status === 422) {
    const { results } = (await response.json()) as { results?: Row[] };
    return { kind: "judged", rows: Array.isArray(results) ? results.filter((row) => row?.id && row.verdict) : [] };
  }
  if (status === 429 || status >= 500) {
    return { kind: "unknown", retryAfterMs: retryAfterMs(headers.get("retry-after"), wallMs) };
  }
  if (status < 400) return { kind: "judged", rows: [] };
  const code = await codeOf(response);
  return { kind: status === 413 ? "too_large" : "refused", code };
}

/** Seconds, or a date (RFC 9110, section 10.2.3). */
function retryAfterMs(header: string | null, wallMs: number): number {
  const text = header ?? "";
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - wallMs;
  return Math.min(Math.max(ms || 0, 0), retryAfterMsMax);
}

async function codeOf(response: Response): Promise<string> {
  try {
    const { error } = (await response.json()) as { error?: { code?: string } };
    if (error?.code !== undefined) return error.code;
  } catch {
    // A proxy's own refusal.
  }
  return `http_${response.status}`;
}
