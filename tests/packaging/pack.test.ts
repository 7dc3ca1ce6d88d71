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

const scriptBytesMax = 6 * 1024;
const slimBytesMax = 4 * 1024;
const coreBytesMax = 100 * 1024;

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

test("it holds the built files and their types, not the sources", () => {
  assert.deepEqual(readdirSync(installed).sort(), ["LICENSE", "README.md", "dist", "package.json"]);
  const built = readdirSync(join(installed, "dist")).filter((name) => !name.endsWith(".map"));
  assert.deepEqual(built, ["core.wasm", "index.js", "node.js", "slim.js", "types"]);
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
  const slim = readFileSync(join(installed, "dist", "slim.js"), "utf8");
  assert.doesNotMatch(slim, /WebAssembly|wasm/i);
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

test("it keeps to its sizes", () => {
  const compressed = (name: string) => brotliCompressSync(readFileSync(join(installed, "dist", name))).length;
  const [script, slim, core] = [compressed("index.js"), compressed("slim.js"), compressed("core.wasm")];
  console.log(`with brotli: index.js ${script} bytes, slim.js ${slim} bytes, core.wasm ${core} bytes`);
  assert.ok(slim <= slimBytesMax, `slim.js: ${slim} bytes, at most ${slimBytesMax}`);
  assert.ok(script <= scriptBytesMax, `index.js: ${script} bytes, at most ${scriptBytesMax}`);
  assert.ok(core <= coreBytesMax, `core.wasm: ${core} bytes, at most ${coreBytesMax}`);
});
