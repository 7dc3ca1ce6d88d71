/** When set-up and builds may be skipped, and when they may not. */

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { whenChanged } from "../../scripts/build/stamp.mjs";
import { stamps } from "../../scripts/paths.mjs";
import { samePackages } from "../../scripts/setup/packages.mjs";

test("installed packages are compared with the locked ones by place and version", () => {
  const locked = {
    "": { version: "0.1.0" },
    "node_modules/a": { version: "1.0.0" },
    "node_modules/other-platform": { version: "1.0.0", optional: true },
  };
  assert.ok(samePackages(locked, { "node_modules/a": { version: "1.0.0" } }));
  assert.ok(!samePackages(locked, { "node_modules/a": { version: "1.0.1" } }));
  assert.ok(!samePackages(locked, {}));
  assert.ok(!samePackages(locked, { "node_modules/a": { version: "1.0.0" }, "node_modules/other-platform": {} }));
});

test("a build runs again for a changed input, a changed or missing output, and for nothing else", async () => {
  const folder = mkdtempSync(join(tmpdir(), "polso-stamp-"));
  const name = `test-${process.pid}`;
  test.after(() => {
    rmSync(folder, { recursive: true });
    rmSync(join(stamps, name), { force: true });
  });
  const input = join(folder, "source");
  const output = join(folder, "result");
  mkdirSync(join(input, "node_modules"), { recursive: true });
  const write = (file: string, text: string) => writeFileSync(file, text);
  write(join(input, "a.rs"), "1");
  const build = () =>
    whenChanged({ name, title: "a test build", inputs: [input], outputs: [output], make: () => write(output, "made") });

  assert.equal(await build(), true, "the first time");
  assert.equal(await build(), false, "nothing changed");
  write(join(input, "a.rs"), "1");
  write(join(input, "node_modules", "installed.js"), "");
  assert.equal(await build(), false, "the same content, and what an install leaves");
  write(join(input, "a.rs"), "2");
  assert.equal(await build(), true, "a changed input");
  write(join(input, "b.rs"), "");
  assert.equal(await build(), true, "a new input");
  write(output, "spoiled");
  assert.equal(await build(), true, "a changed output");
  rmSync(output);
  assert.equal(await build(), true, "a missing output");
});
