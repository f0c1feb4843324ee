//! The OpenAPI document against what the daemon really answers. Every answer of every daemon that these tests start is held against it:
//! the daemon writes them down, and each home looks at them when it ends.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::{LazyLock, Mutex};

use jsonschema::Validator;
use mp_proto::routes;
use mp_sandbox::wire::Ask;
use serde_json::{Value, json};

use crate::configured;

/// The document as a snapshot keeps it; a test of the daemon compares the two.
pub(crate) const DOCUMENT: &str =
    include_str!("../../daemon/src/server/snapshots/mp_daemon__server__openapi__tests__openapi.snap");

static CONTRACT: LazyLock<Contract> = LazyLock::new(|| {
    let text = DOCUMENT.splitn(3, "---\n").nth(2).expect("a snapshot has a head");
    Contract::of(serde_json::from_str(text).expect("JSON"))
});

/// Says what is wrong with the answers in the files of a directory.
pub(crate) fn problems_in(directory: &Path) -> Vec<String> {
    let files = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut problems = Vec::new();
    for file in files {
        let text = fs::read_to_string(file.path()).expect("our own file");
        for line in text.lines() {
            // A daemon that is killed leaves half a line.
            let Ok(answer) = serde_json::from_str::<Value>(line) else { continue };
            problems.extend(CONTRACT.problem(&answer));
        }
    }
    problems.sort();
    problems.dedup();
    problems
}

/// The document, made strict: a field that it does not name is a fault.
struct Contract {
    document: Value,
    validators: Mutex<HashMap<String, Validator>>,
}

impl Contract {
    fn of(mut document: Value) -> Self {
        for schema in document["components"]["schemas"].as_object_mut().expect("schemas").values_mut() {
            if schema["properties"].is_object() && schema["additionalProperties"].is_null() {
                schema["additionalProperties"] = false.into();
            }
        }
        Self { document, validators: Mutex::default() }
    }

    /// Says what is wrong with an answer, if anything is.
    fn problem(&self, answer: &Value) -> Option<String> {
        let [method, path, kind] = ["method", "path", "type"].map(|key| answer[key].as_str().unwrap_or_default());
        let about = |what: &str| Some(format!("{method} {path} was answered {}: {what}", answer["status"]));
        let content = match self.content(method, path, &answer["status"].to_string()) {
            // Nobody promises more of a path or method that there is not.
            None => json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemBody"}}}),
            Some(Value::Null) => return about("the document does not name this status"),
            Some(content) => content,
        };
        let essence = kind.split(';').next().unwrap_or_default();
        let described = if content[essence].is_object() { &content[essence] } else { &content["*/*"] };
        if !described.is_object() {
            let has_none = kind.is_empty() && answer["body"] == "";
            return if has_none {
                None
            } else {
                about(&format!("the document does not name the content type {kind:?}"))
            };
        }
        if let Some(event) = answer["event"].as_str() {
            // A stream that is passed on has events of somebody else.
            let is_ours = content[essence].is_object();
            return self.event(event).filter(|_| is_ours).and_then(|what| about(&what));
        }
        let schema = &described["schema"];
        let has_rules = schema.as_object().is_some_and(|rules| !rules.is_empty());
        let text = answer["body"].as_str().filter(|_| has_rules)?;
        if text.is_empty() && method == "HEAD" {
            return None;
        }
        match serde_json::from_str(text) {
            Ok(body) => self.mismatch(schema, &body).and_then(|what| about(&what)),
            Err(error) => about(&format!("this is no JSON: {error}")),
        }
    }

    /// Returns what the document says of the content of an answer: null where it does not name the status, none where it does not name the
    /// operation.
    fn content(&self, method: &str, path: &str, status: &str) -> Option<Value> {
        let paths = self.document["paths"].as_object().expect("paths");
        // A path without a placeholder comes first; but how an operation may fail is told once, of the path that runs any.
        let own = paths.get(path).filter(|_| status == "200" || !path.starts_with("/v1/operations/"));
        let item =
            own.or_else(|| paths.iter().find(|(template, _)| is_template(template, path)).map(|(_, item)| item))?;
        // HEAD is answered as GET, without its body.
        let known = |method: &str| item[method.to_lowercase()].is_object().then(|| &item[method.to_lowercase()]);
        let operation = known(method).or_else(|| known("GET").filter(|_| method == "HEAD"))?;
        let range = format!("{}XX", &status[..1]);
        let response = [status, &range].map(|status| &operation["responses"][status]);
        let response = response.into_iter().find(|response| response.is_object());
        Some(response.map_or(Value::Null, |response| {
            let shared = response["$ref"].as_str().and_then(|name| name.rsplit('/').next());
            let response = shared.map_or(response, |name| &self.document["components"]["responses"][name]);
            if response["content"].is_object() { response["content"].clone() } else { json!({}) }
        }))
    }

