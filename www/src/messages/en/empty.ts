/** Before the first event. English. */

import type { empty as italian } from "../it/empty.ts";

export const empty: typeof italian = {
  emptyToken: "Make a token for sending:",
  emptySend: "Send the example:",
  copy: "Copy",
  copied: "Copied",
  empty: {
    conversions: {
      title: "All set: waiting for the first event",
      text: "Send a conversion from the terminal: it will be here within a second.",
    },
    stories: {
      title: "All set: waiting for the first story",
      text: "Send a view of a story from the terminal: it will be here within a second.",
    },
  },
};
