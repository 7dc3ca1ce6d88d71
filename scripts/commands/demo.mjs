/**
 * `npm run demo`: sends a believable stream of signed events to a running server and checks its answers: conversions
 * with their ad spend, and what viewers do with Instagram stories.
 *
 * `--rate` is the day's average of both together; what is sent follows the hour in Italy. Exit code 1 when the server
 * lost, doubled or misjudged an event.
 */

import { setTimeout as delay } from "node:timers/promises";
import { Complaint } from "../complaint.mjs";
import { adSpend, Conversions } from "../demo/conversions.mjs";
import { buyingAt, lookingAt } from "../demo/day.mjs";
import { Random } from "../demo/random.mjs";
import { Sender } from "../demo/sender.mjs";
import { Stories } from "../demo/stories.mjs";
import { Stream } from "../demo/stream.mjs";
import { parseOptions, wholeNumber } from "../options.mjs";
import { wranglerToml } from "../paths.mjs";
import { nativeSource, readConfig } from "../serve/config.mjs";
import { jwtKeys, localSecrets } from "../serve/secrets.mjs";
import { signToken } from "../serve/tokens.mjs";
import { say } from "../step.mjs";

const tickMs = 100;
/** Ads are paid for minute by minute. */
const spendMs = 60_000;
const storyShare = 0.4;
const reportMs = process.stderr.isTTY ? 1_000 : 5_000;

/** @param {string[]} args */
export async function main(args) {
  const options = parseOptions(args, {
    url: { type: "string", default: "http://127.0.0.1:8787" },
    rate: { type: "string", default: "20" },
    seconds: { type: "string", default: "60" },
    seed: { type: "string", default: "1" },
  });
  const rate = wholeNumber("rate", options.rate, 1, 10_000);
  const seconds = wholeNumber("seconds", options.seconds, 1, 86_400);
  const seed = wholeNumber("seed", options.seed, 0, 2 ** 32 - 1);
  const senderTo = await senders(options.url, seconds);
  const streams = {
    conversions: new Stream("conversions", senderTo("/api/v1/eventi/conversione", "crm")),
    spend: new Stream("ad spend", senderTo("/api/v1/spese", "crm")),
    stories: new Stream("stories", senderTo("/api/v1/eventi/storia", "instagram")),
  };
  await reach(options.url);

  await send(streams, { rate, seconds, seed });
  for (const stream of Object.values(streams)) process.stdout.write(`\n${stream.table()}\n`);
  const wrong = Object.values(streams).flatMap((stream) => stream.wrong());
  for (const what of wrong) say(`wrong: ${what}`);
  if (wrong.length > 0) return 1;
  say("every event was answered as it should be: none lost, none counted twice");
  return 0;
}

/**
 * @param {string} url
 * @param {number} seconds how long they are used
 * @returns {Promise<(path: string, source: string) => Sender>} as the named source, or the first one there is
 */
async function senders(url, seconds) {
  const { vars } = readConfig(wranglerToml);
  const names = [...new Set(["crm", "instagram"].map((name) => nativeSource(vars, name)))];
  const jwks = localSecrets()[jwtKeys] ?? "";
  const tokens = await Promise.all(
    names.map(async (name) => {
      if (name === undefined) throw new Complaint('wrangler.toml has no source of kind = "native" to send as');
      return /** @type {const} */ ([
        name,
        await signToken(jwks, { scope: "ingest", source: name, ttl: `${seconds + 600}s` }),
      ]);
    }),
  );
  const byName = new Map(tokens);
  return (path, source) => new Sender(new URL(path, url), byName.get(nativeSource(vars, source) ?? "") ?? "");
}

/** @param {string} url */
async function reach(url) {
  const response = await fetch(new URL("/healthz", url)).catch(() => undefined);
  if (!response?.ok)
    throw new Complaint(`no Polso answers at ${url}: start it with \`npm start\`, or name it with --url`);
}

/**
 * Sends for some time, or until SIGINT, and waits for every answer.
 * @param {{ conversions: Stream, spend: Stream, stories: Stream }} streams
 * @param {{ rate: number, seconds: number, seed: number }} what
 */
async function send(streams, { rate, seconds, seed }) {
  const random = new Random(seed);
  const conversions = new Conversions(random);
  const stories = new Stories(random);
  let stopped = false;
  process.removeAllListeners("SIGINT");
  process.once("SIGINT", () => {
    stopped = true;
  });
  const start = performance.now();
  let reportAt = start + reportMs;
  for (let tick = 1; tick <= (seconds * 1000) / tickMs && !stopped; tick += 1) {
    const now = new Date();
    const [nowMs, perTick] = [now.getTime(), (rate * tickMs) / 1000];
    const buyers = (1 - storyShare) * buyingAt(now);
    const sold = random.count(perTick * buyers);
    await streams.conversions.send(Array.from({ length: sold }, () => conversions.next(nowMs)));
    const seen = random.count(perTick * storyShare * lookingAt(now));
    await streams.stories.send(Array.from({ length: seen }, () => stories.next(nowMs)));
    if (((tick - 1) * tickMs) % spendMs === 0) {
      const leftMs = seconds * 1000 - (tick - 1) * tickMs;
      await streams.spend.send(adSpend(random, nowMs, nowMs + Math.min(spendMs, leftMs), rate * buyers));
    }
    if (performance.now() > reportAt) {
      reportAt += reportMs;
      report(Object.values(streams), (performance.now() - start) / 1000);
    }
    await delay(Math.max(0, start + tick * tickMs - performance.now()));
  }
  await Promise.all(Object.values(streams).map((stream) => stream.end()));
  if (process.stderr.isTTY) process.stderr.write("\n");
}

/**
 * @param {Stream[]} streams
 * @param {number} seconds
 */
function report(streams, seconds) {
  const sum = (/** @type {(stream: Stream) => number} */ of) =>
    streams.reduce((total, stream) => total + of(stream), 0);
  const answered = (/** @type {string} */ verdict) => sum(({ tally }) => tally.answered.get(verdict) ?? 0);
  const line = `${seconds.toFixed(0)} s: ${sum(({ tally }) => tally.total)} events, ${answered("accepted")} accepted, ${answered("duplicate")} duplicates, ${answered("rejected")} rejected`;
  process.stderr.write(process.stderr.isTTY ? `\r${line}` : `${line}\n`);
}
