/**
 * A Polso server for a test: the deployable bundle on plain workerd, on a free port, with its own signing key and
 * its own state folder, started as `npm start` starts it.
 *
 * A restarted server keeps its port, its key and its state. Whatever still runs when the test process ends is
 * ended with it, by its process id.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wranglerToml } from "../../scripts/paths.mjs";
import { type Config, type Json, readConfig } from "../../scripts/serve/config.mjs";
import { jwtKeys, newJwks } from "../../scripts/serve/secrets.mjs";
import { type Program, startServer as startProgram } from "../../scripts/serve/server.mjs";
import { type Claims, signToken } from "../../scripts/serve/tokens.mjs";
import type { Workerd } from "../../scripts/serve/workerd.mjs";

export interface ServerOptions {
  /** In place of Polso and its `wrangler.toml`. */
  other?: { program: Program; config: Config };
  /** Laid over the vars of `wrangler.toml`. */
  vars?: Record<string, Json>;
  /** Instead of its sources. */
  sources?: Record<string, Json>;
  shards?: number;
  /** Beside the signing keys; may replace them. */
  secrets?: Record<string, string>;
  /** A folder to keep; by default a new one, removed with the server. */
  state?: string;
  port?: number;
  /** Whether a server that is not healthy is wanted, to see what it answers. */
  broken?: boolean;
}

/** A running server. */
export class Server {
  #options: ServerOptions;
  readonly #state: string;
  readonly #secrets: Record<string, string>;
  #workerd: Workerd | undefined;
  #earlierLogs = "";
  /** Such as `http://127.0.0.1:40123`, the same after a restart. */
  url = "";

  private constructor(options: ServerOptions) {
    this.#options = options;
    this.#state = options.state ?? mkdtempSync(join(tmpdir(), "polso-state-"));
    this.#secrets = { [jwtKeys]: newJwks(), ...options.secrets };
  }

  static async start(options: ServerOptions = {}): Promise<Server> {
    const server = new Server(options);
    running.add(server);
    await server.#run(options.port ?? 0);
    return server;
  }

  async #run(port: number): Promise<void> {
    const config = this.#options.other?.config ?? readConfig(wranglerToml);
    const { vars, sources, shards, broken = false } = this.#options;
    const laid = {
      ...config.vars,
      ...vars,
      ...(sources === undefined ? {} : { sources }),
      ...(shards === undefined ? {} : { SHARDS: shards }),
    };
    const { url, workerd } = await startProgram({
      config: { ...config, vars: laid },
      secrets: this.#secrets,
      state: this.#state,
      port,
      broken,
      ...(this.#options.other === undefined ? {} : { program: this.#options.other.program }),
    });
    this.url = url;
    this.#workerd = workerd;
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const workerd = this.#workerd;
    this.#workerd = undefined;
    await workerd?.end(signal);
    this.#earlierLogs += workerd?.log() ?? "";
  }

  /** Ends it in order and removes its state, unless the test brought the folder. */
  async stop(): Promise<void> {
    await this.#end("SIGTERM");
    if (this.#options.state === undefined) rmSync(this.#state, { recursive: true, force: true });
    running.delete(this);
  }

  /** Ends it as a power cut would; its state stays. */
  async kill9(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Starts it again, after ending it in order if it still runs; from now on with other options where some are given. */
  async restart(changed: Pick<ServerOptions, "vars" | "shards"> = {}): Promise<void> {
    await this.#end("SIGTERM");
    this.#options = { ...this.#options, ...changed };
    await this.#run(Number(new URL(this.url).port));
  }

  /** A token signed with this server's first key. */
  async token(claims: Claims): Promise<string> {
    return signToken(this.#secrets[jwtKeys] ?? "", claims);
  }

  /** `Authorization` for a request. */
  async bearer(claims: Claims): Promise<{ Authorization: string }> {
    return { Authorization: `Bearer ${await this.token(claims)}` };
  }

  /** What it wrote, restarts included. */
  log(): string {
    return this.#earlierLogs + (this.#workerd?.log() ?? "");
  }

  /** The process to look at; 0 when none runs. */
  get pid(): number {
    return this.#workerd?.pid ?? 0;
  }
}

const running = new Set<Server>();
process.on("exit", () => {
  for (const { pid } of running) if (pid > 0) process.kill(pid, "SIGKILL");
});

/** Starts a server and waits until it answers. */
export const startServer = (options?: ServerOptions): Promise<Server> => Server.start(options);
