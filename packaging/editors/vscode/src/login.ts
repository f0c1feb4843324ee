// Logins: begun here or elsewhere, shown while they are open, finished or cancelled.

import { Problem } from "mixpanel-mpd";
import type { Client } from "mixpanel-mpd";
import * as vscode from "vscode";
import { told } from "./daemon";
import type { Daemon } from "./daemon";
import { loginProjects } from "./rows";
import { plain } from "./text";
import type { AccountSummary, Login } from "./wire";

type Start = Record<string, string | boolean>;

/** What can be done with a login that waits for a browser. */
const ACTIONS = [
  { label: "$(link-external) Open in the browser", description: "again", action: "open" },
  { label: "$(copy) Copy the link", description: "for a browser on another computer", action: "copy" },
  { label: "$(clippy) Paste the answer", description: "the address of the page on which the browser ended, which it could not show", action: "paste" },
  { label: "$(close) Cancel this login", description: "", action: "cancel" },
];

/** A step of a question that was left. */
class Left extends Error {}

export class Logins {
  /** The logins that this window shows. */
  readonly #shown = new Set<string>();

  constructor(private readonly daemon: Daemon, private readonly log: vscode.LogOutputChannel) {}

  /** Asks how, and logs in. */
  async begin(): Promise<void> {
    try {
      const [start, env] = await this.#ask();
      await this.start(start, env);
    } catch (error) {
      if (!(error instanceof Left)) throw error;
    }
  }

  /** Logs a browser account in again. */
  again(account: string): Promise<void> {
    return this.start({ account });
  }

  async start(body: Start, env?: Record<string, string>): Promise<void> {
    // A login has a client of its own: it goes on when the window switches, and no variable of it stays.
    const client = this.daemon.make({ mayStart: true, ...(env ? { env } : {}) });
    try {
      const isAlone = !isElsewhere();
      const login = (await client.call("POST", "/v1/logins", isAlone || body.service_account ? body : { ...body, no_browser: true })) as Login;
      this.log.info(`login ${login.id} has begun`);
      void this.daemon.refresh();
      if (this.#shown.has(login.id)) {
        await this.act(login);
        return;
      }
      const address = (isAlone ? login.open_url : undefined) ?? login.authorize_url;
      if (address && login.state === "waiting_for_browser") {
        if (!(await open(address))) void this.act(login).catch((error) => this.log.warn(told(error)));
      }
      await this.#follow(client, login);
    } finally {
      client.close();
    }
  }

  /** Offers what can be done with an open login. */
  async actions(): Promise<void> {
    const { logins } = (await this.daemon.client({ mayStart: true }).call("GET", "/v1/logins")) as { logins: Login[] };
    if (logins.length === 0) {
      void vscode.window.showInformationMessage("No login is open.");
      return;
    }
    const rows = logins.map((login) => ({ label: plain(login.account ?? "New account"), description: words(login), login }));
    const chosen = rows.length === 1 ? rows[0] : await vscode.window.showQuickPick(rows, { title: "Open logins" });
    if (chosen) await this.act(chosen.login);
  }

  /** What a person can do who waits for a browser: one that runs elsewhere may end on a page that it cannot show. */
  async act(login: Login): Promise<void> {
    const isWaiting = login.state === "waiting_for_browser" && login.authorize_url !== null;
    const rows = isWaiting ? ACTIONS : ACTIONS.filter((row) => row.action === "cancel");
    const title = `Login${login.account ? ` of ${plain(login.account)}` : ""}: ${words(login)}`;
    const chosen = await vscode.window.showQuickPick(rows, { title, ignoreFocusOut: true });
    const client = this.daemon.client({ mayStart: false });
    const path = `/v1/logins/${encodeURIComponent(login.id)}`;
    try {
      if (chosen?.action === "open") await open(login.authorize_url ?? "");
      if (chosen?.action === "copy") await vscode.env.clipboard.writeText(login.authorize_url ?? "");
      if (chosen?.action === "paste") await this.#paste(client, path);
      if (chosen?.action === "cancel") await client.call("DELETE", path);
    } catch (error) {
      // The login may have ended meanwhile: then this is too late, and nothing to worry about.
      if (!(error instanceof Problem && error.code === "login_not_found")) throw error;
    }
  }

