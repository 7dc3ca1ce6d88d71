/** Which policies let WebAssembly run. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { allowsWasm } from "../src/policy.ts";

test("WebAssembly runs where scripts may evaluate it, or where nothing is said of scripts", () => {
  for (const [policy, expected] of [
    ["", true],
    ["img-src 'self'", true],
    ["default-src 'self'", false],
    ["default-src 'self' 'wasm-unsafe-eval'", true],
    ["default-src 'self'; script-src 'self' 'wasm-unsafe-eval'", true],
    ["default-src 'self' 'wasm-unsafe-eval'; script-src 'self'", false],
    ["Script-Src 'self' 'unsafe-eval'", true],
    ["script-src 'self'; script-src 'self' 'wasm-unsafe-eval'", false],
    ["script-src 'self' 'wasm-unsafe-eval', default-src 'self'", false],
    ["default-src 'self'; require-trusted-types-for 'script'", false],
  ] as const) {
    assert.equal(allowsWasm(policy), expected, policy);
  }
});
