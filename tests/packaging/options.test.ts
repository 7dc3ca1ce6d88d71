/** What the browser's core says of options that mean nothing. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { sdkWasm } from "../../scripts/paths.mjs";

type Core = typeof import("#core") & { initSync(input: { module: Uint8Array }): void };
let core: Core;

before(async () => {
  core = await import(join(sdkWasm, "polso_sdk.js"));
  core.initSync({ module: readFileSync(join(sdkWasm, "polso_sdk_bg.wasm")) });
});

/** As a program without types may call it. */
const validate = (options: unknown) => core.validate("{}", options as { name: string }, 0);
const evaluate = (options: unknown) => new core.Viewer().evaluate(options as object, 1_770_000_000_000);

test("a source's options are refused with what they must be", () => {
  for (const [options, message] of [
    [undefined, "expected an object"],
    ["crm", "expected an object"],
    [{}, "`name` is required"],
    [{ name: 5 }, "`name` must be a string"],
    [
      { name: "crm", nome: "crm" },
      "`nome` is none of `name`, `dedup`, `dedup_ttl_s`, `client_id`, `only_italy`, `event_id`, `kind`",
    ],
    [{ name: "crm", dedup: "hash" }, "`hash` is none of `client_time_hash`, `client_5min`, `event_id`, `digest`"],
    [{ name: "crm", client_id: "any" }, "`any` is none of `cliente`, `free`"],
    [{ name: "crm", only_italy: "yes" }, "`only_italy` must be `true` or `false`"],
    [{ name: "crm", kind: "x" }, "`x` is no kind of event"],
    ...[-1, 1.5, 2 ** 32, Number.NaN, "60"].map((seconds) => [
      { name: "crm", dedup_ttl_s: seconds },
      "`dedup_ttl_s` must be a whole number below 2^32",
    ]),
  ] as const) {
    assert.throws(() => validate(options), { code: "source_invalid", message });
  }
});

test("a query's options are refused with what they must be", () => {
  for (const [options, message] of [
    [null, "expected an object"],
    [{ windows: "1h" }, "`windows` is none of `window`, `kind`, `at`, `kpi`, `where`, `by`, `top`"],
    [{ window: 60 }, "`window` must be a string"],
    [{ kpi: "cpa" }, "`kpi` must be an array of strings"],
    [{ where: ["canale:email", 1] }, "`where` must be an array of strings"],
  ] as const) {
    assert.throws(() => evaluate(options), { code: "query_invalid", message });
  }
});

test("missing, `undefined` and `null` mean the default", () => {
  const source = { dedup: null, dedup_ttl_s: undefined, client_id: null, event_id: undefined, kind: null };
  assert.equal(validate({ name: "crm", ...source }), validate({ name: "crm" }));
  const query = { window: null, kind: undefined, at: null, kpi: undefined, where: null, by: undefined };
  assert.equal(evaluate(query), evaluate({}));
});