  async #paste(client: Client, path: string): Promise<void> {
    const url = await vscode.window.showInputBox({
      title: "The address of the page on which the browser ended",
      placeHolder: "http://localhost:19284/callback?code=…&state=…",
      password: true,
      ignoreFocusOut: true,
    });
    if (url) await client.call("POST", `${path}/callback`, { url: url.trim() });
  }

  async #follow(client: Client, login: Login): Promise<void> {
    this.#shown.add(login.id);
    const path = `/v1/logins/${encodeURIComponent(login.id)}`;
    try {
      await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title: "Mixpanel login", cancellable: true },
        async (progress, token) => {
          const cancelled = token.onCancellationRequested(() => {
            void this.daemon.client({ mayStart: false }).call("DELETE", path).catch((error) => this.log.warn(told(error)));
          });
          try {
            login = await this.#end(client, path, login, progress);
          } finally {
            cancelled.dispose();
          }
          if (token.isCancellationRequested) throw new Left();
        },
      );
    } catch (error) {
      if (error instanceof Left) return;
      throw error;
    } finally {
      this.#shown.delete(login.id);
      void this.daemon.refresh();
    }
    this.#told(login);
  }

  /** Waits for the end by calls that answer when something has changed. */
  async #end(client: Client, path: string, login: Login, progress: vscode.Progress<{ message: string }>): Promise<Login> {
    while (login.state !== "done" && login.state !== "failed") {
      // Whoever waits in vain finds here what else can be done.
      const more = login.state === "waiting_for_browser" ? " [Other ways](command:mixpanel.loginActions)" : "";
      progress.report({ message: `${words(login)}${more}` });
      if (login.state === "choose_project") {
        const project = await pick(login);
        login = (await (project === undefined ? client.call("DELETE", path) : client.call("POST", `${path}/project`, { project }))) as Login;
        if (project === undefined) throw new Left();
      } else {
        login = (await client.call("GET", `${path}?wait_s=50&after=${login.revision}`)) as Login;
      }
    }
    return login;
  }

  #told(login: Login): void {
    for (const note of login.notes) this.log.info(plain(note, 400));
    if (login.state === "done") {
      const who = plain(login.result?.user_email ?? "");
      const project = login.result?.project_name ?? login.result?.project;
      const text = `Logged in${who ? ` as ${who}` : ""}: ${plain(login.account ?? "")}${project ? ` · ${plain(project)}` : ""}`;
      void vscode.window.showInformationMessage(text);
      return;
    }
    const detail = plain(login.problem?.detail ?? "it ended", 400);
    this.log.warn(`login ${login.id} failed: ${detail}`);
    if (login.problem?.code === "login_cancelled") return;
    void vscode.window.showErrorMessage(`The login failed: ${detail}`, "Try Again").then((again) => {
      if (again) void vscode.commands.executeCommand("mixpanel.login");
    });
  }

  async #ask(): Promise<[Start, Record<string, string>?]> {
    const { accounts } = (await this.daemon.client({ mayStart: true }).call("GET", "/v1/accounts")) as { accounts: AccountSummary[] };
    const again = accounts.filter((one) => one.type === "oauth_browser");
    const rows: Array<vscode.QuickPickItem & { how: "again" | "browser" | "service"; account?: string }> = [
      ...again.map((one) => ({ label: `$(sign-in) ${one.name}`, description: `log in again · ${one.region}`, how: "again" as const, account: one.name })),
      { label: "$(globe) New account, in the browser", description: "named after your organization", how: "browser" },
      { label: "$(key) New service account", description: "user name and secret", how: "service" },
    ];
    const chosen = again.length === 0 ? await first(rows) : await first(rows, "Log in to Mixpanel");
    if (chosen.how === "again" && chosen.account !== undefined) return [{ account: chosen.account }];
    if (chosen.how === "browser") {
      const region = await first([
        { label: "us", description: "mixpanel.com" }, { label: "eu", description: "eu.mixpanel.com" }, { label: "in", description: "in.mixpanel.com" },
      ], "Where is the data of your organization?");
      return [{ region: region.label }];
    }
    const name = await input("User name of the service account", false);
    const secret = await input("Secret of the service account: it goes to mpd and nowhere else", true);
    return [{ service_account: true, secret }, { MP_USERNAME: name }];
  }
}

async function first<T extends vscode.QuickPickItem>(rows: T[], title = "Log in to Mixpanel"): Promise<T> {
  const chosen = await vscode.window.showQuickPick(rows, { title, ignoreFocusOut: true });
  if (chosen === undefined) throw new Left();
  return chosen;
}

async function input(title: string, password: boolean): Promise<string> {
  const text = await vscode.window.showInputBox({ title, password, ignoreFocusOut: true });
  if (!text) throw new Left();
  return text;
}

async function pick(login: Login): Promise<string | undefined> {
  const rows = loginProjects(login.projects);
  return (await vscode.window.showQuickPick(rows, { title: "Default project of the account", ignoreFocusOut: true, matchOnDescription: true }))?.value;
}

function words(login: Login): string {
  return login.state === "waiting_for_browser" ? "waiting for the browser…" : login.state === "finishing" ? "asking Mixpanel…" : "choose a project";
}

/** Whether the browser runs on another machine than the daemon, so that it cannot come back to it by itself. */
function isElsewhere(): boolean {
  return vscode.env.remoteName !== undefined || vscode.env.uiKind === vscode.UIKind.Web;
}

/**
 * Opens an address as it is. Taken apart into a `Uri` and put together again, its query would be escaped in another way than its author
 * did; all versions of the editor take a text, too, though their types do not say so.
 */
export function open(address: string): Thenable<boolean> {
  return vscode.env.openExternal(address as unknown as vscode.Uri);
}
