/** The first page: the KPIs of both subjects with their course, by channel and by place, and whether the sums agree. */

import { Breakdown } from "../parts/breakdown.ts";
import { Cards } from "../parts/cards.ts";
import { CourseChart } from "../parts/course_chart.ts";
import { EmptyState } from "../parts/empty.ts";
import { IntegritySum } from "../parts/integrity_sum.ts";
import { type MakeView, panelView } from "./view.ts";

export const overviewView: MakeView = (voice, actions) =>
  panelView(
    "overview",
    ["conversions", "stories"],
    [
      new EmptyState(voice, "conversions"),
      new Cards(voice, actions, "conversions", { titled: true }),
      new Cards(voice, actions, "stories", {
        titled: true,
        kpis: ["views", "ctr", "completion", "early_exit", "local_shares"],
      }),
      {
        row: "halves",
        panels: [new CourseChart(voice, actions, "conversions"), new CourseChart(voice, actions, "stories")],
      },
      {
        row: "quarters",
        panels: [
          new Breakdown(voice, actions, "conversions", "canale"),
          new Breakdown(voice, actions, "conversions", "campagna"),
          new Breakdown(voice, actions, "stories", "story"),
          new Breakdown(voice, actions, "stories", "luogo"),
        ],
      },
      new IntegritySum(voice),
    ],
  );
