/** The same sum source by source, with what came late, the delay and when each was last heard of. */

import type { SourceIntegrity } from "polso";
import { h } from "../dom.ts";
import { outcomes } from "./integrity_sum.ts";
import type { Panel, Shown, Voice } from "./part.ts";
import { type Row, scrolled, Table } from "./table.ts";

export class IntegritySources implements Panel {
  readonly element: HTMLElement;
  readonly #table: Table;
  readonly #voice: Voice;

  constructor(voice: Voice) {
    const { messages } = voice;
    this.#voice = voice;
    const figures = (name: string, title?: string) => ({ name, figures: true, ...(title && { title }) });
    this.#table = new Table(messages.bySource, [
      { name: messages.columnSource },
      figures(messages.received),
      ...outcomes.map((name) => figures(messages[name])),
      figures(messages.late, messages.lateExplained),
      figures(messages.declaredDuplicates, messages.declaredExplained),
      figures(messages.clockSkew, messages.skewExplained),
      figures(messages.columnLastEvent),
      figures(messages.columnLastReceived),
    ]);
    this.element = h(
      "section",
      { class: "panel", "aria-label": messages.bySource },
      h("h2", {}, messages.bySource),
      scrolled(messages.bySource, this.#table.element),
      h("p", { class: "quiet" }, messages.skewNote),
    );
  }

  queries(): readonly [] {
    return [];
  }

  show({ picture: { integrity }, nowMs }: Shown): void {
    const { total, sources } = integrity;
    const names = Object.keys(sources).sort();
    const rows = names.flatMap((name) => {
      const figures = sources[name];
      return figures === undefined ? [] : [this.#row(`=${name}`, name, figures, nowMs)];
    });
    const whole =
      names.length > 1 ? [{ ...this.#row("total", this.#voice.messages.rowTotal, total, nowMs), total: true }] : [];
    this.#table.show([...rows, ...whole]);
  }

  #row(key: string, name: string, figures: SourceIntegrity, nowMs: number): Row {
    const { messages, formats } = this.#voice;
    const age = (at: string | null) =>
      at === null
        ? messages.never
        : { text: formats.age(nowMs - Date.parse(at)), title: formats.rome.dayAndSecond(Date.parse(at)), exported: at };
    return {
      key,
      cells: [
        name,
        formats.figure(figures.received),
        ...outcomes.map((outcome) => formats.figure(figures[outcome])),
        formats.figure(figures.late),
        formats.figure(figures.declared_duplicates ?? null),
        formats.span(figures.clock_skew_ms),
        age(figures.last_event),
        age(figures.last_received),
      ],
    };
  }
}
