/** A page of widgets for the camera, as someone would lay them out. */

/** Not one of the server's: what the camera fills by itself. */
export const widgetsPath = "/widgets";

/** Each shows something that the others do not. */
const widgets = [
  { kpi: "conversions", window: "1h" },
  { kpi: "conversion_rate", window: "1h" },
  { kpi: "total_value", window: "24h" },
  { kpi: "cpa", window: "24h" },
  { kpi: "conversions", window: "24h", by: "canale" },
  { kpi: "conversion_rate", window: "24h", by: "evento" },
  { kpi: "early_exit", window: "24h", by: "eta" },
  { kpi: "average_value", window: "7d", by: "campagna" },
  { kpi: "ctr", window: "24h" },
  { kpi: "completion", window: "24h", where: "formato:video_breve" },
  { kpi: "conversions", window: "7d" },
  { kpi: "conversions", window: "5m", "alert-below": "20" },
];

const height = 500;

const style = `
  body { margin: 16px; background: light-dark(#f4f6f8, #0e1116); font: 16px/1.4 system-ui, sans-serif; }
  :root { color-scheme: light dark; }
  main { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: 16px; align-items: start; }`;

/**
 * @param {import("playwright-core").Page} page
 * @param {string} url the server's
 * @param {string} token
 * @param {string} language
 */
export async function showWidgets(page, url, token, language) {
  // A page of the server's that is not there, and so has no policy: one of no server may not connect to this machine.
  await page.goto(url + widgetsPath);
  await page.setViewportSize({ width: page.viewportSize()?.width ?? 0, height });
  const elements = widgets.map((attributes) => ({ token, ...attributes }));
  await page.evaluate(`{
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(${JSON.stringify(style)});
    document.adoptedStyleSheets = [sheet];
    document.documentElement.lang = ${JSON.stringify(language)};
    const main = document.createElement("main");
    for (const attributes of ${JSON.stringify(elements)}) {
      const widget = document.createElement("polso-kpi");
      for (const [name, value] of Object.entries(attributes)) widget.setAttribute(name, value);
      main.append(widget);
    }
    document.body.replaceChildren(main);
    import("/sdk/widget/define.js");
  }`);
  await page.waitForFunction(`[...document.querySelectorAll("polso-kpi")].every(
    ({ state, reading, details, by }) => state?.kind === "live" && reading && (by || details.length))`);
}
