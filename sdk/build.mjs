/**
 * Builds the npm package into `dist/`: one file per entry with what they share in chunks beside them, one script that
 * needs no module loader, the core, the types, and the SRI hashes.
 *
 * Needs the Rust part in `build/wasm/` (`npm run build` of the workspace makes it first).
 */

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";

const here = import.meta.dirname;
const dist = join(here, "dist");
const glue = join(here, "build", "wasm", "polso_sdk.js");
const module = join(here, "build", "wasm", "polso_sdk_bg.wasm");

if (!existsSync(glue)) {
  console.error(
    `the Rust part is not built: \`${glue}\` is missing; run \`npm start\` or \`npm run build\` at the root`,
  );
  process.exit(1);
}

/** @param {string} folder */
const filesIn = (folder) => /** @type {string[]} */ (readdirSync(folder, { recursive: true })).sort();

/** @param {string[]} parts */
const source = (...parts) => join(here, "ts", ...parts);

/** @param {string} file */
const bytesOf = (file) => readFileSync(join(dist, file));

/** @param {string} file */
const integrityOf = (file) => `sha384-${createHash("sha384").update(bytesOf(file)).digest("base64")}`;

/**
 * Adds to wasm-bindgen's file a start from a compiled module alone. Its own one fetches too, which `ts/load.ts` does
 * with better errors, from a default address that bundlers would look for in vain; unused, it is left out.
 * @type {import("esbuild").Plugin}
 */
const startFromModule = {
  name: "start-from-module",
  setup({ onLoad }) {
    onLoad({ filter: /polso_sdk\.js$/ }, () => {
      const generated = readFileSync(glue, "utf8");
      for (const name of ["__wbg_get_imports", "__wbg_finalize_init"]) {
        if (!generated.includes(`function ${name}(`)) throw new Error(`wasm-bindgen no longer makes \`${name}\``);
      }
      const start = `export async function start(module) {
        __wbg_finalize_init(await WebAssembly.instantiate(module, __wbg_get_imports()), module);
      }`;
      return { contents: `${generated}\n${start}\n`, loader: "js" };
    });
  },
};

/**
 * The core beside the entries is the user's bundler's to load, by the name that it has there.
 * @type {import("esbuild").Plugin}
 */
const coreBesideStays = {
  name: "core-beside-stays",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/core\.wasm/ }, ({ path }) => ({ path, external: true }));
  },
};

/**
 * A script knows its own address in another way than a module.
 * @type {import("esbuild").Plugin}
 */
const besideTheScript = {
  name: "beside-the-script",
  setup({ onResolve }) {
    onResolve({ filter: /\/beside\.ts$/ }, () => ({ path: source("beside_script.ts") }));
  },
};

/**
 * The widget is one file, which is smaller than its parts: the entry that loads the core is asked for when it is wanted, and
 * the one that registers imports the class.
 * @type {import("esbuild").Plugin}
 */
const entriesStay = {
  name: "entries-stay",
  setup({ onResolve }) {
    onResolve({ filter: /^\.{1,2}\/index\.ts$/ }, ({ path }) => ({ path: path.replace(/ts$/, "js"), external: true }));
  },
};

/** @type {import("esbuild").BuildOptions} */
const shared = {
  outdir: dist,
  alias: { "#core": glue, "#base64": module },
  loader: { ".wasm": "base64" },
  bundle: true,
  target: "es2022",
  minify: true,
  sourcemap: true,
  logLevel: "warning",
};

rmSync(dist, { recursive: true, force: true });

await build({
  ...shared,
  entryPoints: {
    index: source("index.ts"),
    workerd: source("workerd.ts"),
    edge: source("edge.ts"),
    inline: source("inline.ts"),
    slim: source("slim.ts"),
  },
  plugins: [startFromModule, coreBesideStays],
  format: "esm",
  splitting: true,
});

// One file, since a page that only tracks should ask for one.
await build({ ...shared, entryPoints: { tracker: source("tracker.ts") }, format: "esm" });

await build({
  ...shared,
  entryPoints: {
    "widget/index": source("widget", "index.ts"),
    "widget/define": source("widget", "define.ts"),
  },
  plugins: [entriesStay],
  format: "esm",
});

copyFileSync(module, join(dist, "core.wasm"));
copyFileSync(join(here, "..", "LICENSE"), join(here, "LICENSE"));

await build({
  ...shared,
  entryPoints: { "polso.iife": source("script.ts") },
  plugins: [startFromModule, besideTheScript],
  format: "iife",
  globalName: "polso",
  define: { CORE_INTEGRITY: JSON.stringify(integrityOf("core.wasm")) },
  // Only wasm-bindgen's own loading asks for it, which is left out.
  logOverride: { "empty-import-meta": "silent" },
});

execFileSync("tsc", ["--project", join(here, "tsconfig.types.json")], { stdio: "inherit" });
const types = join(dist, "types");
for (const name of filesIn(types).filter((name) => name.endsWith(".d.ts"))) {
  const file = join(types, name);
  writeFileSync(file, readFileSync(file, "utf8").replace(/(["'])(\.{1,2}\/[\w/-]+)\.ts\1/g, "$1$2.js$1"));
}

const built = filesIn(dist).filter((file) => /\.(js|wasm)$/.test(file));
const integrity = Object.fromEntries(built.map((file) => [file, integrityOf(file)]));
writeFileSync(join(dist, "integrity.json"), `${JSON.stringify(integrity, null, 2)}\n`);

for (const file of built) {
  const bytes = bytesOf(file);
  console.log(`  sdk/dist/${file}: ${bytes.length} bytes, ${brotliCompressSync(bytes).length} with brotli`);
}
console.log(`  integrity of polso.iife.js: ${integrity["polso.iife.js"]}`);
