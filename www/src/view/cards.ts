/** One card per KPI: the value, what it is made of, how far to trust it, how fresh it is, the last hour's course. */

import type { Answer, Reading } from "polso";
import { h, setAttributes, setText } from "../dom.ts";
import { type KpiName, kpiNames } from "../selection.ts";
import type { Part, Shown, Voice } from "./part.ts";
import { Sparkline } from "./sparkline.ts";

/** The KPI's own reading among an answer's. */
export function readingOf(readings: readonly Reading[], kpi: string): Reading | undefined {
  return readings.find((reading) => reading.kpi === kpi);
}

/** What a value is made of, in words. */
export function basisOf({ messages, formats }: Voice, kpi: KpiName, reading: Reading): string {
  if (reading.value === null) {
    // A cost without conversions lacks these, not the spend.
    const lacking = kpi === "cpa" && reading.numerator > 0 ? "average_value" : kpi;
    return messages.noBasis[lacking];
  }
  const numerator =
    reading.unit === "euro" ? formats.value(reading.numerator, "euro") : formats.count(reading.numerator);
  return messages.basis[kpi](numerator, formats.count(reading.denominator));
}

export class Cards implements Part<Shown> {
  readonly element: HTMLElement;
  readonly #cards: readonly Card[];

  /** @param choose called with the KPI that the charts should show */
  constructor(voice: Voice, choose: (kpi: KpiName) => void) {
    this.#cards = kpiNames.map((kpi) => new Card(voice, kpi, () => choose(kpi)));
    const elements = this.#cards.map(({ element }) => element);
    this.element = h("section", { class: "cards", "aria-label": voice.messages.kpis }, ...elements);
  }

  show(shown: Shown): void {
    for (const card of this.#cards) card.show(shown);
  }
}

const marks = {
  ok: "✓",
  target: "✓",
  below_target: "▼",
  above_target: "▲",
  insufficient: "◔",
  unavailable: "○",
} as const;

const flashAfterMs = 2_000;

class Card implements Part<Shown> {
  readonly element: HTMLElement;
  readonly #button: HTMLButtonElement;
  readonly #value = h("p", { class: "value" });
  readonly #basis = h("p", { class: "basis" });
  readonly #mark = h("span", { class: "mark", "aria-hidden": "true" });
  readonly #word = h("span");
  readonly #age = h("span", { class: "age" });
  readonly #sparkline = new Sparkline();
  readonly #voice: Voice;
  readonly #kpi: KpiName;
  #changedMs = 0;

  constructor(voice: Voice, kpi: KpiName, choose: () => void) {
    this.#voice = voice;
    this.#kpi = kpi;
    const name = voice.messages.kpi[kpi];
    this.#button = h("button", { type: "button", title: voice.messages.chooseForCharts(name) }, name);
    this.#button.addEventListener("click", choose);
    this.element = h(
      "article",
      { class: "card", "data-kpi": kpi },
      h("h2", {}, this.#button),
      this.#value,
      this.#basis,
      this.#sparkline.element,
      h("p", { class: "foot" }, h("span", { class: "status" }, this.#mark, this.#word), this.#age),
    );
  }

  show({ picture, selection, nowMs }: Shown): void {
    const { messages, formats } = this.#voice;
    setAttributes(this.#button, { "aria-pressed": selection.kpi === this.#kpi });
    const reading = readingOf(picture.current.readings, this.#kpi);
    if (reading === undefined) return;
    const had = this.#value.textContent;
    const value = formats.value(reading.value, reading.unit);
    if (setText(this.#value, value) && had !== "") this.#flash(nowMs);
    this.#value.style.setProperty("--characters", String(value.length));
    setText(this.#basis, basisOf(this.#voice, this.#kpi, reading));
    const status = reading.status === "ok" && reading.target !== null ? "target" : reading.status;
    setAttributes(this.element, { "data-status": status });
    setText(this.#mark, marks[status]);
    const target = reading.target === null ? "" : `, ${messages.targetIs(formats.value(reading.target, reading.unit))}`;
    setText(this.#word, messages.status[status] + target);
    setText(this.#age, freshness(this.#voice, picture.current, nowMs));
    // Whole windows only: the one in progress would end every course with a fall.
    const whole = picture.windows.slice(0, -1);
    this.#sparkline.show(whole.map(({ readings }) => readingOf(readings, this.#kpi)?.value ?? null));
  }

  /** Points at a change after a quiet moment; in a stream of changes it would only be noise. */
  #flash(nowMs: number): void {
    const quietMs = nowMs - this.#changedMs;
    this.#changedMs = nowMs;
    if (quietMs < flashAfterMs || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    this.#value.animate([{ color: "var(--accent)" }, {}], { duration: 900, easing: "ease-out" });
  }
}

function freshness({ messages, formats }: Voice, { freshness: { last_event: last } }: Answer, nowMs: number): string {
  return last === null ? messages.noEvent : messages.lastEvent(formats.age(nowMs - Date.parse(last)));
}
