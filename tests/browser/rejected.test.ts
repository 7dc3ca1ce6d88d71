/** Rejected events on the page: who may see them, the way from page to page, and what a replay says. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { serverAndBrowser } from "../support/opened.ts";
import type { Server } from "../support/server.ts";
import { conversion, send } from "./support/events.ts";
import { live, textOf, type VisitOptions, visit } from "./support/visit.ts";

let server: Server;
let browser: Browser;
const rejected = 30;

before(async () => {
  [server, browser] = await serverAndBrowser();
  const bad = Array.from({ length: rejected }, (_, index) => conversion({ colore: `rosso ${index}` }));
  await send(server, bad, 422);
});

after(async () => {
  await Promise.all([browser?.close(), server?.stop()]);
});

async function open(scope: string, options: VisitOptions = {}) {
  const token = await server.token({ scope });
  const visited = await visit(browser, server, { token, path: "/?view=rejected", locale: "en-GB", ...options });
  await live(visited.page);
  return visited;
}

const bodies = (page: Page) => page.locator(".rejected-event pre").allTextContents();

test("they come newest first, page by page, with their reasons and their text", async () => {
  const { page, problems, close } = await open("view admin");
  await page.getByText("Events shown: 25").waitFor();
  assert.match((await bodies(page))[0] ?? "", /rosso 29/);
  await page.getByText("field_unknown · colore").first().waitFor();
  await page.getByRole("button", { name: "Older" }).click();
  await page.getByText("Events shown: 5").waitFor();
  assert.match((await bodies(page)).at(-1) ?? "", /rosso 0"/);
  await page.getByRole("button", { name: "Newer" }).click();
  await page.getByText("Events shown: 25").waitFor();
  await page.getByLabel("Source").selectOption("crm");
  await page.getByText("Events shown: 25").waitFor();
  assert.deepEqual(problems, []);
  await close();
});

test("a replay that breaks the same rule says so, and it stays in the list", async () => {
  const { page, close } = await open("view admin");
  const first = page.locator(".rejected-event").first();
  await first.getByRole("button", { name: /^Replay the event of crm/ }).click();
  await first.getByRole("status").getByText("Rejected again").waitFor();
  await page.getByRole("button", { name: "Refresh" }).click();
  await page.getByText("Events shown: 25").waitFor();
  assert.match((await bodies(page))[0] ?? "", /rosso 29/);
  await close();
});

test("one that is good by now is counted once, and shows when it was replayed", async () => {
  // Rejected while the source wanted ids of one form, replayed when it takes any.
  const { page, close } = await open("view admin", {
    before: `{
      const native = fetch;
      const answer = (body) => new Response(JSON.stringify(body), { headers: { "content-type": "application/json" } });
      let replayed = null;
      window.fetch = async (input, options) => {
        const { pathname } = new URL(input, location.href);
        if (pathname.endsWith("/replay")) {
          const verdict = replayed === null ? "accepted" : "duplicate";
          replayed = { verdict: "accepted", at: "2026-10-25T01:30:00Z" };
          return answer({ results: [{ index: 0, verdict }] });
        }
        if (!pathname.endsWith("/rejected")) return native(input, options);
        const event = { id: "0-1-1.0", source: "crm", kind: "conversione", received: "2026-10-25T00:30:00Z", rules: 1,
          reasons: [{ code: "client_id_format", field: "id_cliente", message: "no client id" }], body: "{}", truncated: false, replayed };
        return answer({ space: "main", rules: 2, rejected: [event, { ...event, id: "0-1-1.1", truncated: true }], next: null });
      };
    }`,
  });
  const [first, cut] = await page.locator(".rejected-event").all();
  assert.ok(first !== undefined && cut !== undefined);
  await first.getByText("rules version 1, today 2").waitFor();
  assert.match(await textOf(first.locator("time")), /02:30:00 CEST$/, "the repeated hour is told apart");
  await cut.getByText("have its sender send it again").waitFor();
  assert.equal(await cut.getByRole("button").count(), 0);
  const button = first.getByRole("button");
  await button.press("Enter");
  await first.getByText("Accepted: it counts now").waitFor();
  assert.equal(await button.evaluate((element) => element === document.activeElement), true, "the focus stays");
  await page.getByRole("button", { name: "Refresh" }).click();
  await page.getByText("Accepted: it counts now (replayed on 25 Oct 2026, 02:30 CET)").first().waitFor();
  await close();
});

test("without the scope it says which token is needed and how to make one, and goes on with it", async () => {
  const { page, problems, close } = await open("view");
  await page.getByRole("heading", { name: "A token with the scope admin is needed" }).waitFor();
  await page.getByText('npm run -s token -- --scope "view admin" --ttl 8h').waitFor();
  await page.locator("#admin-token").fill(await server.token({ scope: "view admin" }));
  await page.getByRole("button", { name: "Use this token" }).click();
  await page.getByText("Events shown: 25").waitFor();
  await page.getByText("A token with the scope admin is needed").waitFor({ state: "hidden" });
  assert.ok(!page.url().includes("token"));
  // What the browser itself says of the refusal.
  assert.ok(
    problems.every((problem) => problem.includes("403")),
    problems.join(),
  );
  await close();
});

test("a page of them can be taken along, with texts that no spreadsheet runs", async () => {
  await send(server, conversion({ canale: "=1+1" }), 422);
  const { page, close } = await open("view admin", { locale: "it-IT" });
  await page.getByText("Eventi mostrati: 25").waitFor();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "CSV" }).click();
  const file = await download;
  assert.match(file.suggestedFilename(), /^polso-eventi-rifiutati-\d{8}-\d{4}\.csv$/);
  const text = readFileSync(await file.path(), "utf8");
  assert.equal(text.slice(0, 9), "\ufeffRicevuto");
  assert.equal(text.split("\r\n").length, 27);
  assert.match(text, /;crm;choice_unknown;"\{""id_cliente""/);
  await close();
});

test("when the server is gone it says what happened and what to do", async () => {
  const { page, close } = await open("view admin");
  await page.getByText("Events shown: 25").waitFor();
  await page.route("**/api/v1/rejected*", (route) => route.abort());
  await page.getByRole("button", { name: "Refresh" }).click();
  await page.getByRole("alert").getByText("The server does not answer: check the connection").waitFor();
  assert.equal((await bodies(page)).length, 25, "what was shown stays");
  await close();
});
