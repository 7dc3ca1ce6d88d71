/** Stories: KPIs, each story with its frozen first 15 minutes, the week's hours, by place, format and segment. */

import { Breakdown } from "../parts/breakdown.ts";
import { Cards } from "../parts/cards.ts";
import { CourseChart } from "../parts/course_chart.ts";
import { EmptyState } from "../parts/empty.ts";
import { HeatMap } from "../parts/heat_map.ts";
import { TableBy } from "../parts/table_by.ts";
import { type MakeView, panelView } from "./view.ts";

export const storiesView: MakeView = (voice, actions) =>
  panelView(
    "stories",
    ["stories"],
    [
      new EmptyState(voice, "stories"),
      new Cards(voice, actions, "stories"),
      new TableBy(voice, actions, "stories"),
      {
        row: "halves",
        panels: [new CourseChart(voice, actions, "stories"), new HeatMap(voice, actions, "stories")],
      },
      {
        row: "thirds",
        panels: (["luogo", "formato", "eta", "genere", "interesse", "source"] as const).map(
          (dimension) => new Breakdown(voice, actions, "stories", dimension),
        ),
      },
    ],
  );
