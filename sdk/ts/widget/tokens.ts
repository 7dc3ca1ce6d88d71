/**
 * Every colour and shape that the widget and the dashboard share, each as the CSS variable `--polso-NAME`.
 *
 * Colours come in pairs for light and dark and follow `color-scheme`. Text colours are AA on `surface` and `page`, edges of
 * controls and marks reach 3:1.
 */

/** Those of the widget. */
export const tokens = {
  surface: "light-dark(#ffffff, #161b22)",
  sunken: "light-dark(#f0f3f6, #1d242d)",
  line: "light-dark(#dde3ea, #2a323d)",
  "line-strong": "light-dark(#8693a3, #64717f)",
  ink: "light-dark(#12181f, #e8edf3)",
  "ink-soft": "light-dark(#4c5866, #a3afbd)",
  "ink-stale": "light-dark(#67727f, #8b97a5)",
  accent: "light-dark(#0b6b67, #4fd0c2)",
  bar: "light-dark(#4c9c97, #3a9a91)",
  good: "light-dark(#1b7a3d, #5fd08a)",
  warn: "light-dark(#8a5300, #e9b44c)",
  bad: "light-dark(#b3261e, #ff9088)",
  radius: "10px",
} as const;

/** Those that only a whole page needs. */
export const pageTokens = {
  page: "light-dark(#f4f6f8, #0e1116)",
  "accent-soft": "light-dark(#d7ecea, #17393a)",
  "on-accent": "light-dark(#ffffff, #06201f)",
  "warn-soft": "light-dark(#fff3dc, #33270f)",
  shadow: "0 1px 2px light-dark(rgb(16 24 32 / 6%), rgb(0 0 0 / 30%))",
} as const;

/** Sets every variable on what a selector names: for a page of one's own, which may then change them. */
export function declare(selector: string): string {
  const lines = Object.entries({ ...tokens, ...pageTokens }).map(([name, value]) => `  --polso-${name}: ${value};\n`);
  return `${selector} {\n${lines.join("")}}\n`;
}
