/**
 * What went wrong in the user's hands: one sentence that says what to do next.
 *
 * A `Complaint` is printed without a stack and ends the command with exit code 1; any other error that reaches
 * the top is a fault of these scripts and is shown whole.
 */

export class Complaint extends Error {}

/**
 * Prints an error the way its kind deserves.
 * @param {unknown} error
 */
export function printError(error) {
  if (error instanceof Complaint) process.stderr.write(`polso: ${error.message}\n`);
  else console.error(error);
}
