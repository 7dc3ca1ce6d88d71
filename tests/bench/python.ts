/**
 * The classic stack: FastAPI on uvicorn, one process, with Redis beside it. Its packages go into a folder of their own
 * in this user's cache; where Python or Redis are not to be had, it is skipped and says why.
 *
 * Redis writes its log once a second (`appendfsync everysec`), as it usually runs: what it answered in the last second
 * before a power cut is lost.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run, succeeds } from "../../scripts/child.mjs";
import { inRoot, toolCache } from "../../scripts/paths.mjs";
import { jwtKeys, newJwks } from "../../scripts/serve/secrets.mjs";
import { signToken } from "../../scripts/serve/tokens.mjs";
import { aptInstall, hasApt } from "../../scripts/setup/debian.mjs";
import { step } from "../../scripts/step.mjs";
import { until } from "../support/until.ts";
import type { System } from "./system.ts";

const app = inRoot("tests", "bench", "peer", "python");
const requirements = join(app, "requirements.txt");
const installMsMax = 300_000;

/** The folder of the packages: another list of them is another folder. */
function environment(): string {
  const list = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  return join(toolCache, `bench-python-${list}`);
}

const program = (name: string) => join(environment(), "bin", name);

export const python: System = {
  name: "python",
  title: "Python: FastAPI, uvicorn, Redis with appendonly, synced every second",
  sharded: false,
  tells: true,
  async missing(install) {
    if (!(await succeeds("redis-server", ["--version"]))) {
      if (!install || !hasApt()) return "there is no redis-server";
      await step("Redis for the benchmark, by apt", () => aptInstall("redis-server")).catch(() => {});
      if (!(await succeeds("redis-server", ["--version"]))) return "redis-server could not be installed";
    }
    if (existsSync(program("uvicorn"))) return undefined;
    if (!install) return "its Python packages are not installed";
    return step("FastAPI for the benchmark, by pip (half a minute)", installPackages);
  },
  async start() {
    const state = mkdtempSync(join(tmpdir(), "polso-bench-"));
    const jwks = newJwks();
    const socket = join(state, "redis.sock");
    const redis = started("redis-server", [
      ...["--port", "0", "--unixsocket", socket, "--dir", state, "--save", ""],
      ...["--appendonly", "yes", "--appendfsync", "everysec"],
    ]);
    const port = await freePort();
    const uvicorn = started(
      program("uvicorn"),
      [
        "app:app",
        "--app-dir",
        app,
        "--port",
        String(port),
        "--loop",
        "uvloop",
        "--http",
        "httptools",
        "--no-access-log",
        "--log-level",
        "warning",
      ],
      { [jwtKeys]: jwks, REDIS_SOCKET: socket, PYTHONDONTWRITEBYTECODE: "1" },
    );
    const url = `http://127.0.0.1:${port}`;
    const stop = async () => {
      await Promise.all([uvicorn, redis].map(ended));
      const bytes = bytesIn(join(state, "appendonlydir"));
      rmSync(state, { recursive: true });
      return { rowsWritten: undefined, bytes };
    };
    try {
      await until("FastAPI answers", async () => (await fetch(`${url}/healthz`).catch(() => undefined))?.ok ?? false);
    } catch (error) {
      await stop();
      throw error;
    }
    return {
      url,
      pids: [uvicorn.pid ?? 0, redis.pid ?? 0],
      ingestToken: () => signToken(jwks, { scope: "ingest", source: "crm" }),
      async counted() {
        const headers = { Authorization: `Bearer ${await signToken(jwks, { scope: "view" })}` };
        const answer = (await (await fetch(`${url}/api/v1/kpi`, { headers })).json()) as { events: number };
        return answer.events;
      },
      stop,
    };
  },
};

/** @returns why it failed, if it did */
async function installPackages(): Promise<string | undefined> {
  try {
    await run("python3", ["-m", "venv", environment()], { quiet: true });
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", requirements];
    await run(program("python"), pip, { timeoutMs: installMsMax });
    return undefined;
  } catch (error) {
    // Half of them would look like all of them the next time.
    rmSync(environment(), { recursive: true, force: true });
    return (error as Error).message;
  }
}

const children = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});

function started(command: string, args: string[], env: Record<string, string> = {}): ChildProcess {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["ignore", "ignore", "inherit"] });
  children.add(child);
  child.on("close", () => children.delete(child));
  return child;
}

function ended(child: ChildProcess): Promise<void> {
  if (!children.has(child)) return Promise.resolve();
  return new Promise((resolve) => {
    child.on("close", () => resolve());
    child.kill("SIGTERM");
  });
}

/** A port that is free now: uvicorn does not say which one it took. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

const bytesIn = (folder: string) =>
  readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
