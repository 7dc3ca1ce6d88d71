/**
 * The platform's floor: a Worker that forwards each body to a Durable Object, which inserts it as one row. Nothing is
 * checked, recognised or counted.
 */

import { DurableObject } from "cloudflare:workers";

export class Rows extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT");
  }

  append(body) {
    this.ctx.storage.sql.exec("INSERT INTO rows (body) VALUES (?)", body);
  }
}

export default {
  async fetch(request, env) {
    if (request.method !== "POST") return new Response("ok");
    const shard = Math.floor(Math.random() * env.SHARDS);
    await env.ROWS.getByName(`${shard}`).append(await request.text());
    return new Response("{}", { status: 202 });
  },
};
