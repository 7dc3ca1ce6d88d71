/**
 * A process of viewers: links of the npm package, each watching how many probes were counted. `pixel.ts` starts it, is
 * told when all are live, and asks at the end what each of them was shown when.
 */

import { connect, init, type Live } from "polso";
import { until } from "../support/until.ts";
import { probeQuery } from "./probes.ts";

const [url = "", token = "", count = "0"] = process.argv.slice(2);

/** Opens one; resolves when it was shown its first numbers. */
function viewer(shown: [number, number][]): Promise<Live> {
  return new Promise((resolve) => {
    const live = connect({ url, token });
    live.watch(probeQuery, ({ readings }) => {
      const figure = readings[0]?.value ?? 0;
      if (figure !== shown.at(-1)?.[0]) shown.push([figure, Date.now()]);
      resolve(live);
    });
  });
}

await init();
const all = Array.from({ length: Number(count) }, (): [number, number][] => []);
const links = await Promise.all(all.map(viewer));
process.once("message", async (probes: number) => {
  await until("all viewers were shown all probes", () => all.every((shown) => (shown.at(-1)?.[0] ?? 0) >= probes));
  for (const live of links) live.close();
  process.send?.(all, () => process.exit(0));
});
process.send?.("live");
