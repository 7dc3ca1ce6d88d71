/** A field for a token and the button that uses it; what the field held does not stay on the page. */

import { h, setText } from "../dom.ts";
import type { Voice } from "./part.ts";

export interface TokenFormOptions {
  /** Of the field: several forms may be on the page. */
  readonly id: string;
  /** What the button says. */
  readonly open: string;
  readonly enter: (token: string) => void;
}

export function tokenForm({ messages }: Voice, { id, open, enter }: TokenFormOptions): HTMLFormElement {
  const input = h("input", { id, type: "password", autocomplete: "off", spellcheck: "false" });
  const problem = h("p", { class: "problem", role: "alert" });
  const form = h(
    "form",
    {},
    h("label", { for: id }, messages.token),
    h("div", { class: "field" }, input, h("button", { type: "submit", class: "main-button" }, open)),
    problem,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const token = input.value.trim();
    setText(problem, token === "" ? messages.tokenMissing : "");
    input.value = "";
    input.focus();
    if (token !== "") enter(token);
  });
  return form;
}
