//! What no recorded case shows: nasty input, precedence, bodies of the worked examples.

use serde_json::{Value, json};

use super::{ask, body, problems};
use crate::ask::Family;

/// Nests a cohort.
fn nested(depth: usize) -> Value {
    let innermost = json!({"did": "A", "at_least": 1, "within_days": 7});
    (0..depth).fold(innermost, |inner, _| json!({"all_of": [inner]}))
}

#[test]
fn cohorts_nest_as_deep_as_readers_of_json_go_and_no_deeper() {
    for depth in [1, 10, 45] {
        let built = body(Family::Users, &json!({"cohort": nested(depth)}));
        let text = built["filter_by_cohort"].as_str().expect("a text");
        assert!(serde_json::from_str::<Value>(text).is_ok(), "{depth}");
        let built = body(Family::Insights, &json!({"events": "A", "where": {"cohort": nested(depth)}}));
        assert!(serde_json::from_str::<Value>(&built.to_string()).is_ok(), "{depth}");
    }
    // Deeper values are more than tests themselves can make: reading and dropping them goes down, too.
    for depth in [51, 200] {
        assert_eq!(
            problems(Family::Users, &json!({"cohort": nested(depth)})),
            [(String::new(), "ASK_TYPE")],
            "{depth}"
        );
    }
}

#[test]
fn a_deep_list_of_filters_is_refused() {
    let innermost = json!({"property": "x", "op": "is_set"});
    let deep = (0..200).fold(innermost, |inner, _| json!({"property": "x", "op": "list_contains", "items": [inner]}));
    assert_eq!(problems(Family::Insights, &json!({"events": "A", "where": deep})), [(String::new(), "ASK_TYPE")]);
}

#[test]
fn huge_lists_are_built_and_huge_lists_of_mistakes_are_cut() {
    let many = |one: Value| Value::from(vec![one; 50_000]);
    let arguments = json!({"events": many(json!({"event": "A", "filters": [{"property": "x", "op": "is_set"}]}))});
    let built = body(Family::Insights, &arguments);
    assert_eq!(built["sections"]["show"].as_array().map(Vec::len), Some(50_000));
    let where_ = many(json!({"property": "x", "op": "equals", "value": "y"}));
    assert_eq!(
        body(Family::Insights, &json!({"events": "A", "where": where_}))["sections"]["filter"][49_999]["value"],
        "x"
    );
    for arguments in [
        json!({"events": many(json!(5))}),
        json!({"events": many(json!({"event": ""}))}),
        json!({"events": "A", "group_by": many(json!({"propety": 1}))}),
        json!({"events": "A", "where": many(json!({"property": "x", "op": "lke"}))}),
    ] {
        assert_eq!(problems(Family::Insights, &arguments).len(), 1000);
    }
    let keys: serde_json::Map<String, Value> = (0..50_000).map(|key| (format!("key{key}"), json!(1))).collect();
    assert_eq!(problems(Family::Users, &keys.into()).len(), 1000);
}

#[test]
fn a_problem_says_where_what_and_what_may_have_been_meant() {
    let arguments = json!({"events": ["A", {"event": "B", "filters": [{"property": "x", "op": "equal", "value": 1}]}], "unit": "weak", "lsat": 7});
    let faults = ask(Family::Insights, &arguments).expect_err("it is wrong");
    let of = |code: &str| faults.iter().find(|fault| fault.code == code).expect("it is told");
    assert_eq!(of("FO1_UNKNOWN_OPERATOR").at, "events[1].filters[0].op");
    assert_eq!(of("FO1_UNKNOWN_OPERATOR").suggestions[0], "equals");
    assert_eq!(
        (of("B12_INVALID_TIME_UNIT").at.as_str(), &of("B12_INVALID_TIME_UNIT").suggestions[0]),
        ("unit", &"week".to_owned())
    );
    assert_eq!(of("ASK_UNKNOWN").suggestions, ["last"]);
    assert!(of("B12_INVALID_TIME_UNIT").detail.contains("hour, day, week, month, quarter"));
}

