/**
 * What the viewers of Instagram stories do, made up but believable: they look, look again, click, react, pass on and
 * swipe away. One story is told of in totals. Beside these come repetitions, latecomers and mistakes.
 */

import { Choice } from "./choice.mjs";

/** @typedef {import("./random.mjs").Random} Random */
/** @typedef {import("./choice.mjs").Item} Item */
/** @typedef {{ user_id: string, user_location: string, segmento: Record<string, string> }} Viewer */
/** @typedef {{ name: string, formato: string, durata_s: number, watched: number, clicked: number }} Story */

/** @type {[Story, number][]} how many see each story to its end, and how many in a hundred click */
const stories = [
  [{ name: "saldi", formato: "video_breve", durata_s: 15, watched: 0.64, clicked: 19 }, 40],
  [{ name: "collezione", formato: "video_breve", durata_s: 30, watched: 0.46, clicked: 11 }, 25],
  [{ name: "sondaggio", formato: "sondaggio", durata_s: 10, watched: 0.7, clicked: 8 }, 20],
  [{ name: "vetrina", formato: "foto", durata_s: 7, watched: 0.58, clicked: 16 }, 15],
];

/** @type {[string, number][]} */
const places = [
  ["Milano", 22],
  ["Roma", 21],
  ["Napoli", 13],
  ["Torino", 9],
  ["Bologna", 8],
  ["Firenze", 7],
  ["Palermo", 6],
  ["Bari", 4],
  ["Italia", 5],
  ["Paris", 3],
  ["Zürich", 2],
];

/** @type {[string, number][]} */
const ages = [
  ["18-24", 34],
  ["25-34", 38],
  ["35-44", 18],
  ["45-54", 10],
];
/** @type {[string, number][]} */
const genders = [
  ["F", 62],
  ["M", 38],
];
/** @type {[string, number][]} */
const interests = [
  ["moda", 45],
  ["viaggi", 22],
  ["cucina", 18],
  ["sport", 15],
];
/** @type {[string, number][]} */
const reactions = [
  ["like", 70],
  ["love", 21],
  ["laugh", 9],
];
/** @type {[string[], number][]} */
const hashtags = [
  [[], 50],
  [["#moda", "#saldi"], 22],
  [["#italia"], 12],
  [["#milano", "#shopping"], 10],
  [["#style"], 6],
];

/** @type {[string, number][]} what comes next, but for views and clicks */
const deeds = [
  ["again", 9],
  ["reaction", 14],
  ["share", 4],
  ["comment", 3],
  ["swipe_away", 6],
  ["totals", 2],
];
/** So many of a hundred events are first views, and these are at least needed before anyone does more. */
const viewsIn100 = 54;
const viewersMin = 20;
const viewersMax = 2_000;

/** @type {[(event: any) => unknown, string][]} how to spoil a view, and the reason that it earns */
const mistakes = [
  [(event) => ({ ...event, completion_rate: 1.7 }), "rate_range"],
  [(event) => ({ ...event, durata_s: -5 }), "duration_range"],
  [(event) => ({ ...event, story_id: "" }), "id_format"],
  [({ user_id, ...event }) => event, "field_missing"],
  [(event) => ({ ...event, utm_source: "bio" }), "field_unknown"],
  [(event) => ({ ...event, event_type: "StorySeen" }), "choice_unknown"],
  [({ user_id, completion_rate, ...event }) => ({ ...event, engagement: { clicks: 1.5 } }), "count_range"],
  [
    ({ completion_rate, ...event }) => ({ ...event, event_type: "Share", hashtag: Array(31).fill("#moda") }),
    "list_length",
  ],
];

const delayMsMax = 4_000;
const dayInRome = new Intl.DateTimeFormat("sv", { timeZone: "Europe/Rome", dateStyle: "short" });

/** Makes one event after the other. */
export class Stories {
  #random;
  #choice;
  /** @type {Map<string, Viewer[]>} who has seen each story, as many as are needed */
  #viewers = new Map();
  /** Those of the one story that is told of in totals, and its name: there is one each day. */
  #totals = { story_id: "", views: 0, watched: 0, clicks: 0, likes: 0, shares: 0 };

  /** @param {Random} random */
  constructor(random) {
    this.#random = random;
    this.#choice = new Choice(random, mistakes);
  }

