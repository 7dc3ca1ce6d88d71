import { connect, init, validate } from "polso";

export default {
  async fetch(_request, env) {
    await init();
    const { verdict } = validate("{}", { name: "crm" });
    const live = connect({ url: env.POLSO_URL, token: env.POLSO_TOKEN });
    const answer = await new Promise((resolve) => {
      live.watch({ window: "1h", kpi: ["conversions"] }, resolve);
    });
    live.close();
    return Response.json({ verdict, conversions: answer.readings[0].value });
  },
};
