/** One line above the numbers when they are not as fresh as they look. */

import type { LinkState } from "polso";
import { h, setText } from "../dom.ts";
import type { Part, Voice } from "./part.ts";

export interface NoticeShown {
  readonly state: LinkState;
  readonly paused: boolean;
  /** When the numbers were last known to be right; none before the first. */
  readonly asOfMs: number | undefined;
}

export class Notice implements Part<NoticeShown> {
  readonly element = h("p", { class: "notice", role: "status", hidden: true });
  readonly #voice: Voice;

  constructor(voice: Voice) {
    this.#voice = voice;
  }

  show({ state, paused, asOfMs }: NoticeShown): void {
    const text = asOfMs === undefined ? "" : this.#sentence(state, paused, this.#voice.formats.rome.second(asOfMs));
    this.element.hidden = text === "";
    setText(this.element, text);
  }

  #sentence(state: LinkState, paused: boolean, time: string): string {
    const { messages } = this.#voice;
    if (paused) return messages.pausedNotice(time);
    if (state.kind === "late") return messages.lateNotice;
    return state.kind === "reconnecting" ? messages.staleNotice(time) : "";
  }
}
