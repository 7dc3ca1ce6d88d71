/**
 * What every scenario sets up: a server on a disk, senders and viewers, and at the end the comparison of three books:
 * the senders', the server's and each viewer's.
 */

import type { Integrity, Reading } from "polso";
import { Random } from "../../scripts/demo/random.mjs";
import type { Claims } from "../../scripts/serve/tokens.mjs";
import { type Server, type ServerOptions, startServer } from "../support/server.ts";
import { Client, sources, tokensOf } from "./client.ts";
import { Oracle, type Variety } from "./oracle/oracle.ts";
import { differences, search } from "./oracle/readings.ts";
import { Pace } from "./pace.ts";
import { unlessNone } from "./report.ts";
import { type Run, Sender, sendAllAgain } from "./sender.ts";
import { Viewers } from "./viewers.ts";

export interface StageOptions {
  readonly seed: number;
  /** Events that set out, repetitions included, retries not. */
  readonly events: number;
  readonly shards: number;
  readonly senders: number;
  readonly viewers: number;
  /** How long a viewer's connection hangs at most; nothing for a good network. */
  readonly stallMsMax?: number | undefined;
  readonly variety?: Variety;
}

/** What has become of every event. */
export interface Books {
  readonly figures: Readonly<Record<string, number | string>>;
  readonly wrong: readonly string[];
}

/** A server as a stage needs one. */
export interface Served {
  readonly url: string;
  token(claims: Claims): Promise<string>;
  bearer(claims: Claims): Promise<{ Authorization: string }>;
  kill9(): Promise<void>;
  stop(): Promise<void>;
}

export class Stage<Host extends Served = Server> {
  readonly server: Host;
  readonly random: Random;
  readonly run: Run;
  readonly #options: StageOptions;
  readonly #viewers: Viewers;
  #streams: Promise<void>[] = [];

  private constructor(server: Host, run: Run, random: Random, viewers: Viewers, options: StageOptions) {
    this.server = server;
    this.run = run;
    this.random = random;
    this.#viewers = viewers;
    this.#options = options;
  }

  /** On a server of its own. */
  static async open(options: StageOptions, server: Omit<ServerOptions, "shards"> = {}): Promise<Stage> {
    return Stage.on(await startServer({ sources, ...server, shards: options.shards }), options);
  }

  /** On a server that is there, which becomes the stage's to end. */
  static async on<Host extends Served>(server: Host, options: StageOptions): Promise<Stage<Host>> {
    const { seed, events, viewers: count, stallMsMax } = options;
    const random = new Random(seed);
    try {
      const client = new Client(server.url, await tokensOf((claims) => server.token(claims)));
      const run = { oracle: new Oracle(seed, events, options.variety), client, pace: new Pace(events) };
      const token = () => server.token({ scope: "view", ttl: "1d" });
      const sent = () => run.oracle.distinct;
      const viewers = await Viewers.open({ url: server.url, token, count, random, stallMsMax, sent });
      return new Stage(server, run, random, viewers, options);
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** Lets the senders go. */
  send(): void {
    this.#streams = Array.from({ length: this.#options.senders }, () => new Sender(this.run, this.random).stream());
  }

  /** Waits until every event has set out and is answered. */
  async sent(): Promise<void> {
    await Promise.all(this.#streams);
  }

  /**
   * Compares all books, sends everything once more, and compares them again.
   * @param once only the first: what was sent is no longer known again
   */
  async books(once = false): Promise<Books> {
    const { oracle, client } = this.run;
    const { answered, duplicates, distinct } = oracle;
    const comparisons = [await this.#compare("")];
    if (!once) {
      await sendAllAgain(this.run, this.#options.senders);
      comparisons.push(await this.#compare("after everything was sent again, "));
    }
    const [counted = 0, countedLast = counted] = comparisons.map(({ integrity }) => integrity.total.accepted);
    const doubled = Math.max(0, countedLast - distinct);
    // Who is new again was lost, unless it is there twice now.
    const lost = Math.max(0, distinct - counted, oracle.acceptedAgain - doubled);
    const unequal = [...comparisons.flatMap((found) => found.unequal), ...this.#viewers.faults()];
    const figures = {
      seed: this.#options.seed,
      shards: this.#options.shards,
      "events sent": answered,
      "of them distinct": distinct,
      acknowledged: oracle.acknowledged,
      counted,
      lost,
      doubled,
      "told duplicate": duplicates,
      "requests without answer": client.statuses.get(0) ?? 0,
      "refused for now": (client.statuses.get(503) ?? 0) + (client.statuses.get(429) ?? 0),
      "viewers equal": unequal.length === 0 ? "yes" : "no",
      ...this.#network(),
    };
    const wrong = [
      ...unlessNone("lost", lost),
      ...unlessNone("doubled", doubled),
      ...unlessNone("told duplicate and never accepted", oracle.neverAccepted()),
      ...unlessNone("wrong verdicts", oracle.faults),
      ...oracle.faultsShown,
      ...unlessNone("answers that must not be", client.faults),
      ...client.faultsShown,
      ...unlessNone("requests that hung", client.hung),
      ...comparisons.flatMap((found) => found.wrong),
      ...unequal,
    ];
    return { figures, wrong };
  }

  async close(): Promise<void> {
    this.#viewers.close();
    // In order it would wait for sockets of which only it does not know yet that they are gone.
    await this.server.kill9();
    await this.server.stop();
  }

  #network(): Record<string, number> {
    const { cut, stalled, slowed } = this.#viewers.torn;
    return { "sockets cut": cut, stalled, "made slow": slowed, "viewers' reconnects": this.#viewers.reconnects };
  }

  /** The server's numbers against the senders', and the viewers' against the server's. */
  async #compare(when: string): Promise<{ integrity: Integrity; wrong: string[]; unequal: string[] }> {
    const { oracle } = this.run;
    const integrity = await this.#get<Integrity & { bounds?: unknown }>("/api/v1/integrity");
    const { bounds: _, ...figures } = integrity;
    const { total } = figures;
    const wrong: string[] = [];
    const same = (what: string, is: number | undefined, right: number) => {
      if (is !== right) wrong.push(`${when}${what}: ${is} instead of ${right}`);
    };
    same("accepted events", total.accepted, oracle.distinct);
    same("received events", total.received, total.accepted + total.duplicates);
    same("declared duplicates", total.declared_duplicates, oracle.declared);

    const expectations = oracle.expectations(Date.now());
    const at = new Date().toISOString();
    const windows = ["5m", "1h", "24h", "30d"].flatMap((window) =>
      ["canale", "story"].map((by) => ({ window, by, at })),
    );
    const queries = [...expectations.map(({ query }) => query), ...windows];
    const answers: (readonly Reading[])[] = [];
    for (const query of queries) {
      const { readings } = await this.#get<{ readings: readonly Reading[] }>(`/api/v1/kpi?${search(query)}`);
      answers.push(readings);
    }
    for (const [index, { query, readings }] of expectations.entries()) {
      const found = differences(readings, answers[index] ?? []);
      wrong.push(...found.map((cell) => `${when}by ${query.by} over ${query.window}: ${cell}`));
    }
    const unequal = await this.#viewers.differences(figures, queries, answers);
    return { integrity, wrong, unequal: unequal.map((line) => when + line) };
  }

  async #get<Body>(path: string): Promise<Body> {
    const headers = await this.server.bearer({ scope: "view" });
    const response = await fetch(this.server.url + path, { headers });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Body;
  }
}
