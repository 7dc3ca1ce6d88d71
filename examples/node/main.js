import { connect, init, validate } from "polso";

await init();
console.log("an empty event would be", validate("{}", { name: "crm" }).verdict);

const live = connect({ url: process.env.POLSO_URL, token: process.env.POLSO_TOKEN });
live.onState(({ kind }) => console.log(kind));
live.watch({ window: "1h", kpi: ["conversions"] }, ({ readings: [reading] }) => {
  console.log("conversions of the last hour:", reading.value ?? "–");
});
process.once("SIGINT", () => live.close());
