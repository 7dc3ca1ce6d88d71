/** Hands a file to the viewer, made here: no server sees it. Strict policies allow it, since a download loads nothing. */

import { h } from "../dom.ts";

/** How long the browser has to begin reading. */
const keptMs = 60_000;

export function download(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), keptMs);
}

/** `Conversioni · per canale` at an instant: `polso-conversioni-per-canale-20261128-2310.csv`, by the clock of Rome. */
export function fileName(title: string, ms: number, ending: string): string {
  const words =
    title
      .normalize("NFD")
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? [];
  const rome = new Intl.DateTimeFormat("sv", { timeZone: "Europe/Rome", dateStyle: "short", timeStyle: "short" });
  const stamp = rome.format(ms).replaceAll(/[-:]/g, "").replace(" ", "-");
  return `${["polso", ...words, stamp].join("-")}.${ending}`;
}
