/** The golden cases through the npm package in Node. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { dedupKey, init, validate } from "polso";
import { checkVerdicts } from "./package_verdicts.ts";

test("the package gives every golden verdict, reason and key", async (t) => {
  await init();
  const count = await checkVerdicts(async (questions) =>
    questions.map(({ text, source, nowMs }) => ({
      verdict: validate(text, source, nowMs),
      key: dedupKey(text, source, nowMs),
    })),
  );
  t.diagnostic(`${count} events`);
  assert.ok(count > 0);
});
