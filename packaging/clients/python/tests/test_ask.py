"""What queries are made of: the JSON of each constructor, and the daemon's word on it."""

import copy
import json
import os
import pickle
import unittest
from datetime import date, datetime
from typing import Any

from test_scripts import ACCOUNT
from world import Home

import mixpanel_mpd as mp
from mixpanel_mpd import CohortCriteria, CohortDefinition, Filter, GroupBy, Metric, TimeComparison, Workspace, _ask, _filters

DAYS: Any = {"from_date": "2025-01-01", "to_date": "2025-01-31"}


def test(op: str, value: Any = None, **more: Any) -> dict[str, Any]:
    return {"property": "p", "op": op, **({} if value is None else {"value": value}), **more}


REVENUE = {"formula": "A * B", "inputs": {"A": {"name": "price", "type": "number"}, "B": {"name": "n", "type": "number"}}, "property_type": "number"}
FILTERS = [
    (Filter.equals("p", "a"), test("equals", "a")),
    (Filter.not_equals("p", ["a", 'q"é']), test("not_equals", ["a", 'q"é'])),
    (Filter.contains("p", "a"), test("contains", "a")),
    (Filter.not_contains(property="p", value="a"), test("not_contains", "a")),
    (Filter.starts_with("p", prefix="a"), test("starts_with", "a")),
    (Filter.ends_with("p", suffix="a"), test("ends_with", "a")),
    (Filter.greater_than("p", 0), test("greater_than", 0)),
    (Filter.less_than("p", 2.5), test("less_than", 2.5)),
    (Filter.at_least("p", -1), test("at_least", -1)),
    (Filter.at_most("p", 1), test("at_most", 1)),
    (Filter.between("p", min_val=0, max_val=2), test("between", [0, 2])),
    (Filter.not_between("p", 1, 2), test("not_between", [1, 2])),
    (Filter.is_set("p"), test("is_set")),
    (Filter.is_not_set("p", resource_type="people"), test("is_not_set", resource_type="people")),
    (Filter.is_true("p", resource_type="events"), test("is_true")),
    (Filter.is_false("p"), test("is_false")),
    (Filter.on("p", "2025-01-31"), test("on", "2025-01-31")),
    (Filter.not_on("p", date(2025, 1, 31)), test("not_on", "2025-01-31")),
    (Filter.before("p", datetime(2025, 1, 31, 23, 59)), test("before", "2025-01-31")),
    (Filter.since("p", date="2025-01-31"), test("since", "2025-01-31")),
    (Filter.date_between("p", date(2025, 1, 1), "2025-01-31"), test("date_between", ["2025-01-01", "2025-01-31"])),
    (Filter.date_not_between("p", "2025-01-01", to_date="2025-01-31"), test("date_not_between", ["2025-01-01", "2025-01-31"])),
    (Filter.in_the_last("p", 7, "day"), test("in_the_last", 7, unit="day")),
    (Filter.not_in_the_last("p", quantity=2, date_unit="week"), test("not_in_the_last", 2, unit="week")),
    (Filter.in_the_next("p", 1, "month"), test("in_the_next", 1, unit="month")),
    (Filter.list_contains("p", Filter.is_set("p"), quantifier="all"), test("list_contains", items=[test("is_set")], quantifier="all")),
    (Filter.list_contains("p", p="a"), test("list_contains", items=[test("equals", "a")], quantifier="any")),
    (Filter("p", "is equal to", 5, "number"), test("is equal to", 5, type="number")),
    (Filter(_property="p", _operator="equals", _value="a"), test("equals", "a", type="string")),
    (Filter.in_cohort(5), {"cohort": 5}),
    (Filter.not_in_cohort(5, "VIP"), {"cohort": 5, "name": "VIP", "negated": True}),
    (Filter.is_set(mp.CustomPropertyRef(42)), {"property": {"custom_property": 42}, "op": "is_set"}),
]
COHORTS = [
    (CohortCriteria.did_event("e", at_least=0, within_days=30, where=Filter.is_set("p")),
     {"did": "e", "at_least": 0, "within_days": 30, "where": test("is_set")}),
    (CohortCriteria.did_event("e", exactly=2, from_date=date(2025, 1, 1), to_date="2025-01-31", aggregation="total", aggregation_property="p"),
     {"did": "e", "exactly": 2, "from_date": "2025-01-01", "to_date": "2025-01-31", "aggregation": "total", "aggregation_property": "p"}),
    (CohortCriteria.did_not_do_event("e", within_weeks=2), {"did_not": "e", "within_weeks": 2}),
    (CohortCriteria.has_property("p", False, operator="not_equals", property_type="boolean"),
     {"has_property": "p", "value": False, "op": "not_equals", "type": "boolean"}),
    (CohortCriteria.property_is_set("p"), {"has_property": "p", "op": "is_set"}),
    (CohortCriteria.property_is_not_set("p"), {"has_property": "p", "op": "is_not_set"}),
    (CohortDefinition(CohortCriteria.in_cohort(1)), {"all_of": [{"in_cohort": 1}]}),
    (CohortDefinition.any_of(CohortCriteria.not_in_cohort(1), CohortDefinition.all_of()), {"any_of": [{"not_in_cohort": 1}, {"all_of": []}]}),
]
OTHERS = [
    (mp.InlineCustomProperty.numeric("A * B", A="price", B="n"), {"custom_property": REVENUE}),
    (mp.InlineCustomProperty("A", {"A": mp.PropertyInput("x", resource_type="user")}, resource_type="people"),
     {"custom_property": {"formula": "A", "inputs": {"A": {"name": "x", "resource_type": "user"}}, "resource_type": "people"}}),
    (mp.FrequencyFilter("e", 5, "is at most", 7, "day", [Filter.is_set("p")], "often"),
     {"frequency": {"event": "e", "value": 5, "operator": "is at most", "date_range_value": 7, "date_range_unit": "day",
                    "event_filters": [test("is_set")], "label": "often"}}),
    (GroupBy("p", "number", 10, 0, 100), {"property": "p", "type": "number", "bucket_size": 10, "bucket_min": 0, "bucket_max": 100}),
    (GroupBy.list_item("cart", "price", sub_type="number"), {"property": "cart", "list_item": {"sub": "price", "type": "number"}}),
    (GroupBy("cart", _list_item_mode=mp.ListItemGroupMode("brand")), {"property": "cart", "list_item": {"sub": "brand"}}),
    (mp.CohortBreakdown(5, "VIP", include_negated=False), {"cohort": 5, "name": "VIP", "include_negated": False}),
    (mp.FrequencyBreakdown("e", bucket_max=20), {"frequency": {"event": "e", "bucket_max": 20}}),
    (Metric("e"), {"event": "e"}),
    (Metric(["e", mp.CustomEventRef(3)], "percentile", "p", percentile_value=95, filters=[Filter.is_set("p")], filters_combinator="any"),
     {"event": ["e", {"custom_event": 3}], "math": "percentile", "property": "p", "percentile_value": 95, "filters": [test("is_set")],
      "filters_combinator": "any"}),
    (Metric(mp.SimpleBehavior(["e", mp.FunnelStep("f", "F")], "any"), segment_method="first"),
     {"event": {"any_of": ["e", {"event": "f", "label": "F"}], "name": "any"}, "segment_method": "first"}),
    (mp.CohortMetric(5, "VIP"), {"cohort": 5, "name": "VIP"}),
    (mp.FunnelMetric(mp.FunnelBehavior(["a", "b"], 7, "hour", exclusions=[mp.Exclusion("x", 1)], holding_constant=mp.HoldingConstant("p", "people"))),
     {"funnel": {"steps": ["a", "b"], "conversion_window": 7, "conversion_window_unit": "hour", "exclusions": [{"event": "x", "from_step": 1}],
                 "holding_constant": {"property": "p", "resource_type": "people"}}}),
    (mp.RetentionMetric(mp.RetentionBehavior("a", mp.RetentionEvent("b"), "day", bucket_sizes=[1, 3]), "unique", 0, True),
     {"retention": {"born_event": "a", "return_event": {"event": "b"}, "retention_unit": "day", "bucket_sizes": [1, 3]}, "math": "unique",
      "bucket_index": 0, "retention_cumulative": True}),
    (mp.RetentionMetric(mp.BehaviorRef(9, "retention")), {"retention": {"behavior": 9, "type": "retention"}}),
    (mp.MetricRef(12, type="formula", hidden=False, overrides={"a": {"b": None}}),
     {"metric": 12, "type": "formula", "hidden": False, "overrides": {"a": {"b": None}}}),
    (mp.Formula("A / B", "share", [Metric("e"), mp.MetricRef(1)]), {"formula": "A / B", "label": "share", "metrics": [{"event": "e"}, {"metric": 1}]}),
    (mp.FlowStep("e", 0, 2, session_event="start"), {"event": "e", "forward": 0, "reverse": 2, "session_event": "start"}),
    (TimeComparison.relative("month"), {"type": "relative", "unit": "month"}),
    (TimeComparison.absolute_start(date(2025, 1, 1)), {"type": "absolute-start", "date": "2025-01-01"}),
    (TimeComparison.absolute_end("2025-01-31"), {"type": "absolute-end", "date": "2025-01-31"}),
]


