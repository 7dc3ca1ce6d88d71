/**
 * When a reading raises an alert and when it has calmed down again.
 *
 * Whether a target is missed is the core's word, by the reading's status; limits are the page's own. An alert ends only
 * when the value is back by a margin, so that one that trembles on a limit does not ring at every step. A reading that is
 * missing, or of too small a sample, neither raises nor ends any.
 */

import type { Reading } from "../types.ts";

export type AlertKind = "below" | "above" | "target";

export interface Limits {
  readonly below: number | null;
  readonly above: number | null;
  /** How far a value must be back to end an alert, as a share of its limit: 0.05 is 5 %. */
  readonly margin: number;
}

/** An alert that began or ended. */
export interface Alert {
  readonly kind: AlertKind;
  readonly raised: boolean;
  /** The limit or target that was crossed. */
  readonly limit: number;
  readonly reading: Reading;
}

export class Alerts {
  /** Those that are on, with their limits. */
  readonly raised = new Map<AlertKind, number>();

  /** Forgets everything: another question is asked. */
  reset(): void {
    this.raised.clear();
  }

  /** What a new reading changes. */
  judge(reading: Reading, { below, above, margin }: Limits): Alert[] {
    const { value, status, target } = reading;
    if (value === null || status === "insufficient") return [];
    const missed = status === "below_target" || status === "above_target";
    const rules: readonly (readonly [AlertKind, number | null, boolean])[] = [
      ["below", below, value < (below ?? value)],
      ["above", above, value > (above ?? value)],
      ["target", target, missed],
    ];
    const changes: Alert[] = [];
    for (const [kind, set, crossed] of rules) {
      const before = this.raised.get(kind);
      const back = set === null || Math.abs(value - set) >= Math.abs(set) * margin;
      const raised = crossed || (before !== undefined && !back);
      const limit = set ?? before ?? 0;
      if (raised) this.raised.set(kind, limit);
      else this.raised.delete(kind);
      if (raised !== (before !== undefined)) changes.push({ kind, raised, limit, reading });
    }
    return changes;
  }
}
