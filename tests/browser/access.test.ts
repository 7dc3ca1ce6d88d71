/** Who may look: the token leaves the address, a wrong one is said clearly, and a new one goes on from there. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { importJWK, SignJWT } from "jose";
import type { Browser } from "playwright-core";
import { newJwks } from "../../scripts/serve/secrets.mjs";
import { serverAndBrowser } from "../support/opened.ts";
import type { Server } from "../support/server.ts";
import { live, visit } from "./support/visit.ts";

const jwks = newJwks();
let server: Server;
let browser: Browser;

before(async () => {
  [server, browser] = await serverAndBrowser({ secrets: { JWT_KEYS: jwks } });
});

/** Valid until an hour ago. */
async function expiredToken(): Promise<string> {
  const [key] = JSON.parse(jwks).keys;
  const token = new SignJWT({ scope: "view" }).setProtectedHeader({ alg: "HS256", kid: key.kid });
  return token.setExpirationTime("-1h").sign(await importJWK(key));
}

after(async () => {
  await Promise.all([browser?.close(), server?.stop()]);
});

test("the token is taken out of the address and the history, and a reload still has it", async () => {
  const { page, problems, close } = await visit(browser, server, { path: "/?window=5m" });
  await live(page);
  assert.equal(page.url(), `${server.url}/?window=5m`);
  await page.reload();
  await live(page);
  await page.goBack();
  assert.ok(!page.url().includes("token"));
  assert.deepEqual(problems, []);
  await close();
});

test("without a token the page asks for one and opens with it", async () => {
  const { page, problems, close } = await visit(browser, server, { token: "", locale: "en-GB" });
  await page.getByRole("button", { name: "Open" }).click();
  await page.getByRole("alert").getByText("Paste a token first.").waitFor();
  await page.getByLabel("Access token").fill(await server.token({ scope: "view" }));
  await page.keyboard.press("Enter");
  await live(page);
  await page.getByRole("heading", { name: "Open the dashboard" }).waitFor({ state: "hidden" });
  assert.deepEqual(problems, []);
  await close();
});

test("a token that is no token, one without the scope and an expired one are told apart", async () => {
  for (const [token, text] of [
    ["nonsense", "The server does not know this token"],
    ["not a token", "The server does not know this token"],
    [await server.token({ scope: "ingest", source: "crm" }), "This token may not read"],
    [await expiredToken(), "The token has expired"],
  ] as const) {
    const { page, close } = await visit(browser, server, { token, locale: "en-GB" });
    await page.getByRole("alert").getByText(text).waitFor({ timeout: 20_000 });
    await close();
  }
});

test("when the core cannot be loaded the page says why", async () => {
  const { page, close } = await visit(browser, server, {
    locale: "en-GB",
    path: "/?",
    before:
      "delete WebAssembly.compile; WebAssembly.compileStreaming = async () => { throw new Error('no Wasm here') };",
  });
  await page.getByRole("heading", { name: "The page could not load its calculation engine" }).waitFor();
  await page.getByText("no Wasm here").waitFor();
  await page.getByRole("button", { name: "Try again" }).waitFor();
  await close();
});

test("a wrong token is replaced by a good one without a reload", async () => {
  const { page, close } = await visit(browser, server, { token: "nonsense" });
  await page.getByRole("alert").getByText("Il server non riconosce").waitFor({ timeout: 20_000 });
  await page.getByLabel("Token di accesso").fill(await server.token({ scope: "view" }));
  await page.getByRole("button", { name: "Apri" }).click();
  await live(page);
  await close();
});
