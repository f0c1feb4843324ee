// A home that is gone afterwards, with a fake Mixpanel, code-server with the extension in it, and a Chromium that shows it.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { chromium } from "playwright-core";

const run = promisify(execFile);
export const SOON = 240_000;

export class World {
  #ends = [];

  constructor({ programs, entry, node, vsix, pictures }) {
    Object.assign(this, { programs, entry, node, vsix, pictures });
    // Short, for the path of a socket may have about 100 bytes.
    this.home = mkdtempSync("/tmp/mp-vscode.");
    this.folder = join(this.home, "shop");
    this.secrets = new Set(["MP_SECRET"]);
  }

  async begin({ files }) {
    mkdirSync(this.pictures, { recursive: true });
    mkdirSync(this.folder);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.folder, name), text);
    // The extension host has the PATH of a login shell, as on a desktop: mp is found where people have it.
    mkdirSync(join(this.home, ".local/bin"), { recursive: true });
    symlinkSync(realpathSync(join(this.programs, "mp")), join(this.home, ".local/bin/mp"));
    await this.#sandbox();
    this.env = {
      PATH: `${this.programs}:/usr/local/bin:/usr/bin:/bin`, HOME: this.home, LANG: "C.UTF-8", TERM: "dumb", NO_COLOR: "1", MPD_UPSTREAM: this.upstream,
      // Nobody looks for extensions elsewhere.
      EXTENSIONS_GALLERY: '{"serviceUrl":"http://127.0.0.1:9/","itemUrl":"http://127.0.0.1:9/","resourceUrlTemplate":"http://127.0.0.1:9/"}',
    };
    await this.#server();
    await this.#browser();
  }

  /** Runs mp as a terminal does. */
  async mp(...words) {
    const { stdout } = await run(join(this.programs, "mp"), words, { env: this.env, cwd: this.folder, timeout: SOON });
    return stdout;
  }

  /** Runs mp beside what else happens; resolves to how it ended. */
  start(...words) {
    return this.mp(...words).then(() => 0, (error) => error.code);
  }

  /** Asks the daemon, past everything of ours. */
  get(path) {
    return new Promise((resolve, reject) => {
      const socketPath = join(this.home, ".mp/run/mpd.sock");
      request({ socketPath, path, headers: { host: "mpd" } }, async (response) => {
        let text = "";
        for await (const part of response) text += part;
        resolve(JSON.parse(text));
      }).on("error", reject).end();
    });
  }

  /** The arguments of each `mp mcp` that runs in this home. */
  mcpServers() {
    const program = join(this.home, ".local/bin/mp");
    return processes().map(([, words]) => words).filter((words) => words[0] === program && words.includes("mcp")).map((words) => words.slice(1).join(" "));
  }

  /** The language servers of this home: their working directory tells. */
  servers() {
    const isOurs = ([pid, words]) => /\/mp-lsp$/.test(words[0] ?? "") && folderOf(pid) === this.folder;
    return processes().filter(isOurs).map(([pid]) => pid);
  }

  /** Keeps the secrets that are on disk now, to look for them later where they must not be. */
  remember() {
    if (!existsSync(join(this.home, ".mp/accounts"))) return;
    for (const path of readdirSync(join(this.home, ".mp/accounts"), { recursive: true }).filter((path) => path.endsWith("tokens.json"))) {
      const tokens = JSON.parse(readFileSync(join(this.home, ".mp/accounts", path), "utf8"));
      for (const [name, value] of Object.entries(tokens)) if (/token$/.test(name) && typeof value === "string" && value.length > 8) this.secrets.add(value);
    }
  }

  async end() {
    for (const end of this.#ends.reverse()) await end().catch((error) => console.error(String(error)));
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }

  /** All that the editor and its extensions have logged. */
  log(name = ".log") {
    const folder = join(this.home, "code/logs");
    const paths = readdirSync(folder, { recursive: true }).filter((path) => path.endsWith(name));
    return paths.map((path) => readFileSync(join(folder, path), "utf8")).join("\n");
  }

  async #sandbox() {
    const path = [join(this.programs, "examples/sandbox"), join(this.programs, "sandbox")].find((path) => existsSync(path));
    const sandbox = spawn(path, [], { stdio: ["pipe", "pipe", "pipe"] });
    let said = "";
    sandbox.stderr.on("data", (data) => (said += data));
    const ended = once(sandbox, "exit");
    [this.upstream] = await once(createInterface(sandbox.stdout), "line");
    this.#ends.push(async () => {
      await run(join(this.programs, "mp"), ["daemon", "stop"], { env: this.env }).catch(() => {});
      sandbox.stdin.end();
      const [code] = await ended;
      if (code !== 0) {
        process.exitCode = 1;
        console.error(`the fake Mixpanel saw a client misbehave: ${said}`);
      }
    });
  }

  async #server() {
    const port = await freePort();
    const data = join(this.home, "code");
    mkdirSync(join(data, "User"), { recursive: true });
    writeFileSync(join(this.home, "config.yaml"), `bind-addr: 127.0.0.1:${port}\nauth: none\ncert: false\n`);
    writeFileSync(join(data, "User/settings.json"), JSON.stringify({
      "security.workspace.trust.enabled": false, "workbench.startupEditor": "none", "telemetry.telemetryLevel": "off",
      "extensions.autoUpdate": false, "extensions.autoCheckUpdates": false, "workbench.tips.enabled": false, "editor.minimap.enabled": false,
      "workbench.colorTheme": "Default Dark Modern", "chat.commandCenter.enabled": false, "window.commandCenter": false,
    }));
    const common = [this.entry, "--user-data-dir", data, "--extensions-dir", join(this.home, "extensions"), "--config", join(this.home, "config.yaml")];
    await run(this.node, [...common, "--install-extension", this.vsix], { env: this.env, timeout: 2 * SOON });
    const server = spawn(this.node, [...common, "--disable-telemetry", "--disable-update-check", "--disable-workspace-trust", this.folder], {
      env: this.env, stdio: ["ignore", "pipe", "pipe"], detached: true,
    });
    const ended = once(server, "exit");
    this.#ends.push(async () => {
      process.kill(-server.pid, "SIGTERM");
      const timer = setTimeout(() => process.kill(-server.pid, "SIGKILL"), 10_000);
      await ended;
      clearTimeout(timer);
    });
    this.address = `http://127.0.0.1:${port}/?folder=${encodeURIComponent(this.folder)}`;
    await until(async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).ok, "code-server answers");
  }

  async #browser() {
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-proxy-server"],
    });
    this.#ends.push(() => browser.close());
    this.context = await browser.newContext({ viewport: { width: 1280, height: 800 }, permissions: ["clipboard-read", "clipboard-write"] });
    this.strangers = [];
    this.context.on("request", (request) => {
      const at = new URL(request.url());
      // What a preview loads by that name comes from the editor's own service worker.
      const isOwn = ["127.0.0.1", "localhost"].includes(at.hostname) || at.hostname.endsWith(".vscode-resource.vscode-cdn.net");
      if (at.protocol.startsWith("http") && !isOwn) this.strangers.push(request.url());
    });
  }
}

/** All processes, each with its words. */
function processes() {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map((pid) => {
    try {
      return [Number(pid), readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").filter(Boolean)];
    } catch {
      return [Number(pid), []]; // It has ended.
    }
  });
}

function folderOf(pid) {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Repeats a question until its answer is true. */
export async function until(ask, what, most = SOON) {
  for (let end = Date.now() + most; ; ) {
    const found = await Promise.resolve().then(ask).catch(() => undefined);
    if (found) return found;
    if (Date.now() > end) throw new Error(`it never came that ${what}`);
    await pause(100);
  }
}
