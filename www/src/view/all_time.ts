/** The total of everything ever counted: where an event too old for every window is still seen. */

import { h, setText } from "../dom.ts";
import { readingOf } from "./cards.ts";
import type { Part, Shown, Voice } from "./part.ts";

const shownKpis = ["conversions", "conversion_rate", "average_value", "total_value"] as const;

export class AllTime implements Part<Shown> {
  readonly element: HTMLElement;
  readonly #values = shownKpis.map((kpi) => ({ kpi, element: h("dd") }));
  readonly #last = h("p", { class: "quiet" });
  readonly #voice: Voice;

  constructor(voice: Voice) {
    const { messages } = voice;
    this.#voice = voice;
    const pairs = this.#values.map(({ kpi, element }) => h("div", {}, h("dt", {}, messages.kpi[kpi]), element));
    this.element = h(
      "section",
      { class: "panel all-time", "aria-labelledby": "all-time-name" },
      h("h2", { id: "all-time-name" }, messages.allTime),
      h("dl", {}, ...pairs),
      this.#last,
    );
  }

  show({ picture: { allTime } }: Shown): void {
    const { messages, formats } = this.#voice;
    for (const { kpi, element } of this.#values) {
      const reading = readingOf(allTime.readings, kpi);
      setText(element, formats.value(reading?.value ?? null, reading?.unit ?? "count"));
    }
    const last = allTime.freshness.last_event;
    setText(
      this.#last,
      last === null ? messages.noEvent : messages.allTimeLast(formats.rome.dayAndMinute(Date.parse(last))),
    );
  }
}
