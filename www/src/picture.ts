/**
 * Everything a view shows of one moment, asked in one go.
 *
 * A query that is refused, such as one that reaches further back than it holds, leaves a gap and not an error:
 * whoever asked says what is missing.
 */

import type { Answer, Integrity, Query } from "polso";
import type { Moment } from "./moment.ts";

export class Picture {
  readonly moment: Moment;
  readonly integrity: Integrity;
  readonly #answers: ReadonlyMap<string, Answer>;

  constructor(moment: Moment, integrity: Integrity, answers: ReadonlyMap<string, Answer>) {
    this.moment = moment;
    this.integrity = integrity;
    this.#answers = answers;
  }

  /** None for what was not asked, or refused. */
  answer(query: Query): Answer | undefined {
    return this.#answers.get(JSON.stringify(query));
  }
}
