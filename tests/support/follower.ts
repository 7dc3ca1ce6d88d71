/**
 * The core's own viewer on a live socket: keeps what each frame was, and answers with the very text that the server
 * would send. The npm package's client is the same core behind an interface for people; this one is for looking closely.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Query } from "polso";
import { sdkWasm } from "../../scripts/paths.mjs";
import { initSync, Viewer } from "../../sdk/build/wasm/polso_sdk.js";
import { until } from "./until.ts";

type Applied = { kind: string; seq: number; now_ms?: number };

let loaded = false;

export class Follower {
  /** What each frame was, in order. */
  readonly kinds: string[] = [];
  /** The server's clock, as the last frame that told it. */
  nowMs = 0;
  closed: { code: number; reason: string } | undefined;
  readonly viewer: Viewer;
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket, viewer: Viewer) {
    this.#socket = socket;
    this.viewer = viewer;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => this.#take(data));
    socket.addEventListener("close", ({ code, reason }) => {
      this.closed = { code, reason };
    });
  }

  /**
   * Opens a socket and asks for what is missing.
   * @param viewer one that has seen something already, to resume with
   */
  static async open(url: string, token: string, viewer?: Viewer): Promise<Follower> {
    if (!loaded) initSync({ module: readFileSync(join(sdkWasm, "polso_sdk_bg.wasm")) });
    loaded = true;
    const socket = new WebSocket(`${url.replace("http", "ws")}/api/v1/live`, ["polso.v1", `bearer.${token}`]);
    const follower = new Follower(socket, viewer ?? new Viewer());
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener("open", () => resolve());
      socket.addEventListener("error", () => reject(new Error("the socket did not open")));
    });
    follower.send(follower.viewer.resume());
    return follower;
  }

  send(data: Uint8Array | string): void {
    this.#socket.send(data as Uint8Array<ArrayBuffer>);
  }

  #take(data: unknown): void {
    if (typeof data === "string") {
      this.kinds.push(data);
      return;
    }
    const applied: Applied = this.viewer.apply(new Uint8Array(data as ArrayBuffer));
    this.kinds.push(applied.kind);
    this.nowMs = applied.now_ms ?? this.nowMs;
    if (applied.kind === "gap") this.send(this.viewer.resume());
  }

  /** Waits until what was heard has this to say. */
  async hears(what: string, condition: (kinds: readonly string[]) => boolean): Promise<void> {
    await until(
      `the viewer hears ${what}`,
      () => condition(this.kinds),
      () => this.kinds.join(),
    );
  }

  /** The answer's text at an instant. */
  evaluate(query: Query, nowMs: number): string {
    return this.viewer.evaluate(query, nowMs);
  }

  close(): void {
    this.#socket.close();
  }
}
