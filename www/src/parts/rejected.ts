/**
 * Rejected events, newest first, page by page: each with its reasons and its text, and a button that has it judged again.
 *
 * Asks the server only while it is seen. With a token that may not read them it says which one is needed.
 */

import { h, setText } from "../dom.ts";
import { type CsvCell, csvFile, csvStyles } from "../export/csv.ts";
import { download, fileName } from "../export/download.ts";
import { listRejected, type RejectedEvent, type RejectedPage, RequestFailed } from "../rejected.ts";
import type { Actions, Part, Voice } from "./part.ts";
import { problemOf, RejectedRow } from "./rejected_row.ts";
import { tokenForm } from "./token_form.ts";

const command = 'npm run -s token -- --scope "view admin" --ttl 8h';

export class RejectedEvents implements Part<readonly string[]> {
  readonly element: HTMLElement;
  readonly #status = h("p", { class: "quiet", role: "status" });
  readonly #problem = h("p", { class: "problem", role: "alert" });
  readonly #list = h("ol", { class: "rejected-list" });
  readonly #admin: HTMLElement;
  readonly #source: HTMLSelectElement;
  readonly #newer: HTMLButtonElement;
  readonly #older: HTMLButtonElement;
  readonly #csv: HTMLButtonElement;
  readonly #voice: Voice;
  readonly #actions: Actions;
  /** The cursors of the pages on the way here; the last one is of this page. */
  #way: (string | null)[] = [null];
  #page: RejectedPage | undefined;
  #askedWith: string | undefined;
  #sources = "";
  /** Counts what was asked, so that an answer that was overtaken is not shown. */
  #asked = 0;

  constructor(voice: Voice, actions: Actions) {
    const { messages } = voice;
    const words = messages.rejectedEvents;
    this.#voice = voice;
    this.#actions = actions;
    this.#source = h("select", { id: "rejected-source", "aria-label": words.source });
    this.#source.addEventListener("change", () => this.#walk([null]));
    this.#newer = this.#button(words.newer, () => this.#walk(this.#way.slice(0, -1)));
    this.#older = this.#button(words.older, () => this.#walk([...this.#way, this.#page?.next ?? null]));
    this.#csv = this.#button("CSV", () => this.#export());
    const refresh = this.#button(words.refresh, () => this.#walk([null]));
    this.#admin = h(
      "div",
      { class: "needs-admin", hidden: true },
      h("h3", {}, words.adminTitle),
      h("p", {}, words.adminText),
      h("pre", { tabindex: 0 }, h("code", {}, command)),
      tokenForm(voice, { id: "admin-token", open: words.adminOpen, enter: (token) => actions.enter(token) }),
    );
    this.element = h(
      "section",
      { class: "panel rejected", "aria-labelledby": "rejected-name" },
      h("header", {}, h("h2", { id: "rejected-name" }, words.title), this.#source, refresh, this.#csv),
      h("p", { class: "quiet" }, words.explained),
      this.#status,
      this.#problem,
      this.#admin,
      this.#list,
      h("p", { class: "pages" }, this.#newer, this.#older),
    );
    this.#settle();
  }

  /** @param sources those that have sent something */
  show(sources: readonly string[]): void {
    this.#offer(sources);
    if (this.#askedWith !== this.#actions.token()) this.#walk([null]);
  }

  #button(name: string, act: () => void): HTMLButtonElement {
    const button = h("button", { type: "button", class: "quiet-button" }, name);
    button.addEventListener("click", act);
    return button;
  }

  #offer(sources: readonly string[]): void {
    const offered = sources.join();
    if (offered === this.#sources && this.#source.options.length > 0) return;
    this.#sources = offered;
    const chosen = this.#source.value;
    const every = h("option", { value: "" }, this.#voice.messages.rejectedEvents.allSources);
    const each = sources.map((source) => h("option", { value: source, selected: source === chosen }, source));
    this.#source.replaceChildren(every, ...each);
  }

  async #walk(way: (string | null)[]): Promise<void> {
    const words = this.#voice.messages.rejectedEvents;
    const token = this.#actions.token();
    this.#askedWith = token;
    if (token === undefined) return;
    this.#asked += 1;
    const asked = this.#asked;
    setText(this.#status, words.loading);
    setText(this.#problem, "");
    try {
      const page = await listRejected(token, this.#source.value, way.at(-1) ?? null);
      if (asked !== this.#asked) return;
      this.#way = way;
      this.#page = page;
      this.#admin.hidden = true;
      this.#list.replaceChildren(...page.rejected.map((event) => this.#row(event, page.rules)));
      setText(this.#status, this.#describe(page));
    } catch (error) {
      if (asked !== this.#asked) return;
      this.#fail(error);
    }
    this.#settle();
  }

  #row(event: RejectedEvent, rules: number): HTMLElement {
    const token = () => this.#actions.token() ?? "";
    return new RejectedRow(this.#voice, event, rules, token).element;
  }

  #describe({ rejected, next }: RejectedPage): string {
    const { messages, formats } = this.#voice;
    const words = messages.rejectedEvents;
    if (rejected.length > 0) return words.shown(formats.count(rejected.length));
    return next === null ? words.none : words.noneHere;
  }

  #fail(error: unknown): void {
    const needsAdmin = error instanceof RequestFailed && error.code === "scope_missing";
    setText(this.#status, "");
    setText(this.#problem, needsAdmin ? "" : problemOf(this.#voice, error));
    this.#admin.hidden = !needsAdmin;
    if (!needsAdmin) return;
    this.#page = undefined;
    this.#list.replaceChildren();
  }

  #settle(): void {
    const none = (this.#page?.rejected.length ?? 0) === 0;
    this.#newer.hidden = this.#way.length === 1;
    this.#older.hidden = (this.#page?.next ?? null) === null;
    this.#csv.hidden = none;
  }

  #export(): void {
    const { messages } = this.#voice;
    const words = messages.rejectedEvents;
    const head = [words.received, words.source, messages.reasons, words.body];
    const rows = (this.#page?.rejected ?? []).map(({ received, source, reasons, body }): CsvCell[] => {
      return [received, source, reasons.map(({ code }) => code).join(" "), body];
    });
    const text = csvFile([head, ...rows], csvStyles[messages.lang]);
    download(fileName(words.title, Date.now(), "csv"), new Blob([text], { type: "text/csv" }));
  }
}
