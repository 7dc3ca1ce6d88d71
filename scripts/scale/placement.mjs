/**
 * Where events meet, as `Candidate::shard` in `core/src/domain.rs` has it: a 128-bit hash modulo the number of shards.
 * For conversions the hash is that of the dedup key; for story actions, of viewer and story; for snapshots, of source,
 * story, place and segment. Here a hash of 32 bits of small numbers stands for it: as even, and not the same shards.
 */

/**
 * The shard of a key.
 * @param {number} seed
 * @param {number} key
 * @param {number} shards
 */
export function shardOf(seed, key, shards) {
  let mixed = Math.imul((seed ^ 0x9e3779b9) + key, 0x85ebca6b) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x7feb352d) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b) >>> 0;
  return ((mixed ^ (mixed >>> 16)) >>> 0) % shards;
}

/**
 * The share of events that each shard gets when they are spread over so many keys, the k-th of which is as frequent as
 * 1/k to the exponent (Zipf's law).
 * @param {number} seed
 * @param {{ keys: number, exponent: number }} law
 * @param {number} shards
 * @returns {number[]} adding up to 1
 */
export function zipfShares(seed, { keys, exponent }, shards) {
  const shares = new Array(shards).fill(0);
  let total = 0;
  for (let key = 1; key <= keys; key += 1) {
    const weight = key ** -exponent;
    shares[shardOf(seed, key, shards)] += weight;
    total += weight;
  }
  return shares.map((share) => share / total);
}

/**
 * How likely it is that a request of several events has one for a shard: a request is cut by the keys of its events, and
 * each shard that it touches is one call.
 * @param {number} share of events that go to this shard
 * @param {number} batch
 */
export const touched = (share, batch) => 1 - (1 - share) ** batch;
