"""Ad-hoc questions about users: what is asked, without asking it."""

import json

import mixpanel_headless as mp
from mixpanel_headless import CohortCriteria, CohortDefinition, Filter


def show(params):
    print(json.dumps(params, sort_keys=True))


ws = mp.Workspace()
show(ws.build_user_params(where=Filter.equals("plan", "pro")))
show(ws.build_user_params(
    where=[Filter.between("age", 18, 30), Filter.is_not_set("$email")], mode="profiles", limit=None, sort_by="ltv", sort_order="ascending",
    properties=["$email", "plan"], search="ann",
))
show(ws.build_user_params(cohort=12, aggregate="numeric_summary", aggregate_property="ltv", segment_by=[7, 8]))
show(ws.build_user_params(
    cohort=CohortDefinition(
        CohortCriteria.did_event("Purchase", exactly=2, from_date="2025-01-01", to_date="2025-01-31", aggregation="total", aggregation_property="amount"),
        CohortCriteria.did_not_do_event("Log Out", within_weeks=2),
        CohortCriteria.property_is_set("$email"),
    ),
    mode="profiles",
))
show(ws.build_user_params(where=[Filter.in_cohort(5), Filter.not_contains("city", "B")], aggregate="percentile", aggregate_property="ltv", percentile=90))
