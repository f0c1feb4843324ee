// Which account, project, workspace or target: for this window, or for all tools.

import * as vscode from "vscode";
import { choose, isEmpty, stored } from "./choice";
import type { Axis, Scope } from "./choice";
import type { Daemon } from "./daemon";
import * as rows from "./rows";
import type { Row } from "./rows";
import { plain } from "./text";
import type { AccountSummary, ProjectRow, TargetRow, WorkspaceRow } from "./wire";
import type { Window } from "./window";

const SCOPES: Array<{ label: string; description: string; scope: Scope }> = [
  { label: "$(window) This window only", description: "sent with each call; other tools stay where they are", scope: "window" },
  { label: "$(globe) For all tools", description: "stored in config.toml; terminals and agents follow", scope: "all" },
];

export class Switching {
  #last: Scope = "window";

  constructor(private readonly daemon: Daemon, private readonly window: Window) {}

  /** Asks what is not given, and switches. */
  async ask(axis: Axis, given?: { value?: string; scope?: Scope }): Promise<void> {
    const chosen = given?.value === undefined ? await this.#value(axis) : { value: given.value, name: given.value };
    if (chosen === undefined) return;
    const scope = given?.scope ?? (await this.#scope(axis, chosen.name));
    if (scope === undefined) return;
    await this.apply(axis, chosen.value, scope);
  }

  async apply(axis: Axis, value: string, scope: Scope): Promise<void> {
    if (scope === "window") await this.window.choose(choose(this.daemon.view.session, axis, value));
    else await this.#store(axis, value);
    await this.daemon.refresh();
    this.#check(axis, value);
  }

  async follow(): Promise<void> {
    await this.window.choose({});
  }

  async #store(axis: Axis, value: string): Promise<void> {
    const client = this.daemon.client({ mayStart: true });
    const active = this.daemon.view.session && (await client.call("GET", "/v1/accounts")) as { accounts: AccountSummary[] };
    const body = stored(this.daemon.view.session, axis, value, active?.accounts.find((one) => one.is_active)?.name);
    await client.call("PATCH", "/v1/session", body);
    // What is chosen for all counts here, too.
    if (!isEmpty(this.window.choice)) await this.window.choose({});
  }

  /** Says where something stronger decides, so that nobody works in another project than they think. */
  #check(axis: Axis, value: string): void {
    const session = this.daemon.view.session;
    if (!session || axis === "target") return;
    const now = axis === "account" ? session.account?.name : axis === "project" ? session.project?.id : session.workspace?.id.toString();
    if (now === undefined || now === value) return;
    const why = axis === "account" ? session.account : axis === "project" ? session.project : session.workspace;
    void vscode.window.showWarningMessage(`This window stays with the ${axis} ${plain(now)}: ${plain(why?.source.at ?? "")} decides.`);
  }

  async #value(axis: Axis): Promise<{ value: string; name: string } | undefined> {
    const picker = vscode.window.createQuickPick<vscode.QuickPickItem & { value: string; name: string }>();
    picker.title = `Mixpanel: switch ${axis}`;
    picker.placeholder = `Choose the ${axis}`;
    picker.matchOnDescription = true;
    picker.busy = true;
    picker.show();
    try {
      const chosen = new Promise<{ value: string; name: string } | undefined>((resolve) => {
        picker.onDidAccept(() => resolve(picker.selectedItems[0]));
        picker.onDidHide(() => resolve(undefined));
      });
      const found = await this.#rows(axis);
      picker.items = found.map((row) => ({ ...row, name: row.label, label: row.isCurrent ? `$(check) ${row.label}` : row.label }));
      const current = picker.items.filter((_, at) => found[at]?.isCurrent);
      if (current.length > 0) picker.activeItems = current;
      if (found.length === 0) picker.placeholder = `There is no ${axis} to switch to`;
      picker.busy = false;
      return await chosen;
    } finally {
      picker.dispose();
    }
  }

  async #rows(axis: Axis): Promise<Row[]> {
    const client = this.daemon.client({ mayStart: true });
    const { session, status } = this.daemon.view;
    switch (axis) {
      case "account": return rows.accounts(((await client.call("GET", "/v1/accounts")) as { accounts: AccountSummary[] }).accounts, status?.accounts ?? [], session);
      case "project": return rows.projects(((await client.call("GET", "/v1/projects")) as { projects: ProjectRow[] }).projects, session);
      case "workspace": return rows.workspaces(((await client.call("GET", "/v1/workspaces")) as { workspaces: WorkspaceRow[] }).workspaces, session);
      case "target": return rows.targets(((await client.call("GET", "/v1/targets")) as { targets: TargetRow[] }).targets, this.window.choice);
    }
  }

  async #scope(axis: Axis, name: string): Promise<Scope | undefined> {
    const sorted = this.#last === "window" ? SCOPES : [...SCOPES].reverse();
    const chosen = await vscode.window.showQuickPick(sorted, { title: `Mixpanel: use ${axis} ${plain(name)} where?` });
    if (chosen) this.#last = chosen.scope;
    return chosen?.scope;
  }
}
