/**
 * The class of `<polso-kpi>`: a live KPI to paste into a page. Importing it registers nothing and needs no page.
 *
 * Reads what it shall show from attributes and properties, asks the page's shared connection, shows the answers and tells the
 * page of them. Numbers and what they mean are the core's.
 */

import type { PolsoError } from "../error.ts";
import type { Token } from "../link.ts";
import type { Answer, LinkState, Reading, WindowKind } from "../types.ts";
import type { Cancel } from "../world.ts";
import { type Alert, Alerts } from "./alerts.ts";
import { type Connection, type Engine, hold, type Place } from "./connection.ts";
import { languageOf, type Voice, voiceOf } from "./language.ts";
import { type Question, queriesOf } from "./queries.ts";
import { speech } from "./speech.ts";
import { styles } from "./styles.ts";
import { View } from "./view.ts";

export type { Alert, AlertKind } from "./alerts.ts";
export type { Engine } from "./connection.ts";

/** What `polso-reading` tells. */
export interface ReadingDetail {
  readonly reading: Reading;
  /** The steps of the window, the oldest first, or the groups of `by`. */
  readonly details: readonly Reading[];
  readonly window: Answer["window"];
  readonly freshness: Answer["freshness"];
}

const tickMs = 1_000;
const marginUsual = 0.05;
/** Each is an attribute and, in camel case, a property of the same text. */
const texts = ["src", "space", "kpi", "window", "kind", "by", "theme", "label"] as const;
const numbers = ["alert-below", "alert-above", "alert-margin"] as const;

export class PolsoKpi extends (globalThis.HTMLElement ?? class {}) {
  static readonly observedAttributes = [...texts, ...numbers, "token", "where", "wasm", "lang", "hidden"];

  /** Where Polso is served; default: the page's own origin. */
  declare src: string | null;
  /** The space that must be shown. */
  declare space: string | null;
  /** Which KPI. */
  declare kpi: string | null;
  /** `30s` to `400d`, or `all`; default `5m`. */
  declare window: string | null;
  /** `sliding` (default), `tumbling` or `calendar`. */
  declare kind: string | null;
  /** A dimension whose values become bars, or the length of a step of the sparkline. */
  declare by: string | null;
  /** `light`, `dark` or `auto` (the machine's); by default what `color-scheme` is around the widget. */
  declare theme: string | null;
  /** A name in place of the KPI's own. */
  declare label: string | null;
  /** A value below it raises an alert. */
  declare alertBelow: number | null;
  /** A value above it raises an alert. */
  declare alertAbove: number | null;
  /** How far back a value must be to end an alert, as a share of its limit; default 0.05. */
  declare alertMargin: number | null;

  readonly #view: View | undefined;
  readonly #alerts = new Alerts();
  #token: Token | null = null;
  #where: readonly string[] | null = null;
  #paused = false;
  #connection: Connection | undefined;
  #release: Cancel | undefined;
  #asked: Cancel[] = [];
  #tick: ReturnType<typeof setInterval> | undefined;
  #place: Place | undefined;
  #question: Question | undefined;
  #stepMs: number | undefined;
  #total: Answer | undefined;
  #detail: Answer | undefined;
  #problem: string | undefined;
  #link: string | undefined;
  #spoken: string | undefined;
  #changing = false;

  static {
    for (const name of [...texts, ...numbers]) {
      const read = (text: string | null) => (name.startsWith("alert") ? numberOf(text) : text);
      const property = name.replace(/-(.)/, (_, letter: string) => letter.toUpperCase());
      Object.defineProperty(PolsoKpi.prototype, property, {
        configurable: true,
        enumerable: true,
        get(this: PolsoKpi) {
          return read(this.getAttribute(name));
        },
        set(this: PolsoKpi, value: unknown) {
          if (value == null) this.removeAttribute(name);
          else this.setAttribute(name, String(value));
        },
      });
    }
  }

