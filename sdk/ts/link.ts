/**
 * Keeps one socket to the server alive and says truthfully how it is.
 *
 * Decides when to connect, when to call a silent socket late or dead, how long to wait before the next try, and
 * when trying is pointless. Knows nothing of what the frames hold.
 */

import { Backoff } from "./backoff.ts";
import { probe, type Refusal } from "./probe.ts";
import type { LinkState, StopReason } from "./types.ts";
import type { Cancel, World } from "./world.ts";

/** The server sends at least a beat every 5 s: one missed, and a little patience. */
const lateAfterMs = 9_000;
const dropAfterMs = 15_000;
const checkEveryMs = 1_000;
const openWithinMs = 10_000;
const firstRetryMsMax = 500;
const retryMsMax = 30_000;
/** Only a link that held this long proves that the server is well again. */
const stableAfterMs = 10_000;
/** A token function gets one more chance with a fresh token. */
const refusalsMax = 2;

const closeCodes: Readonly<Record<number, StopReason>> = { 4401: "token_expired", 4403: "forbidden" };

/** A fixed token, or what fetches a fresh one before each connection. */
export type Token = string | (() => string | Promise<string>);

export interface Target {
  /** Where Polso is, without a path below the API's root. */
  readonly base: URL;
  readonly token: Token;
}

/**
 * What became of a message: `gap` when frames before it are missing, `skipped` when the answer that is waited for holds
 * it too, `foreign` when it is of another space than was asked for.
 */
export type Received = "taken" | "gap" | "skipped" | "foreign";

/** Who is behind the link. */
export interface Receiver {
  /** The flavour of the protocol that it speaks. */
  readonly protocol: string;
  /** The first message of a connection, and the answer to a gap. */
  resume(): Uint8Array | string;
  /**
   * Takes one message.
   * @throws when it cannot be read
   */
  receive(message: Uint8Array | string): Received;
  changed(state: LinkState): void;
}

export class Link {
  #state: LinkState = { kind: "connecting" };
  #socket: WebSocket | undefined;
  /** The one thing waited for: the next try, the opening, the next look at the silence. */
  #timer: Cancel = () => {};
  /** Counts connections begun and left, so that what an older one still waited for is ignored. */
  #generation = 0;
  #openedMs: number | undefined;
  #heard: { nowMs: number; wallMs: number } | undefined;
  #refusals = 0;
  readonly #backoff = new Backoff(firstRetryMsMax, retryMsMax);
  readonly #stopListening: Cancel;
  readonly #target: Target;
  readonly #receiver: Receiver;
  readonly #world: World;

