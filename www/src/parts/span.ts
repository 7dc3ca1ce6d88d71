/** Which span of time the numbers are of, from which buckets they were summed, and when they were taken. */

import { h, setText } from "../dom.ts";
import type { Domain } from "../domains.ts";
import { windowQuery } from "../moment.ts";
import type { Picture } from "../picture.ts";
import type { Part, Voice } from "./part.ts";

export interface SpanShown {
  readonly picture: Picture;
  readonly domains: readonly Domain[];
}

export class Span implements Part<SpanShown> {
  readonly element = h("p", { class: "span quiet" });
  readonly #voice: Voice;

  constructor(voice: Voice) {
    this.#voice = voice;
  }

  show({ picture, domains: [domain] }: SpanShown): void {
    const { messages, formats } = this.#voice;
    const { moment } = picture;
    const updated = messages.updatedAt(formats.rome.second(moment.nowMs));
    if (domain === undefined) {
      setText(this.element, updated);
      return;
    }
    const window = picture.answer(windowQuery(moment, domain))?.window;
    const [from, to] = [window?.from ?? null, window?.to ?? null];
    if (from === null || to === null) {
      setText(this.element, messages.notHeld);
      return;
    }
    const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
    const sameDay = formats.rome.day(fromMs) === formats.rome.day(toMs);
    const label = (ms: number) => (sameDay ? formats.rome.second(ms) : formats.rome.dayAndMinute(ms));
    const day = sameDay && moment.selection.at !== undefined ? `${formats.rome.day(fromMs)}, ` : "";
    const bucket = messages.bucket(formats.length((window?.bucket_s ?? 0) * 1_000));
    const parts = [messages.windowSpan(day + label(fromMs), label(toMs)), bucket];
    if (moment.selection.at === undefined) parts.push(updated);
    setText(this.element, parts.join(" · "));
  }
}
