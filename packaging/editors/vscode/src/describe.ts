// What the status bar, its tooltip and the page about the session say.

import type { Choice } from "./choice";
import { isEmpty } from "./choice";
import { count, markdown, moment, plain, withoutIcons } from "./text";
import type { AccountStatus, Session, Source, View } from "./wire";

export type Style = "full" | "project";

export interface Label {
  text: string;
  /** What a screen reader says. */
  spoken: string;
  isWarning: boolean;
}

/** One line of the tooltip: all of it is text, and none of it Markdown. */
export interface Line {
  key: string;
  value: string;
  why?: string;
}

export function label(view: View, choice: Choice, style: Style): Label {
  const said = (icon: string, text: string, isWarning = false): Label => {
    return { text: `$(${icon}) ${withoutIcons(text)}`, spoken: `Mixpanel: ${text}`, isWarning };
  };
  switch (view.reach) {
    case "missing": return said("circle-slash", "mp not found");
    case "unsupported": return said("circle-slash", "Mixpanel: not here");
    case "absent": return said("debug-disconnect", "Mixpanel: not running");
    case "connecting": if (!view.session) return said("sync~spin", "Mixpanel");
  }
  if (view.problem) return said("warning", view.problem.code === "config_invalid" ? "Mixpanel: bad config" : "Mixpanel: trouble", true);
  const session = view.session;
  if (!session) return said("sync~spin", "Mixpanel");
  if (view.logins.length > 0) return said("sync~spin", "Mixpanel: logging in…");
  if (!session.account) return said("account", "Mixpanel: log in");
  const state = accountOf(view)?.state;
  const who = plain(session.account.name, 32);
  if (isLoggedOut(view)) return said("warning", `${who}: log in`, true);
  const project = session.project ? plain(session.project.name ?? session.project.id, 32) : "no project";
  const parts = style === "full" ? [who, project] : [project];
  const icon = isEmpty(choice) ? "graph" : "window";
  return said(state === "backoff" || state === "degraded" ? "warning" : icon, parts.join(" · "));
}

/** The state of the session's account, if the daemon keeps it. */
export function accountOf(view: View): AccountStatus | undefined {
  return view.status?.accounts.find((account) => account.name === view.session?.account?.name);
}

/** Whether the session's account needs a login before anything can be asked. */
export function isLoggedOut(view: View): boolean {
  return ["login_required", "unreadable"].includes(accountOf(view)?.state ?? "");
}

/** What somebody has to choose before there is something to show; welcome texts go by it. */
export function missing(view: View): "" | "login" | "project" {
  if (isLoggedOut(view)) return "login";
  return view.session?.state === "needs_project" ? "project" : "";
}

