/**
 * The Durable Object of one shard, around worker-build's class. It carries bytes: a batch is answered when it is
 * durable. An alarm or a call after a crash finds a ledger made anew, which restores itself from what it kept.
 */

import { DurableObject } from "cloudflare:workers";
import { Ledger as Proxied } from "../build/index.js";
import { alive, enter, instanceId } from "./instance.mjs";

/** Without its proxy. */
const Wasm = Proxied.prototype.constructor;

export class Ledger extends DurableObject {
  /** The ledger in Wasm, and the instance that it was made in. */
  #made;
  /** What Wasm promised to everyone who waits for one commit, and the same safe from a crash. */
  #commit;

  /**
   * One call into Wasm.
   * @template T
   * @param {(ledger: any) => T} call
   * @returns {T}
   */
  #enter(call) {
    return enter(() => {
      if (this.#made?.instance !== instanceId()) {
        this.#made = { instance: instanceId(), ledger: new Wasm(this.ctx, this.env) };
      }
      return call(this.#made.ledger);
    });
  }

  /**
   * One call whose answer nobody may have before what it changes is durable.
   * @template T
   * @param {(ledger: any) => T} call
   */
  async #durably(call) {
    const answer = this.#enter(call);
    const promised = this.#enter((ledger) => ledger.durable());
    if (this.#commit?.promised !== promised) this.#commit = { promised, durable: alive(promised) };
    await this.#commit.durable;
    return answer;
  }

  /** @param {string} space @param {number} shard @param {Uint8Array[]} batches */
  ingest(space, shard, batches) {
    return this.#durably((ledger) => batches.map((batch) => ledger.ingest(space, shard, batch)));
  }

  /** @param {string} space @param {number} shard @param {Uint8Array} enquiry */
  tell(space, shard, enquiry) {
    return this.#durably((ledger) => ledger.tell(space, shard, enquiry));
  }

  /** @param {Uint8Array} position */
  pull(position) {
    return this.#enter((ledger) => ledger.pull(position));
  }

  /** @param {Uint8Array} question */
  rejected(question) {
    return alive(this.#enter((ledger) => ledger.rejected(question)));
  }

  alarm() {
    return alive(this.#enter((ledger) => ledger.alarm()));
  }
}
