// A tour of typed calls. It runs against the sandbox, and `tsc --strict` has nothing to say about it.

import { QueryError, Workspace, type Cohort, type Dashboard, type SegmentationResult } from "mixpanel-mpd";

async function discover(ws: Workspace): Promise<string> {
  const events: string[] = await ws.events({ refresh: true });
  const values = await ws.propertyValues("plan", { event: events[0]!, limit: 3 });
  const fields = (await ws.subproperties("cart")).map((field) => field.name);
  const top = (await ws.topEvents({ type: "unique", limit: 2 }))[0]!;
  return [events.length, values, fields, top.event].join(" ");
}

async function ask(ws: Workspace): Promise<number> {
  const days = { fromDate: "2025-01-01", toDate: "2025-01-03" };
  const result: SegmentationResult = await ws.segmentation("Sign Up", { ...days, unit: "day", on: "country" });
  const funnel = await ws.funnel((await ws.funnels())[0]!.funnel_id, days);
  const retention = await ws.retention({ bornEvent: "Sign Up", returnEvent: "Purchase", ...days, intervalCount: 2 });
  const counts = await ws.eventCounts(["Sign Up"], { ...days, type: "general" });
  const sum = await ws.segmentationSum("Purchase", { ...days, on: "amount" });
  const steps = funnel.steps.reduce((all, step) => all + step.conversion_rate, 0);
  return result.total + steps + retention.cohorts.length + Object.keys(counts.series).length + Object.keys(sum.results).length;
}

async function keep(ws: Workspace): Promise<string[]> {
  const board: Dashboard = await ws.createDashboard({ title: "Tour", isPrivate: true });
  await ws.updateDashboard(board.id, { description: "of typed calls" });
  await ws.favoriteDashboard(board.id);
  const titles = (await ws.listDashboards()).map((one) => one.title);
  await ws.deleteDashboard(board.id);
  const cohort: Cohort = await ws.createCohort({ name: "Tour", definition: { behavioral_filter: {} } });
  await ws.updateCohort(cohort.id, { name: "The tour" });
  await ws.deleteCohort(cohort.id);
  const note = await ws.createAnnotation({ date: "2025-01-15 00:00:00", description: "Launch", tags: [1] });
  await ws.deleteAnnotation(note.id);
  return titles;
}

async function main(): Promise<void> {
  const ws = new Workspace();
  console.log(await discover(ws), (await ask(ws)) > 0, await keep(ws));
  const held = await ws.snapshot();
  let count = 0;
  for await (const event of held.streamEvents({ fromDate: "2025-01-01", toDate: "2025-01-01", limit: 7 })) count += event["event_name"] ? 1 : 0;
  console.log((await held.session()).state, count);
  try {
    await ws.getCohort(999);
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    console.log(error.code, error.status);
  }
  ws.close();
}

await main();
