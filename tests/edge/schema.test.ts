/** The published JSON Schemas: valid, and of one mind with the server about what it accepts. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { type Server, startServer } from "../support/server.ts";
import { conversion, type Fields, get, post, refusal } from "./support/client.ts";

let server: Server;
before(async () => {
  server = await startServer();
});
after(() => server?.stop());

/** A validator of the schema as anyone can get it, checked by the schema of schemas first. */
async function validator(name: string): Promise<(event: unknown) => boolean> {
  const { status, json, headers } = await get(server, `/api/v1/schema/${name}`, "");
  assert.equal(status, 200);
  assert.equal(headers.get("access-control-allow-origin"), "*");
  assert.equal(json.$schema, "https://json-schema.org/draft/2020-12/schema");
  const ajv = new Ajv2020({ strict: true });
  addFormats(ajv);
  return ajv.compile(json);
}

/** One member replaced, or taken out when it is absent. */
const absent = Symbol("absent");
type Change = [name: string, value: unknown];

const changed = (event: Fields, [name, value]: Change): Fields => {
  const { [name]: _, ...rest } = event;
  return value === absent ? rest : { ...rest, [name]: value };
};

async function checkAll(path: string, schema: string, event: () => Fields, changes: readonly Change[]): Promise<void> {
  const accepts = await validator(schema);
  let good = 0;
  for (const change of changes) {
    const sent = changed(event(), change);
    const { json, text } = await post(server, [sent], { path });
    const taken = json.rejected === 0;
    assert.equal(accepts(sent), taken, `${JSON.stringify(change)}: ${text}`);
    good += Number(taken);
  }
  assert.ok(good > changes.length / 5 && good < changes.length, `${good} of ${changes.length} were good`);
}

const every = (name: string, values: readonly unknown[]) => values.map((value): Change => [name, value]);

const required = ["id_cliente", "evento", "timestamp", "valore", "canale", "stato"];

test("the schema of conversions accepts what the server accepts", async () => {
  await checkAll("/api/v1/eventi/conversione", "conversione", conversion, [
    ...required.map((name): Change => [name, absent]),
    ...[...required, "metadati"].flatMap((name) => every(name, [null, true, {}, [], ["x"]])),
    ...every("id_cliente", ["CLIENTE-ABCD-000000", "CLIENTE-ABCDEFGHIJ-123456", "CLIENTE-ABC-123456"]),
    ...every("id_cliente", ["CLIENTE-ITALIA-12345", "CLIENTE-ITALIA-1234567", "xCLIENTE-ITALIA-123456", "", 7]),
    ...every("evento", ["richiesta_demo", "richiesta_demo_completata", "acquisto_concluso", "iscrizione_evento"]),
    ...every("evento", ["cancello_abbandono", "altro", "Richiesta_demo"]),
    ...every("timestamp", ["2024-05-20T14:32:45Z", "2024-05-20T14:32:45.123456+02:00", "2024-02-29T12:00:00Z"]),
    ...every("timestamp", ["2024-05-20", "2024-05-20T14:32:45", "2023-02-29T12:00:00Z", "ieri", 1_716_215_565]),
    ...every("valore", [0, 0.0, 0.01, 4.35, 19.99, 0.07, 1.1, 1e2, 999_999_999.99, 1e9, 123_456.78]),
    ...every("valore", [-0.01, -1, 1_000_000_000.01, 1e10, "10"]),
    ...every("canale", ["email", "social_media", "webform", "sms", "fax", "Email"]),
    ...every("stato", ["completato", "fallito", "duplicato", "aperto"]),
    ...every("metadati", [{ campagna: "è".repeat(64) }, { dispositivo: "x", localita: "" }, { altro: 7 }]),
    ...every("metadati", [{ campagna: "è".repeat(65) }, { localita: null }, { dispositivo: 1 }]),
    ["colore", "rosso"],
    ["Valore", 1],
  ]);
});

