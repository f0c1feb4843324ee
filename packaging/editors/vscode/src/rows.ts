// The rows of quick picks and trees.

import type { Axis, Choice } from "./choice";
import { token } from "./describe";
import * as links from "./links";
import { count, plain, several, withoutIcons } from "./text";
import type {
  AccountStatus, AccountSummary, Dashboard, LoginProject, ProjectRow, SchemaInfo, Session, TargetRow, TopEvent, WorkspaceRow,
} from "./wire";

/** A row that can be chosen. */
export interface Row {
  label: string;
  description: string;
  detail?: string;
  value: string;
  isCurrent: boolean;
}

const TYPES: Record<string, string> = { oauth_browser: "browser", service_account: "service account", oauth_token: "token" };

function row(name: string, value: string, isCurrent: boolean, description: Array<string | null | undefined>): Row {
  const said = description.filter((part): part is string => !!part).map((part) => plain(part));
  return { label: withoutIcons(plain(name)), description: withoutIcons(said.join(" · ")), value, isCurrent };
}

export function accounts(list: AccountSummary[], states: AccountStatus[], session: Session | undefined): Row[] {
  return list.map((one) => {
    const state = states.find((state) => state.name === one.name)?.state ?? "ok";
    const trouble = state === "login_required" ? "log in again" : state === "ok" || state === "caller" ? "" : state;
    const active = one.is_active ? "for all tools" : "";
    return row(one.name, one.name, session?.account?.name === one.name, [TYPES[one.type] ?? one.type, one.region, active, trouble]);
  });
}

export function projects(list: ProjectRow[], session: Session | undefined): Row[] {
  return list.map((one) => row(one.name, one.id, session?.project?.id === one.id, [one.id, one.timezone, one.is_active ? "default of the account" : ""]));
}

export function workspaces(list: WorkspaceRow[], session: Session | undefined): Row[] {
  return list.map((one) => row(one.name, String(one.id), session?.workspace?.id === one.id, [String(one.id), one.is_default ? "default of the project" : ""]));
}

export function targets(list: TargetRow[], choice: Choice): Row[] {
  return list.map((one) => {
    const parts = [one.account, `project ${one.project}`, one.workspace === null ? "" : `workspace ${one.workspace}`];
    return row(one.name, one.name, choice.target === one.name, parts);
  });
}

export function loginProjects(list: LoginProject[]): Row[] {
  return list.map((one) => row(one.name, one.id, false, [one.id, one.organization, one.domain]));
}

/** What a tree shows of one thing, and what can be done with it. */
export interface Node {
  id: string;
  label: string;
  description?: string;
  tooltip?: string;
  icon: string;
  color?: string;
  /** Words by which menus know what there is: `.use`, `.open`, `.name`, `.id`, `.required`. */
  context: string;
  name?: string;
  value?: string;
  url?: string | undefined;
  axis?: Axis;
  command?: string;
  children?: () => Promise<Node[]>;
}

export function problem(id: string, detail: string): Node {
  return { id, label: plain(detail), tooltip: plain(detail, 1000), icon: "warning", context: "problem" };
}

export function accountNodes(list: AccountSummary[], states: AccountStatus[], session: Session | undefined, targets: TargetRow[], now: Date): Node[] {
  return list.map((one) => {
    const state = states.find((state) => state.name === one.name);
    const isRequired = state?.state === "login_required" || state?.state === "unreadable";
    const isUneasy = state !== undefined && !["ok", "caller", "expired", "refreshing"].includes(state.state);
    const isHere = session?.account?.name === one.name;
    const own = targets.filter((target) => target.account === one.name);
    const where = isHere === one.is_active ? "" : isHere ? "this window" : "all tools";
    const words = [isRequired ? "log in again" : "", where, TYPES[one.type] ?? one.type, one.region];
    return {
      id: `account:${one.name}`,
      label: plain(one.name),
      description: words.filter(Boolean).join(" · "),
      tooltip: [one.name, ...(state ? [`token: ${token(state, now)}`] : [])].map((line) => plain(line, 400)).join("\n"),
      icon: isRequired ? "warning" : isUneasy ? "info" : isHere ? "pass-filled" : "account",
      ...(isRequired ? { color: "list.warningForeground" } : isHere ? { color: "charts.green" } : {}),
      context: `account${one.type === "oauth_browser" ? ".browser" : ""}.use.name${isRequired ? ".required" : ""}`,
      name: one.name,
      value: one.name,
      axis: "account" as const,
      ...(own.length > 0 ? { children: () => Promise.resolve(own.map(targetNode)) } : {}),
    };
  });
}

