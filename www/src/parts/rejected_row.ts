/** One rejected event: when, from whom, why, its text, and the verdict when it is judged again. */

import type { Reason } from "polso";
import { h, setText } from "../dom.ts";
import { type RejectedEvent, RequestFailed, replay } from "../rejected.ts";
import type { Voice } from "./part.ts";

export class RejectedRow {
  readonly element: HTMLElement;
  readonly #voice: Voice;
  readonly #event: RejectedEvent;
  readonly #token: () => string;
  readonly #reasons = h("ul", { class: "reasons" });
  readonly #verdict = h("p", { class: "verdict-line", role: "status" });
  readonly #button: HTMLButtonElement;

  /** @param rules the version of today's rules */
  constructor(voice: Voice, event: RejectedEvent, rules: number, token: () => string) {
    const { messages, formats } = voice;
    const words = messages.rejectedEvents;
    this.#voice = voice;
    this.#event = event;
    this.#token = token;
    const receivedMs = Date.parse(event.received);
    const when = `${formats.rome.day(receivedMs)}, ${formats.rome.second(receivedMs)}`;
    const [broken, today] = [formats.count(event.rules), formats.count(rules)];
    const version = event.rules === rules ? words.rules(broken) : words.rulesNow(broken, today);
    this.#button = h("button", { type: "button", class: "quiet-button" }, words.replay);
    this.#button.ariaLabel = words.replayOf(event.source, when);
    this.#button.addEventListener("click", () => this.#replay());
    const { truncated, replayed } = event;
    this.#button.hidden = truncated || replayed !== null;
    if (truncated) setText(this.#verdict, words.truncated);
    if (replayed !== null) {
      const at = formats.rome.dayAndMinute(Date.parse(replayed.at));
      setText(this.#verdict, words.replayed(words.verdict[replayed.verdict] ?? replayed.verdict, at));
    }
    this.#explain(event.reasons);
    this.element = h(
      "li",
      { class: "rejected-event", "data-id": event.id },
      h(
        "p",
        { class: "rejected-head" },
        h("time", { datetime: event.received }, when),
        h("strong", {}, event.source),
        h("span", {}, words.kind[event.kind] ?? event.kind),
        h("span", { class: "quiet" }, version),
      ),
      this.#reasons,
      h(
        "details",
        {},
        h("summary", {}, truncated ? words.bodyCut : words.body),
        h("pre", { tabindex: 0 }, h("code", {}, event.body)),
      ),
      this.#button,
      this.#verdict,
    );
  }

  #explain(reasons: readonly Reason[]): void {
    const { messages } = this.#voice;
    const items = reasons.map(({ code, field, message }) => {
      const place = field === undefined ? code : `${code} · ${field}`;
      return h(
        "li",
        {},
        h("code", {}, place),
        " ",
        h("span", {}, messages.reason[code] ?? ""),
        " ",
        h("span", { class: "quiet", lang: "en" }, message),
      );
    });
    this.#reasons.replaceChildren(...items);
  }

  async #replay(): Promise<void> {
    const words = this.#voice.messages.rejectedEvents;
    // Not `disabled`: the keyboard's focus would be lost.
    if (this.#button.ariaDisabled === "true") return;
    this.#button.ariaDisabled = "true";
    setText(this.#verdict, words.replaying);
    try {
      const { verdict, reasons } = await replay(this.#token(), this.#event.id);
      setText(this.#verdict, words.verdict[verdict] ?? verdict);
      this.#verdict.dataset["verdict"] = verdict;
      if (reasons !== undefined) this.#explain(reasons);
    } catch (error) {
      setText(this.#verdict, problemOf(this.#voice, error));
    }
    this.#button.ariaDisabled = null;
  }
}

/** What happened, and what to do. */
export function problemOf({ messages }: Voice, error: unknown): string {
  const words = messages.rejectedEvents;
  const { code, message } = error instanceof RequestFailed ? error : { code: "", message: String(error) };
  return words.failed[code] ?? words.failedOther(message);
}
