// What a window has chosen for itself, and how it travels: as flags of each call, and of the programs that the window starts.

import type { Session } from "./wire";

export interface Choice {
  account?: string;
  project?: string;
  workspace?: string;
  target?: string;
}

export type Axis = keyof Choice;
export type Scope = "window" | "all";

const AXES: Axis[] = ["account", "project", "workspace", "target"];
/** The variables that say the same as a choice, and would win over it or mix with it. */
const RIVALS = ["MP_ACCOUNT", "MP_TARGET", "MP_PROJECT_ID", "MP_WORKSPACE_ID"];

export function isEmpty(choice: Choice): boolean {
  return AXES.every((axis) => choice[axis] === undefined);
}

/** Reads a choice that was stored, whatever an older or newer version has stored. */
export function read(stored: unknown): Choice {
  if (typeof stored !== "object" || stored === null) return {};
  const choice: Choice = {};
  for (const axis of AXES) {
    const value = (stored as Record<string, unknown>)[axis];
    if (typeof value === "string" && value !== "") choice[axis] = value;
  }
  return choice.target === undefined ? choice : { target: choice.target };
}

/**
 * The choice after one more step. A target stands alone, an account takes nothing over; a project and a workspace hold on to what they
 * belong to, whatever other tools switch to. Credentials from the environment have no account that could be named.
 */
export function choose(session: Session | undefined, axis: Axis, value: string): Choice {
  if (axis === "target" || axis === "account") return { [axis]: value };
  const holder = session?.account;
  const account = holder && holder.source.kind !== "env" && holder.source.kind !== "bridge" ? { account: holder.name } : {};
  if (axis === "project") return { ...account, project: value };
  const project = session?.project ? { project: session.project.id } : {};
  return { ...account, ...project, workspace: value };
}

/** The flags of `mp` for a choice. */
export function flags(choice: Choice): string[] {
  return AXES.flatMap((axis) => (choice[axis] === undefined ? [] : [`--${axis}`, choice[axis] as string]));
}

/** The variables that a choice replaces: null removes one. */
export function overrides(choice: Choice): Record<string, string | null> {
  if (isEmpty(choice)) return {};
  const removed: Record<string, string | null> = Object.fromEntries(RIVALS.map((name) => [name, null]));
  // Credentials of the environment need their project there.
  if (choice.account === undefined && choice.target === undefined) {
    if (choice.project !== undefined) removed.MP_PROJECT_ID = choice.project;
    if (choice.workspace !== undefined) removed.MP_WORKSPACE_ID = choice.workspace;
  }
  return removed;
}

/** The environment of a call or a program under a choice. */
export function environment(choice: Choice, env: NodeJS.ProcessEnv, socket: string): Record<string, string> {
  const merged: Record<string, string | null | undefined> = { ...env, ...overrides(choice), ...(socket ? { MPD_SOCKET: socket } : {}) };
  return Object.fromEntries(Object.entries(merged).filter((pair): pair is [string, string] => typeof pair[1] === "string"));
}

/** What is sent to store a choice for all tools. An account that the window alone uses is stored with its project. */
export function stored(session: Session | undefined, axis: Axis, value: string, active: string | undefined): Record<string, string | number> {
  const own = session?.account;
  const isOther = own && own.name !== active && own.source.kind !== "env" && own.source.kind !== "bridge";
  if (axis === "project" && isOther) return { account: own.name, project: value };
  if (axis === "workspace") {
    const rest = isOther && session?.project ? { account: own.name, project: session.project.id } : {};
    return { ...rest, workspace: Number(value) };
  }
  return { [axis]: value };
}
