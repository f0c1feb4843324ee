// Shows the menu.

import * as vscode from "vscode";
import type { Choice } from "./choice";
import { entries } from "./entries";
import type { View } from "./wire";

export async function show(view: View, choice: Choice): Promise<void> {
  const items = entries(view, choice).map((entry) => {
    return { ...entry, kind: entry.isSeparator ? vscode.QuickPickItemKind.Separator : vscode.QuickPickItemKind.Default };
  });
  const chosen = await vscode.window.showQuickPick(items, { title: "Mixpanel", placeHolder: "What to do" });
  if (chosen?.command) await vscode.commands.executeCommand(chosen.command);
}
