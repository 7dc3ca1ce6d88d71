/**
 * A bad network between viewers and server: a TCP proxy on a free port of this machine that cuts connections without
 * a word, lets them hang, and delivers crumb by crumb, at random moments of a seed.
 *
 * Holds at most what its two sockets buffer: who cannot be sent to is not read from.
 */

import { connect, createServer, type Server, type Socket } from "node:net";
import type { Random } from "../../scripts/demo/random.mjs";

const crumbBytes = 48;
const crumbMs = 2;
/** Between two misfortunes, at most. */
const calmMsMax = 800;
const crumbsMsMax = 2_000;
const host = "127.0.0.1";

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  /** Until when nothing is let through, and until when crumbs only. */
  stalledUntil: number;
  crumbsUntil: number;
}

export class TornProxy {
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  readonly #random: Random;
  readonly #stallMsMax: number;
  #timer: NodeJS.Timeout | undefined;
  cut = 0;
  stalled = 0;
  slowed = 0;

  private constructor(server: Server, random: Random, stallMsMax: number) {
    this.#server = server;
    this.#random = random;
    this.#stallMsMax = stallMsMax;
  }

  /** @param stallMsMax how long a connection hangs at most; viewers give one up after 15 s of silence */
  static async open(target: string, random: Random, stallMsMax: number): Promise<TornProxy> {
    const server = createServer();
    const proxy = new TornProxy(server, random, stallMsMax);
    server.on("connection", (near) => proxy.#join(near, Number(new URL(target).port)));
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    proxy.#tear();
    return proxy;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://${host}:${typeof address === "object" ? address?.port : ""}`;
  }

  /** From here on the network is good. */
  calm(): void {
    clearTimeout(this.#timer);
    for (const pair of this.#pairs) pair.stalledUntil = pair.crumbsUntil = 0;
  }

  close(): void {
    this.calm();
    for (const { near, far } of this.#pairs) for (const socket of [near, far]) socket.destroy();
    this.#server.close();
  }

  #join(near: Socket, port: number): void {
    const far = connect(port, host);
    const pair: Pair = { near, far, stalledUntil: 0, crumbsUntil: 0 };
    this.#pairs.add(pair);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.setNoDelay(true);
      from.on("error", () => {}); // a torn connection is what this is for; `close` follows
      from.on("close", () => {
        this.#pairs.delete(pair);
        to.destroy();
      });
      void this.#carry(pair, from, to);
    }
  }

  async #carry(pair: Pair, from: Socket, to: Socket): Promise<void> {
    try {
      for await (const chunk of from as AsyncIterable<Buffer>) {
        for (let at = 0; at < chunk.length; ) {
          while (performance.now() < pair.stalledUntil) await pause(crumbMs);
          const crumbs = performance.now() < pair.crumbsUntil;
          const piece = chunk.subarray(at, crumbs ? at + crumbBytes : undefined);
          at += piece.length;
          await new Promise<void>((resolve, reject) => to.write(piece, (error) => (error ? reject(error) : resolve())));
          if (crumbs) await pause(crumbMs);
        }
      }
      to.end();
    } catch {
      from.destroy();
      to.destroy();
    }
  }

  #tear(): void {
    const random = this.#random;
    this.#timer = setTimeout(
      () => {
        const pairs = [...this.#pairs];
        const pair = pairs[random.whole(0, pairs.length - 1)];
        if (pair !== undefined) this.#hurt(pair);
        this.#tear();
      },
      random.whole(0, calmMsMax),
    );
  }

  #hurt(pair: Pair): void {
    const now = performance.now();
    const kind = this.#random.whole(0, 2);
    if (kind === 0) {
      this.cut += 1;
      for (const socket of [pair.near, pair.far]) socket.resetAndDestroy();
    } else if (kind === 1) {
      this.stalled += 1;
      pair.stalledUntil = now + this.#random.whole(0, this.#stallMsMax);
    } else {
      this.slowed += 1;
      pair.crumbsUntil = now + this.#random.whole(0, crumbsMsMax);
    }
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
