// The settings, read when they are needed.

import * as vscode from "vscode";
import type { Style } from "./describe";
import { expand, find } from "./program";
import type { Found } from "./program";

export interface Settings {
  binary: string;
  socket: string;
  autostart: boolean;
  statusBar: Style | "off";
  languageServer: boolean;
  mcp: boolean;
  mcpArguments: string[];
}

export function settings(): Settings {
  const found = vscode.workspace.getConfiguration("mixpanel");
  return {
    binary: found.get("binary", ""),
    socket: expand(found.get("socket", "").trim(), process.env.HOME ?? ""),
    autostart: found.get("autostart", true),
    statusBar: found.get<Style | "off">("statusBar", "full"),
    languageServer: found.get("languageServer", true),
    mcp: found.get("mcp", true),
    mcpArguments: found.get<string[]>("mcpArguments", []),
  };
}

/** The program of this window. */
export function program(): Found {
  return find(settings().binary, process.env);
}
