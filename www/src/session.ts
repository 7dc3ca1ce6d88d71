/**
 * One viewer's visit: the link, what is selected, whether it is paused; gives the page its state.
 *
 * Decides when a picture is taken: at new data, every second, and at once when something else is selected. Without the
 * server windows would run empty: the last values stay, a new selection is answered as of then, and the page says so.
 */

import { momentOf } from "./moment.ts";
import { CoreNumbers, type Numbers } from "./numbers.ts";
import { Page, type PageShown } from "./page.ts";
import { Picture } from "./picture.ts";
import { type Selection, searchOf, selectionFrom } from "./selection.ts";
import { ServedNumbers } from "./served_numbers.ts";
import { Settings } from "./settings.ts";
import { currentToken, forgetToken, keepToken, onForgotten } from "./token.ts";

const statusEveryMs = 1_000;

export class Session {
  readonly #page: Page;
  #numbers: Numbers | undefined;
  #served = false;
  #begun = false;
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
        signOut: () => this.#leave(),
        togglePause: () => this.#togglePause(),
        valuesOf: (dimension) => (this.#numbers?.ready ? this.#numbers.values(dimension) : []),
        token: currentToken,
      },
      this.#shown,
    );
    // Ages grow and links fall silent without any event.
    setInterval(() => this.#show(), statusEveryMs);
    onForgotten(() => this.#leave());
    addEventListener("popstate", () => this.#look(selectionFrom(location.search)));
  }

  /** Connects with the token that there is; from now on others may come. @param served whether the server evaluates */
  begin(served: boolean): void {
    this.#served = served;
    this.#begun = true;
    const token = currentToken();
    if (token === undefined) this.#show();
    else this.enter(token);
  }

  /** Connects with this token, in place of any other. */
  enter(token: string): void {
    if (!this.#begun) return;
    this.#numbers?.close();
    const numbers = this.#served ? new ServedNumbers(token) : new CoreNumbers(token);
    this.#numbers = numbers;
    numbers.onState(() => {
      if (this.#numbers === numbers) this.#show();
    });
    numbers.onNews(() => {
      if (this.#numbers === numbers) this.#refresh();
    });
    this.#show();
  }

  fail(error: unknown): void {
    this.#page.fail(error);
  }

  /** Ends the link and keeps nothing of what it brought. */
  #leave(): void {
    forgetToken();
    this.#numbers?.close();
    this.#numbers = undefined;
    this.#picture = undefined;
    this.#show();
  }

  /** Whether the server goes on telling what happens. */
  get #followed(): boolean {
    const kind = this.#numbers?.state.kind;
    return !this.#paused && (kind === "live" || kind === "late");
  }

  #refresh(): void {
    if (!this.#followed) return;
    this.#takePicture();
    this.#show();
  }

  #takePicture(): void {
    const numbers = this.#numbers;
    if (!numbers?.ready) return;
    const nowMs = this.#followed ? numbers.momentMs : (this.#picture?.moment.nowMs ?? numbers.momentMs);
    const moment = momentOf(this.#selection, nowMs);
    const answers = numbers.answers(this.#page.queries(moment));
    if (answers !== undefined) this.#picture = new Picture(moment, numbers.integrity(), answers);
  }

  /** A choice of the viewer's is a step that the back button undoes. */
  #select(selection: Selection): void {
    const search = searchOf(selection);
    const left = this.#selection.view !== selection.view;
    if (search !== searchOf(this.#selection)) history.pushState(history.state, "", location.pathname + search);
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
    const { state, silenceMs, nowMs = Date.now() } = this.#numbers ?? { state: undefined, silenceMs: undefined };
    const [picture, selection, paused, served] = [this.#picture, this.#selection, this.#paused, this.#served];
    const loading = !this.#begun && currentToken() !== undefined;
    return { state, silenceMs, nowMs, picture, selection, paused, served, loading };
  }

  #show(): void {
    if (!document.hidden) this.#page.show(this.#shown);
  }
}
