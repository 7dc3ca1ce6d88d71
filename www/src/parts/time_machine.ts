/**
 * Which instant is looked at: now, or an earlier one, chosen by date and time in Rome or by steps of the window.
 *
 * Offers the 35 days for which whole hours are held; an address may go further back, where days are all there is.
 */

import { h, setAttributes } from "../dom.ts";
import { dayMs, hourMs, hoursHeldMs, minuteMs } from "../moment.ts";
import { instantOf, wallTime } from "../rome.ts";
import type { Selection, WindowChoice } from "../selection.ts";
import type { Actions, Part, Voice } from "./part.ts";

const lengthsMs: Readonly<Record<WindowChoice, number>> = {
  "5m": 5 * minuteMs,
  "15m": 15 * minuteMs,
  "1h": hourMs,
  "6h": 6 * hourMs,
  "24h": dayMs,
  "7d": 7 * dayMs,
  "28d": 28 * dayMs,
  "35d": 35 * dayMs,
};

export interface TimeShown {
  readonly selection: Selection;
  /** The server's clock. */
  readonly nowMs: number;
}

export class TimeMachine implements Part<TimeShown> {
  readonly element: HTMLElement;
  readonly #input = h("input", { type: "datetime-local", id: "instant" });
  readonly #later: HTMLButtonElement;
  readonly #live: HTMLButtonElement;
  readonly #actions: Actions;
  #nowMs = 0;

  constructor({ messages }: Voice, actions: Actions) {
    this.#actions = actions;
    const button = (text: string, title: string, press: () => void) => {
      const made = h("button", { type: "button", class: "quiet-button", title, "aria-label": title }, text);
      made.addEventListener("click", press);
      return made;
    };
    const earlier = button("◀", messages.earlier, () => this.#step(-1));
    this.#later = button("▶", messages.later, () => this.#step(1));
    this.#live = h("button", { type: "button", class: "quiet-button live" }, messages.backToLive);
    this.#live.addEventListener("click", () => this.#go(undefined));
    setAttributes(this.#input, { "aria-label": messages.instant, title: messages.instant });
    this.#input.addEventListener("change", () => {
      const ms = instantOf(this.#input.value);
      this.#go(Number.isNaN(ms) ? undefined : ms);
    });
    const parts = [earlier, this.#input, this.#later, this.#live];
    this.element = h("div", { class: "time-machine", role: "group", "aria-label": messages.timeMachine }, ...parts);
  }

  show({ selection, nowMs }: TimeShown): void {
    this.#nowMs = nowMs;
    const live = selection.at === undefined;
    setAttributes(this.element, { "data-live": live });
    setAttributes(this.#live, { "aria-pressed": live });
    setAttributes(this.#later, { disabled: live ? "" : undefined });
    setAttributes(this.#input, { min: wallTime(nowMs - hoursHeldMs + dayMs), max: wallTime(nowMs) });
    // Not under the hands of someone who types.
    if (document.activeElement === this.#input) return;
    const value = wallTime(selection.at ?? nowMs);
    if (this.#input.value !== value) this.#input.value = value;
  }

  #step(by: 1 | -1): void {
    this.#actions.select((selection) => {
      const ms = (selection.at ?? this.#nowMs) + by * lengthsMs[selection.window];
      return { ...selection, at: ms >= this.#nowMs ? undefined : ms };
    });
  }

  #go(ms: number | undefined): void {
    this.#actions.select((selection) => ({ ...selection, at: ms !== undefined && ms < this.#nowMs ? ms : undefined }));
  }
}
