// Where the daemon listens, whether it is safe to talk to, and how it is started.

import { execFile } from "node:child_process";
import { accessSync, constants, lstatSync, realpathSync } from "node:fs";
import path from "node:path";
import { Problem, unreachable } from "./answer.js";

/** The variables that travel with every call. Absent and empty differ. */
export const VARIABLES = `ACCOUNT PROJECT_ID WORKSPACE_ID TARGET REGION USERNAME SECRET OAUTH_TOKEN AUTH_FILE CONFIG_PATH
  CUSTOM_HEADER_NAME CUSTOM_HEADER_VALUE API_BASE_URL APP_BASE_URL`.split(/\s+/).map((name) => `MP_${name}`);

const MAX_SOCKET_PATH = 100;
const START_MS = 30_000;

export function absolute(name, given) {
  if (!given.startsWith("/")) {
    throw new Problem("invalid_argument", `${name} must be an absolute path, but is ${given}`, 400);
  }
  // Not path.normalize: what `..` means is the file system's business.
  return `/${given.split("/").filter((part) => part !== "" && part !== ".").join("/")}`;
}

/** Returns where the daemon of this environment listens, by the same rule as `mp`. */
export function socketPath(env = process.env) {
  const socket = env.MPD_SOCKET ? absolute("MPD_SOCKET", env.MPD_SOCKET) : ofRoot(env);
  if (Buffer.byteLength(socket) > MAX_SOCKET_PATH) {
    throw new Problem("invalid_argument", `socket path ${socket} has more than ${MAX_SOCKET_PATH} bytes`, 400);
  }
  return socket;
}

function ofRoot(env) {
  const name = ["MP_STORAGE_DIR", "MP_OAUTH_STORAGE_DIR", "HOME"].find((name) => env[name]);
  if (!name) {
    throw new Problem("invalid_argument", "no storage root: HOME is not set, and neither is MP_STORAGE_DIR", 400);
  }
  const root = absolute(name, env[name] + (name === "HOME" ? "/.mp" : ""));
  const near = `${root}/run/mpd.sock`;
  if (Buffer.byteLength(near) <= MAX_SOCKET_PATH) return near;
  let digest = 0xcbf29ce484222325n; // FNV-1a, 64 bits.
  for (const byte of Buffer.from(root)) digest = BigInt.asUintN(64, (digest ^ BigInt(byte)) * 0x100000001b3n);
  return `/tmp/mp-${process.geteuid()}/${digest.toString(16).padStart(16, "0")}.sock`;
}

/** Another user who could write to the directory could put a socket of their own there. */
export function checkDirectory(socket) {
  const directory = path.dirname(socket);
  const found = lstatSync(directory, { throwIfNoEntry: false });
  if (found && (found.isSymbolicLink() || ![process.geteuid(), 0].includes(found.uid) || found.mode & 0o077)) {
    const is = found.isSymbolicLink() ? "a symbolic link" : `mode ${(found.mode & 0o7777).toString(8).padStart(4, "0")}`;
    const detail = `${directory} is not safe to use: expected a directory of your own with mode 0700, found`;
    throw unreachable(`${detail} ${is} of uid ${found.uid}`);
  }
}

/** Starts the daemon by `mp daemon start`, which waits until it is ready, and for others who do the same. */
export function start(socket, env, mp) {
  const program = mp ?? findMp(env.PATH ?? "");
  // Those that travel decide about calls, and some are secrets: a start needs none of them.
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !VARIABLES.includes(name)));
  return new Promise((resolve, reject) => {
    const done = (error, _, stderr) => {
      if (error) reject(unreachable(`the daemon did not start: ${stderr.trim() || error.message}`));
      else resolve();
    };
    execFile(program, ["daemon", "start", "--socket", socket], { env: kept, timeout: START_MS }, done).stdin.end();
  });
}

/** The first `mp` that has an `mpd` beside it: the Python tool's command has the same name. */
function findMp(search) {
  for (const directory of search.split(":").filter((directory) => directory.startsWith("/"))) {
    try {
      const program = path.join(directory, "mp");
      accessSync(program, constants.X_OK);
      accessSync(path.join(path.dirname(realpathSync(program)), "mpd"), constants.X_OK);
      return program;
    } catch {
      // Not here.
    }
  }
  throw unreachable("no daemon runs, and no mp with an mpd beside it is in PATH", "mp daemon start", "start it");
}
