//! No parameter is dropped without a word: what is not put into the request by its row is read by something, so another value of it makes
//! another call or another answer.

use std::sync::{Arc, Mutex};

use mp_catalog::{Kind, Operation, Param, Shape, Slot, all, sample};
use mp_sandbox::upstream::reply::Reply;
use mp_sandbox::wire::Ask;
use serde_json::{Map, Value, json};

use super::{answer, line};
use crate::grants::World;

/// Parameters whose value changes nothing, and why.
const IDLE: [(&str, &str, &str); 4] = [
    ("reports.link", "source", "it says on a command line what is so without it: standard input is read"),
    ("behaviors.create", "no_validate", "nothing of a behavior is checked here yet, so there is nothing to leave out"),
    ("behaviors.update", "no_validate", "nothing of a behavior is checked here yet, so there is nothing to leave out"),
    (
        "query.retention",
        "unit",
        "it is the unit of a period that is one long; of a longer one only the answer repeats it",
    ),
];

/// What must be different besides, for a parameter to count: null takes an argument away.
fn besides(row: &str, param: &str) -> Value {
    match (row, param) {
        ("custom-events.update" | "custom-events.delete", "name") => json!({"id": null}),
        ("reports.link", "params_file") => json!({"params": null, "no_validate": true}),
        ("reports.link", "no_validate") => json!({"params": {}}),
        ("metrics.create" | "metrics.update", "no_validate") => json!({"definition_file": {"a": 1}}),
        ("metrics.create", "kind") => json!({"no_validate": true}),
        ("business-context.set", "file") => json!({"content": null}),
        (_, "organization_id") => json!({"level": "organization"}),
        ("metrics.query", "last") => json!({"from": null, "to": null}),
        ("replays.list", "user") => json!({"replay_id": null}),
        ("reports.resolve", "mode") => json!({"run": true}),
        ("reports.resolve", "link") => json!({"run": null}),
        ("schemas.delete", "entity_name") => json!({"entity_type": "event"}),
        _ => json!({}),
    }
}

/// Two values of a parameter; none is that it is not given.
fn two(param: &Param) -> [Value; 2] {
    match (param.name, param.kind) {
        ("link", Kind::Str) => [json!("EBrV5bW2u9Mw"), json!("EBrV5bW2u9Mx")],
        ("from" | "to", _) => [json!("2025-01-31"), json!("2025-01-30")],
        (_, Kind::Flag) => [json!(true), Value::Null],
        (_, Kind::Toggle) => [json!(true), json!(false)],
        (_, Kind::Int) => [json!(1), json!(2)],
        (_, Kind::OneOf(words)) => [json!(words[0]), json!(words[words.len() - 1])],
        (_, Kind::Json(_) | Kind::JsonFile) => [json!({"steps": 1}), json!({"steps": 2})],
        (_, Kind::List | Kind::Names) => [json!(["x"]), json!(["y"])],
        _ => [json!("a b/ü"), json!("other")],
    }
}

/// Returns what a call comes to: what arrived at Mixpanel, and what the caller got.
fn outcome(world: &World, row: &'static Operation, param: &Param, value: &Value) -> String {
    let mut arguments: Map<String, Value> = sample::arguments(row);
    let own = besides(row.id, param.name);
    arguments.extend(own.as_object().cloned().unwrap_or_default());
    arguments.insert(param.name.to_owned(), value.clone());
    arguments.retain(|_, value| !value.is_null());
    // Both ends of a range may be one day, but not the wrong way around.
    if param.name == "from" && arguments.contains_key("to") {
        arguments.insert("to".to_owned(), "2025-01-31".into());
    }
    if param.name == "to" && arguments.contains_key("from") {
        arguments.insert("from".to_owned(), "2025-01-30".into());
    }
    world.upstream.clear();
    let body = json!({"arguments": arguments, "refresh": row.reply.kept});
    let path = format!("/v1/operations/{}", row.id);
    let text = world.home.ask(&Ask::change("POST", path, &body)).text().to_owned();
    let mut lines: Vec<String> = world.upstream.requests().iter().map(|record| line(record)).collect();
    lines.sort();
    // What is told of the time of day is never the same, nor is a new short link.
    let varies = |part: &str| ["_at\"", "request", "\"slug\"", "{\"url\""].iter().any(|word| part.contains(word));
    let told: Vec<&str> = text.split(',').filter(|part| !varies(part)).collect();
    format!("{}\n{}", lines.join("\n"), told.join(","))
}

