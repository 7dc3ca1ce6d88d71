/**
 * The server's clock as seen from here, whatever this machine's own clock says.
 *
 * Each sample pairs the server's time with a monotonic one. A sample is late by its own transit, never early, so
 * the earliest of the last minute's is the best; older ones are forgotten, and with them a drift.
 */

const keptMs = 60_000;
/** Samples closer together than this share a place, which bounds their number. */
const spacingMs = 5_000;

interface Sample {
  readonly sinceMs: number;
  offsetMs: number;
}

export class ServerClock {
  #samples: Sample[] = [];

  /**
   * @param serverMs the server's clock when it sent
   * @param monotonicMs this machine's monotonic clock at the receipt
   */
  sample(serverMs: number, monotonicMs: number): void {
    const offsetMs = serverMs - monotonicMs;
    this.#samples = this.#samples.filter(({ sinceMs }) => monotonicMs - sinceMs < keptMs);
    const last = this.#samples.at(-1);
    if (last !== undefined && monotonicMs - last.sinceMs < spacingMs) last.offsetMs = Math.max(last.offsetMs, offsetMs);
    else this.#samples.push({ sinceMs: monotonicMs, offsetMs });
  }

  /** The server's time at a monotonic instant, in whole milliseconds; none before the first sample. */
  at(monotonicMs: number): number | undefined {
    if (this.#samples.length === 0) return undefined;
    return Math.round(Math.max(...this.#samples.map(({ offsetMs }) => offsetMs)) + monotonicMs);
  }

  /** A new connection may lead to another machine, or follow a sleep. */
  reset(): void {
    this.#samples = [];
  }
}
