// The language server: `mp lsp`, started for this window.

import { execFile } from "node:child_process";
import * as vscode from "vscode";
import { CloseAction, ErrorAction, LanguageClient, RevealOutputChannelOn, TransportKind } from "vscode-languageclient/node";
import { told } from "./daemon";
import { program, settings } from "./settings";
import type { Window } from "./window";

const LANGUAGES = [
  "javascript", "javascriptreact", "typescript", "typescriptreact", "vue", "svelte", "python", "swift", "kotlin", "java", "go", "ruby", "php",
  "dart", "csharp", "objective-c", "objective-cpp", "html", "astro", "erb",
];
/** A server that ends more often than this within a minute is left alone. */
const MOST_ENDS = 3;

export class Language implements vscode.Disposable {
  readonly #disposables: vscode.Disposable[];
  #client: LanguageClient | undefined;
  /** What runs of starts and ends, one after the other. */
  #turn: Promise<void> = Promise.resolve();
  #ends: number[] = [];
  #isOver = false;
  #wasTold = false;

  constructor(private readonly window: Window, private readonly log: vscode.LogOutputChannel) {
    const names = ["mixpanel.binary", "mixpanel.socket", "mixpanel.languageServer"];
    this.#disposables = [
      window.onDidChange(() => void this.restart()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => void this.restart()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (names.some((name) => event.affectsConfiguration(name))) void this.restart();
      }),
    ];
  }

  get client(): LanguageClient | undefined {
    return this.#client?.isRunning() ? this.#client : undefined;
  }

  /** Ends the server, if one runs, and starts it with what is in force now. */
  restart(): Promise<void> {
    this.#turn = this.#turn.then(() => this.#stop()).then(() => this.#start()).catch((error) => this.log.error(`mp lsp: ${told(error)}`));
    return this.#turn;
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#turn;
    await this.#stop();
  }

  dispose(): void {
    for (const one of this.#disposables) one.dispose();
  }

  async #start(): Promise<void> {
    if (this.#isOver || !settings().languageServer || !vscode.workspace.isTrusted) return;
    const { path, problem } = program();
    if (path === undefined) return this.log.info(`no language server: ${problem}`);
    if (!(await this.#isThere(path))) return this.#tellMissing(path);
    const options = { env: this.window.env, ...(this.window.folder ? { cwd: this.window.folder } : {}) };
    const server = { command: path, args: ["lsp"], transport: TransportKind.stdio, options };
    this.#client = new LanguageClient("mixpanel", "Mixpanel", server, {
      documentSelector: [
        ...LANGUAGES.map((language) => ({ scheme: "file", language })),
        { scheme: "file", pattern: "**/.mp/config.toml" }, { scheme: "file", pattern: "**/.mixpanel.toml" },
      ],
      outputChannel: this.log,
      initializationOptions: this.#section(vscode.workspace.getConfiguration("mixpanel")),
      middleware: {
        workspace: {
          configuration: async (params, token, next) => {
            const found: unknown = await next(params, token);
            if (!Array.isArray(found)) return [];
            return found.map((one, at) => (params.items[at]?.section === "mixpanel" ? this.#section(one as object | null) : (one as unknown)));
          },
        },
      },
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => ({ action: this.#mayRestart() ? CloseAction.Restart : CloseAction.DoNotRestart, handled: true }),
      },
    });
    await this.#client.start();
    this.log.info("mp lsp has started");
  }

  /** What the server is told of the settings: what this window has chosen wins over a project's file. */
  #section(found: object | null): object {
    return { ...JSON.parse(JSON.stringify(found ?? {})) as object, ...this.window.choice };
  }

  async #stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    // A server that does not answer any more must not hold up the window.
    await client?.dispose(2000).catch((error) => this.log.warn(`mp lsp: ${told(error)}`));
  }

  #mayRestart(): boolean {
    const now = Date.now();
    this.#ends = [...this.#ends.filter((at) => now - at < 60_000), now];
    const may = !this.#isOver && this.#ends.length <= MOST_ENDS;
    this.log.warn(may ? "mp lsp has ended, and is started again" : "mp lsp ends again and again: see its messages above");
    return may;
  }

  /** An `mp` without a language server says so by its exit code. */
  #isThere(path: string): Promise<boolean> {
    return new Promise((resolve) => {
      execFile(path, ["lsp", "--help"], { env: this.window.env, timeout: 10_000 }, (error) => resolve(!error)).stdin?.end();
    });
  }

  #tellMissing(path: string): void {
    this.log.warn(`${path} has no language server: events in code are not checked`);
    if (this.#wasTold) return;
    this.#wasTold = true;
  }
}
