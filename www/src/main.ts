/**
 * The dashboard's entry: the token leaves the address first, then the core is loaded, then the link is made. Where the
 * page's policy forbids the core, the server evaluates.
 */

import { init } from "polso";
import core from "polso/core.wasm";
import "./styles/main.css";
import { mayRunWasm } from "./policy.ts";
import { Session } from "./session.ts";
import { takeToken } from "./token.ts";

const token = takeToken();
const session = new Session();
addEventListener("hashchange", () => {
  const brought = takeToken();
  if (brought !== undefined) session.enter(brought);
});

try {
  if (await mayRunWasm()) await init(new URL(core, import.meta.url));
  else session.letServerEvaluate();
  if (token !== undefined) session.enter(token);
} catch (error) {
  session.fail(error);
}
