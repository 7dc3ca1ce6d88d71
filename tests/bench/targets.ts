/** The figures that Polso is to reach, beside those that were measured. None is asserted by a test. */

import { hourEvents } from "./plan.ts";
import type { Result } from "./report.ts";
import { figure, ratio } from "./table.ts";

export interface Target {
  what: string;
  /** Such as `≥ 2.00 ×`. */
  goal: string;
  /** None where it was not measured in this run. */
  found: string | null;
  met: boolean | null;
}

type Measured = Omit<Result, "targets">;

export function targets(result: Measured): Target[] {
  const row = (name: string) =>
    result.throughput.find((found) => found.name === name)?.rows.find(({ system }) => system === "polso");
  const [one, hundred] = [row("one-1"), row("hundred-1")];
  const webhook = (name: string) => result.webhook.find(({ route }) => route === name)?.toNative.requestsPerS;
  // A ledger that was full before counts, one that was not to be filled does not.
  const wake = result.wake?.events === hourEvents ? result.wake.wakeMs : null;
  const many = result.pixel.find(({ viewers }) => viewers === 100);
  return [
    atLeast("one event per request, requests/s to the peer's", 2, one?.toPeer?.requestsPerS, ratio),
    atMost("one event per request, p99 to the peer's", 0.5, one?.toPeer?.p99Ms, ratio),
    atLeast("100 events per request, events/s", 100_000, hundred?.eventsPerS, figure),
    atLeast("100 events per request, requests/s to the peer's", 8, hundred?.toPeer?.requestsPerS, ratio),
    atMost("rows written per event, one event per request", 0.05, one?.rowsPerEvent, figure),
    atMost("rows written per event, 100 events per request", 0.011, hundred?.rowsPerEvent, figure),
    atLeast("a webhook of Stripe, requests/s to the native route's", 0.9, webhook("stripe"), ratio),
    atLeast("a generic webhook, requests/s to the native route's", 0.9, webhook("generic"), ratio),
    atMost("event to pixel, 100 viewers, package, p99", 1_000, many?.package.p99Ms, ms),
    atMost("event to pixel, 100 viewers, page, p99", 1_000, many?.dashboard?.p99Ms, ms),
    atMost("wake with an hour at 300 events/s behind it", 1_000, wake, ms),
  ];
}

const ms = (value: number) => figure(value, " ms");

type Shown = (value: number) => string;

function atLeast(what: string, goal: number, found: number | null | undefined, shown: Shown): Target {
  return target(what, `≥ ${shown(goal)}`, found, shown, (value) => value >= goal);
}

function atMost(what: string, goal: number, found: number | null | undefined, shown: Shown): Target {
  return target(what, `≤ ${shown(goal)}`, found, shown, (value) => value <= goal);
}

function target(
  what: string,
  goal: string,
  found: number | null | undefined,
  shown: Shown,
  meets: (value: number) => boolean,
): Target {
  const known = found !== null && found !== undefined;
  return { what, goal, found: known ? shown(found) : null, met: known ? meets(found) : null };
}
