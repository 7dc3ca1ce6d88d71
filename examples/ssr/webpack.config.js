import { join } from "node:path";

const shared = { mode: "production", context: import.meta.dirname };
const path = join(import.meta.dirname, "dist");

/** The same component twice, as a framework builds it: for its server, and for the browser. */
export default [
  {
    ...shared,
    target: "node",
    entry: { server: "./server.js" },
    output: { path, module: true, chunkFormat: "module" },
    experiments: { outputModule: true },
  },
  { ...shared, target: "web", entry: { client: "./client.js" }, output: { path: join(path, "public") } },
];