test("the schema of ad spend accepts what the server accepts", async () => {
  let count = 0;
  const spend = () => {
    count += 1;
    return { canale: "sms", importo: count, da: "2026-01-01T00:00:00Z", a: "2026-01-02T00:00:00+01:00" };
  };
  await checkAll("/api/v1/spese", "spesa", spend, [
    ...["canale", "importo", "da", "a"].map((name): Change => [name, absent]),
    ...["canale", "campagna", "importo", "da", "a"].flatMap((name) =>
      [null, true, {}, []].map((value): Change => [name, value]),
    ),
    ["campagna", "x".repeat(64)],
    ["campagna", "x".repeat(65)],
    ["campagna", ""],
    ["importo", 0],
    ["importo", 19.99],
    ["importo", -1],
    ["importo", 1e9],
    ["importo", 1_000_000_000.01],
    ["canale", "email"],
    ["canale", "tv"],
    ["da", "2026-01-01"],
    ["da", "2025-12-31T23:59:59.999Z"],
    ["a", "2026-06-01T00:00:00Z"],
    ["nota", ""],
  ]);
});

test("the schema of story events accepts what the server accepts", async () => {
  let count = 0;
  const action = (fields: Fields) => (): Fields => {
    count += 1;
    return { story_id: "s", user_id: `u-${count}`, timestamp: "2026-01-01T00:00:00Z", ...fields };
  };
  const view = action({ event_type: "StoryView", completion_rate: 0.5 });
  const watched = action({ event_type: "StoryView", tempo_visione_s: 3, durata_s: 4 });
  const interaction = action({ event_type: "Interaction", interaction_type: "like" });
  const share = action({ event_type: "Share", hashtag: ["roma"] });
  const snapshot = () => ({
    ...changed(changed(view(), ["user_id", absent]), ["completion_rate", absent]),
    engagement: {},
  });
  const changes: Change[] = [
    ...["event_type", "story_id", "user_id", "timestamp"].map((name): Change => [name, absent]),
    ...every("story_id", ["s".repeat(128), "s".repeat(129), "", " ", "a\tb", "🙂".repeat(128), 7, null]),
    ...every("user_id", ["u".repeat(128), "u".repeat(129), ""]),
    ...every("event_type", ["StoryView", "Share", "share", 1]),
    ...every("user_location", ["", "Roma", "x".repeat(65), null]),
    ...every("durata_s", [0, 0.0004, 0.0005, 3600, 3600.001, -1, "5"]),
    ...every("segmento", [{}, { eta: "18-24", genere: "F", interesse: "moda" }, { eta: 18 }, { sesso: "F" }, []]),
    ...every("formato", ["video_breve", "x".repeat(64), "x".repeat(65)]),
    ...every("completion_rate", [absent, 0, 1, 1.01, -0.1, "1"]),
    ...every("tempo_visione_s", [absent, 0, 3600, 3601, null]),
    ...every("interaction_type", [absent, "swipe_up", "swipe_away", "wow"]),
    ...every("hashtag", [absent, [], Array(30).fill("x"), Array(31).fill("x"), ["x".repeat(65)], [1], "roma"]),
    ...every("engagement", [absent, {}, { clicks: 1.5 }, { clicks: 1e9 }, { clicks: 1e9 + 1 }, { views: 1 }, []]),
    ...every("engagement", [{ reactions: { like: 1, love: 0 } }, { reactions: { wow: 1 } }, { completion_rate: 2 }]),
    ["colore", "rosso"],
  ];
  for (const event of [view, watched, interaction, share, snapshot]) {
    await checkAll("/api/v1/eventi/storia", "storia", event, changes);
  }
});

test("a third decimal is refused by the server alone: validators count in floats, and to them 4.35 has many", async () => {
  const accepts = await validator("conversione");
  for (const valore of [0.001, 1.234]) {
    const sent = conversion({ valore });
    assert.ok(accepts(sent));
    assert.equal((await post(server, sent)).json.results[0].reasons[0].code, "value_precision");
  }
});

test("there is no schema of anything else", async () => {
  for (const name of ["", "altro", "conversioni", "conversione/x"]) {
    assert.deepEqual(refusal(await get(server, `/api/v1/schema/${name}`, "")), [404, "not_found"], name);
  }
});