  constructor(target: Target, receiver: Receiver, world: World) {
    this.#target = target;
    this.#receiver = receiver;
    this.#world = world;
    this.#stopListening = world.onWake(() => this.#wake());
    void this.#open();
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Milliseconds since the server's last sign of life; `undefined` before the first. */
  get silenceMs(): number | undefined {
    if (this.#heard === undefined) return undefined;
    // A sleeping machine may stop its monotonic clock, a set calendar clock may jump: believe the longer one.
    return Math.max(this.#world.nowMs() - this.#heard.nowMs, this.#world.wallMs() - this.#heard.wallMs);
  }

  /** Sends the receiver's first message again; where there is no connection, the next one begins with it. */
  ask(): void {
    if (this.#socket !== undefined && this.#openedMs !== undefined) this.#resume(this.#socket);
  }

  close(): void {
    this.#stop("closed");
  }

  #enter(state: LinkState): void {
    const same = state.kind === this.#state.kind && state.kind !== "reconnecting";
    this.#state = state;
    if (!same) this.#receiver.changed(state);
  }

  async #open(): Promise<void> {
    this.#timer();
    this.#generation += 1;
    const generation = this.#generation;
    let token: string;
    try {
      token = await this.#token();
    } catch (error) {
      console.warn("polso: could not get a token:", error);
      if (this.#generation === generation) this.#retry();
      return;
    }
    if (this.#generation === generation) this.#dial(token);
  }

  #dial(token: string): void {
    let socket: WebSocket;
    try {
      socket = this.#world.openSocket(socketUrl(this.#target), [this.#receiver.protocol, `bearer.${token}`]);
    } catch {
      // Characters that no subprotocol may hold, and so no token of the server's. The error would print them.
      this.#refused({ reason: "token_invalid" });
      return;
    }
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    socket.onopen = () => {
      if (this.#socket === socket) this.#opened(socket);
    };
    socket.onmessage = ({ data }) => {
      if (this.#socket === socket) this.#message(socket, data);
    };
    socket.onclose = ({ code }) => {
      if (this.#socket === socket) void this.#lost(token, code);
    };
    this.#timer = this.#world.later(openWithinMs, () => this.#drop());
  }

  #opened(socket: WebSocket): void {
    this.#openedMs = this.#world.nowMs();
    this.#hear();
    this.#resume(socket);
    this.#timer();
    this.#watch();
  }

  #resume(socket: WebSocket): void {
    socket.send(this.#receiver.resume() as Uint8Array<ArrayBuffer> | string);
  }

  async #token(): Promise<string> {
    const { token } = this.#target;
    return typeof token === "string" ? token : token();
  }

  #message(socket: WebSocket, data: unknown): void {
    this.#hear();
    let received: Received;
    try {
      received = this.#receiver.receive(data instanceof ArrayBuffer ? new Uint8Array(data) : (data as string));
      if (received === "foreign") {
        this.#stop("forbidden");
        return;
      }
      if (received === "gap") this.#resume(socket);
    } catch (error) {
      // Another version of the server, or a torn frame: a new connection starts from a whole snapshot.
      console.warn("polso: unreadable message:", error);
      this.#drop();
      return;
    }
    this.#refusals = 0;
    // Until the server has answered, what is shown is what was there before.
    if (received === "taken") this.#enter({ kind: "live" });
  }

  #hear(): void {
    this.#heard = { nowMs: this.#world.nowMs(), wallMs: this.#world.wallMs() };
  }

  #watch(): void {
    this.#timer = this.#world.later(checkEveryMs, () => {
      if (this.#judgeSilence()) this.#watch();
    });
  }

  /** Whether the socket is kept. */
  #judgeSilence(): boolean {
    const silenceMs = this.silenceMs ?? 0;
    if (silenceMs > dropAfterMs) {
      this.#drop();
      return false;
    }
    if (silenceMs > lateAfterMs && this.#state.kind === "live") this.#enter({ kind: "late" });
    return true;
  }

  #wake(): void {
    if (this.#state.kind === "stopped") return;
    if (this.#openedMs !== undefined) this.#judgeSilence();
    else if (this.#state.kind === "reconnecting" && this.#socket === undefined) void this.#open();
  }

  /** Gives up a socket that says nothing; its own close may come minutes later or never. */
  #drop(): void {
    this.#leaveSocket();
    this.#retry();
  }

  async #lost(token: string, code: number): Promise<void> {
    const wasOpen = this.#openedMs !== undefined;
    this.#leaveSocket();
    const reason = closeCodes[code];
    if (reason !== undefined) return this.#refused({ reason });
    if (wasOpen) return this.#retry();
    // A browser does not say why an upgrade failed: ask the same server by HTTP.
    const generation = this.#generation;
    const refusal = await probe(this.#target, token, this.#world);
    if (this.#generation !== generation) return;
    if (refusal === undefined) this.#retry();
    else this.#refused(refusal);
  }

  #refused({ reason }: Refusal): void {
    this.#refusals += 1;
    const another = typeof this.#target.token === "function" && reason !== "forbidden";
    if (another && this.#refusals < refusalsMax) this.#retry();
    else this.#stop(reason);
  }

  #leaveSocket(): void {
    this.#timer();
    this.#generation += 1;
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
    const heldMs = this.#openedMs === undefined ? 0 : this.#world.nowMs() - this.#openedMs;
    if (heldMs >= stableAfterMs) this.#backoff.reset();
    this.#openedMs = undefined;
  }

  #retry(): void {
    const delayMs = this.#backoff.nextDelayMs(this.#world.random());
    this.#timer = this.#world.later(delayMs, () => void this.#open());
    this.#enter({ kind: "reconnecting", attempt: this.#backoff.attempt });
  }

  #stop(reason: StopReason): void {
    if (this.#state.kind === "stopped") return;
    this.#stopListening();
    this.#leaveSocket();
    this.#enter({ kind: "stopped", reason });
  }
}

function socketUrl({ base }: Target): string {
  const url = new URL("api/v1/live", base);
  url.protocol = url.protocol.replace("http", "ws");
  return url.href;
}
