//! Answers of Mixpanel as callers get them.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::binding::bind;
use crate::nouns::{all, find};
use crate::operation::ReplyValue;

/// Binds arguments to an operation and takes an answer as it would be taken.
fn taken(id: &str, arguments: Value, answer: Value) -> Result<ReplyValue, String> {
    let operation = find(id).expect("a row");
    let bound = bind(operation, arguments.as_object().expect("an object")).expect("good arguments");
    operation.reply.take(&bound.arguments, answer)
}

fn rows(id: &str, value: &Value) -> Vec<Map<String, Value>> {
    find(id).expect("a row").reply.rows.expect("rows of its own")(value)
}

const DAYS: [(&str, &str); 2] = [("from", "2025-01-01"), ("to", "2025-01-03")];

fn with_days(more: Value) -> Value {
    let days = DAYS.iter().map(|(name, day)| ((*name).to_owned(), Value::from(*day)));
    Value::Object(more.as_object().expect("an object").clone().into_iter().chain(days).collect())
}

#[test]
fn sums_keep_every_digit() {
    let answer: Value = serde_json::from_str(
        r#"{"data": {"values": {"a": {"1": 12345678901234567890, "2": 9007199254740993}, "b": {}}}}"#,
    )
    .expect("JSON");
    let report = taken("query.segmentation", with_days(json!({"event": "a"})), answer).expect("good").value;
    assert_eq!(report["total"].to_string(), "12354686100489308883");
    assert_eq!(report["series"]["a"]["1"].to_string(), "12345678901234567890");
    let mixed = json!({"data": {"values": {"a": {"1": 1, "2": 0.5}}}});
    let report = taken("query.segmentation", with_days(json!({"event": "a"})), mixed).expect("good").value;
    assert_eq!(report["total"], json!(1.5));
}

#[test]
fn an_answer_that_lacks_something_says_what() {
    let lacks = |id: &str, arguments: Value, answer: Value| taken(id, arguments, answer).expect_err("lacks something");
    let event = || with_days(json!({"event": "a"}));
    assert_eq!(lacks("query.segmentation", event(), json!({})), "an answer without 'data'");
    assert_eq!(lacks("query.segmentation", event(), json!([])), "an answer without 'data'");
    assert_eq!(lacks("query.segmentation", event(), json!({"data": {"values": 3}})), "a 'values' that is no object");
    assert_eq!(
        lacks("query.segmentation", event(), json!({"data": {"values": {"a": {"d": "x"}}}})),
        "no number for 'a' at d"
    );
    let funnel = || with_days(json!({"funnel_id": 7}));
    assert_eq!(lacks("query.funnel", funnel(), json!({"data": {"d": {}}})), "no steps at d");
    assert_eq!(lacks("query.funnel", funnel(), json!({"data": {"d": {"steps": [{}]}}})), "a step without a count at d");
    let retention = || with_days(json!({"born": "a", "return": "b"}));
    assert_eq!(lacks("query.retention", retention(), json!({"d": {"counts": []}})), "no 'first' at d");
    let user = json!({"users": "u"});
    let no_time = json!({"events": [{"event": "a", "properties": {}}]});
    assert_eq!(lacks("query.activity-feed", user, no_time), "an event whose 'time' is no number of seconds");
    assert_eq!(lacks("inspect.events", json!({}), json!({})), "something else than a list of names");
}

#[test]
fn a_funnel_that_is_split_counts_its_whole() {
    let day =
        |counts: [u32; 2]| json!({"$overall": [{"count": counts[0], "goal": "A"}, {"count": counts[1]}], "x": []});
    let answer = json!({"data": {"1": day([3, 0]), "2": day([1, 0])}});
    let report = taken("query.funnel", with_days(json!({"funnel_id": 7, "on": "x"})), answer).expect("good").value;
    let expected = json!([{"event": "A", "count": 4, "conversion_rate": 1.0},
        {"event": "Step 2", "count": 0, "conversion_rate": 0.0}]);
    assert_eq!((&report["steps"], &report["conversion_rate"]), (&expected, &json!(0.0)));
    assert_eq!(Value::from(rows("query.funnel", &report)[1].clone())["step"], 2);
    let empty = taken("query.funnel", with_days(json!({"funnel_id": 7})), json!({"data": {}})).expect("good").value;
    assert_eq!((&empty["steps"], &empty["conversion_rate"]), (&json!([]), &json!(0.0)));
}

