/**
 * What views are made of.
 *
 * A part is an element and a way to show it something new. A panel is a part that also says what it asks of the core;
 * the view asks for all its panels in one go. What a part may do to the page is in {@link Actions}.
 */

import type { Query } from "polso";
import type { Formats } from "../formats.ts";
import type { Messages } from "../messages/messages.ts";
import type { Moment } from "../moment.ts";
import type { Picture } from "../picture.ts";
import type { Selection } from "../selection.ts";

export interface Part<Shown> {
  readonly element: HTMLElement;
  show(shown: Shown): void;
}

/** What panels show. */
export interface Shown {
  readonly picture: Picture;
  /** The server's clock now: the picture may be older, and ages go on growing. */
  readonly nowMs: number;
}

export interface Panel extends Part<Shown> {
  queries(moment: Moment): readonly Query[];
}

export interface Actions {
  /** Shows something else, and puts it into the address; the same selection is asked for anew. */
  select(change: (selection: Selection) => Selection): void;
  /** The known values of a dimension, sorted. */
  valuesOf(dimension: string): readonly string[];
  /** Spoken by the page's one polite region. */
  say(sentence: string): void;
  /** The token of this visit, for what only the HTTP interface knows. */
  token(): string | undefined;
  /** Goes on with another token, for this tab only. */
  enter(token: string): void;
}

/** How a part speaks. */
export interface Voice {
  readonly messages: Messages;
  readonly formats: Formats;
}

/** A dimension's value as people call it; what the sender made up stays as it is. */
export function valueName({ messages }: Voice, value: string): string {
  if (value === "") return messages.valueMissing;
  return messages.valueNames[value] ?? value;
}
