/** A component: HTML on the server, numbers in the browser. Importing the package does nothing in either. */

import { connect, init, validate } from "polso";

export const html = `
  <p>Conversions of the last hour: <output id="conversions">–</output> (<output id="link">not connected</output>)</p>
  <p>An empty event would be <output id="verdict">…</output>.</p>
`;

/** What a framework calls an effect: it runs in the browser only. */
export async function start({ url, token }) {
  const show = (id, text) => {
    document.getElementById(id).value = text;
  };
  await init();
  show("verdict", validate("{}", { name: "crm" }).verdict);
  const live = connect({ url, token });
  live.onState(({ kind }) => show("link", kind));
  live.watch({ window: "1h", kpi: ["conversions"] }, ({ readings: [reading] }) => {
    show("conversions", reading.value ?? "–");
  });
  return () => live.close();
}
