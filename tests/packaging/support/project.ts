/** Projects of outside users: the packed npm file, installed by npm in a folder of its own, and nothing else. */

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inRoot, npmBin } from "../../../scripts/paths.mjs";

export class Project {
  readonly folder: string;
  /** The package as npm laid it out. */
  readonly installed: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.installed = join(folder, "node_modules", "polso");
  }

  /** Packs what was built last and installs it. */
  static create(): Project {
    const folder = mkdtempSync(join(tmpdir(), "polso-project-"));
    const npm = (cwd: string, ...args: string[]) => execFileSync("npm", args, { cwd, stdio: "pipe" });
    npm(inRoot("sdk"), "pack", "--silent", "--pack-destination", folder);
    writeFileSync(join(folder, "package.json"), '{"private":true,"type":"module"}');
    const project = new Project(folder);
    npm(folder, "install", "--offline", "--no-audit", "--no-fund", project.tarball);
    return project;
  }

  get tarball(): string {
    const name = readdirSync(this.folder).find((file) => file.endsWith(".tgz"));
    if (name === undefined) throw new Error("npm packed nothing");
    return join(this.folder, name);
  }

  /** A copy of one of `examples/`, with the package installed. */
  example(name: string): Project {
    const folder = join(this.folder, name);
    cpSync(inRoot("examples", name), folder, { recursive: true });
    const example = new Project(folder);
    mkdirSync(join(folder, "node_modules"), { recursive: true });
    cpSync(this.installed, example.installed, { recursive: true });
    return example;
  }

  /** Runs one of its own scripts as `npm run` would, with the programs of the workspace. */
  script(name: string): void {
    const { scripts } = JSON.parse(readFileSync(join(this.folder, "package.json"), "utf8"));
    const env = { ...process.env, PATH: `${npmBin}:${process.env["PATH"]}`, WRANGLER_SEND_METRICS: "false" };
    execFileSync("sh", ["-c", scripts[name]], { cwd: this.folder, env, stdio: "pipe" });
  }

  /** What a module in it prints. */
  node(name: string, program: string, ...flags: string[]): string {
    writeFileSync(join(this.folder, name), program);
    return execFileSync(process.execPath, [...flags, name], { cwd: this.folder, encoding: "utf8" }).trim();
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
