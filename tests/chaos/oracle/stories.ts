/**
 * Story events with what they must come to: what event `number` says, and the totals of each story.
 *
 * One byte for each viewer, and the latest totals of each story that is told of in totals: their numbers are fixed by
 * the size of the run.
 */

import type { Random } from "../../../scripts/demo/random.mjs";
import { drawingOf, oneOf } from "./random.ts";
import type { Expectation, Expected } from "./readings.ts";

const storiesUsual = 12;
const toldStories = 6;
/** About so many events tell of one viewer. */
const eventsPerViewer = 16;
/** Deeds of one viewer lie in different milliseconds, whatever their order: those that could meet are so many. */
const deedsPerViewerMax = 64;
const places = ["Roma", "Milano", "Bari", "Paris"] as const;
const ages = ["18-24", "25-34", "35-44"] as const;
/** So often of 100. */
const deeds = {
  view: 52,
  swipe_up: 8,
  link_click: 5,
  like: 6,
  love: 4,
  comment: 6,
  share: 8,
  swipe_away: 7,
  totals: 4,
};
type Deed = keyof typeof deeds;
const weights = Object.entries(deeds) as [Deed, number][];

const viewed = 1;
const swipedAway = 2;
/** The two bits above hold how far the viewer came: 0 left early, 1 stayed, 2 saw it to the end. */
const reachedShift = 2;

type Totals = Readonly<Record<"views" | "percent" | "clicks" | "reactions" | "comments" | "shares", number>>;

/** One story event. */
export type StoryEvent = { readonly body: Readonly<Record<string, unknown>>; readonly story: string } & (
  | {
      readonly deed: Exclude<Deed, "totals">;
      readonly viewer: number;
      readonly percent: number;
      readonly local: boolean;
    }
  | { readonly deed: "totals"; readonly totals: Totals }
);

/** An instant near to this one at which no other event says the same of the same viewer. */
export function aloneAt(number: number, { viewers }: Audience, timeMs: number): number {
  const turn = Math.floor(number / viewers) % deedsPerViewerMax;
  return Math.floor(timeMs / deedsPerViewerMax) * deedsPerViewerMax + turn;
}

/** Whether event `number` is one of totals: those are told apart by their time alone. */
export const tellsTotals = (seed: number, number: number) => deedOf(drawingOf(seed, number)) === "totals";

const deedOf = (random: Random) => random.weighted(weights);

/** Who there is: viewers in all, each of whom sees one of the stories. */
export interface Audience {
  readonly viewers: number;
  readonly stories: number;
}

/** The audience of a run of so many events. */
export const audienceOf = (eventsMax: number, stories = storiesUsual): Audience => ({
  viewers: Math.ceil(eventsMax / eventsPerViewer),
  stories,
});

/** What story event `number` says. */
export function storyEvent(seed: number, number: number, audience: Audience, timeMs: number): StoryEvent {
  const random = drawingOf(seed, number);
  const deed = deedOf(random);
  const timestamp = new Date(timeMs).toISOString();
  if (deed === "totals") return told(random, timestamp);
  const viewer = number % audience.viewers;
  const story = `story_${viewer % audience.stories}`;
  const [place, percent] = [oneOf(random, places), random.whole(0, 100)];
  const about = {
    story_id: story,
    user_id: `u-${viewer}`,
    user_location: place,
    timestamp,
    segmento: { eta: oneOf(random, ages) },
    formato: "video_breve",
  };
  const meaning = { story, viewer, percent, deed, local: place !== "Paris" };
  if (deed === "view")
    return { ...meaning, body: { event_type: "StoryView", completion_rate: percent / 100, ...about } };
  if (deed === "share") return { ...meaning, body: { event_type: "Share", ...about } };
  return { ...meaning, body: { event_type: "Interaction", interaction_type: deed, ...about } };
}

