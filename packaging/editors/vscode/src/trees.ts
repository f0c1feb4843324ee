// The views: accounts, projects, events and dashboards.

import * as vscode from "vscode";
import type { Daemon } from "./daemon";
import { told } from "./daemon";
import { isLoggedOut } from "./describe";
import * as rows from "./rows";
import type { Node } from "./rows";
import { several } from "./text";
import type { AccountSummary, Dashboard, ProjectRow, SchemaInfo, TargetRow, TopEvent, View, WorkspaceRow } from "./wire";

/** How many events are shown at once. */
const STEP = 300;
const TOP = 100;

/** A view whose rows are fetched when it is looked at, and kept until what they depend on changes. */
export class Tree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  #kept: Promise<Node[]> | undefined;
  #key: string | undefined;
  readonly #following: vscode.Disposable;

  /** `key` is what the rows depend on; without one there are none. */
  constructor(
    daemon: Daemon,
    private readonly id: string,
    private readonly key: (view: View) => string | undefined,
    private readonly fetch: (refresh: boolean) => Promise<Node[]>,
    private readonly shape: (nodes: Node[]) => Node[] = (nodes) => nodes,
  ) {
    this.#key = key(daemon.view);
    this.#following = daemon.onDidChange((view) => {
      const now = this.key(view);
      if (now === this.#key) return;
      this.#key = now;
      this.#kept = undefined;
      this.#changed.fire();
    });
  }

  getTreeItem(node: Node): vscode.TreeItem {
    const state = node.children ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None;
    const item = new vscode.TreeItem(node.label, state);
    item.id = `${this.id}/${this.#key ?? ""}/${node.id}`;
    if (node.description) item.description = node.description;
    item.tooltip = node.tooltip ?? node.label;
    item.iconPath = new vscode.ThemeIcon(node.icon, node.color ? new vscode.ThemeColor(node.color) : undefined);
    item.contextValue = node.context;
    if (node.command) item.command = { command: node.command, title: node.label };
    return item;
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node) return this.#safely(node.id, node.children?.() ?? Promise.resolve([]));
    if (this.#key === undefined) return [];
    this.#kept ??= this.#safely("roots", this.fetch(false));
    return this.shape(await this.#kept);
  }

  refresh(): void {
    this.#kept = this.#key === undefined ? undefined : this.#safely("roots", this.fetch(true));
    this.#changed.fire();
  }

  /** Shows the kept rows in another way. */
  redraw(): void {
    this.#changed.fire();
  }

  dispose(): void {
    this.#following.dispose();
    this.#changed.dispose();
  }

  async #safely(id: string, nodes: Promise<Node[]>): Promise<Node[]> {
    try {
      return await nodes;
    } catch (error) {
      // It is asked for again when the view is opened or refreshed.
      if (id === "roots") this.#kept = undefined;
      return [rows.problem(`problem:${id}`, told(error))];
    }
  }
}

export class Trees implements vscode.Disposable {
  readonly #disposables: vscode.Disposable[] = [];
  readonly #trees: Tree[] = [];
  readonly #events: Tree;
  readonly #view: vscode.TreeView<Node>;
  #words = "";
  #most = STEP;

  constructor(private readonly daemon: Daemon) {
    this.#add("mixpanel.accounts", accountsKey, () => this.#accounts());
    this.#add("mixpanel.projects", projectsKey, (refresh) => this.#projects(refresh));
    [this.#events, this.#view] = this.#add("mixpanel.events", sessionKey, (refresh) => this.#eventRows(refresh), (nodes) => this.#filter(nodes));
    this.#add("mixpanel.dashboards", sessionKey, () => this.#dashboards());
  }

  refresh(): void {
    for (const tree of this.#trees) tree.refresh();
  }

  async find(): Promise<void> {
    const words = await vscode.window.showInputBox({
      title: "Find events by name or description", value: this.#words, placeHolder: "all of these words; empty for all events",
    });
    if (words !== undefined) this.search(words);
    await vscode.commands.executeCommand("mixpanel.events.focus");
  }

  search(words: string): void {
    this.#words = words.trim();
    this.#most = STEP;
    this.#view.description = this.#words ? `“${this.#words}”` : "";
    void vscode.commands.executeCommand("setContext", "mixpanel.filtered", this.#words !== "");
    this.#events.redraw();
  }

  more(): void {
    this.#most += STEP;
    this.#events.redraw();
  }

  dispose(): void {
    for (const one of this.#disposables) one.dispose();
  }

  #add(
    id: string, key: (view: View) => string | undefined, fetch: (refresh: boolean) => Promise<Node[]>, shape?: (nodes: Node[]) => Node[],
  ): [Tree, vscode.TreeView<Node>] {
    const tree = new Tree(this.daemon, id, key, fetch, shape);
    const view = vscode.window.createTreeView(id, { treeDataProvider: tree, showCollapseAll: id !== "mixpanel.dashboards" });
    this.#trees.push(tree);
    this.#disposables.push(view, tree);
    return [tree, view];
  }

  async #call<T>(path: string): Promise<T> {
    return (await this.daemon.client({ mayStart: false }).call("GET", path)) as T;
  }

  #run<T>(operation: string, args: Record<string, unknown>, refresh = false): Promise<T> {
    return this.daemon.client({ mayStart: false }).operation(operation, args, { refresh }) as Promise<T>;
  }

  async #accounts(): Promise<Node[]> {
    const [{ accounts }, { targets }] = await Promise.all([
      this.#call<{ accounts: AccountSummary[] }>("/v1/accounts"), this.#call<{ targets: TargetRow[] }>("/v1/targets"),
    ]);
    const { session, status } = this.daemon.view;
    return rows.accountNodes(accounts, status?.accounts ?? [], session, targets, new Date());
  }

