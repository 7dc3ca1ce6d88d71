/**
 * Days that have been, told to a server in minutes: the same believable events as `npm run demo` sends, at the times at
 * which they would have happened.
 */

import { adSpend, Conversions } from "./conversions.mjs";
import { buyingAt, lookingAt } from "./day.mjs";
import { Random } from "./random.mjs";
import { Stories } from "./stories.mjs";
import { Stream } from "./stream.mjs";

const stepMs = 300_000;
const storyShare = 0.4;

/**
 * @typedef {object} Days
 * @property {number} fromMs
 * @property {number} toMs
 * @property {number} rate events per second, the day's average of all
 * @property {number} seed
 */

/**
 * Sends them and waits for every answer.
 * @param {(path: string, source: string) => import("./sender.mjs").Sender} senderTo
 * @param {Days} days
 * @returns {Promise<string[]>} what the server judged otherwise than it should; empty when nothing
 */
export async function tell(senderTo, { fromMs, toMs, rate, seed }) {
  const random = new Random(seed);
  const [conversions, stories] = [new Conversions(random), new Stories(random)];
  const streams = {
    conversions: new Stream("conversions", senderTo("/api/v1/eventi/conversione", "crm")),
    spend: new Stream("ad spend", senderTo("/api/v1/spese", "crm")),
    stories: new Stream("stories", senderTo("/api/v1/eventi/storia", "instagram")),
  };
  for (let nowMs = fromMs; nowMs < toMs; nowMs += stepMs) {
    const now = new Date(nowMs);
    const untilMs = Math.min(nowMs + stepMs, toMs);
    const perStep = (rate * (untilMs - nowMs)) / 1_000;
    const buyers = (1 - storyShare) * buyingAt(now);
    const anywhere = () => random.whole(nowMs, untilMs);
    const sold = Array.from({ length: random.count(perStep * buyers) }, () => conversions.next(anywhere()));
    const seen = Array.from({ length: random.count(perStep * storyShare * lookingAt(now)) }, () =>
      stories.next(anywhere()),
    );
    await streams.conversions.send(sold);
    await streams.stories.send(seen);
    await streams.spend.send(adSpend(random, nowMs, untilMs, rate * buyers));
  }
  const all = Object.values(streams);
  await Promise.all(all.map((stream) => stream.end()));
  return all.flatMap((stream) => stream.wrong());
}
