// Runs `mp` where there is no route of the daemon: it starts and stops the daemon, and looks for what is wrong.

import { execFile } from "node:child_process";
import { flags } from "./choice";
import { program } from "./settings";
import type { Window } from "./window";

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the program with the choice and the folder of the window. */
export function run(window: Window, words: string[], timeout = 60_000): Promise<Ended> {
  const { path, problem } = program();
  if (path === undefined) return Promise.reject(new Error(problem ?? "there is no mp"));
  return new Promise((resolve, reject) => {
    const options = { env: { ...window.env, NO_COLOR: "1" }, cwd: window.folder, timeout, maxBuffer: 16 * 1024 * 1024 };
    const child = execFile(path, [...flags(window.choice), ...words], options, (error, stdout, stderr) => {
      if (error && typeof error.code !== "number") reject(new Error(`${path} could not be run: ${error.message}`));
      else resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
    child.stdin?.end();
  });
}
