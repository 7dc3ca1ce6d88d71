/**
 * One viewer's visit: the link, what is selected, whether it is paused; gives the page its state.
 *
 * Decides when a picture is taken: at new data, every second, and at once when something else is selected. Without the
 * server windows would run empty: the last values stay, a new selection is answered as of then, and the page says so.
 */

import { connect, type Live } from "polso";
import { momentOf } from "./moment.ts";
import { Page, type PageShown } from "./page.ts";
import { type Picture, take } from "./picture.ts";
import { type Selection, searchOf, selectionFrom } from "./selection.ts";
import { Settings } from "./settings.ts";
import { currentToken, forgetToken, keepToken, onForgotten } from "./token.ts";

const statusEveryMs = 1_000;

export class Session {
  readonly #page: Page;
  #live: Live | undefined;
  #picture: Picture | undefined;
  #selection: Selection = selectionFrom(location.search);
  #paused = false;

  constructor() {
    this.#page = new Page(
      new Settings(),
      {
        enter: (token, remembered = false) => {
          keepToken(token, remembered);
          this.enter(token);
        },
        select: (change) => this.#select(change(this.#selection)),
        signOut: () => {
          forgetToken();
          this.leave();
        },
        togglePause: () => this.#togglePause(),
        valuesOf: (dimension) => (this.#live?.ready ? this.#live.values(dimension) : []),
        token: currentToken,
      },
      this.#shown,
    );
    // Ages grow and links fall silent without any event.
    setInterval(() => this.#show(), statusEveryMs);
    onForgotten(() => this.leave());
    addEventListener("popstate", () => this.#look(selectionFrom(location.search)));
  }

  /** Connects with this token, in place of any other. */
  enter(token: string): void {
    this.#live?.close();
    const live = connect({ token });
    this.#live = live;
    live.onState(() => {
      if (this.#live === live) this.#show();
    });
    live.watch([], () => this.#refresh());
    this.#show();
  }

  /** Ends the link and shows nothing of what it brought. */
  leave(): void {
    this.#live?.close();
    this.#live = undefined;
    this.#picture = undefined;
    this.#show();
  }

  fail(error: unknown): void {
    this.#page.fail(error);
  }

  /** Whether the server goes on telling what happens. */
  get #followed(): boolean {
    const kind = this.#live?.state.kind;
    return !this.#paused && (kind === "live" || kind === "late");
  }

  #refresh(): void {
    if (!this.#followed) return;
    this.#takePicture();
    this.#show();
  }

  #takePicture(): void {
    const live = this.#live;
    if (!live?.ready) return;
    const nowMs = this.#followed ? live.nowMs : (this.#picture?.moment.nowMs ?? live.nowMs);
    const moment = momentOf(this.#selection, nowMs);
    this.#picture = take(live, moment, this.#page.queries(moment));
  }

  /** A choice of the viewer's is a step that the back button undoes. */
  #select(selection: Selection): void {
    const search = searchOf(selection);
    if (search === searchOf(this.#selection)) return;
    const left = this.#selection.view !== selection.view;
    history.pushState(history.state, "", location.pathname + search);
    this.#look(selection);
    if (left) scrollTo(0, 0);
  }

  #look(selection: Selection): void {
    this.#selection = selection;
    this.#takePicture();
    this.#show();
  }

  #togglePause(): void {
    this.#paused = !this.#paused;
    this.#refresh();
    this.#show();
  }

  get #shown(): PageShown {
    const { state, silenceMs, nowMs = Date.now() } = this.#live ?? { state: undefined, silenceMs: undefined };
    return { state, silenceMs, nowMs, picture: this.#picture, selection: this.#selection, paused: this.#paused };
  }

  #show(): void {
    if (!document.hidden) this.#page.show(this.#shown);
  }
}
