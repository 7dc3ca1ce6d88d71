/** CSV that Italian and English Excel open by double click, and the published vectors of csv-spectrum. */

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type CsvCell, csvFile, csvRecords, csvStyles } from "../src/export/csv.ts";
import { fileName } from "../src/export/download.ts";

function check(cell: CsvCell, italian: string, english = italian): void {
  assert.equal(csvRecords([[cell]], csvStyles.it), `${italian}\r\n`);
  assert.equal(csvRecords([[cell]], csvStyles.en), `${english}\r\n`);
}

test("a file begins with a byte order mark and each record ends with CR LF", () => {
  const rows = [
    ["Canale", "Valore"],
    ["email", 1234.5],
  ];
  assert.equal(csvFile(rows, csvStyles.it), "\ufeffCanale;Valore\r\nemail;1234,5\r\n");
  assert.equal(csvFile(rows, csvStyles.en), "\ufeffCanale,Valore\r\nemail,1234.5\r\n");
});

test("a number has the decimal mark of the language and no other", () => {
  check(0.4210526315789473, "0,4210526315789473", "0.4210526315789473");
  check(1_234_567, "1234567");
  check(-3.5, "-3,5", "-3.5");
});

test("missing is empty and zero is a zero", () => {
  check(null, "");
  check(0, "0");
});

test("what separates, quotes or breaks a line is quoted", () => {
  check("a;b", '"a;b"', "a;b");
  check("a,b", "a,b", '"a,b"');
  check('di "Roma"', '"di ""Roma"""');
  check("due\nrighe", '"due\nrighe"');
  check("due\r\nrighe", '"due\r\nrighe"');
});

test("a text that a spreadsheet would run is defused", () => {
  for (const text of ["=1+1", "+39", "-x", "@SUM(A1)", "\tx", "\rx"]) {
    const said = csvRecords([[text]], csvStyles.it);
    assert.match(said, /^"?'/, JSON.stringify(text));
  }
  check('=HYPERLINK("x";"y")', `"'=HYPERLINK(""x"";""y"")"`);
  check("a=b", "a=b");
});

test("a file's name tells what it holds and of when, by the clock of Rome", () => {
  const ms = Date.parse("2026-11-28T22:10:59Z");
  assert.equal(fileName("Città · 5 min", ms, "csv"), "polso-citta-5-min-20261128-2310.csv");
  assert.equal(fileName("", ms, "png"), "polso-20261128-2310.png");
});

const folder = process.env["POLSO_FIXTURES"];

test("the published vectors of csv-spectrum are written as they were published", (t) => {
  if (folder === undefined || !existsSync(join(folder, "csv"))) {
    t.diagnostic("published vectors not run: set POLSO_FIXTURES to the folder of them");
    return;
  }
  const names = readdirSync(join(folder, "csv")).filter((name) => name.endsWith(".csv"));
  assert.ok(names.length >= 11, `only ${names.length} vectors in ${folder}`);
  for (const name of names) {
    const read = (file: string): string => readFileSync(join(folder, "csv", file), "utf8");
    const records = JSON.parse(read(name.replace(/csv$/, "json"))) as Record<string, string>[];
    const rows = [Object.keys(records[0] ?? {}), ...records.map((record) => Object.values(record))];
    // Published with one kind of line break or the other, with needless quotes, with or without the last break.
    const plain = (text: string) =>
      text
        .replaceAll("\r\n", "\n")
        .replaceAll(/(?<=,|^)""(?=,|$)/gm, "")
        .trimEnd();
    assert.equal(plain(csvRecords(rows, csvStyles.en)), plain(read(name)), name);
  }
});
