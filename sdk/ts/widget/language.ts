/** Which language a widget speaks: its own `lang`, else that around it, else the browser's, else English. */

import { Formats } from "./formats.ts";
import { en } from "./messages/en.ts";
import { it, type Messages } from "./messages/it.ts";

export type Language = "it" | "en";

export interface Voice {
  readonly language: Language;
  readonly messages: Messages;
  readonly formats: Formats;
}

const all: Readonly<Record<Language, Messages>> = { it, en };
const voices = new Map<Language, Voice>();

/** One for all widgets of a page: formats are costly to make. */
export function voiceOf(language: Language): Voice {
  const messages = all[language];
  const voice = voices.get(language) ?? { language, messages, formats: new Formats(messages) };
  voices.set(language, voice);
  return voice;
}

/** @param wanted language tags, the most wanted first */
export function languageOf(wanted: readonly string[]): Language {
  const known = wanted.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag === "it" || tag === "en");
  return known === "it" ? "it" : "en";
}
