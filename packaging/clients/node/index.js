// A client of mpd, the daemon that owns a user's Mixpanel login. No dependencies.
//
// Each call has a connection of its own: a Unix socket costs next to nothing, and so no call meets a connection that died while nobody
// looked.

import http from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { Problem, Answer, Stream, readEvents, revealed, unreachable } from "./answer.js";
import { VARIABLES, absolute, checkDirectory, socketPath, start } from "./place.js";

export { Answer, Problem, Stream, socketPath };
export { TokenProvider } from "./token.js";

const VERSION = "0.1.0";
const PROTOCOL = "1";
const MAX_CONTEXT = 16 * 1024;
/** The daemon sends something every 15 s on an event stream. After such a silence it is not well, or another one by now. */
const SILENCE_MS = 60_000;
/** Pauses between two looks for a daemon that went away: the first, and the longest. */
const [PAUSE_MS, LONGEST_PAUSE_MS] = [50, 2_000];
/** A daemon that ends, or has too much to do, is followed by another moment. */
const PASSING = ["daemon_unreachable", "stopping", "too_many_connections", "timeout"];
/** While a daemon is asked by many at once, its queue of new connections may be full for a moment. */
const QUEUE_MS = 10_000;

const encoded = encodeURIComponent;

/** Appends the values that are there. */
function withQuery(path, query = {}) {
  const pairs = Object.entries(query).flatMap(([key, value]) => [value ?? []].flat().map((one) => [key, String(one)]));
  const text = new URLSearchParams(pairs).toString();
  return text ? `${path}${path.includes("?") ? "&" : "?"}${text}` : path;
}

/** The daemon, with the account, project, workspace or target that these calls are for. */
export class Client {
  #flags;
  #options;
  #asked = new Set();
  #open = new Set();
  #isClosed = false;

  constructor({ account, project, workspace, target, socket, ...options } = {}) {
    const flags = Object.entries({ account, project, workspace, target }).filter(([, value]) => value != null);
    this.#flags = Object.fromEntries(flags.map(([name, value]) => [name, String(value)]));
    const env = options.env ?? process.env;
    const name = `mixpanel-mpd-node/${VERSION}`;
    this.#options = { autostart: true, timeoutMs: 600_000, name, ...options, env };
    this.#options.autostart &&= env.MPD_AUTOSTART !== "0";
    this.socket = socket ? absolute("socket", socket) : socketPath(env);
  }