#[test]
fn keys_and_values_of_a_caller_are_shown_short_and_whole() {
    let long = "é\u{202e}\n".repeat(10_000);
    let faults =
        ask(Family::Insights, &json!({"events": "A", "unit": long, long.clone(): 1})).expect_err("it is wrong");
    assert_eq!(faults.len(), 2);
    assert!(faults.iter().all(|fault| fault.at.len() < 1000 && fault.detail.len() < 1000 && !fault.at.contains('\n')));
}

#[test]
fn each_problem_is_told_once_and_all_stages_at_once() {
    let arguments = json!({
        "events": ["", {"event": ""}], "last": 0, "unit": "fortnight",
        "where": [{"property": "x", "op": "on", "value": "2025-02-30"}, {"property": "y", "op": "equals", "value": []}],
    });
    let mut codes: Vec<_> = problems(Family::Insights, &arguments).into_iter().map(|(_, code)| code).collect();
    codes.sort_unstable();
    let expected = [
        "B12_INVALID_TIME_UNIT",
        "B20_EMPTY_FILTER_VALUE",
        "EV1_EMPTY_EVENT",
        "V17_EMPTY_EVENT",
        "V7_LAST_POSITIVE",
        "V8_DATE_INVALID",
    ];
    assert_eq!(codes, expected);
}

#[test]
fn what_stands_alone_hides_the_rest_and_the_limit_comes_last() {
    let alone =
        |family, arguments: Value| problems(family, &arguments).into_iter().map(|(_, code)| code).collect::<Vec<_>>();
    assert_eq!(alone(Family::Insights, json!({"events": 5, "last": 0, "limit": 0})), ["V21_INVALID_EVENT_TYPE"]);
    assert_eq!(alone(Family::Flow, json!({"event": "A", "forward": "3", "cardinality": 0})), ["FL_TYPE_FORWARD"]);
    assert_eq!(alone(Family::Insights, json!({"events": "A", "last": 0, "limit": 0})), ["V7_LAST_POSITIVE"]);
    assert_eq!(alone(Family::Insights, json!({"events": "A", "limit": 50_001})), ["QL1_LIMIT_RANGE"]);
}

#[test]
fn null_is_absent_but_a_limit_of_users_that_is_null_means_all() {
    let plain = body(Family::Insights, &json!({"events": "A"}));
    let nulls = json!({"events": "A", "math": null, "where": null, "group_by": null, "last": null, "params": null, "limit": null});
    assert_eq!(body(Family::Insights, &nulls), plain);
    assert_eq!(body(Family::Users, &json!({"mode": "profiles", "limit": null})), json!({}));
}

#[test]
fn a_whole_body_is_sent_as_it_is_and_what_stands_beside_it_is_checked() {
    let params = json!({"sections": {"odd": [1.50, null]}});
    for family in Family::ALL {
        assert_eq!(body(family, &json!({"params": params})), params);
        let other = problems(family, &json!({"params": params, "from_date": "2025-01-01", "nonsense": null}));
        let at: Vec<_> = other.iter().map(|(at, code)| (at.as_str(), *code)).collect();
        assert_eq!(at, [("from_date", "ASK_UNKNOWN"), ("nonsense", "ASK_UNKNOWN")]);
        assert_eq!(problems(family, &json!({"params": [1]}))[0], ("params".to_owned(), "ASK_TYPE"));
    }
    assert_eq!(body(Family::Insights, &json!({"params": params, "limit": 5, "workspace_id": 1})), params);
    assert_eq!(
        problems(Family::Insights, &json!({"params": params, "limit": 0})),
        [("limit".to_owned(), "QL1_LIMIT_RANGE")]
    );
    assert_eq!(
        problems(Family::Flow, &json!({"params": params, "mode": "x"})),
        [("mode".to_owned(), "FL_INVALID_MODE")]
    );
    let users = json!({"params": params, "limit": 0, "workers": 9, "parallel": 1, "workspace_id": 5});
    let codes: Vec<_> = problems(Family::Users, &users).into_iter().map(|(_, code)| code).collect();
    assert_eq!(codes, ["ASK_UNKNOWN", "ASK_TYPE", "U3", "U23"]);
}

