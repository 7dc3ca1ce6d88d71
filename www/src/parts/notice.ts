/** One line above the numbers when they are not of now: the link is down, the page is paused, the instant is another. */

import type { LinkState } from "polso";
import { h, setText } from "../dom.ts";
import type { Picture } from "../picture.ts";
import type { Actions, Part, Voice } from "./part.ts";

export interface NoticeShown {
  readonly state: LinkState;
  readonly paused: boolean;
  readonly picture: Picture | undefined;
}

export class Notice implements Part<NoticeShown> {
  readonly element: HTMLElement;
  readonly #text = h("p", { role: "status" });
  readonly #back: HTMLButtonElement;
  readonly #voice: Voice;

  constructor(voice: Voice, { select }: Actions) {
    this.#voice = voice;
    this.#back = h("button", { type: "button", class: "quiet-button" }, voice.messages.backToLive);
    this.#back.addEventListener("click", () => select((selection) => ({ ...selection, at: undefined })));
    this.element = h("div", { class: "notice", hidden: true }, this.#text, this.#back);
  }

  show({ state, paused, picture }: NoticeShown): void {
    const text = picture === undefined ? "" : this.#sentence(state, paused, picture);
    this.element.hidden = text === "";
    this.#back.hidden = picture?.moment.selection.at === undefined;
    setText(this.#text, text);
  }

  #sentence(state: LinkState, paused: boolean, { moment }: Picture): string {
    const { messages, formats } = this.#voice;
    const taken = formats.rome.second(moment.nowMs);
    if (paused) return messages.pausedNotice(taken);
    if (state.kind === "late") return messages.lateNotice;
    if (state.kind === "reconnecting") return messages.staleNotice(taken);
    return moment.selection.at === undefined ? "" : messages.pastNotice(formats.rome.dayAndMinute(moment.atMs));
  }
}
