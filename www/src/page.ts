/**
 * The page as a whole: builds its parts in one language, rebuilds them in another, and shows them the state.
 *
 * Holds what is shown; where it comes from is the session's business.
 */

import type { LinkState } from "polso";
import { h } from "./dom.ts";
import { Formats } from "./formats.ts";
import { type Language, messagesFor } from "./messages/messages.ts";
import type { Picture } from "./picture.ts";
import type { Selection } from "./selection.ts";
import type { Settings } from "./settings.ts";
import { Board } from "./view/board.ts";
import { Header } from "./view/header.ts";
import { Notice } from "./view/notice.ts";
import type { Voice } from "./view/part.ts";
import { SignIn } from "./view/sign_in.ts";

export interface PageActions {
  enter(token: string): void;
  select(selection: Selection): void;
  togglePause(): void;
  valuesOf(dimension: string): readonly string[];
}

export interface PageShown {
  readonly state: LinkState | undefined;
  readonly silenceMs: number | undefined;
  /** The server's clock. */
  readonly nowMs: number;
  readonly picture: Picture | undefined;
  readonly selection: Selection;
  readonly paused: boolean;
}

interface Parts {
  readonly header: Header;
  readonly notice: Notice;
  readonly signIn: SignIn;
  readonly board: Board;
}

export class Page {
  readonly #settings: Settings;
  readonly #actions: PageActions;
  #parts: Parts;
  #shown: PageShown;

  constructor(settings: Settings, actions: PageActions, shown: PageShown) {
    this.#settings = settings;
    this.#actions = actions;
    this.#parts = this.#build();
    this.#shown = shown;
    this.show(shown);
  }

  show(shown: PageShown): void {
    this.#shown = shown;
    const { state, silenceMs, nowMs, picture, selection, paused } = shown;
    const { header, notice, signIn, board } = this.#parts;
    const stopped = state?.kind === "stopped" ? state.reason : undefined;
    header.show({ state, silenceMs, paused, space: picture?.current.space });
    signIn.show({ visible: state === undefined || stopped !== undefined, reason: stopped });
    const stale = paused || (state !== undefined && state.kind !== "live");
    if (state !== undefined) notice.show({ state, paused, asOfMs: picture?.takenMs });
    board.show({ picture, selection, nowMs, stale });
  }

  /** The page cannot work at all: says why, and offers to try again. */
  fail(error: unknown): void {
    const { messages } = voiceFor(this.#settings.language);
    const again = h("button", { type: "button", class: "main-button" }, messages.loadAgain);
    again.addEventListener("click", () => location.reload());
    const reason = error instanceof Error ? error.message : String(error);
    const panel = h(
      "section",
      { class: "panel sign-in" },
      h("h2", {}, messages.loadFailed),
      h("p", { class: "problem" }, reason),
      again,
    );
    document.body.replaceChildren(this.#parts.header.element, h("main", { id: "main" }, panel));
  }

  #build(): Parts {
    const voice = voiceFor(this.#settings.language);
    const header = new Header(voice, this.#settings, {
      chooseLanguage: (language) => this.#speak(language),
      togglePause: () => this.#actions.togglePause(),
    });
    const notice = new Notice(voice);
    const signIn = new SignIn(voice, (token) => this.#actions.enter(token));
    const board = new Board(voice, {
      valuesOf: (dimension) => this.#actions.valuesOf(dimension),
      select: (selection) => this.#actions.select(selection),
    });
    const main = h("main", { id: "main", tabindex: -1 }, notice.element, signIn.element, board.element);
    document.title = `${voice.messages.title} · ${voice.messages.tagline}`;
    document.body.replaceChildren(header.element, main);
    return { header, notice, signIn, board };
  }

  /** Everything in the other language, with the focus where it was. */
  #speak(language: Language): void {
    const focused = document.activeElement?.id;
    this.#settings.language = language;
    this.#parts = this.#build();
    this.show(this.#shown);
    if (focused) document.getElementById(focused)?.focus();
  }
}

function voiceFor(language: Language): Voice {
  const messages = messagesFor(language);
  return { messages, formats: new Formats(messages) };
}
