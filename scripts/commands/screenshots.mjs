/**
 * `npm run screenshots`: every view of the dashboard and the widgets in every state as a picture, into `docs/images/`.
 *
 * Starts servers on states of their own, tells them a week of made-up events from a seed, and leaves nothing behind but
 * the pictures. The same seed tells the same week; it ends now, so that two runs differ in their times.
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildAll } from "../build/all.mjs";
import { Complaint } from "../complaint.mjs";
import { History } from "../demo/history.mjs";
import { Sender } from "../demo/sender.mjs";
import { parseOptions, wholeNumber } from "../options.mjs";
import { inRoot, wranglerToml } from "../paths.mjs";
import { Camera } from "../screenshots/camera.mjs";
import { busy, empty, full, stale } from "../screenshots/shots.mjs";
import { readConfig } from "../serve/config.mjs";
import { jwtKeys, newJwks } from "../serve/secrets.mjs";
import { startServer } from "../serve/server.mjs";
import { signToken } from "../serve/tokens.mjs";
import { say, step } from "../step.mjs";

const dayMs = 86_400_000;
const days = 8;
/** Events per second; more of stories would be counted less finely, since series have a bound. */
const rate = 0.1;
const rateBusy = 5;
const shards = 4;
const busyMs = 3_600_000;
const ttl = "1h";

/** @param {string[]} args */
export async function main(args) {
  const options = parseOptions(args, {
    out: { type: "string", default: inRoot("docs", "images") },
    seed: { type: "string", default: "1" },
  });
  const seed = wholeNumber("seed", options.seed, 0, 2 ** 32 - 1);
  mkdirSync(options.out, { recursive: true });
  await buildAll();
  const camera = await Camera.open();
  /** @type {Photographer} */
  const photographer = { camera, out: options.out, bytes: 0 };
  try {
    await withServer(async (server) => {
      await step(`pictures of ${empty.length} empty views`, () => takeAll(photographer, server, empty));
    });
    await withServer(async (server) => {
      const history = await historyOf(server, seed);
      const nowMs = Date.now();
      await step(`${days} days of events`, () => told(history, nowMs - days * dayMs, nowMs, rate));
      await step(`pictures of ${full.length} views`, () => takeAll(photographer, server, full));
      await step("an hour under load", () => told(history, Date.now() - busyMs, Date.now(), rateBusy));
      await step(`pictures of ${busy.length} busy views`, () => takeAll(photographer, server, busy));
      await step(`pictures of ${stale.length} views without their server`, () => takeStale(photographer, server));
    });
  } finally {
    await camera.close();
  }
  say(`${Math.round(photographer.bytes / 1024)} KiB in ${options.out}`);
}

/** @typedef {{ camera: Camera, out: string, bytes: number }} Photographer */
/** @typedef {{ url: string, jwks: string, end: () => Promise<unknown> }} Server */

/**
 * A server on a state of its own, which goes with it.
 * @param {(server: Server) => Promise<void>} use
 */
async function withServer(use) {
  const state = mkdtempSync(join(tmpdir(), "polso-screenshots-"));
  const jwks = newJwks();
  const config = readConfig(wranglerToml);
  const { url, workerd } = await startServer({
    config: { ...config, vars: { ...config.vars, SHARDS: shards } },
    secrets: { [jwtKeys]: jwks },
    state,
  });
  try {
    await use({ url, jwks, end: () => workerd.end() });
  } finally {
    await workerd.end();
    rmSync(state, { recursive: true, force: true });
  }
}

/**
 * @param {Server} server
 * @param {number} seed
 */
async function historyOf({ url, jwks }, seed) {
  const sources = ["crm", "instagram"];
  const tokens = await Promise.all(sources.map((source) => signToken(jwks, { scope: "ingest", source, ttl })));
  return new History((path, source) => new Sender(new URL(path, url), tokens[sources.indexOf(source)] ?? ""), seed);
}

/**
 * @param {History} history
 * @param {number} fromMs
 * @param {number} toMs
 * @param {number} rate
 */
async function told(history, fromMs, toMs, rate) {
  const wrong = await history.tell(fromMs, toMs, rate);
  if (wrong.length > 0) throw new Complaint(`the server did not judge as it should: ${wrong.join(", ")}`);
}

/**
 * @param {Photographer} photographer
 * @param {Server} server
 * @param {readonly import("../screenshots/shots.mjs").Shot[]} shots
 */
async function takeAll(photographer, { url, jwks }, shots) {
  const token = await signToken(jwks, { scope: "view admin", ttl });
  for (const shot of shots) {
    const page = await photographer.camera.visit(url, token, shot);
    await keep(photographer, shot.name, page);
    await page.context().close();
  }
}

/**
 * @param {Photographer} photographer
 * @param {Server} server ended here
 */
async function takeStale(photographer, { url, jwks, end }) {
  const token = await signToken(jwks, { scope: "view", ttl });
  const pages = [];
  for (const shot of stale) pages.push({ shot, page: await photographer.camera.visit(url, token, shot) });
  await end();
  for (const { shot, page } of pages) {
    await page.bringToFront();
    await page.locator('[data-link="reconnecting"]').first().waitFor();
    await keep(photographer, shot.name, page);
    await page.context().close();
  }
}

/**
 * @param {Photographer} photographer
 * @param {string} name
 * @param {import("playwright-core").Page} page
 */
async function keep(photographer, name, page) {
  const image = await photographer.camera.take(page);
  photographer.bytes += image.length;
  writeFileSync(join(photographer.out, `${name}.webp`), image);
  say(`  ${name}.webp ${Math.round(image.length / 1024)} KiB`);
}
