/** Every scenario by its name, as long as is asked for: the one place that `npm run chaos` knows. */

import type { Report } from "./report.ts";
import { corruption } from "./scenarios/corruption.ts";
import { eviction } from "./scenarios/eviction.ts";
import { fullDisk } from "./scenarios/full_disk.ts";
import { kill } from "./scenarios/kill.ts";
import { overload } from "./scenarios/overload.ts";
import { reshard } from "./scenarios/reshard.ts";
import type { StageOptions } from "./stage.ts";

/** What can be chosen on the command line. */
export interface Choices extends Omit<StageOptions, "stallMsMax"> {
  readonly restarts: number;
  readonly seconds: number;
  /** Requests that are open at once in a flood. */
  readonly open: number;
  readonly say: (text: string) => void;
}

const aliveMsMax = 2_000;
/** Longer than the silence after which a viewer gives a connection up. */
const stallMsMax = 20_000;
const measureMs = 5_000;
const fullMs = 2_000;
/** A flood of a minute on a quick machine; each costs the oracle a few bytes. */
const floodEvents = 3_000_000;

/** Runs one scenario each. */
export const scenarios: Readonly<Record<string, (choices: Choices) => Promise<Report>>> = {
  kill: ({ say, restarts, ...stage }) =>
    kill({ ...stage, restarts, aliveMsMax, stallMsMax, onKill: (done) => say(`${done} of ${restarts} kills`) }),
  overload: ({ seconds, open, ...stage }) =>
    overload({ ...stage, events: floodEvents, stallMsMax, measureMs, openMax: open, overloadMs: seconds * 1_000 }),
  "full-disk": ({ restarts, ...stage }) => fullDisk({ ...stage, stallMsMax, times: restarts, fullMs }),
  eviction: ({ restarts, ...stage }) => eviction({ ...stage, stallMsMax, evictions: restarts }),
  corruption: (stage) => corruption({ ...stage, stallMsMax }),
  reshard: (stage) => reshard({ ...stage, aliveMsMax, stallMsMax }),
};

export { table } from "./report.ts";
