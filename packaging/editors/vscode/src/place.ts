// Waits for a file to appear or to be replaced, by the system's word and not by looking again and again.

import { existsSync, watch } from "node:fs";
import type { FSWatcher } from "node:fs";
import { dirname, relative, sep } from "node:path";

/** Watches the folder of a path, or the nearest one above it that is there. */
export class Place {
  #watcher: FSWatcher | undefined;
  #isOver = false;

  constructor(private readonly path: string, private readonly moved: () => void) {
    this.#look();
  }

  dispose(): void {
    this.#isOver = true;
    this.#watcher?.close();
  }

  #look(): void {
    let folder = dirname(this.path);
    while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
    const next = relative(folder, this.path).split(sep)[0];
    try {
      this.#watcher = watch(folder, (_, name) => {
        // A folder that is removed tells its own name.
        if (name !== null && name !== next && existsSync(folder)) return;
        this.#again();
      });
      // A folder that is removed is no reason to fail: it is looked for again when somebody asks.
      this.#watcher.on("error", () => this.#watcher?.close());
    } catch {
      // It vanished in between, or the system has no more watches: the window's focus and commands are left to look again.
    }
  }

  #again(): void {
    if (this.#isOver) return;
    this.#watcher?.close();
    this.#look();
    this.moved();
  }
}
