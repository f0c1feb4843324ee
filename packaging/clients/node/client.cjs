// The socket of mpd, the daemon that owns a user's Mixpanel login. No dependencies.

"use strict";

const { execFile } = require("node:child_process");
const { createReadStream, existsSync, lstatSync, readFileSync, realpathSync, statSync } = require("node:fs");
const http = require("node:http");
const { dirname, resolve } = require("node:path");
const { setTimeout: pause } = require("node:timers/promises");
const { inspect } = require("node:util");

/** The variables that travel with every call. Absent and empty differ. */
const VARIABLES = `ACCOUNT PROJECT_ID WORKSPACE_ID TARGET REGION USERNAME SECRET OAUTH_TOKEN AUTH_FILE CONFIG_PATH
  CUSTOM_HEADER_NAME CUSTOM_HEADER_VALUE API_BASE_URL APP_BASE_URL`.split(/\s+/).map((name) => `MP_${name}`);
/** The variables that decide about the network: of each row the first that is set. Their names and hashes travel, never their values. */
const NETWORK = ["HTTPS_PROXY https_proxy ALL_PROXY all_proxy", "HTTP_PROXY http_proxy ALL_PROXY all_proxy", "NO_PROXY no_proxy",
  "SSL_CERT_FILE", "SSL_CERT_DIR", "MPD_UPSTREAM"].map((row) => row.split(" "));
/** A daemon that ends, or has too much to do, is followed by another moment. */
const PASSING = ["daemon_unreachable", "stopping", "too_many_connections", "timeout"];
/** What the daemon said beside its answers. It is told once a process. */
const NOTED = new Set();
const DISPOSE = Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose");

/** The classes of failures, by their codes: `errors.cjs` fills it. */
const KINDS = new Map();

/** Why a call failed: what the daemon said (RFC 9457), or why it could not be asked (`daemon_unreachable`, `timeout`). */
class Problem extends Error {
  name = "Problem";

  constructor(code, detail, status = 503, more = {}) {
    super([detail, ...(more.next ?? []).map((step) => `run \`${step.command}\` to ${step.label}`)].join("; "));
    const { account, retry_after_s, next = [], errors = [], env = [], upstream, body } = more;
    Object.assign(this, { code, detail, status, account, retryAfterS: retry_after_s, next, errors, env, upstream });
    // Its class is that of its code.
    const kind = KINDS.get(code);
    if (kind && new.target === Problem) this.name = Object.setPrototypeOf(this, kind.prototype).constructor.name;
    // What Mixpanel itself answered belongs to the caller, and not into a log of this error.
    Object.defineProperty(this, "body", { value: body });
  }
}

/** A body that is read as it is sent, from its beginning. */
class FileBody {
  constructor(path) {
    this.path = path;
  }
}

/** The daemon, with the account, project, workspace or target that these calls are for. */
class Client {
  #flags;
  #options;
  /** The daemon has so many connections for all tools: calls that would take too many of them wait here. */
  #agent = new http.Agent({ maxSockets: 256 });
  #asked = new Set();
  #open = new Set();
  #isClosed = false;
  #named;

  constructor({ account, project, workspace, target, exact, socket, ...options } = {}) {
    const flags = Object.entries({ account, project, workspace, target }).filter(([, value]) => value != null);
    this.#flags = Object.fromEntries(flags.map(([name, value]) => [name, String(value)]));
    if (exact) this.#flags.exact = true; // A workspace that others pin does not fill in.
    const env = options.env ?? process.env;
    this.#options = { autostart: true, timeoutMs: 600_000, name: "mixpanel-mpd-node/0.1.0", ...options, env };
    this.#options.autostart &&= env.MPD_AUTOSTART !== "0";
    this.#named = socket ?? (env.MPD_SOCKET || undefined);
    this.socket = this.#named ?? socketPath(env);
  }

