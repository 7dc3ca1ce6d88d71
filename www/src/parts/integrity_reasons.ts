/** Why events were rejected, by reason and source, and what to do about each. */

import type { Integrity } from "polso";
import { h } from "../dom.ts";
import type { Panel, Shown, Voice } from "./part.ts";
import { scrolled, Table } from "./table.ts";

export class IntegrityReasons implements Panel {
  readonly element: HTMLElement;
  readonly #table: Table;
  readonly #scroll: HTMLElement;
  readonly #none: HTMLElement;
  readonly #voice: Voice;

  constructor(voice: Voice) {
    const { messages } = voice;
    this.#voice = voice;
    this.#table = new Table(messages.reasons, [
      { name: messages.columnReason },
      { name: messages.columnEvents, figures: true },
      { name: messages.columnSources },
      { name: messages.columnExplanation },
    ]);
    this.#none = h("p", { class: "quiet" }, messages.reasonsNone);
    this.#scroll = scrolled(messages.reasons, this.#table.element);
    this.element = h(
      "section",
      { class: "panel reasons", "aria-label": messages.reasons },
      h("h2", {}, messages.reasons),
      this.#none,
      this.#scroll,
    );
  }

  queries(): readonly [] {
    return [];
  }

  show({ picture: { integrity } }: Shown): void {
    const { messages, formats } = this.#voice;
    const reasons = Object.entries(integrity.total.reasons ?? {}).sort(
      ([a, left], [b, right]) => right - left || (a < b ? -1 : 1),
    );
    this.#none.hidden = reasons.length > 0;
    this.#scroll.hidden = reasons.length === 0;
    this.#table.show(
      reasons.map(([code, count]) => ({
        key: code,
        cells: [code, formats.figure(count), sourcesOf(integrity, code).join(", "), messages.reason[code] ?? ""],
      })),
    );
  }
}

/** Who sends such events, the most first. */
function sourcesOf({ sources }: Integrity, code: string): readonly string[] {
  const counts = Object.entries(sources).map(([name, { reasons }]) => ({ name, count: reasons?.[code] ?? 0 }));
  return counts
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count)
    .map(({ name }) => name);
}
