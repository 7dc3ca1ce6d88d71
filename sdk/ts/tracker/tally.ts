/** Where every event of a tracker went, in figures, and who is told of those that will never count. */

import type { Row } from "./outcome.ts";
import type { Entry } from "./queue.ts";
import type { Dropped, TrackerCounts } from "./types.ts";

export class Tally {
  tracked = 0;
  restored = 0;
  readonly #counted = { accepted: 0, duplicate: 0, filtered: 0 };
  readonly #dropped: Record<string, number> = {};
  readonly #onDrop: (dropped: Dropped) => void;
  readonly #report: (error: unknown) => void;

  /** @param report takes what `onDrop` throws */
  constructor(onDrop: (dropped: Dropped) => void, report: (error: unknown) => void) {
    this.#onDrop = onDrop;
    this.#report = report;
  }

  /** The server has named it. */
  judge(entry: Entry, { verdict, reasons }: Row): void {
    if (verdict === "accepted" || verdict === "duplicate" || verdict === "filtered") this.#counted[verdict] += 1;
    else this.drop(entry, verdict, reasons);
  }

  drop({ id, kind }: Pick<Dropped, "id" | "kind">, code: string, reasons?: Dropped["reasons"]): void {
    this.#dropped[code] = (this.#dropped[code] ?? 0) + 1;
    try {
      this.#onDrop({ id, kind, code, ...(reasons && { reasons }) });
    } catch (error) {
      this.#report(error);
    }
  }

  counts(pending: number): TrackerCounts {
    const { accepted, duplicate, filtered } = this.#counted;
    const { tracked, restored } = this;
    return { tracked, restored, pending, accepted, duplicates: duplicate, filtered, dropped: { ...this.#dropped } };
  }
}
