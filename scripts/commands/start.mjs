/**
 * `npm start`: builds what changed and serves it on plain workerd until it is told to stop.
 *
 * Exit code 0 after SIGINT or SIGTERM, 1 when workerd ends by itself.
 */

import { buildAll, buildRules } from "../build/all.mjs";
import { Complaint } from "../complaint.mjs";
import { parseOptions, wholeNumber } from "../options.mjs";
import { wranglerToml } from "../paths.mjs";
import { nativeSource, readConfig } from "../serve/config.mjs";
import { withOverrides } from "../serve/overrides.mjs";
import { checkRules } from "../serve/rules.mjs";
import { jwtKeys, localSecrets } from "../serve/secrets.mjs";
import { startServer } from "../serve/server.mjs";
import { openState } from "../serve/state.mjs";
import { signToken } from "../serve/tokens.mjs";

const portMax = 65_535;
const greetingTtl = "1d";

/** @param {string[]} args */
export async function main(args) {
  const options = parseOptions(args, {
    port: { type: "string", default: "8787" },
    state: { type: "string", default: ".polso" },
    config: { type: "string", default: wranglerToml },
    var: { type: "string", multiple: true, default: [] },
  });
  const port = wholeNumber("port", options.port, 0, portMax);
  const config = readConfig(options.config);
  const { vars, secrets } = withOverrides(config.vars, localSecrets(), options.var);
  openState(options.state); // before the long steps: a folder that cannot be used, or is in use
  await buildRules();
  await checkRules(vars, secrets);
  await buildAll();

  const { url, workerd } = await startServer({
    config: { ...config, vars },
    secrets,
    state: options.state,
    port,
    onLog: (text) => process.stderr.write(text),
  });
  const stopped = untilStopped(workerd);
  process.stdout.write(await greeting(url, vars, secrets));
  return stopped;
}

/**
 * @param {import("../serve/workerd.mjs").Workerd} workerd
 * @returns {Promise<number>} the exit code
 */
async function untilStopped(workerd) {
  let told = false;
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
    process.removeAllListeners(signal);
    process.on(signal, () => {
      told = true;
      workerd.end();
    });
  }
  const { code, signal } = await workerd.ended;
  if (told) return 0;
  throw new Complaint(`workerd ended by itself (${signal ?? `exit code ${code}`})`);
}

/**
 * What to open and what to try.
 * @param {string} url
 * @param {Record<string, import("../serve/config.mjs").Json>} vars
 * @param {Record<string, string>} secrets
 */
async function greeting(url, vars, secrets) {
  const jwks = secrets[jwtKeys] ?? "";
  const view = await signToken(jwks, { scope: "view", ttl: greetingTtl });
  const dashboard = `\nThe dashboard:\n\n  ${url}/#token=${view}\n`;
  const source = nativeSource(vars);
  if (source === undefined) return `${dashboard}\n`;
  const ingest = await signToken(jwks, { scope: "ingest", source, ttl: greetingTtl });
  const event = {
    id_cliente: "CLIENTE-ITALIA-789456",
    evento: "richiesta_demo",
    timestamp: new Date().toISOString(),
    valore: 0,
    canale: "email",
    stato: "completato",
    metadati: { campagna: "Campagna_Email_Verano2024", dispositivo: "iPad_pro", localita: "Roma" },
  };
  return `${dashboard}
A conversion for it:

  curl -i ${url}/api/v1/eventi/conversione \\
    -H 'Authorization: Bearer ${ingest}' \\
    -H 'Content-Type: application/json' \\
    -d '${JSON.stringify(event)}'

`;
}
