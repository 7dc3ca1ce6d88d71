/**
 * A disk that is soon full: a file system in memory of a fixed size, mounted on a folder, and something else that
 * fills it. Mounting needs Linux and root.
 */

import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const pieceBytes = 4_096;

export class SmallDisk {
  readonly folder: string;
  readonly #filler: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.#filler = join(folder, "something-else");
  }

  /** @throws when this system lets nobody mount, with its reason */
  static mount(mebibytes: number): SmallDisk {
    const folder = mkdtempSync(join(tmpdir(), "polso-disk-"));
    const args = ["-t", "tmpfs", "-o", `size=${mebibytes}m`, "polso-small-disk", folder];
    try {
      execFileSync("mount", args, { stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
    } catch (error) {
      rmSync(folder, { recursive: true });
      throw error;
    }
    return new SmallDisk(folder);
  }

  /** Leaves no byte free. */
  fill(): void {
    const file = openSync(this.#filler, "a");
    const piece = Buffer.alloc(pieceBytes, 1);
    try {
      while (writeSync(file, piece) > 0);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    } finally {
      closeSync(file);
    }
  }

  /** Makes room again. */
  free(): void {
    rmSync(this.#filler, { force: true });
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.folder);
    return bavail * bsize;
  }

  unmount(): void {
    execFileSync("umount", [this.folder]);
    rmSync(this.folder, { recursive: true });
  }
}

/** Why nothing can be mounted here; nothing when it can. */
export function mountingFails(): string | undefined {
  try {
    SmallDisk.mount(1).unmount();
    return undefined;
  } catch (error) {
    return String(error);
  }
}
