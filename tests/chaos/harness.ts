/**
 * The deployable bundle in wrangler's test harness, which can do what plain workerd cannot be told to: evict one Durable
 * Object from memory while it is at work. Nothing is fetched from anywhere.
 */

import { createTestHarness, type TestHarness } from "wrangler";
import { bundle, root, wranglerToml } from "../../scripts/paths.mjs";
import { jwtKeys, newJwks } from "../../scripts/serve/secrets.mjs";
import { type Claims, signToken } from "../../scripts/serve/tokens.mjs";
import { sources } from "./client.ts";
import type { Served } from "./stage.ts";

/** Who may be evicted, by the names of the classes. */
export type ObjectClass = "Ledger" | "Hub";

// The harness would ask the network where it is.
process.env["CLOUDFLARE_CF_FETCH_ENABLED"] = "false";

export class Harness implements Served {
  readonly url: string;
  readonly #harness: TestHarness;
  readonly #jwks: string;

  private constructor(url: string, harness: TestHarness, jwks: string) {
    this.url = url;
    this.#harness = harness;
    this.#jwks = jwks;
  }

  static async start(shards: number): Promise<Harness> {
    const jwks = newJwks();
    const worker = {
      configPath: wranglerToml,
      prebuiltWorkerDir: bundle,
      vars: { SHARDS: shards, sources },
      secrets: { [jwtKeys]: jwks },
    };
    const harness = createTestHarness({ root, workers: [worker] });
    const { url } = await harness.listen();
    return new Harness(url.origin, harness, jwks);
  }

  /**
   * Takes an object out of memory; a hub's sockets hibernate.
   * @returns whether it was in memory
   */
  async evict(className: ObjectClass, name: string): Promise<boolean> {
    try {
      await this.#harness.getWorker().evictDurableObject(className, { name, webSockets: "hibernate" });
      return true;
    } catch (error) {
      if (/not currently running/.test(String(error))) return false;
      throw error;
    }
  }

  token(claims: Claims): Promise<string> {
    return signToken(this.#jwks, claims);
  }

  async bearer(claims: Claims): Promise<{ Authorization: string }> {
    return { Authorization: `Bearer ${await this.token(claims)}` };
  }

  /** The harness ends in one way only. */
  async kill9(): Promise<void> {}

  async stop(): Promise<void> {
    await this.#harness.close();
  }
}