  /**
   * @param {number} nowMs
   * @returns {Item}
   */
  next(nowMs) {
    return this.#choice.next({
      fresh: () => this.#event(nowMs),
      // An old story's: an earlier view of one that runs would move its beginning.
      late: (agoMs) => this.#view("archivio", nowMs - agoMs, this.#story()),
      bad: () => this.#view("saldi", nowMs, this.#story()),
    });
  }

  /** @returns {Story} */
  #story() {
    return this.#random.weighted(stories);
  }

  /** @param {number} nowMs */
  #event(nowMs) {
    const random = this.#random;
    const story = this.#story();
    const seen = this.#viewers.get(story.name) ?? [];
    const draw = random.whole(1, 100);
    if (draw <= viewsIn100 || seen.length < viewersMin) return this.#view(story.name, nowMs, story);
    const viewer = /** @type {Viewer} */ (seen[random.whole(0, seen.length - 1)]);
    const about = { ...this.#about(story.name, nowMs, story), ...viewer };
    // So that clicks come to the story's share of its first views.
    if (random.whole(1, 100 - viewsIn100) <= (story.clicked * viewsIn100) / 100) {
      return { event_type: "Interaction", interaction_type: random.whole(0, 2) ? "swipe_up" : "link_click", ...about };
    }
    const deed = random.weighted(deeds);
    if (deed === "again") return { event_type: "StoryView", completion_rate: this.#completion(story), ...about };
    if (deed === "share") return { event_type: "Share", hashtag: random.weighted(hashtags), ...about };
    if (deed === "totals") return this.#snapshot(nowMs);
    const interaction = deed === "reaction" ? random.weighted(reactions) : deed;
    return { event_type: "Interaction", interaction_type: interaction, ...about };
  }

  /**
   * @param {string} name
   * @param {number} timeMs
   * @param {Story} story
   */
  #about(name, timeMs, { formato, durata_s }) {
    const day = dayInRome.format(timeMs).replaceAll("-", "");
    const timestamp = new Date(timeMs - this.#random.whole(0, delayMsMax)).toISOString();
    return { story_id: `story_${day}_${name}`, timestamp, formato, durata_s };
  }

  /**
   * A first view by someone new.
   * @param {string} name
   * @param {number} timeMs
   * @param {Story} story
   */
  #view(name, timeMs, story) {
    const random = this.#random;
    const viewer = {
      user_id: `u-${random.whole(0, 0xffff_ffff).toString(36)}`,
      user_location: random.weighted(places),
      segmento: {
        eta: random.weighted(ages),
        genere: random.weighted(genders),
        interesse: random.weighted(interests),
      },
    };
    if (name === story.name) {
      const seen = this.#viewers.get(name) ?? [];
      this.#viewers.set(name, seen);
      if (seen.push(viewer) > viewersMax) seen.shift();
    }
    const about = this.#about(name, timeMs, story);
    return { event_type: "StoryView", completion_rate: this.#completion(story), ...about, ...viewer };
  }

  /** @param {Story} story */
  #completion({ watched }) {
    const random = this.#random;
    const percent = random.next() < watched ? random.whole(75, 100) : random.whole(2, 74);
    return percent / 100;
  }

  /**
   * Totals that have grown since the last ones.
   * @param {number} nowMs
   */
  #snapshot(nowMs) {
    const random = this.#random;
    const about = this.#about("ospite", nowMs, {
      name: "ospite",
      formato: "video_breve",
      durata_s: 20,
      watched: 0.6,
      clicked: 15,
    });
    if (this.#totals.story_id !== about.story_id) {
      this.#totals = { story_id: about.story_id, views: 0, watched: 0, clicks: 0, likes: 0, shares: 0 };
    }
    const totals = this.#totals;
    const views = random.whole(20, 60);
    totals.views += views;
    totals.watched += Math.round((views * random.whole(56, 66)) / 100);
    totals.clicks += random.whole(2, 11);
    totals.likes += random.whole(1, 8);
    totals.shares += random.whole(0, 1);
    const engagement = {
      completion_rate: Math.round((10_000 * totals.watched) / totals.views) / 10_000,
      view_count: totals.views,
      clicks: totals.clicks,
      shares: totals.shares,
      reactions: { like: totals.likes },
    };
    return { event_type: "StoryView", ...about, user_location: "Italia", engagement };
  }
}
