/**
 * Pages with widgets on a site of one's own, under a policy: what they show, what went wrong, and how many sockets they
 * opened.
 */

import type { TestContext } from "node:test";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import type { Server } from "../../support/server.ts";
import { type SiteOptions, strictSite } from "./strict_site.ts";

export interface WidgetPage {
  readonly page: Page;
  /** Console errors and uncaught exceptions. */
  readonly problems: string[];
  /** Every socket that was opened, and whether it still is. */
  readonly sockets: { open: boolean }[];
  /** Violations of the page's policy. */
  violations(): Promise<string[]>;
}

interface Options extends BrowserContextOptions {
  readonly site?: SiteOptions;
  /** Runs in the page before the widgets are defined; `token` is there. */
  readonly script?: string;
  /** In place of a valid one. */
  readonly token?: string;
  readonly before?: string;
}

/** Opens a page whose widgets get a token if they have none. */
export async function widgets(
  t: TestContext,
  browser: Browser,
  server: Server,
  body: string,
  options: Options = {},
): Promise<WidgetPage> {
  const { site: settings, script = "", token = await server.token({ scope: "view" }), before, ...context } = options;
  const give = `for (const one of document.querySelectorAll("polso-kpi:not([token])")) one.setAttribute("token", token);`;
  const source = `const token = ${JSON.stringify(token)}; ${script}; ${give} await import("/sdk/widget/define.js");`;
  const site = await strictSite(server.url, source, { body, ...settings });
  const opened = await browser.newContext({ locale: "it-IT", timezoneId: "America/New_York", ...context });
  t.after(async () => {
    await opened.close();
    await site.close();
  });
  const page = await opened.newPage();
  const problems: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(error.message));
  const sockets: { open: boolean }[] = [];
  page.on("websocket", (socket) => {
    const state = { open: true };
    sockets.push(state);
    socket.on("close", () => {
      state.open = false;
    });
  });
  await page.addInitScript(`
    window.violations = [];
    addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective + " " + event.blockedURI));
    window.told = [];
    for (const name of ["polso-reading", "polso-state", "polso-alert"]) {
      addEventListener(name, ({ type, detail }) => told.push({ type, detail }));
    }
  `);
  if (before !== undefined) await page.addInitScript({ content: before });
  await page.goto(site.url);
  return { page, problems, sockets, violations: () => page.evaluate("violations") as Promise<string[]> };
}

/** Waits until a widget's number is this. */
export const shows = (widget: Locator, figure: string): Promise<void> =>
  widget.locator(`[part=value] >> text="${figure}"`).waitFor({ timeout: 30_000 });

/** Waits until a widget says that its link is so. */
export const links = (widget: Locator, state: string, timeout = 30_000): Promise<void> =>
  widget.locator(`[data-link="${state}"]`).waitFor({ timeout });

/** A property of the element. */
export const property = (widget: Locator, name: string): Promise<unknown> =>
  widget.evaluate((element, key) => Reflect.get(element, key) as unknown, name);
