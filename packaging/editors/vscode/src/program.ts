// Where `mp` is. An editor that was started from a dock or a menu often has another PATH than a shell.

import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";

/** Folders where people have `mp`, beside those in PATH; `~` is the home. */
export const FOLDERS = ["~/.cargo/bin", "~/.local/bin", "/usr/local/bin", "/opt/homebrew/bin"];
/** Where `mp` looks for its daemon, seen from its own folder. The Python tool has a command of the same name, and no `mpd`. */
const MPD = ["../libexec/mixpanel/mpd", "../lib/mixpanel/mpd", "mpd"];

export interface Found {
  path?: string;
  /** Why there is none: what the setting names, or where it was looked for. */
  problem?: string;
}

/** Finds the program: what the setting says, or the first that is ours. */
export function find(setting: string, env: NodeJS.ProcessEnv): Found {
  const home = env.HOME ?? "";
  const folders = search(env).map((folder) => expand(folder, home));
  const wanted = setting.trim();
  if (wanted === "") {
    const path = folders.map((folder) => join(folder, "mp")).find((path) => runs(path) && hasDaemon(path));
    return path === undefined ? { problem: `no mp with an mpd beside it in ${folders.join(", ")}` } : { path };
  }
  const named = expand(wanted, home);
  if (isAbsolute(named)) {
    return runs(named) ? { path: named } : { problem: `mixpanel.binary: ${named} is no program that can be run` };
  }
  if (named.includes("/")) return { problem: `mixpanel.binary: ${named} is neither an absolute path nor the name of a program` };
  const path = folders.map((folder) => join(folder, named)).find(runs);
  return path === undefined ? { problem: `mixpanel.binary: there is no ${named} in ${folders.join(", ")}` } : { path };
}

/** PATH, then the folders of habit. What is relative depends on the folder that is open, so it is left out. */
export function search(env: NodeJS.ProcessEnv): string[] {
  const path = (env.PATH ?? "").split(":").filter((folder) => isAbsolute(folder));
  return [...new Set([...path, ...FOLDERS])];
}

/** `~/` is the home. */
export function expand(path: string, home: string): string {
  return path === "~" || path.startsWith("~/") ? `${home}${path.slice(1)}` : path;
}

function runs(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function hasDaemon(path: string): boolean {
  try {
    const folder = dirname(realpathSync(path));
    return MPD.some((mpd) => runs(resolve(folder, mpd)));
  } catch {
    return false;
  }
}