#[test]
fn periods_are_told_by_unit_or_by_length() {
    let query = |more: Value| {
        let mut arguments = with_days(json!({"born": "a", "return": "b"}));
        arguments.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        let operation = find("query.retention").expect("a row");
        bind(operation, arguments.as_object().expect("an object")).expect("good").query
    };
    let has = |query: &[(String, String)], name: &str| {
        query.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    };
    let by_unit = query(json!({"unit": "week"}));
    assert_eq!((has(&by_unit, "unit").as_deref(), has(&by_unit, "interval")), (Some("week"), None));
    let by_length = query(json!({"unit": "week", "interval": 3}));
    assert_eq!((has(&by_length, "unit"), has(&by_length, "interval").as_deref()), (None, Some("3")));
}

#[test]
fn a_feed_asks_for_the_range_that_was_meant() {
    let body = |arguments: Value| {
        let operation = find("query.activity-feed").expect("a row");
        bind(operation, arguments.as_object().expect("an object")).map(|bound| bound.body.expect("a body"))
    };
    let range = |arguments: Value| body(arguments).expect("good")["bookmark"]["dateRange"].clone();
    assert_eq!(
        range(json!({"users": "u", "to": "2025-03-01"})),
        json!({"type": "between", "from": "2025-01-30", "to": "2025-03-01"})
    );
    assert_eq!(range(json!({"users": "u"}))["type"], "relative_after");
    let both = body(json!({"users": "u", "include_event": "a", "exclude_event": ["b"]})).expect_err("is refused");
    assert_eq!(both[0].at, "exclude_event");
    let given =
        body(json!({"users": "u, v", "sentinel_event": "{\"a\": 1}", "use_custom_events": true})).expect("good");
    assert_eq!(given["distinct_ids"], json!(["u", "v"]));
    assert_eq!((&given["sentinel_event"], &given["use_custom_events"]), (&json!({"a": 1}), &json!(true)));
}

#[test]
fn fields_of_objects_are_inferred() {
    let values = json!([
        "[{\"sku\": \"A\", \"price\": 4.5, \"when\": \"2025-01-05\", \"mixed\": 1, \"deep\": {}, \"both\": 1}]",
        {"sku": "A", "price": 7, "when": "2025-01-05T10:00:00Z", "mixed": "x", "none": null, "both": []},
        "not json",
        5
    ]);
    let ReplyValue { value, notes } =
        taken("inspect.subproperties", json!({"property": "cart"}), values).expect("good");
    let kinds: Vec<_> =
        value.as_array().expect("a list").iter().map(|row| (row["name"].clone(), row["type"].clone())).collect();
    let expected =
        [("both", "number"), ("mixed", "string"), ("price", "number"), ("sku", "string"), ("when", "datetime")];
    assert_eq!(kinds, expected.map(|(name, kind)| (json!(name), json!(kind))));
    assert_eq!(value[3]["sample_values"], json!(["A"]));
    assert_eq!(notes.len(), 3, "{notes:?}");
}

#[test]
fn tables_have_a_row_for_each_date_of_each_series() {
    let series = json!({"series": {"DE": {"1": 2, "2": 3}, "IN": {"1": 4}}});
    let shown: Vec<_> =
        rows("query.segmentation", &series).into_iter().map(|row| Value::Object(row).to_string()).collect();
    assert_eq!(shown[1], r#"{"date":"2","segment":"DE","count":3}"#);
    assert_eq!(shown.len(), 3);
    let cohorts = json!({"cohorts": [{"date": "1", "size": 2, "retention": [1.0, 0.5]}, {"date": "2", "size": 0, "retention": []}]});
    assert_eq!(rows("query.retention", &cohorts)[0]["period_1"], json!(0.5));
    let feed =
        json!({"events": [{"event": "a", "time": "t", "properties": {"time": 1, "$distinct_id": "u", "plan": "pro"}}]});
    let row = Value::Object(rows("query.activity-feed", &feed).remove(0)).to_string();
    assert_eq!(row, r#"{"event":"a","time":"t","distinct_id":"u","plan":"pro"}"#);
}

/// Any JSON, with the names that answers have.
fn any_json() -> impl Strategy<Value = Value> {
    let names = "data|values|results|events|event|properties|time|steps|count|first|counts|series|headers|date_range|\
                 schemaJson|entityType|name|metadata|com.mixpanel|amount|percent_change|\\$overall|sentinel_event|a";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z\\[\\]{}\":0-9-]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((names, inner), 0..6).prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_answer_makes_a_row_panic(answer in any_json()) {
        for operation in all() {
            let taken = operation.reply.take(&Map::new(), answer.clone());
            if let (Ok(taken), Some(rows)) = (taken, operation.reply.rows) {
                rows(&taken.value);
            }
            if let Some(rows) = operation.reply.rows {
                rows(&answer);
            }
        }
    }
}
