/** What each provider sends in the tests of webhooks, what becomes of it, and the mapping that takes what is bad at first. */

import { readFileSync } from "node:fs";
import { inRoot } from "../../../scripts/paths.mjs";
import type { Json } from "../../../scripts/serve/config.mjs";
import { sources, type Table } from "./senders.ts";

/** The mapping that a kind of source has of its own. */
export const builtIn = (kind: string): Table[] =>
  JSON.parse(readFileSync(inRoot("intake", "src", "adapter", `${kind}.json`), "utf8"));
/** The same, each with other members. */
export const changed = (maps: readonly Table[], more: Table): Table[] => maps.map((map) => ({ ...map, ...more }));
const mapOf = (source: string): Table => sources[source]?.["map"] as Table;

export interface Case {
  readonly source: string;
  readonly files: readonly string[];
  readonly accepted: number;
  readonly filtered?: number;
  /** How many bad items there are, a text that is kept of each, and the mapping that takes them. */
  readonly bad?: { count: number; text: RegExp; map: Json };
}

export const cases: readonly Case[] = [
  {
    source: "stripe",
    files: ["stripe-succeeded.json", "stripe-failed.json", "stripe-dollars.json", "stripe-refund.json"],
    accepted: 2,
    filtered: 1,
    bad: {
      count: 1,
      text: /"usd"/,
      map: changed(builtIn("stripe"), { require: { "/data/object/currency": ["eur", "usd"] } }),
    },
  },
  {
    source: "shopify",
    files: ["shopify-paid.json", "shopify-pending.json", "shopify-test.json"],
    accepted: 1,
    filtered: 2,
  },
  {
    source: "hubspot",
    files: ["hubspot-batch.json"],
    accepted: 3,
    filtered: 2,
    bad: {
      count: 1,
      text: /"objectId":332507367156/,
      map: changed(builtIn("hubspot"), { timestamp: { pointer: "/occurredAt", format: "unix_s" } }),
    },
  },
  {
    source: "zoho",
    files: ["zoho-deals.json"],
    accepted: 2,
    filtered: 2,
    bad: { count: 1, text: /milleduecento/, map: changed(builtIn("zoho"), { valore: { const: 1_200 } }) },
  },
  { source: "slack", files: ["slack-join.json"], accepted: 1 },
  { source: "github", files: ["github-sponsorship.json"], accepted: 1 },
  {
    source: "registrations",
    files: ["standard-webhooks-registrations.json"],
    accepted: 2,
    bad: {
      count: 1,
      text: /"person": ""/,
      map: { ...mapOf("registrations"), id_cliente: { pointer: "/person", absent: [""], default: "anonimo" } },
    },
  },
  { source: "workflow", files: ["zoho-workflow.form"], accepted: 1 },
  {
    source: "ads",
    files: ["ads-spend.json"],
    accepted: 2,
    bad: {
      count: 1,
      text: /tiktok/,
      map: { ...mapOf("ads"), canale: { pointer: "/channel", lookup: { tiktok: "social_media" }, default: "email" } },
    },
  },
  { source: "stories", files: ["story-insights.json"], accepted: 1 },
  {
    source: "meta",
    files: ["meta-insights.json", "meta-comments.json"],
    accepted: 5,
    filtered: 5,
    bad: {
      count: 1,
      text: /"impressions":"many"/,
      map: builtIn("meta").map((map) =>
        map["engagement"] ? { ...map, engagement: { comments: { pointer: "/value/replies", absent: [-1] } } } : map,
      ),
    },
  },
  { source: "meta_insights", files: ["meta-messages.json"], accepted: 1, filtered: 11 },
];
