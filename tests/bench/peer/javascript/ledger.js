/**
 * One shard: the keys that were seen and the counters, in SQL. A batch is one call and two statements, however many
 * events it has. The platform holds the answer back until what it tells of is on disk.
 */

import { DurableObject } from "cloudflare:workers";

const paneMs = 30_000;
const sweepMs = 3_600_000;

const tables = `
  CREATE TABLE IF NOT EXISTS seen (
    key TEXT PRIMARY KEY,
    expires_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS counters (
    pane_ms INTEGER NOT NULL,
    series TEXT NOT NULL, -- source, channel, kind, outcome, campaign, device, place, as a JSON array
    events INTEGER NOT NULL,
    conversions INTEGER NOT NULL,
    concluded INTEGER NOT NULL,
    value_cents INTEGER NOT NULL,
    PRIMARY KEY (pane_ms, series)
  ) STRICT, WITHOUT ROWID;
`;

/** Answers with the keys that are new, or whose time has passed. */
const remember = `
  INSERT INTO seen (key, expires_ms) SELECT value, ?2 FROM json_each(?1) WHERE true
  ON CONFLICT (key) DO UPDATE SET expires_ms = excluded.expires_ms WHERE expires_ms <= ?3
  RETURNING key
`;

const count = `
  INSERT INTO counters
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each(?1) WHERE true
  ON CONFLICT DO UPDATE SET
    events = events + excluded.events,
    conversions = conversions + excluded.conversions,
    concluded = concluded + excluded.concluded,
    value_cents = value_cents + excluded.value_cents
`;

const sums = `
  SELECT ifnull(sum(events), 0) AS events, ifnull(sum(conversions), 0) AS conversions,
    ifnull(sum(concluded), 0) AS concluded, ifnull(sum(value_cents), 0) AS valueCents
  FROM counters
`;

export class Ledger extends DurableObject {
  #sql;
  #rowsWritten = 0;

  constructor(ctx, env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    ctx.blockConcurrencyWhile(async () => {
      this.#sql.exec(tables);
      if ((await ctx.storage.getAlarm()) === null) await ctx.storage.setAlarm(Date.now() + sweepMs);
    });
  }

  /** The verdict of each event, in their order. */
  ingest(events, ttlS) {
    const fresh = this.#remember(events, ttlS);
    // Of two copies in one batch the first is new.
    const isNew = events.map(({ key }) => fresh.delete(key));
    this.#count(events.filter((_, index) => isNew[index]));
    return events.map(({ late }, index) =>
      isNew[index] ? { verdict: "accepted", late: late || undefined } : { verdict: "duplicate" },
    );
  }

  totals() {
    return { ...this.#sql.exec(sums).one(), rowsWritten: this.#rowsWritten };
  }

  /** Forgets keys whose time has passed. */
  async alarm() {
    this.#sql.exec("DELETE FROM seen WHERE expires_ms <= ?", Date.now());
    await this.ctx.storage.setAlarm(Date.now() + sweepMs);
  }

  #remember(events, ttlS) {
    const now = Date.now();
    const keys = JSON.stringify(events.map(({ key }) => key));
    const rows = this.#sql.exec(remember, keys, now + ttlS * 1000, now);
    const fresh = new Set(rows.raw().toArray().flat());
    this.#rowsWritten += rows.rowsWritten;
    return fresh;
  }

  #count(events) {
    const rows = new Map();
    for (const event of events) {
      const { source, timeMs, channel, kind, outcome, campaign, device, place, valueCents } = event;
      const pane = timeMs - (timeMs % paneMs);
      const series = JSON.stringify([source, channel, kind, outcome, campaign, device, place]);
      const row = rows.get(pane + series) ?? { pane, series, events: 0, conversions: 0, concluded: 0, cents: 0 };
      rows.set(pane + series, row);
      row.events += 1;
      if (outcome === "duplicato") continue;
      row.concluded += 1;
      if (outcome === "completato" && kind !== "cancello_abbandono") {
        row.conversions += 1;
        row.cents += valueCents;
      }
    }
    if (rows.size === 0) return;
    const bound = JSON.stringify([...rows.values()].map(Object.values));
    this.#rowsWritten += this.#sql.exec(count, bound).rowsWritten;
  }
}
