/**
 * How many requests share a call to a ledger: what comes to it in one isolate before the event loop has come round leaves
 * together (`worker/entry/courier.mjs`). A round of an isolate that is busy for a share b of its time lasts, on average, as
 * long as one request keeps it busy, by 1 - b. So each call brings its own request and b / (1 - b) others, as far as they
 * have something for the same ledger. Requests come at random; those of other isolates are never shared.
 */

import { assumed, bounds } from "./figures.mjs";
import { processorMs } from "./processor.mjs";

/**
 * How busy an isolate is: where one alone would be less busy than is assumed, as busy as that one.
 * @param {import("./sizes.mjs").Load} load of the whole Worker
 */
export function busyOf({ eventsPerS, batch, isolateBusy = assumed.isolateBusy.value }) {
  const { request, event } = processorMs();
  return Math.min(isolateBusy, ((eventsPerS / batch) * (request + batch * event)) / 1_000);
}

/**
 * @param {number} busy share of its time, below 1
 * @param {number} concerned share of an isolate's requests that have something for the ledger
 */
export const requestsOfCall = (busy, concerned) =>
  Math.min(bounds.callBatchesMax.value, 1 + (busy / (1 - busy)) * concerned);