    fn event(&self, block: &str) -> Option<String> {
        let data: Vec<&str> = block.lines().filter_map(|line| line.strip_prefix("data: ")).collect();
        if data.is_empty() {
            return None;
        }
        let event = serde_json::from_str(&data.join("\n")).expect("our events are JSON");
        self.mismatch(&json!({"$ref": "#/components/schemas/Event"}), &event)
    }

    fn mismatch(&self, schema: &Value, body: &Value) -> Option<String> {
        let mut validators = self.validators.lock().expect("nobody panics with it");
        let validator = validators.entry(schema.to_string()).or_insert_with(|| {
            let mut whole = schema.clone();
            whole["components"] = self.document["components"].clone();
            jsonschema::draft202012::new(&whole).expect("a schema")
        });
        // A value may be a secret of a test, which looks whether it stands anywhere.
        let errors =
            validator.iter_errors(body).map(|error| format!("{} at {}", error.masked(), error.instance_path()));
        let errors: Vec<String> = errors.take(3).collect();
        (!errors.is_empty()).then(|| format!("not as {schema} has it: {}", errors.join("; ")))
    }
}

fn is_template(template: &str, path: &str) -> bool {
    template.contains('{') && is_at(template, path)
}

/// Returns whether a path is one of a template's.
fn is_at(template: &str, path: &str) -> bool {
    let mut given = path.split('/');
    for word in template.split('/') {
        match (word, given.next()) {
            ("{path}", Some(_)) => return true,
            (word, Some(segment)) if word == segment || (word.starts_with('{') && !segment.is_empty()) => {}
            // A plane alone is a path of its own.
            ("{path}", None) => return true,
            _ => return false,
        }
    }
    given.next().is_none()
}

#[test]
fn an_answer_that_the_document_does_not_describe_is_noticed() {
    let health = |status: u16, kind: &str, body: &str| {
        let answer = json!({"method": "GET", "path": routes::HEALTH, "status": status, "type": kind, "body": body});
        CONTRACT.problem(&answer).unwrap_or_default()
    };
    let json = "application/json";
    assert_eq!(health(200, json, r#"{"status": "ok"}"#), "");
    assert!(health(201, json, "{}").contains("does not name this status"));
    assert!(health(200, "text/html", "").contains("content type"));
    assert!(health(200, json, r#"{"status": 7}"#).contains("at /status"));
    assert!(health(200, json, r#"{"status": "ok", "new": 1}"#).contains("HealthBody"));
    let region = json!({"account": {"name": "a", "type": "service_account", "region": "Us", "status": "untested",
        "is_active": true, "referenced_by_targets": []}, "revision": 1});
    let answer =
        json!({"method": "GET", "path": "/v1/accounts/a", "status": 200, "type": json, "body": region.to_string()});
    assert!(CONTRACT.problem(&answer).is_some_and(|what| what.contains("/account/region")));
    let cohorts = |body: &str| {
        let path = "/v1/operations/cohorts.list";
        CONTRACT.problem(&json!({"method": "POST", "path": path, "status": 200, "type": json, "body": body}))
    };
    assert_eq!(cohorts(r#"[{"id": 1, "name": "a", "new": 1}]"#), None, "Mixpanel adds fields");
    assert!(cohorts(r#"[{"id": 1}]"#).is_some_and(|what| what.contains("/0")));
    let event = json!({"method": "GET", "path": routes::EVENTS, "status": 200, "type": "text/event-stream",
        "event": "event: x\ndata: {\"type\": \"account.lost\", \"name\": \"a\"}\n\n"});
    assert!(CONTRACT.problem(&event).is_some_and(|what| what.contains("Event")));
}

#[test]
fn the_answers_of_a_home_are_looked_at() {
    let home = configured();
    let _daemon = home.start();
    home.ask(&Ask::get(routes::SESSION)).ok();
    home.mp(["account", "list"]).ok();
    drop(_daemon);
    let seen = fs::read_dir(home.answers().expect("debug builds write them down")).expect("there").count();
    assert_eq!(seen, 1, "one daemon");
}

/// Exactly those operations that the document gives the parameter refuse a context that is wrong.
#[test]
fn an_operation_reads_the_context_if_the_document_says_so() {
    let home = configured();
    let _daemon = home.start();
    for (path, item) in CONTRACT.document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            // These do not end, or end the daemon.
            if [routes::EVENTS, routes::SHUTDOWN].contains(&path.as_str()) {
                continue;
            }
            // One operation stands for all.
            if path.starts_with("/v1/operations/") && !path.contains('{') && !path.contains("/cohorts.list") {
                continue;
            }
            let target = path.replace("{plane}", "app").replace("{name}", "x").replace("{path}", "me");
            let ask = Ask::change(&method.to_uppercase(), target, &json!({})).header(routes::CONTEXT_HEADER, "no");
            let parameters = operation["parameters"].to_string();
            let reads = parameters.contains("\"mp-context\"") || parameters.contains("parameters/mp-context\"");
            if method == "head" {
                continue;
            }
            let answer = home.ask(&ask);
            let problem: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            assert_eq!(problem["code"] == "invalid_context", reads, "{method} {path}: {}", answer.status);
        }
    }
}
