/** A world for tests: time moves when told, sockets are opened by hand, the answers of `fetch` are laid out. */

import type { Cancel, World } from "../ts/world.ts";

interface Timer {
  readonly dueMs: number;
  readonly action: () => void;
}

export class TestSocket {
  binaryType = "blob";
  readonly sent: (Uint8Array | string)[] = [];
  closed = false;
  onopen?: () => void;
  onmessage?: (message: { data: unknown }) => void;
  onclose?: (event: { code: number }) => void;
  readonly url: string;
  readonly protocols: string[];

  constructor(url: string, protocols: string[]) {
    this.url = url;
    this.protocols = protocols;
  }

  send(data: Uint8Array | string): void {
    this.sent.push(data);
  }

  close(): void {
    this.closed = true;
  }

  open(): void {
    this.onopen?.();
  }

  frame(...bytes: number[]): void {
    this.onmessage?.({ data: new Uint8Array(bytes).buffer });
  }

  text(value: unknown): void {
    this.onmessage?.({ data: JSON.stringify(value) });
  }

  lose(code = 1006): void {
    this.onclose?.({ code });
  }
}

export class TestWorld implements World {
  readonly sockets: TestSocket[] = [];
  readonly reported: unknown[] = [];
  readonly probes: string[] = [];
  /** What the next probes get; a lost network without one. */
  answer: (() => Response) | undefined;
  /** What `random` gives: 1 makes every delay the longest. */
  draw = 0.999_999;
  isHidden = false;
  /** How far the calendar clock is ahead of the monotonic one. */
  sleptMs = 0;
  #nowMs = 1_000;
  #timers = new Set<Timer>();
  #wakers = new Set<() => void>();

  get socket(): TestSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error("no socket was opened");
    return socket;
  }

  get listening(): number {
    return this.#wakers.size;
  }

  get timers(): number {
    return this.#timers.size;
  }

  nowMs = () => this.#nowMs;
  wallMs = () => 1_700_000_000_000 + this.#nowMs + this.sleptMs;
  random = () => this.draw;
  hidden = () => this.isHidden;
  nextFrame = (action: () => void) => this.later(0, action);
  report = (error: unknown) => this.reported.push(error);

  later(delayMs: number, action: () => void): Cancel {
    const timer = { dueMs: this.#nowMs + delayMs, action };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  openSocket(url: string, protocols: string[]): WebSocket {
    if (protocols.some((protocol) => /\s/.test(protocol))) throw new SyntaxError("not a subprotocol");
    const socket = new TestSocket(url, protocols);
    this.sockets.push(socket);
    return socket as unknown as WebSocket;
  }

  async fetch(url: string): Promise<Response> {
    this.probes.push(url);
    if (this.answer === undefined) throw new TypeError("network lost");
    return this.answer();
  }

  onWake(action: () => void): Cancel {
    this.#wakers.add(action);
    return () => this.#wakers.delete(action);
  }

  wake(): void {
    for (const waker of [...this.#wakers]) waker();
  }

  /** Moves time on, timer by timer, and lets promises settle between them. */
  async pass(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await settle();
    for (;;) {
      const due = [...this.#timers].filter(({ dueMs }) => dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#nowMs = Math.max(this.#nowMs, due.dueMs);
      due.action();
      await settle();
    }
    this.#nowMs = endMs;
  }
}

/** Lets promises settle, those of bodies that are read too. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
}
