/** What the viewer chose and the browser remembers: language, theme, density. The token is not among it. */

import { isLanguage, type Language, preferredLanguage } from "./messages/messages.ts";

export const themes = ["auto", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

export const densities = ["comfortable", "compact"] as const;
export type Density = (typeof densities)[number];

const keys = { language: "polso.language", theme: "polso.theme", density: "polso.density" } as const;

export class Settings {
  #language: Language;
  #theme: Theme;
  #density: Density;

  constructor() {
    const language = recall(keys.language);
    this.#language = isLanguage(language) ? language : preferredLanguage(navigator.languages);
    this.#theme = oneOf(themes, recall(keys.theme), "auto");
    this.#density = oneOf(densities, recall(keys.density), "comfortable");
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

  get density(): Density {
    return this.#density;
  }

  set density(density: Density) {
    this.#density = density;
    remember(keys.density, density);
    this.#apply();
  }

  #apply(): void {
    const { documentElement: root } = document;
    root.lang = this.#language;
    root.dataset["theme"] = this.#theme;
    root.dataset["density"] = this.#density;
  }
}

function oneOf<T extends string>(all: readonly T[], text: string | null, usual: T): T {
  return all.find((one) => one === text) ?? usual;
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
