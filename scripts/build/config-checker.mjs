/** The native program that knows the rules of a configuration: the Worker's own code, compiled for this machine. */

import { run } from "../child.mjs";
import { configChecker, inRoot, nativeTarget } from "../paths.mjs";
import { whenChanged } from "./stamp.mjs";

/** `polso-check-config`, unoptimised: it runs for milliseconds. */
export const buildConfigChecker = () =>
  whenChanged({
    name: "config-checker",
    title: "the configuration's rules, compiled for this machine (a minute the first time)",
    inputs: [
      ...["Cargo.toml", "Cargo.lock", "core/Cargo.toml", "core/src", "intake/Cargo.toml", "intake/src"].map((place) => inRoot(place)),
    ],
    outputs: [configChecker],
    make: () =>
      run("cargo", ["build", "--package", "polso-intake", "--bin", "polso-check-config"], {
        env: { CARGO_TARGET_DIR: nativeTarget },
      }),
  });