function told(random: Random, timestamp: string): StoryEvent {
  const story = `totals_${random.whole(0, toldStories - 1)}`;
  const whole = (max: number) => random.whole(0, max);
  const [views, percent, clicks] = [1 + whole(9_998), whole(100), whole(999)];
  const [like, comments, shares] = [whole(99), whole(99), whole(99)];
  const engagement = {
    view_count: views,
    completion_rate: percent / 100,
    clicks,
    reactions: { like, love: 0, laugh: 0 },
    comments,
    shares,
  };
  const body = { event_type: "StoryView", story_id: story, user_location: "Italia", timestamp, engagement };
  return { body, story, deed: "totals", totals: { views, percent, clicks, reactions: like, comments, shares } };
}

interface Counts {
  clicks: number;
  reactions: number;
  comments: number;
  shares: number;
  local_shares: number;
}

/** What all story events that were ever sent come to. */
export class StorySums {
  readonly #stories: number;
  readonly #viewers: Uint8Array;
  readonly #counts = new Map<string, Counts>();
  readonly #told = new Map<string, { timeMs: number; totals: Totals }>();

  constructor({ viewers, stories }: Audience) {
    this.#stories = stories;
    this.#viewers = new Uint8Array(viewers);
  }

  add(event: StoryEvent, timeMs: number): void {
    if (event.deed === "totals") {
      const known = this.#told.get(event.story);
      if (known === undefined || timeMs > known.timeMs) this.#told.set(event.story, { timeMs, totals: event.totals });
      return;
    }
    const { deed, story, viewer, percent, local } = event;
    const counts = this.#counts.get(story) ?? { clicks: 0, reactions: 0, comments: 0, shares: 0, local_shares: 0 };
    this.#counts.set(story, counts);
    const known = this.#viewers[viewer] ?? 0;
    if (deed === "view") {
      const reached = Math.max(known >> reachedShift, percent >= 75 ? 2 : Number(percent >= 30));
      this.#viewers[viewer] = (known & swipedAway) | viewed | (reached << reachedShift);
    } else if (deed === "swipe_away") this.#viewers[viewer] = known | swipedAway;
    else if (deed === "comment") counts.comments += 1;
    else if (deed === "like" || deed === "love") counts.reactions += 1;
    else if (deed === "share") {
      counts.shares += 1;
      counts.local_shares += Number(local);
    } else counts.clicks += 1;
  }

  /** What the server must answer. */
  expectations(): Expectation[] {
    const watched = this.#watched();
    const kpi = ["views", "clicks", "completion", "early_exit", "local_shares", "reactions", "comments", "shares"];
    const readings: Expected[] = [];
    for (const [group, counts] of this.#counts) {
      const { views = 0, toTheEnd = 0, early = 0 } = watched.get(group) ?? {};
      readings.push(...Object.entries({ views, ...counts }).map(([name, count]) => cell(name, group, count)));
      readings.push(cell("completion", group, toTheEnd, views), cell("early_exit", group, early, views));
    }
    for (const [group, { totals }] of this.#told) {
      const { percent, views, ...counts } = totals;
      const all = { views, ...counts, local_shares: counts.shares };
      readings.push(...Object.entries(all).map(([name, count]) => cell(name, group, count)));
      readings.push(cell("completion", group, (views * percent) / 100, views));
    }
    return [{ query: { window: "all", by: "story", kpi }, readings }];
  }

  /** Of each story: who saw it, who saw it to its end, and who left early. */
  #watched(): Map<string, { views: number; toTheEnd: number; early: number }> {
    const stories = new Map<string, { views: number; toTheEnd: number; early: number }>();
    for (const [viewer, known] of this.#viewers.entries()) {
      if ((known & viewed) === 0) continue;
      const story = `story_${viewer % this.#stories}`;
      const counts = stories.get(story) ?? { views: 0, toTheEnd: 0, early: 0 };
      stories.set(story, counts);
      const reached = known >> reachedShift;
      counts.views += 1;
      counts.toTheEnd += Number(reached === 2);
      counts.early += Number(reached === 0 || (known & swipedAway) !== 0);
    }
    return stories;
  }
}

const cell = (kpi: string, group: string, numerator: number, denominator: number | null = null): Expected => ({
  kpi,
  group,
  numerator,
  denominator,
});
