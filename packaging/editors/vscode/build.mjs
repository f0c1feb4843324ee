// Bundles the extension, with the Node client of this repository, into out/extension.js, and draws its icon.
//
//   node build.mjs [--minify] [--tests]
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
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
await build({
  ...common,
  entryPoints: [here("src/extension.ts")],
  outfile: here("out/extension.js"),
  external: ["vscode"],
  minify: flags.has("--minify"),
});
if (flags.has("--tests")) {
  const tests = readdirSync(here("test/unit")).filter((name) => name.endsWith(".test.ts")).map((name) => here(`test/unit/${name}`));
  await build({ ...common, entryPoints: tests, outdir: here("out/test"), outExtension: { ".js": ".cjs" }, external: ["node:*"] });
}