  close() {
    this.#isClosed = true;
    for (const end of this.#open) end();
  }

  async [DISPOSE]() {
    this.close();
  }

  async call(method, path, body) {
    return json(await this.#ask(method, path, { body }));
  }

  session() {
    return this.call("GET", "/v1/session");
  }

  async token(account, { minValidS = 60 } = {}) {
    return revealed(await this.call("POST", `/v1/accounts/${encodeURIComponent(account)}/token`, { min_valid_s: minValidS }));
  }

  async credential({ minValidS = 60 } = {}) {
    return revealed(await this.call("POST", "/v1/session/credential", { min_valid_s: minValidS }));
  }

  async operation(operation, args = {}, { refresh = false, parse = JSON.parse } = {}) {
    return this.run(operation, args, { refresh }, parse);
  }

  /** The same, with what a call says beside its arguments. */
  async run(operation, args = {}, call = {}, parse = JSON.parse) {
    const body = { arguments: args, ...call };
    const response = await this.#ask("POST", `/v1/operations/${encodeURIComponent(operation)}`, { body });
    if (response.headers["content-type"] === "application/json") return json(response, parse);
    return response.headers["content-type"] === "application/jsonl" ? lines(response, parse) : parts(response);
  }

  async upload(operation, path, args = {}) {
    const query = new URLSearchParams({ arguments: JSON.stringify(args) });
    const at = `/v1/operations/${encodeURIComponent(operation)}/upload?${query}`;
    return json(await this.#ask("POST", at, { body: new FileBody(path) }));
  }

  async api(plane, path, { method = "GET", query = {}, body, headers, stream = false } = {}) {
    const pairs = Object.entries(query).flatMap(([key, value]) => [value ?? []].flat().map((one) => [key, String(one)]));
    const escaped = encodeURI(path.replace(/^\/+/, "")).replaceAll("%25", "%"); // An escape stays one.
    const search = pairs.length ? `?${new URLSearchParams(pairs)}` : "";
    const response = await this.#ask(method, `/v1/api/${plane}/${escaped}${search}`, { body, headers });
    if (stream) return parts(response);
    return /json/.test(response.headers["content-type"]) ? json(response) : whole(response);
  }

  async *events({ types = [], after, reconnect = true } = {}) {
    const path = `/v1/events${types.length ? `?types=${encodeURIComponent(types.join(","))}` : ""}`;
    for (let wasOpen = false; !this.#isClosed; await pause(250)) {
      try {
        const headers = after ? { "last-event-id": after } : {};
        // The daemon sends something every 15 s. After a long silence it is not well, or another one by now. And only the first
        // connection starts a daemon: one that was stopped was stopped on purpose.
        const response = await this.#ask("GET", path, { headers, timeoutMs: 60_000, autostart: !wasOpen });
        wasOpen = true;
        let fields = {};
        for await (const line of lines(response)) {
          const [, name, value] = /^([^:]*):? ?(.*)$/.exec(line);
          fields[name] = value; // A comment has no name.
          if (line || !("data" in fields)) continue;
          const event = { id: fields.id, name: fields.event, data: JSON.parse(fields.data) };
          [after, fields] = [event.id ?? after, {}];
          // The state at the beginning counts as wanted only if everything is.
          if (event.name !== "snapshot" || !types.length || types.includes("snapshot")) yield event;
        }
      } catch (error) {
        if (!this.#isClosed && !(reconnect && wasOpen && PASSING.includes(error.code))) throw error;
      }
      if (!reconnect) return;
    }
  }

  /** Returns a success, its body unread. What may have been carried out is repeated only if it changes nothing. */
  async #ask(method, path, { body, headers, autostart = true, timeoutMs = this.#options.timeoutMs } = {}) {
    const isBytes = body === undefined || body instanceof Uint8Array || body instanceof FileBody;
    const own = { host: "mpd", te: "trailers", "mp-client": this.#options.name, "mp-protocol": "1", ...network(this.#options.env) };
    if (!isBytes) own["content-type"] = "application/json";
    // It is sent when the daemon wants it: a refusal that comes earlier would be lost with the connection.
    if (body instanceof FileBody) Object.assign(own, { "content-length": statSync(body.path).size, expect: "100-continue" });
    const repeatable = new Set(["context_required", "stopping", ...(/^(GET|HEAD)$/.test(method) ? ["daemon_unreachable"] : [])]);
    for (let mayStart = autostart && this.#options.autostart, end = Date.now() + 10_000; ; ) {
      try {
        const request = { method, path, headers: { ...own, ...headers, "mp-context": this.#context() } };
        const response = await this.#send(request, isBytes ? body : JSON.stringify(body), timeoutMs);
        for (const note of response.headersDistinct["mp-note"] ?? []) {
          if (!NOTED.has(note)) process.emitWarning(note, "MixpanelNote");
          NOTED.add(note);
        }
        if (response.statusCode < 400) return response;
        throw problem(response.statusCode, await whole(response));
      } catch (error) {
        const isAbsent = error.syscall === "connect" && /^(ENOENT|ENOTDIR|ECONNREFUSED)$/.test(error.code);
        if (isAbsent && !mayStart) throw unreachable(`no daemon listens at ${this.socket}`, "mp daemon start", "start it");
        if (isAbsent) {
          mayStart = false;
          await start(this.#named, this.#options.env, this.#options.mp);
          this.socket = this.#named ?? socketPath(this.#options.env);
        } else if (error.syscall === "connect" && /^(EAGAIN|ECONNRESET)$/.test(error.code) && Date.now() < end) {
          await pause(50); // The daemon's queue is full, while many connect at once, or it ended while this one stood in it.
        } else {
          const detail = `${method} ${path} was cut off (${error.code}), and the daemon may have carried it out`;
          const problem = error instanceof Problem ? error : unreachable(detail);
          // Once for each reason.
          if (!repeatable.delete(problem.code) || this.#isClosed) throw problem;
          for (const name of problem.env) this.#asked.add(name);
        }
      }
    }
  }

  /** Sends a request to a daemon that is certainly the user's own. */
  #send(request, body, timeoutMs) {
    if (this.#isClosed) throw unreachable("the client was closed");
    // Another user who could write to its folder could put a socket of their own there.
    const at = lstatSync(dirname(this.socket), { throwIfNoEntry: false });
    if (at && (!at.isDirectory() || ![process.geteuid(), 0].includes(at.uid) || at.mode & 0o077)) {
      throw unreachable(`${this.socket} is not safe to use: mode ${at.mode.toString(8)} of uid ${at.uid}`);
    }
    return new Promise((resolve, reject) => {
      // A connection of its own: a Unix socket costs next to nothing, and no call meets one that died while nobody looked.
      const sent = http.request({ ...request, socketPath: this.socket, agent: this.#agent }, (response) => {
        if (body instanceof FileBody) response.once("close", () => sent.destroy()); // What was not wanted is not sent.
        resolve(response);
      });
      const close = () => sent.destroy(unreachable("the client was closed"));
      this.#open.add(close);
      sent.setTimeout(timeoutMs, () => sent.destroy(new Problem("timeout", "nothing came for too long", 504)));
      sent.on("error", reject).on("close", () => this.#open.delete(close));
      if (!(body instanceof FileBody)) sent.end(body);
      else sent.once("continue", () => createReadStream(body.path).on("error", (error) => sent.destroy(error)).pipe(sent));
    });
  }

  /** What this process adds to a call. A variable that was asked for and is unset goes as an empty text: an answer, too. */
  #context() {
    const { env } = this.#options;
    const names = [...this.#asked, ...VARIABLES.filter((name) => env[name] !== undefined)];
    const context = { ...this.#flags, env: Object.fromEntries(names.map((name) => [name, env[name] ?? ""])) };
    try {
      context.cwd = this.#options.cwd ?? process.cwd();
    } catch {
      // It is gone.
    }
    const escape = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
    return JSON.stringify(context).replace(/[\u007f-\uffff]/g, escape);
  }
}

class TokenProvider {
  #client;
  #options;

  constructor(client, { account, minValidS = 60 } = {}) {
    this.#client = client;
    this.#options = { account, minValidS };
  }

  async headers() {
    const { account, minValidS } = this.#options;
    const asked = account === undefined ? this.#client.credential({ minValidS }) : this.#client.token(account, { minValidS });
    const { token, username, secret, headers = [] } = await asked;
    if (token == null && username == null) {
      throw new Problem("invalid_argument", `account '${account}' has no token; name none to use the session's`, 400);
    }
    const login = token == null ? `Basic ${Buffer.from(`${username}:${secret}`).toString("base64")}` : `Bearer ${token}`;
    return revealed({ ...Object.fromEntries(headers.map(({ name, value }) => [name, value])), Authorization: login });
  }

  async fetch(resource, init = {}) {
    const request = new Request(resource, init); // When it is sent on to another host, `fetch` drops the login.
    const { protocol, hostname } = new URL(request.url);
    const isOurs = protocol === "https:" && `.${hostname}`.endsWith(".mixpanel.com");
    if (!isOurs && !["127.0.0.1", "[::1]", "localhost"].includes(hostname)) {
      throw new Problem("invalid_argument", `the login is for Mixpanel, not for ${protocol}//${hostname}`, 400);
    }
    for (const [name, value] of Object.entries(await this.headers())) request.headers.set(name, value);
    return fetch(request);
  }
}

function socketPath(env = process.env) {
  if (env.MPD_SOCKET) return env.MPD_SOCKET;
  const name = ["MP_STORAGE_DIR", "MP_OAUTH_STORAGE_DIR"].find((name) => env[name]) ?? "HOME";
  if (!env[name]?.startsWith("/")) {
    throw new Problem("invalid_argument", `no storage root: ${name} must be an absolute path, but is '${env[name] ?? ""}'`, 400);
  }
  const places = [...env[name].split("/"), name === "HOME" ? ".mp" : ""].filter((part) => part !== "" && part !== ".");
  const root = `/${places.join("/")}`;
  let digest = 0xcbf29ce484222325n; // FNV-1a, 64 bits.
  for (const byte of Buffer.from(root)) digest = BigInt.asUintN(64, (digest ^ BigInt(byte)) * 0x100000001b3n);
  const [hash, uid] = [digest.toString(16).padStart(16, "0"), process.geteuid()];
  // One key of `[settings]` decides where the daemon is; else it is in the first of these folders that can hold a socket and a lock.
  const chosen = /^[ \t]*(?:settings\.)?run_dir[ \t]*=[ \t]*["'](\/[^"'\n]+)["']/m.exec(configOf(root))?.[1];
  const runtime = env.XDG_RUNTIME_DIR?.startsWith("/") ? env.XDG_RUNTIME_DIR : `/run/user/${uid}`;
  const folders = chosen ? [`${chosen}/${hash}`] : [`${root}/run`, `${runtime}/mp/${hash}`, `/tmp/mp-${uid}/${hash}`];
  const paths = folders.map((at) => `${at}/mpd.sock`).map((path) => (Buffer.byteLength(path) <= 100 ? path : `/tmp/mp-${uid}/${hash}.sock`));
  return paths.find((path) => existsSync(path)) ?? paths[0];
}

function configOf(root) {
  const path = `${root}/config.toml`;
  try {
    return statSync(path).isFile() ? readFileSync(path, "utf8") : ""; // Not a pipe, which would make us wait.
  } catch {
    return "";
  }
}

// Where `mp` looks for its daemon, seen from its own folder.
const MPD = ["../libexec/mixpanel/mpd", "../lib/mixpanel/mpd", "mpd"];

/** Starts the daemon by `mp daemon start`, which waits until it is ready, and for others who do the same. */
function start(socket, env, mp) {
  // The Python tool's command has the same name, but no mpd of ours.
  const mps = (env.PATH ?? "").split(":").filter((at) => at.startsWith("/") && existsSync(`${at}/mp`)).map((at) => `${at}/mp`);
  const program = mp ?? mps.find((at) => MPD.some((mpd) => existsSync(`${dirname(realpathSync(at))}/${mpd}`))) ?? "mp, with an mpd beside it, in PATH";
  // The variables that travel decide about calls, and some are secrets: a start needs none of them.
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !VARIABLES.includes(name)));
  return new Promise((resolve, reject) => {
    execFile(program, ["daemon", "start", ...(socket ? ["--socket", socket] : [])], { env: kept, timeout: 30_000 }, (error, _, stderr) => {
      if (error) reject(unreachable(`the daemon did not start: ${stderr.trim() || error.message}`));
      else resolve();
    }).stdin?.end();
  });
}

/** A body as it comes. One that ends early throws a {@link Problem}: why, if the daemon could still tell. */
async function* parts(response) {
  try {
    yield* response;
  } catch (error) {
    throw error instanceof Problem ? error : unreachable("the answer was cut off: the daemon went away, or was silent for too long");
  }
  const why = response.trailers["mp-problem"];
  if (why) throw problem(500, why);
}

async function* lines(response, parse = (line) => line) {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const part of parts(response)) {
    const found = (rest + decoder.decode(part, { stream: true })).split("\n");
    rest = found.pop();
    for (const line of found) yield parse(line);
  }
  if (rest) yield parse(rest);
}

async function whole(response) {
  const found = [];
  for await (const part of parts(response)) found.push(part);
  return Buffer.concat(found);
}

async function json(response, parse = JSON.parse) {
  return parse((await whole(response)).toString() || "null");
}

/** Marks what holds a secret, which no log shall show. */
function revealed(body) {
  return Object.defineProperty(body, inspect.custom, { value: () => `<${Object.keys(body).join(", ")}>` });
}

function problem(status, text) {
  try {
    const said = JSON.parse(text);
    if (typeof said.code === "string") return new Problem(said.code, said.detail, said.status ?? status, said);
  } catch {
    // It is Mixpanel's own.
  }
  const code = { 401: "credential_refused", 404: "upstream_not_found", 429: "rate_limited" }[status] ?? "upstream_refused";
  return new Problem(status < 500 ? code : "upstream_fault", `Mixpanel answered ${status}`, status, { body: text });
}

function unreachable(detail, command = "mp daemon doctor", label = "look for the cause") {
  return new Problem("daemon_unreachable", detail, 503, { next: [{ command, label }] });
}

/** Says what the environment decides about the network, so that the daemon can tell where it goes another way. */
function network(env) {
  const found = NETWORK.map((row) => row.find((name) => env[name]));
  if (!found[0] && !found[1]) found[2] = undefined; // Exceptions from nothing.
  const said = [...new Set(found.filter(Boolean))].map((name) => `${name}=${shortHash(name, env[name])}`);
  return said.length ? { "mp-network": said.join(",") } : {};
}

/** Returns half of FNV-1a. */
function shortHash(name, value) {
  const paths = () => value.split(":").filter(Boolean).map((path) => resolve(path)).join(":");
  const text = (name.startsWith("SSL_CERT") ? paths() : value).trim().replace(/\/$/, "");
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return BigInt.asUintN(32, hash ^ (hash >> 32n)).toString(16).padStart(8, "0");
}

module.exports = { Client, KINDS, Problem, TokenProvider, socketPath };
