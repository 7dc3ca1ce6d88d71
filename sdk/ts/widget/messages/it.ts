/** The widget in Italian: the source of all keys. */

export const it = {
  locale: "it-IT",

  basis: (numerator: string, denominator: string, of: string) => `${numerator} su ${denominator} ${of}`.trim(),
  noData: "nessun dato in questa finestra",
  noSpend: "manca la spesa pubblicitaria",

  window: (count: number, unit: string) => {
    const [one, many] = { s: ["ultimo secondo", "secondi"], m: ["ultimo minuto", "minuti"], h: ["ultima ora", "ore"] }[
      unit
    ] ?? ["ultimo giorno", "giorni"];
    if (count === 1) return one ?? "";
    return `${unit === "h" ? "ultime" : "ultimi"} ${count} ${many}`;
  },
  today: "oggi",
  days: (count: number) => `${count} giorni`,
  allTime: "da sempre",

  link: {
    connecting: "Collegamento…",
    live: "In diretta",
    late: "In ritardo",
    reconnecting: "Riconnessione…",
    stopped: "Interrotto",
    paused: "In pausa",
  },
  lastEvent: (age: string) => `evento ${age}`,
  noEvent: "nessun evento",
  asOf: (time: string) => `dati delle ${time}`,
  stopped: {
    token_expired: "Il token è scaduto.",
    token_invalid: "Il server non riconosce il token.",
    forbidden: "Il token non ha il permesso di lettura o è di un altro spazio.",
  } as Readonly<Record<string, string>>,

  insufficient: "dati insufficienti",
  unavailable: "non disponibile",
  target: (target: string) => `obiettivo ${target}`,
  reached: (target: string) => `obiettivo ${target} raggiunto`,
  below: (limit: string) => `sotto ${limit}`,
  above: (limit: string) => `sopra ${limit}`,
  calm: (name: string) => `${name}: rientrato`,

  course: "andamento",
  by: (dimension: string) => `per ${dimension}`,
  chart: "grafico",
  hint: "Con le frecce si scorrono i valori.",
  current: "in corso",
  others: (count: number) => (count === 1 ? "un’altra voce" : `altre ${count} voci`),
  value: "Valore",
  basisHead: "Su",
  when: "Quando",
  pause: "Metti in pausa",
  resume: "Riprendi",
  showTable: "Mostra come tabella",
  hideTable: "Nascondi la tabella",

  valueMissing: "senza valore",

  problem: {
    kpi: 'Manca l’attributo kpi: per esempio kpi="conversions".',
    token: "Manca il token: l’attributo token, o la proprietà token con una funzione che lo procura.",
    many: "Troppe domande diverse in questa pagina: il grafico manca.",
  },
};

/** What every language has to say. */
export type Messages = typeof it;
