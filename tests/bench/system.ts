/** What is compared: something that takes the same events at the same address, in a process of its own. */

/** One of the things that are compared. */
export interface System {
  name: string;
  title: string;
  /** Whether it is more than one when told so. */
  sharded: boolean;
  /** Whether its answers tell how many events were accepted. */
  tells: boolean;
  /** Why it cannot run here, after an attempt to `install` what is missing. */
  missing?(install: boolean): Promise<string | undefined>;
  /** Starts it empty. */
  start(shards: number): Promise<Running>;
}

export interface Running {
  url: string;
  /** All its processes. */
  pids: readonly number[];
  /** A token that it takes events with. */
  ingestToken(): Promise<string>;
  /** How many events it has counted, where it counts. */
  counted(): Promise<number | undefined>;
  /** Ends it, says what it kept, and removes that. */
  stop(): Promise<Kept>;
}

/** What is on disk after a run. */
export interface Kept {
  /** Rows that were written in the whole run, as the platform would count them; none where there are no rows. */
  rowsWritten: number | undefined;
  bytes: number;
}
