/// <reference types="node" />

import type { Operations } from "./operations.cjs";

export * from "./operations.cjs";

/** A JSON object as the daemon writes it; `GET /v1/openapi.json` describes each. */
export type Json = Record<string, any>;

export interface Options {
  /** For which account, project, workspace or target the calls are. A target stands alone. */
  account?: string;
  project?: string | number;
  workspace?: string | number;
  target?: string;
  /** The daemon's socket, in place of where `mp` looks. */
  socket?: string;
  /** Whether a daemon is started when none answers; `MPD_AUTOSTART=0` forbids it, too. */
  autostart?: boolean;
  /** The longest silence of the daemon; a query may wait minutes for its turn. */
  timeoutMs?: number;
  /** The program that starts the daemon, in place of the first `mp` in `PATH` that has an `mpd` beside it. */
  mp?: string;
  /** `name/version` of the caller, for the daemon's log. */
  name?: string;
  /** What stands for the environment of this process. */
  env?: Record<string, string | undefined>;
  /** What stands for the working directory of this process, such as the folder that an editor has open: an absolute path. */
  cwd?: string;
}

/** The daemon, with the account, project, workspace or target that these calls are for. Every call may throw a {@link Problem}. */
export class Client implements AsyncDisposable {
  constructor(options?: Options);
  readonly socket: string;

  /** Calls a route of the daemon, and resolves to its JSON: `call("PATCH", "/v1/session", { account: "team" })`. */
  call(method: string, path: string, body?: unknown): Promise<any>;
  /** Resolves the session: who, which project, and who decided. */
  session(): Promise<Json>;
  /** Reveals an account's bearer; `token` is null for a service account. */
  token(account: string, options?: { minValidS?: number }): Promise<Json>;
  /** Reveals what the session authenticates with: `token`, or `username` and `secret`. */
  credential(options?: { minValidS?: number }): Promise<Json>;

  /**
   * Runs an operation, such as `dashboards.list`. Resolves to its JSON, or to an iterator where it streams: over its lines, or bytes. A
   * stream that is cut off throws a {@link Problem}. `parse` reads the answer or each line: JSON has numbers that JavaScript has not.
   */
  operation(operation: string, args?: Json, options?: { refresh?: boolean; parse?: (text: string) => unknown }): Promise<any>;

  /** Runs an operation that takes a file, such as `lookup-tables.upload`. */
  upload(operation: string, path: string, args?: Json): Promise<any>;

  /**
   * Calls Mixpanel's own API; resolves to its JSON, or else bytes. A body is sent as JSON, unless it is bytes. What Mixpanel refuses is a
   * {@link Problem} that has its `body`.
   */
  api(plane: Plane, path: string, options: Request & { stream: true }): Promise<AsyncGenerator<Buffer, void, void>>;
  api(plane: Plane, path: string, options?: Request): Promise<any>;

  /**
   * Yields what happens until the client is closed, over lost connections and restarts of the daemon. It begins after the event `after`,
   * or with a `snapshot`; what was missed for good shows as `reset` and a `snapshot`. With `reconnect: false` it is one connection: what
   * the daemon ends ends, and a loss throws.
   */
  events(options?: { types?: string[]; after?: string; reconnect?: boolean }): AsyncGenerator<Event, void, void>;

