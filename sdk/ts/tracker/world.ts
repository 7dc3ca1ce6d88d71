/** What the tracker needs from the world around it; a test brings a world of its own. */

import { type Cancel, platform, type World } from "../world.ts";
import { clearStore, openStore, type Store } from "./store.ts";

export interface TrackerWorld
  extends Pick<World, "nowMs" | "wallMs" | "random" | "later" | "fetch" | "hidden" | "onWake" | "report"> {
  randomBytes(length: number): Uint8Array;
  /** The page is hidden, or about to end: it may be the last that it hears. */
  onHide(action: () => void): Cancel;
  openStore(name: string, onCleared: () => void): Promise<Store>;
  clearStore(name: string): Promise<void>;
  /** Of the bodies that are on their way and may outlive the page. All trackers of the page share it. */
  readonly keepalive: { bytes: number };
}

export const trackerPlatform: TrackerWorld = {
  ...platform,
  randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  onHide(action) {
    if (typeof document !== "object") return () => {};
    const changed = () => {
      if (document.hidden) action();
    };
    document.addEventListener("visibilitychange", changed);
    // Whoever tracks when the page is hidden may do so after the listener above.
    addEventListener("pagehide", action);
    return () => {
      document.removeEventListener("visibilitychange", changed);
      removeEventListener("pagehide", action);
    };
  },
  openStore,
  clearStore,
  keepalive: { bytes: 0 },
};