/// Saved metrics and behaviors of which each filter leaves another one out.
fn saved(operation: &Operation) -> Value {
    let example = operation.reply.model.map_or_else(|| json!({}), |(model, _)| model.example());
    let one = |(id, kind, name, verified, can_view): (u64, &str, &str, bool, bool)| {
        let mut entry = example.clone();
        for (field, value) in [
            ("id", json!(id)),
            ("type", json!(kind)),
            ("name", json!(name)),
            ("verified", json!(verified)),
            ("can_view", json!(can_view)),
            ("can_update_basic", json!(false)),
        ] {
            entry[field] = value;
        }
        (id.to_string(), entry)
    };
    let text = "a b/ü";
    let all = [
        // The one that the rows name: nobody may edit it.
        (7, text, text, true, true),
        (1, text, text, true, true),
        (2, "other", text, true, true),
        (3, text, text, false, true),
        (4, text, "other", true, true),
        (5, text, text, true, false),
    ];
    Value::Object(all.into_iter().map(one).collect())
}

#[test]
fn no_parameter_is_dropped_without_a_word() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let current: Arc<Mutex<Option<&'static Operation>>> = Arc::default();
    for plane in ["/us/app/projects/3187654/", "/us/app/organizations/"] {
        let current = Arc::clone(&current);
        world.upstream.on("*", plane, move |asked| {
            let row = current.lock().expect("no panic").expect("a row is sent");
            let results = match row.id {
                "metrics.list" | "behaviors.list" | "metrics.delete" | "behaviors.delete" => saved(row),
                "reports.resolve" => json!({"id": 7, "name": "x", "type": "flows", "params": {}}),
                "inspect.schema-graph" => json!([]),
                _ => answer(row, asked),
            };
            Reply::json(200, &json!({"status": "ok", "results": results}))
        });
    }
    world.upstream.on("*", "/cdn/", |asked| match asked.path.ends_with("-30.json") {
        true => Reply::json(200, &json!([{"type": 4, "timestamp": 1, "data": {}}])),
        false => Reply::new(404),
    });
    let of = |time: u64| json!({"30": {"all": time}});
    let series = json!({"headers": [], "series": {"Session Recording": {"r": of(1_736_935_200_000), "s": of(1_736_935_300_000)}},
        "date_range": {"from_date": "a", "to_date": "b"}, "computed_at": "c"});
    world.upstream.on("POST", "/us/query/insights", move |_| Reply::json(200, &series));
    world.upstream.on("POST", "/us/query/arb_funnels", |_| Reply::json(200, &json!({"steps": []})));
    let report = json!({"meta": {"dates": []}, "data": {}, "steps": [], "headers": [], "series": {}, "computed_at": "c", "date_range": {}});
    for path in ["/us/query/funnels", "/us/query/insights", "/us/query/arb_funnels"] {
        let report = report.clone();
        world.upstream.on("GET", path, move |_| Reply::json(200, &report));
    }
    let mut dropped = Vec::new();
    for row in all().filter(|row| row.reply.shape != Shape::Lines) {
        *current.lock().expect("no panic") = Some(row);
        let is_counted = |param: &&Param| param.slot == Slot::Local && !matches!(param.kind, Kind::File | Kind::Output);
        for param in row.params.iter().filter(is_counted) {
            let [one, other] = two(param).map(|value| outcome(&world, row, param, &value));
            let is_idle = IDLE.iter().any(|(id, name, _)| *id == row.id && *name == param.name);
            if (one == other) != is_idle && !(is_idle && param.name == "unit") {
                dropped.push(format!("{} {}: {one}", row.id, param.name));
            }
        }
    }
    assert!(
        dropped.is_empty(),
        "another value changes nothing, or does though it is in the list:\n{}",
        dropped.join("\n\n")
    );
}
