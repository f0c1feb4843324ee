// Offers `mp mcp` to the agent of the editor, with the account and project of this window.

import * as vscode from "vscode";
import { flags, overrides } from "./choice";
import { told } from "./daemon";
import { program, settings } from "./settings";
import type { Window } from "./window";

const ID = "mixpanel.mcp";
const LABEL = "Mixpanel";
const NOT_TAKEN = "this editor takes no MCP servers from extensions; `mp mcp` can be entered in its settings";

/** What newer editors have and the types of the oldest supported one lack. */
interface Server {
  cwd?: vscode.Uri;
}
type NewServer = new (label: string, command: string, args: string[], env: Record<string, string | null>, version: string) => Server;
interface Provider {
  onDidChangeMcpServerDefinitions: vscode.Event<void>;
  provideMcpServerDefinitions(): Server[];
}
interface Editor {
  lm?: { registerMcpServerDefinitionProvider?: (id: string, provider: Provider) => vscode.Disposable };
  McpStdioServerDefinition?: NewServer;
  /** Cursor's own way; there the other one is a name without effect. */
  cursor?: {
    mcp?: {
      registerServer?: (server: { name: string; server: { command: string; args: string[]; env: Record<string, string> } }) => void;
      unregisterServer?: (name: string) => void;
    };
  };
}

export class Mcp implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #disposables: vscode.Disposable[] = [this.#changed];
  readonly #editor = vscode as unknown as Editor;
  #isAtCursor = false;

  constructor(private readonly window: Window, private readonly version: string, private readonly log: vscode.LogOutputChannel) {
    this.#disposables.push(
      window.onDidChange(() => this.#renew()),
      vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration("mixpanel") && this.#renew()),
    );
    const register = this.#editor.lm?.registerMcpServerDefinitionProvider;
    if (this.#editor.cursor?.mcp?.registerServer) this.#atCursor();
    else if (register && this.#editor.McpStdioServerDefinition) this.#atEditor(register);
    else log.info(NOT_TAKEN);
  }

  servers(): Server[] {
    const { path } = program();
    const New = this.#editor.McpStdioServerDefinition;
    if (!settings().mcp || path === undefined || !New) return [];
    const server = new New(LABEL, path, this.#arguments(), this.#env(), this.version);
    if (this.window.folder) server.cwd = vscode.Uri.file(this.window.folder);
    return [server];
  }

  dispose(): void {
    if (this.#isAtCursor) this.#editor.cursor?.mcp?.unregisterServer?.(LABEL);
    for (const one of this.#disposables) one.dispose();
  }

  #atEditor(register: NonNullable<NonNullable<Editor["lm"]>["registerMcpServerDefinitionProvider"]>): void {
    const provider = { onDidChangeMcpServerDefinitions: this.#changed.event, provideMcpServerDefinitions: () => this.servers() };
    try {
      this.#disposables.push(register.call(this.#editor.lm, ID, provider));
      this.log.info("mp mcp is offered to the editor's agent");
    } catch (error) {
      // VS Code 1.100 has a draft under the same name, which looks for another contribution.
      this.log.info(`${NOT_TAKEN} (${told(error)})`);
    }
  }

  #arguments(): string[] {
    return [...flags(this.window.choice), "mcp", ...settings().mcpArguments];
  }

  /** What differs from the environment of the editor: null takes a variable away. */
  #env(): Record<string, string | null> {
    const { socket } = settings();
    return { ...overrides(this.window.choice), ...(socket ? { MPD_SOCKET: socket } : {}) };
  }

  #renew(): void {
    if (this.#editor.cursor?.mcp?.registerServer) this.#atCursor();
    this.#changed.fire();
  }

  #atCursor(): void {
    const mcp = this.#editor.cursor?.mcp;
    if (this.#isAtCursor) mcp?.unregisterServer?.(LABEL);
    this.#isAtCursor = false;
    const { path } = program();
    if (!settings().mcp || path === undefined) return;
    // Cursor takes no variable away: an empty one counts as none.
    const env = Object.fromEntries(Object.entries(this.#env()).map(([name, value]) => [name, value ?? ""]));
    mcp?.registerServer?.({ name: LABEL, server: { command: path, args: this.#arguments(), env } });
    this.#isAtCursor = true;
    this.log.info("mp mcp is registered with Cursor");
  }
}
