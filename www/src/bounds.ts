/**
 * How near the server is to its bounds, as `GET /api/v1/integrity` says it: the one thing on these pages that the
 * counters in the browser do not know.
 */

export interface LedgerBounds {
  readonly keys: number;
  readonly keys_spilled: number;
  readonly subjects: number;
  readonly series: number;
  readonly folded: number;
  readonly rejected_kept: number;
  readonly rejected_bytes: number;
  readonly rejected_dropped: number;
  readonly refused: {
    readonly since: string | null;
    readonly pending: number;
    readonly keys: number;
    readonly subjects: number;
  };
  readonly damage: object | null;
}

export interface ServerBounds {
  readonly damaged: boolean;
  readonly ledgers: readonly LedgerBounds[];
}

/** What one ledger holds at most, as in docs/api.md. Series: of two subjects, and as many again folded. */
export const most = { keys: 10_000_000, subjects: 250_000, series: 40_000, rejected_bytes: 67_108_864 } as const;
export type Bounded = keyof typeof most;

/** @throws with the server's own words, or the browser's */
export async function askBounds(token: string): Promise<ServerBounds> {
  const response = await fetch("/api/v1/integrity", { headers: { Authorization: `Bearer ${token}` } });
  const body = (await response.json()) as { bounds?: ServerBounds; error?: { message: string } };
  if (!response.ok || body.bounds === undefined) throw new Error(body.error?.message ?? `HTTP ${response.status}`);
  return body.bounds;
}

/** The fullest ledger is the one that counts. */
export function fullest({ ledgers }: ServerBounds, bound: Bounded): number {
  return Math.max(0, ...ledgers.map((ledger) => ledger[bound]));
}

/** What reached a bound, over all ledgers; every figure is 0 on a good day. */
export function reached({ ledgers }: ServerBounds) {
  const sum = (of: (ledger: LedgerBounds) => number) => ledgers.reduce((total, ledger) => total + of(ledger), 0);
  return {
    folded: sum(({ folded }) => folded),
    rejected_dropped: sum(({ rejected_dropped }) => rejected_dropped),
    refused_pending: sum(({ refused }) => refused.pending),
    refused_keys: sum(({ refused }) => refused.keys),
    refused_subjects: sum(({ refused }) => refused.subjects),
    damaged: sum(({ damage }) => (damage === null ? 0 : 1)),
  };
}
export type Reached = keyof ReturnType<typeof reached>;
