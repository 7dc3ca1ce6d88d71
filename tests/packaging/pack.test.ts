/** The packed npm file, as an outside user installs it: what it holds, what tools say of it, its types and its sizes. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { brotliCompressSync } from "node:zlib";
import { inRoot, npmBin } from "../../scripts/paths.mjs";
import { Project } from "./support/project.ts";

let project: Project;

before(() => {
  project = Project.create();
});

after(() => project?.remove());

const dist = (...names: string[]) => join(project.installed, "dist", ...names);

/** A file of the package and all that it imports at once. */
function loadedBy(file: string): string[] {
  const found = new Set([dist(file)]);
  for (const one of found) {
    for (const [, path = ""] of readFileSync(one, "utf8").matchAll(/(?:from|import)"(\.[^"]+\.js)"/g)) {
      found.add(join(one, "..", path));
    }
  }
  return [...found];
}

test("it holds the built files and their types, not the sources", () => {
  assert.deepEqual(readdirSync(project.installed).sort(), ["LICENSE", "README.md", "dist", "package.json"]);
  const built = readdirSync(dist()).filter((name) => !/^chunk-|\.map$/.test(name));
  assert.deepEqual(built.sort(), [
    "core.wasm",
    "edge.js",
    "index.js",
    "inline.js",
    "integrity.json",
    "polso.iife.js",
    "slim.js",
    "tracker.js",
    "types",
    "widget",
    "workerd.js",
  ]);
});

test("publint and attw find nothing", () => {
  const said = (program: string, ...args: string[]) => {
    try {
      execFileSync(join(npmBin, program), [...args, project.tarball], { cwd: project.folder, stdio: "pipe" });
    } catch (error) {
      assert.fail(String((error as { stdout?: Buffer }).stdout));
    }
  };
  said("publint", "--strict");
  // A file that is no script has no types to find.
  said("attw", "--profile", "esm-only", "--exclude-entrypoints", "./core.wasm", "--");
});

test("every entry says its types first, then its runtimes from the narrowest", () => {
  const { exports } = JSON.parse(readFileSync(join(project.installed, "package.json"), "utf8"));
  const order = ["types", "workerd", "edge-light", "node", "browser", "default"];
  assert.deepEqual(Object.keys(exports["."]), order);
  for (const [entry, target] of Object.entries<string | Record<string, string>>(exports)) {
    const conditions = typeof target === "string" ? [] : Object.keys(target);
    assert.deepEqual(
      conditions,
      order.filter((condition) => conditions.includes(condition)),
      entry,
    );
    for (const file of typeof target === "string" ? [target] : Object.values(target)) {
      assert.ok(readFileSync(join(project.installed, file)).length > 0, file);
    }
  }
});

test("every entry and every file under `/sdk/` that the documents name is there", () => {
  const { exports } = JSON.parse(readFileSync(join(project.installed, "package.json"), "utf8"));
  for (const document of ["sdk/README.md", "docs/embed.md"]) {
    const text = readFileSync(inRoot(document), "utf8");
    const entries = [...text.matchAll(/["`]polso(\/[\w./-]+)?(?:\?url)?["`]/g)].map(([, path = ""]) => `.${path}`);
    const files = [...text.matchAll(/(?<!\.)\/sdk\/([\w./-]+\.\w+)/g)].map(([, file = ""]) => file);
    assert.ok(entries.length > 0 && files.length > 0, document);
    for (const entry of entries) assert.ok(entry in exports, `${document}: polso${entry.slice(1)}`);
    for (const file of files) assert.ok(existsSync(dist(file)), `${document}: /sdk/${file}`);
  }
});

test("its entry without the core needs no Wasm", () => {
  for (const file of loadedBy("slim.js")) assert.doesNotMatch(readFileSync(file, "utf8"), /WebAssembly|wasm/i, file);
});

test("its types are found and strict", () => {
  writeFileSync(
    join(project.folder, "typed.ts"),
    `import { connect, init, validate, type Answer, type SourceOptions } from "polso";
     import { connect as slim } from "polso/slim";
     import { init as inline } from "polso/inline";
     import { createTracker } from "polso/tracker";
     import { PolsoKpi } from "polso/widget";
     import "polso/widget/define";
     await init();
     await init(new Request("https://kpi.example.it/core.wasm"));
     await inline(fetch("https://kpi.example.it/core.wasm"));
     const source: SourceOptions = { name: "crm", dedup: "client_5min", dedup_ttl_s: 3600 };
     const reasons: readonly { code: string }[] | undefined = validate({ valore: 1 }, source).reasons;
     // @ts-expect-error no such way to recognise an event again
     validate("{}", { name: "crm", dedup: "hash" });
     const live = connect({ url: "https://kpi.example.it", token: async () => "t" });
     const stop: () => void = live.watch({ window: "5m" }, (answer: Answer) => answer.readings[0]?.value?.toFixed());
     live.watch([{ by: "canale" }], (answers) => answers.length);
     slim({ token: "t" }).watch({ window: "5m" }, (answer: Answer) => answer.readings.length);
     createTracker({ source: "web", key: "k" });
     const element: HTMLElement = new PolsoKpi();
     // @ts-expect-error a KPI without a value is null, not a number
     live.watch({}, (answer) => answer.readings.map(({ value }) => value.toFixed()));
     stop();
     console.log(reasons, element);`,
  );
  const options = ["--strict", "--noEmit", "--target", "es2022", "--lib", "es2023,dom", "--types", ""];
  for (const resolution of ["bundler", "nodenext"]) {
    const module = resolution === "bundler" ? "esnext" : "nodenext";
    const args = [...options, "--module", module, "--moduleResolution", resolution, join(project.folder, "typed.ts")];
    execFileSync(join(npmBin, "tsc"), args, { cwd: project.folder, stdio: "inherit" });
  }
});

for (const [what, file, bytesMax] of [
  ["the JavaScript beside the core", "index.js", 6 * 1024],
  ["the client without the core", "slim.js", 4 * 1024],
  ["the tracker", "tracker.js", 4 * 1024],
  ["the script with all of them", "polso.iife.js", 25 * 1024],
  ["the core", "core.wasm", 100 * 1024],
] as const) {
  test(`${what} keeps to its size`, (t) => {
    const sizes = loadedBy(file).map((part) => brotliCompressSync(readFileSync(part)).length);
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    t.diagnostic(`${file}: ${bytes} bytes with brotli`);
    assert.ok(bytes <= bytesMax, `${file}: ${bytes} bytes, at most ${bytesMax}`);
  });
}

test("the widget keeps to its size beside the client", (t) => {
  const client = new Set([...loadedBy("index.js"), ...loadedBy("slim.js")]);
  const own = loadedBy("widget/define.js").filter((file) => !client.has(file));
  const bytes = own.reduce((sum, file) => sum + brotliCompressSync(readFileSync(file)).length, 0);
  t.diagnostic(`${bytes} bytes with brotli`);
  assert.ok(bytes <= 15 * 1024, `${bytes} bytes`);
});
