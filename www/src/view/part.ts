/** What every part of the page is: an element, and a way to show it something new. */

import type { Formats } from "../formats.ts";
import type { Messages } from "../messages/messages.ts";
import type { Picture } from "../picture.ts";
import type { Selection } from "../selection.ts";

export interface Part<Shown> {
  readonly element: HTMLElement;
  show(shown: Shown): void;
}

/** What the board's parts show. */
export interface Shown {
  readonly picture: Picture;
  readonly selection: Selection;
  /** The server's clock now: the picture may be older, and ages go on growing. */
  readonly nowMs: number;
}

/** How a part speaks. */
export interface Voice {
  readonly messages: Messages;
  readonly formats: Formats;
}

/** A dimension's value as people call it; what the sender made up stays as it is. */
export function valueName({ messages }: Voice, value: string | null): string {
  if (value === null) return messages.rowTotal;
  if (value === "") return messages.valueMissing;
  return messages.valueNames[value] ?? value;
}
