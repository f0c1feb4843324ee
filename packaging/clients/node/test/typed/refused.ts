// What `tsc --strict` refuses. Each comment that expects an error is one itself where there is none.

import { Workspace, accounts } from "mixpanel-mpd";

export async function wrong(ws: Workspace): Promise<void> {
  const days = { fromDate: "a", toDate: "b" };
  // @ts-expect-error no such operation
  await ws.segmentatoin("Sign Up", days);
  // @ts-expect-error no such argument
  await ws.segmentation("Sign Up", { ...days, color: "red", unit: "day" } satisfies Parameters<Workspace["segmentation"]>[1]);
  // @ts-expect-error one is missing
  await ws.segmentation("Sign Up", { fromDate: "a" });
  // @ts-expect-error all are missing
  await ws.segmentation("Sign Up");
  // @ts-expect-error no such word
  await ws.segmentation("Sign Up", { ...days, unit: "year" });
  // @ts-expect-error a list
  await ws.segmentation(["Sign Up"], days);
  // @ts-expect-error a text
  await ws.getDashboard("7");
  // @ts-expect-error the title is missing
  await ws.createDashboard({ isPrivate: true });
  // @ts-expect-error no such field
  await ws.createDashboard({ title: "x", colour: "red" });
  // @ts-expect-error no such field of an answer
  (await ws.getDashboard(7)).tilte;
  // @ts-expect-error no such axis
  await ws.use({ acount: "team" });
  // @ts-expect-error no such argument
  await accounts.add({ type: "service_account", kind: "x" });
  // @ts-expect-error a stream is no promise
  (await ws.streamEvents(days)).length;
}
