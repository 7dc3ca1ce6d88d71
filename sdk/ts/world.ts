/**
 * What the live client needs from the world around it: clocks, timers, sockets, the page's visibility.
 *
 * Nothing else in the package touches these; a test brings a world of its own.
 */

/** Ends what was begun; harmless when it has ended already. */
export type Cancel = () => void;

export interface World {
  /** Monotonic, milliseconds. */
  nowMs(): number;
  /** The machine's calendar clock: it may be wrong, but goes on while the machine sleeps. */
  wallMs(): number;
  /** Uniform in [0, 1). */
  random(): number;
  later(delayMs: number, action: () => void): Cancel;
  /** Before the next paint; soon, where nothing is painted. */
  nextFrame(action: () => void): Cancel;
  openSocket(url: string, protocols: string[]): WebSocket;
  fetch(url: string, init: RequestInit): Promise<Response>;
  hidden(): boolean;
  /** The page is shown again, or the machine is back on the network. */
  onWake(action: () => void): Cancel;
  /** Shows an error of the user's own code where uncaught ones are shown, and goes on. */
  report(error: unknown): void;
}

/** A browser's page; in a worker or in Node nothing is ever hidden. */
export const platform: World = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  random: () => Math.random(),
  later(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
  nextFrame(action) {
    if (typeof requestAnimationFrame !== "function") return platform.later(0, action);
    const frame = requestAnimationFrame(action);
    return () => cancelAnimationFrame(frame);
  },
  openSocket: (url, protocols) => new WebSocket(url, protocols),
  fetch: (url, init) => fetch(url, init),
  hidden: () => typeof document === "object" && document.hidden,
  onWake(action) {
    const shown = () => {
      if (!platform.hidden()) action();
    };
    if (typeof document === "object") document.addEventListener("visibilitychange", shown);
    if (typeof addEventListener === "function") addEventListener("online", action);
    return () => {
      if (typeof document === "object") document.removeEventListener("visibilitychange", shown);
      if (typeof removeEventListener === "function") removeEventListener("online", action);
    };
  },
  report(error) {
    if (typeof reportError === "function") reportError(error);
    else console.error(error);
  },
};
