/** Connections that do not behave: heads that no client would write, bodies that never end, and ones that never come. */

import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { setTimeout as delay, setImmediate } from "node:timers/promises";
import { until } from "../../support/until.ts";

const pieceBytes = 65_536;

/** A connection to a server that has sent the head of a `POST`. */
export class Attacker {
  readonly #socket: Socket;
  #received = "";

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("latin1").on("data", (text) => {
      this.#received += text;
    });
    // The server may close while it is written to.
    socket.on("error", () => {});
  }

  /** @param lines of the head, after the one of the host */
  static async open(address: string, lines: readonly string[]): Promise<Attacker> {
    const { hostname, port, host, pathname } = new URL(address);
    const socket = connect(Number(port), hostname);
    const attacker = new Attacker(socket);
    await once(socket, "connect");
    socket.write(`${[`POST ${pathname} HTTP/1.1`, `Host: ${host}`, ...lines].join("\r\n")}\r\n\r\n`);
    return attacker;
  }

  /** The answer's status; 0 while there is none. */
  get status(): number {
    return Number(/^HTTP\/1\.1 (\d{3}) /.exec(this.#received)?.[1] ?? 0);
  }

  get #ended(): boolean {
    return this.status > 0 || this.#socket.closed;
  }

  /**
   * Waits until it is answered or cut off, and goes: the answer's status, 0 without one. A server that does not read on
   * closes the connection after its answer, and that may be lost to whoever still writes.
   */
  async answered(): Promise<number> {
    await until("the server answers", () => this.#ended);
    this.close();
    return this.status;
  }

  /** Sends a body for as long as it is neither answered nor cut off, then as {@link answered}. */
  async feed(body: Iterable<Buffer>): Promise<number> {
    for (const piece of body) {
      if (this.#ended) break;
      await new Promise((resolve) => this.#socket.write(piece, resolve));
      await setImmediate();
    }
    return this.answered();
  }

  /** Sends a body, and hangs up some time later, whatever has come by then. */
  async leave(body: Buffer, afterMs: number): Promise<void> {
    await new Promise((resolve) => this.#socket.write(body, resolve));
    await delay(afterMs);
    this.#socket.resetAndDestroy();
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** A body in the pieces in which it is written. */
export function* pieces(body: Buffer): Iterable<Buffer> {
  for (let at = 0; at < body.length; at += pieceBytes) yield body.subarray(at, at + pieceBytes);
}

/** So many bytes of a body in chunks, without the last one. */
export function* chunks(bytes: number): Iterable<Buffer> {
  const piece = Buffer.from(`${pieceBytes.toString(16)}\r\n${" ".repeat(pieceBytes)}\r\n`);
  for (let sent = 0; sent < bytes; sent += pieceBytes) yield piece;
}

/** The lines of a head. */
export const lines = (headers: Record<string, string | number>): string[] =>
  Object.entries(headers).map(([name, value]) => `${name}: ${value}`);

/** Somewhere that a server must not be talked into asking. */
export async function bait() {
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    response.end("{}");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => asked,
    close: () => server.close(),
  };
}
