/**
 * The golden cases of `tests/cases/`, laid out for one instant: what is sent, and what must come back.
 *
 * The format is described in `tests/cases/README.md`; `core/tests/golden/` reads the same files on its own.
 * This file decides nothing about events: it replaces placeholders and checks that a case is written in the format.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Query, SourceOptions } from "polso";
import { inRoot } from "../../scripts/paths.mjs";

const folder = inRoot("tests", "cases");

/** The verdict on one event, with its warnings and with code and field of each reason. */
export interface Result {
  readonly verdict: "accepted" | "duplicate" | "conflict" | "rejected" | "filtered";
  readonly late?: true;
  /** Late only because a newer event has said more, which the server's memory alone knows. */
  readonly superseded?: true;
  readonly warnings?: readonly string[];
  readonly reasons?: readonly (readonly [code: string, field?: string])[];
}

export type Kind = "conversione" | "spesa" | "storia";

const paths: Readonly<Record<Kind, string>> = {
  conversione: "/api/v1/eventi/conversione",
  spesa: "/api/v1/spese",
  storia: "/api/v1/eventi/storia",
};

export interface Sent {
  readonly kind: Kind;
  /** The event's JSON text, or a line that is none. */
  readonly text: string;
  readonly eventId?: string;
  readonly expected: Result;
  /** The dedup key in hex, where the case fixes it. */
  readonly key?: string;
}

export interface Request {
  readonly kind: Kind;
  readonly as: "one" | "array" | "ndjson";
  readonly events: readonly Sent[];
  /** How much later than `now` it is sent. */
  readonly afterMs: number;
}

/** One reading; numbers as the text that they have on the wire. */
export interface Reading {
  readonly kpi: string;
  readonly value: string | null;
  readonly numerator: string;
  readonly denominator: string | null;
  readonly status: string;
  readonly group: string | null;
}

export interface Question {
  readonly ask: Query;
  readonly window?: { readonly from?: string; readonly to?: string; readonly bucket_s?: number | null };
  readonly readings?: readonly Reading[];
  /** The code of the query's fault, in place of readings. */
  readonly refused?: string;
}

export interface Case {
  readonly file: string;
  readonly name: string;
  readonly source: SourceOptions;
  /** Only where the receiver's clock stands still. */
  readonly exactClock: boolean;
  readonly requests: readonly Request[];
  readonly queries: readonly Question[];
}

const caseFiles: readonly string[] = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .sort();

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function duration(text: string): number {
  const [, count = "", unit = ""] = /^(\d+)(ms|[smhd])$/.exec(text) ?? [];
  const ms = unitMs[unit];
  if (ms === undefined) throw new Error(`no duration: ${text}`);
  return Number(count) * ms;
}

/** `now`, `now-10m`, `now|5m`, `now|5m-1h+1ms`: an instant, floored to a multiple and moved. */
function instant(text: string, nowMs: number): string | undefined {
  const [, floor, moves = ""] = /^now(?:\|(\w+))?((?:[+-]\w+)*)$/.exec(text) ?? [];
  if (!text.startsWith("now")) return undefined;
  const step = floor === undefined ? 1 : duration(floor);
  let ms = Math.floor(nowMs / step) * step;
  for (const [, sign, length = ""] of moves.matchAll(/([+-])(\w+)/g)) ms += (sign === "-" ? -1 : 1) * duration(length);
  return new Date(ms).toISOString();
}

const inRome = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Europe/Rome",
  weekday: "short",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  hourCycle: "h23",
});
const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** The names of the groups in Rome that an instant belongs to. */
export function groupsInRome(ms: number): Readonly<Record<"giorno" | "ora" | "giorno_ora", string>> {
  const parts = Object.fromEntries(inRome.formatToParts(ms).map(({ type, value }) => [type, value]));
  const { year, month, day, weekday = "", hour = "" } = parts;
  return {
    giorno: `${year}-${month}-${day}`,
    ora: hour,
    giorno_ora: `${weekdays.indexOf(weekday) + 1}-${hour}`,
  };
}

/** `ora:now-1h`: the name of the group in Rome that an instant belongs to. */
function group(text: string, nowMs: number): string | undefined {
  const [, by, at = ""] = /^(giorno|ora|giorno_ora):(.+)$/.exec(text) ?? [];
  const found = by === undefined ? undefined : instant(at, nowMs);
  return found && groupsInRome(Date.parse(found))[by as "giorno" | "ora" | "giorno_ora"];
}

/** `x*64`: the text so often, `#` in it being the number of the repetition. */
function repeated(text: string): string | undefined {
  const [, unit, count] = /^(.+)\*(\d+)$/.exec(text) ?? [];
  if (unit === undefined) return undefined;
  return Array.from({ length: Number(count) }, (_, index) => unit.replaceAll("#", String(index + 1))).join("");
}

function laidOut(text: string, nowMs: number): string {
  return text.replace(
    /\{\{(.+?)\}\}/g,
    (whole, inner) => instant(inner, nowMs) ?? group(inner, nowMs) ?? repeated(inner) ?? whole,
  );
}

// biome-ignore lint/suspicious/noExplicitAny: the files are what is checked here
type Raw = any;

function known(where: string, object: Raw, keys: readonly string[]): void {
  for (const key of Object.keys(object)) if (!keys.includes(key)) throw new Error(`${where}: \`${key}\` means nothing`);
}

