/**
 * `npm run demo`: sends a believable stream of signed conversions to a running server and checks its answers.
 *
 * `--rate` is the day's average; what is sent follows the hour in Italy. Exit code 1 when the server lost, doubled
 * or misjudged an event.
 */

import { setTimeout as delay } from "node:timers/promises";
import { Complaint } from "../complaint.mjs";
import { Conversions } from "../demo/conversions.mjs";
import { busynessAt } from "../demo/day.mjs";
import { Random } from "../demo/random.mjs";
import { Sender } from "../demo/sender.mjs";
import { Tally } from "../demo/tally.mjs";
import { parseOptions, wholeNumber } from "../options.mjs";
import { wranglerToml } from "../paths.mjs";
import { nativeSource, readConfig } from "../serve/config.mjs";
import { jwtKeys, localSecrets } from "../serve/secrets.mjs";
import { signToken } from "../serve/tokens.mjs";
import { say } from "../step.mjs";

const tickMs = 100;
const eventsPerRequestMax = 100;
const requestsAtOnceMax = 16;
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
  const sender = new Sender(options.url, await ingestToken(seconds));
  await reach(options.url);

  const tally = await stream({ rate, seconds, random: new Random(seed), sender });
  process.stdout.write(`\n${tally.table(sender.statuses)}\n`);
  const wrong = tally.verdict();
  for (const [what, count] of wrong) say(`wrong: ${what}: ${count}`);
  if (wrong.length > 0) return 1;
  say("every event was answered as it should be: none lost, none counted twice");
  return 0;
}

/** @param {number} seconds how long it is used */
async function ingestToken(seconds) {
  const source = nativeSource(readConfig(wranglerToml).vars);
  if (source === undefined) throw new Complaint('wrangler.toml has no source of kind = "native" to send as');
  return signToken(localSecrets()[jwtKeys] ?? "", { scope: "ingest", source, ttl: `${seconds + 600}s` });
}

/** @param {string} url */
async function reach(url) {
  const response = await fetch(new URL("/healthz", url)).catch(() => undefined);
  if (!response?.ok)
    throw new Complaint(`no Polso answers at ${url}: start it with \`npm start\`, or name it with --url`);
}

/**
 * Sends for some time, or until SIGINT, and waits for every answer.
 * @param {{ rate: number, seconds: number, random: Random, sender: Sender }} what
 */
async function stream({ rate, seconds, random, sender }) {
  const conversions = new Conversions(random);
  const tally = new Tally();
  /** @type {Set<Promise<void>>} */
  const open = new Set();
  let stopped = false;
  process.removeAllListeners("SIGINT");
  process.once("SIGINT", () => {
    stopped = true;
  });
  const start = performance.now();
  let reportAt = start + reportMs;
  for (let tick = 1; tick <= (seconds * 1000) / tickMs && !stopped; tick += 1) {
    const now = new Date();
    const count = random.count((rate * busynessAt(now) * tickMs) / 1000);
    const items = Array.from({ length: count }, () => conversions.next(now.getTime()));
    for (let first = 0; first < items.length; first += eventsPerRequestMax) {
      while (open.size >= requestsAtOnceMax) await Promise.race(open);
      const batch = items.slice(first, first + eventsPerRequestMax);
      const request = sender.send(batch.map(({ body }) => body)).then((answer) => {
        tally.record(batch, answer);
        open.delete(request);
      });
      open.add(request);
    }
    if (performance.now() > reportAt) {
      reportAt += reportMs;
      report(tally, (performance.now() - start) / 1000);
    }
    await delay(Math.max(0, start + tick * tickMs - performance.now()));
  }
  await Promise.all(open);
  if (process.stderr.isTTY) process.stderr.write("\n");
  return tally;
}

/**
 * @param {Tally} tally
 * @param {number} seconds
 */
function report(tally, seconds) {
  const of = (/** @type {string} */ verdict) => tally.answered.get(verdict) ?? 0;
  const line = `${seconds.toFixed(0)} s: ${tally.total} events, ${of("accepted")} accepted, ${of("duplicate")} duplicates, ${of("rejected")} rejected`;
  process.stderr.write(process.stderr.isTTY ? `\r${line}` : `${line}\n`);
}
