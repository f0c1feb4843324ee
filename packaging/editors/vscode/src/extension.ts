// Mixpanel in the editor, with the login that mpd keeps for all tools. This file puts the parts together.

import { Problem } from "mixpanel-mpd";
import * as vscode from "vscode";
import type { Axis, Scope } from "./choice";
import { Daemon, told } from "./daemon";
import { page } from "./describe";
import { Doctor, openConfig } from "./doctor";
import { Language } from "./language";
import { Logins, open } from "./login";
import { Mcp } from "./mcp";
import { show as showMenu } from "./menu";
import { Pages } from "./pages";
import { run } from "./programs";
import { Reports } from "./report";
import type { Node } from "./rows";
import { program } from "./settings";
import { StatusBar } from "./statusBar";
import { Switching } from "./switching";
import { plain } from "./text";
import { Trees } from "./trees";
import { Window } from "./window";

let language: Language | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel("Mixpanel", { log: true });
  const window = new Window(context.workspaceState);
  const daemon = new Daemon(window, log);
  const pages = new Pages();
  const trees = new Trees(daemon);
  const version = String((context.extension.packageJSON as { version?: unknown }).version);
  const own = new Language(window, log);
  language = own;
  const parts: Parts = {
    daemon, window, pages, trees, log, language: own,
    logins: new Logins(daemon, log),
    switching: new Switching(daemon, window),
    doctor: new Doctor(daemon, window, pages, log, () => own.client !== undefined),
    reports: new Reports(own, window, pages, log),
  };
  context.subscriptions.push(log, window, daemon, pages, trees, own, parts.reports, new StatusBar(daemon, window), new Mcp(window, version, log));
  for (const [name, work] of Object.entries(commands(parts))) {
    context.subscriptions.push(vscode.commands.registerCommand(`mixpanel.${name}`, (...args: unknown[]) => safely(log, name, () => work(...args))));
  }
  void daemon.follow().catch((error) => log.error(told(error)));
  void own.restart();
}

export async function deactivate(): Promise<void> {
  await language?.stop();
}

interface Parts {
  daemon: Daemon;
  window: Window;
  pages: Pages;
  trees: Trees;
  log: vscode.LogOutputChannel;
  language: Language;
  logins: Logins;
  switching: Switching;
  doctor: Doctor;
  reports: Reports;
}

type Work = (...args: unknown[]) => Promise<void> | void;

function commands(parts: Parts): Record<string, Work> {
  const { daemon, window, pages, trees, log, logins, switching, doctor } = parts;
  const ask = (axis: Axis): Work => (given) => switching.ask(axis, given as { value?: string; scope?: Scope } | undefined);
  return {
    menu: () => showMenu(daemon.view, window.choice),
    login: () => logins.begin(),
    loginActions: () => logins.actions(),
    logout: () => logout(daemon),
    switchAccount: ask("account"),
    switchProject: ask("project"),
    switchWorkspace: ask("workspace"),
    switchTarget: ask("target"),
    followAll: () => switching.follow(),
    showSession: async () => {
      await daemon.refresh();
      await pages.show("Session", page(daemon.view, window.choice, window.folder, new Date()));
    },
    doctor: () => doctor.run(),
    startDaemon: async () => {
      const { path, problem } = program();
      if (path === undefined) throw new Error(`${problem}. Install mp, or set mixpanel.binary`);
      await daemon.client({ mayStart: true }).call("GET", "/v1/health");
      daemon.nudge();
    },
    restartDaemon: () => restart(window, daemon, log),
    openConfig: () => openConfig(daemon),
    showReport: () => parts.reports.show(),
    restartLanguageServer: () => parts.language.restart(),
    showLog: () => log.show(),
    findEvents: () => trees.find(),
    showAllEvents: () => trees.search(""),
    moreEvents: () => trees.more(),
    refreshViews: () => trees.refresh(),
    ...itemCommands(parts),
  };
}

