/** The widget's style. One sheet for all widgets of a page, adopted: strict pages block `<style>` and `style=`. */

import { tokens } from "./tokens.ts";

/** What the page says, and what it is otherwise. */
const own = Object.entries(tokens).map(([name, value]) => `--_${name}: var(--polso-${name}, ${value});`);

const css = `
:host {
  ${own.join("")}
  display: block;
  contain: content;
  min-inline-size: min(100%, 11em);
  color: var(--_ink);
  font-family: var(--polso-font, inherit);
  font-size: var(--polso-text, .9375em);
  font-variant-numeric: tabular-nums;
  line-height: 1.4;
}
:host([hidden]) { display: none; }
:host([theme="light"]) { color-scheme: light; }
:host([theme="dark"]) { color-scheme: dark; }
:host([theme="auto"]) { color-scheme: light dark; }
*, ::before, ::after { box-sizing: border-box; }
figure, p { margin: 0; }
[hidden] { display: none !important; }
.card {
  container-type: inline-size;
  padding: .875em 1em .5em;
  background: var(--_surface);
  border: 1px solid var(--_line);
  border-radius: var(--_radius);
}
figcaption, .basis, .problem, .status, .row, .more, .table { font-size: .867em; }
figcaption, .basis, .more { color: var(--_ink-soft); }
#name { font-weight: 600; }
#window::before { content: "· "; }
#window:empty { display: none; }
.number {
  display: flex;
  flex-wrap: wrap;
  align-items: baseline;
  column-gap: .75em;
  margin-block-start: .125em;
}
.value {
  --_size: clamp(1.5em, 1em + 5cqi, 2.4em);
  font-size: min(var(--_size), 100cqi / (.64 * var(--_characters, 1)));
 
  font-weight: 650;
  letter-spacing: -.02em;
  line-height: 1.2;
  white-space: nowrap;
}
.basis:empty { min-block-size: 0; }
[data-empty] .value { color: var(--_ink-stale); font-weight: 400; }
.status { color: var(--_ink-soft); font-weight: 600; }
[data-kind="good"] .status { color: var(--_good); }
[data-kind="warn"] .status { color: var(--_warn); }
:is(.card[data-kind="bad"] .status, .row[data-kind="bad"] .row-value) { color: var(--_bad); }
[data-alert] { border-color: var(--_bad); }
.basis { min-block-size: 1.4em; }
.problem { margin-block-start: .375em; color: var(--_bad); overflow-wrap: anywhere; }
.plot { margin: .25em -.25em 0; padding: .25em; border-radius: 6px; }
:focus-visible { outline: 2px solid var(--_accent); outline-offset: 1px; }
.sparkline { display: block; inline-size: 100%; overflow: visible; border-block-end: 1px solid var(--_line); touch-action: pan-y; }
[part="line"] { fill: none; stroke: var(--_bar); stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; }
[part="area"] { fill: var(--_bar); opacity: .14; }
[part="dot"] { fill: var(--_surface); stroke: var(--_accent); stroke-width: 2; }
[part="target"] { stroke: var(--_ink-soft); stroke-dasharray: 4 3; }
[part="cursor"] { stroke: var(--_line-strong); }
.rows { display: grid; grid-template-columns: fit-content(45%) 1fr auto; column-gap: .75em; }
.row { display: grid; grid-column: 1 / -1; grid-template-columns: subgrid; align-items: center; padding-block: .1em; }
.row-name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.track { block-size: .7em; border-radius: 2px; }
.bar { display: block; min-inline-size: 2px; block-size: 100%; border-radius: 2px; background: var(--_bar); }
.row-value { text-align: end; }
[data-cursor] .bar { background: var(--_accent); }
[data-cursor] > :not(.track) { font-weight: 600; }
.row[data-kind="warn"] .bar, .row[data-kind="quiet"] .bar { opacity: .45; }
.more:empty { display: none; }
.table { max-block-size: 16em; margin-block-start: .5em; overflow: auto; }
table { inline-size: 100%; font-size: .923em; border-collapse: collapse; }
caption { padding-block-end: .25em; color: var(--_ink-soft); text-align: start; }
th, td { padding: .25em .5em .25em 0; border-block-start: 1px solid var(--_line); text-align: start; vertical-align: top; }
th { font-weight: 400; }
tbody th { white-space: nowrap; }
thead th { border: 0; color: var(--_ink-soft); font-weight: 600; }
td:nth-child(2), th:nth-child(2) { text-align: end; white-space: nowrap; }
:is(td, th):last-child { padding-inline-end: 0; color: var(--_ink-soft); }
.foot { display: flex; align-items: center; gap: .6em; min-block-size: max(24px, 2em); margin-block-start: .25em; color: var(--_ink-soft); font-size: .8em; white-space: nowrap; }
.link { display: inline-flex; align-items: center; gap: .4em; font-weight: 600; }
.dot { flex: none; inline-size: .65em; block-size: .65em; border: 2px solid currentColor; border-radius: 50%; }
[data-link="live"] .dot { border-color: var(--_good); background: var(--_good); }
:is([data-link="late"], [data-link="reconnecting"]) .link { color: var(--_warn); }
[data-link="stopped"] .link { color: var(--_bad); }
[data-link="stopped"] .dot { border-radius: 0; }
.age { flex: 1; overflow: hidden; text-overflow: ellipsis; }
.buttons { display: inline-flex; }
button { display: grid; place-items: center; block-size: max(24px, 2em); aspect-ratio: 1; padding: 0; border: 0; border-radius: 4px; background: none; color: var(--_ink-soft); font: inherit; cursor: pointer; }
button:hover, button[aria-expanded="true"], button[aria-pressed="true"] { background: var(--_sunken); color: var(--_ink); }
.icon { inline-size: 1.2em; block-size: 1.2em; fill: none; stroke: currentColor; stroke-width: 1.5; stroke-linejoin: round; }
[data-stale] :is(.value, .row-value) { color: var(--_ink-stale); }
[data-stale] :is(.sparkline, .bar) { filter: grayscale(1); opacity: .7; }
.unseen { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@container (max-width: 13em) {
  .foot { flex-wrap: wrap; }
  .age { flex-basis: 100%; order: 1; }
  .buttons { margin-inline-start: auto; }
}
@media (prefers-reduced-motion: no-preference) { .bar { transition: inline-size .25s ease-out; } }
@media (forced-colors: active) {
  .bar { background: CanvasText; }
  [data-cursor] .bar { background: Highlight; }
  [part="line"], [part="target"], [part="cursor"], [part="dot"] { stroke: CanvasText; }
  [part="area"] { fill: CanvasText; }
  [data-link="live"] .dot { background: CanvasText; }
}
@media print { .buttons { display: none; } }
`;

let sheet: CSSStyleSheet | undefined;

/** Made with the first widget, so that importing this needs no page. */
export function styles(): CSSStyleSheet {
  if (sheet === undefined) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
  }
  return sheet;
}
