//! Every row of the catalog, sent once: through the socket to a strict Mixpanel, and what arrived there is kept.

mod locals;

use std::sync::{Arc, Mutex};

use mp_catalog::{Kind, Operation, Shape, all, sample};
use mp_sandbox::upstream::reply::Reply;
use mp_sandbox::upstream::server::Received;
use mp_sandbox::wire::Ask;
use serde_json::{Value, json};

use crate::grants::World;

/// Whether the strict Mixpanel answers a row itself.
fn is_known(row: &Operation) -> bool {
    ["inspect", "query", "ask"].contains(&row.command[0])
}

/// Sends a row as a tool would, and returns what arrived at Mixpanel.
fn sent(world: &World, operation: &'static Operation, current: &Mutex<Option<&'static Operation>>) -> String {
    *current.lock().expect("no panic") = Some(operation);
    world.upstream.clear();
    let arguments = Value::Object(sample::arguments(operation));
    let takes_file = operation.params.iter().any(|param| param.kind == Kind::File);
    let ask = if takes_file {
        let arguments = mp_proto::routes::encode_segment(&arguments.to_string());
        let path = format!("/v1/operations/{}/upload?arguments={arguments}", operation.id);
        Ask::new("POST", path).header("Mp-Client", "e2e/1").header("Content-Type", "text/csv").body("a,b\n1,2\n")
    } else {
        Ask::change(
            "POST",
            format!("/v1/operations/{}", operation.id),
            &json!({"arguments": arguments, "refresh": operation.reply.kept}),
        )
    };
    let answer = world.home.ask(&ask);
    // The strict Mixpanel does not have what the arguments name, and says so; it got the request all the same.
    let is_unknown = is_known(operation)
        && ["upstream_not_found", "event_not_found", "upstream_refused"]
            .iter()
            .any(|code| answer.text().contains(code));
    assert!(answer.status == 200 || is_unknown, "{}: {}", operation.id, answer.text());
    assert_eq!(world.upstream.problems(), Vec::<String>::new(), "{}", operation.id);
    let mut lines: Vec<String> = world.upstream.requests().iter().map(|record| line(record)).collect();
    // How many files after the first one are asked for before the last one is known differs.
    lines.retain(|line| !line.starts_with("GET /cdn/") || line.contains("/0000-"));
    if operation.id == "inspect.schema-graph" {
        // They go out side by side.
        lines.sort();
    }
    format!("{}\n    {}", operation.id, lines.join("\n    "))
}

/// What changes with every run is left out: slugs, days and tokens.
fn line(asked: &Received) -> String {
    let query: Vec<String> = asked.query.iter().map(|(name, value)| format!("{name}={}", fixed(name, value))).collect();
    let mark = if query.is_empty() { "" } else { "?" };
    let body = match serde_json::from_slice::<Value>(&asked.body) {
        Ok(mut json) => {
            if let Some(slug) = json.get_mut("slug") {
                *slug = "SLUG".into();
            }
            format!(" {json}")
        }
        Err(_) if asked.body.is_empty() => String::new(),
        Err(_) => format!(" {}", String::from_utf8_lossy(&asked.body).trim_end()),
    };
    format!("{} {}{mark}{}{body}", asked.method, asked.path, query.join("&"))
}

fn fixed(name: &str, value: &str) -> String {
    if name == "to_date" && value != "2025-01-31" { "TODAY".to_owned() } else { value.to_owned() }
}

/// An answer of the App API that the row can take.
fn answer(operation: &Operation, asked: &Received) -> Value {
    let example = operation.reply.model.map_or_else(|| json!({"id": 7, "name": "x"}), |(model, _)| model.example());
    let by_id = |fields: &[(&str, Value)]| {
        let mut entry = example.clone();
        let own = [("id", json!(7)), ("type", json!("funnel"))];
        for (name, value) in own.iter().chain(fields) {
            entry[*name] = value.clone();
        }
        json!({"7": entry})
    };
    match operation.id {
        "metrics.update" | "metrics.query" | "metrics.create" => by_id(&[("type", json!("warehouse"))]),
        id if id.starts_with("metrics.") || id.starts_with("behaviors.") => by_id(&[]),
        "lexicon.audit" => json!([[], {"computed_at": "2025-01-31"}]),
        "lexicon.anomalies.list" => json!({"anomalies": [example]}),
        "dashboards.blueprints" => json!({"templates": {"x": example}}),
        "business-context.chain" => json!({"org_context": "a", "project_context": "b"}),
        id if id.starts_with("business-context.") => json!({"content": "a"}),
        "lookup-tables.download-url" => json!({"url": "https://storage/x"}),
        id if id.starts_with("replays.") => {
            let host = asked.header("host").expect("HTTP has it");
            let wanted = asked.json()["replays"].as_array().cloned().unwrap_or_default();
            let signed = |one: &Value| json!({"replay_id": one["replay_id"], "url": format!("http://{host}/cdn/r/"), "query_string": "s"});
            wanted.iter().map(signed).collect()
        }
        "lookup-tables.upload" if asked.path.ends_with("/upload-url/") => {
            let host = asked.header("host").expect("HTTP has it");
            json!({"url": format!("http://{host}/cdn/x?signature=y"), "path": "gs://x", "key": "k"})
        }
        "reports.resolve" => {
            json!({"id": 7, "name": "x", "type": "insights", "params": {"sections": {"show": []}, "displayOptions": {}}})
        }
        "custom-events.update" => json!({"id": 7, "name": "x", "customEventId": 7}),
        _ => match operation.reply.shape {
            Shape::List => json!([example]),
            Shape::Values | Shape::Words => json!([]),
            _ => example,
        },
    }
}

fn app(operation: &Operation, asked: &Received) -> Reply {
    match operation.id {
        "custom-events.create" => Reply::json(200, &json!({"custom_event": {"id": 7, "name": "x"}})),
        "lookup-tables.download" => Reply::new(200).body("a,b\n"),
        _ => Reply::json(200, &json!({"status": "ok", "results": answer(operation, asked)})),
    }
}

#[test]
fn every_row_is_sent_once() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let current: Arc<Mutex<Option<&'static Operation>>> = Arc::default();
    let rows = || all().filter(|row| row.reply.shape != Shape::Lines);
    let mut lines: Vec<String> = rows().filter(|row| is_known(row)).map(|row| sent(&world, row, &current)).collect();
    for plane in ["/us/app/projects/3187654/", "/us/app/organizations/"] {
        let current = Arc::clone(&current);
        world.upstream.on("*", plane, move |asked| {
            let operation = current.lock().expect("no panic").expect("a row is sent");
            app(operation, asked)
        });
    }
    world.upstream.on("*", "/cdn/", |_| Reply::new(200));
    world.upstream.on("GET", "/cdn/r/", |asked| match asked.path.ends_with("/0000-30.json") {
        true => Reply::json(200, &json!([{"type": 4, "timestamp": 1, "data": {}}])),
        false => Reply::new(404),
    });
    let series = json!({"headers": [], "series": {"Session Recording": {"r": {"30": {"all": 1_736_935_200_000_u64}}}},
        "date_range": {"from_date": "a", "to_date": "b"}, "computed_at": "c"});
    world.upstream.on("POST", "/us/query/insights", move |_| Reply::json(200, &series));
    lines.extend(rows().filter(|row| !is_known(row)).map(|row| sent(&world, row, &current)));
    insta::assert_snapshot!("every_row", lines.join("\n"));
}
