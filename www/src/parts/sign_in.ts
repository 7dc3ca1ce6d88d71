/** Asks for a token and how long to keep it, and says what was wrong with the last one. */

import type { StopReason } from "polso";
import { h, setText } from "../dom.ts";
import type { Part, Voice } from "./part.ts";
import { tokenForm } from "./token_form.ts";

export interface SignInShown {
  readonly visible: boolean;
  readonly reason: StopReason | undefined;
}

export class SignIn implements Part<SignInShown> {
  readonly element: HTMLElement;
  readonly #problem = h("p", { class: "problem", role: "alert" });
  readonly #form: HTMLFormElement;
  readonly #voice: Voice;

  /** @param enter called with the token, and whether the next visit should have it too */
  constructor(voice: Voice, enter: (token: string, remembered: boolean) => void) {
    const { messages } = voice;
    this.#voice = voice;
    const remember = h("input", { type: "checkbox", id: "remember", "aria-describedby": "remember-hint" });
    this.#form = tokenForm(voice, {
      id: "token",
      open: messages.open,
      enter: (token) => enter(token, remember.checked),
    });
    this.element = h(
      "section",
      { class: "panel sign-in", "aria-labelledby": "sign-in-name", hidden: true },
      h("h2", { id: "sign-in-name" }, messages.signInTitle),
      this.#problem,
      h("p", {}, messages.signInText),
      this.#form,
      h("label", { class: "remember" }, remember, messages.settings.remember),
      h("p", { id: "remember-hint", class: "quiet" }, messages.settings.rememberHint),
      h("p", { class: "quiet" }, messages.signInHint),
      h("pre", { tabindex: 0 }, h("code", {}, "npm run -s token -- --scope view --ttl 8h")),
    );
  }

  show({ visible, reason }: SignInShown): void {
    const appears = visible && this.element.hidden;
    this.element.hidden = !visible;
    if (reason !== undefined) setText(this.#problem, this.#voice.messages.stopped[reason]);
    else if (!visible) setText(this.#problem, "");
    if (appears) this.#form.querySelector("input")?.focus();
  }
}
