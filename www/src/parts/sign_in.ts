/** Asks for a token, and says what was wrong with the last one. */

import type { StopReason } from "polso";
import { h, setText } from "../dom.ts";
import type { Part, Voice } from "./part.ts";

export interface SignInShown {
  readonly visible: boolean;
  readonly reason: StopReason | undefined;
}

export class SignIn implements Part<SignInShown> {
  readonly element: HTMLElement;
  readonly #problem = h("p", { class: "problem", role: "alert" });
  readonly #input: HTMLInputElement;
  readonly #voice: Voice;

  /** @param enter called with the token */
  constructor(voice: Voice, enter: (token: string) => void) {
    const { messages } = voice;
    this.#voice = voice;
    this.#input = h("input", { id: "token", type: "password", autocomplete: "off", spellcheck: "false" });
    const form = h(
      "form",
      {},
      h("label", { for: "token" }, messages.token),
      h("div", { class: "field" }, this.#input, h("button", { type: "submit", class: "main-button" }, messages.open)),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const token = this.#input.value.trim();
      if (token === "") setText(this.#problem, messages.tokenMissing);
      else enter(token);
      this.#input.value = "";
      this.#input.focus();
    });
    this.element = h(
      "section",
      { class: "panel sign-in", "aria-labelledby": "sign-in-name", hidden: true },
      h("h2", { id: "sign-in-name" }, messages.signInTitle),
      this.#problem,
      h("p", {}, messages.signInText),
      form,
      h("p", { class: "quiet" }, messages.signInHint),
      h("pre", { tabindex: 0 }, h("code", {}, "npm run -s token -- --scope view --ttl 8h")),
    );
  }

  show({ visible, reason }: SignInShown): void {
    const appears = visible && this.element.hidden;
    this.element.hidden = !visible;
    if (reason !== undefined) setText(this.#problem, this.#voice.messages.stopped[reason]);
    else if (!visible) setText(this.#problem, "");
    if (appears) this.#input.focus();
  }
}
