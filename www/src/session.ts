/**
 * One viewer's visit: the link, what is selected, whether it is paused; gives the page its state.
 */

import { connect, type Live } from "polso";
import { Page } from "./page.ts";
import { type Picture, take } from "./picture.ts";
import { type Selection, searchOf, selectionFrom } from "./selection.ts";
import { Settings } from "./settings.ts";
import { keepToken } from "./token.ts";

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
        enter: (token) => {
          keepToken(token);
          this.enter(token);
        },
        select: (selection) => this.#select(selection),
        togglePause: () => this.#togglePause(),
        valuesOf: (dimension) => (this.#live?.ready ? this.#live.values(dimension) : []),
      },
      this.#shown,
    );
    // Ages grow and links fall silent without any event.
    setInterval(() => this.#show(), statusEveryMs);
    addEventListener("popstate", () => this.#select(selectionFrom(location.search)));
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

  fail(error: unknown): void {
    this.#page.fail(error);
  }

  #refresh(): void {
    const live = this.#live;
    const current = live?.state.kind === "live" || live?.state.kind === "late";
    // Without the server the windows would run empty: the last values stay, and the page says of when they are.
    if (live === undefined || !live.ready || !current || this.#paused) return;
    this.#picture = take(live, this.#selection);
    this.#show();
  }

  #select(selection: Selection): void {
    this.#selection = selection;
    history.replaceState(history.state, "", location.pathname + searchOf(selection));
    if (this.#live?.ready) this.#picture = take(this.#live, selection);
    this.#show();
  }

  #togglePause(): void {
    this.#paused = !this.#paused;
    this.#refresh();
    this.#show();
  }

  get #shown() {
    const { state, silenceMs, nowMs = Date.now() } = this.#live ?? { state: undefined, silenceMs: undefined };
    return { state, silenceMs, nowMs, picture: this.#picture, selection: this.#selection, paused: this.#paused };
  }

  #show(): void {
    if (!document.hidden) this.#page.show(this.#shown);
  }
}
