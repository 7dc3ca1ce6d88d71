/** `npm run -s token`: prints one JWT signed with the local key, and nothing else. */

import { Complaint } from "../complaint.mjs";
import { parseOptions } from "../options.mjs";
import { jwtKeys, localSecrets } from "../serve/secrets.mjs";
import { signToken } from "../serve/tokens.mjs";

const scopes = ["ingest", "view", "admin"];

/** @param {string[]} args */
export async function main(args) {
  const options = parseOptions(args, {
    scope: { type: "string", default: "view" },
    space: { type: "string", default: "main" },
    source: { type: "string" },
    sub: { type: "string" },
    ttl: { type: "string", default: "1h" },
  });
  const asked = options.scope.split(" ").filter(Boolean);
  const wrong = asked.find((scope) => !scopes.includes(scope));
  if (wrong !== undefined || asked.length === 0) {
    throw new Complaint(`--scope takes ${scopes.join(", ")}, separated by spaces, not \`${options.scope}\``);
  }
  if (asked.includes("ingest") && options.source === undefined) {
    throw new Complaint("the scope `ingest` needs --source: the name of a source in wrangler.toml");
  }
  const token = await signToken(localSecrets()[jwtKeys] ?? "", { ...options, scope: asked.join(" ") });
  process.stdout.write(`${token}\n`);
}