  async #projects(refresh: boolean): Promise<Node[]> {
    const { projects } = await this.#call<{ projects: ProjectRow[] }>(`/v1/projects${refresh ? "?refresh=true" : ""}`);
    return rows.projectNodes(projects, this.daemon.view.session, async (project) => {
      const { workspaces } = await this.#call<{ workspaces: WorkspaceRow[] }>(`/v1/workspaces?project=${encodeURIComponent(project.id)}`);
      return rows.workspaceNodes(workspaces, project.id, this.daemon.view.session);
    });
  }

  async #eventRows(refresh: boolean): Promise<Node[]> {
    const [names, top, schemas] = await Promise.allSettled([
      this.#run<string[]>("inspect.events", {}, refresh),
      this.#run<TopEvent[]>("inspect.top-events", { limit: TOP }),
      this.#run<SchemaInfo[]>("inspect.lexicon-schemas", { type: "event" }, refresh),
    ]);
    if (names.status === "rejected") throw names.reason;
    const volumes = top.status === "fulfilled" ? top.value : [];
    const infos = schemas.status === "fulfilled" ? schemas.value : [];
    return rows.eventNodes(names.value, volumes, infos, this.daemon.view.session, async (event) =>
      rows.propertyNodes(event, await this.#run<string[]>("inspect.properties", { event })));
  }

  #filter(nodes: Node[]): Node[] {
    if (nodes.some((node) => node.context === "problem")) return nodes;
    const { shown, left } = rows.filtered(nodes, this.#words, this.#most);
    if (shown.length === 0) return [{ id: "none", label: this.#words ? "No event has all of these words" : "This project has no events", icon: "info", context: "none" }];
    if (left === 0) return shown;
    const more = { id: "more", label: `Show ${several(Math.min(left, STEP), "more event", "more events")} of ${left}…`, icon: "ellipsis", context: "more", command: "mixpanel.moreEvents" };
    return [...shown, more];
  }

  async #dashboards(): Promise<Node[]> {
    return rows.dashboardNodes(await this.#run<Dashboard[]>("dashboards.list", {}), this.daemon.view.session);
  }
}

/** Accounts show everything that the status tells. */
function accountsKey(view: View): string | undefined {
  // What a bad config says is in the welcome text, with what to do about it.
  if (view.reach !== "running" || view.problem?.code === "config_invalid") return undefined;
  const states = view.status?.accounts.map((one) => [one.name, one.state, one.expires_at, one.detail, one.region]);
  // Targets and what is active are in the config alone: its every revision counts.
  return JSON.stringify([states, view.session?.account?.name, view.status?.config.problems, view.session?.revision]);
}

function isUsable(view: View): boolean {
  return view.reach !== "absent" && view.reach !== "missing" && view.session?.account?.name !== undefined && !isLoggedOut(view);
}

function projectsKey(view: View): string | undefined {
  if (!isUsable(view)) return undefined;
  return JSON.stringify([view.session?.account?.name, view.session?.project?.id, view.session?.workspace?.id, view.session?.user?.id]);
}

function sessionKey(view: View): string | undefined {
  if (!isUsable(view) || view.session?.state !== "ok") return undefined;
  return JSON.stringify([view.session.account?.name, view.session.project?.id, view.session.workspace?.id]);
}
