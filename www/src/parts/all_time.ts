/** The total of everything ever counted: where an event too old for every window is still seen. */

import type { Query } from "polso";
import { h, setText } from "../dom.ts";
import { type Domain, domains, filtersFor } from "../domains.ts";
import { readingOf } from "../groups.ts";
import type { Moment } from "../moment.ts";
import type { Panel, Shown, Voice } from "./part.ts";
import { figureOf, sentenceOf } from "./readings.ts";

export class AllTime implements Panel {
  readonly element: HTMLElement;
  readonly #values: readonly { readonly kpi: keyof Voice["messages"]["kpi"]; readonly element: HTMLElement }[];
  readonly #last = h("p", { class: "quiet" });
  readonly #voice: Voice;
  readonly #domain: Domain;

  constructor(voice: Voice, domain: Domain) {
    const { messages } = voice;
    this.#voice = voice;
    this.#domain = domain;
    this.#values = domains[domain].kpis.filter((kpi) => kpi !== "cpa").map((kpi) => ({ kpi, element: h("dd") }));
    const pairs = this.#values.map(({ kpi, element }) => h("div", {}, h("dt", {}, messages.kpi[kpi]), element));
    this.element = h(
      "section",
      { class: "panel all-time", "aria-label": messages.allTime },
      h("h2", {}, messages.allTime),
      h("dl", {}, ...pairs),
      this.#last,
    );
  }

  queries({ selection }: Moment): readonly Query[] {
    return [{ window: "all", kpi: domains[this.#domain].kpis, where: filtersFor(this.#domain, selection.where) }];
  }

  show({ picture }: Shown): void {
    const { messages, formats } = this.#voice;
    const [answer] = this.queries(picture.moment).map((query) => picture.answer(query));
    for (const { kpi, element } of this.#values) {
      const reading = readingOf(answer?.readings, kpi);
      setText(element, figureOf(this.#voice, reading));
      element.title = sentenceOf(this.#voice, messages.kpi[kpi], reading);
    }
    const last = answer?.freshness.last_event ?? null;
    setText(
      this.#last,
      last === null ? messages.noEvent : messages.allTimeLast(formats.rome.dayAndMinute(Date.parse(last))),
    );
  }
}
