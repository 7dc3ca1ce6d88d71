/**
 * Every KPI of a subject by one dimension over the chosen window, the largest first, the whole in the last row. The
 * name of a column sorts by it and shows it in the charts; the name of a row filters by it.
 *
 * By story there is the click-through rate of its first 15 minutes too, which is kept for the whole story alone and
 * so knows no other filter. The completion of short videos, which has a target, is shown with it.
 *
 * Shows {@link pageRows} rows, and as many more each time that is asked for, up to {@link rowsMax}.
 */

import type { Answer, Query, Reading } from "polso";
import { h, setText } from "../dom.ts";
import { type Dimension, type Domain, domains, filtersFor, shownDimension, shownKpi, splitFilter } from "../domains.ts";
import { groupedBy, readingOf } from "../groups.ts";
import { iso, type Moment, windowQuery } from "../moment.ts";
import { filterOf, toggled } from "../selection.ts";
import { type Actions, type Panel, type Shown, type Voice, valueName } from "./part.ts";
import { figureOf, marks, sentenceOf, standingOf } from "./readings.ts";
import { type Cell, type Row, scrolled, Table } from "./table.ts";

const pageRows = 25;
const rowsMax = 400;
/** Of how many stories the figures with filters of their own are asked: those that were seen most. */
const apartMax = 400;
const opening = "ctr_15m";

export class TableBy implements Panel {
  readonly element: HTMLElement;
  readonly #columns: readonly string[];
  readonly #choice: HTMLSelectElement;
  readonly #table: Table;
  readonly #note = h("p", { class: "quiet" });
  readonly #more: HTMLButtonElement;
  readonly #voice: Voice;
  readonly #domain: Domain;
  #rows = pageRows;

  constructor(voice: Voice, actions: Actions, domain: Domain) {
    const { messages } = voice;
    this.#voice = voice;
    this.#domain = domain;
    const { kpis, dimensions } = domains[domain];
    this.#columns = domain === "stories" ? [opening, ...kpis] : kpis;
    const columns = this.#columns.map((column) => {
      const name = messages.kpi[column as keyof typeof messages.kpi];
      const kpi = [...kpis].find((known) => known === column);
      const choose = kpi && (() => actions.select((selection) => ({ ...selection, kpi })));
      return { name, figures: true, ...(choose === undefined ? { title: messages.openingHint } : { choose }) };
    });
    this.#table = new Table(messages.allKpis, [{ name: messages.columnValue }, ...columns], (value) => {
      actions.select((selection) => toggled(selection, filterOf(shownDimension(domain, selection.by), value)));
    });
    const options = dimensions.map((dimension) => h("option", { value: dimension }, messages.by[dimension]));
    this.#choice = h("select", { id: `by-${domain}`, "aria-label": messages.chooseBy }, ...options);
    this.#choice.addEventListener("change", () => {
      this.#rows = pageRows;
      actions.select((selection) => ({ ...selection, by: this.#choice.value as Dimension }));
    });
    this.#more = h("button", { type: "button", class: "quiet-button", hidden: true });
    this.#more.addEventListener("click", () => {
      this.#rows = Math.min(this.#rows + pageRows, rowsMax);
      actions.select((selection) => selection);
    });
    this.element = h(
      "section",
      { class: "panel table-by", "aria-label": messages.allKpis },
      h("header", {}, h("h2", {}, messages.allKpis), this.#choice),
      scrolled(messages.allKpis, this.#table.element),
      h("footer", {}, this.#note, this.#more),
    );
  }

  queries(moment: Moment): readonly Query[] {
    const { selection, atMs } = moment;
    const by = shownDimension(this.#domain, selection.by);
    const where = filtersFor(this.#domain, selection.where, by);
    const asked = { window: selection.window, kind: selection.kind, at: iso(atMs), by };
    const sorted = shownKpi(this.#domain, selection.kpi);
    const kpi = [sorted, ...domains[this.#domain].kpis.filter((other) => other !== sorted)];
    const all: Query = { ...asked, kpi, where, top: this.#rows };
    const whole = windowQuery(moment, this.#domain);
    if (by !== "story") return [whole, all];
    const { window, kind, at } = asked;
    const ofStories = selection.where.filter((filter) => splitFilter(filter).dimension === "story");
    const shortVideos = where.filter((filter) => splitFilter(filter).dimension !== "formato");
    return [
      whole,
      all,
      { ...asked, kpi: ["views", opening], top: apartMax },
      { ...asked, kpi: ["views", "completion"], where: [...shortVideos, "formato:video_breve"], top: apartMax },
      { window, kind, at, kpi: [opening], where: ofStories },
    ];
  }

  show({ picture }: Shown): void {
    const { messages, formats } = this.#voice;
    const { selection } = picture.moment;
    const by = shownDimension(this.#domain, selection.by);
    const sorted = shownKpi(this.#domain, selection.kpi);
    if (this.#choice.value !== by) this.#choice.value = by;
    this.#table.name(0, messages.dimension[by]);
    const [whole, all, openings, shortVideos, together] = this.queries(picture.moment).map((query) =>
      picture.answer(query),
    );
    const of = (group: readonly Reading[]) => readingOf(group, sorted)?.value ?? -1;
    const groups = [...groupedBy(all?.readings ?? [])].toSorted(
      ([a, left], [b, right]) => of(right) - of(left) || (a < b ? -1 : 1),
    );
    const filters = new Set(selection.where);
    const rows: Row[] = groups.map(([value, readings]) => ({
      key: value,
      picked: filters.has(filterOf(by, value)),
      cells: this.#cells(valueName(this.#voice, value), [...withTargets(value, readings, openings, shortVideos)]),
    }));
    const total: Row = {
      key: "\u0000total",
      total: true,
      cells: this.#cells(messages.rowTotal, [...(whole?.readings ?? []), ...(together?.readings ?? [])]),
    };
    this.#table.show([...rows, total], this.#columns.indexOf(sorted) + 1);
    const hidden = (all?.groups ?? 0) - rows.length;
    setText(
      this.#note,
      groups.length === 0 ? messages.windowEmpty : hidden > 0 ? messages.more(formats.count(hidden)) : "",
    );
    this.#more.hidden = hidden <= 0 || this.#rows >= rowsMax;
    setText(this.#more, messages.showMore(formats.count(pageRows)));
  }

  #cells(name: string, readings: readonly Reading[]): readonly (string | Cell)[] {
    const figures = this.#columns.map((kpi) => {
      const reading = readingOf(readings, kpi);
      if (reading === undefined) return { text: this.#voice.messages.noValue, number: null };
      const standing = standingOf(reading);
      const mark = standing === "ok" || standing === "unavailable" ? "" : `${marks[standing]} `;
      const title = sentenceOf(this.#voice, name, reading);
      return { text: mark + figureOf(this.#voice, reading), title, standing, number: reading.value };
    });
    return [name, ...figures];
  }
}

/** A story's readings with those that are asked for apart. */
function* withTargets(
  story: string,
  readings: readonly Reading[],
  openings: Answer | undefined,
  shortVideos: Answer | undefined,
): Generator<Reading> {
  const of = (answer: Answer | undefined, kpi: string) =>
    answer?.readings.find((reading) => reading.group === story && reading.kpi === kpi);
  const [frozen, short] = [of(openings, opening), of(shortVideos, "completion")];
  if (frozen !== undefined) yield frozen;
  for (const reading of readings) {
    // All of its views were of a short video: then the target is its own.
    const same = short?.kpi === reading.kpi && short.denominator === reading.denominator;
    yield same && short !== undefined ? short : reading;
  }
}
