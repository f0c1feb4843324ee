// What is wrong, and what to do: the editor's own view, and that of `mp daemon doctor`.

import { readFileSync } from "node:fs";
import { socketPath } from "mixpanel-mpd";
import * as vscode from "vscode";
import type { Daemon } from "./daemon";
import { told } from "./daemon";
import type { Pages } from "./pages";
import { run } from "./programs";
import { program, settings } from "./settings";
import { markdown } from "./text";
import type { Window } from "./window";

export interface Finding {
  verdict: string;
  what: string;
  hint: string;
}

const MARKS: Record<string, string> = { ok: "✓", warn: "**!**", fail: "**✗**" };

export class Doctor {
  constructor(
    private readonly daemon: Daemon, private readonly window: Window, private readonly pages: Pages,
    private readonly log: vscode.LogOutputChannel, private readonly language: () => boolean,
  ) {}

  async run(isOnline = false): Promise<void> {
    const [own, others] = [this.#own(), await this.#others(isOnline)];
    for (const one of [...own, ...others]) this.log.info(`doctor: ${one.verdict}: ${one.what}${one.hint ? ` (${one.hint})` : ""}`);
    await this.pages.show("Doctor", page(own, others));
    if (isOnline || program().path === undefined) return;
    const again = "Ask Mixpanel, Too";
    const chosen = await vscode.window.showInformationMessage("The doctor has looked at this machine.", again);
    if (chosen === again) await this.run(true);
  }

  /** What only the editor knows. */
  #own(): Finding[] {
    const { path, problem } = program();
    const found: Finding[] = [];
    const where = vscode.env.remoteName ? `on the side of ${vscode.env.remoteName}` : "on this machine";
    found.push(finding("ok", `${vscode.env.appName} ${vscode.version}; this extension runs ${where}`));
    if (path === undefined) found.push(finding("fail", problem ?? "there is no mp", "install mp, or set mixpanel.binary"));
    else found.push(finding("ok", `mp is ${path}`));
    try {
      const socket = settings().socket || socketPath(this.window.env);
      found.push(finding("ok", `the socket is ${socket}`));
    } catch (error) {
      found.push(finding("fail", told(error)));
    }
    const { reach, why } = this.daemon.view;
    found.push(reach === "running" ? finding("ok", "the daemon answers this window") : finding("fail", why ?? "the daemon does not answer", "mp daemon start"));
    if (!vscode.workspace.isTrusted) found.push(finding("warn", "this workspace is not trusted: no language server, and its settings do not count"));
    else if (settings().languageServer) {
      found.push(this.language() ? finding("ok", "the language server runs") : finding("warn", "the language server does not run", "see the log of this extension"));
    }
    for (const name of ["MP_ACCOUNT", "MP_TARGET", "MP_PROJECT_ID", "MP_WORKSPACE_ID", "MPD_SOCKET", "MP_STORAGE_DIR"]) {
      if (process.env[name]) found.push(finding("warn", `${name} is set in the editor's environment, and decides for this window`));
    }
    return found;
  }

  async #others(isOnline: boolean): Promise<Finding[]> {
    if (program().path === undefined) return [];
    const work = async (): Promise<Finding[]> => {
      try {
        const ended = await run(this.window, ["daemon", "doctor", ...(isOnline ? ["--online"] : []), "--format", "json"], 120_000);
        return findings(ended.stdout, ended.stderr);
      } catch (error) {
        return [finding("fail", told(error))];
      }
    };
    return vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: "Mixpanel: doctor" }, work);
  }
}

function finding(verdict: string, what: string, hint = ""): Finding {
  return { verdict, what, hint };
}

function findings(stdout: string, stderr: string): Finding[] {
  try {
    const found: unknown = JSON.parse(stdout);
    if (Array.isArray(found)) return found as Finding[];
  } catch {
    // It said why on the other side.
  }
  return [finding("fail", stderr.trim() || "mp daemon doctor said nothing that could be read")];
}

function page(own: Finding[], others: Finding[]): string {
  const line = (one: Finding): string => {
    return `* ${MARKS[one.verdict] ?? markdown(one.verdict)} ${markdown(one.what, 600)}${one.hint ? ` — **${markdown(one.hint, 600)}**` : ""}`;
  };
  return ["# Mixpanel doctor", "", "## This window", "", ...own.map(line), "", "## mp daemon doctor", "", ...others.map(line), ""].join("\n");
}

/** Opens the config that the daemon reads; a mistake in it is shown where it is. */
export async function openConfig(daemon: Daemon): Promise<void> {
  const status = daemon.view.status ?? ((await daemon.client({ mayStart: true }).call("GET", "/v1/status")) as NonNullable<typeof daemon.view.status>);
  const { path, problems } = status.config;
  try {
    readFileSync(path);
  } catch {
    void vscode.window.showInformationMessage(`There is no ${path} yet: the first login makes it.`);
    return;
  }
  const at = /:(\d+)(?::(\d+))?/.exec(problems[0]?.at ?? "");
  const position = new vscode.Position(at ? Number(at[1]) - 1 : 0, at?.[2] ? Number(at[2]) - 1 : 0);
  await vscode.window.showTextDocument(vscode.Uri.file(path), { selection: new vscode.Range(position, position) });
}
