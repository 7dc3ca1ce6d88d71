/** `docs/embed.md` names all that a page can set, read, hear and style of `<polso-kpi>`. */

import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PolsoKpi } from "../ts/widget/index.ts";
import { tokens } from "../ts/widget/tokens.ts";

const folder = join(import.meta.dirname, "..", "ts", "widget");
const documented = readFileSync(join(import.meta.dirname, "..", "..", "docs", "embed.md"), "utf8");
const sources = globSync("*.ts", { cwd: folder }).map((name) => readFileSync(join(folder, name), "utf8"));
const found = (pattern: RegExp) => [
  ...new Set(sources.flatMap((text) => [...text.matchAll(pattern)].map(([, name]) => name ?? ""))),
];

function check(names: readonly string[], least: number): void {
  assert.ok(names.length >= least, `only ${names}`);
  assert.deepEqual(
    names.filter((name) => !documented.includes(`\`${name}\``)),
    [],
  );
}

test("every attribute and property", () => {
  check(PolsoKpi.observedAttributes, 15);
  const accessors = Object.entries(Object.getOwnPropertyDescriptors(PolsoKpi.prototype)).filter(([, { get }]) => get);
  check(
    accessors.map(([name]) => name),
    18,
  );
});

test("every event", () => check(found(/"(polso-(?!kpi)[a-z]+)"/g), 3));

test("every part", () => check(found(/\bpart: "([\w-]+)"/g), 20));

test("every variable that the style uses", () => {
  const used = found(/var\(--_([\w-]+)/g).filter((name) => name in tokens);
  check([...used.map((name) => `--polso-${name}`), ...found(/var\((--polso-(?!\$)[a-z-]+)/g)], 14);
});
