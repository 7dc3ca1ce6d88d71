/** Who is told of the link's states. One broken callback neither hides nor stops the others. */

import type { LinkState } from "./types.ts";
import type { Cancel, World } from "./world.ts";

export class Listeners {
  readonly #callbacks = new Set<(state: LinkState) => void>();
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  add(callback: (state: LinkState) => void): Cancel {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }

  tell(state: LinkState): void {
    for (const callback of [...this.#callbacks]) {
      try {
        callback(state);
      } catch (error) {
        this.#world.report(error);
      }
    }
  }
}
