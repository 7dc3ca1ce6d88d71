/**
 * What a CRM sends, made up but believable: conversions, and what they cost in ads. Beside new conversions come
 * repetitions, latecomers and mistakes.
 */

import { Choice } from "./choice.mjs";

/** @typedef {import("./random.mjs").Random} Random */
/** @typedef {import("./choice.mjs").Item} Item */

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

const delayMsMax = 4_000;

/** Makes one event after the other. */
export class Conversions {
  #random;
  #choice;

  /** @param {Random} random */
  constructor(random) {
    this.#random = random;
    this.#choice = new Choice(random, mistakes);
  }

  /**
   * @param {number} nowMs
   * @returns {Item}
   */
  next(nowMs) {
    return this.#choice.next({
      fresh: () => this.#event(nowMs),
      late: (agoMs) => this.#event(nowMs - agoMs),
      bad: () => this.#event(nowMs),
    });
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

/** What a conversion costs by channel, in cents. @type {[string, [number, number]][]} */
const costs = [
  ["email", [20, 60]],
  ["social_media", [350, 700]],
  ["sms", [40, 90]],
];

/**
 * The ads of an interval: one amount for each channel that is paid for.
 * @param {Random} random
 * @param {number} fromMs
 * @param {number} toMs
 * @param {number} rate events per second
 * @returns {Item[]}
 */
export function adSpend(random, fromMs, toMs, rate) {
  const [da, a] = [fromMs, toMs].map((ms) => new Date(ms).toISOString());
  return costs.map(([canale, [min, max]]) => {
    const cents = Math.round(((rate * (toMs - fromMs)) / 1000) * random.whole(min, max) * 0.2);
    return { kind: "new", body: JSON.stringify({ canale, importo: cents / 100, da, a }) };
  });
}
