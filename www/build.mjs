/**
 * Builds the static pages into `dist/`: the dashboard with names that change with their content, the headers, and
 * the npm package's files under `/sdk/`. Needs `sdk/dist/`.
 */

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";
import { declare } from "../sdk/ts/widget/tokens.ts";

const here = import.meta.dirname;
const dist = join(here, "dist");
const sdk = join(fileURLToPath(import.meta.resolve("polso/core.wasm")), "..");

/** `polso-tokens.css`: the colours that the widget has too. @type {import("esbuild").Plugin} */
const tokens = {
  name: "tokens",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^polso-tokens\.css$/ }, ({ path }) => ({ path, namespace: "tokens" }));
    onLoad({ filter: /./, namespace: "tokens" }, () => ({ contents: declare(":root"), loader: "css" }));
  },
};

rmSync(dist, { recursive: true, force: true });

const { metafile } = await build({
  entryPoints: { app: join(here, "src", "main.ts") },
  outdir: join(dist, "assets"),
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".wasm": "file" },
  plugins: [tokens],
  // The package as it is published; the type check alone reads its sources.
  tsconfigRaw: { compilerOptions: { strict: true, verbatimModuleSyntax: true } },
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  sourcemap: true,
  metafile: true,
  logLevel: "warning",
});

const built = Object.keys(metafile.outputs).map((path) => basename(path));

/** @param {string} ending */
function asset(ending) {
  const name = built.find((file) => file.endsWith(ending));
  if (name === undefined) throw new Error(`esbuild made no *${ending}`);
  return `assets/${name}`;
}

const files = { style: asset(".css"), core: asset(".wasm"), script: asset(".js") };

cpSync(join(here, "static"), dist, { recursive: true });
const page = readFileSync(join(here, "static", "index.html"), "utf8");
const filled = page.replace(/\{(style|core|script)\}/g, (_, name) => files[/** @type {keyof typeof files} */ (name)]);
writeFileSync(join(dist, "index.html"), filled);

mkdirSync(join(dist, "sdk"));
cpSync(sdk, join(dist, "sdk"), {
  recursive: true,
  filter: (path) => !/^(workerd|edge)\.js|^types$/.test(basename(path)),
});

const sizes = ["index.html", files.style, files.script, files.core].map((name) => {
  const bytes = brotliCompressSync(readFileSync(join(dist, name))).length;
  return `${name.replace("assets/", "")} ${bytes}`;
});
console.log(`  first load with brotli, bytes: ${sizes.join(", ")}`);
