// What the daemon answers, as far as the extension reads it. `GET /v1/openapi.json` has all of it.

export interface Source {
  kind: "env" | "param" | "target" | "bridge" | "config";
  at: string;
}

export interface Next {
  command: string;
  label: string;
}

export interface Session {
  state: "ok" | "needs_account" | "needs_project";
  account: { name: string; type: string | null; region: string | null; source: Source } | null;
  project: { id: string; name: string | null; organization: string | null; source: Source } | null;
  workspace: { id: number; name: string | null; source: Source } | null;
  user: { id: number | null; email: string | null } | null;
  notes: string[];
  next: Next[];
  /** Of the config that it was resolved from. */
  revision: number;
}

export interface AccountSummary {
  name: string;
  type: string;
  region: string;
  is_active: boolean;
  referenced_by_targets: string[];
  default_project: string | null;
}

export interface AccountStatus {
  name: string;
  type: string;
  region: string;
  state: string;
  expires_at: string | null;
  detail: string | null;
}

export interface Status {
  daemon: { version: string; pid: number; root: string };
  started_at: string;
  socket: string;
  restart_pending: boolean;
  upstream: string | null;
  log_file: string | null;
  config: { path: string; state: string; problems: Array<{ at: string; detail: string }> };
  accounts: AccountStatus[];
  limits: Array<{ project: string; family: string; used: number; hourly: number; waiting: number; closed_for_s: number | null }>;
}

export interface ProjectRow {
  id: string;
  name: string;
  organization_id: number | null;
  timezone: string | null;
  is_active: boolean;
}

export interface WorkspaceRow {
  id: number;
  name: string;
  is_default: boolean;
}

export interface TargetRow {
  name: string;
  account: string;
  project: string;
  workspace: number | null;
}

export interface LoginProject {
  id: string;
  name: string;
  organization: string | null;
  domain: string | null;
}

export interface Login {
  id: string;
  state: "waiting_for_browser" | "finishing" | "choose_project" | "done" | "failed";
  revision: number;
  account: string | null;
  region: string | null;
  authorize_url: string | null;
  open_url?: string | null;
  projects: LoginProject[];
  notes: string[];
  result: { user_email: string | null; project: string | null; project_name: string | null } | null;
  problem: { code: string; detail: string } | null;
}

export interface TopEvent {
  event: string;
  count: number;
  percent_change: number | null;
}

export interface SchemaInfo {
  name: string;
  property_count: number;
  description: string | null;
}

export interface Dashboard {
  id: number;
  title: string;
  description: string | null;
  is_favorited: boolean;
  creator_name: string | null;
}

/** Whether the daemon can be asked. */
export type Reach = "connecting" | "running" | "absent" | "missing" | "unsupported";

/** What the window knows of the login. */
export interface View {
  reach: Reach;
  /** Why the daemon cannot be asked. */
  why?: string;
  session?: Session;
  /** Why there is no session. */
  problem?: { code: string; detail: string };
  status?: Status;
  logins: Login[];
}
