"""A tour of typed calls. It runs against the sandbox, and `mypy --strict` has nothing to say about it."""

from __future__ import annotations

import asyncio

import mixpanel_mpd as mp
from mixpanel_mpd import AsyncWorkspace, Cohort, Dashboard, SegmentationResult, Workspace


def discover(ws: Workspace) -> str:
    events: list[str] = ws.events(refresh=True)
    values: list[str] = ws.property_values("plan", event=events[0], limit=3)
    fields = [field.name for field in ws.subproperties("cart")]
    top = ws.top_events(type="unique", limit=2)[0]
    return f"{len(events)} {values} {fields} {top.event}"


def ask(ws: Workspace) -> float:
    days = ("2025-01-01", "2025-01-03")
    result: SegmentationResult = ws.segmentation("Sign Up", from_date=days[0], to_date=days[1], unit="day", on="country")
    funnel = ws.funnel(ws.funnels()[0].funnel_id, from_date=days[0], to_date=days[1])
    retention = ws.retention(born_event="Sign Up", return_event="Purchase", from_date=days[0], to_date=days[1], interval_count=2)
    counts = ws.event_counts(["Sign Up"], from_date=days[0], to_date=days[1], type="general")
    total = ws.segmentation_sum("Purchase", from_date=days[0], to_date=days[1], on="amount")
    steps = [step.conversion_rate for step in funnel.steps]
    return result.total + sum(steps) + len(retention.cohorts) + len(counts.series) + len(total.results)


def build(ws: Workspace) -> int:
    spenders = mp.CohortDefinition.all_of(mp.CohortCriteria.did_event("Purchase", at_least=3, within_days=30), {"in_cohort": 7})
    where: list[mp.Filter] = [mp.Filter.equals("country", ["US", "CA"]), mp.Filter.in_cohort(spenders, "Spenders")]
    metrics = [mp.Metric("Purchase", math="average", property=mp.CustomPropertyRef(42), filters=where), mp.Metric("Sign Up")]
    bodies = [
        ws.build_params([*metrics, mp.Formula("A / B")], where=where, group_by=["plan", mp.GroupBy("amount", "number", 10, 0, 100)], last=7),
        ws.build_params("Log In", where={"property": "age", "op": "at_least", "value": 18}, time_comparison=mp.TimeComparison.relative("month")),
        ws.build_funnel_params(["Sign Up", mp.FunnelStep("Purchase", filters=where)], exclusions=[mp.Exclusion("Refund")], holding_constant="plan"),
        ws.build_retention_params(mp.RetentionEvent("Sign Up"), "Log In", where=where[0], group_by=mp.CohortBreakdown(5)),
        ws.build_flow_params([mp.FlowStep("Purchase", reverse=2), "Log Out"], where=where[1], segments="plan"),
        ws.build_user_params(cohort=spenders, where=where[0], mode="profiles", limit=None),
    ]
    return len(bodies)


def keep(ws: Workspace) -> list[str]:
    board: Dashboard = ws.create_dashboard({"title": "Tour", "is_private": True})
    ws.update_dashboard(board.id, mp.UpdateDashboardParams(description="of typed calls"))
    ws.favorite_dashboard(board.id)
    titles = [one.title for one in ws.list_dashboards()]
    ws.delete_dashboard(board.id)
    cohort: Cohort = ws.create_cohort({"name": "Tour", "definition": {"behavioral_filter": {}}})
    ws.update_cohort(cohort.id, {"name": "The tour"})
    ws.delete_cohort(cohort.id)
    note = ws.create_annotation({"date": "2025-01-15 00:00:00", "description": "Launch", "tags": [1]})
    ws.delete_annotation(note.id)
    return titles


async def meanwhile() -> int:
    async with AsyncWorkspace() as ws:
        events, boards = await asyncio.gather(ws.events(), ws.list_dashboards(ids=[1]))
        asked = await ws.run_params(await ws.build_params(mp.Metric("Sign Up", math="unique")), limit=5)
        count = 0
        async for event in ws.stream_events(from_date="2025-01-01", to_date="2025-01-01", limit=7):
            count += bool(event["event_name"])
        return count + len(events) + len(boards) + len(asked.rows())


def main() -> None:
    with Workspace() as ws:
        print(discover(ws), ask(ws) > 0, build(ws), keep(ws))
        with ws.snapshot() as held:
            print(held.session.state, sum(1 for _ in held.stream_profiles(limit=3)))
        try:
            ws.get_cohort(999)
        except mp.QueryError as error:
            print(error.code, error.status_code)
        print(asyncio.run(meanwhile()) > 7)


if __name__ == "__main__":
    main()
