/**
 * Rejected events at the server: a page of them, newest first, and one judged again. Needs a token with the scope `admin`.
 *
 * Only carries; what a verdict means is the server's. A page holds `pageMax` events; empty pages on the way to the next
 * event are walked over, `hopsMax` of them at a time.
 */

import type { Reason, Verdict } from "polso";

export interface RejectedEvent {
  readonly id: string;
  readonly source: string;
  /** What it was sent as: `conversione`, `spesa`, `storia`. */
  readonly kind: string;
  /** RFC 3339. */
  readonly received: string;
  /** The version of the rules that it broke. */
  readonly rules: number;
  readonly reasons: readonly Reason[];
  /** The text as it came. */
  readonly body: string;
  /** Whether the text was too long to keep: then it cannot be replayed. */
  readonly truncated: boolean;
  readonly replayed: { readonly verdict: string; readonly at: string } | null;
}

export interface RejectedPage {
  /** The version of today's rules. */
  readonly rules: number;
  readonly rejected: readonly RejectedEvent[];
  /** The cursor of what is older; `null` at the end. */
  readonly next: string | null;
}

/** The server, or the way to it, said no. */
export class RequestFailed extends Error {
  /** The server's stable code; `unreachable` when there was no answer. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

const pageMax = 25;
const hopsMax = 20;
const requestMsMax = 15_000;

/** @throws RequestFailed */
export async function listRejected(token: string, source: string, cursor: string | null): Promise<RejectedPage> {
  let at = cursor;
  for (let hops = 1; ; hops += 1) {
    const query = new URLSearchParams({ limit: String(pageMax) });
    if (source !== "") query.set("source", source);
    if (at !== null) query.set("cursor", at);
    const page = await ask<RejectedPage>(token, `api/v1/rejected?${query}`, "GET");
    if (page.rejected.length > 0 || page.next === null || hops === hopsMax) return page;
    at = page.next;
  }
}

/** Judges one again by the rules of today. It never counts twice. @throws RequestFailed */
export async function replay(token: string, id: string): Promise<Verdict> {
  const path = `api/v1/rejected/${encodeURIComponent(id)}/replay`;
  const { results } = await ask<{ results: readonly Verdict[] }>(token, path, "POST");
  const [verdict] = results;
  if (verdict === undefined) throw new RequestFailed("internal", "the answer names no verdict");
  return verdict;
}

async function ask<Answer>(token: string, path: string, method: "GET" | "POST"): Promise<Answer> {
  let response: Response;
  let answer: Answer & { readonly error?: { readonly code: string; readonly message: string } };
  try {
    response = await fetch(new URL(path, document.baseURI), {
      method,
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(requestMsMax),
    });
    answer = await response.json();
  } catch (cause) {
    throw new RequestFailed("unreachable", String(cause), { cause });
  }
  if (answer.error !== undefined) throw new RequestFailed(answer.error.code, answer.error.message);
  return answer;
}
