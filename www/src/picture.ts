/**
 * Everything a view shows of one moment, asked of the core in one go.
 *
 * A query that the core refuses, such as one that reaches further back than it holds, leaves a gap and not an error:
 * whoever asked says what is missing.
 */

import { type Answer, type Integrity, type Live, PolsoError, type Query } from "polso";
import type { Moment } from "./moment.ts";

/** The core holds nothing that is fine enough so far back. */
const tooFarBack: readonly string[] = ["window_expired", "by_too_coarse"];

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

export function take(live: Live, moment: Moment, queries: readonly Query[]): Picture {
  const asked = new Map(queries.map((query) => [JSON.stringify(query), query]));
  const answers = new Map<string, Answer>();
  const all = evaluated(live, [...asked.values()]);
  [...asked.keys()].forEach((text, index) => {
    const answer = all[index];
    if (answer !== undefined) answers.set(text, answer);
  });
  return new Picture(moment, live.integrity(), answers);
}

function evaluated(live: Live, queries: readonly Query[]): readonly (Answer | undefined)[] {
  return orNothing(() => live.evaluate(queries)) ?? queries.map((query) => orNothing(() => live.evaluate(query)));
}

function orNothing<T>(evaluate: () => T): T | undefined {
  try {
    return evaluate();
  } catch (error) {
    if (error instanceof PolsoError && tooFarBack.includes(error.code)) return undefined;
    throw error;
  }
}