/** The texts of a request's events: raw as they are, the others laid over the file's base event. */
function texts(request: Raw, base: Raw): string[] {
  if (request.raw !== undefined) return request.raw;
  return request.events.map((event: Raw) => {
    const members = Object.entries({ ...base, ...event }).filter(([, value]) => value !== "{{absent}}");
    return JSON.stringify(Object.fromEntries(members));
  });
}

function readResult({ late, ...result }: Raw): Result {
  return { ...result, ...(late && { late: true }), ...(late === "superseded" && { superseded: true }) };
}

function readRequest(where: string, request: Raw, file: Raw, afterMs: number): Request {
  known(where, request, ["kind", "as", "wait", "times", "events", "raw", "event_ids", "keys", "results"]);
  const fileKind: Kind = file.kind ?? "conversione";
  const kind: Kind = request.kind ?? fileKind;
  const single = texts(request, kind === fileKind ? (file.base ?? {}) : {});
  if (single.length !== request.results.length) throw new Error(`${where}: as many results as events`);
  const round = (number: number): Sent[] =>
    single.map((text, index) => {
      const { event_ids: ids, keys, results } = request;
      return {
        kind,
        text: text.replaceAll("{{n}}", String(number).padStart(6, "0")),
        expected: readResult(results[index]),
        ...(ids?.[index] == null ? {} : { eventId: ids[index] }),
        ...(keys?.[index] == null ? {} : { key: keys[index] }),
      };
    });
  const events = Array.from({ length: request.times ?? 1 }, (_, index) => round(index + 1)).flat();
  return { kind, as: request.as ?? (events.length === 1 ? "one" : "array"), events, afterMs };
}

function readCase(name: string, file: Raw, raw: Raw): Case {
  const where = `${name}: ${raw.name}`;
  known(where, raw, ["name", "source", "exact_clock", "requests", "queries"]);
  known(where, raw.source, ["name", "dedup", "dedup_ttl_s", "client_id", "only_italy"]);
  const queries = (raw.queries ?? []).map((query: Raw): Question => {
    known(where, query, ["ask", "window", "readings", "refused"]);
    const readings = query.readings?.map((reading: Raw): Reading => {
      known(where, reading, ["kpi", "value", "numerator", "denominator", "status", "group"]);
      return { denominator: null, group: null, ...reading };
    });
    return { ...query, ...(readings && { readings }) };
  });
  const waits = raw.requests.some(({ wait }: Raw) => wait !== undefined);
  if (waits && !raw.exact_clock) throw new Error(`${where}: who waits needs the exact clock`);
  let afterMs = 0;
  const requests = raw.requests.map((request: Raw): Request => {
    afterMs += request.wait === undefined ? 0 : duration(request.wait);
    return readRequest(where, request, file, afterMs);
  });
  return {
    file: name,
    name: raw.name,
    source: raw.source,
    exactClock: raw.exact_clock ?? false,
    requests,
    queries,
  };
}

/** The cases of one file as they are at `nowMs`. */
export function readCases(file: string, nowMs: number): Case[] {
  const raw = JSON.parse(laidOut(readFileSync(join(folder, file), "utf8"), nowMs));
  known(file, raw, ["about", "kind", "base", "cases"]);
  return raw.cases.map((one: Raw) => readCase(file, raw, one));
}

/** Every case as it is at `nowMs`. */
export function allCases(nowMs: number): Case[] {
  const cases = caseFiles.flatMap((file) => readCases(file, nowMs));
  const names = cases.map(({ source }) => source.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`two cases have the source \`${twice}\``);
  return cases;
}

/** A server takes so many sources. */
export const sourcesMax = 64;

/** The table of a case's source in a server's configuration. Each case has a space of its own, named as its source. */
export function sourceTable({ source }: Case): [string, Record<string, string | boolean>] {
  const { name, dedup_ttl_s, ...rules } = source;
  const ttl = dedup_ttl_s === undefined ? {} : { dedup_ttl: `${dedup_ttl_s}s` };
  return [name, { kind: "native", space: name, ...rules, ...ttl }];
}

/** Whether a case can be sent to a running server: its clock goes on, and no native event carries a signed id. */
export const isForServers = ({ exactClock, source }: Case): boolean => !exactClock && source.dedup !== "event_id";

/** The path, content type and body of a request as a sender writes it. */
export function written({ kind, as, events }: Request): { path: string; type: string; body: string } {
  const texts = events.map(({ text }) => text);
  return {
    path: paths[kind],
    type: as === "ndjson" ? "application/x-ndjson" : "application/json",
    body: as === "array" ? `[${texts.join(",")}]` : texts.join("\n"),
  };
}

/** A verdict as the cases write it; what is not compared (messages) falls away. */
export function shortened(verdict: Raw): Result {
  const { verdict: name, late, warnings, reasons } = verdict;
  return {
    verdict: name,
    ...(late && { late }),
    ...(warnings && { warnings }),
    ...(reasons && {
      reasons: reasons.map(({ code, field }: Raw) => (field === undefined ? [code] : [code, field])),
    }),
  };
}

/** The readings of an answer's text, numbers as they are written there. */
export function readingsOf(answer: string): Reading[] {
  const exact = (_name: string, value: unknown, { source }: { source?: string }) =>
    typeof value === "number" ? source : value;
  const parse = JSON.parse as (text: string, reviver: typeof exact) => { readings: Raw[] };
  return parse(answer, exact).readings.map(({ kpi, value, numerator, denominator, status, group }) => ({
    kpi,
    value,
    numerator,
    denominator,
    status,
    group,
  }));
}
