/** The packed npm file, as an outside user installs it: what it holds, and that it runs without anything else. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";
import { inRoot } from "../../scripts/paths.mjs";

const project = mkdtempSync(join(tmpdir(), "polso-pack-"));
const installed = join(project, "node_modules", "polso");

before(() => {
  execFileSync("npm", ["pack", "--silent", "--pack-destination", project], { cwd: inRoot("sdk"), stdio: "pipe" });
  const tarball = readdirSync(project).find((name) => name.endsWith(".tgz")) ?? "";
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["--extract", "--file", join(project, tarball), "--strip-components", "1", "-C", installed]);
  writeFileSync(join(project, "package.json"), '{"type":"module"}');
});

after(() => rmSync(project, { recursive: true, force: true }));

/** What a program in the project prints. */
function run(name: string, program: string): string {
  writeFileSync(join(project, name), program);
  return execFileSync(process.execPath, [name], { cwd: project, encoding: "utf8" }).trim();
}

const judge = `validate('{"valore":-1.234}', { name: "crm" }).reasons.map(({ code }) => code).join()`;

/** A file of the package and all that it imports at once. */
function loadedBy(file: string): string[] {
  const found = new Set([join(installed, "dist", file)]);
  for (const one of found) {
    for (const [, path = ""] of readFileSync(one, "utf8").matchAll(/(?:from|import)"(\.[^"]+\.js)"/g)) {
      found.add(join(one, "..", path));
    }
  }
  return [...found];
}

test("it holds the built files and their types, not the sources", () => {
  assert.deepEqual(readdirSync(installed).sort(), ["LICENSE", "README.md", "dist", "package.json"]);
  const built = readdirSync(join(installed, "dist")).filter((name) => !/^chunk-|\.map$/.test(name));
  const entries = [
    "edge.js",
    "index.js",
    "inline.js",
    "polso.iife.js",
    "slim.js",
    "tracker.js",
    "widget",
    "workerd.js",
  ];
  assert.deepEqual(built.sort(), ["core.wasm", "integrity.json", "types", ...entries].sort());
});

test("in Node it loads its own file and judges an event", () => {
  const said = run("use.js", `import { init, validate } from "polso"; await init(); console.log(${judge});`);
  assert.match(said, /value_negative,value_precision/);
});

test("importing does nothing, and using it too early says what to do", () => {
  const said = run(
    "early.js",
    `import { connect } from "polso"; try { connect({}) } catch (e) { console.log(e.code) }`,
  );
  assert.equal(said, "not_initialised");
});

test("its entry without the core needs no Wasm", () => {
  for (const file of loadedBy("slim.js")) assert.doesNotMatch(readFileSync(file, "utf8"), /WebAssembly|wasm/i, file);
  const said = run(
    "slim.js",
    `import { connect } from "polso/slim"; try { connect({}) } catch (e) { console.log(e.code) }`,
  );
  assert.equal(said, "url_invalid");
});

test("bundled by plain esbuild for a browser it runs with its module passed in", async () => {
  const entry = join(project, "entry.js");
  writeFileSync(entry, `export { init, validate } from "polso"; export { default as core } from "polso/core.wasm";`);
  await build({
    entryPoints: [entry],
    outfile: join(project, "bundle.js"),
    bundle: true,
    format: "esm",
    platform: "browser",
    loader: { ".wasm": "file" },
    logLevel: "error",
  });
  const said = run(
    "bundled.js",
    `import { readFile } from "node:fs/promises"; import { core, init, validate } from "./bundle.js";
     await init(readFile(core)); console.log(${judge});`,
  );
  assert.match(said, /value_negative,value_precision/);
});

test("its types are found and strict", () => {
  writeFileSync(
    join(project, "typed.ts"),
    `import { connect, init, type Answer } from "polso";
     import { connect as slim } from "polso/slim";
     await init();
     const live = connect({ url: "https://kpi.example.it", token: async () => "t" });
     const stop: () => void = live.watch({ window: "5m" }, (answer: Answer) => answer.readings[0]?.value?.toFixed());
     live.watch([{ by: "canale" }], (answers) => answers.length);
     slim({ token: "t" }).watch({ window: "5m" }, (answer: Answer) => answer.readings.length);
     // @ts-expect-error a KPI without a value is null, not a number
     live.watch({}, (answer) => answer.readings.map(({ value }) => value.toFixed()));
     stop();`,
  );
  const options = ["--strict", "--noEmit", "--target", "es2022", "--lib", "es2023,dom", "--types", ""];
  for (const resolution of ["bundler", "nodenext"]) {
    const module = resolution === "bundler" ? "esnext" : "nodenext";
    const args = [...options, "--module", module, "--moduleResolution", resolution, join(project, "typed.ts")];
    execFileSync(inRoot("node_modules", ".bin", "tsc"), args, { cwd: project, stdio: "inherit" });
  }
});

for (const [what, file, bytesMax] of [
  ["the JavaScript beside the core", "index.js", 6 * 1024],
  ["the client without the core", "slim.js", 4 * 1024],
  ["the tracker", "tracker.js", 4 * 1024],
  ["the core", "core.wasm", 100 * 1024],
] as const) {
  test(`${what} keeps to its size`, (t) => {
    const sizes = loadedBy(file).map((part) => brotliCompressSync(readFileSync(part)).length);
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    t.diagnostic(`${file}: ${bytes} bytes with brotli`);
    assert.ok(bytes <= bytesMax, `${file}: ${bytes} bytes, at most ${bytesMax}`);
  });
}
