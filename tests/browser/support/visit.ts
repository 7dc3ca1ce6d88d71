/**
 * A visit of the dashboard in a real browser: opened with a token, watched for every console error and every
 * violation of the page's own Content-Security-Policy.
 */

import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import type { Server } from "../../support/server.ts";

export interface VisitOptions extends BrowserContextOptions {
  /** In place of a valid one; empty for none. */
  token?: string;
  /** The address after the origin. */
  path?: string;
  /** Runs in the page before anything else. */
  before?: string;
}

export interface Visit {
  readonly page: Page;
  /** What went wrong so far: console errors, uncaught exceptions, CSP violations. */
  readonly problems: string[];
  close(): Promise<void>;
}

export async function visit(browser: Browser, server: Server, options: VisitOptions = {}): Promise<Visit> {
  const { token = await server.token({ scope: "view" }), path = "/", before, ...context } = options;
  const settings = { locale: "it-IT", timezoneId: "America/New_York", viewport: { width: 1280, height: 900 } };
  const opened = await browser.newContext({ ...settings, ...context });
  const page = await opened.newPage();
  const problems: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(String(error)));
  if (before !== undefined) await page.addInitScript({ content: before });
  const fragment = token === "" ? "" : `#token=${token}`;
  await page.goto(server.url + path + fragment);
  return { page, problems, close: () => opened.close() };
}

/** The text of an element as it is now. */
export const textOf = async (element: Locator) => (await element.textContent()) ?? "";

/** The big figure of a KPI's card as it is now. */
export const value = (page: Page, kpi: string) => textOf(page.locator(`[data-kpi="${kpi}"] .value`));

/** Waits until a KPI's card shows this figure. */
export const shows = (page: Page, kpi: string, figure: string) =>
  page.locator(`[data-kpi="${kpi}"] .value >> text="${figure}"`).waitFor({ timeout: 20_000 });

/** Waits until the page shows numbers and says that they are live. */
export async function live(page: Page): Promise<void> {
  await page.locator('[data-link="live"]').waitFor({ timeout: 20_000 });
  await page.locator(".board").waitFor({ timeout: 20_000 });
}
