/** Both languages say the same things, all of it is used, and every reason that the core knows is explained in both. */

import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { en } from "../src/messages/en.ts";
import { it } from "../src/messages/it.ts";
import { preferredLanguage } from "../src/messages/messages.ts";
import { outcomes } from "../src/parts/integrity_sum.ts";

/** Every key with its path, its kind, and for a function how many values it weaves in. */
function shape(messages: object, path = ""): string[] {
  return Object.entries(messages).flatMap(([key, value]) => {
    const here = `${path}${key}`;
    if (typeof value === "string") return value === "" ? [`${here} is empty`] : [here];
    return typeof value === "function" ? [`${here}()`] : shape(value, `${here}.`);
  });
}

test("Italian and English have the same keys, and none is empty", () => {
  assert.deepEqual(shape(en), shape(it));
  assert.ok(!shape(it).some((key) => key.endsWith("is empty")));
});

/** The pages' code without its comments and without the messages themselves. */
function code(): string {
  const folder = new URL("../src/", import.meta.url).pathname;
  const files = globSync(`${folder}**/*.ts`).filter((file) => !/\/messages\/(it|en)\b/.test(file));
  assert.ok(files.length > 30, `only ${files.length} files in ${folder}`);
  return files.map((file) => readFileSync(file, "utf8").replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "")).join("\n");
}

/** The keys that no code reads; a table that is taken as a whole, or by a code, is used as a whole. */
function unused(messages: object, source: string, path = ""): string[] {
  return Object.entries(messages).flatMap(([key, value]) => {
    const here = `${path}${key}`;
    if (!new RegExp(`\\.${key}\\b|[{,]\\s*${key}\\s*[,}]`).test(source)) return [here];
    const whole = new RegExp(`\\.${key}\\b(?![.;])`).test(source);
    return typeof value === "object" && !whole ? unused(value, source, `${here}.`) : [];
  });
}

test("no message is left over", () => {
  const source = code();
  assert.deepEqual(unused({ kpis: it.kpis, leftOver: "x" }, source), ["leftOver"], "one that is left over is found");
  // The integrity figures are called by the names that the server gives them.
  const { accepted, duplicates, conflicts, rejected, filtered, ...named } = it;
  assert.deepEqual(Object.keys({ accepted, duplicates, conflicts, rejected, filtered }), outcomes);
  assert.deepEqual(unused(named, source), []);
});

test("every reason code of the core is explained", () => {
  const source = readFileSync(new URL("../../core/src/reason.rs", import.meta.url), "utf8");
  const codes = [...source.matchAll(/^\s+\w+ = "(\w+)",$/gm)].map(([, code]) => code ?? "");
  assert.ok(codes.length >= 21, `only ${codes.length} codes found in reason.rs`);
  assert.deepEqual(Object.keys(it.reason).sort(), codes.sort());
});

test("the first language that is known speaks, else English", () => {
  assert.equal(preferredLanguage(["de-DE", "it-CH", "en-US"]), "it");
  assert.equal(preferredLanguage(["fr-FR"]), "en");
  assert.equal(preferredLanguage([]), "en");
});
