/** The page's head: whose numbers these are, how the link is, pause, settings. */

import type { LinkState } from "polso";
import { h, setAttributes, setText, svg } from "../dom.ts";
import type { Settings } from "../settings.ts";
import type { Part, Voice } from "./part.ts";
import { type SettingsActions, SettingsMenu } from "./settings.ts";

export interface LinkShown {
  /** None before there is a token. */
  readonly state: LinkState | undefined;
  readonly silenceMs: number | undefined;
  readonly paused: boolean;
  readonly space: string | undefined;
}

export interface HeaderActions extends SettingsActions {
  togglePause(): void;
}

export class Header implements Part<LinkShown> {
  readonly element: HTMLElement;
  readonly #space = h("span", { class: "space" });
  readonly #link = h("p", { class: "link", hidden: true });
  readonly #word = h("span", { role: "status" });
  readonly #age = h("span", { class: "age" });
  readonly #pause = h("button", { type: "button", class: "quiet-button", hidden: true });
  readonly #settings: SettingsMenu;
  readonly #voice: Voice;

  constructor(voice: Voice, settings: Settings, actions: HeaderActions) {
    const { messages } = voice;
    this.#voice = voice;
    this.#link.append(h("span", { class: "dot", "aria-hidden": "true" }), this.#word, this.#age);
    this.#pause.addEventListener("click", () => actions.togglePause());
    this.#settings = new SettingsMenu(voice, settings, actions);
    this.element = h(
      "header",
      { class: "head" },
      h("a", { class: "skip", href: "#main" }, messages.skip),
      h("h1", {}, logo(), h("span", {}, messages.title), this.#space),
      h("div", { class: "head-link" }, this.#link, this.#pause),
      h("div", { class: "head-settings" }, ...this.#settings.elements),
    );
  }

  show({ state, silenceMs, paused, space }: LinkShown): void {
    const { messages, formats } = this.#voice;
    setText(this.#space, space ?? "");
    this.#space.title = messages.space;
    this.#link.hidden = state === undefined;
    this.#settings.show(state !== undefined);
    this.#pause.hidden = state === undefined || state.kind === "stopped";
    setText(this.#pause, paused ? messages.resume : messages.pause);
    setAttributes(this.#pause, { "aria-pressed": paused });
    if (state === undefined) return;
    const words = {
      connecting: messages.linkConnecting,
      live: messages.linkLive,
      late: messages.linkLate,
      reconnecting: messages.linkReconnecting,
      stopped: messages.linkStopped,
    };
    setAttributes(this.#link, { "data-link": paused ? "paused" : state.kind });
    setText(this.#word, paused ? messages.linkPaused : words[state.kind]);
    setText(this.#age, silenceMs === undefined ? "" : messages.linkHeard(formats.age(silenceMs)));
  }
}

/** A pulse. */
function logo(): SVGElement {
  const pulse = svg("path", { d: "M2 13h5l2.5-7 4 13 3-9 1.5 3H22" });
  return svg("svg", { class: "logo", viewBox: "0 0 24 24", "aria-hidden": "true" }, pulse);
}
