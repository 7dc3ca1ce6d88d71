/** What every part of the page is: an element, and a way to show it something new. */

import type { Formats } from "../formats.ts";
import type { Messages } from "../messages/messages.ts";

export interface Part<Shown> {
  readonly element: HTMLElement;
  show(shown: Shown): void;
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