  /** Ends every call and stream, and every wait for events. */
  close(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

export type Plane = "app" | "query" | "engage" | "export";

export interface Request {
  method?: string;
  query?: Record<string, string | number | boolean | Array<string | number> | undefined>;
  body?: unknown;
  headers?: Record<string, string>;
  stream?: boolean;
}

/** Something that happened. `id` is what a later stream can go on after; `reset` and `lagged` have none. */
export interface Event {
  id?: string;
  name: string;
  data: Json;
}

/** Why a call failed: what the daemon said (RFC 9457), or why it could not be asked (`daemon_unreachable`, `timeout`). */
export class Problem extends Error {
  /** The kind, for programs. */
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  readonly account?: string;
  readonly retryAfterS?: number;
  /** What to run. */
  readonly next: Array<{ command: string; label: string }>;
  /** All problems of the input. */
  readonly errors: Array<{ at: string; detail: string; code?: string; suggestions?: string[] }>;
  readonly env: string[];
  /** What Mixpanel's answer was, where it refused. */
  readonly upstream?: Json;
  /** What Mixpanel itself answered to {@link Client.api}. */
  readonly body?: Buffer;
}

export class ConfigError extends Problem {}
export class InvalidArgumentError extends ConfigError {}
export class AccountNotFoundError extends ConfigError {}
export class AccountExistsError extends ConfigError {}
export class AccountInUseError extends ConfigError {}
export class TargetNotFoundError extends ConfigError {}
export class TargetExistsError extends ConfigError {}
export class ProjectNotFoundError extends ConfigError {}
export class WorkspaceScopeError extends Problem {}
export class EventNotFoundError extends Problem {}
export class OAuthError extends Problem {}
export class RegionProbeError extends OAuthError {}
export class APIError extends Problem {}
export class AuthenticationError extends APIError {}
export class QueryError extends APIError {}
export class RateLimitError extends APIError {}
export class ServerError extends APIError {}
export class ResponseValidationError extends Problem {}
export class DaemonError extends Problem {}

/** What was chosen. A target stands alone. */
export interface Choice {
  account?: string;
  project?: string | number;
  workspace?: number;
  target?: string;
}

/** What a call has, and who decided. */
export interface Session {
  state: "ok" | "needs_account" | "needs_project";
  account: { name: string; type: string; region: string; source: Json } | null;
  project: { id: string; name: string | null; organization: string | null; source: Json } | null;
  workspace: { id: number; name: string | null; source: Json } | null;
  user: Json | null;
}

/**
 * Account, project and workspace that calls are for, by what was chosen here; the rest is the daemon's to decide. Every operation of the
 * catalog is a method; arguments are in camelCase, and answers have the names that the daemon gives them. What streams starts with the
 * first `next`.
 */
export class Workspace implements AsyncDisposable {
  constructor(options?: Choice & { session?: Session } & Omit<Options, keyof Choice>);
  /** The socket, for this choice: Mixpanel's own API, events, credentials. */
  readonly client: Client;
  /** Switches, and resolves to itself. `persist` stores it for all tools. */
  use(choice: Choice & { persist?: boolean }): Promise<this>;
  /** Resolves to another workspace, held to the ids that this one resolves to now, whatever others switch to. */
  snapshot(): Promise<Workspace>;
  session(): Promise<Session>;
  me(options?: { refresh?: boolean }): Promise<Json>;
  projects(options?: { refresh?: boolean }): Promise<Array<Json>>;
  workspaces(options?: { projectId?: string; refresh?: boolean }): Promise<Array<Json>>;
  close(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface Workspace extends Operations {}

export interface Account {
  name: string;
  type: "service_account" | "oauth_browser" | "oauth_token";
  region: "us" | "eu" | "in";
  status: string;
  is_active: boolean;
  referenced_by_targets: string[];
}

export interface NewAccount {
  name?: string;
  type: Account["type"];
  region?: Account["region"];
  defaultProject?: string;
  username?: string;
  secret?: string;
  token?: string;
  tokenEnv?: string;
}

/** The accounts of the config. */
export const accounts: {
  list(): Promise<Account[]>;
  show(name: string): Promise<Account>;
  add(account: NewAccount): Promise<Account>;
  update(name: string, changes: Omit<Partial<NewAccount>, "name" | "type">): Promise<Account>;
  use(name: string): Promise<void>;
  remove(name: string, options?: { force?: boolean }): Promise<string[]>;
  test(name: string): Promise<Json>;
  token(name: string): Promise<string | null>;
  refresh(name: string): Promise<Json>;
  logout(name: string): Promise<void>;
};

/** The session that is stored for all tools. */
export const session: { show(): Promise<Json>; use(choice: Choice): Promise<void> };

export interface Target {
  name: string;
  account: string;
  project: string;
  workspace: number | null;
}

/** Sessions with a name. */
export const targets: {
  list(): Promise<Target[]>;
  show(name: string): Promise<Target>;
  add(name: string, parts: { account: string; project: string | number; workspace?: number }): Promise<Target>;
  use(name: string): Promise<void>;
  remove(name: string): Promise<void>;
};

/**
 * Puts the login on requests to Mixpanel. The daemon is asked each time, and nothing is kept. Without an account it is the login of the
 * client's session.
 */
export class TokenProvider {
  constructor(client: Client, options?: { account?: string; minValidS?: number });
  /** Returns `Authorization`, and the custom headers of the session. */
  headers(): Promise<Record<string, string>>;
  /** Is `fetch` with the login, for Mixpanel and this computer alone. */
  fetch(resource: string | URL | globalThis.Request, init?: RequestInit): Promise<Response>;
}

/** Returns where the daemon of this environment listens, by the same rule as `mp`. */
export function socketPath(env?: Record<string, string | undefined>): string;
