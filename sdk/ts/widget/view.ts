/**
 * The widget's card: the number, how far to trust it, what it is made of, its chart, how fresh it is.
 *
 * Shows what it is given, in whatever language, and holds nothing but the cursor and whether the table is open.
 */

import type { Answer, LinkState, StopReason } from "../types.ts";
import type { AlertKind } from "./alerts.ts";
import { h, setAttributes, setText, svg } from "./dom.ts";
import { missing } from "./formats.ts";
import type { Voice } from "./language.ts";
import { dimensionNames, kpiNames, named } from "./messages/names.ts";
import { Plot, type Plotted } from "./plot.ts";
import { basisOf, courseOf, groupsOf, type StatusShown, statusOf } from "./points.ts";
import { lengthMs, type Question } from "./queries.ts";

export interface Shown {
  readonly voice: Voice;
  readonly question: Question | undefined;
  /** In place of the KPI's own name. */
  readonly label: string | undefined;
  readonly total: Answer | undefined;
  readonly detail: Answer | undefined;
  /** Of the detail, where it is a course. */
  readonly stepMs: number | undefined;
  /** None where nothing is asked for. */
  readonly link: LinkState["kind"] | "paused" | undefined;
  readonly stopped: StopReason | undefined;
  /** The server's clock. */
  readonly nowMs: number;
  /** What the page's author has to mend. */
  readonly problem: string | undefined;
  /** Limits of the page that are crossed. */
  readonly alerts: ReadonlyMap<AlertKind, number>;
}

