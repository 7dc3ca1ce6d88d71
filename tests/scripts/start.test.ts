/** `npm start` as a person runs it: what it prints, how it stops, and what it says when it cannot. */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/paths.mjs";

const folder = mkdtempSync(join(tmpdir(), "polso-start-"));
const started: ChildProcess[] = [];
test.after(() => {
  for (const child of started) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

interface Run {
  child: ChildProcess;
  stdout: () => string;
  stderr: () => string;
  ended: Promise<number | null>;
}

/** Runs a command of ours the way npm does. */
function command(name: string, ...args: string[]): Run {
  const child = spawn(process.execPath, ["scripts/run.mjs", name, ...args], { cwd: root });
  started.push(child);
  const said = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text) => (said.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (said.stderr += text));
  const ended = once(child, "close").then(([code]) => code as number | null);
  return { child, stdout: () => said.stdout, stderr: () => said.stderr, ended };
}

/** Waits for a text on stdout; an end before it fails with what was said. */
async function until(run: Run, expected: RegExp): Promise<RegExpExecArray> {
  for (;;) {
    const match = expected.exec(run.stdout());
    if (match) return match;
    const more = await Promise.race([once(run.child.stdout as NodeJS.ReadableStream, "data"), run.ended]);
    if (!Array.isArray(more)) assert.fail(`it ended with ${more}: ${run.stdout()}${run.stderr()}`);
  }
}

const state = (name: string) => ["--port", "0", "--state", join(folder, name)];

test("it prints a dashboard that opens and a curl line that is accepted, and stops cleanly", async () => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    const server = command("start", ...state(signal));
    const [, dashboard = ""] = await until(server, /(http:\/\/127\.0\.0\.1:\d+\/#token=\S+)[\s\S]*-d '.*'\n/);
    const page = await fetch(dashboard);
    assert.equal(page.status, 200);
    assert.match(page.headers.get("Content-Type") ?? "", /^text\/html/);

    const [, url = "", token = "", body = ""] =
      /curl -i (\S+) [\s\S]*Bearer (\S+)'[\s\S]*-d '(.*)'/.exec(server.stdout()) ?? [];
    const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
    const answer = await fetch(url, { method: "POST", headers, body });
    assert.equal(answer.status, 202, await answer.clone().text());
    assert.equal(((await answer.json()) as { accepted: number }).accepted, 1);

    server.child.kill(signal);
    assert.equal(await server.ended, 0, server.stderr());
  }
});

test("a taken port is one sentence and exit code 1", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as { port: number };
  const server = command("start", "--port", String(port), "--state", join(folder, "taken"));
  assert.equal(await server.ended, 1);
  assert.match(server.stderr(), new RegExp(`^polso: port ${port} is taken: .*\n$`, "m"));
  other.close();
});

test("two servers never share a state folder", async () => {
  const first = command("start", ...state("shared"));
  await until(first, /dashboard/);
  const second = command("start", ...state("shared"));
  assert.equal(await second.ended, 1);
  assert.match(second.stderr(), /shared` is in use by process \d+: stop it, or choose another folder with --state/);
  first.child.kill("SIGTERM");
  assert.equal(await first.ended, 0);
});

test("a wrong configuration or option is named, and nothing is served", async () => {
  const config = join(folder, "wrangler.toml");
  writeFileSync(config, 'name = "polso"\nmain = ');
  const cases: [string[], RegExp][] = [
    [["--config", config], /wrangler\.toml:2:\d+: not TOML/],
    [["--config", join(folder, "none.toml")], /there is no configuration/],
    [["--var", "SHARDS=many"], /`SHARDS` is `many`/],
    [["--state", "/proc/polso"], /cannot use `\/proc\/polso` as the state folder/],
    [["--port", "80000"], /--port must be a whole number from 0 to 65535/],
    [["--speed", "9"], /Unknown option '--speed'; options are --port/],
  ];
  for (const [args, expected] of cases) {
    const server = command("start", ...state("wrong"), ...args);
    assert.equal(await server.ended, 1, server.stdout());
    assert.match(server.stderr(), expected);
    assert.equal(server.stdout(), "");
  }
});

test("a token is the only thing on stdout", async () => {
  const token = command("token", "--scope", "ingest view", "--source", "crm", "--ttl", "5m");
  assert.equal(await token.ended, 0, token.stderr());
  const [, payload = "", ...rest] = token.stdout().trim().split(".");
  assert.equal(rest.length, 1, token.stdout());
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
  assert.deepEqual([claims.scope, claims.space, claims.source], ["ingest view", "main", "crm"]);
  assert.equal(claims.exp - claims.iat, 300);

  const wrong = command("token", "--scope", "ingest");
  assert.equal(await wrong.ended, 1);
  assert.match(wrong.stderr(), /^polso: the scope `ingest` needs --source: .*\n$/);
});
