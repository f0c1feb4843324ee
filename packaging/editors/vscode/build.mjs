// Bundles the extension, with the Node client of this repository, into out/extension.js, and draws its icon.
//
//   node build.mjs [--minify] [--tests]
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { icon } from "./icon.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const flags = new Set(process.argv.slice(2));

rmSync(here("out"), { recursive: true, force: true });
mkdirSync(here("out"));
writeFileSync(here("out/icon.png"), icon());
const common = {
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  alias: { "mixpanel-mpd": here("../../clients/node/index.cjs") },
  logLevel: "warning",
};
const bundled = await build({
  ...common,
  entryPoints: [here("src/extension.ts")],
  outfile: here("out/extension.js"),
  external: ["vscode"],
  minify: flags.has("--minify"),
  legalComments: "none",
  metafile: true,
});
writeFileSync(here("out/NOTICE.txt"), notice(Object.keys(bundled.metafile.inputs)));

/** The licences of the packages that are in the bundle. */
function notice(inputs) {
  const folders = new Set(inputs.map((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]).filter(Boolean));
  const texts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    return `${name} ${version} (${license})\n\n${file ? readFileSync(join(folder, file), "utf8").trim() : "No text of its own."}\n`;
  });
  return ["This extension contains the following packages.\n", ...texts].join(`\n${"-".repeat(72)}\n\n`);
}
if (flags.has("--tests")) {
  const tests = readdirSync(here("test/unit")).filter((name) => name.endsWith(".test.ts")).map((name) => here(`test/unit/${name}`));
  await build({ ...common, entryPoints: tests, outdir: here("out/test"), outExtension: { ".js": ".cjs" }, external: ["node:*"] });
}