/** What the menus of the views do; each gets the row. */
function itemCommands({ daemon, logins, switching }: Parts): Record<string, Work> {
  const on = (work: (node: Node) => Promise<void> | void): Work => (node) => (node === undefined ? undefined : work(node as Node));
  const use = (scope: Scope): Work => on(async (node) => {
    if (node.axis && node.value !== undefined) await switching.apply(node.axis, node.value, scope);
  });
  return {
    openItem: on(async (node) => {
      if (node.url === undefined) throw new Error("Mixpanel's address of it is not known");
      await open(node.url);
    }),
    copyName: on((node) => void vscode.env.clipboard.writeText(node.name ?? node.label)),
    copyId: on((node) => void vscode.env.clipboard.writeText(node.value ?? "")),
    useHere: use("window"),
    useEverywhere: use("all"),
    loginAgain: on((node) => logins.again(node.name ?? "")),
    logoutItem: on((node) => logout(daemon, node.name)),
    testAccount: on((node) => test(daemon, node.name ?? "")),
  };
}

async function logout(daemon: Daemon, given?: string): Promise<void> {
  const client = daemon.client({ mayStart: true });
  const { accounts } = (await client.call("GET", "/v1/accounts")) as { accounts: Array<{ name: string; type: string; region: string }> };
  const rows = accounts.filter((one) => one.type === "oauth_browser").map((one) => ({ label: one.name, description: one.region }));
  if (given === undefined && rows.length === 0) {
    void vscode.window.showInformationMessage("There is no account with a browser login.");
    return;
  }
  const name = given ?? (await vscode.window.showQuickPick(rows, { title: "Log out of which account?" }))?.label;
  if (name === undefined) return;
  const yes = "Log Out";
  const detail = "All tools on this machine lose this login. The account stays in config.toml.";
  if ((await vscode.window.showWarningMessage(`Log out ${plain(name)}?`, { modal: true, detail }, yes)) !== yes) return;
  await client.call("POST", `/v1/accounts/${encodeURIComponent(name)}/logout`);
  await daemon.refresh();
}

async function test(daemon: Daemon, name: string): Promise<void> {
  const work = (): Promise<unknown> => daemon.client({ mayStart: true }).call("POST", `/v1/accounts/${encodeURIComponent(name)}/test`);
  const found = (await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: `Mixpanel: testing ${plain(name)}` }, work)) as {
    ok: boolean; user: { email: string } | null; accessible_project_count: number | null; problem: { detail: string } | null;
  };
  if (found.ok) void vscode.window.showInformationMessage(`${plain(name)} works: ${plain(found.user?.email ?? "")}, ${found.accessible_project_count ?? 0} projects.`);
  else void vscode.window.showWarningMessage(`${plain(name)} does not work: ${plain(found.problem?.detail ?? "", 400)}`);
}

async function restart(window: Window, daemon: Daemon, log: vscode.LogOutputChannel): Promise<void> {
  const work = (): ReturnType<typeof run> => run(window, ["daemon", "restart"]);
  const ended = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: "Mixpanel: restarting the daemon" }, work);
  if (ended.code !== 0) throw new Error(plain(ended.stderr, 600) || `mp daemon restart ended with ${ended.code}`);
  log.info("the daemon was restarted");
  daemon.nudge();
}

/** Runs a command, and shows why it failed together with what would help. */
async function safely(log: vscode.LogOutputChannel, name: string, work: () => Promise<void> | void): Promise<void> {
  try {
    await work();
  } catch (error) {
    log.error(`${name}: ${told(error)}`);
    const detail = error instanceof Problem ? error.detail : told(error);
    const steps = error instanceof Problem && ["login_required", "token_missing", "needs_account"].includes(error.code) ? ["Log In…"] : ["Doctor", "Log"];
    void vscode.window.showErrorMessage(plain(detail, 600), ...steps).then((chosen) => {
      const command = { "Log In…": "mixpanel.login", Doctor: "mixpanel.doctor", Log: "mixpanel.showLog" }[chosen ?? ""];
      if (command) void vscode.commands.executeCommand(command);
    });
  }
}
