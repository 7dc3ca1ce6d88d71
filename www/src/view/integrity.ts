/** Where every received event went, as a sum that must come out, per source, with the reasons of rejection. */

import type { Integrity, SourceIntegrity } from "polso";
import { h, setAttributes, setText } from "../dom.ts";
import type { Part, Shown, Voice } from "./part.ts";
import { type Row, scrolled, Table } from "./table.ts";

const outcomes = ["accepted", "duplicates", "conflicts", "rejected", "filtered"] as const;

export class IntegrityPanel implements Part<Shown> {
  readonly element: HTMLElement;
  readonly #terms: readonly { readonly name: (typeof outcomes)[number] | "received"; readonly value: HTMLElement }[];
  readonly #verdict = h("p", { class: "verdict" });
  readonly #sources: Table;
  readonly #reasons: Table;
  readonly #noReasons: HTMLElement;
  readonly #voice: Voice;

  constructor(voice: Voice) {
    const { messages } = voice;
    this.#voice = voice;
    this.#terms = (["received", ...outcomes] as const).map((name) => ({ name, value: h("dd") }));
    const terms = this.#terms.map(({ name, value }) =>
      h("div", { "data-term": name }, h("dt", {}, messages[name]), value),
    );
    const figures = (name: string) => ({ name, figures: true });
    this.#sources = new Table(messages.integrity, [
      { name: messages.columnSource },
      figures(messages.received),
      ...outcomes.map((name) => figures(messages[name])),
      figures(messages.late),
      figures(messages.declaredDuplicates),
      figures(messages.clockSkew),
      figures(messages.columnLastEvent),
      figures(messages.columnLastReceived),
    ]);
    this.#reasons = new Table(messages.reasons, [
      { name: messages.columnReason },
      figures(messages.columnEvents),
      { name: messages.columnExplanation },
    ]);
    this.#noReasons = h("p", { class: "quiet" }, messages.reasonsNone);
    this.element = h(
      "section",
      { class: "panel integrity", "aria-labelledby": "integrity-name" },
      h("header", {}, h("h2", { id: "integrity-name" }, messages.integrity), this.#verdict),
      h("p", { class: "quiet" }, messages.integrityExplained),
      h("dl", { class: "sum" }, ...terms),
      scrolled(messages.integrity, this.#sources),
      h("h3", {}, messages.reasons),
      this.#noReasons,
      scrolled(messages.reasons, this.#reasons),
    );
  }

  show({ picture: { integrity }, nowMs }: Shown): void {
    const { messages, formats } = this.#voice;
    const { total, sources } = integrity;
    for (const { name, value } of this.#terms) setText(value, formats.count(total[name]));
    const balanced = [total, ...Object.values(sources)].every(balances);
    setAttributes(this.#verdict, { "data-balanced": balanced });
    setText(this.#verdict, balanced ? `✓ ${messages.integrityBalanced}` : `✕ ${messages.integrityUnbalanced}`);
    const names = Object.keys(sources).sort();
    const rows = names.flatMap((name) => {
      const figures = sources[name];
      return figures === undefined ? [] : [this.#row(`=${name}`, name, figures, nowMs)];
    });
    const whole = names.length > 1 ? [{ ...this.#row("total", messages.rowTotal, total, nowMs), total: true }] : [];
    this.#sources.show([...rows, ...whole]);
    this.#showReasons(integrity);
  }

  #row(key: string, name: string, figures: SourceIntegrity, nowMs: number): Row {
    const { messages, formats } = this.#voice;
    const age = (iso: string | null) => (iso === null ? messages.never : formats.age(nowMs - Date.parse(iso)));
    return {
      key,
      cells: [
        name,
        formats.count(figures.received),
        ...outcomes.map((outcome) => formats.count(figures[outcome])),
        formats.count(figures.late),
        formats.count(figures.declared_duplicates ?? null),
        formats.span(figures.clock_skew_ms),
        age(figures.last_event),
        age(figures.last_received),
      ],
    };
  }

  #showReasons({ total }: Integrity): void {
    const { messages, formats } = this.#voice;
    const reasons = Object.entries(total.reasons ?? {}).sort(
      ([a, left], [b, right]) => right - left || (a < b ? -1 : 1),
    );
    this.#noReasons.hidden = reasons.length > 0;
    this.#reasons.element.hidden = reasons.length === 0;
    this.#reasons.show(
      reasons.map(([code, count]) => ({ key: code, cells: [code, formats.count(count), messages.reason[code] ?? ""] })),
    );
  }
}

function balances(figures: SourceIntegrity): boolean {
  return figures.received === outcomes.reduce((sum, outcome) => sum + figures[outcome], 0);
}
