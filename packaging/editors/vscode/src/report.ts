// The report of the events in code and in the project: made by the language server, or by `mp lint`.

import * as vscode from "vscode";
import { told } from "./daemon";
import type { Language } from "./language";
import { page } from "./lint";
import type { Finding, Report } from "./lint";
import type { Pages } from "./pages";
import { run } from "./programs";
import type { Window } from "./window";

const SEVERITIES: Record<string, vscode.DiagnosticSeverity> = {
  error: vscode.DiagnosticSeverity.Error, warning: vscode.DiagnosticSeverity.Warning, information: vscode.DiagnosticSeverity.Information,
};

export class Reports implements vscode.Disposable {
  readonly #problems = vscode.languages.createDiagnosticCollection("mixpanel-report");
  readonly #opening: vscode.Disposable;

  constructor(private readonly language: Language, private readonly window: Window, private readonly pages: Pages, private readonly log: vscode.LogOutputChannel) {
    // The language server looks at what is open.
    this.#opening = vscode.workspace.onDidOpenTextDocument((document) => this.#problems.delete(document.uri));
  }

  /** Makes the report, shows it as a page, and adds what is wrong in files that are not open to the problems. */
  async show(): Promise<void> {
    const folder = this.window.folder;
    if (folder === undefined) throw new Error("Open a folder: the report is about the code in it");
    const found = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: "Mixpanel: reading the code" }, () => this.#make(folder));
    this.#tell(folder, found.findings);
    await this.pages.show("Events in code", page(found, folder));
  }

  dispose(): void {
    this.#opening.dispose();
    this.#problems.dispose();
  }

  async #make(folder: string): Promise<Report> {
    try {
      const given = { command: "mixpanel.report", arguments: [{ uri: vscode.Uri.file(folder).toString() }] };
      const found: unknown = await this.language.client?.sendRequest("workspace/executeCommand", given);
      if (isReport(found)) return found;
    } catch (error) {
      this.log.debug(`mixpanel.report: ${told(error)}`);
    }
    const ended = await run(this.window, ["lint", "--format", "json", folder], 300_000);
    // Findings are a failure of a check, and a report here.
    const found: unknown = ended.stdout.trimStart().startsWith("{") ? JSON.parse(ended.stdout) : undefined;
    if (isReport(found)) return found;
    throw new Error(ended.stderr.trim() || `mp lint ended with ${ended.code}`);
  }

  #tell(folder: string, findings: Finding[]): void {
    this.#problems.clear();
    const open = new Set(vscode.workspace.textDocuments.map((document) => document.uri.toString()));
    const base = vscode.Uri.file(folder);
    const files = new Map<string, vscode.Diagnostic[]>();
    for (const one of findings) {
      const uri = one.file.startsWith("/") ? vscode.Uri.file(one.file) : vscode.Uri.joinPath(base, one.file);
      if (open.has(uri.toString())) continue;
      const range = new vscode.Range(one.line - 1, one.column - 1, one.end_line - 1, one.end_column - 1);
      const problem = new vscode.Diagnostic(range, one.message, SEVERITIES[one.severity] ?? vscode.DiagnosticSeverity.Hint);
      [problem.source, problem.code] = ["mixpanel", one.rule];
      files.set(uri.toString(), [...(files.get(uri.toString()) ?? []), problem]);
    }
    for (const [uri, problems] of files) this.#problems.set(vscode.Uri.parse(uri), problems);
  }
}

function isReport(found: unknown): found is Report {
  return typeof found === "object" && found !== null && ["findings", "events", "unused"].every((key) => Array.isArray((found as Record<string, unknown>)[key]));
}
