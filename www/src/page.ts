/**
 * The page as a whole: head, navigation, what to look at, and the view that is looked at. Built in one language, built
 * anew in another; shows the state that it is given.
 *
 * Holds what is shown; where it comes from is the session's business. A view is made when it is first looked at, and
 * kept: at most one of each.
 */

import type { LinkState, Query } from "polso";
import { h, setAttributes } from "./dom.ts";
import { Formats } from "./formats.ts";
import { type Language, messagesFor } from "./messages/messages.ts";
import type { Moment } from "./moment.ts";
import { Controls } from "./parts/controls.ts";
import { offerExports, type Taken } from "./parts/exports.ts";
import { Header } from "./parts/header.ts";
import { Navigation } from "./parts/navigation.ts";
import { Notice } from "./parts/notice.ts";
import type { Actions, Voice } from "./parts/part.ts";
import { SignIn } from "./parts/sign_in.ts";
import { Span } from "./parts/span.ts";
import { Speaker } from "./parts/speaker.ts";
import { TimeMachine } from "./parts/time_machine.ts";
import type { Picture } from "./picture.ts";
import type { Selection, ViewName } from "./selection.ts";
import type { Settings } from "./settings.ts";
import type { View } from "./views/view.ts";
import { makeView } from "./views/views.ts";

export interface PageActions extends Omit<Actions, "say"> {
  enter(token: string, remembered?: boolean): void;
  signOut(): void;
  togglePause(): void;
}

export interface PageShown {
  readonly state: LinkState | undefined;
  readonly silenceMs: number | undefined;
  /** The server's clock. */
  readonly nowMs: number;
  /** None until the server's numbers have arrived. */
  readonly picture: Picture | undefined;
  readonly selection: Selection;
  readonly paused: boolean;
  /** Whether the server evaluates, since this page may not. */
  readonly served: boolean;
  /** Whether there is a token, and nothing to use it with yet. */
  readonly loading: boolean;
}

interface Parts {
  readonly voice: Voice;
  readonly header: Header;
  readonly navigation: Navigation;
  readonly notice: Notice;
  readonly signIn: SignIn;
  readonly toolbar: HTMLElement;
  readonly controls: Controls;
  readonly timeMachine: TimeMachine;
  readonly span: Span;
  readonly board: HTMLElement;
  readonly engine: HTMLElement;
  readonly views: Map<ViewName, View>;
}

export class Page {
  readonly #settings: Settings;
  readonly #speaker = new Speaker();
  readonly #pageActions: PageActions;
  readonly #actions: Actions;
  #parts: Parts;
  #shown: PageShown;

  constructor(settings: Settings, actions: PageActions, shown: PageShown) {
    this.#settings = settings;
    this.#pageActions = actions;
    this.#actions = { ...actions, say: (sentence) => this.#speaker.say(sentence) };
    this.#parts = this.#build();
    this.#shown = shown;
    this.show(shown);
  }

  /** What the view that is looked at asks of the core. */
  queries(moment: Moment): readonly Query[] {
    return this.#view(moment.selection.view).queries(moment);
  }

  show(shown: PageShown): void {
    this.#shown = shown;
    const { state, silenceMs, nowMs, picture, selection, paused } = shown;
    const { voice, header, navigation, notice, signIn } = this.#parts;
    const stopped = state?.kind === "stopped" ? state.reason : undefined;
    header.show({ state, silenceMs, paused, space: picture?.integrity.space });
    navigation.show(selection);
    navigation.element.hidden = picture === undefined;
    const signedOut = state === undefined && !shown.loading;
    signIn.show({ visible: signedOut || stopped !== undefined, reason: stopped });
    if (state !== undefined) notice.show({ state, paused, picture });
    document.title = `${voice.messages.views[selection.view]} · ${voice.messages.title}`;
    const { toolbar, board, engine } = this.#parts;
    engine.hidden = picture === undefined || !shown.served;
    toolbar.hidden = picture === undefined;
    board.hidden = picture === undefined;
    const stale = paused || (state !== undefined && state.kind !== "live");
    setAttributes(board, { "data-stale": stale ? "" : undefined });
    if (picture !== undefined) this.#showView(picture, nowMs);
  }

  /** The page cannot work at all: says why, and offers to try again. */
  fail(error: unknown): void {
    const { messages } = this.#parts.voice;
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

  #showView(picture: Picture, nowMs: number): void {
    const { controls, timeMachine, span, board } = this.#parts;
    // The picture's own selection: what is shown and what it says it is never differ.
    const { selection } = picture.moment;
    const view = this.#view(selection.view);
    if (view.element.parentElement !== board) board.replaceChildren(view.element);
    controls.element.hidden = view.domains.length === 0;
    timeMachine.element.hidden = view.domains.length === 0;
    controls.show({ selection, domains: view.domains });
    timeMachine.show({ selection, nowMs });
    span.show({ picture, domains: view.domains });
    view.show({ picture, nowMs });
  }

  #view(name: ViewName): View {
    const { views, voice } = this.#parts;
    const made = views.get(name);
    if (made !== undefined) return made;
    const view = makeView[name](voice, this.#actions);
    views.set(name, view);
    offerExports(voice, view.element, () => this.#taken);
    return view;
  }

  /** Of when the numbers are, as an export says it. */
  get #taken(): Taken {
    const ms = this.#shown.picture?.moment.nowMs ?? this.#shown.nowMs;
    return { ms, note: this.#parts.span.element.textContent };
  }

  #build(): Parts {
    const messages = messagesFor(this.#settings.language);
    const voice = { messages, formats: new Formats(messages) };
    const header = new Header(voice, this.#settings, {
      chooseLanguage: (language) => this.#speak(language),
      togglePause: () => this.#pageActions.togglePause(),
      signOut: () => this.#pageActions.signOut(),
    });
    const navigation = new Navigation(voice, this.#actions);
    const notice = new Notice(voice, this.#actions);
    const signIn = new SignIn(voice, (token, remembered) => this.#pageActions.enter(token, remembered));
    const controls = new Controls(voice, this.#actions);
    const timeMachine = new TimeMachine(voice, this.#actions);
    const span = new Span(voice);
    const moment = h("div", { class: "toolbar-moment" }, span.element, timeMachine.element);
    const toolbar = h("div", { class: "toolbar", hidden: true }, controls.element, moment);
    const board = h("div", { class: "board", hidden: true });
    const engine = h("p", { class: "engine quiet", hidden: true }, messages.servedNote);
    const main = h("main", { id: "main", tabindex: -1 }, notice.element, signIn.element, toolbar, board, engine);
    document.body.replaceChildren(header.element, navigation.element, main, this.#speaker.element);
    const views = new Map<ViewName, View>();
    return { voice, header, navigation, notice, signIn, toolbar, controls, timeMachine, span, board, engine, views };
  }

  /** Everything in the other language, with the focus where it was. */
  #speak(language: Language): void {
    const focused = document.activeElement?.id;
    const choosing = document.getElementById("settings")?.matches(":popover-open");
    this.#settings.language = language;
    this.#parts = this.#build();
    this.show(this.#shown);
    if (choosing) document.getElementById("settings")?.showPopover();
    if (focused) document.getElementById(focused)?.focus();
  }
}
