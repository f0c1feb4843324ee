// What belongs to this window: its own choice, and the folder that it is about.

import * as vscode from "vscode";
import { environment, isEmpty, read } from "./choice";
import type { Choice } from "./choice";
import { settings } from "./settings";

const KEY = "choice";

export class Window implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #disposables: vscode.Disposable[];
  readonly onDidChange = this.#changed.event;
  #choice: Choice;
  #folder: string | undefined;

  constructor(private readonly memory: vscode.Memento) {
    this.#choice = read(memory.get(KEY));
    this.#folder = currentFolder();
    this.#tell();
    this.#disposables = [
      this.#changed,
      vscode.window.onDidChangeActiveTextEditor(() => this.#look()),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.#look()),
    ];
  }

  get choice(): Choice {
    return this.#choice;
  }

  /** The folder of the file in the editor, or the first one. */
  get folder(): string | undefined {
    return this.#folder;
  }

  /** The environment of calls and programs. */
  get env(): Record<string, string> {
    return environment(this.#choice, process.env, settings().socket);
  }

  async choose(choice: Choice): Promise<void> {
    if (JSON.stringify(choice) === JSON.stringify(this.#choice)) return;
    this.#choice = choice;
    await this.memory.update(KEY, isEmpty(choice) ? undefined : choice);
    this.#tell();
    this.#changed.fire();
  }

  dispose(): void {
    for (const one of this.#disposables) one.dispose();
  }

  #tell(): void {
    void vscode.commands.executeCommand("setContext", "mixpanel.chosen", !isEmpty(this.#choice));
  }

  #look(): void {
    const folder = currentFolder(this.#folder);
    if (folder === this.#folder) return;
    this.#folder = folder;
    this.#changed.fire();
  }
}

/** The folder of the active file; where that is in none, the one before, as long as it is open. */
function currentFolder(before?: string): string | undefined {
  const document = vscode.window.activeTextEditor?.document;
  const own = document && vscode.workspace.getWorkspaceFolder(document.uri);
  if (own?.uri.scheme === "file") return own.uri.fsPath;
  const paths = (vscode.workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === "file").map((folder) => folder.uri.fsPath);
  return before !== undefined && paths.includes(before) ? before : paths[0];
}
