/**
 * A WebSocket over a bare connection that reads only when it is told to, as no browser's or Node's own does.
 *
 * Knows what a client of the live protocol needs of RFC 6455: one unfragmented message per frame, both ways.
 */

import { once } from "node:events";
import { connect, type Socket } from "node:net";

const key = "dGhlIHNhbXBsZSBub25jZQ==";
const binary = 2;
const closing = 8;

export class RawSocket {
  /** Bytes that were read. */
  received = 0;
  /** The server's close code. */
  closed: number | undefined;
  readonly #connection: Socket;
  readonly #take: (message: Uint8Array) => void;
  #pending = Buffer.alloc(0);

  private constructor(connection: Socket, take: (message: Uint8Array) => void) {
    this.#connection = connection;
    this.#take = take;
  }

  /** @param take gets each message, once the socket reads */
  static async open(url: string, token: string, take: (message: Uint8Array) => void): Promise<RawSocket> {
    const { hostname, port, host } = new URL(url);
    const connection = connect(Number(port), hostname);
    connection.on("error", () => {});
    connection.write(
      `GET /api/v1/live HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n` +
        `Sec-WebSocket-Protocol: polso.v1, bearer.${token}\r\n\r\n`,
    );
    const [head] = (await once(connection, "data")) as [Buffer];
    connection.pause();
    if (!head.toString("latin1").startsWith("HTTP/1.1 101 ")) throw new Error(`not upgraded: ${head}`);
    return new RawSocket(connection, take);
  }

  /** Sends a message of at most 125 bytes, masked with zeros. */
  send(message: Uint8Array): void {
    const head = [0x80 | binary, 0x80 | message.length, 0, 0, 0, 0];
    this.#connection.write(Buffer.from([...head, ...message]));
  }

  /** From here on it reads. */
  read(): void {
    this.#connection.on("data", (bytes) => {
      this.received += bytes.length;
      this.#pending = Buffer.concat([this.#pending, bytes]);
      while (this.#takeFrame());
    });
    this.#connection.resume();
  }

  #takeFrame(): boolean {
    const bytes = this.#pending;
    if (bytes.length < 2) return false;
    const short = bytes.readUInt8(1);
    const start = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (bytes.length < start) return false;
    const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
    if (bytes.length < start + length) return false;
    const payload = bytes.subarray(start, start + length);
    this.#pending = bytes.subarray(start + length);
    const opcode = bytes.readUInt8(0) & 15;
    if (opcode === binary) this.#take(new Uint8Array(payload));
    if (opcode === closing) this.closed = payload.readUInt16BE(0);
    return true;
  }

  close(): void {
    this.#connection.destroy();
  }
}
