/** How near the server is to its bounds, and which were reached. Asked of it every half a minute while it is seen. */

import { askBounds, type Bounded, fullest, most, type Reached, reached, type ServerBounds } from "../bounds.ts";
import { h, setAttributes, setText } from "../dom.ts";
import type { Actions, Panel, Shown, Voice } from "./part.ts";
import { Table } from "./table.ts";

const askEveryMs = 30_000;
const bounded = Object.keys(most) as readonly Bounded[];

export class Bounds implements Panel {
  readonly element: HTMLElement;
  readonly #meters: ReadonlyMap<Bounded, { readonly meter: HTMLMeterElement; readonly text: HTMLElement }>;
  readonly #table: Table;
  readonly #problem = h("p", { class: "problem", role: "alert" });
  readonly #verdict = h("p", { class: "verdict" });
  readonly #voice: Voice;
  readonly #actions: Actions;
  #askedMs = Number.NEGATIVE_INFINITY;

  constructor(voice: Voice, actions: Actions) {
    const { messages } = voice;
    this.#voice = voice;
    this.#actions = actions;
    this.#meters = new Map(
      bounded.map((bound) => {
        const name = messages.bound[bound];
        return [bound, { meter: h("meter", { min: 0, max: 1, high: 0.9, "aria-label": name }), text: h("dd") }];
      }),
    );
    const pairs = [...this.#meters].map(([bound, { meter, text }]) => {
      text.append("–");
      return h("div", {}, h("dt", {}, messages.bound[bound]), text, h("dd", {}, meter));
    });
    this.#table = new Table(messages.reached, [
      { name: messages.columnBound },
      { name: messages.columnTimes, figures: true },
      { name: messages.columnExplanation },
    ]);
    this.element = h(
      "section",
      { class: "panel bounds", "aria-label": messages.bounds },
      h("header", {}, h("h2", {}, messages.bounds), this.#verdict),
      h("p", { class: "quiet" }, messages.boundsExplained),
      this.#problem,
      h("dl", { class: "meters" }, ...pairs),
      this.#table.element,
    );
  }

  queries(): readonly [] {
    return [];
  }

  show({ nowMs }: Shown): void {
    if (nowMs - this.#askedMs < askEveryMs) return;
    this.#askedMs = nowMs;
    void this.#ask();
  }

  async #ask(): Promise<void> {
    const token = this.#actions.token();
    if (token === undefined) return;
    try {
      this.#fill(await askBounds(token));
      setText(this.#problem, "");
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      setText(this.#problem, this.#voice.messages.boundsProblem(reason));
    }
  }

  #fill(bounds: ServerBounds): void {
    const { messages, formats } = this.#voice;
    for (const [bound, { meter, text }] of this.#meters) {
      const held = fullest(bounds, bound);
      setText(text, messages.boundOf(formats.count(held), formats.count(most[bound])));
      meter.value = held / most[bound];
    }
    const counts = Object.entries(reached(bounds)) as [Reached, number][];
    const calm = counts.every(([, count]) => count === 0);
    setAttributes(this.#verdict, { "data-balanced": calm });
    setText(this.#verdict, calm ? `✓ ${messages.boundsCalm}` : `✕ ${messages.boundsReached}`);
    this.#table.show(
      counts.map(([name, count]) => ({
        key: name,
        cells: [messages.reachedName[name], formats.figure(count), messages.reachedMeans[name]],
      })),
    );
  }
}
