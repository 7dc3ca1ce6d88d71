/** Where every received event went, as a sum that must come out, in total. */

import type { SourceIntegrity } from "polso";
import { h, setAttributes, setText } from "../dom.ts";
import type { Panel, Shown, Voice } from "./part.ts";

export const outcomes = ["accepted", "duplicates", "conflicts", "rejected", "filtered"] as const;

export class IntegritySum implements Panel {
  readonly element: HTMLElement;
  readonly #terms: readonly { readonly name: (typeof outcomes)[number] | "received"; readonly value: HTMLElement }[];
  readonly #verdict = h("p", { class: "verdict" });
  readonly #voice: Voice;

  constructor(voice: Voice) {
    const { messages } = voice;
    this.#voice = voice;
    this.#terms = (["received", ...outcomes] as const).map((name) => ({ name, value: h("dd") }));
    const terms = this.#terms.map(({ name, value }) =>
      h("div", { "data-term": name }, h("dt", {}, messages[name]), value),
    );
    this.element = h(
      "section",
      { class: "panel integrity", "aria-label": messages.integrity },
      h("header", {}, h("h2", {}, messages.integrity), this.#verdict),
      h("p", { class: "quiet" }, messages.integrityExplained),
      h("dl", { class: "sum" }, ...terms),
    );
  }

  queries(): readonly [] {
    return [];
  }

  show({ picture: { integrity } }: Shown): void {
    const { messages, formats } = this.#voice;
    const { total, sources } = integrity;
    for (const { name, value } of this.#terms) setText(value, formats.count(total[name]));
    const balanced = [total, ...Object.values(sources)].every(balances);
    setAttributes(this.#verdict, { "data-balanced": balanced });
    setText(this.#verdict, balanced ? `✓ ${messages.integrityBalanced}` : `✕ ${messages.integrityUnbalanced}`);
  }
}

function balances(figures: SourceIntegrity): boolean {
  return figures.received === outcomes.reduce((sum, outcome) => sum + figures[outcome], 0);
}