/** Who decided a part, in words. */
export function decided(source: Source, choice: Choice, part: keyof Choice): string {
  const isOurs = source.kind === "param" && source.at.startsWith("--") && choice[part] !== undefined;
  if (isOurs || (source.kind === "env" && choice[part] !== undefined)) return "this window";
  if (source.kind === "target" && choice.target !== undefined) return `target ${choice.target} of this window`;
  const words = { env: "variable", param: "variable", target: "target", bridge: "bridge file", config: "" }[source.kind];
  // Of a place in a file its name is enough here: the page about the session has the path.
  const at = source.kind === "config" || source.kind === "bridge" ? source.at.replace(/^.*\//, "") : source.at;
  return plain(`${words} ${at}`);
}

const STATES: Record<string, string> = {
  ok: "good", expired: "ended; the next call renews it", refreshing: "being renewed", backoff: "could not be renewed yet",
  degraded: "good, but not on disk", login_required: "ended: log in again", unreadable: "its file cannot be read",
  caller: "from a variable of each caller",
};

/** What is known of an account's credential, in words. */
export function token(account: AccountStatus, now: Date): string {
  const until = account.state === "ok" && account.expires_at ? `, renewed before ${moment(account.expires_at, now)}` : "";
  return `${STATES[account.state] ?? plain(account.state)}${until}${account.detail ? ` (${plain(account.detail)})` : ""}`;
}

export function lines(view: View, choice: Choice, now: Date): Line[] {
  const found: Line[] = [];
  if (view.why && view.reach !== "running") found.push({ key: "Daemon", value: plain(view.why, 400) });
  if (view.problem) found.push({ key: "Problem", value: plain(view.problem.detail, 400) });
  if (view.session) found.push(...parts(view, view.session, choice, now));
  for (const login of view.logins) found.push({ key: "Login", value: `${login.account ?? "a new account"} waits for a browser` });
  return found;
}

function parts(view: View, session: Session, choice: Choice, now: Date): Line[] {
  const { account, project, workspace, user } = session;
  const found: Line[] = [];
  if (choice.target !== undefined) found.push({ key: "Target", value: plain(choice.target), why: "this window" });
  if (account) {
    const value = [plain(account.name), user?.email ? plain(user.email) : ""].filter(Boolean).join(", ");
    found.push({ key: "Account", value, why: decided(account.source, choice, "account") });
    if (account.region) found.push({ key: "Region", value: account.region });
  } else found.push({ key: "Account", value: "none: nobody is logged in" });
  if (project) {
    const name = project.name ? `${plain(project.name)} (${project.id})` : project.id;
    found.push({ key: "Project", value: name, why: decided(project.source, choice, "project") });
    const area = workspace ? plain(workspace.name ?? String(workspace.id)) : "found out when it is needed";
    found.push({ key: "Workspace", value: area, ...(workspace ? { why: decided(workspace.source, choice, "workspace") } : {}) });
  }
  const state = accountOf(view);
  if (state) found.push({ key: "Token", value: token(state, now) });
  found.push(...session.notes.map((note) => ({ key: "Note", value: plain(note) })));
  return found;
}

/** The page about the session, in Markdown. */
export function page(view: View, choice: Choice, folder: string | undefined, now: Date): string {
  const rows = lines(view, choice, now).map((line) => `| ${line.key} | ${markdown(line.value, 400)} | ${markdown(line.why ?? "")} |`);
  const found = ["# Mixpanel in this window", "", "| part | is | decided by |", "|---|---|---|", ...rows, ""];
  if (folder) found.push(`Resolved for the folder ${markdown(folder)}.`, "");
  if (view.session?.next.length) found.push(...view.session.next.map((next) => `* ${markdown(next.label)}: ${markdown(next.command)}`), "");
  const status = view.status;
  if (!status) return found.join("\n");
  found.push("## Accounts", "", "| account | type | region | token |", "|---|---|---|---|");
  for (const one of status.accounts) {
    found.push(`| ${markdown(one.name)} | ${markdown(one.type)} | ${one.region} | ${markdown(token(one, now))} |`);
  }
  if (status.limits.length > 0) {
    found.push("", "## Mixpanel's hour, all tools together", "", "| project | family | used | allowed | waiting |", "|---|---|---|---|---|");
    found.push(...status.limits.map((one) => `| ${one.project} | ${one.family} | ${count(one.used)} | ${count(one.hourly)} | ${count(one.waiting)} |`));
  }
  const daemon = [`mpd ${status.daemon.version}, process ${status.daemon.pid}, since ${moment(status.started_at, now)}`];
  if (status.restart_pending) daemon.push("a newer program is installed: it becomes that when it is idle");
  found.push("", "## Daemon", "", ...daemon.map((line) => `* ${markdown(line)}`), `* config: ${markdown(status.config.path)}`);
  found.push(`* socket: ${markdown(status.socket)}`, ...(status.log_file ? [`* log: ${markdown(status.log_file)}`] : []));
  if (status.upstream) found.push(`* in place of Mixpanel: ${markdown(status.upstream)}`);
  return `${found.join("\n")}\n`;
}
