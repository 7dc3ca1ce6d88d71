/** A real Chromium for a test: the system's, headless, with an empty profile and no traffic of its own. */

import { type Browser, chromium } from "playwright-core";
import { ensureChromium } from "../../scripts/setup/chromium.mjs";

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Launches it; the caller closes it. */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: await ensureChromium(), headless: true, args: flags });
}
