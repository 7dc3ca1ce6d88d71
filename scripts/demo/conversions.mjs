/**
 * What a CRM sends, made up but believable: new conversions, repetitions, latecomers, and mistakes, each mistake
 * with the reason that a receiver should give.
 */

/** @typedef {import("./random.mjs").Random} Random */
/** @typedef {"new" | "late" | "repeated" | "bad"} Kind */
/** @typedef {{ kind: Kind, body: string, reason?: string }} Item one event as it is sent */

/** @type {[Kind, number][]} */
const kinds = [
  ["new", 88],
  ["repeated", 6],
  ["late", 4],
  ["bad", 2],
];

/** @type {[string, number, [number, number]][]} event, weight, and what it is worth, in cents */
const events = [
  ["richiesta_demo", 34, [0, 0]],
  ["iscrizione_evento", 27, [0, 4900]],
  ["acquisto_concluso", 22, [1990, 48_000]],
  ["cancello_abbandono", 17, [0, 0]],
];

/** @type {[{ canale: string, campagne: string[] }, number][]} */
const channels = [
  [{ canale: "email", campagne: ["Newsletter_Novembre", "Campagna_Email_Verano2024", "Riattivazione_Clienti"] }, 40],
  [{ canale: "social_media", campagne: ["Story_Saldi_Autunno", "Reel_Nuova_Collezione", "Lead_Ads_Milano"] }, 32],
  [{ canale: "webform", campagne: ["Modulo_Home", "Landing_Demo"] }, 20],
  [{ canale: "sms", campagne: ["Promemoria_SMS"] }, 8],
];

/** @type {[string, number][]} */
const devices = [
  ["iPhone_15", 34],
  ["Galaxy_S24", 24],
  ["Desktop_Windows", 22],
  ["MacBook_Air", 12],
  ["iPad_pro", 8],
];

/** @type {[string, number][]} */
const places = [
  ["Milano", 24],
  ["Roma", 22],
  ["Napoli", 12],
  ["Torino", 11],
  ["Bologna", 9],
  ["Firenze", 8],
  ["Palermo", 6],
  ["Bari", 5],
  ["Forlì", 3],
];

/** @type {[string, number][]} */
const states = [
  ["completato", 86],
  ["fallito", 11],
  ["duplicato", 3],
];

/** @type {[(event: any) => unknown, string][]} how to spoil an event, and the reason that it earns */
const mistakes = [
  [(event) => ({ ...event, valore: -1.234 }), "value_negative"],
  [(event) => ({ ...event, valore: 12.345 }), "value_precision"],
  [(event) => ({ ...event, utm_source: "newsletter" }), "field_unknown"],
  [(event) => ({ ...event, id_cliente: "cliente 42" }), "client_id_format"],
  [(event) => ({ ...event, canale: "piccione" }), "choice_unknown"],
  [({ stato, ...event }) => event, "field_missing"],
  [(event) => ({ ...event, timestamp: "ieri" }), "timestamp_format"],
];

const repeatableMax = 500;
const lateMsMin = 3 * 3_600_000;
const lateMsMax = 20 * 86_400_000;
const delayMsMax = 4_000;

/** Makes one event after the other. */
export class Conversions {
  #random;
  /** @type {string[]} what may be sent again */
  #sent = [];
  #seen = new Set();

  /** @param {Random} random */
  constructor(random) {
    this.#random = random;
  }

  /**
   * @param {number} nowMs
   * @returns {Item}
   */
  next(nowMs) {
    const kind = this.#random.weighted(kinds);
    if (kind === "repeated" && this.#sent.length > 0) {
      return { kind, body: /** @type {string} */ (this.#sent[this.#random.whole(0, this.#sent.length - 1)]) };
    }
    if (kind === "bad") {
      const [spoil, reason] = /** @type {(typeof mistakes)[0]} */ (
        mistakes[this.#random.whole(0, mistakes.length - 1)]
      );
      return { kind, body: JSON.stringify(spoil(this.#event(nowMs))), reason };
    }
    const late = kind === "late";
    const body = this.#distinct(late ? nowMs - this.#random.whole(lateMsMin, lateMsMax) : nowMs);
    if (this.#sent.push(body) > repeatableMax) this.#sent.shift();
    return { kind: late ? "late" : "new", body };
  }

  /** @param {number} timeMs */
  #distinct(timeMs) {
    for (;;) {
      const body = JSON.stringify(this.#event(timeMs));
      if (this.#seen.has(body)) continue;
      this.#seen.add(body);
      return body;
    }
  }

  /** @param {number} timeMs */
  #event(timeMs) {
    const random = this.#random;
    const [evento, [centsMin, centsMax]] = random.weighted(
      events.map(([name, weight, cents]) => [[name, cents], weight]),
    );
    const { canale, campagne } = random.weighted(channels);
    return {
      id_cliente: `CLIENTE-ITALIA-${String(random.whole(0, 999_999)).padStart(6, "0")}`,
      evento,
      timestamp: new Date(timeMs - random.whole(0, delayMsMax)).toISOString(),
      valore: random.whole(/** @type {number} */ (centsMin), /** @type {number} */ (centsMax)) / 100,
      canale,
      stato: random.weighted(states),
      metadati: {
        campagna: campagne[random.whole(0, campagne.length - 1)],
        dispositivo: random.weighted(devices),
        localita: random.weighted(places),
      },
    };
  }
}