function targetNode(one: TargetRow): Node {
  return {
    id: `target:${one.name}`, label: plain(one.name), description: `target · project ${one.project}`, icon: "target",
    context: "target.use.name", name: one.name, value: one.name, axis: "target",
  };
}

export function projectNodes(list: ProjectRow[], session: Session | undefined, children: (project: ProjectRow) => Promise<Node[]>): Node[] {
  return list.map((one) => {
    const isHere = session?.project?.id === one.id;
    return {
      id: `project:${one.id}`,
      label: plain(one.name),
      description: [one.id, isHere ? "this window" : ""].filter(Boolean).join(" · "),
      tooltip: [one.name, `id ${one.id}`, one.timezone ?? ""].filter(Boolean).map((line) => plain(line)).join("\n"),
      icon: isHere ? "pass-filled" : "briefcase",
      ...(isHere ? { color: "charts.green" } : {}),
      context: "project.use.open.name.id",
      name: one.name,
      value: one.id,
      url: links.project({ region: session?.account?.region ?? "", project: one.id }),
      axis: "project" as const,
      children: () => children(one),
    };
  });
}

export function workspaceNodes(list: WorkspaceRow[], project: string, session: Session | undefined): Node[] {
  return list.map((one) => {
    const isHere = session?.workspace?.id === one.id;
    // Only the session's own project has workspaces that can be switched to in one step.
    const isUsable = session?.project?.id === project;
    return {
      id: `workspace:${project}:${one.id}`, label: plain(one.name), icon: isHere ? "pass-filled" : "layers", name: one.name, value: String(one.id),
      description: [String(one.id), one.is_default ? "default" : ""].filter(Boolean).join(" · "),
      ...(isHere ? { color: "charts.green" } : {}),
      context: `workspace${isUsable ? ".use" : ""}.open.name.id`, axis: "workspace" as const,
      url: links.project({ region: session?.account?.region ?? "", project, workspace: one.id }),
    };
  });
}

function place(session: Session | undefined): links.Place {
  return { region: session?.account?.region ?? "", project: session?.project?.id ?? "", workspace: session?.workspace?.id };
}

/** The events of a project: those with the most volume first, then by name. */
export function eventNodes(
  names: string[], top: TopEvent[], infos: SchemaInfo[], session: Session | undefined, children: (event: string) => Promise<Node[]>,
): Node[] {
  const volumes = new Map(top.map((one) => [one.event, one]));
  const schemas = new Map(infos.map((one) => [one.name, one]));
  const volume = (name: string): number => volumes.get(name)?.count ?? -1;
  const sorted = [...names].sort((one, two) => volume(two) - volume(one) || (one < two ? -1 : 1));
  return sorted.map((name, at) => {
    const [seen, schema] = [volumes.get(name), schemas.get(name)];
    const change = seen?.percent_change ? ` (${seen.percent_change > 0 ? "+" : "−"}${Math.abs(Math.round(seen.percent_change * 100))} %)` : "";
    const today = seen ? `${count(seen.count)} today${change}` : "";
    return {
      id: `event:${at}:${name}`,
      label: plain(name) || "(empty name)",
      description: [today, schema?.description ? plain(schema.description, 80) : ""].filter(Boolean).join(" · "),
      tooltip: [name, schema?.description ?? "", today, schema ? several(schema.property_count, "property", "properties") : ""]
        .filter(Boolean).map((line) => plain(line, 600)).join("\n"),
      icon: "symbol-event",
      context: "event.open.name",
      name,
      url: links.event(place(session), name),
      children: () => children(name),
    };
  });
}

export function propertyNodes(event: string, names: string[]): Node[] {
  return names.map((name) => ({ id: `property:${event}:${name}`, label: plain(name), icon: "symbol-field", context: "property.name", name }));
}

export function dashboardNodes(list: Dashboard[], session: Session | undefined): Node[] {
  return list.map((one) => ({
    id: `dashboard:${one.id}`,
    label: plain(one.title) || `Dashboard ${one.id}`,
    description: plain(one.description || one.creator_name || "", 80),
    tooltip: [one.title, one.description ?? "", `id ${one.id}`].filter(Boolean).map((line) => plain(line, 600)).join("\n"),
    icon: one.is_favorited ? "star-full" : "dashboard",
    context: "dashboard.open.name.id",
    name: one.title,
    value: String(one.id),
    url: links.dashboard(place(session), one.id),
  }));
}

/** The nodes that a search finds, and no more than `most` of them. */
export function filtered(nodes: Node[], words: string, most: number): { shown: Node[]; left: number } {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const found = nodes.filter((node) => {
    const text = `${node.name ?? node.label} ${node.description ?? ""}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
  return { shown: found.slice(0, most), left: Math.max(0, found.length - most) };
}
