/** Before the first event: the two commands that make it happen, ready to copy. */

import { h } from "../dom.ts";
import type { Part, Voice } from "./part.ts";

export class EmptyState implements Part<{ readonly empty: boolean; readonly nowMs: number }> {
  readonly element: HTMLElement;
  #nowMs = Date.now();

  constructor(voice: Voice) {
    const { messages } = voice;
    const token = "TOKEN=$(npm run -s token -- --scope ingest --source crm)";
    this.element = h(
      "section",
      { class: "panel empty", "aria-labelledby": "empty-name", hidden: true },
      h("h2", { id: "empty-name" }, messages.emptyTitle),
      h("p", {}, messages.emptyText),
      h("p", { class: "step" }, messages.emptyToken),
      copyable(voice, token, () => token),
      h("p", { class: "step" }, messages.emptySend),
      copyable(voice, curlLine(this.#nowMs), () => curlLine(this.#nowMs)),
    );
  }

  show({ empty, nowMs }: { empty: boolean; nowMs: number }): void {
    this.#nowMs = nowMs;
    this.element.hidden = !empty;
  }
}

/** The example event, happening now: only a fresh one is seen in every window. */
export function curlLine(nowMs: number): string {
  const event = {
    id_cliente: "CLIENTE-ITALIA-789456",
    evento: "acquisto_concluso",
    timestamp: new Date(nowMs).toISOString(),
    valore: 49.9,
    canale: "email",
    stato: "completato",
    metadati: { campagna: "Primavera", dispositivo: "smartphone", localita: "Roma" },
  };
  return [
    `curl ${location.origin}/api/v1/eventi/conversione \\`,
    `  -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\`,
    `  -d '${JSON.stringify(event)}'`,
  ].join("\n");
}

/** @param text what is copied, made at that moment */
function copyable({ messages }: Voice, shown: string, text: () => string): HTMLElement {
  const code = h("code", {}, shown);
  const button = h("button", { type: "button", class: "quiet-button" }, messages.copy);
  button.addEventListener("click", async () => {
    code.textContent = text();
    try {
      await navigator.clipboard.writeText(text());
      button.textContent = messages.copied;
      setTimeout(() => {
        button.textContent = messages.copy;
      }, 2_000);
    } catch {
      // No clipboard on an insecure origin: select it, so that the usual keys copy it.
      getSelection()?.selectAllChildren(code);
    }
  });
  return h("div", { class: "copyable" }, h("pre", { tabindex: 0 }, code), button);
}
