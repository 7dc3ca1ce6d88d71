/**
 * `npm run bench:sdk`: how fast the browser's core is, in this Node: frames of a server with 10,000 series (made by
 * `core/examples/frames.rs`) applied, then queries over them. Prints milliseconds; asserts nothing.
 */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { exclusively } from "../build/lock.mjs";
import { buildSdkWasm } from "../build/wasm.mjs";
import { parseOptions } from "../options.mjs";
import { root, sdkWasm } from "../paths.mjs";

const rounds = 50;
const framesBytesMax = 64 * 1024 * 1024;

/** @type {Record<string, import("../../sdk/ts/types.ts").Query>} */
const queries = {
  "all KPIs of an hour": { window: "1h" },
  "filtered by channel": { window: "1h", where: ["canale:email"] },
  "by campaign (10,000 groups)": { window: "1h", by: "campagna" },
  "filtered by channel, by device": { window: "1h", where: ["canale:email"], by: "dispositivo" },
  "filtered by channel, by campaign": { window: "1h", where: ["canale:email"], by: "campagna" },
};

/** @returns {Buffer[]} hello, snapshot, deltas */
function frames() {
  const args = ["run", "--quiet", "--release", "--package", "polso-core", "--example", "frames"];
  const bytes = execFileSync("cargo", args, {
    cwd: root,
    maxBuffer: framesBytesMax,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const found = [];
  for (let at = 0; at < bytes.length; ) {
    const from = at + 4;
    at = from + bytes.readUInt32LE(at);
    found.push(bytes.subarray(from, at));
  }
  return found;
}

/** @param {() => unknown} call @returns {number} milliseconds */
function timed(call) {
  const start = performance.now();
  call();
  return performance.now() - start;
}

/** @param {string} name @param {number[]} times */
function report(name, times) {
  const [sorted, count] = [times.toSorted((a, b) => a - b), times.length];
  const best = sorted[0] ?? Number.NaN;
  const median = sorted[Math.floor(count / 2)] ?? Number.NaN;
  const p99 = sorted[Math.ceil(count * 0.99) - 1] ?? Number.NaN;
  const figures = Object.entries({ best, median, p99 }).map(([what, ms]) => `${what} ${ms.toFixed(2).padStart(6)} ms`);
  console.log(`${name.padEnd(34)} ${figures.join("  ")}`);
}

/** @param {string[]} args */
export async function main(args) {
  parseOptions(args, {});
  await exclusively(async () => {
    await buildSdkWasm();
  });
  const module = readFileSync(join(sdkWasm, "polso_sdk_bg.wasm"));
  console.log(`the core: ${module.length} bytes, ${brotliCompressSync(module).length} with brotli`);
  const core = await import(join(sdkWasm, "polso_sdk.js"));
  core.initSync({ module });
  const [hello, snapshot, ...deltas] = frames();

  let viewer = new core.Viewer();
  const snapshots = Array.from({ length: rounds }, () => {
    viewer.free();
    viewer = new core.Viewer();
    viewer.apply(hello);
    return timed(() => viewer.apply(snapshot));
  });
  report("a snapshot of 10,000 series", snapshots);

  let now = 0;
  const applied = deltas.map((delta) =>
    timed(() => {
      now = viewer.apply(delta).now_ms;
    }),
  );
  report("a delta of 100 events", applied);
  for (const [name, query] of Object.entries(queries)) {
    report(
      name,
      Array.from({ length: rounds }, () => timed(() => viewer.evaluate(query, now))),
    );
  }
}