#[test]
fn the_type_of_what_is_equal_is_told_by_the_value() {
    let filter = |value: Value| {
        let built =
            body(Family::Insights, &json!({"events": "A", "where": {"property": "x", "op": "equals", "value": value}}));
        let entry = &built["sections"]["filter"][0];
        [entry["filterType"].clone(), entry["filterOperator"].clone(), entry["filterValue"].clone()]
    };
    assert_eq!(filter(json!("a")), [json!("string"), json!("equals"), json!(["a"])]);
    assert_eq!(filter(json!(5)), [json!("number"), json!("equals"), json!(5)]);
    assert_eq!(filter(json!([1, 2.5])), [json!("number"), json!("equals"), json!([1, 2.5])]);
    assert_eq!(filter(json!(false)), [json!("boolean"), json!("false"), Value::Null]);
    for wrong in [json!(["a", 1]), json!([true, "x"]), json!([["a"]])] {
        let arguments = json!({"events": "A", "where": {"property": "x", "op": "equals", "value": wrong}});
        assert_eq!(problems(Family::Insights, &arguments), [("where.value".to_owned(), "ASK_TYPE")], "{wrong}");
    }
}

#[test]
fn numbers_go_through_as_they_are_written() {
    let built = body(Family::Insights, &json!({"events": {"cohort": 12_345_678_901_234_567_890_u64}, "last": 7}));
    assert_eq!(built["sections"]["show"][0]["behavior"]["id"].to_string(), "12345678901234567890");
    let large: Value =
        serde_json::from_str(r#"{"events":"A","last":99999999999999999999999999999999999999999999}"#).expect("JSON");
    assert_eq!(problems(Family::Insights, &large), [("last".to_owned(), "V20_LAST_TOO_LARGE")]);
    let small: Value =
        serde_json::from_str(r#"{"events":"A","last":-99999999999999999999999999999999999999999999}"#).expect("JSON");
    assert_eq!(problems(Family::Insights, &small), [("last".to_owned(), "V7_LAST_POSITIVE")]);
    let exponent: Value =
        serde_json::from_str(r#"{"where":{"property":"x","op":"at_least","value":1.5e3}}"#).expect("JSON");
    assert_eq!(body(Family::Users, &exponent)["where"], "properties[\"x\"] >= 1500");
}

#[test]
fn a_funnel_is_built_as_described() {
    let filter = json!({"property": "x", "op": "is_set"});
    let built = body(
        Family::Funnel,
        &json!({
            "steps": ["View", {"event": "Buy", "label": "Bought", "filters": [filter], "order": "any"}],
            "exclusions": ["Refund", {"event": "Help", "from_step": 0, "to_step": 1}],
            "holding_constant": ["plan", {"property": "email", "resource_type": "people"}],
            "reentry_mode": "basic", "conversion_window": 7,
        }),
    );
    let entry = json!({
        "resourceType": "events", "filterType": "string", "defaultType": "string", "filterValue": null, "filterOperator": "is set",
        "value": "x",
    });
    let expected = json!({
        "type": "metric",
        "behavior": {
            "type": "funnel", "resourceType": "events",
            "behaviors": [
                {"type": "event", "id": null, "name": "View", "filters": [], "filtersDeterminer": "all", "funnelOrder": "loose"},
                {"type": "event", "id": null, "name": "Buy", "filters": [entry], "filtersDeterminer": "all", "renamed": "Bought",
                 "funnelOrder": "any"},
            ],
            "conversionWindowDuration": 7, "conversionWindowUnit": "day", "funnelOrder": "loose",
            "exclusions": [{"event": "Refund", "steps": {"from": 1, "to": 2}}, {"event": "Help", "steps": {"from": 1, "to": 2}}],
            "aggregateBy": [{"value": "plan", "resourceType": "events"}, {"value": "email", "resourceType": "people"}],
            "filter": [], "funnelReentryMode": "basic",
        },
        "measurement": {"math": "conversion_rate_unique", "property": null, "stepIndex": null},
    });
    assert_eq!(built["sections"]["show"], json!([expected]));
    assert_eq!(built["sections"]["formula"], json!([]));
}

#[test]
fn a_flow_is_built_as_described() {
    let built = body(
        Family::Flow,
        &json!({
            "event": ["Sign Up", {"event": "Buy", "forward": 0, "reverse": 2, "label": "B", "filters_combinator": "any",
                "filters": [{"property": "amount", "op": "greater_than", "value": 5}]}],
            "from_date": "2025-01-01", "to_date": "2025-01-31", "mode": "paths",
            "where": [{"property": "country", "op": "equals", "value": "US"}, {"cohort": 5, "name": "VIP"}],
        }),
    );
    let filter = json!({
        "property": {"name": "amount", "source": "properties", "type": "number"}, "type": "number",
        "selected_property_type": "number", "filter": {"operator": ">", "operand": "5"},
    });
    assert_eq!(
        built["steps"][1],
        json!({
            "event": "Buy", "step_label": "B", "forward": 0, "reverse": 2, "bool_op": "or", "property_filter_params_list": [filter],
        })
    );
    assert_eq!(built["filter_by_cohort"], json!({"name": "VIP", "negated": false, "id": 5}));
    assert_eq!(
        built["filter_by_event"],
        json!({"operator": "and", "children": [
            {"resourceType": "events", "filterType": "string", "filterValue": ["US"], "filterOperator": "equals", "propertyName": "country"},
        ]})
    );
    assert_eq!([&built["chartType"], &built["flows_merge_type"]], ["top-paths", "list"]);
}

#[test]
fn filters_of_an_anchor_have_their_own_form() {
    let form = |op: &str, value: Value| {
        let unit = if op.starts_with("in_") || op.starts_with("not_in") { json!("week") } else { Value::Null };
        let filter = json!({"property": "x", "op": op, "value": value, "unit": unit});
        body(Family::Flow, &json!({"event": {"event": "A", "filters": filter}}))["steps"][0]["property_filter_params_list"][0]["filter"].clone()
    };
    assert_eq!(form("between", json!([1, 2.5])), json!({"operator": "><", "operand": ["1", "2.5"]}));
    assert_eq!(form("equals", json!(5)), json!({"operator": "==", "operand": "5"}));
    assert_eq!(form("is_true", Value::Null), json!({"operand": "true"}));
    assert_eq!(form("before", json!("2025-01-31")), json!({"operator": ">", "operand": "01/31/2025"}));
    let days = json!(["2025-01-01", "2025-01-31"]);
    assert_eq!(form("date_not_between", days), json!({"operator": "!><", "operand": ["01/01/2025", "01/31/2025"]}));
    assert_eq!(form("in_the_last", json!(2)), json!({"operator": ">", "operand": 2, "unit": "weeks"}));
}

#[test]
fn users_are_selected_as_described() {
    let built = body(
        Family::Users,
        &json!({
            "mode": "profiles", "where": [{"property": "plan", "op": "equals", "value": ["pro", "team"]}, {"cohort": 5}],
            "properties": ["$email", "größe"], "sort_by": "ltv", "limit": 50, "as_of": "2025-01-01", "distinct_ids": ["a"],
        }),
    );
    assert_eq!(
        built,
        json!({
            "where": "(properties[\"plan\"] == \"pro\" or properties[\"plan\"] == \"team\")", "filter_by_cohort": "{\"id\": 5}",
            "include_all_users": false, "output_properties": "[\"$email\", \"gr\\u00f6\\u00dfe\"]", "distinct_ids": "[\"a\"]",
            "sort_key": "properties[\"ltv\"]", "sort_order": "descending", "as_of_timestamp": 1_735_689_600,
        })
    );
    let relative = |op: &str| {
        body(Family::Users, &json!({"where": {"property": "d", "op": op, "value": 1, "unit": "week"}}))["where"].clone()
    };
    let d = "datetime(properties[\"d\"])";
    assert_eq!(relative("in_the_last"), format!("{d} >= datetime(NOW - 604800) and {d} < datetime(NOW)"));
    assert_eq!(relative("not_in_the_last"), format!("({d} < datetime(NOW - 604800) or {d} >= datetime(NOW))"));
    assert_eq!(relative("in_the_next"), format!("{d} >= datetime(NOW) and {d} < datetime(NOW + 604800)"));
}
