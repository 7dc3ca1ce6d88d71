/** A server and a browser for the tests of one file. */

import type { Browser } from "playwright-core";
import { launchChromium } from "./chromium.ts";
import { type Server, type ServerOptions, startServer } from "./server.ts";

/** Starts both; a browser that nobody can close, because its server did not start, would hold the process up. */
export async function serverAndBrowser(options?: ServerOptions): Promise<[Server, Browser]> {
  const server = await startServer(options);
  try {
    return [server, await launchChromium()];
  } catch (error) {
    await server.stop();
    throw error;
  }
}
