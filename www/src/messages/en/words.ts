/** Dimensions and their values. English. */

import type { words as italian } from "../it/words.ts";

export const words: typeof italian = {
  dimension: {
    source: "Source",
    canale: "Channel",
    evento: "Event",
    stato: "State",
    campagna: "Campaign",
    dispositivo: "Device",
    localita: "Place",
    story: "Story",
    luogo: "Place",
    formato: "Format",
    eta: "Age",
    genere: "Gender",
    interesse: "Interest",
  },
  valueNames: {
    email: "Email",
    social_media: "Social media",
    webform: "Web form",
    sms: "SMS",
    richiesta_demo: "Demo request",
    acquisto_concluso: "Purchase",
    iscrizione_evento: "Event sign-up",
    cancello_abbandono: "Abandonment",
    completato: "Completed",
    duplicato: "Duplicate",
    fallito: "Failed",
    altro: "Other",
    video_breve: "Short video",
    sondaggio: "Poll",
    foto: "Photo",
    estero: "Abroad",
    F: "Women",
    M: "Men",
  },
  valueMissing: "no value",
};
