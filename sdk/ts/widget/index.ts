/**
 * The class of `<polso-kpi>`: a live KPI to paste into a page. Importing it registers nothing and needs no page.
 *
 * Reads what it shall show from attributes and properties, asks the page's shared connection, shows the answers and tells the
 * page of them. Numbers and what they mean are the core's.
 */

import type { Token } from "../link.ts";
import type { Answer, LinkState, Reading, WindowKind } from "../types.ts";
import { type Alert, type AlertKind, Alerts } from "./alerts.ts";
import type { Engine } from "./connection.ts";
import { Follower, same } from "./follower.ts";
import { languageOf, type Voice, voiceOf } from "./language.ts";
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
  readonly #follower = new Follower(
    () => this.#showSoon(),
    (before) => this.#took(before),
  );
  #token: Token | null = null;
  #where: readonly string[] | null = null;
  #tick: ReturnType<typeof setInterval> | undefined;
  #link: string | undefined;
  /** Alerts that began or ended with the last answer. */
  #rung: readonly Alert[] = [];
  #spoken: string | undefined;
  /** A page that sets the token a moment later has nothing to mend. */
  #patient = true;
  #changing = false;
  #showing = false;

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
      this.paused = !this.paused;
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
    return this.#follower.paused;
  }
  set paused(paused: boolean) {
    this.#follower.paused = paused;
    this.#show();
  }

  /** Who evaluates: `wasm` in the page, `server`; `undefined` until that is known. */
  get engine(): Engine | undefined {
    return this.#follower.engine;
  }

  /** How the link is, by the server's own signs of life. */
  get state(): LinkState {
    return this.#follower.state;
  }

  /** The number as it is shown; `undefined` before the first answer. */
  get reading(): Reading | undefined {
    return this.#follower.total?.readings[0];
  }

  /** The steps of the window, the oldest first, or the groups of `by`. */
  get details(): readonly Reading[] {
    return this.#follower.detail?.readings ?? [];
  }

  /** Alerts that are on. */
  get alerts(): readonly AlertKind[] {
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
      this.#patient = false;
      if (!document.hidden) this.#show();
    }, tickMs);
    this.#change();
  }

  /** @internal */
  disconnectedCallback(): void {
    clearInterval(this.#tick);
    this.#tick = undefined;
    this.#follower.leave();
    speech.leave(this);
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
    if (kpi === null || token === null || token === "") {
      this.#follower.leave();
      this.#follower.forget();
      this.#alerts.reset();
    } else {
      const place = { token, wasm, ...(src === null ? {} : { url: src }), ...(space === null ? {} : { space }) };
      const another = this.#follower.follow(place, {
        kpi,
        window: this.window ?? "5m",
        kind: (this.kind ?? "sliding") as WindowKind,
        where: this.where,
        by: this.by ?? undefined,
      });
      if (another) this.#alerts.reset();
    }
    this.#show();
  }

  #took(before: Answer | undefined): void {
    const { total } = this.#follower;
    const { reading, alertBelow: below, alertAbove: above, alertMargin } = this;
    if (total === undefined || reading === undefined) return;
    this.#rung = this.#alerts.judge(reading, { below, above, margin: alertMargin ?? marginUsual });
    if (same(before?.readings, total.readings)) return;
    const { window, freshness } = total;
    this.#tell("polso-reading", { reading, details: this.details, window, freshness });
  }

  #tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  get #voice(): Voice {
    const around = this.closest("[lang]")?.getAttribute("lang") ?? "";
    return voiceOf(languageOf([around, ...(globalThis.navigator?.languages ?? [])]));
  }

  /** A number and its chart come in one turn: they are drawn together. */
  #showSoon(): void {
    if (this.#showing) return;
    this.#showing = true;
    queueMicrotask(() => {
      this.#showing = false;
      this.#show();
    });
  }

  #show(): void {
    const { state } = this;
    if (this.#follower.following && state.kind !== this.#link) {
      this.#link = state.kind;
      this.#tell("polso-state", state);
    }
    if (!this.isConnected) return;
    if (!this.hidden) this.#draw(state);
    const rung = this.#rung;
    this.#rung = [];
    for (const alert of rung) this.#ring(alert);
    this.#summarise();
  }

  #draw(state: LinkState): void {
    const { question, total, detail, stepMs, following, paused, nowMs } = this.#follower;
    const stopped = state.kind === "stopped" ? state.reason : undefined;
    this.#view?.show({
      voice: this.#voice,
      question,
      label: this.label ?? undefined,
      total,
      detail,
      stepMs,
      link: following || this.#patient ? (paused && stopped === undefined ? "paused" : state.kind) : undefined,
      stopped,
      nowMs,
      problem: this.#problem,
      alerts: this.#alerts.raised,
    });
  }

  /** What the page's author has to mend. */
  get #problem(): string | undefined {
    const { problem: said } = this.#voice.messages;
    const { problem, following } = this.#follower;
    if (problem !== undefined) return problem.code === "queries_too_many" ? said.many : problem.message;
    if (following || this.#patient) return undefined;
    return this.kpi === null ? said.kpi : said.token;
  }

  #ring(alert: Alert): void {
    this.#tell("polso-alert", alert);
    const summary = this.#view?.summary;
    if (summary === undefined || this.hidden) return;
    this.#spoken = summary;
    this.#view?.speak(alert.raised ? summary : this.#voice.messages.calm(summary));
  }

  /** The number is spoken when it has changed, at most every 30 s on a page. */
  #summarise(): void {
    const summary = this.#view?.summary;
    const silent = this.hidden || this.paused || this.state.kind !== "live";
    if (silent || summary === undefined || summary === this.#spoken) speech.leave(this);
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
