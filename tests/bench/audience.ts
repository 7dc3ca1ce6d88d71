/** Viewers in processes of their own, and one real page: what the probes are followed to. */

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { inRoot } from "../../scripts/paths.mjs";
import { live, visit } from "../browser/support/visit.ts";
import { launchChromium } from "../support/chromium.ts";
import type { Server } from "../support/server.ts";
import { probePath, type Shown } from "./probes.ts";

/** One process decodes what its viewers are sent one after the other, as no browser would have to. */
const perProcess = 25;
const shownMsMax = 15_000;

export interface Audience {
  /** Waits until all viewers were shown so many probes, ends them, and tells what each was shown when. */
  leave(probes: number): Promise<Shown[]>;
}

const children = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});

/** Viewers of the npm package. */
export async function viewers(url: string, token: string, count: number): Promise<Audience> {
  const processes = Array.from({ length: Math.ceil(count / perProcess) }, (_, index) => {
    const own = Math.min(perProcess, count - index * perProcess);
    const child = fork(inRoot("tests", "bench", "viewers.ts"), [url, token, String(own)]);
    children.add(child);
    child.on("close", () => children.delete(child));
    return child;
  });
  await Promise.all(processes.map(message));
  return {
    async leave(probes) {
      const all = processes.map(message) as Promise<Shown[]>[];
      for (const child of processes) child.send(probes);
      return (await Promise.all(all)).flat();
    },
  };
}

/** The next message of a process; it must not end before. */
async function message(child: ChildProcess): Promise<unknown> {
  const ended = once(child, "close").then(([code]) =>
    Promise.reject(new Error(`viewers ended with exit code ${code}`)),
  );
  const [value] = (await Promise.race([once(child, "message"), ended])) as [unknown];
  return value;
}

/** Runs in the page: notes each figure of the first card when the frame that shows it has been painted. */
const notes = `
  window.shown = [];
  new MutationObserver(() => {
    const text = document.querySelector('[data-kpi="conversions"] .value')?.textContent;
    const figure = Number(text?.replaceAll(/[^0-9]/g, "") ?? 0);
    if (figure === window.shown.at(-1)?.[0] || figure === window.pending) return;
    window.pending = figure;
    requestAnimationFrame(() => setTimeout(() => window.shown.push([figure, Date.now()])));
  }).observe(document, { subtree: true, childList: true, characterData: true });
`;

/** The dashboard in a headless Chromium. */
export async function dashboard(server: Server): Promise<Audience> {
  const browser = await launchChromium();
  const { page } = await visit(browser, server, { path: probePath, before: notes });
  await live(page);
  return {
    async leave(probes) {
      const all = (count: number) => Reflect.get(window, "shown").at(-1)?.[0] >= count;
      await page.waitForFunction(all, probes, { timeout: shownMsMax });
      const shown = (await page.evaluate("window.shown")) as Shown;
      await browser.close();
      return [shown];
    },
  };
}
