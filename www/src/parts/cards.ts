/**
 * One card per KPI of a subject: the value, what it is made of, the same hours of last week, how far to trust it, how
 * fresh it is, its course.
 */

import type { Query, Reading } from "polso";
import { comparedAt, comparedQueries } from "../comparison.ts";
import { h, setAttributes, setText } from "../dom.ts";
import { type Domain, domains, type KpiName, shownKpi } from "../domains.ts";
import { readingOf } from "../groups.ts";
import { type Moment, sourcesQuery, windowQuery } from "../moment.ts";
import { dayStarts, offsetMs } from "../rome.ts";
import { slotsOf, timelineQuery } from "../timeline.ts";
import { Crier } from "./crier.ts";
import { lastWeek } from "./last_week.ts";
import type { Actions, Panel, Shown, Voice } from "./part.ts";
import { basisOf, figureOf, marks, sentenceOf, standingOf, standingWords } from "./readings.ts";
import { Sparkline } from "./sparkline.ts";

export class Cards implements Panel {
  readonly element: HTMLElement;
  readonly #cards: readonly Card[];
  readonly #crier: Crier;
  readonly #domain: Domain;
  readonly #voice: Voice;

  /** @param options which cards, in their order, and whether the subject's name stands above them */
  constructor(
    voice: Voice,
    actions: Actions,
    domain: Domain,
    options: { readonly kpis?: readonly KpiName[]; readonly titled?: boolean } = {},
  ) {
    this.#voice = voice;
    this.#domain = domain;
    this.#crier = new Crier(voice, actions);
    this.#cards = (options.kpis ?? domains[domain].kpis).map((kpi) => {
      return new Card(voice, kpi, () => actions.select((selection) => ({ ...selection, kpi })));
    });
    const elements = this.#cards.map(({ element }) => element);
    this.element = h(
      "section",
      { class: "kpis", "aria-label": `${voice.messages.kpis}: ${voice.messages.domain[domain]}` },
      h("h2", { class: options.titled ? "title" : "visually-hidden" }, voice.messages.domain[domain]),
      h("div", { class: "cards", "data-count": elements.length }, ...elements),
    );
  }

  queries(moment: Moment): readonly Query[] {
    const compared = comparedAt(moment, offsetMs);
    return [
      windowQuery(moment, this.#domain),
      sourcesQuery(this.#domain),
      timelineQuery(moment, this.#domain),
      ...(compared === undefined ? [] : comparedQueries(compared, moment, this.#domain)),
    ];
  }

  show({ picture, nowMs }: Shown): void {
    const { moment } = picture;
    const current = picture.answer(windowQuery(moment, this.#domain));
    // Whole steps only: the one in progress would end every course with a fall.
    const slots = slotsOf(picture.answer(timelineQuery(moment, this.#domain)), dayStarts).slice(0, -1);
    const compared = comparedAt(moment, offsetMs);
    const [now, before] =
      compared === undefined
        ? []
        : comparedQueries(compared, moment, this.#domain).map((query) => picture.answer(query)?.readings);
    const age = this.#age({ picture, nowMs });
    const readings = new Map<KpiName, Reading>();
    const chosen = shownKpi(this.#domain, moment.selection.kpi);
    for (const card of this.#cards) {
      const reading = readingOf(current?.readings, card.kpi);
      if (reading !== undefined) readings.set(card.kpi, reading);
      card.show({
        reading,
        chosen: card.kpi === chosen,
        course: slots.map(({ readings }) => readingOf(readings, card.kpi)?.value ?? null),
        versus: compared && {
          ...compared,
          now: readingOf(now, card.kpi),
          before: readingOf(before, card.kpi),
        },
        age,
        nowMs,
      });
    }
    this.#crier.hear(moment.selection, readings, nowMs);
  }

  /** How long ago the last event of this subject happened, whichever of its sources sent it. */
  #age({ picture, nowMs }: Shown): string {
    const { messages, formats } = this.#voice;
    if (picture.moment.selection.at !== undefined) return messages.asOf(formats.rome.minute(picture.moment.atMs));
    const groups = picture.answer(sourcesQuery(this.#domain))?.readings ?? [];
    const times = groups.map(({ group }) => Date.parse(picture.integrity.sources[group ?? ""]?.last_event ?? ""));
    const lastMs = Math.max(...times.filter((ms) => !Number.isNaN(ms)));
    return Number.isFinite(lastMs) ? messages.lastEvent(formats.age(nowMs - lastMs)) : messages.noEvent;
  }
}

interface CardShown {
  readonly reading: Reading | undefined;
  readonly chosen: boolean;
  readonly course: readonly (number | null)[];
  readonly versus: Parameters<typeof lastWeek>[1];
  readonly age: string;
  readonly nowMs: number;
}

const flashAfterMs = 2_000;

class Card {
  readonly element: HTMLElement;
  readonly kpi: KpiName;
  readonly #button: HTMLButtonElement;
  readonly #value = h("p", { class: "value" });
  readonly #versus = h("p", { class: "versus" });
  readonly #basis = h("p", { class: "basis" });
  readonly #mark = h("span", { class: "mark", "aria-hidden": "true" });
  readonly #word = h("span");
  readonly #age = h("span", { class: "age" });
  readonly #sparkline = new Sparkline();
  readonly #voice: Voice;
  #changedMs = 0;

  constructor(voice: Voice, kpi: KpiName, choose: () => void) {
    this.#voice = voice;
    this.kpi = kpi;
    this.#button = h("button", { type: "button" }, voice.messages.kpi[kpi]);
    this.#button.addEventListener("click", choose);
    this.element = h(
      "article",
      { class: "card", "data-kpi": kpi },
      h("h3", {}, this.#button),
      this.#value,
      this.#basis,
      this.#versus,
      this.#sparkline.element,
      h("p", { class: "foot" }, h("span", { class: "status" }, this.#mark, this.#word), this.#age),
    );
  }

  show({ reading, chosen, course, versus, age, nowMs }: CardShown): void {
    const { messages } = this.#voice;
    setAttributes(this.#button, { "aria-pressed": chosen });
    const value = figureOf(this.#voice, reading);
    const had = this.#value.textContent;
    if (setText(this.#value, value) && had !== "") this.#flash(nowMs);
    this.#value.style.setProperty("--characters", String(value.length));
    setText(this.#basis, reading === undefined ? messages.notHeld : basisOf(this.#voice, reading));
    const standing = reading === undefined ? "unavailable" : standingOf(reading);
    setAttributes(this.element, { "data-status": standing });
    setText(this.#mark, marks[standing]);
    setText(this.#word, reading === undefined ? messages.status.unavailable : standingWords(this.#voice, reading));
    setText(this.#age, age);
    this.#sparkline.show(course);
    const { text, title } = lastWeek(this.#voice, versus);
    setText(this.#versus, text);
    setAttributes(this.#versus, { title });
    const name = messages.kpi[this.kpi];
    setAttributes(this.#button, {
      title: `${sentenceOf(this.#voice, name, reading)}\n${messages.chooseForCharts(name)}`,
    });
  }

  /** Points at a change after a quiet moment; in a stream of changes it would only be noise. */
  #flash(nowMs: number): void {
    const quietMs = nowMs - this.#changedMs;
    this.#changedMs = nowMs;
    if (quietMs < flashAfterMs || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    this.#value.animate([{ color: "var(--polso-accent)" }, {}], { duration: 900, easing: "ease-out" });
  }
}