  constructor() {
    super();
    if (globalThis.HTMLElement === undefined) return;
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [styles()];
    this.#view = new View(() => {
      this.paused = !this.#paused;
    });
    root.append(this.#view.element);
  }

  /** A JWT with the scope `view`, or what fetches one before each connection. It is never written into the attribute. */
  get token(): Token | null {
    return this.#token ?? this.getAttribute("token");
  }
  set token(token: Token | null) {
    this.#token = token;
    this.#change();
  }

  /** Filters `dimension:value`; as an attribute with `;` between them. */
  get where(): readonly string[] {
    const parts = (this.getAttribute("where") ?? "").split(";").map((part) => part.trim());
    return this.#where ?? parts.filter((part) => part !== "");
  }
  set where(where: readonly string[] | null) {
    this.#where = where;
    this.#change();
  }

  /** Whether the core is loaded and evaluates in the page. */
  get wasm(): boolean {
    return this.hasAttribute("wasm");
  }
  set wasm(wasm: boolean) {
    this.toggleAttribute("wasm", wasm);
  }

  /** Whether the values stand still. */
  get paused(): boolean {
    return this.#paused;
  }
  set paused(paused: boolean) {
    this.#paused = paused;
    this.#show();
  }

  /** Who evaluates: `wasm` in the page, `server`; `undefined` until that is known. */
  get engine(): Engine | undefined {
    return this.#connection?.engine;
  }

  /** How the link is, by the server's own signs of life. */
  get state(): LinkState {
    return this.#connection?.state ?? { kind: "connecting" };
  }

  /** The number as it is shown; `undefined` before the first answer. */
  get reading(): Reading | undefined {
    return this.#total?.readings[0];
  }

  /** The steps of the window, the oldest first, or the groups of `by`. */
  get details(): readonly Reading[] {
    return this.#detail?.readings ?? [];
  }

  /** Alerts that are on. */
  get alerts(): readonly string[] {
    return [...this.#alerts.raised.keys()];
  }

  /** @internal */
  connectedCallback(): void {
    // What a page set before this class was there hides its accessors.
    for (const name of Object.keys(this)) {
      if (!(name in PolsoKpi.prototype)) continue;
      const value: unknown = Reflect.get(this, name);
      Reflect.deleteProperty(this, name);
      Reflect.set(this, name, value);
    }
    this.#tick ??= setInterval(() => {
      if (!document.hidden) this.#show();
    }, tickMs);
    this.#change();
  }

  /** @internal */
  disconnectedCallback(): void {
    clearInterval(this.#tick);
    this.#tick = undefined;
    this.#leave();
  }

  /** @internal */
  attributeChangedCallback(): void {
    this.#change();
  }

  /** Several attributes that change in one turn are one change. */
  #change(): void {
    if (this.#changing) return;
    this.#changing = true;
    queueMicrotask(() => {
      this.#changing = false;
      if (this.isConnected) this.#apply();
    });
  }

  #apply(): void {
    const { token, kpi, src, space, wasm } = this;
    const { messages } = this.#voice;
    const missing = kpi === null ? messages.problem.kpi : messages.problem.token;
    if (kpi === null || token === null || token === "") {
      this.#leave();
      this.#forget(undefined);
      this.#problem = missing;
      this.#show();
      return;
    }
    const place = { token, wasm, ...(src === null ? {} : { url: src }), ...(space === null ? {} : { space }) };
    const question: Question = {
      kpi,
      window: this.window ?? "5m",
      kind: (this.kind ?? "sliding") as WindowKind,
      where: this.where,
      by: this.by ?? undefined,
    };
    const elsewhere = !same(place, this.#place) || token !== this.#place?.token;
    const otherwise = elsewhere || !same(question, this.#question);
    const joining = elsewhere || this.#release === undefined;
    if (joining && !this.#join(place)) return;
    // Moved within the page it keeps what it shows.
    if (otherwise) this.#forget(question);
    if (joining || otherwise) this.#ask(question);
    this.#show();
  }

  /** @returns whether there is such a place */
  #join(place: Place): boolean {
    this.#leave();
    try {
      const { connection, release } = hold(place);
      const stop = connection.onChange(() => this.#show());
      this.#connection = connection;
      this.#place = place;
      this.#release = () => {
        stop();
        release();
      };
      return true;
    } catch (error) {
      this.#forget(undefined);
      this.#problem = (error as PolsoError).message;
      this.#show();
      return false;
    }
  }

  #leave(): void {
    this.#stopAsking();
    this.#release?.();
    this.#release = undefined;
    speech.leave(this);
  }

  #stopAsking(): void {
    for (const stop of this.#asked) stop();
    this.#asked = [];
  }

  /** What is shown answers another question. */
  #forget(question: Question | undefined): void {
    this.#question = question;
    this.#total = undefined;
    this.#detail = undefined;
    this.#problem = undefined;
    this.#alerts.reset();
  }

  #ask(question: Question): void {
    this.#stopAsking();
    const { total, detail, stepMs } = queriesOf(question);
    this.#stepMs = stepMs;
    const connection = this.#connection;
    if (connection === undefined) return;
    const refused = ({ code, message }: PolsoError) => {
      this.#problem = code === "queries_too_many" ? this.#voice.messages.problem.many : message;
      this.#show();
    };
    this.#asked = [connection.ask({ query: total, spare: false, deliver: (answer) => this.#take(answer), refused })];
    if (detail === undefined) return;
    const deliver = (answer: Answer) => {
      if (!this.#paused) this.#detail = answer;
    };
    this.#asked.push(connection.ask({ query: detail, spare: true, deliver, refused }));
  }

  #take(answer: Answer): void {
    if (this.#paused) return;
    const [reading] = answer.readings;
    const before = this.#total;
    this.#total = answer;
    if (reading === undefined) {
      this.#problem = this.#voice.messages.problem.absent(this.#question?.kpi ?? "");
    } else {
      const { alertBelow: below, alertAbove: above, alertMargin } = this;
      const alerts = this.#alerts.judge(reading, { below, above, margin: alertMargin ?? marginUsual });
      if (!same(before?.readings, answer.readings)) {
        const { window, freshness } = answer;
        this.#tell("polso-reading", { reading, details: this.details, window, freshness });
      }
      this.#show();
      for (const alert of alerts) this.#ring(alert);
      return;
    }
    this.#show();
  }

  #ring(alert: Alert): void {
    this.#tell("polso-alert", alert);
    const summary = this.#view?.summary;
    if (summary === undefined) return;
    this.#spoken = summary;
    this.#view?.speak(alert.raised ? summary : this.#voice.messages.calm(summary));
  }

  #tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  get #voice(): Voice {
    const around = this.closest("[lang]")?.getAttribute("lang") ?? "";
    return voiceOf(languageOf([around, ...(globalThis.navigator?.languages ?? [])]));
  }

  #show(): void {
    const { state } = this;
    if (state.kind !== this.#link && this.#connection !== undefined) {
      this.#link = state.kind;
      this.#tell("polso-state", state);
    }
    if (!this.isConnected || this.hidden) return;
    this.#view?.show({
      voice: this.#voice,
      question: this.#question,
      label: this.label ?? undefined,
      total: this.#total,
      detail: this.#detail,
      stepMs: this.#stepMs,
      link: this.#release && (this.#paused && state.kind !== "stopped" ? "paused" : state.kind),
      stopped: state.kind === "stopped" ? state.reason : undefined,
      nowMs: this.#connection?.nowMs ?? Date.now(),
      problem: this.#problem,
      alerts: this.#alerts.raised,
    });
    this.#summarise();
  }

  /** The number is spoken when it has changed, at most every 30 s on a page. */
  #summarise(): void {
    const summary = this.#view?.summary;
    const news = summary !== undefined && summary !== this.#spoken && !this.#paused && this.state.kind === "live";
    if (!news) speech.leave(this);
    else if (speech.ask(this, performance.now())) {
      this.#spoken = summary;
      this.#view?.speak(summary);
    }
  }
}

function numberOf(text: string | null): number | null {
  const number = Number.parseFloat(text ?? "");
  return Number.isFinite(number) ? number : null;
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

declare global {
  interface HTMLElementTagNameMap {
    "polso-kpi": PolsoKpi;
  }
  interface HTMLElementEventMap {
    "polso-reading": CustomEvent<ReadingDetail>;
    "polso-state": CustomEvent<LinkState>;
    "polso-alert": CustomEvent<Alert>;
  }
}