  /** Ends every call and stream. */
  close() {
    this.#isClosed = true;
    for (const end of this.#open) end();
  }

  async [Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose")]() {
    this.close();
  }

  session() {
    return this.#json("GET", "/v1/session");
  }

  use(what) {
    return this.#json("PATCH", "/v1/session", what);
  }

  async accounts() {
    return (await this.#json("GET", "/v1/accounts")).accounts;
  }

  async targets() {
    return (await this.#json("GET", "/v1/targets")).targets;
  }

  async projects({ refresh } = {}) {
    return (await this.#json("GET", withQuery("/v1/projects", { refresh }))).projects;
  }

  async workspaces({ project, refresh } = {}) {
    return (await this.#json("GET", withQuery("/v1/workspaces", { project, refresh }))).workspaces;
  }

  async token(account, { minValidS = 60 } = {}) {
    return revealed(await this.#json("POST", `/v1/accounts/${encoded(account)}/token`, { min_valid_s: minValidS }));
  }

  async credential({ minValidS = 60 } = {}) {
    return revealed(await this.#json("POST", "/v1/session/credential", { min_valid_s: minValidS }));
  }

  startLogin(what = {}) {
    return this.#json("POST", "/v1/logins", what);
  }

  waitLogin(id, { after, waitS = 60 } = {}) {
    return this.#json("GET", withQuery(`/v1/logins/${encoded(id)}`, { wait_s: waitS, after }));
  }

  cancelLogin(id) {
    return this.#json("DELETE", `/v1/logins/${encoded(id)}`);
  }

  async operation(operation, args = {}, { refresh = false, parse = JSON.parse } = {}) {
    const body = { arguments: args, refresh };
    const stream = await this.#exchange("POST", `/v1/operations/${encoded(operation)}`, { body, streams: parse });
    if (stream.headers["content-type"] !== "application/json") return stream;
    const parts = [];
    for await (const part of stream) parts.push(part);
    return parts.length ? JSON.parse(Buffer.concat(parts).toString()) : null;
  }

  api(plane, path, { method = "GET", query, body, headers, stream = false } = {}) {
    // An escape stays one.
    const escaped = encodeURI(path.replace(/^\/+/, "")).replaceAll("%25", "%");
    const whole = withQuery(`/v1/api/${plane}/${escaped}`, query);
    return this.#exchange(method, whole, { body, headers, streams: stream && JSON.parse });
  }

  async *events({ types = [], after, signal } = {}) {
    const stop = new AbortController();
    const end = () => stop.abort();
    signal?.addEventListener("abort", end);
    this.#open.add(end);
    try {
      if (signal?.aborted || this.#isClosed) return;
      yield* this.#follow(types, after, stop.signal);
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    } finally {
      this.#open.delete(end);
      signal?.removeEventListener("abort", end);
    }
  }

  /** Goes on over lost connections and restarts. Only the first connection starts a daemon: one that was stopped was so on purpose. */
  async *#follow(types, after, signal) {
    const path = withQuery("/v1/events", { types: types.join(",") || undefined });
    let [wasOpen, wait] = [false, PAUSE_MS];
    for (;;) {
      try {
        const headers = after ? { "last-event-id": after } : {};
        const options = { headers, streams: JSON.parse, timeoutMs: SILENCE_MS, signal, autostart: !wasOpen };
        const stream = await this.#exchange("GET", path, options);
        [wasOpen, wait] = [true, PAUSE_MS];
        for await (const event of readEvents(stream.lines())) {
          after = event.id ?? after;
          // The state at the beginning counts as wanted only if everything is.
          if (event.name !== "snapshot" || !types.length || types.includes("snapshot")) yield event;
        }
      } catch (error) {
        if (!wasOpen || !PASSING.includes(error.code) || signal.aborted) throw error;
      }
      await pause(wait, undefined, { signal });
      wait = Math.min(wait * 2, LONGEST_PAUSE_MS);
    }
  }

  async #json(method, path, body) {
    return (await this.#exchange(method, path, { body })).json();
  }

  /** Returns the answer of a success, or its stream. */
  async #exchange(method, path, { body, headers, streams, ...options } = {}) {
    const isBytes = body === undefined || body instanceof Uint8Array;
    const own = { host: "mpd", "mp-client": this.#options.name, "mp-protocol": PROTOCOL };
    if (!isBytes) own["content-type"] = "application/json";
    if (streams) own.te = "trailers";
    for (const mended = new Set(); ; ) {
      try {
        const request = { method, path, headers: { ...own, ...headers, "mp-context": this.#context() } };
        const response = await this.#connected(request, isBytes ? body : JSON.stringify(body), options);
        if (streams && response.statusCode < 400) return new Stream(response, streams);
        const answer = await Answer.read(response);
        const problem = answer.problem();
        if (!problem) return answer;
        throw problem;
      } catch (error) {
        const isLost = /^(ECONNRESET|EPIPE|HPE_.*)$/.test(error.code);
        const detail = `the daemon went away during ${method} ${path}, which it may or may not have carried out`;
        const problem = isLost ? unreachable(detail) : error;
        // Once for each reason, and what may have been carried out only if it changes nothing.
        const isRead = method === "GET" || method === "HEAD";
        const isMendable = isLost ? isRead : ["context_required", "stopping"].includes(error.code);
        if (!isMendable || mended.has(problem.code) || this.#isClosed) throw problem;
        mended.add(problem.code);
        for (const name of problem.env) this.#asked.add(name);
      }
    }
  }

  /** Sends a request to a daemon that is certainly the user's own, starting it when there is none. */
  async #connected(request, body, { autostart = true, ...options }) {
    let mayStart = autostart && this.#options.autostart;
    for (const end = Date.now() + QUEUE_MS; ; ) {
      try {
        checkDirectory(this.socket);
        return await this.#send(request, body, options);
      } catch (error) {
        if (error.syscall !== "connect") throw error;
        if (["ENOENT", "ENOTDIR", "ECONNREFUSED"].includes(error.code)) {
          if (!mayStart) throw unreachable(`no daemon listens at ${this.socket}`, "mp daemon start", "start it");
          mayStart = false;
          await start(this.socket, this.#options.env, this.#options.mp);
        } else if (["EAGAIN", "ECONNRESET"].includes(error.code) && Date.now() < end) {
          // The daemon's queue of new connections is full, or it ended while we stood in it.
          await pause(5);
        } else {
          throw unreachable(`could not connect to ${this.socket}: ${error.code}`);
        }
      }
    }
  }

  #send(request, body, { timeoutMs = this.#options.timeoutMs, signal }) {
    return new Promise((resolve, reject) => {
      const sent = http.request({ ...request, socketPath: this.socket, agent: false }, (response) => {
        sent.once("ended", (problem) => response.destroy(problem));
        resolve(response);
      });
      const end = (problem) => {
        sent.emit("ended", problem);
        sent.destroy(problem);
      };
      const close = () => end(unreachable("the client was closed"));
      this.#open.add(close);
      signal?.addEventListener("abort", close);
      sent.setTimeout(timeoutMs, () => end(new Problem("timeout", "the daemon did not answer in time", 504)));
      sent.on("error", reject).on("close", () => {
        this.#open.delete(close);
        signal?.removeEventListener("abort", close);
      });
      sent.end(body);
    });
  }

  /** What this process adds to a call. A variable that was asked for and is unset goes as an empty text: an answer, too. */
  #context() {
    const { env } = this.#options;
    const asked = [...this.#asked].map((name) => [name, env[name] ?? ""]);
    const ours = VARIABLES.filter((name) => env[name] !== undefined).map((name) => [name, env[name]]);
    const context = { ...this.#flags, env: Object.fromEntries([...asked, ...ours]), cwd: cwd() };
    const escape = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
    const text = JSON.stringify(context).replace(/[\u007f-\uffff]/g, escape);
    if (text.length <= MAX_CONTEXT) return text;
    const detail = `the context has ${text.length} bytes, more than the ${MAX_CONTEXT} allowed`;
    throw new Problem("invalid_context", detail, 400);
  }
}

function cwd() {
  try {
    return process.cwd();
  } catch {
    return undefined; // It is gone.
  }
}
