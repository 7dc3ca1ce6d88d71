/** All the numbers of the page, laid out; shows one picture of them at a time. */

import { h, setAttributes, setText } from "../dom.ts";
import type { Picture } from "../picture.ts";
import type { KpiName, Selection } from "../selection.ts";
import { AgeBands } from "./age_bands.ts";
import { AllTime } from "./all_time.ts";
import { Cards } from "./cards.ts";
import { Channels } from "./channels.ts";
import { Controls } from "./controls.ts";
import { EmptyState } from "./empty.ts";
import { IntegrityPanel } from "./integrity.ts";
import type { Part, Shown, Voice } from "./part.ts";
import { WindowsChart } from "./windows_chart.ts";

export interface BoardActions {
  valuesOf(dimension: string): readonly string[];
  select(selection: Selection): void;
}

export interface BoardShown {
  /** None until the server's numbers have arrived. */
  readonly picture: Picture | undefined;
  readonly selection: Selection;
  /** The server's clock. */
  readonly nowMs: number;
  /** Whether the numbers are older than they would be on a good link. */
  readonly stale: boolean;
}

export class Board implements Part<BoardShown> {
  readonly element = h("div", { class: "board", hidden: true });
  readonly #span = h("p", { class: "span quiet" });
  readonly #controls: Controls;
  readonly #empty: EmptyState;
  readonly #parts: readonly Part<Shown>[];
  readonly #voice: Voice;
  #selection: Selection | undefined;

  constructor(voice: Voice, actions: BoardActions) {
    this.#voice = voice;
    const choose = (kpi: KpiName) => {
      if (this.#selection !== undefined) actions.select({ ...this.#selection, kpi });
    };
    this.#controls = new Controls(voice, actions.valuesOf, actions.select);
    this.#empty = new EmptyState(voice);
    const cards = new Cards(voice, choose);
    const windows = new WindowsChart(voice);
    const bands = new AgeBands(voice);
    const channels = new Channels(voice);
    const allTime = new AllTime(voice);
    const integrity = new IntegrityPanel(voice);
    this.#parts = [cards, windows, bands, channels, allTime, integrity];
    this.element.append(
      h("div", { class: "toolbar" }, this.#controls.element, this.#span),
      this.#empty.element,
      cards.element,
      h("div", { class: "pair" }, windows.element, bands.element),
      h("div", { class: "pair" }, channels.element, allTime.element),
      integrity.element,
    );
  }

  show({ picture, selection, nowMs, stale }: BoardShown): void {
    this.element.hidden = picture === undefined;
    setAttributes(this.element, { "data-stale": stale ? "" : undefined });
    if (selection !== this.#selection) {
      this.#selection = selection;
      this.#controls.show(selection);
    }
    if (picture === undefined) return;
    this.#controls.refresh();
    const empty = picture.integrity.total.received === 0;
    this.#empty.show({ empty, nowMs });
    for (const part of this.#parts) part.show({ picture, selection, nowMs });
    setText(this.#span, this.#describe(picture));
  }

  #describe({ current, takenMs }: Picture): string {
    const { messages, formats } = this.#voice;
    const { from, to } = current.window;
    if (from === null || to === null) return "";
    const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
    const sameDay = formats.rome.day(fromMs) === formats.rome.day(toMs);
    const label = (ms: number) => (sameDay ? formats.rome.second(ms) : formats.rome.dayAndMinute(ms));
    const span = messages.windowSpan(label(fromMs), label(toMs));
    return `${span} · ${messages.updatedAt(formats.rome.second(takenMs))}`;
  }
}
