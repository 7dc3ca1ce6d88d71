import { connect, init, validate } from "polso";

const { url, token } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
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
