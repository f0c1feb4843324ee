/// <reference types="node" />
import type { IncomingHttpHeaders } from "node:http";

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

  /** Resolves the session: who, which project, and who decided. */
  session(): Promise<Json>;
  /** Persists account, project and workspace, or a target alone. */
  use(what: { account?: string; project?: string; workspace?: number; target?: string }): Promise<Json>;
  /** Lists the accounts, without their secrets. */
  accounts(): Promise<Json[]>;
  targets(): Promise<Json[]>;
  /** Lists the projects that the session's account can see. */
  projects(options?: { refresh?: boolean }): Promise<Json[]>;
  /** Lists the workspaces of a project, or of the session's. */
  workspaces(options?: { project?: string; refresh?: boolean }): Promise<Json[]>;

  /** Reveals an account's bearer; `token` is null for a service account. */
  token(account: string, options?: { minValidS?: number }): Promise<Json>;
  /** Reveals what the session authenticates with: `token`, or `username` and `secret`. */
  credential(options?: { minValidS?: number }): Promise<Json>;

  /** Starts a login, or joins the one that is open; a person has to open its `authorize_url`. */
  startLogin(what?: { account?: string; name?: string; region?: string; project?: string }): Promise<Json>;
  /** Waits until a login is past revision `after`, or its next step is not the daemon's. */
  waitLogin(id: string, options?: { after?: number; waitS?: number }): Promise<Json>;
  cancelLogin(id: string): Promise<Json>;

  /**
   * Runs an operation, such as `dashboards.list`. Resolves to its JSON, or to a {@link Stream} where it streams. `parse` reads each line
   * of one: JSON has numbers that JavaScript has not.
   */
  operation(operation: string, args?: Json, options?: { refresh?: boolean; parse?: (line: string) => unknown }): Promise<any>;

  /**
   * Calls Mixpanel's own API. A body is sent as JSON, unless it is bytes. What Mixpanel refuses is a {@link Problem} that has the
   * `answer`.
   */
  api(plane: Plane, path: string, options: Request & { stream: true }): Promise<Stream>;
  api(plane: Plane, path: string, options?: Request): Promise<Answer>;

  /**
   * Yields what happens until the client is closed or the signal aborts, over lost connections and restarts of the daemon. Begins after
   * the event `after`, or with a `snapshot`. What was missed for good shows as `reset`, with a `snapshot` after it. Only the first
   * connection starts a daemon: one that was stopped was stopped on purpose.
   */
  events(options?: { types?: string[]; after?: string; signal?: AbortSignal }): AsyncGenerator<Event, void, void>;

  /** Ends every call and stream. */
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

/** A whole answer. */
export class Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Returns the body as JSON; null if it is empty. */
  json(): any;
}

/** An answer that comes bit by bit, to be iterated once: lines of JSON Lines, else bytes. One that ends early throws a {@link Problem}. */
export class Stream<T = any> implements AsyncIterable<T>, AsyncDisposable {
  readonly headers: IncomingHttpHeaders;
  [Symbol.asyncIterator](): AsyncIterator<T>;
  /** Returns the lines as they come, unread. */
  lines(): AsyncGenerator<string, void, void>;
  close(): void;
  [Symbol.asyncDispose](): Promise<void>;
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
  readonly errors: Array<{ at: string; detail: string }>;
  readonly env: string[];
  readonly upstream?: { status: number; request_id?: string };
  /** What Mixpanel itself answered to {@link Client.api}. */
  readonly answer?: Answer;
}

/**
 * Puts the login on requests to Mixpanel. The daemon is asked each time and answers at once with a token that is good for `minValidS`;
 * nothing is kept. Without an account it is the login of the client's session, a service account included.
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
