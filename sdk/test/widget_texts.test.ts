/** What a widget says: figures, ages, spans in Rome, names of groups, and how far to trust a reading. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer, Reading } from "../ts/types.ts";
import { type Language, languageOf, voiceOf } from "../ts/widget/language.ts";
import { en } from "../ts/widget/messages/en.ts";
import { it } from "../ts/widget/messages/it.ts";
import { basisNames, dimensionNames, kpiNames, valueNames } from "../ts/widget/messages/names.ts";
import { basisOf, courseOf, groupsOf, sentenceOf, statusOf } from "../ts/widget/points.ts";

function reading(more: Partial<Reading> = {}): Reading {
  return {
    kpi: "conversion_rate",
    value: 0.743,
    numerator: 2_687,
    denominator: 3_618,
    unit: "ratio",
    target: null,
    status: "ok",
    group: null,
    ...more,
  };
}

function answer(readings: readonly Reading[], from: string, to: string, bucket_s = 30): Answer {
  const window = { kind: "sliding", from, to, bucket_s } as const;
  return { space: "main", now: to, window, readings, freshness: { last_event: null, last_received: null } };
}

const both = (say: (language: Language) => string | undefined) => (["it", "en"] as const).map(say);

test("figures are grouped from the thousand on, money and shares as each language writes them", () => {
  const value = (figure: number | null, unit: Reading["unit"]) =>
    both((language) => voiceOf(language).formats.value(figure, unit).replaceAll("\u00a0", " "));
  assert.deepEqual(value(1_234, "count"), ["1.234", "1,234"]);
  assert.deepEqual(value(1_234.5, "euro"), ["1.234,50 €", "€1,234.50"]);
  assert.deepEqual(value(0.5, "ratio"), ["50,0%", "50.0%"]);
  assert.deepEqual(value(0, "count"), ["0", "0"]);
  assert.deepEqual(value(null, "count"), ["–", "–"], "missing is not zero");
});

test("a target leaves out decimals that say nothing", () => {
  const target = (figure: number, unit: Reading["unit"]) => voiceOf("it").formats.target(figure, unit);
  assert.deepEqual(
    [target(0.15, "ratio"), target(0.155, "ratio"), target(1_000, "count"), target(100.5, "euro"), target(100, "euro")],
    ["15%", "15,5%", "1.000", "100,50\u00a0€", "100\u00a0€"],
  );
});

test("ages are in the largest unit that fits once", () => {
  const age = (ms: number) => both((language) => voiceOf(language).formats.age(ms));
  assert.deepEqual(age(999), ["ora", "now"]);
  assert.equal(age(59_999)[0], "59 s fa");
  assert.equal(age(60_000)[0], "1 min fa");
  assert.match(age(3_600_000)[1] ?? "", /^1\s?hr? ago$/);
  assert.equal(age(-5)[0], "ora", "a clock that is ahead");
});

test("spans are those of Rome, and the repeated hour is told apart", () => {
  const span = (from: string, to: string, bucketS: number) =>
    voiceOf("it").formats.rome.span(Date.parse(from), Date.parse(to), bucketS);
  assert.equal(span("2026-03-10T11:00:30Z", "2026-03-10T12:00:30Z", 30), "12:00:30–13:00:30");
  assert.equal(span("2026-07-10T11:00:00Z", "2026-07-10T12:00:00Z", 300), "13:00–14:00");
  assert.equal(span("2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z", 300), "02:00 CEST–02:00 CET");
  assert.equal(span("2026-03-09T12:05:00Z", "2026-03-10T12:05:00Z", 300), "9 mar, 13:05 – 10 mar, 13:05");
  assert.equal(span("2026-03-09T23:00:00Z", "2026-03-10T23:00:00Z", 300), "10 mar", "a day of the calendar");
  assert.equal(span("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 300), "29 mar", "one of 23 hours");
  assert.equal(span("2026-03-01T00:00:00Z", "2026-03-08T00:00:00Z", 86_400), "1 mar – 7 mar", "days of UTC");
});

test("each step of a course is named by its span, and the last one still grows", () => {
  const groups = ["2026-03-10T11:55:00.000Z", "2026-03-10T12:00:00.000Z"];
  const given = answer(
    groups.map((group) => reading({ group })),
    groups[0] ?? "",
    "2026-03-10T12:04:00.000Z",
  );
  const points = courseOf(voiceOf("it"), given, 300_000);
  assert.deepEqual(
    points.map(({ label, current }) => [label, current]),
    [
      ["12:55:00–13:00:00", false],
      ["13:00:00–13:04:00", true],
    ],
  );
  assert.equal(
    sentenceOf(voiceOf("it"), points[1] ?? assert.fail()),
    "13:00:00–13:04:00 · 74,3% · 2.687 su 3.618 eventi conclusi · in corso",
  );
});

test("groups go by size, what is not sure after what is, and at most 100 are points", () => {
  const given = [
    reading({ group: "sms", value: 0.2 }),
    reading({ group: "email", value: 0.9, status: "insufficient" }),
    reading({ group: "", value: 0.3 }),
    reading({ group: "webform", value: null, status: "unavailable" }),
  ];
  const { points, more } = groupsOf(voiceOf("it"), answer(given, "", ""), "canale");
  assert.deepEqual([points.map(({ label }) => label), more], [["senza valore", "SMS", "Email", "Modulo web"], 0]);
  const many = Array.from({ length: 101 }, (_, index) => reading({ group: `c${index}`, value: index }));
  const found = groupsOf(voiceOf("en"), answer(many, "", ""), "campagna");
  assert.deepEqual([found.points.length, found.points[0]?.label, found.more], [100, "c100", 1]);
});

test("days and hours keep their order and are called as people do", () => {
  const named = (by: string, groups: string[]) =>
    groupsOf(
      voiceOf("it"),
      answer(
        groups.map((group, index) => reading({ group, value: index })),
        "",
        "",
      ),
      by,
    ).points.map(({ label }) => label);
  assert.deepEqual(named("giorno", ["2026-03-28", "2026-03-29"]), ["28 mar", "29 mar"]);
  assert.deepEqual(named("ora", ["00", "23"]), ["00:00", "23:00"]);
  assert.deepEqual(named("giorno_ora", ["1-09", "7-20"]), ["dom 20:00", "lun 09:00"]);
});

test("a value says what it is made of, and a missing one why it is missing", () => {
  const basis = (more: Partial<Reading>) => basisOf(voiceOf("it"), reading(more)).replaceAll("\u00a0", " ");
  assert.equal(basis({}), "2.687 su 3.618 eventi conclusi");
  assert.equal(
    basis({ kpi: "average_value", unit: "euro", numerator: 1_234.5, denominator: 2 }),
    "1.234,50 € su 2 conversioni",
  );
  assert.equal(basis({ kpi: "conversions", unit: "count", denominator: null }), "");
  assert.equal(basis({ value: null, numerator: 0, denominator: 0 }), "nessun dato in questa finestra");
  assert.equal(
    basis({ kpi: "cpa", value: null, unit: "euro", numerator: 0, denominator: 7 }),
    "manca la spesa pubblicitaria",
  );
});

test("a status has a mark beside its colour, and nothing is said where there is nothing to say", () => {
  const status = (more: Partial<Reading>) => {
    const shown = statusOf(voiceOf("it"), reading(more));
    return shown && `${shown.mark} ${shown.word} (${shown.full})`;
  };
  assert.equal(status({}), undefined);
  assert.equal(status({ target: 0.15 }), "✓ obiettivo 15% (obiettivo 15% raggiunto)");
  assert.equal(status({ target: 0.15, status: "below_target" }), "▼ obiettivo 15% (sotto obiettivo 15%)");
  assert.equal(status({ target: 0.3, status: "above_target" }), "▲ obiettivo 30% (sopra obiettivo 30%)");
  assert.equal(status({ status: "insufficient" }), "◔ dati insufficienti (dati insufficienti)");
  assert.equal(status({ status: "unavailable", value: null }), "○ non disponibile (non disponibile)");
});

test("the first known language of those wanted speaks, else English", () => {
  const check = (wanted: string[], expected: Language) => assert.equal(languageOf(wanted), expected, wanted.join());
  check(["it-CH"], "it");
  check(["de", "IT"], "it");
  check(["en-US", "it"], "en");
  check(["", "fr"], "en");
});

test("both languages say everything, and nothing twice the same by mistake", () => {
  const keys = (messages: object): string[] =>
    Object.entries(messages).flatMap(([key, value]) =>
      typeof value === "object" ? [key, ...keys(value).map((inner) => `${key}.${inner}`)] : [key],
    );
  assert.deepEqual(keys(en).sort(), keys(it).sort());
  for (const names of [kpiNames, basisNames, dimensionNames, valueNames]) {
    for (const [code, [italian, english]] of Object.entries(names)) assert.ok(italian && english, code);
  }
});
