// The daemon as this window sees it: one stream of events, and what follows from them.

import { setTimeout as pause } from "node:timers/promises";
import { Client, Problem, socketPath } from "mixpanel-mpd";
import type { Event as Happening } from "mixpanel-mpd";
import * as vscode from "vscode";
import { missing } from "./describe";
import { Place } from "./place";
import { program, settings } from "./settings";
import type { Login, Reach, Session, Status, View } from "./wire";
import type { Window } from "./window";

const NAME = "mixpanel-vscode/0.1.0";
/** The pauses before further tries, in milliseconds, after a place has moved: a daemon binds its socket before it answers. */
const TRIES = [100, 200, 400, 800];
/** What does not change what the window shows. */
const IDLE = new Set(["call.waiting"]);

export class Daemon implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<View>();
  readonly #happened = new vscode.EventEmitter<Happening>();
  readonly #disposables: vscode.Disposable[];
  readonly onDidChange = this.#changed.event;
  readonly onDidHappen = this.#happened.event;
  #view: View = { reach: "connecting", logins: [] };
  #clients = new Map<string, Client>();
  #stream: Client | undefined;
  #isOver = false;
  #wake: (() => void) | undefined;
  #isAwake = false;
  #loading: Promise<void> | undefined;
  #isStale = false;

  constructor(private readonly window: Window, private readonly log: vscode.LogOutputChannel) {
    this.#disposables = [
      this.#changed,
      this.#happened,
      window.onDidChange(() => this.renew()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration("mixpanel.socket") || event.affectsConfiguration("mixpanel.binary")) this.reconnect();
      }),
      // Somebody who comes back to the window may have started or installed something.
      vscode.window.onDidChangeWindowState((state) => state.focused && this.#view.reach !== "running" && this.nudge()),
    ];
  }

  get view(): View {
    return this.#view;
  }

  /** Follows the daemon until the extension ends. */
  async follow(): Promise<void> {
    if (typeof process.geteuid !== "function") {
      this.#set({ reach: "unsupported", why: "mpd needs a Unix socket: open the folder in WSL, over SSH or in a container", logins: [] });
      return;
    }
    let mayStart = settings().autostart;
    let after: string | undefined;
    for (let tries = TRIES.length; !this.#isOver; ) {
      const moved = this.#watch();
      const last = await this.#listen(mayStart, after, () => {
        [tries, mayStart] = [0, false];
      });
      after = last ?? after;
      if (this.#isAwake) tries = 0;
      this.#isAwake = false;
      if (tries < TRIES.length) await pause(TRIES[tries++]);
      else if (!this.#isOver) {
        this.#absent();
        await this.#sleep();
      }
      moved?.dispose();
    }
  }

  /** Tries again now, if the daemon could not be reached. */
  nudge(): void {
    this.#isAwake = true;
    this.#wake?.();
  }

  /** Begins anew with other settings. */
  reconnect(): void {
    this.#stream?.close();
    this.renew();
    this.nudge();
  }

  /** Asks again as whom and for what this window works. */
  renew(): void {
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
    void this.refresh();
  }

  /** The daemon in the context of this window. What a person asks for may start it; what the window asks by itself does not. */
  client({ mayStart }: { mayStart: boolean }): Client {
    const key = String(mayStart);
    let client = this.#clients.get(key);
    if (!client) this.#clients.set(key, (client = this.make({ mayStart })));
    return client;
  }

  /** A client of its own, which its caller closes. */
  make({ mayStart, env }: { mayStart: boolean; env?: Record<string, string> }): Client {
    const { socket } = settings();
    const { path } = program();
    const folder = this.window.folder;
    return new Client({
      ...this.window.choice,
      autostart: mayStart && path !== undefined,
      name: NAME,
      env: { ...this.window.env, ...env },
      ...(socket ? { socket } : {}),
      ...(path ? { mp: path } : {}),
      ...(folder ? { cwd: folder } : {}),
    });
  }

  /** Reads the state again; while that is going on, once more. */
  refresh(): Promise<void> {
    this.#isStale = true;
    this.#loading ??= this.#load().finally(() => (this.#loading = undefined));
    return this.#loading;
  }

  dispose(): void {
    this.#isOver = true;
    this.#stream?.close();
    for (const client of this.#clients.values()) client.close();
    this.#wake?.();
    for (const one of this.#disposables) one.dispose();
  }

  /** Reads one stream to its end and returns the id of its last event. */
  async #listen(mayStart: boolean, after: string | undefined, connected: () => void): Promise<string | undefined> {
    try {
      this.#stream = this.make({ mayStart });
      for await (const event of this.#stream.events({ reconnect: false, ...(after === undefined ? {} : { after }) })) {
        connected();
        after = event.id ?? after;
        this.#happen(event);
      }
    } catch (error) {
      this.log.debug(`the event stream ended: ${told(error)}`);
      this.#view = { ...this.#view, why: told(error) };
    } finally {
      this.#stream?.close();
    }
    if (this.#view.reach === "running") this.#set({ ...this.#view, reach: "connecting" });
    return after;
  }

  #happen(event: Happening): void {
    this.log.debug(`event ${event.name}`);
    if (this.#view.reach !== "running") this.#view = { ...this.#view, reach: "running" };
    if (!IDLE.has(event.name)) void this.refresh();
    this.#happened.fire(event);
  }

  #watch(): Place | undefined {
    try {
      const path = settings().socket || socketPath(this.window.env);
      return new Place(path, () => this.nudge());
    } catch (error) {
      this.log.warn(told(error));
      return undefined;
    }
  }

  #absent(): void {
    const found = program();
    const reach: Reach = found.path === undefined ? "missing" : "absent";
    const why = found.path === undefined ? found.problem : this.#view.why;
    if (this.#view.reach !== reach) this.log.info(`${reach}: ${why ?? "the daemon does not answer"}`);
    this.#set({ reach, logins: [], ...(why === undefined ? {} : { why }) });
  }

  /** Waits until something has happened that is worth a try. */
  async #sleep(): Promise<void> {
    if (this.#isAwake || this.#isOver) return;
    await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#wake = undefined;
  }

  async #load(): Promise<void> {
    while (this.#isStale && !this.#isOver) {
      this.#isStale = false;
      if (this.#view.reach !== "running") return;
      const view = await this.#read();
      // What was read while the daemon went away, or for another choice, is of no use.
      if (this.#view.reach === "running" && !this.#isStale && !this.#isOver) this.#set(view);
    }
  }

  async #read(): Promise<View> {
    const client = this.client({ mayStart: false });
    const view: View = { reach: "running", logins: [] };
    const [session, status, logins] = await Promise.allSettled([
      client.session() as Promise<unknown> as Promise<Session>,
      client.call("GET", "/v1/status") as Promise<Status>,
      client.call("GET", "/v1/logins") as Promise<{ logins: Login[] }>,
    ]);
    if (session.status === "fulfilled") view.session = session.value;
    else view.problem = { code: session.reason instanceof Problem ? session.reason.code : "internal", detail: told(session.reason) };
    if (status.status === "fulfilled") view.status = status.value;
    if (logins.status === "fulfilled") view.logins = logins.value.logins;
    return view;
  }

  #set(view: View): void {
    this.#view = view;
    void vscode.commands.executeCommand("setContext", "mixpanel.state", state(view));
    void vscode.commands.executeCommand("setContext", "mixpanel.missing", missing(view));
    this.#changed.fire(view);
  }
}

/** The word by which menus and welcome texts know how it is. */
export function state(view: View): string {
  if (view.reach === "connecting") return view.session?.account ? "ready" : "connecting";
  if (view.reach !== "running") return view.reach;
  if (view.problem?.code === "config_invalid") return "invalid";
  return view.session?.account || view.status?.accounts.length ? "ready" : "empty";
}

/** A failure in words. What Mixpanel itself answered is not among them. */
export function told(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
