/**
 * Names of clients that are written into bytes made ahead: the letters tell the connection, the digits count. Bound: 26³
 * connections and 26³ million names for each.
 */

/** A name is written over it. */
export const clientMark = "CLIENTE-@@@@@@-000000";
const digits = 6;
const namesPerLetters = 10 ** digits;

/** The names of one connection, no two of them the same. */
export class Names {
  readonly #connection: number;
  #given = 0;

  constructor(connection: number) {
    this.#connection = connection;
  }

  /** Writes the next one over the mark at each of these places. */
  write(bytes: Buffer, places: readonly number[]): void {
    for (const at of places) {
      const lettersAt = at + clientMark.indexOf("@");
      writeLetters(bytes, lettersAt, this.#connection, 3);
      writeLetters(bytes, lettersAt + 3, Math.floor(this.#given / namesPerLetters), 3);
      let rest = this.#given % namesPerLetters;
      for (let place = at + clientMark.length - 1; place >= at + clientMark.length - digits; place -= 1) {
        bytes[place] = 48 + (rest % 10);
        rest = Math.floor(rest / 10);
      }
    }
    this.#given += 1;
  }
}

function writeLetters(bytes: Buffer, at: number, number: number, count: number): void {
  let rest = number;
  for (let place = at + count - 1; place >= at; place -= 1) {
    bytes[place] = 65 + (rest % 26);
    rest = Math.floor(rest / 26);
  }
}

/** Where a mark stands. */
export function placesOf(mark: string, bytes: Buffer): number[] {
  const found: number[] = [];
  for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1)) found.push(at);
  return found;
}
