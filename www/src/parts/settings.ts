/** What the viewer sets once: language, theme, density; and the way out. Opens over the page, closes by Escape. */

import { h } from "../dom.ts";
import { isLanguage, type Language } from "../messages/messages.ts";
import { type Density, densities, type Settings, type Theme, themes } from "../settings.ts";
import type { Voice } from "./part.ts";

export interface SettingsActions {
  chooseLanguage(language: Language): void;
  signOut(): void;
}

export class SettingsMenu {
  /** The button; what it opens follows it. */
  readonly elements: readonly [HTMLElement, HTMLElement];
  readonly #signOut: HTMLButtonElement;

  constructor({ messages }: Voice, settings: Settings, actions: SettingsActions) {
    const words = messages.settings;
    const language = chooser("language", messages.language, settings.language, [
      ["it", "Italiano"],
      ["en", "English"],
    ]);
    language.addEventListener("change", () => {
      if (isLanguage(language.value)) actions.chooseLanguage(language.value);
    });
    const theme = chooser(
      "theme",
      messages.theme,
      settings.theme,
      themes.map((name) => [name, words.themes[name]]),
    );
    theme.addEventListener("change", () => {
      settings.theme = theme.value as Theme;
    });
    const density = chooser(
      "density",
      words.density,
      settings.density,
      densities.map((name) => [name, words.densities[name]]),
    );
    density.addEventListener("change", () => {
      settings.density = density.value as Density;
    });
    this.#signOut = h("button", { type: "button", class: "quiet-button", hidden: true }, words.signOut);
    this.#signOut.addEventListener("click", () => actions.signOut());
    const opener = h("button", { type: "button", id: "settings-open", class: "quiet-button" }, words.title);
    opener.setAttribute("popovertarget", "settings");
    const menu = h(
      "div",
      { id: "settings", class: "settings", popover: "auto", role: "dialog", "aria-label": words.title },
      ...[language, theme, density].map((select) => h("label", {}, h("span", {}, select.title), select)),
      this.#signOut,
    );
    this.elements = [opener, menu];
  }

  /** @param signedIn whether there is anything to sign out of */
  show(signedIn: boolean): void {
    this.#signOut.hidden = !signedIn;
  }
}

function chooser(id: string, label: string, chosen: string, options: readonly (readonly [string, string])[]) {
  const elements = options.map(([value, name]) => h("option", { value, selected: value === chosen }, name));
  return h("select", { id, title: label }, ...elements);
}
