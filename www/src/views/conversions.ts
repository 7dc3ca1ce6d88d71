/** Conversions: KPIs, their course, the age of what happened in the last hour, by every dimension, since ever. */

import { AgeBands } from "../parts/age_bands.ts";
import { AllTime } from "../parts/all_time.ts";
import { Breakdown } from "../parts/breakdown.ts";
import { Cards } from "../parts/cards.ts";
import { CourseChart } from "../parts/course_chart.ts";
import { EmptyState } from "../parts/empty.ts";
import { TableBy } from "../parts/table_by.ts";
import { type MakeView, panelView } from "./view.ts";

export const conversionsView: MakeView = (voice, actions) =>
  panelView(
    "conversions",
    ["conversions"],
    [
      new EmptyState(voice, "conversions"),
      new Cards(voice, actions, "conversions"),
      {
        row: "pair",
        panels: [new CourseChart(voice, actions, "conversions"), new AgeBands(voice, actions, "conversions")],
      },
      {
        row: "thirds",
        panels: (["canale", "campagna", "evento", "dispositivo", "localita", "source"] as const).map(
          (dimension) => new Breakdown(voice, actions, "conversions", dimension),
        ),
      },
      {
        row: "pair",
        panels: [new TableBy(voice, actions, "conversions"), new AllTime(voice, "conversions")],
      },
    ],
  );
