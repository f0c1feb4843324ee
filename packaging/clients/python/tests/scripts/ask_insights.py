"""Ad-hoc insights: what is asked, without asking it."""

import json

import mixpanel_headless as mp
from mixpanel_headless import CohortCriteria, CohortDefinition, Filter, GroupBy, Metric

days = {"from_date": "2025-01-01", "to_date": "2025-01-31"}


def show(params):
    print(json.dumps(params, sort_keys=True))


ws = mp.Workspace()
show(ws.build_params("Sign Up", **days))
show(ws.build_params(
    [Metric("Purchase", math="average", property="amount", filters=[Filter.equals("plan", ["pro", "team"])]), Metric("Sign Up", math="unique")],
    formula="A / B", formula_label="per user", unit="week", group_by=["country", GroupBy("amount", "number", bucket_size=10, bucket_min=0, bucket_max=100)],
    where=[Filter.greater_than("age", 30), Filter.is_set("$browser"), Filter.in_the_last("created", 7, "day", resource_type="people")],
    time_comparison=mp.TimeComparison.relative("month"), **days,
))
spenders = CohortDefinition.all_of(
    CohortCriteria.did_event("Purchase", at_least=3, within_days=30, where=Filter.greater_than("amount", 50)),
    CohortDefinition.any_of(CohortCriteria.has_property("plan", "pro"), CohortCriteria.not_in_cohort(7)),
)
show(ws.build_params("Log In", where=Filter.in_cohort(spenders, "Spenders"), group_by=mp.CohortBreakdown(5, "VIP"), mode="table", **days))
revenue = mp.InlineCustomProperty.numeric("A * B", A="price", B="quantity")
show(ws.build_params(
    [mp.Metric("Purchase", math="average", property=revenue), mp.MetricRef(12, label="Saved"), mp.CohortMetric(5, "VIP"),
     mp.Formula("A / B", "Share", [mp.Metric("Purchase"), mp.Metric("Sign Up")])],
    where=[Filter.date_between("created", "2025-01-01", "2025-01-15"), Filter.list_contains("cart", brand="nike"), mp.FrequencyFilter("Log In", 5),
           Filter(_property="age", _operator="is equal to", _value=5, _property_type="number")],
    group_by=[GroupBy.list_item("cart", "brand"), GroupBy(mp.CustomPropertyRef(42), "number"), mp.FrequencyBreakdown("Log In")], **days,
))
show(ws.build_params(
    [mp.FunnelMetric(mp.FunnelBehavior(["Sign Up", mp.FunnelStep("Purchase", filters=[Filter.is_true("paid")])], 7, exclusions=["Log Out"])),
     mp.RetentionMetric(mp.RetentionBehavior("Sign Up", mp.RetentionEvent("Log In"), "day"), bucket_index=1),
     Metric(mp.SimpleBehavior(["Log In", mp.CustomEventRef(3)], "Visits"))], **days,
))
try:
    ws.build_params("Purchase", math="average")
except mp.BookmarkValidationError as error:
    print([(one.path, one.code) for one in error.errors])
