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

takeToken();
const session = new Session();
addEventListener("hashchange", () => {
  const brought = takeToken();
  if (brought !== undefined) session.enter(brought);
});

try {
  const mayRun = await mayRunWasm();
  if (mayRun) await init(new URL(core, import.meta.url));
  session.begin(!mayRun);
} catch (error) {
  session.fail(error);
}
