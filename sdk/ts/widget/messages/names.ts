/** What people call the codes of KPIs, dimensions and values, in Italian and in English. What is not here stays as it is. */

type Names = Readonly<Record<string, readonly [it: string, en: string]>>;

export const kpiNames: Names = {
  conversions: ["Conversioni", "Conversions"],
  conversion_rate: ["Tasso di conversione", "Conversion rate"],
  average_value: ["Valore medio", "Average value"],
  total_value: ["Valore totale", "Total value"],
  cpa: ["Costo per conversione", "Cost per conversion"],
  views: ["Visualizzazioni", "Views"],
  clicks: ["Clic", "Clicks"],
  ctr: ["Tasso di clic", "Click-through rate"],
  ctr_15m: ["Tasso di clic, primi 15 minuti", "Click-through rate, first 15 minutes"],
  completion: ["Completamento", "Completion"],
  early_exit: ["Uscite precoci", "Early exits"],
  local_shares: ["Condivisioni locali", "Local shares"],
  reactions: ["Reazioni", "Reactions"],
  comments: ["Commenti", "Comments"],
  shares: ["Condivisioni", "Shares"],
};

/** What a quotient divides by. */
export const basisNames: Names = {
  conversion_rate: ["eventi conclusi", "concluded events"],
  average_value: ["conversioni", "conversions"],
  cpa: ["conversioni", "conversions"],
  ctr: ["visualizzazioni", "views"],
  ctr_15m: ["visualizzazioni", "views"],
  completion: ["visualizzazioni", "views"],
  early_exit: ["visualizzazioni", "views"],
};

export const dimensionNames: Names = {
  source: ["sorgente", "source"],
  canale: ["canale", "channel"],
  evento: ["evento", "event"],
  stato: ["stato", "state"],
  campagna: ["campagna", "campaign"],
  dispositivo: ["dispositivo", "device"],
  localita: ["località", "place"],
  story: ["storia", "story"],
  luogo: ["luogo", "place"],
  eta: ["età", "age"],
  genere: ["genere", "gender"],
  interesse: ["interesse", "interest"],
  formato: ["formato", "format"],
  classe: ["classe", "class"],
  giorno: ["giorno", "day"],
  ora: ["ora", "hour"],
  giorno_ora: ["giorno e ora", "day and hour"],
};

export const valueNames: Names = {
  email: ["Email", "Email"],
  social_media: ["Social media", "Social media"],
  webform: ["Modulo web", "Web form"],
  sms: ["SMS", "SMS"],
  richiesta_demo: ["Richiesta demo", "Demo request"],
  acquisto_concluso: ["Acquisto concluso", "Purchase"],
  iscrizione_evento: ["Iscrizione evento", "Event sign-up"],
  cancello_abbandono: ["Abbandono", "Abandonment"],
  completato: ["Completato", "Completed"],
  duplicato: ["Duplicato", "Duplicate"],
  fallito: ["Fallito", "Failed"],
  interazione_azione: ["Interazioni", "Interactions"],
  reazione_positiva: ["Reazioni positive", "Positive reactions"],
  diffusione_virale: ["Condivisioni", "Shares"],
  conversazione: ["Commenti", "Comments"],
  uscita: ["Uscite", "Exits"],
  video_breve: ["Video breve", "Short video"],
  altro: ["Altro", "Other"],
};

/** The name of a code in a language, if it has one. */
export const named = (names: Names, code: string | undefined, language: "it" | "en"): string | undefined =>
  names[code ?? ""]?.[language === "it" ? 0 : 1];
