import assert from "node:assert/strict";
import test from "node:test";
import { decided, label, lines, missing, page, token } from "../../src/describe";
import { entries } from "../../src/entries";
import type { AccountStatus, Session, Source, Status, View } from "../../src/wire";

const NOW = new Date("2026-11-30T12:00:00");
const config = (line: number): Source => ({ kind: "config", at: `/home/ada/.mp/config.toml:${line}` });

function session(more: Partial<Session> = {}): Session {
  return {
    state: "ok", notes: [], next: [], revision: 1, user: { id: 1, email: "ada@example.com" },
    account: { name: "acme", type: "oauth_browser", region: "eu", source: config(1) },
    project: { id: "7", name: "Web Shop", organization: null, source: config(2) }, workspace: null, ...more,
  };
}

function status(state: string, more: Partial<AccountStatus> = {}): Status {
  return {
    daemon: { version: "1.2.3", pid: 9, root: "/r" }, started_at: NOW.toISOString(), socket: "/s", restart_pending: false, upstream: null,
    log_file: null, config: { path: "/c", state: "ok", problems: [] }, limits: [],
    accounts: [{ name: "acme", type: "oauth_browser", region: "eu", state, expires_at: "2026-11-30T13:30:00", detail: null, ...more }],
  };
}

const view = (more: Partial<View> = {}): View => ({ reach: "running", logins: [], session: session(), status: status("ok"), ...more });

test("what has to be chosen first is known", () => {
  assert.equal(missing(view()), "");
  assert.equal(missing({ reach: "connecting", logins: [] }), "");
  assert.equal(missing(view({ status: status("login_required") })), "login");
  assert.equal(missing(view({ status: status("unreadable") })), "login");
  assert.equal(missing(view({ session: session({ project: null, state: "needs_project" }) })), "project");
});

test("the label says who and where, in every state", () => {
  const text = (seen: View, choice = {}): string => label(seen, choice, "full").text;
  assert.equal(text(view()), "$(graph) acme · Web Shop");
  assert.equal(text(view(), { project: "7" }), "$(window) acme · Web Shop");
  assert.equal(label(view(), {}, "project").text, "$(graph) Web Shop");
  assert.equal(text(view({ session: session({ project: null, state: "needs_project" }) })), "$(graph) acme · no project");
  assert.equal(text(view({ session: session({ account: null, project: null, state: "needs_account" }) })), "$(account) Mixpanel: log in");
  assert.equal(text({ reach: "absent", logins: [] }), "$(debug-disconnect) Mixpanel: not running");
  assert.equal(text({ reach: "missing", logins: [] }), "$(circle-slash) mp not found");
  assert.equal(text({ reach: "connecting", logins: [] }), "$(sync~spin) Mixpanel");
  // While a connection is made again, what was known stays.
  assert.equal(text(view({ reach: "connecting" })), "$(graph) acme · Web Shop");
  assert.equal(text(view({ status: status("backoff") })), "$(warning) acme · Web Shop");
});

test("only what needs a person is a warning", () => {
  const warns = (seen: View): boolean => label(seen, {}, "full").isWarning;
  assert.equal(warns(view({ status: status("login_required") })), true);
  assert.equal(warns(view({ status: status("unreadable") })), true);
  assert.equal(warns(view({ problem: { code: "config_invalid", detail: "config.toml:3:1" } })), true);
  for (const state of ["ok", "expired", "refreshing", "backoff", "degraded", "caller", "brand_new"]) assert.equal(warns(view({ status: status(state) })), false);
  assert.equal(warns({ reach: "absent", logins: [] }), false);
});

test("names of strangers are no icons, no commands and no lines", () => {
  const odd = "$(flame) [x](command:evil)\n\u202e|<b>`*";
  const seen = view({ session: session({ project: { id: "7", name: odd, organization: null, source: config(2) } }) });
  assert.match(label(seen, {}, "full").text, / · \\\$\(flame\) \[x\]\(command:evil\)/);
  assert.doesNotMatch(label(seen, {}, "full").text, /[\n\u202e]/);
  const shown = page(seen, {}, "/w", NOW);
  assert.doesNotMatch(shown, /\[x\]\(command|<b>|\u202e/);
  assert.match(shown, /\\\[x\\\]\\\(command\\:evil\\\)/);
  // Its row of the table has three cells, still.
  const row = shown.split("\n").find((line) => line.includes("Project")) ?? "";
  assert.equal(row.replace(/\\\|/g, "").split("|").length, 5);
});

test("a long name is cut, by characters and not by halves of them", () => {
  const name = "🎉".repeat(200);
  const { text } = label(view({ session: session({ project: { id: "7", name, organization: null, source: config(2) } }) }), {}, "full");
  assert.ok(text.endsWith("🎉…") && Array.from(text).length < 60, text);
});

test("the tooltip says who decided", () => {
  const found = lines(view(), {}, NOW);
  assert.deepEqual(found.map((line) => line.key), ["Account", "Region", "Project", "Workspace", "Token"]);
  assert.deepEqual(found[0], { key: "Account", value: "acme, ada@example.com", why: "config.toml:1" });
  assert.equal(decided({ kind: "param", at: "--project" }, { project: "7" }, "project"), "this window");
  assert.equal(decided({ kind: "env", at: "MP_PROJECT_ID" }, {}, "project"), "variable MP_PROJECT_ID");
  assert.equal(decided({ kind: "param", at: "MP_ACCOUNT" }, {}, "account"), "variable MP_ACCOUNT");
  assert.equal(decided({ kind: "target", at: "--target" }, { target: "prod" }, "project"), "target prod of this window");
  const lost = lines({ reach: "absent", why: "no daemon listens", logins: [] }, {}, NOW);
  assert.deepEqual(lost, [{ key: "Daemon", value: "no daemon listens" }]);
});

test("a token's state is a sentence, and never the token", () => {
  const one = (state: string, detail: string | null = null): string => token(status(state, { detail }).accounts[0] as AccountStatus, NOW);
  assert.equal(one("ok"), "good, renewed before 13:30");
  assert.equal(one("login_required", "there are no stored tokens"), "ended: log in again (there are no stored tokens)");
  assert.equal(one("brand_new"), "brand_new");
});

test("the menu offers what can be done now", () => {
  const commands = (seen: View, choice = {}): string[] => entries(seen, choice).map((entry) => entry.command ?? "").filter(Boolean);
  assert.ok(commands(view()).includes("mixpanel.restartDaemon") && !commands(view()).includes("mixpanel.followAll"));
  assert.ok(commands(view(), { project: "7" }).includes("mixpanel.followAll"));
  const absent = commands({ reach: "absent", logins: [] });
  assert.ok(absent.includes("mixpanel.startDaemon") && !absent.includes("mixpanel.login") && !absent.includes("mixpanel.switchProject"));
});
