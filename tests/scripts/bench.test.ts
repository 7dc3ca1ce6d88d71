/** `npm run bench -- --quick`: it runs to its end and has every figure. How large they are is not judged. */

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { attempt } from "../../scripts/child.mjs";
import { inRoot } from "../../scripts/paths.mjs";
import type { Result } from "../bench/report.ts";

const folder = mkdtempSync(join(tmpdir(), "polso-bench-test-"));
test.after(() => rmSync(folder, { recursive: true }));

const bench = (...args: string[]) =>
  attempt(process.execPath, [inRoot("scripts", "run.mjs"), "bench", ...args], { quiet: true });

test("a quick run measures every kind of case", async () => {
  const json = join(folder, "result.json");
  const { code, stdout, stderr } = await bench("--quick", "--json", json);
  assert.equal(code, 0, stderr);
  const result = JSON.parse(readFileSync(json, "utf8")) as Result;
  const running = result.systems.filter(({ skipped }) => skipped === null).map(({ name }) => name);
  assert.deepEqual(running.slice(0, 3), ["polso", "javascript", "floor"]);
  assert.deepEqual(
    result.throughput.map(({ name, perRequest, shards }) => [name, perRequest, shards]),
    [
      ["one-1", 1, 1],
      ["hundred-4", 100, 4],
    ],
  );
  for (const { shards, perRequest, rows } of result.throughput) {
    // Only what runs on workerd can be more than one.
    assert.deepEqual(
      rows.map(({ system }) => system),
      shards === 1 ? running : running.slice(0, 3),
    );
    for (const row of rows) {
      const { requestsPerS, eventsPerS, p50Ms, p99Ms, keptBytesPerEvent } = row;
      for (const figure of [requestsPerS, p50Ms, keptBytesPerEvent]) assert.ok(figure > 0, JSON.stringify(row));
      assert.ok(p50Ms <= p99Ms && Math.abs(eventsPerS / perRequest / requestsPerS - 1) < 1e-9);
      assert.ok(row.rowsPerEvent !== null || row.system === "python");
    }
  }
  assert.deepEqual(
    result.webhook.map(({ route, requestsPerS, toNative }) => [route, requestsPerS > 0, toNative.requestsPerS > 0]),
    ["native", "stripe", "generic"].map((route) => [route, true, true]),
  );
  for (const { package: shown, probes, viewers } of result.pixel) assert.equal(shown.samples, probes * viewers);
  assert.deepEqual(
    result.pixel.map(({ viewers }) => viewers),
    [1, 5],
  );
  assert.ok(result.wake !== null && result.wake.filled === 30_000 && result.wake.wakeMs > 0);
  assert.deepEqual(
    result.cold.map(({ system }) => system),
    running,
  );
  assert.match(stdout, /^one-1: one event per request, shards: 1$/m);
  assert.match(stdout, /^webhook: a signed body of 1 KB with one event/m);
  assert.match(stdout, /^targets$/m);
});

test("a case or system that is unknown is named, with those that are not", async () => {
  for (const [option, name] of [
    ["--only", "two"],
    ["--system", "kafka"],
  ] as const) {
    const { code, stderr } = await bench(option, name);
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`^polso: ${option} is none of .*: \`${name}\`\n$`));
  }
});
