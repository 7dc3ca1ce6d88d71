/**
 * Which event comes next: mostly new ones, some sent again, some late, and some with a mistake, each mistake with the
 * reason that a receiver should give.
 */

/** @typedef {import("./random.mjs").Random} Random */
/** @typedef {"new" | "late" | "repeated" | "bad"} Kind */
/** @typedef {{ kind: Kind, body: string, reason?: string }} Item one event as it is sent */

/**
 * @typedef {object} Maker
 * @property {() => unknown} fresh an event of now
 * @property {(agoMs: number) => unknown} late one of long ago
 * @property {() => unknown} bad one to spoil
 */

/** @type {[Kind, number][]} */
const kinds = [
  ["new", 88],
  ["repeated", 6],
  ["late", 4],
  ["bad", 2],
];

const repeatableMax = 500;
const lateMsMin = 3 * 3_600_000;
const lateMsMax = 20 * 86_400_000;

/** Chooses one event after the other. */
export class Choice {
  #random;
  #mistakes;
  /** @type {string[]} what may be sent again */
  #sent = [];
  #seen = new Set();

  /**
   * @param {Random} random
   * @param {[(event: any) => unknown, string][]} mistakes how to spoil an event, and the reason that it earns
   */
  constructor(random, mistakes) {
    this.#random = random;
    this.#mistakes = mistakes;
  }

  /**
   * @param {Maker} maker
   * @returns {Item}
   */
  next({ fresh, late, bad }) {
    const random = this.#random;
    const kind = random.weighted(kinds);
    if (kind === "repeated" && this.#sent.length > 0) {
      return { kind, body: /** @type {string} */ (this.#sent[random.whole(0, this.#sent.length - 1)]) };
    }
    if (kind === "bad") {
      const chosen = random.whole(0, this.#mistakes.length - 1);
      const [spoil, reason] = /** @type {[(event: any) => unknown, string]} */ (this.#mistakes[chosen]);
      return { kind, body: JSON.stringify(spoil(bad())), reason };
    }
    const isLate = kind === "late";
    const body = this.#distinct(isLate ? () => late(random.whole(lateMsMin, lateMsMax)) : fresh);
    if (this.#sent.push(body) > repeatableMax) this.#sent.shift();
    return { kind: isLate ? "late" : "new", body };
  }

  /** @param {() => unknown} make */
  #distinct(make) {
    for (;;) {
      const event = /** @type {any} */ (make());
      const deed = identity(event);
      if (this.#seen.has(deed)) continue;
      this.#seen.add(deed);
      return JSON.stringify(event);
    }
  }
}

/**
 * What a receiver recognises an event by: of a viewer who did what when, else all of it.
 * @param {any} event
 */
function identity(event) {
  const { story_id, user_id, event_type, interaction_type, timestamp } = event;
  return JSON.stringify(user_id === undefined ? event : [story_id, user_id, event_type, interaction_type, timestamp]);
}
