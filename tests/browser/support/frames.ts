/**
 * Hours of a server's frames in minutes: made by `core/examples/frames.rs`, played to a page by a socket that is none.
 *
 * Bounds: so many deltas as were asked for; the page hears one after the other, as often as `feed` is called.
 */

import { execFileSync } from "node:child_process";
import { root } from "../../../scripts/paths.mjs";

const bytesMax = 256 * 1024 * 1024;

export interface Frames {
  /** Hello and snapshot. */
  readonly answer: readonly string[];
  readonly deltas: readonly string[];
}

/** @returns the frames in base64 */
export function framesOf(series: number, deltas: number, stepS: number): Frames {
  const args = ["run", "--quiet", "--package", "polso-core", "--example", "frames", "--"];
  const bytes = execFileSync("cargo", [...args, ...[series, deltas, stepS].map(String)], {
    cwd: root,
    maxBuffer: bytesMax,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const frames: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const from = at + 4;
    at = from + bytes.readUInt32LE(at);
    frames.push(bytes.subarray(from, at).toString("base64"));
  }
  return { answer: frames.slice(0, 2), deltas: frames.slice(2) };
}

/**
 * For a page, before anything else: every socket opens at once and answers with the first frames. `feed(frames)`
 * delivers more and returns how long the page took for each, in milliseconds.
 */
export function playing({ answer }: Frames): string {
  return `{
    const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0)).buffer;
    const answer = ${JSON.stringify(answer)};
    let last;
    window.WebSocket = class extends EventTarget {
      constructor() {
        super();
        last = this;
        setTimeout(() => this.onopen());
      }
      send() {
        for (const frame of answer) this.onmessage({ data: bytes(frame) });
      }
      close() {}
    };
    window.feed = (frames) => frames.map((frame) => {
      const data = bytes(frame);
      const beginMs = performance.now();
      last.onmessage({ data });
      return performance.now() - beginMs;
    });
  }`;
}