export class View {
  readonly #name = h("span", { id: "name", part: "name" });
  readonly #window = h("span", { id: "window", part: "window" });
  readonly #value = h("p", { class: "value", part: "value" });
  readonly #mark = h("span", { "aria-hidden": "true" });
  readonly #full = h("span", { class: "unseen" });
  readonly #status = h("p", { class: "status", part: "status" }, this.#mark, this.#full);
  readonly #basis = h("p", { class: "basis", part: "basis" });
  readonly #problem = h("p", { class: "problem", part: "problem" });
  readonly #link = h("span", { part: "link" });
  readonly #age = h("span", { class: "age", part: "age" });
  readonly #pause = h("button", { type: "button", part: "button" });
  readonly #foot = h(
    "div",
    { class: "foot", part: "foot" },
    h("span", { class: "link" }, h("span", { class: "dot", "aria-hidden": "true" }), this.#link),
    this.#age,
  );
  readonly #spoken = h("p", { class: "unseen", role: "status" });
  readonly #plot = new Plot((sentence, spoken) => this.#moved(sentence, spoken));
  readonly element = h(
    "figure",
    { class: "card", part: "card", "aria-labelledby": "name window" },
    h("figcaption", { part: "caption" }, this.#name, " ", this.#window),
    h("div", { class: "number" }, this.#value, this.#status),
    this.#basis,
    this.#problem,
    this.#plot.element,
    this.#foot,
    this.#spoken,
  );
  #shown: Shown | undefined;
  #underCursor: string | undefined;
  #paused: boolean | undefined;

  constructor(togglePause: () => void) {
    this.#plot.toggle.append(icon("M2 3h12v10H2zM2 6.5h12M2 9.7h12M6 3v10"));
    this.#pause.addEventListener("click", togglePause);
    this.#foot.append(h("span", { class: "buttons" }, this.#pause, this.#plot.toggle));
  }

  show(shown: Shown): void {
    this.#shown = shown;
    const { voice, question, total, problem, link, stopped, alerts } = shown;
    const { messages, formats } = voice;
    const reading = total?.readings[0];
    setText(this.#name, nameOf(shown));
    setText(this.#window, question === undefined ? "" : windowName(voice, question));
    const value = reading === undefined ? missing : formats.value(reading.value, reading.unit);
    setText(this.#value, value);
    this.#value.style.setProperty("--_characters", String(value.length));
    const status = limitOf(shown) ?? (reading && statusOf(voice, reading));
    this.#status.hidden = status === undefined;
    setText(this.#mark, `${status?.mark} ${status?.word}`);
    setText(this.#full, status?.full ?? "");
    setAttributes(this.#status, { title: status?.full });
    const why = messages.stopped[stopped ?? ""];
    this.#problem.hidden = (problem ?? why) === undefined;
    setText(this.#problem, problem ?? why ?? "");
    setAttributes(this.element, {
      lang: voice.language,
      "data-link": link,
      "data-kind": status?.kind,
      "data-stale": link !== "live",
      "data-empty": reading?.value == null,
      "data-alert": alerts.has("below") || alerts.has("above"),
    });
    this.#plot.show(plottedOf(shown));
    this.#showBasis();
    this.#showFoot(shown);
  }

  /** Says something to who listens. */
  speak(sentence: string): void {
    setText(this.#spoken, sentence);
  }

  /** The number in one sentence; nothing before there is one. */
  get summary(): string | undefined {
    const shown = this.#shown;
    const reading = shown?.total?.readings[0];
    if (shown === undefined || reading === undefined || shown.question === undefined) return undefined;
    const { voice, question } = shown;
    const status = limitOf(shown) ?? statusOf(voice, reading);
    const value = reading.value === null ? "" : voice.formats.value(reading.value, reading.unit);
    const parts = [value, basisOf(voice, reading), status?.full ?? ""].filter((part) => part !== "");
    return `${nameOf(shown)}, ${windowName(voice, question)}: ${parts.join(", ")}`;
  }

  #moved(sentence: string | undefined, spoken: boolean): void {
    this.#underCursor = sentence;
    this.#showBasis();
    if (spoken && sentence !== undefined) this.speak(sentence);
  }

  /** What the number is made of, or the point under the cursor; of a plain count, when it was counted. */
  #showBasis(): void {
    const { voice, total } = this.#shown ?? {};
    const reading = total?.readings[0];
    // A line is kept for it, so that nothing moves when the first answer comes.
    let text = this.#underCursor ?? (this.#shown?.problem === undefined ? "\u00a0" : "");
    if (this.#underCursor === undefined && voice !== undefined && total !== undefined && reading !== undefined) {
      text = basisOf(voice, reading) || periodOf(voice, total);
    }
    setText(this.#basis, text);
  }

  #showFoot({ voice, link, total, nowMs }: Shown): void {
    this.#foot.hidden = link === undefined;
    if (link === undefined) return;
    const { messages, formats } = voice;
    setText(this.#link, messages.link[link]);
    const flowing = link === "live" || link === "late";
    let age = "";
    if (total !== undefined && flowing) {
      const { last_event: last } = total.freshness;
      age = last === null ? messages.noEvent : messages.lastEvent(formats.age(nowMs - Date.parse(last)));
    } else if (total !== undefined) age = messages.asOf(formats.rome.clock(Date.parse(total.now)));
    setText(this.#age, age);
    const paused = link === "paused";
    const label = paused ? messages.resume : messages.pause;
    this.#pause.hidden = total === undefined || !(flowing || paused);
    setAttributes(this.#pause, { "aria-label": label, title: label, "aria-pressed": String(paused) });
    if (this.#paused === paused) return;
    this.#paused = paused;
    this.#pause.replaceChildren(icon(paused ? "M5 3l8 5-8 5z" : "M5 3v10M11 3v10"));
  }
}

function nameOf({ voice, label, question }: Shown): string {
  return label ?? named(kpiNames, question?.kpi, voice.language) ?? question?.kpi ?? "Polso";
}

/** A limit of the page that is crossed. */
function limitOf({ voice, total, alerts }: Shown): StatusShown | undefined {
  const reading = total?.readings[0];
  const { messages, formats } = voice;
  const [below, above] = [alerts.get("below"), alerts.get("above")];
  const crossed = below ?? above;
  if (reading === undefined || crossed === undefined) return undefined;
  const limit = formats.target(crossed, reading.unit);
  const word = below === undefined ? messages.above(limit) : messages.below(limit);
  return { kind: "bad", mark: below === undefined ? "▲" : "▼", word, full: word };
}

function windowName({ messages }: Voice, { window, kind }: Question): string {
  const [, digits = "", unit = ""] = /^(\d+)(\w)$/.exec(window) ?? [];
  const count = Number(digits);
  if (window === "all") return messages.allTime;
  if (lengthMs(window) === undefined) return window;
  if (kind === "calendar") return count === 1 ? messages.today : messages.days(count);
  return messages.window(count, unit);
}

function periodOf({ formats }: Voice, { window: { from, to, bucket_s } }: Answer): string {
  return from === null || to === null ? "" : formats.rome.span(Date.parse(from), Date.parse(to), bucket_s ?? 0);
}

function plottedOf(shown: Shown): Plotted | undefined {
  const { voice, question, detail, stepMs } = shown;
  if (question === undefined || detail === undefined || detail.readings.length === 0) return undefined;
  const { messages } = voice;
  const course = stepMs !== undefined;
  const by = question.by ?? "";
  const { points, more } = course ? { points: courseOf(voice, detail, stepMs), more: 0 } : groupsOf(voice, detail, by);
  const dimension = named(dimensionNames, by, voice.language) ?? by;
  const what = course ? messages.course : messages.by(dimension);
  const name = `${nameOf(shown)}, ${what}, ${windowName(voice, question)}`;
  const head = course ? messages.when : dimension;
  return { voice, name, head: head.charAt(0).toUpperCase() + head.slice(1), points, more, course };
}

function icon(d: string): SVGElement {
  return svg("svg", { class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d }));
}
