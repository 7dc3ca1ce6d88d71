/** The deployed bundle with a ledger that does something else, for what no sender can bring about. */

import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { bundle, wranglerToml } from "../../../scripts/paths.mjs";
import { readConfig } from "../../../scripts/serve/config.mjs";
import { type Server, startServer } from "../../support/server.ts";

/**
 * @param methods of a class that extends the ledger's, as JavaScript
 * @returns a server, and what ends it
 */
export async function alteredLedger(
  methods: string,
  shards = 1,
): Promise<{ server: Server; end: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "polso-altered-"));
  const files = readdirSync(bundle).filter((file) => [".js", ".wasm"].includes(extname(file)));
  for (const file of files) copyFileSync(join(bundle, file), join(folder, file));
  const script = join(folder, files.find((file) => extname(file) === ".js") ?? "");
  const text = readFileSync(script, "utf8");
  const name = /(\w+) as Ledger\b/.exec(text)?.[1] ?? "Ledger";
  writeFileSync(script, `${text}\nexport class AlteredLedger extends ${name} { ${methods} }\n`);
  const program = { bundle: folder, objects: { LEDGER: "AlteredLedger", HUB: "Hub" } };
  const other = { program, config: readConfig(wranglerToml) };
  const server = await startServer({ sources: { crm: { kind: "native" } }, shards, other });
  const end = async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { server, end };
}
