// What a click on the status bar offers.

import { isEmpty } from "./choice";
import type { Choice } from "./choice";
import { withoutIcons, plain } from "./text";
import type { View } from "./wire";

export interface Entry {
  label: string;
  description?: string;
  command?: string;
  isSeparator?: boolean;
}

/** The entries that make sense as it is now. */
export function entries(view: View, choice: Choice): Entry[] {
  const { session } = view;
  const name = (text: string | null | undefined): string => withoutIcons(plain(text ?? ""));
  const switches: Entry[] = !session?.account ? [] : [
    { label: "$(account) Account", description: name(session.account.name), command: "mixpanel.switchAccount" },
    { label: "$(briefcase) Project", description: name(session.project?.name ?? session.project?.id ?? "none"), command: "mixpanel.switchProject" },
    ...(session.project ? [{ label: "$(layers) Workspace", description: name(session.workspace?.name ?? session.workspace?.id.toString() ?? "not pinned"), command: "mixpanel.switchWorkspace" }] : []),
    { label: "$(target) Target", description: name(choice.target), command: "mixpanel.switchTarget" },
    ...(isEmpty(choice) ? [] : [{ label: "$(discard) Follow what is stored for all tools", command: "mixpanel.followAll" }]),
    { label: "Look", isSeparator: true },
    { label: "$(info) Session, and who decided", command: "mixpanel.showSession" },
    { label: "$(search) Find events", command: "mixpanel.findEvents" },
    { label: "$(checklist) Compare events in code and project", command: "mixpanel.showReport" },
  ];
  const logins: Entry[] = view.reach === "running" || view.reach === "connecting" ? [
    { label: "Login", isSeparator: true },
    ...(view.logins.length > 0 ? [{ label: "$(sync) Finish or cancel the open login", command: "mixpanel.loginActions" }] : []),
    { label: "$(sign-in) Log in", command: "mixpanel.login" },
    ...(session?.account ? [{ label: "$(sign-out) Log out", command: "mixpanel.logout" }] : []),
  ] : [];
  const isRunning = view.reach === "running";
  return [
    ...switches, ...logins,
    { label: "Daemon", isSeparator: true },
    isRunning ? { label: "$(debug-restart) Restart the daemon", command: "mixpanel.restartDaemon" } : { label: "$(play) Start the daemon", command: "mixpanel.startDaemon" },
    { label: "$(pulse) Doctor", command: "mixpanel.doctor" },
    { label: "$(gear) Open config.toml", command: "mixpanel.openConfig" },
    { label: "$(output) Log of this extension", command: "mixpanel.showLog" },
  ];
}
