/** What the viewer sets, in English. */

import type { settings as italian } from "../it/settings.ts";

export const settings: typeof italian = {
  settings: {
    title: "Settings",
    themes: { auto: "As the system", light: "Light", dark: "Dark" },
    density: "Density",
    densities: { comfortable: "Comfortable", compact: "Compact" },
    signOut: "Sign out",
    remember: "Remember me in this browser",
    rememberHint: "Otherwise the token is for this tab only. Not on a shared computer.",
  },
};
