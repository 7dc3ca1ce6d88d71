/** What the package's functions must say of the golden cases' events, wherever they run. */

import assert from "node:assert/strict";
import type { SourceOptions, Verdict } from "polso";
import { allCases, type Sent, shortened } from "./cases.ts";

/** One event, the source that judges it, and when. */
export interface Question {
  readonly text: string;
  readonly source: SourceOptions;
  readonly nowMs: number;
}

export interface Judged {
  readonly verdict: Verdict;
  readonly key: string | undefined;
}

/** Asks about every event and compares. @returns how many there were */
export async function checkVerdicts(judge: (questions: Question[]) => Promise<Judged[]>): Promise<number> {
  const nowMs = Date.now();
  const sent = allCases(nowMs).flatMap((one) =>
    one.requests.flatMap(({ events, afterMs }) => events.map((event) => ({ one, event, nowMs: nowMs + afterMs }))),
  );
  const judged = await judge(
    sent.map(({ one, event, nowMs }) => ({ text: event.text, source: sourceOf(one.source, event), nowMs })),
  );
  assert.equal(judged.length, sent.length);
  sent.forEach(({ one, event }, index) => {
    const { verdict, key } = judged[index] ?? assert.fail();
    const where = `${one.file}: ${one.name}: ${event.text}`;
    // What came before is known to the server's memory alone; to these functions each event is the first.
    const { verdict: expected, superseded } = event.expected;
    const first = expected !== "duplicate" && expected !== "conflict" && superseded === undefined;
    if (!first) assert.equal(verdict.verdict, "accepted", where);
    else assert.deepEqual(shortened(verdict), event.expected, where);
    if (event.key !== undefined) assert.equal(key, event.key, where);
  });
  return sent.length;
}

function sourceOf(source: SourceOptions, { kind, eventId }: Sent): SourceOptions {
  return { ...source, kind, ...(eventId === undefined ? {} : { event_id: eventId }) };
}
