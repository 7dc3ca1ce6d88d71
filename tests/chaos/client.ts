/**
 * One request as a sender makes it, and what may come of it: an answer with verdicts, a refusal for now, or no answer.
 * Anything else is a fault of the server, which is kept with its words.
 *
 * Also what senders see of an outage: for how long nobody got an answer.
 */

import { type Kind, kinds } from "./oracle/oracle.ts";

/** Longer than any restart: a request that has no answer by then hangs. */
const answerMsMax = 30_000;
const faultsShownMax = 20;

/** What came of one request. */
export type Reply =
  | { readonly kind: "verdicts"; readonly verdicts: string[] }
  | { readonly kind: "later"; readonly afterMs: number }
  | { readonly kind: "broken" };

/** Where events are sent, and a tally of what came back. */
export class Client {
  readonly #url: string;
  readonly #tokens: Readonly<Record<Kind, string>>;
  /** How often each status came; 0 is none. */
  readonly statuses = new Map<number, number>();
  /** Requests that had no answer after {@link answerMsMax}. */
  hung = 0;
  faults = 0;
  readonly faultsShown: string[] = [];
  #open = 0;
  /** Since when somebody waits and nobody was answered. */
  #waitingSince: number | undefined;
  /** The longest such time, in ms. */
  longestSilenceMs = 0;

  constructor(url: string, tokens: Readonly<Record<Kind, string>>) {
    this.#url = url;
    this.#tokens = tokens;
  }

  async post(kind: Kind, body: string): Promise<Reply> {
    const sentAt = performance.now();
    this.#waitingSince ??= sentAt;
    this.#open += 1;
    try {
      const response = await fetch(`${this.#url}/api/v1/eventi/${kind}`, {
        method: "POST",
        headers: { Authorization: `Bearer ${this.#tokens[kind]}`, "Content-Type": "application/json" },
        body,
        signal: AbortSignal.timeout(answerMsMax),
      });
      return this.#judge(response.status, await response.text(), response.headers.get("retry-after"));
    } catch {
      if (performance.now() - sentAt >= answerMsMax) this.hung += 1;
      this.#count(0);
      return { kind: "broken" };
    } finally {
      this.#open -= 1;
    }
  }

  #judge(status: number, text: string, retryAfter: string | null): Reply {
    this.#count(status);
    if (status === 202) {
      const now = performance.now();
      this.longestSilenceMs = Math.max(this.longestSilenceMs, now - (this.#waitingSince ?? now));
      // The one that is answered here is still among the open ones.
      this.#waitingSince = this.#open > 1 ? now : undefined;
      const { results } = JSON.parse(text) as { results: { verdict: string }[] };
      return { kind: "verdicts", verdicts: results.map(({ verdict }) => verdict) };
    }
    const afterMs = Number(retryAfter ?? Number.NaN) * 1_000;
    const refused = (status === 503 || status === 429) && afterMs > 0;
    if (!refused) this.#fault(`${status} ${retryAfter === null ? "without Retry-After " : ""}${text.slice(0, 300)}`);
    return { kind: "later", afterMs: refused ? afterMs : 0 };
  }

  #count(status: number): void {
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
  }

  #fault(what: string): void {
    this.faults += 1;
    if (this.faultsShown.length < faultsShownMax) this.faultsShown.push(what);
  }
}

/** One token for each kind of events, as the source that sends them. */
export async function tokensOf(
  token: (claims: { scope: string; source: string; ttl: string }) => Promise<string>,
): Promise<Record<Kind, string>> {
  const made = kinds.map(async (kind) => [kind, await token({ scope: "ingest", source: sourceOf[kind], ttl: "1d" })]);
  return Object.fromEntries(await Promise.all(made));
}

const sourceOf = { conversione: "crm", storia: "instagram" } as const;

/** The sources, which know their events again for so long. */
export const sourcesFor = (dedupTtl: string) =>
  Object.fromEntries(Object.values(sourceOf).map((name) => [name, { kind: "native", dedup_ttl: dedupTtl }]));

/** Sources that know their events again for longer than any run. */
export const sources = sourcesFor("7d");
