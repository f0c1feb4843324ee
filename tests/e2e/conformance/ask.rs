//! Runs the recorded ad-hoc queries of `tests/conformance/ask.json` through the socket, dry and for real, with a server that plays the
//! recorded answers. What counts as equal stands in the last section of the recordings' README.

use std::collections::BTreeSet;
use std::fs;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mp_sandbox::home::{Daemon, Home};
use mp_sandbox::upstream::reply::Reply;
use mp_sandbox::upstream::server::{Received, Server};
use mp_sandbox::wire::{Answer, Ask};
use serde_json::{Map, Value, json};

use super::compare::Marks;

/// The file of these recordings.
pub(super) const FILE: &str = "ask.json";

/// Cases in which we do otherwise than was recorded, and what instead. All of them have a `quirk`.
const DIFFERENT: [(&str, &str); 11] = [
    ("ask.insights.last-30-with-dates", "refused: either last or dates, V10_DATE_LAST_EXCLUSIVE"),
    ("ask.insights.mode-unknown", "refused: ASK_WORD"),
    ("ask.insights.blank-group", "refused: GB1_EMPTY_PROPERTY"),
    ("ask.insights.percentile-ignored", "a percentile is not sent with another math"),
    ("ask.funnel.order-unknown", "refused: ASK_WORD"),
    ("ask.funnel.mode-unknown", "refused: ASK_WORD"),
    ("ask.flow.segments-unchecked", "refused: V11_BUCKET_REQUIRES_SIZE"),
    ("ask.funnel.answer-trends", "steps over time have a row for each day, not zeros"),
    ("ask.users.parallel-lost-page", "a page is asked for again, and then fails the call"),
    ("ask.users.same-names", "two properties have two columns"),
    ("ask.users.error-in-200", "an error is told as one"),
];

/// The answers of the case that is run, and what was sent.
#[derive(Default)]
struct Tape {
    answers: Vec<Value>,
    sent: Vec<Received>,
}

/// A server, a home and a daemon for cases, one after the other.
struct Stage {
    tape: Arc<Mutex<Tape>>,
    marks: Marks,
    home: Home,
    _server: Server,
}

fn lock(tape: &Mutex<Tape>) -> MutexGuard<'_, Tape> {
    tape.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Stage {
    fn new(files: &Value) -> Self {
        let tape: Arc<Mutex<Tape>> = Arc::default();
        let playing = Arc::clone(&tape);
        let server = Server::start(move |request| lock(&playing).answer(request));
        let mut home = crate::empty();
        home.set("MPD_UPSTREAM", &server.url());
        let marks = Marks::new(home.path(), &server.url());
        super::files::write(files, &home, &marks);
        Self { tape, marks, home, _server: server }
    }

    /// Starts a daemon. The days of the recordings are those of UTC.
    fn start(&self) -> Daemon {
        self.home.start_with(|mpd| mpd.env("TZ", "UTC"))
    }

    /// Asks as a case does, and returns what came of it and what was sent.
    fn ask(&self, case: &Case, dry_run: bool) -> (Answer, Vec<Received>) {
        *lock(&self.tape) = Tape { answers: list(&case.data["server"]).to_vec(), sent: Vec::new() };
        let call = json!({"arguments": case.data["arguments"], "dry_run": dry_run});
        let ask = Ask::change("POST", format!("/v1/operations/ask.{}", case.text("family")), &call);
        let ask = match case.data.get("context") {
            Some(context) => ask.context(&in_texts(context)),
            None => ask,
        };
        let answer = self.home.ask(&ask);
        (answer, std::mem::take(&mut lock(&self.tape).sent))
    }
}

/// Returns a context as it travels: a workspace is a text there.
fn in_texts(context: &Value) -> Value {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let fields = context.as_object().into_iter().flatten();
    Value::Object(fields.map(|(name, value)| (name.clone(), text(value).into())).collect())
}

