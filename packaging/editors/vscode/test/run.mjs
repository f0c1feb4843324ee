#!/usr/bin/env node
// Drives the extension in a real editor: code-server with the .vsix installed, in a headless Chromium, with real mp and mpd and a fake
// Mixpanel, in a home that is gone afterwards. By hand: see the README of the extension.
//
//   test/run.mjs --programs FOLDER --code-server ENTRY --vsix FILE --pictures FOLDER [--node PROGRAM] [STEP…]
//
// FOLDER has mp, mpd and sandbox (or examples/sandbox); ENTRY is code-server's out/node/entry.js, PROGRAM the node that it needs. Steps are
// those in scenario.mjs and language.mjs; all of them where none is named, but `nobody` and `loginByBrowser` come first in any case.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { STEPS, play } from "./scenario.mjs";
import { FILES, LANGUAGE_STEPS } from "./language.mjs";
import { World } from "./world.mjs";

const text = { type: "string" };
const { values, positionals } = parseArgs({
  options: { programs: text, "code-server": text, vsix: text, pictures: text, node: { ...text, default: process.execPath } }, allowPositionals: true,
});
for (const name of ["programs", "code-server", "vsix", "pictures"]) {
  if (values[name] === undefined) {
    console.error(`run.mjs: --${name} is missing; the head of this file says what it is`);
    process.exit(3);
  }
}
const always = ["nobody", "loginByBrowser", "silence"];
// What ends the login comes last.
const { badConfig, loginLost, logOut, silence, ...early } = STEPS;
const ordered = { ...early, ...LANGUAGE_STEPS, badConfig, loginLost, logOut, silence };
const unknown = positionals.filter((name) => !(name in ordered));
if (unknown.length > 0) {
  console.error(`run.mjs: there is no step ${unknown.join(", ")}; there are ${Object.keys(ordered).join(", ")}`);
  process.exit(3);
}
const wanted = positionals.length === 0 ? Object.keys(ordered) : Object.keys(ordered).filter((name) => [...always, ...positionals].includes(name));
const world = new World({
  programs: resolve(values.programs), entry: resolve(values["code-server"]), node: values.node, vsix: resolve(values.vsix), pictures: resolve(values.pictures),
});
// Whatever happens, nothing is left running.
process.on("unhandledRejection", (error) => {
  console.error(error);
  process.exitCode = 1;
  void world.end().finally(() => process.exit());
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => void world.end().finally(() => process.exit(1)));
try {
  await world.begin({ files: FILES });
  await play(world, Object.fromEntries(wanted.map((name) => [name, ordered[name]])));
  console.log("-- passed");
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await world.end();
}