def kinds_in(value: Any) -> set[str]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return {type(value).__name__}.union(*map(kinds_in, inner))


class Constructors(unittest.TestCase):
    def test_each_is_the_json_that_the_daemon_takes(self) -> None:
        for made, should in FILTERS + COHORTS + OTHERS:
            with self.subTest(should):
                self.assertEqual(json.loads(json.dumps(made)), should)
                self.assertEqual(pickle.loads(pickle.dumps(made)), copy.deepcopy(made))

    def test_no_class_is_left_out(self) -> None:
        classes = {name for name in _ask.__all__ + _filters.__all__ if isinstance(getattr(mp, name), type)}
        self.assertEqual(classes - set().union(*(kinds_in(made) for made, _ in FILTERS + COHORTS + OTHERS)), set())
        self.assertGreaterEqual(len(classes), 28)

    def test_fields_can_be_read_and_defaults_are_equal(self) -> None:
        one = Metric("e", property="p")
        self.assertEqual((one.event, one.math, one.property, one.filters), ("e", "total", "p", None))
        self.assertEqual(Metric("e", "total", filters_combinator="all"), Metric("e"))
        self.assertEqual((mp.MetricRef(12).id, mp.Formula("A").expression, mp.FrequencyFilter("e", 5).value), (12, "A", 5))
        self.assertEqual(repr(GroupBy("p")), "GroupBy({'property': 'p'})")
        with self.assertRaisesRegex(AttributeError, "Metric has no field 'evnt'"):
            one.evnt

    def test_wrong_names_are_told_at_once(self) -> None:
        wrong: list[tuple[Any, str]] = [
            (lambda: Metric(), "Metric: missing a required argument: 'event'"),  # type: ignore[call-arg]
            (lambda: Metric("e", colour="red"), "Metric: got an unexpected keyword argument 'colour'"),  # type: ignore[call-arg]
            (lambda: Filter.equals("p"), "Filter.equals: missing a required argument: 'value'"),  # type: ignore[call-arg]
            (lambda: Filter.is_set("p", "x"), "Filter.is_set: too many positional arguments"),  # type: ignore[call-arg]
        ]
        for make, why in wrong:
            with self.assertRaises(TypeError) as caught:
                make()
            self.assertEqual(str(caught.exception), why)