impl Tape {
    fn answer(&mut self, request: &Received) -> Reply {
        self.sent.push(request.clone());
        let body = request.json();
        let fits = |answer: &&Value| {
            let of_body = answer["body"].as_object().into_iter().flatten();
            answer["method"] == request.method.as_str()
                && answer["path"] == request.path.as_str()
                && of_body.into_iter().all(|(name, value)| body[name] == *value)
        };
        let Some(answer) = self.answers.iter().find(fits) else {
            return Reply::json(500, &json!({"error": "not recorded"}));
        };
        if answer["drop"] == true {
            return Reply::close();
        }
        let status = answer["status"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or(200);
        let reply = match answer.get("json") {
            Some(json) => Reply::json(status, json),
            None => Reply::text(status, answer["text"].as_str().unwrap_or_default()),
        };
        let headers = answer["headers"].as_object().into_iter().flatten();
        headers.fold(reply, |reply, (name, value)| reply.header(name, value.as_str().unwrap_or_default()))
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// A recorded case, with the days of this run in place of its marks.
struct Case {
    id: String,
    data: Value,
}

impl Case {
    fn new(data: &Value, marks: &Marks) -> Self {
        let id = data["id"].as_str().expect("a text").to_owned();
        Self { id, data: with_days(data, marks) }
    }

    fn text(&self, name: &str) -> &str {
        self.data[name].as_str().unwrap_or_default()
    }

    fn expected(&self, name: &str) -> &Value {
        &self.data["expected"][name]
    }

    fn run(&self, stage: &Stage) -> Vec<String> {
        let (dry, sent) = stage.ask(self, true);
        let mut problems = Vec::new();
        if !sent.is_empty() {
            problems.push(format!("dry, {} requests were sent", sent.len()));
        }
        if self.data["expected"].get("errors").is_some() {
            problems.extend(self.check_refusal(&dry).into_iter().map(|text| format!("dry, {text}")));
            let (answer, sent) = stage.ask(self, false);
            problems.extend(self.check_refusal(&answer));
            problems.extend((!sent.is_empty()).then(|| "it was refused, and sent".to_owned()));
            return problems;
        }
        let whole = json!({"params": self.expected("params")});
        problems.extend(self.check_answer(&dry, &whole, stage).into_iter().map(|text| format!("dry, {text}")));
        let (answer, sent) = stage.ask(self, false);
        problems.extend(self.check_requests(&sent, stage));
        match self.data["expected"].get("failure") {
            Some(failure) => problems.extend(self.check_failure(failure, &answer)),
            None => {
                let parts = ["params", "result", "table", "edges"];
                let whole: Map<String, Value> = parts
                    .into_iter()
                    .filter_map(|name| Some((name.to_owned(), self.data["expected"].get(name)?.clone())))
                    .collect();
                problems.extend(self.check_answer(&answer, &whole.into(), stage));
            }
        }
        problems
    }

    fn check_answer(&self, answer: &Answer, expected: &Value, stage: &Stage) -> Vec<String> {
        if answer.status != 200 {
            return vec![format!("answered {}: {}", answer.status, answer.text())];
        }
        let mut found = answer.json();
        if let Some(fields) = found.as_object_mut() {
            // A warning refuses nothing.
            fields.shift_remove("warnings");
        }
        same(expected, &found, &stage.marks).err().map(|why| format!("{why}\n  {found}")).into_iter().collect()
    }

    /// Checks codes: all recorded ones, and more only where the recorded client stops early.
    fn check_refusal(&self, answer: &Answer) -> Vec<String> {
        let codes = |list: &[Value]| -> BTreeSet<String> {
            let counts = |error: &&Value| error["severity"].as_str().is_none_or(|severity| severity == "error");
            list.iter().filter(counts).filter_map(|error| error["code"].as_str()).map(str::to_owned).collect()
        };
        let body = answer.json();
        if answer.status != 400 || body["code"] != "invalid_argument" {
            return vec![format!("answered {}: {}", answer.status, answer.text())];
        }
        let (wanted, found) = (codes(list(self.expected("errors"))), codes(list(&body["errors"])));
        let of_body = |code: &str| {
            code.starts_with("UP")
                || code.strip_prefix('B').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        };
        let may_be_more = |code: &&String| match self.expected("stage").as_str() {
            Some("value") => true,
            Some("arguments") => of_body(code),
            _ => false,
        };
        let missing: Vec<&String> = wanted.difference(&found).collect();
        let further: Vec<&String> = found.difference(&wanted).filter(|code| !may_be_more(code)).collect();
        if missing.is_empty() && further.is_empty() {
            return Vec::new();
        }
        vec![format!("codes: missing {missing:?}, further {further:?}: {}", answer.text())]
    }

    fn check_failure(&self, failure: &Value, answer: &Answer) -> Vec<String> {
        let fits: &[&str] = match (failure["class"].as_str().unwrap_or_default(), failure["status"].as_u64()) {
            ("QueryError", Some(200)) => &["upstream_refused", "upstream_invalid"],
            ("QueryError", Some(404)) => &["upstream_not_found"],
            ("QueryError", _) => &["upstream_refused"],
            ("AuthenticationError", _) => &["credential_refused"],
            ("RateLimitError", _) => &["rate_limited"],
            ("ServerError", _) => &["upstream_fault"],
            _ => &["upstream_invalid"],
        };
        let body = answer.json();
        let said = list(&self.data["server"]).first().and_then(|answer| answer["json"]["error"].as_str());
        let mut problems = Vec::new();
        if answer.status < 400 || !fits.iter().any(|code| body["code"] == *code) {
            problems.push(format!("answered {}: {}", answer.status, answer.text()));
        }
        if said.is_some_and(|said| !body["detail"].as_str().unwrap_or_default().contains(said)) {
            problems.push(format!("the words of Mixpanel are missing: {}", answer.text()));
        }
        if failure["status"] == 200 && answer.status != 502 {
            problems.push(format!("an error in a good answer has status {}", answer.status));
        }
        problems
    }

    /// Compares what was sent: as a multiset, or as a set where the same is sent again.
    fn check_requests(&self, sent: &[Received], stage: &Stage) -> Vec<String> {
        let mut missing: Vec<&Value> = list(self.expected("requests")).iter().collect();
        let mut problems = Vec::new();
        let mut met: Vec<&Value> = Vec::new();
        for request in sent.iter().filter(|request| !request.path.ends_with("/app/me")) {
            let fits = |recorded: &&Value| self.is_sent(recorded, request, stage).is_ok();
            if let Some(at) = missing.iter().position(fits) {
                met.push(missing.remove(at));
            } else if !(self.data["gate"] == true && met.iter().any(fits)) {
                let near = list(self.expected("requests")).first();
                let why = near.and_then(|near| self.is_sent(near, request, stage).err()).unwrap_or_default();
                let body = String::from_utf8_lossy(&request.body).into_owned();
                problems.push(format!("{} {} was not recorded: {why}: {body}", request.method, request.path));
            }
        }
        problems.extend(missing.iter().map(|recorded| format!("was not sent: {recorded}")));
        problems
    }

    fn is_sent(&self, recorded: &Value, sent: &Received, stage: &Stage) -> Result<(), String> {
        if recorded["method"] != sent.method.as_str() || recorded["path"] != sent.path.as_str() {
            return Err("it goes elsewhere".to_owned());
        }
        let query = sent.query.iter().filter(|(name, _)| name != "query_origin");
        let query: Map<String, Value> = query.map(|(name, value)| (name.clone(), value.as_str().into())).collect();
        same(&recorded["query"], &query.into(), &stage.marks).map_err(|why| format!("query{why}"))?;
        let mut body = recorded["body"].clone();
        if body["bookmark"] == "<PARAMS>" {
            body["bookmark"] = self.expected("params").clone();
        }
        same(&body, &sent.json(), &stage.marks).map_err(|why| format!("body{why}"))?;
        let is_same = recorded["authorization"].as_str() == sent.header("authorization");
        if is_same { Ok(()) } else { Err("authorization differs".to_owned()) }
    }
}

/// Puts the days of this run in place of `{{TODAY}}` and `{{TODAY-7}}`.
fn with_days(value: &Value, marks: &Marks) -> Value {
    match value {
        Value::String(text) => marks.days(text).into(),
        Value::Array(list) => list.iter().map(|one| with_days(one, marks)).collect(),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, one)| (name.clone(), with_days(one, marks))).collect())
        }
        other => other.clone(),
    }
}

