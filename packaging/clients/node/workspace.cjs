// A choice of account, project and workspace, with every operation as a method; and the namespaces of what is stored.
"use strict";

const { Client, Problem } = require("./client.cjs");
const METHODS = require("./methods.cjs");

const DISPOSE = Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose");
/** What a switch keeps: an account takes nothing over, a project keeps the account, a workspace keeps both, a target replaces all. */
const KEPT = { target: [], account: [], project: ["account"], workspace: ["account", "project"] };

const given = (parts) => Object.fromEntries(Object.entries(parts).filter(([, value]) => value != null));

function wrong(detail) {
  return new Problem("invalid_argument", detail, 400);
}

class Workspace {
  #options;
  #chosen;
  #exact = false;
  #client;

  constructor({ account, project, workspace, target, session, ...options } = {}) {
    this.#options = options;
    const chosen = given({ account, project, workspace, target });
    if (target != null && Object.keys(chosen).length > 1) throw wrong("target excludes account, project and workspace");
    this.#exact = session !== undefined;
    this.#chosen = session === undefined ? chosen : { ...held(session), ...chosen };
    this.#connect();
  }

  #connect() {
    const exact = this.#exact && this.#chosen.workspace == null;
    this.#client = new Client({ ...this.#options, ...this.#chosen, exact });
  }

  get client() {
    return this.#client;
  }

  close() {
    this.#client.close();
  }

  async [DISPOSE]() {
    this.close();
  }

  session() {
    return this.#client.session();
  }

  async use({ persist = false, ...parts } = {}) {
    const asked = given(parts);
    const unknown = Object.keys(asked).find((axis) => !(axis in KEPT));
    if (unknown) throw wrong(`use takes account, project, workspace and target, not ${unknown}`);
    if (asked.target != null && Object.keys(asked).length > 1) throw wrong("target excludes account, project and workspace");
    const axis = Object.keys(KEPT).find((axis) => axis in asked);
    if (axis) {
      let here = this.#chosen;
      if (here.target && !("account" in asked) && !("target" in asked)) {
        // A part of a target is its account, and what fits.
        here = given(await this.#client.call("GET", `/v1/targets/${encodeURIComponent(here.target)}`));
      }
      this.#chosen = { ...given(Object.fromEntries(KEPT[axis].map((axis) => [axis, here[axis]]))), ...asked };
      this.#exact &&= !("account" in asked || "target" in asked);
      const before = this.#client;
      this.#connect();
      before.close();
    }
    if (persist) await this.#client.call("PATCH", "/v1/session", stored(this.#chosen));
    return this;
  }

  async snapshot() {
    return new Workspace({ ...this.#options, session: await this.session() });
  }

  me({ refresh = false } = {}) {
    return this.#client.call("GET", `/v1/me${refresh ? "?refresh=true" : ""}`);
  }

  async projects({ refresh = false } = {}) {
    return (await this.#client.call("GET", `/v1/projects${refresh ? "?refresh=true" : ""}`)).projects;
  }

  async workspaces({ projectId, refresh = false } = {}) {
    const query = new URLSearchParams({ ...(projectId && { project: projectId }), ...(refresh && { refresh: "true" }) });
    return (await this.#client.call("GET", `/v1/workspaces?${query}`)).workspaces;
  }
}

/** Returns the choice that leads to a session again. What the environment decides it decides again. */
function held({ account, project, workspace }) {
  const ours = (part, others) => part && !others.includes(part.source.kind);
  return given({
    account: ours(account, ["env", "bridge"]) ? account.name : undefined,
    project: ours(project, ["env"]) ? project.id : undefined,
    workspace: ours(workspace, ["env"]) ? workspace.id : undefined,
  });
}

function stored({ project, workspace, ...rest }) {
  return given({ ...rest, project: project == null ? undefined : String(project), workspace: workspace == null ? undefined : Number(workspace) });
}

/** Returns what a method sends. An argument that it does not know is refused: a typing error must not ask for something else. */
function sent(name, method, args) {
  const first = method.first.map((key, at) => [key, method.entry && at === 0 ? [args[at]] : args[at]]);
  const options = args[method.first.length] ?? {};
  if (args.length > method.first.length + 1 || typeof options !== "object") throw wrong(`${name} takes ${method.first.length} arguments and an object`);
  const unknown = Object.keys(options).filter((key) => !method.known.includes(key));
  if (unknown.length) throw wrong(`${name} takes no ${unknown.join(", ")}; it takes ${method.known.join(", ") || "none"}`);
  const { refresh, filePath, ...others } = options;
  const { link, ...named } = method.link ? others : { ...others, link: undefined };
  if (!method.link && "link" in others) named.link = others.link; // Of some it is an argument.
  const renamed = Object.entries(named).map(([key, value]) => [method.names[key] ?? key, value]);
  const all = given({ ...Object.fromEntries(first), ...Object.fromEntries(renamed), ...method.fixed });
  return { all, filePath, call: { ...method.call, ...(refresh && { refresh }), ...(link && { link }) } };
}

async function asked(client, name, method, args) {
  const { all, filePath, call } = sent(name, method, args);
  if (method.file) return client.upload(method.id, filePath, all);
  const answer = await client.run(method.id, all, call);
  if (method.answer === "nothing") return undefined;
  if (method.answer === "params") return answer.params;
  if (method.answer !== "bytes") return answer;
  const parts = [];
  for await (const part of answer) parts.push(part);
  return Buffer.concat(parts);
}

async function* streamed(client, name, method, args) {
  const { all, call } = sent(name, method, args);
  yield* await client.run(method.id, all, call);
}

for (const [name, method] of Object.entries(METHODS)) {
  const run = method.answer === "lines" ? streamed : asked;
  Workspace.prototype[name] = { [name](...args) { return run(this.client, name, method, args); } }[name];
}

const at = (path, name, rest = "") => `/v1/${path}/${encodeURIComponent(name)}${rest}`;
const call = (method, path, body) => new Client().call(method, path, body);
const snake = (body) =>
  given(Object.fromEntries(Object.entries(body).map(([key, value]) => [key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value])));

const accounts = {
  list: async () => (await call("GET", "/v1/accounts")).accounts,
  show: async (name) => (await call("GET", at("accounts", name))).account,
  add: async (account) => (await call("POST", "/v1/accounts", snake(account))).account,
  update: async (name, changes) => (await call("PATCH", at("accounts", name), snake(changes))).account,
  use: async (name) => void (await call("POST", at("accounts", name, "/use"))),
  remove: async (name, { force = false } = {}) => (await call("DELETE", at("accounts", name, force ? "?force=true" : ""))).orphaned_targets,
  test: (name) => call("POST", at("accounts", name, "/test")),
  token: async (name) => (await new Client().token(name)).token,
  refresh: (name) => call("POST", at("accounts", name, "/refresh")),
  logout: async (name) => void (await call("POST", at("accounts", name, "/logout"))),
};

const session = {
  show: () => call("GET", "/v1/session/persisted"),
  use: async (parts) => void (await call("PATCH", "/v1/session", stored(parts))),
};

const targets = {
  list: async () => (await call("GET", "/v1/targets")).targets,
  show: (name) => call("GET", at("targets", name)),
  add: (name, parts) => call("POST", "/v1/targets", { name, ...stored(parts) }),
  use: async (name) => void (await call("POST", at("targets", name, "/use"))),
  remove: async (name) => void (await call("DELETE", at("targets", name))),
};

module.exports = { Workspace, accounts, session, targets };