class Asked(unittest.TestCase):
    home: Home
    ws: Workspace

    @classmethod
    def setUpClass(cls) -> None:
        cls.home = Home(ACCOUNT, MPD_UPSTREAM=os.environ["MPD_UPSTREAM"])
        cls.addClassCleanup(cls.home.__exit__)
        cls.ws = Workspace(env=cls.home.env)
        cls.addClassCleanup(cls.ws.close)

    def test_the_daemon_takes_each_filter_and_each_cohort(self) -> None:
        for made, should in FILTERS:
            with self.subTest(should):
                body = self.ws.build_params("e", where=made, **DAYS)
                self.assertEqual(len(body["sections"]["filter"]), 1)
                self.assertEqual(body, self.ws.build_params("e", where=should, **DAYS))  # type: ignore[arg-type]
        for made, should in COHORTS[:-1]:
            with self.subTest(should):
                self.assertIn("filter_by_cohort", json.dumps(self.ws.build_user_params(cohort=CohortDefinition(made))))

    def test_what_is_wrong_the_daemon_tells_with_paths(self) -> None:
        with self.assertRaises(mp.BookmarkValidationError) as caught:
            self.ws.query([Metric("e", math="average"), mp.MetricRef(0)], where=Filter.in_the_last("p", 0, "day"), **DAYS)
        found = [(error.path, bool(error.message), error.severity) for error in caught.exception.errors]
        self.assertEqual(found, [("events[0]", True, "error"), ("events[1].metric", True, "error"), ("where.value", True, "error")])
        self.assertTrue(all(error.code == error["code"] for error in caught.exception.errors))

    def test_none_as_a_limit_of_users_is_all_of_them(self) -> None:
        sent: list[dict[str, Any]] = []
        self.ws._client.run, run = lambda id, given, **_: sent.append(given) or {"params": {}}, self.ws._client.run  # type: ignore
        try:
            self.ws.build_user_params()
            self.ws.build_user_params(limit=None)
            self.ws.build_user_params(limit=7)
            self.ws.build_params("e", limit=None)
        finally:
            self.ws._client.run = run  # type: ignore[method-assign]
        self.assertEqual(sent, [{}, {"limit": None}, {"limit": 7}, {"events": "e"}])
        self.assertEqual(self.ws.build_user_params(mode="profiles", limit=None), self.ws.build_user_params(mode="profiles", limit=10**6))

    def test_a_body_that_was_made_can_be_sent(self) -> None:
        body = self.ws.build_params(Metric("Sign Up", "unique"), **DAYS)
        result = self.ws.run_params(body, limit=5)
        self.assertEqual((result.params, list(result.series)), (body, ["Sign Up - Unique"]))


if __name__ == "__main__":
    unittest.main()
