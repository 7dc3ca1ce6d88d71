/** The dashboard in a real Chromium, and what it holds in memory after its garbage was collected. */

import type { Browser, CDPSession } from "playwright-core";
import { live, type Visit, visit } from "../browser/support/visit.ts";
import { launchChromium } from "../support/chromium.ts";
import type { Server } from "../support/server.ts";

const mebibyte = 1024 * 1024;

export interface PageMemory {
  /** JavaScript objects in use, in MiB. */
  readonly heap: number;
  /** The memory of WebAssembly, which is the core's, in MiB. */
  readonly core: number;
  readonly nodes: number;
}

export class Watched {
  readonly #browser: Browser;
  readonly #visit: Visit;
  readonly #session: CDPSession;

  private constructor(browser: Browser, visited: Visit, session: CDPSession) {
    this.#browser = browser;
    this.#visit = visited;
    this.#session = session;
  }

  static async open(server: Server): Promise<Watched> {
    const browser = await launchChromium();
    try {
      const token = await server.token({ scope: "view", ttl: "7d" });
      const visited = await visit(browser, server, { token });
      await live(visited.page);
      const session = await visited.page.context().newCDPSession(visited.page);
      return new Watched(browser, visited, session);
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  async memory(): Promise<PageMemory> {
    await this.#session.send("HeapProfiler.collectGarbage");
    const { usedSize } = await this.#session.send("Runtime.getHeapUsage");
    const { nodes } = await this.#session.send("Memory.getDOMCounters");
    return { heap: usedSize / mebibyte, core: (await this.#coreBytes()) / mebibyte, nodes };
  }

  /** The page keeps its core to itself; the browser finds it by its kind. */
  async #coreBytes(): Promise<number> {
    const { result } = await this.#session.send("Runtime.evaluate", { expression: "WebAssembly.Memory.prototype" });
    const found = await this.#session.send("Runtime.queryObjects", { prototypeObjectId: result.objectId ?? "" });
    const sum = await this.#session.send("Runtime.callFunctionOn", {
      objectId: found.objects.objectId ?? "",
      functionDeclaration: "function () { return this.reduce((sum, { buffer }) => sum + buffer.byteLength, 0); }",
      returnByValue: true,
    });
    return Number(sum.result.value);
  }

  /** What went wrong in the page so far. */
  get problems(): readonly string[] {
    return this.#visit.problems;
  }

  async close(): Promise<void> {
    await this.#visit.close();
    await this.#browser.close();
  }
}
