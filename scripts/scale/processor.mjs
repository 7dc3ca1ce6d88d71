/** What the processor's time is spent on: three measurements give the part of a request, of its call, and of each event. */

import { measured } from "./figures.mjs";

/**
 * Milliseconds. In the measurement of shared calls the part of the call is taken to be nothing.
 * @returns {{ request: number, call: number, event: number }}
 */
export function processorMs() {
  const [alone, shared, hundred] = [
    measured.oneMsPerEvent.value,
    measured.oneSharedMsPerEvent.value,
    measured.hundredMsPerEvent.value,
  ];
  const request = (shared - hundred) / (1 - 1 / 100);
  return { request, call: Math.max(0, alone - shared), event: shared - request };
}
