/** Rome's time on any machine, on both odd days of the year. Run under several zones by their own processes. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { RomeTime } from "../src/rome.ts";

const at = (iso: string) => Date.parse(iso);

test("a summer and a winter instant", () => {
  const rome = new RomeTime("it-IT");
  assert.equal(rome.minute(at("2024-05-20T14:32:45.123Z")), "16:32");
  assert.equal(rome.second(at("2024-01-20T14:32:45.123Z")), "15:32:45");
  assert.equal(rome.dayAndMinute(at("2024-05-20T22:30:00Z")), "21 mag 2024, 00:30");
});

test("in autumn the hour from 2 to 3 comes twice and both are told apart", () => {
  const rome = new RomeTime("it-IT");
  assert.deepEqual(
    ["2026-10-24T23:59:00Z", "2026-10-25T00:00:00Z", "2026-10-25T00:59:00Z", "2026-10-25T01:00:00Z"].map((iso) =>
      rome.minute(at(iso)),
    ),
    ["01:59", "02:00 CEST", "02:59 CEST", "02:00 CET"],
  );
  assert.equal(rome.minute(at("2026-10-25T02:00:00Z")), "03:00");
});

test("in spring the hour from 2 to 3 is not there", () => {
  const rome = new RomeTime("en-GB");
  assert.deepEqual(
    ["2026-03-29T00:59:00Z", "2026-03-29T01:00:00Z"].map((iso) => rome.minute(at(iso))),
    ["01:59", "03:00"],
  );
});

test("the machine's own zone does not matter", () => {
  const script = `
    import { RomeTime } from ${JSON.stringify(new URL("../src/rome.ts", import.meta.url).href)};
    const rome = new RomeTime("it-IT");
    console.log(rome.dayAndMinute(Date.parse("2026-10-25T00:30:00Z")));
  `;
  for (const zone of ["Europe/London", "America/New_York", "Asia/Tokyo", "Europe/Rome"]) {
    const args = ["--input-type=module", "--eval", script];
    const said = execFileSync(process.execPath, args, { env: { ...process.env, TZ: zone }, encoding: "utf8" });
    assert.equal(said.trim(), "25 ott 2026, 02:30 CEST", zone);
  }
});
