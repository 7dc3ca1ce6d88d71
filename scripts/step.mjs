/** Says what is being done and how long it took, on stderr. */

const colour = process.stderr.isTTY && !process.env["NO_COLOR"];
const bold = (/** @type {string} */ text) => (colour ? `\x1b[1m${text}\x1b[0m` : text);

/** @param {string} text */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/**
 * Runs one named step.
 * @template T
 * @param {string} name what is done, and when it is long, how long it usually takes
 * @param {() => T | Promise<T>} action
 * @returns {Promise<T>}
 */
export async function step(name, action) {
  const start = performance.now();
  const took = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
  say(bold(`▸ ${name}`));
  try {
    const result = await action();
    say(`  ${name}: done in ${took()}`);
    return result;
  } catch (error) {
    say(`  ${name}: failed after ${took()}`);
    throw error;
  }
}
