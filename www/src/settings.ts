/** What the viewer chose and the browser remembers: language and theme. The token is not among it. */

import { isLanguage, type Language, preferredLanguage } from "./messages/messages.ts";

export type Theme = "auto" | "light" | "dark";

const keys = { language: "polso.language", theme: "polso.theme" } as const;

export class Settings {
  #language: Language;
  #theme: Theme;

  constructor() {
    const language = recall(keys.language);
    const theme = recall(keys.theme);
    this.#language = isLanguage(language) ? language : preferredLanguage(navigator.languages);
    this.#theme = theme === "light" || theme === "dark" ? theme : "auto";
    this.#apply();
  }

  get language(): Language {
    return this.#language;
  }

  set language(language: Language) {
    this.#language = language;
    remember(keys.language, language);
    this.#apply();
  }

  get theme(): Theme {
    return this.#theme;
  }

  set theme(theme: Theme) {
    this.#theme = theme;
    remember(keys.theme, theme);
    this.#apply();
  }

  #apply(): void {
    document.documentElement.lang = this.#language;
    document.documentElement.dataset["theme"] = this.#theme;
  }
}

// A browser may forbid storage: then a choice lasts as long as the page.
function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {}
}
