import assert from "node:assert/strict";
import test from "node:test";
import { page } from "../../src/lint";

test("the report has each part that has rows, and names files from the folder on", () => {
  const at = (line: number): { file: string; line: number } => ({ file: "/w/src/a.js", line });
  const shown = page({
    projects: [{ account: "acme", project: "7", name: "Web | Shop" }],
    findings: [{ ...at(3), column: 1, end_line: 3, end_column: 9, rule: "unknown-event", severity: "error", message: "no 'Sign Upp'" }],
    events: [{ event: "Sign Upp", in_project: false, places: [at(3)] }, { event: "Sign Up", in_project: true, places: [at(1), at(2), at(4), at(5)] }],
    unused: ["<b>"], unchecked: [], summary: { files: 1, calls: 5, errors: 1, warnings: 0 },
  }, "/w");
  assert.match(shown, /project Web \\\| Shop/);
  assert.match(shown, /5 calls in 1 file\: 1 error, 0 warnings/);
  assert.match(shown, /\| error \| src\/a\\\.js\\:3 \|/);
  assert.match(shown, /src\/a\\\.js\\:1, src\/a\\\.js\\:2, src\/a\\\.js\\:4 and 1 more/);
  assert.match(shown, /\\<b\\>/);
  assert.doesNotMatch(shown, /Not checked/);
});

test("a part with very many rows says how many are left out", () => {
  const unused = Array.from({ length: 5000 }, (_, at) => `Event ${at}`);
  const shown = page({ findings: [], events: [], unused }, "/w");
  assert.match(shown, /… and 4500 more\./);
  assert.ok(shown.length < 40_000);
});