/// Compares as the README says: numbers by size, texts that hold JSON by their value, keys in any order.
fn same(expected: &Value, found: &Value, marks: &Marks) -> Result<(), String> {
    let of_json = |text: &str| text.starts_with(['{', '[']).then(|| serde_json::from_str::<Value>(text).ok()).flatten();
    match (expected, found) {
        (Value::String(a), Value::String(b)) => match (of_json(a), of_json(b)) {
            _ if marks.text(a, b) => Ok(()),
            (Some(a), Some(b)) => same(&a, &b, marks),
            _ => Err(format!(" {b:?} instead of {a:?}")),
        },
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let mut pairs = a.iter().zip(b).enumerate();
            pairs.try_for_each(|(at, (a, b))| same(a, b, marks).map_err(|why| format!("[{at}]{why}")))
        }
        (Value::Object(a), Value::Object(b)) => {
            if let Some(name) = b.keys().find(|name| !a.contains_key(*name)) {
                return Err(format!(".{name} was not recorded"));
            }
            a.iter().try_for_each(|(name, a)| match b.get(name) {
                Some(b) => same(a, b, marks).map_err(|why| format!(".{name}{why}")),
                None => Err(format!(".{name} is missing")),
            })
        }
        _ => super::compare::equal(expected, found, marks).map_err(|_| format!(" {found} instead of {expected}")),
    }
}

