/** Before the first event. Italian. */

export const empty = {
  emptyToken: "Crea un token per inviare:",
  emptySend: "Invia l’esempio:",
  copy: "Copia",
  copied: "Copiato",
  empty: {
    conversions: {
      title: "Tutto pronto: manca il primo evento",
      text: "Manda una conversione dal terminale: comparirà qui entro un secondo.",
    },
    stories: {
      title: "Tutto pronto: manca la prima storia",
      text: "Manda la visualizzazione di una storia dal terminale: comparirà qui entro un secondo.",
    },
  },
};
