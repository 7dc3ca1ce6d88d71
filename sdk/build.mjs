/**
 * Builds the npm package into `dist/`: one file per entry, the core beside them, and the types.
 *
 * Needs the Rust part in `build/wasm/` (`npm run build` of the workspace makes it first).
 */

import { execFileSync } from "node:child_process";
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

/**
 * Adds to wasm-bindgen's file a start from a compiled module alone. Its own one fetches too, which `ts/load.ts` does
 * with better errors, from a default address that bundlers would look for in vain; unused, it is left out.
 */
const startFromModule = {
  name: "start-from-module",
  setup(/** @type {import("esbuild").PluginBuild} */ { onLoad }) {
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

rmSync(dist, { recursive: true, force: true });

await build({
  entryPoints: ["index", "node", "slim"].map((name) => join(here, "ts", `${name}.ts`)),
  outdir: dist,
  alias: { "#core": glue },
  plugins: [startFromModule],
  bundle: true,
  format: "esm",
  target: "es2022",
  external: ["node:fs/promises"],
  minify: true,
  sourcemap: true,
  logLevel: "warning",
});

copyFileSync(module, join(dist, "core.wasm"));

execFileSync("tsc", ["--project", join(here, "tsconfig.types.json")], { stdio: "inherit" });
const types = join(dist, "types");
for (const name of readdirSync(types)) {
  const file = join(types, name);
  writeFileSync(file, readFileSync(file, "utf8").replace(/(["'])(\.\/[\w-]+)\.ts\1/g, "$1$2.js$1"));
}

for (const name of ["index.js", "slim.js", "core.wasm"]) {
  const bytes = readFileSync(join(dist, name));
  console.log(`  sdk/dist/${name}: ${bytes.length} bytes, ${brotliCompressSync(bytes).length} with brotli`);
}
