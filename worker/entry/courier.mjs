/**
 * Batches on their way from this isolate to the ledgers: those of many requests in one call, because a call costs the
 * platform more than a small batch costs to judge.
 *
 * What comes to one ledger before the event loop has come round leaves together. So nothing waits while there is little
 * to do, and the more there is to do, the more share a call. When the call fails, all who share it are told to come again,
 * and nothing is counted twice.
 *
 * A request may wait for what another one has asked for since the compatibility flag
 * `handle_cross_request_promise_resolution`, which every compatibility date from 2024-10-14 on brings.
 */

import { alive } from "./instance.mjs";

const batchesMax = 100;
const bytesMax = 1_048_576;
/**
 * The longest that an answer may take. Where the code of a Durable Object has hung, whoever called it would wait for
 * ever: the platform ends such a call only when its caller has nothing pending.
 */
export const answerMsMax = 25_000;

/** What leaves next, by the ledger's name: no more of them than the configuration has spaces and shards. */
const loads = new Map();

/** The way of one request to the ledgers. */
export class Courier {
  #env;
  #ctx;

  /** @param {any} env @param {any} ctx */
  constructor(env, ctx) {
    this.#env = env;
    this.#ctx = ctx;
  }

  /**
   * Hands over a batch.
   * @param {string} space @param {number} shard @param {Uint8Array} batch
   * @returns {Promise<Uint8Array>} the reply
   */
  async hand(space, shard, batch) {
    const name = nameOf(space, shard);
    let load = loads.get(name);
    if (!load?.hasRoom(batch)) load = this.#begin(name, space, shard);
    try {
      return await load.add(batch);
    } finally {
      // Also when the platform has ended the request that was to make the call.
      forget(name, load);
    }
  }

  /**
   * Asks what came to a ledger before the number of shards changed.
   * @param {string} space @param {number} shard @param {Uint8Array} enquiry
   * @returns {Promise<Uint8Array>} the reply
   */
  tell(space, shard, enquiry) {
    return alive(this.#ledger(nameOf(space, shard)).tell(space, shard, enquiry), answerMsMax);
  }

  /**
   * Begins a load, and makes its call when the event loop has come round. Until that is over the request goes on, also
   * when it was answered because of another call, or when its sender has gone: who shares the load depends on it.
   * @param {string} name @param {string} space @param {number} shard
   */
  #begin(name, space, shard) {
    const load = new Load();
    loads.set(name, load);
    setTimeout(() => {
      forget(name, load);
      load.leave((batches) => this.#ledger(name).ingest(space, shard, batches));
    });
    this.#ctx.waitUntil(load.over);
    return load;
  }

  /** @param {string} name */
  #ledger(name) {
    return this.#env.LEDGER.getByName(name);
  }
}

/** @param {string} space @param {number} shard */
const nameOf = (space, shard) => `${space}/${shard}`;

/** @param {string} name @param {Load} load */
const forget = (name, load) => {
  if (loads.get(name) === load) loads.delete(name);
};

/** Batches that leave together. */
class Load {
  #batches = [];
  #bytes = 0;
  #replies = Promise.withResolvers();
  /** Resolves when the call is over, whatever came of it. */
  over = Promise.allSettled([this.#replies.promise]);

  /** @param {Uint8Array} batch */
  hasRoom(batch) {
    return this.#batches.length < batchesMax && this.#bytes + batch.length <= bytesMax;
  }

  /** @param {Uint8Array} batch */
  async add(batch) {
    const position = this.#batches.push(batch) - 1;
    this.#bytes += batch.length;
    return (await this.#replies.promise)[position];
  }

  /** @param {(batches: Uint8Array[]) => Promise<Uint8Array[]>} call */
  leave(call) {
    this.#replies.resolve(alive(Promise.try(call, this.#batches), answerMsMax));
  }
}