#[test]
fn recorded_questions_are_answered_as_recorded() {
    let file = fs::read_to_string(super::dir().join(FILE)).expect("readable");
    let file: Value = serde_json::from_str(&file).expect("JSON");
    let stage = Stage::new(&file["files"]);
    let cases: Vec<Case> = list(&file["cases"]).iter().map(|data| Case::new(data, &stage.marks)).collect();
    assert_eq!(cases.len(), 249, "all recordings are there");
    // Whoever meets the limit closes the gate for all who come after.
    let (alone, together): (Vec<&Case>, Vec<&Case>) = cases.iter().partition(|case| case.data["gate"] == true);
    let mut failed = Vec::new();
    let mut judge = |case: &Case, problems: Vec<String>| {
        let reason = DIFFERENT.iter().find(|(id, _)| *id == case.id).map(|(_, reason)| *reason);
        match (reason, problems.is_empty()) {
            (None, true) => {}
            (Some(reason), false) => {
                assert!(case.data.get("quirk").is_some(), "{}: only a quirk may differ", case.id);
                println!("{}: {reason}", case.id);
            }
            (Some(_), true) => failed.push(format!("{}: it is as recorded, and listed as different", case.id)),
            (None, false) => failed.push(format!("{}: {}", case.id, problems.join("\n    "))),
        }
    };
    let daemon = stage.start();
    for case in together {
        judge(case, case.run(&stage));
    }
    drop(daemon);
    for case in alone {
        let _daemon = stage.start();
        judge(case, case.run(&stage));
    }
    assert!(failed.is_empty(), "{} cases:\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn the_comparison_of_questions_can_fail() {
    let marks = Marks::fixed();
    let check = |a: Value, b: Value| same(&a, &b, &marks).is_ok();
    assert!(check(json!({"a": 1, "b": "{\"x\": [1]}"}), json!({"b": "{\"x\":[1.0]}", "a": 1.0})));
    assert!(check(json!("<NOW>"), json!("2025-11-13T00:00:00Z")) && !check(json!("<NOW>"), json!("2099-01-01")));
    for (a, b) in [
        (json!("{\"x\": 1}"), json!("{\"x\": 2}")),
        (json!([1, 2]), json!([2, 1])),
        (json!({"a": 1}), json!({})),
        (json!({}), json!({"a": null})),
        (json!(1), json!("1")),
        (json!(null), json!(0)),
    ] {
        assert!(!check(a.clone(), b.clone()), "{a} {b}");
    }
    assert_eq!(with_days(&json!(["{{TODAY}}", "{{TODAY-7}}", "x"]), &marks), json!(["2025-11-13", "2025-11-06", "x"]));
}
