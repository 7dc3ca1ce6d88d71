/**
 * The golden cases in a real browser: the package gives the verdicts, dedup keys and readings that the core gives.
 *
 * Verdicts need no server. Readings do: the browser follows one that was sent the same events.
 */

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import type { Answer, Query } from "polso";
import {
  allCases,
  type Case,
  isForServers,
  type Question,
  type Request,
  sourcesMax,
  sourceTable,
  written,
} from "../golden/cases.ts";
import { checkVerdicts } from "../golden/package_verdicts.ts";
import { launchChromium } from "../support/chromium.ts";
import { type Server, type ServerOptions, startServer } from "../support/server.ts";

type Polso = typeof import("polso");

let server: Server;
let browser: Browser;
let page: Page;

/** Serves, to a page that has the package. */
async function serve(options: ServerOptions = {}): Promise<void> {
  server = await startServer(options);
  page = await browser.newPage();
  await page.goto(server.url);
  await page.evaluate(async (url) => {
    const polso = await import(url);
    await polso.init();
    Object.assign(window, { polso });
  }, `${server.url}/sdk/index.js`);
}

before(async () => {
  browser = await launchChromium();
});

afterEach(async () => {
  await Promise.all([page?.close(), server?.stop()]);
});

after(() => browser?.close());

test("every golden verdict, reason and key", async (t) => {
  await serve();
  const count = await checkVerdicts((questions) =>
    page.evaluate((asked) => {
      const { polso } = window as unknown as { polso: Polso };
      return asked.map(({ text, source, nowMs }) => ({
        verdict: polso.validate(text, source, nowMs),
        key: polso.dedupKey(text, source, nowMs),
      }));
    }, questions),
  );
  t.diagnostic(`${count} events`);
});

const asked = (nowMs: number): Case[] => allCases(nowMs).filter((one) => isForServers(one) && one.queries.length > 0);
const all = asked(Date.now()).length;

for (let first = 0; first < all; first += sourcesMax) {
  const last = Math.min(first + sourcesMax, all);
  test(`every golden reading of cases ${first + 1} to ${last}, from a server that was sent the same events`, async (t) => {
    const cases = asked(Date.now()).slice(first, last);
    await serve({ sources: Object.fromEntries(cases.map(sourceTable)) });
    let count = 0;
    for (const one of cases) {
      for (const request of one.requests) await post(one, request);
      const answers = await ask(
        one.source.name,
        one.queries.map((question) => question.ask),
      );
      one.queries.forEach((question, index) => {
        check(`${one.file}: ${one.name}: ${JSON.stringify(question.ask)}`, question, answers[index] ?? "no answer");
      });
      count += answers.length;
    }
    t.diagnostic(`${count} queries`);
  });
}

async function post({ source }: Case, request: Request): Promise<void> {
  const { path, type, body } = written(request);
  const bearer = await server.bearer({ scope: "ingest", source: source.name, space: source.name });
  const response = await fetch(server.url + path, {
    method: "POST",
    headers: { ...bearer, "content-type": type },
    body,
  });
  assert.ok([202, 422].includes(response.status), await response.text());
}

/** What the package in the page answers, or the code of its refusal. */
async function ask(space: string, queries: readonly Query[]): Promise<(Answer | string)[]> {
  return page.evaluate(
    async (asked) => {
      const { polso } = window as unknown as { polso: Polso };
      const live = polso.connect({ token: asked.token });
      await new Promise<void>((resolve) => {
        live.watch([], () => resolve());
      });
      const answers = asked.queries.map((query) => {
        try {
          return live.evaluate(query);
        } catch (error) {
          return error instanceof polso.PolsoError ? error.code : String(error);
        }
      });
      live.close();
      return answers;
    },
    { queries, token: await server.token({ scope: "view", space }) },
  );
}

function check(where: string, question: Question, answer: Answer | string): void {
  if (question.refused !== undefined || typeof answer === "string") {
    assert.equal(answer, question.refused, where);
    return;
  }
  const number = (text: string | null) => (text === null ? null : Number(text));
  const expected = question.readings?.map((reading) => ({
    ...reading,
    value: number(reading.value),
    numerator: number(reading.numerator),
    denominator: number(reading.denominator),
  }));
  const given = answer.readings.map(({ kpi, value, numerator, denominator, status, group }) => {
    return { kpi, value, numerator, denominator, status, group };
  });
  if (expected !== undefined) assert.deepEqual(given, expected, where);
  assert.deepEqual({ ...answer.window, ...question.window }, answer.window, where);
}
