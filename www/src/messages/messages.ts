/** Which language speaks: the one chosen before, else the browser's, else English. */

import { en } from "./en.ts";
import { it, type Messages } from "./it.ts";

export type { Messages } from "./it.ts";

export const languages = { it, en } as const;
export type Language = keyof typeof languages;

export function isLanguage(text: string | null | undefined): text is Language {
  return text === "it" || text === "en";
}

/** @param preferred the browser's languages, the most wanted first */
export function preferredLanguage(preferred: readonly string[]): Language {
  const known = preferred.map((tag) => tag.slice(0, 2).toLowerCase()).find(isLanguage);
  return known ?? "en";
}

export function messagesFor(language: Language): Messages {
  return languages[language];
}
