/**
 * Compares what was sent with what was answered.
 *
 * Right is: of all copies of a good event exactly one is accepted and the others are duplicates; a bad one is
 * rejected for its reason. When an answer got lost on the way, its retry may find a duplicate of itself.
 */

/** @typedef {import("./choice.mjs").Item} Item */
/** @typedef {import("./sender.mjs").Answer} Answer */

/**
 * @param {Map<string, number>} counts
 * @param {string} name
 */
const add = (counts, name) => counts.set(name, (counts.get(name) ?? 0) + 1);

export class Tally {
  /** @type {Map<string, number>} by kind */
  sent = new Map();
  /** @type {Map<string, number>} by verdict */
  answered = new Map();
  /** @type {Map<string, number>} rejected, by reason */
  reasons = new Map();
  /** @type {Map<string, number>} what should not be, by description */
  wrong = new Map();
  /** @type {Map<string, { accepted: number, maybe: boolean }>} good events, by content */
  #good = new Map();

  /**
   * @param {Item[]} items one request
   * @param {Answer} answer
   */
  record(items, { results, retried }) {
    for (const [index, item] of items.entries()) {
      const result = results?.[index];
      add(this.sent, item.kind);
      add(this.answered, result?.verdict ?? "unanswered");
      for (const { code } of result?.reasons ?? []) add(this.reasons, code);
      if (item.kind === "bad") this.#judgeBad(item, result);
      else this.#noteGood(item, result, retried);
    }
  }

  /**
   * @param {Item} item
   * @param {import("./sender.mjs").Result | undefined} result
   */
  #judgeBad({ reason }, result) {
    if (result?.verdict !== "rejected") add(this.wrong, "bad events not rejected");
    else if (!result.reasons?.some(({ code }) => code === reason)) add(this.wrong, `rejections without ${reason}`);
  }

  /**
   * @param {Item} item
   * @param {import("./sender.mjs").Result | undefined} result
   * @param {boolean} retried
   */
  #noteGood({ body }, result, retried) {
    const known = this.#good.get(body) ?? { accepted: 0, maybe: false };
    if (result?.verdict === "accepted") known.accepted += 1;
    else if (result?.verdict === "duplicate") known.maybe ||= retried;
    else add(this.wrong, `good events ${result?.verdict ?? "unanswered"}`);
    this.#good.set(body, known);
  }

  /** @returns {[string, number][]} what should not be; empty when everything was answered as it should */
  verdict() {
    const good = [...this.#good.values()];
    const lost = good.filter(({ accepted, maybe }) => accepted === 0 && !maybe).length;
    const doubled = good.filter(({ accepted }) => accepted > 1).length;
    /** @type {[string, number][]} */
    const found = [...this.wrong, ["events lost", lost], ["events accepted twice", doubled]];
    return found.filter(([, count]) => count > 0);
  }

  /** How many good events that are not copies of each other were sent so far. */
  get distinct() {
    return this.#good.size;
  }

  /** How many events were sent so far. */
  get total() {
    return [...this.sent.values()].reduce((sum, count) => sum + count, 0);
  }

  /**
   * @param {Map<string, number>} statuses
   * @returns {string} two columns: sent, answered
   */
  table(statuses) {
    const left = [["sent", this.total], ...this.sent];
    const right = [
      ["answered", this.total - (this.answered.get("unanswered") ?? 0)],
      ...[...this.answered].sort(),
      ...[...this.reasons].sort().map(([reason, count]) => [`  ${reason}`, count]),
    ];
    /** @param {(string | number)[] | undefined} cell */
    const cell = ([name = "", count = ""] = []) => `${String(name).padEnd(24)}${String(count).padStart(9)}`;
    const rows = Array.from({ length: Math.max(left.length, right.length) }, (_, row) =>
      `${cell(left[row])}    ${cell(right[row])}`.trimEnd(),
    );
    const http = [...statuses].sort().map(([status, count]) => `${status} × ${count}`);
    return `${rows.join("\n")}\n\nHTTP: ${http.join(", ")}\n`;
  }
}
