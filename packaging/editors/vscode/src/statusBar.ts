// The item in the status bar.

import * as vscode from "vscode";
import type { Daemon } from "./daemon";
import { label, lines } from "./describe";
import { settings } from "./settings";
import { markdown } from "./text";
import type { Window } from "./window";

/** The commands that the tooltip may run: it shows names that others have chosen. */
const LINKS: Array<[string, string]> = [
  ["mixpanel.switchProject", "Switch project"], ["mixpanel.showSession", "Who decided"], ["mixpanel.doctor", "Doctor"],
];

export class StatusBar implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem("mixpanel.session", vscode.StatusBarAlignment.Left, 40);
  readonly #disposables: vscode.Disposable[];

  constructor(private readonly daemon: Daemon, private readonly window: Window) {
    this.#item.name = "Mixpanel";
    this.#item.command = "mixpanel.menu";
    this.#disposables = [
      this.#item,
      daemon.onDidChange(() => this.#show()),
      window.onDidChange(() => this.#show()),
      vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration("mixpanel.statusBar") && this.#show()),
    ];
    this.#show();
  }

  dispose(): void {
    for (const one of this.#disposables) one.dispose();
  }

  #show(): void {
    const style = settings().statusBar;
    if (style === "off") return this.#item.hide();
    const { text, spoken, isWarning } = label(this.daemon.view, this.window.choice, style);
    this.#item.text = text;
    this.#item.accessibilityInformation = { label: spoken, role: "button" };
    this.#item.backgroundColor = isWarning ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
    this.#item.tooltip = this.#tooltip();
    this.#item.show();
  }

  #tooltip(): vscode.MarkdownString {
    const rows = lines(this.daemon.view, this.window.choice, new Date()).map((line) => {
      const why = line.why ? ` — *${markdown(line.why)}*` : "";
      return `${line.key}: **${markdown(line.value, 400)}**${why}`;
    });
    const links = LINKS.map(([command, title]) => `[${title}](command:${command})`).join(" · ");
    const text = new vscode.MarkdownString(`${["Mixpanel", ...rows].join("  \n")}\n\n${links}`);
    text.isTrusted = { enabledCommands: LINKS.map(([command]) => command) };
    return text;
  }
}
