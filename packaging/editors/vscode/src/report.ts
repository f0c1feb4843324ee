// The report of the events in code and in the project, which the language server makes.

import * as vscode from "vscode";
import type { Language } from "./language";
import type { Pages } from "./pages";

export async function showReport(language: Language, pages: Pages): Promise<void> {
  const { client } = language;
  if (!client) throw new Error("The report is made by the language server, mp lsp, and that does not run");
  const work = (): Promise<unknown> => client.sendRequest("workspace/executeCommand", { command: "mixpanel.report", arguments: [] });
  const found = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: "Mixpanel: reading the code" }, work);
  await pages.show("Events in code", typeof found === "string" ? found : `\`\`\`json\n${JSON.stringify(found, null, 2)}\n\`\`\`\n`);
}
