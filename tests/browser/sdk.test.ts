/** The package as others use it: on another site's page by one import, and as a live client in Node. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { type Answer, connect, init, type LinkState } from "polso";
import { serverAndBrowser } from "../support/opened.ts";
import type { Server } from "../support/server.ts";
import { conversion, send } from "./support/events.ts";

let server: Server;
let browser: Browser;

before(async () => {
  [server, browser] = await serverAndBrowser();
});

after(async () => {
  await Promise.all([browser?.close(), server?.stop()]);
});

/** The first answer that satisfies, of those that a watch delivers. */
function awaited(watch: (callback: (answer: Answer) => void) => () => void, satisfies: (answer: Answer) => boolean) {
  return new Promise<Answer>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("no such answer within 20 s")), 20_000);
    const stop = watch((answer) => {
      if (!satisfies(answer)) return;
      clearTimeout(late);
      stop();
      resolve(answer);
    });
  });
}

test("a Node program follows the numbers, and hears of a refused token", async () => {
  await init();
  const live = connect({ url: server.url, token: () => server.token({ scope: "view" }), space: "main" });
  await send(server, conversion({ valore: 12.34 }));
  const total = (answer: Answer) => answer.readings.find(({ kpi }) => kpi === "total_value")?.value ?? 0;
  const answer = await awaited(
    (callback) => live.watch({ window: "all" }, callback),
    (one) => total(one) >= 12.34,
  );
  assert.equal(answer.space, "main");
  assert.deepEqual(live.values("canale"), ["email"]);
  assert.equal(live.integrity().total.accepted, 1);
  live.close();

  const refused = connect({ url: server.url, token: "nonsense" });
  const state = await new Promise<LinkState>((resolve) => {
    refused.onState((now) => {
      if (now.kind === "stopped") resolve(now);
    });
  });
  assert.deepEqual(state, { kind: "stopped", reason: "token_invalid" });
});

test("another site's page imports it from here, judges an event and follows the numbers", async () => {
  const page = await browser.newPage();
  // The same server under another name is another origin.
  await page.goto(`${server.url.replace("127.0.0.1", "localhost")}/sdk/core.wasm.missing`);
  const seen = await page.evaluate(
    async ({ url, token }) => {
      const polso: typeof import("polso") = await import(`${url}/sdk/index.js`);
      await polso.init();
      const { verdict, reasons } = polso.validate('{"valore":-1.234}', { name: "crm" });
      const live = polso.connect({ url, token });
      const accepted = await new Promise<number>((resolve) => {
        live.watch({}, () => resolve(live.integrity().total.accepted));
      });
      live.close();
      return { verdict, reasons: reasons?.length, accepted };
    },
    { url: server.url, token: await server.token({ scope: "view" }) },
  );
  assert.deepEqual(seen, { verdict: "rejected", reasons: 7, accepted: 1 });
  await page.close();
});

test("another site's page takes it by a script tag, and not when a byte is different", async () => {
  const integrity: Record<string, string> = await (await fetch(`${server.url}/sdk/integrity.json`)).json();
  const expected = integrity["polso.iife.js"] ?? assert.fail("no hash of the script");
  for (const [hash, outcome] of [
    [expected, "live"],
    [`${expected.slice(0, 10)}AAAA${expected.slice(14)}`, "refused"],
  ] as const) {
    const page = await browser.newPage();
    await page.goto(`${server.url.replace("127.0.0.1", "localhost")}/sdk/core.wasm.missing`);
    const seen = await page.evaluate(
      async ({ url, token, hash }) => {
        const script = document.createElement("script");
        Object.assign(script, { src: `${url}/sdk/polso.iife.js`, integrity: hash, crossOrigin: "anonymous" });
        const loaded = new Promise((resolve, reject) => {
          script.onload = resolve;
          script.onerror = () => reject(new Error("refused"));
        });
        document.head.append(script);
        try {
          await loaded;
        } catch {
          return "refused";
        }
        const { polso } = window as unknown as { polso: typeof import("polso") };
        await polso.init();
        const live = polso.connect({ url, token });
        await new Promise<void>((resolve) => {
          live.watch({}, () => resolve());
        });
        return live.state.kind;
      },
      { url: server.url, token: await server.token({ scope: "view" }), hash },
    );
    assert.equal(seen, outcome);
    await page.close();
  }
});

test("the script tag's core must be the one that the script was built with", async () => {
  const page = await browser.newPage();
  await page.goto(`${server.url.replace("127.0.0.1", "localhost")}/sdk/core.wasm.missing`);
  await page.route("**/core.wasm", async (route) => {
    const response = await route.fetch();
    const body = await response.body();
    body[body.length - 1] = (body.at(-1) ?? 0) ^ 1;
    await route.fulfill({ response, body });
  });
  await page.addScriptTag({ url: `${server.url}/sdk/polso.iife.js` });
  const code = await page.evaluate(async () => {
    const { polso } = window as unknown as { polso: typeof import("polso") };
    return polso.init().then(
      () => "taken",
      (error) => error.code,
    );
  });
  assert.equal(code, "core_unreachable");
  await page.close();
});
