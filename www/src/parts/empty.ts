/** Before the first event of a subject: the two commands that make it happen, ready to copy. */

import type { Query } from "polso";
import { h } from "../dom.ts";
import type { Domain } from "../domains.ts";
import { sourcesQuery } from "../moment.ts";
import type { Panel, Shown, Voice } from "./part.ts";

export class EmptyState implements Panel {
  readonly element: HTMLElement;
  readonly #domain: Domain;
  #nowMs = Date.now();

  constructor(voice: Voice, domain: Domain) {
    const { messages } = voice;
    const texts = messages.empty[domain];
    this.#domain = domain;
    const source = { conversions: "crm", stories: "instagram" }[domain];
    const token = `TOKEN=$(npm run -s token -- --scope ingest --source ${source})`;
    this.element = h(
      "section",
      { class: "panel empty", "aria-label": texts.title, hidden: true },
      h("h2", {}, texts.title),
      h("p", {}, texts.text),
      h("p", { class: "step" }, messages.emptyToken),
      copyable(voice, token, () => token),
      h("p", { class: "step" }, messages.emptySend),
      copyable(voice, curlLine(domain, this.#nowMs), () => curlLine(domain, this.#nowMs)),
    );
  }

  queries(): readonly Query[] {
    return [sourcesQuery(this.#domain)];
  }

  show({ picture, nowMs }: Shown): void {
    this.#nowMs = nowMs;
    this.element.hidden = (picture.answer(sourcesQuery(this.#domain))?.readings.length ?? 0) > 0;
  }
}

/** The example event, happening now: only a fresh one is seen in every window. */
export function curlLine(domain: Domain, nowMs: number): string {
  const timestamp = new Date(nowMs).toISOString();
  const path = { conversions: "conversione", stories: "storia" }[domain];
  const event = {
    conversions: {
      id_cliente: "CLIENTE-ITALIA-789456",
      evento: "acquisto_concluso",
      timestamp,
      valore: 49.9,
      canale: "email",
      stato: "completato",
      metadati: { campagna: "Primavera", dispositivo: "smartphone", localita: "Roma" },
    },
    stories: {
      event_type: "StoryView",
      story_id: "story_789456",
      user_id: "u-1832",
      user_location: "Roma",
      timestamp,
      completion_rate: 0.9,
      segmento: { eta: "25-34", genere: "F", interesse: "moda" },
      formato: "video_breve",
    },
  }[domain];
  return [
    `curl ${location.origin}/api/v1/eventi/${path} \\`,
    `  -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\`,
    `  -d '${JSON.stringify(event)}'`,
  ].join("\n");
}

/** @param text what is copied, made at that moment */
export function copyable({ messages }: Voice, shown: string, text: () => string): HTMLElement {
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
