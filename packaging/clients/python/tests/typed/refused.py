"""What `mypy --strict` refuses. Each comment that expects an error is one itself where there is none."""

import mixpanel_mpd as mp
from mixpanel_mpd import AsyncWorkspace, Workspace


def wrong(ws: Workspace, later: AsyncWorkspace) -> None:
    ws.segmentatoin("Sign Up", from_date="a", to_date="b")  # type: ignore[attr-defined]
    ws.segmentation("Sign Up", from_date="a", to_date="b", color="red")  # type: ignore[call-arg]
    ws.segmentation("Sign Up", from_date="a")  # type: ignore[call-arg]
    ws.segmentation("Sign Up", from_date="a", to_date="b", unit="year")  # type: ignore[arg-type]
    ws.segmentation(["Sign Up"], from_date="a", to_date="b")  # type: ignore[arg-type]
    ws.get_dashboard("7")  # type: ignore[arg-type]
    ws.create_dashboard({"is_private": True})  # type: ignore[typeddict-item]
    ws.create_dashboard({"title": "x", "colour": "red"})  # type: ignore[typeddict-unknown-key]
    mp.CreateCohortParams(description="x")  # type: ignore[typeddict-item]
    ws.get_dashboard(7).title.no_such  # type: ignore[attr-defined]
    ws.use(acount="team")  # type: ignore[call-arg]
    mp.accounts.add("x", kind="service_account")  # type: ignore[call-arg]
    mp.Metric("Purchase", math="averge")  # type: ignore[arg-type]
    mp.Metric()  # type: ignore[call-arg]
    mp.Filter.greater_than("age", "30")  # type: ignore[arg-type]
    mp.Filter.eqals("country", "US")  # type: ignore[attr-defined]
    mp.Filter.in_the_last("created", 7, "year")  # type: ignore[arg-type]
    ws.query(mp.Filter.is_set("plan"))  # type: ignore[arg-type]
    ws.query("Purchase", where=mp.Metric("Purchase"))  # type: ignore[arg-type]
    ws.query_funnel(["Sign Up", mp.FlowStep("Purchase")])  # type: ignore[list-item]
    ws.query_user(limit="all")  # type: ignore[arg-type]
    ws.run_params(5)  # type: ignore[arg-type]
    title: int = ws.get_dashboard(7).title  # type: ignore[assignment]
    rows: list[str] = later.events()  # type: ignore[assignment]
