// What `mp lint -f json` says, as a page.

import { markdown, several } from "./text";

export interface Finding {
  file: string;
  line: number;
  column: number;
  end_line: number;
  end_column: number;
  rule: string;
  severity: string;
  message: string;
}

export interface Report {
  projects?: Array<{ account: string | null; project: string | null; name: string | null }>;
  findings: Finding[];
  events: Array<{ event: string; in_project: boolean; places: Array<{ file: string; line: number }> }>;
  unused: string[];
  unchecked?: Array<{ what: string; why: string }>;
  summary?: { files: number; calls: number; errors: number; warnings: number };
}

/** How many rows a part shows. */
const MOST = 500;

/** The report in Markdown. Files are named from the folder on. */
export function page(report: Report, folder: string): string {
  const short = (file: string): string => (file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : file);
  const places = (list: Array<{ file: string; line: number }>): string => {
    const named = list.slice(0, 3).map((at) => `${short(at.file)}:${at.line}`).join(", ");
    return list.length > 3 ? `${named} and ${list.length - 3} more` : named;
  };
  const text = ["# Mixpanel events in code", ""];
  for (const one of report.projects ?? []) text.push(`Held against the project ${markdown(one.name ?? one.project ?? "?")}, account ${markdown(one.account ?? "?")}.  `);
  if (report.summary) {
    const { files, calls, errors, warnings } = report.summary;
    text.push("", `${several(calls, "call")} in ${several(files, "file")}: ${several(errors, "error")}, ${several(warnings, "warning")}.`);
  }
  const wrong = report.findings.map((one) => [one.severity, `${short(one.file)}:${one.line}`, one.message]);
  text.push(...table("What is wrong", ["", "where", "what"], wrong));
  const strange = report.events.filter((one) => !one.in_project).map((one) => [one.event, places(one.places)]);
  text.push(...table("In the code, not in the project", ["event", "where"], strange));
  const known = report.events.filter((one) => one.in_project).map((one) => [one.event, String(one.places.length), places(one.places)]);
  text.push(...table("In both", ["event", "calls", "where"], known));
  text.push(...table("In the project, not in the code", ["event"], report.unused.map((name) => [name])));
  text.push(...table("Not checked", ["where", "why"], (report.unchecked ?? []).map((one) => [short(one.what), one.why])));
  return `${text.join("\n")}\n`;
}

function table(title: string, heads: string[], rows: string[][]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: string[]): string => `| ${cells.join(" | ")} |`;
  const shown = rows.slice(0, MOST).map((cells) => line(cells.map((cell) => markdown(cell, 400))));
  const rest = rows.length > MOST ? ["", `… and ${rows.length - MOST} more.`] : [];
  return ["", `## ${title} (${rows.length})`, "", line(heads), line(heads.map(() => "---")), ...shown, ...rest];
}
