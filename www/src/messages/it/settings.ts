/** What the viewer sets, in Italian. */

export const settings = {
  settings: {
    title: "Impostazioni",
    themes: { auto: "Come il sistema", light: "Chiaro", dark: "Scuro" },
    density: "Densità",
    densities: { comfortable: "Comoda", compact: "Compatta" },
    signOut: "Esci",
    remember: "Ricordami in questo browser",
    rememberHint: "Altrimenti il token vale solo per questa scheda. Non su un computer condiviso.",
  },
};
