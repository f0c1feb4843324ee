/// <reference types="node" />

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

  /**
   * Calls Mixpanel's own API; resolves to its JSON, or else bytes. A body is sent as JSON, unless it is bytes. What Mixpanel refuses is a
   * {@link Problem} that has its `body`.
   */
  api(plane: Plane, path: string, options: Request & { stream: true }): Promise<AsyncGenerator<Buffer, void, void>>;
  api(plane: Plane, path: string, options?: Request): Promise<any>;

  /**
   * Yields what happens until the client is closed, over lost connections and restarts of the daemon. It begins after the event `after`,
   * or with a `snapshot`; what was missed for good shows as `reset` and a `snapshot`.
   */
  events(options?: { types?: string[]; after?: string }): AsyncGenerator<Event, void, void>;

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
  /** What Mixpanel itself answered to {@link Client.api}. */
  readonly body?: Buffer;
}

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
