"""Ad-hoc funnels, retention and flows: what is asked, without asking it."""

import json

import mixpanel_headless as mp

days = {"from_date": "2025-01-01", "to_date": "2025-01-31"}


def show(params):
    print(json.dumps(params, sort_keys=True))


ws = mp.Workspace()
show(ws.build_funnel_params(["Sign Up", "Purchase"], **days))
show(ws.build_funnel_params(
    ["Sign Up", mp.FunnelStep("Add to Cart", label="Cart", filters=[mp.Filter.not_equals("plan", "free")], filters_combinator="any"), "Purchase"],
    conversion_window=7, order="any", exclusions=["Log Out", mp.Exclusion("Refund", 0, 1)],
    holding_constant=[mp.HoldingConstant("$browser"), mp.HoldingConstant("plan", "people")], math="unique", mode="trends",
    group_by=mp.GroupBy("country"), where=mp.Filter.not_in_cohort(5, "VIP"), time_comparison=mp.TimeComparison.absolute_start("2024-12-01"), **days,
))
show(ws.build_funnel_params(mp.BehaviorRef(9, "funnel"), **days))
show(ws.build_retention_params("Sign Up", "Log In", bucket_sizes=[1, 3, 7], **days))
show(ws.build_retention_params(
    mp.RetentionEvent("Sign Up", filters=[mp.Filter.contains("source", "ad")]), mp.RetentionEvent("Purchase"), retention_unit="day",
    alignment="interval_start", unbounded_mode="carry_forward", retention_cumulative=True, mode="trends", group_by="country", **days,
))
show(ws.build_flow_params("Sign Up", forward=4, **days))
show(ws.build_flow_params(
    [mp.FlowStep("Add to Cart", forward=2, reverse=1, filters=[mp.Filter.at_least("amount", 10)]), "Purchase"], count_type="total", mode="paths",
    hidden_events=["Log Out"], collapse_repeated=True, where=mp.Filter.in_cohort(5, "VIP"), segments=mp.GroupBy("country"), **days,
))
