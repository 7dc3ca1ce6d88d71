/**
 * Takes pictures of the dashboard and of widgets in a real Chromium: a page from its head down to `heightMax`, as WebP.
 *
 * A picture is taken when the page shows numbers and stands still: motion is reduced.
 */

import { chromium } from "playwright-core";
import { ensureChromium } from "../setup/chromium.mjs";
import { showWidgets, widgetsPath } from "./widgets.mjs";

/** @typedef {import("./shots.mjs").Shot} Shot */

const widthUsual = 1280;
const height = 900;
const heightMax = 1_100;
/** Of WebP, of 100: texts stay clear, and all pictures together stay below 1.5 MB. */
const quality = 40;
/** Documents are read about this wide. */
const widthShown = 960;
const scaleMin = 0.7;
const waitMsMax = 60_000;
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"];

export class Camera {
  #browser;

  /** @param {import("playwright-core").Browser} browser */
  constructor(browser) {
    this.#browser = browser;
  }

  static async open() {
    const options = { executablePath: await ensureChromium(), headless: true, args: flags };
    return new Camera(await chromium.launch(options));
  }

  async close() {
    await this.#browser.close();
  }

  /**
   * @param {string} url the server's
   * @param {string} token
   * @param {Shot} shot
   */
  async visit(url, token, { path, language, theme = "light", density = "comfortable", width = widthUsual }) {
    const context = await this.#browser.newContext({
      locale: language === "it" ? "it-IT" : "en-GB",
      colorScheme: theme,
      reducedMotion: "reduce",
      viewport: { width, height },
    });
    const page = await context.newPage();
    page.setDefaultTimeout(waitMsMax);
    if (path === widgetsPath) {
      await showWidgets(page, url, token, language);
      return page;
    }
    await page.addInitScript(`localStorage.setItem("polso.density", ${JSON.stringify(density)})`);
    await page.goto(`${url}${path}#token=${token}`);
    await page.locator('[data-link="live"]').waitFor();
    await page.locator(".view").waitFor();
    if (path.includes("view=rejected"))
      await page.locator(".rejected-event, .rejected [role=status]:not(:empty)").first().waitFor();
    return page;
  }

  /**
   * @param {import("playwright-core").Page} page
   * @returns {Promise<Buffer>}
   */
  async take(page) {
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
    const session = await page.context().newCDPSession(page);
    const { cssContentSize: size } = await session.send("Page.getLayoutMetrics");
    const scale = Math.min(1, Math.max(widthShown / size.width, scaleMin));
    const clip = { x: 0, y: 0, width: size.width, height: Math.min(size.height, heightMax), scale };
    const options = /** @type {const} */ ({ format: "webp", quality, captureBeyondViewport: true, clip });
    return Buffer.from((await session.send("Page.captureScreenshot", options)).data, "base64");
  }
}
