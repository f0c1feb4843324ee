//! What operators see of a daemon: its metrics in both formats, the files that read them, and its health in an exit code.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mp_daemon::meter::families::ALL;
use mp_daemon::meter::page::Kind;
use mp_proto::routes;
use mp_sandbox::home::Home;
use mp_sandbox::wire::Ask;
use serde_json::{Value, json};

use crate::configured;
use crate::grants::World;

/// What Prometheus asks with.
const OPEN_METRICS: &str = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

/// A page, read strictly: its families in order, each with its rows.
struct Page {
    types: BTreeMap<String, String>,
    rows: Vec<(String, BTreeMap<String, String>, f64)>,
}

impl Page {
    #[track_caller]
    fn read(home: &Home, accept: Option<&str>) -> Self {
        let ask = Ask::get(routes::METRICS);
        let answer = home.ask(&accept.map_or(ask.clone(), |accept| ask.header("Accept", accept)));
        assert_eq!(answer.status, 200);
        let kind = answer.header("content-type").expect("it is told").to_owned();
        let page = Self::parse(&answer.text());
        match accept {
            Some(_) => {
                assert_eq!(kind, "application/openmetrics-text; version=1.0.0; charset=utf-8");
                assert!(answer.text().ends_with("\n# EOF\n"), "{}", answer.text());
            }
            None => {
                assert_eq!(kind, "text/plain; version=0.0.4; charset=utf-8");
                assert!(!answer.text().contains("# EOF"));
            }
        }
        page
    }

    #[track_caller]
    fn parse(text: &str) -> Self {
        let mut page = Self { types: BTreeMap::new(), rows: Vec::new() };
        let (mut family, mut seen) = (String::new(), BTreeSet::new());
        for line in text.lines() {
            if let Some(head) = line.strip_prefix("# TYPE ") {
                let (name, kind) = head.split_once(' ').expect("two words");
                assert!(page.types.insert(name.to_owned(), kind.to_owned()).is_none(), "{name} is there twice");
                name.clone_into(&mut family);
                continue;
            }
            if let Some(head) = line.strip_prefix("# UNIT ").or_else(|| line.strip_prefix("# HELP ")) {
                assert!(head.starts_with(&format!("{family} ")), "{line}");
                continue;
            }
            if line == "# EOF" {
                continue;
            }
            let (name, labels, value) = row(line);
            assert!(name.starts_with(&family), "{line} is not of {family}");
            let key = format!("{name}{labels:?}");
            assert!(seen.insert(key), "{line} is there twice");
            page.rows.push((name, labels, value));
        }
        page
    }

    /// Returns the sum of the rows of a name that have these labels.
    fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let fits = |row: &BTreeMap<String, String>| {
            labels.iter().all(|(key, value)| row.get(*key).is_some_and(|v| v == value))
        };
        self.rows.iter().filter(|(known, row, _)| known == name && fits(row)).map(|(.., value)| value).sum()
    }

    fn names(&self) -> BTreeSet<&str> {
        self.rows.iter().map(|(name, ..)| name.as_str()).collect()
    }
}

fn row(line: &str) -> (String, BTreeMap<String, String>, f64) {
    let (head, value) = line.rsplit_once(' ').expect("a value");
    let value: f64 = value.parse().unwrap_or_else(|_| panic!("{line}"));
    let Some((name, rest)) = head.split_once('{') else { return (head.to_owned(), BTreeMap::new(), value) };
    let mut labels = BTreeMap::new();
    let mut rest = rest.strip_suffix('}').unwrap_or_else(|| panic!("{line}"));
    while !rest.is_empty() {
        let (label, after) = rest.split_once("=\"").unwrap_or_else(|| panic!("{line}"));
        let mut text = String::new();
        let mut chars = after.char_indices();
        let end = loop {
            match chars.next().unwrap_or_else(|| panic!("{line}")) {
                (at, '"') => break at + 1,
                (_, '\\') => text.push(match chars.next() {
                    Some((_, 'n')) => '\n',
                    Some((_, c @ ('\\' | '"'))) => c,
                    other => panic!("{other:?} in {line}"),
                }),
                (_, c) => text.push(c),
            }
        };
        assert!(labels.insert(label.to_owned(), text).is_none(), "{line}");
        rest = after[end..].strip_prefix(',').unwrap_or(&after[end..]);
    }
    (name.to_owned(), labels, value)
}

/// A world whose daemon has done something of everything.
fn busy() -> (World, mp_sandbox::home::Daemon) {
    let world = World::with_grant(0);
    let daemon = world.start();
    let home = &world.home;
    let mut connection = home.connect();
    for _ in 0..10 {
        connection.call(&Ask::get(routes::SESSION)).ok();
    }
    assert_eq!(world.ask_token().status, 200);
    home.ask(&Ask::get("/v1/api/app/me")).ok();
    home.ask(&Ask::change("POST", "/v1/operations/inspect.events", &json!({}))).ok();
    let odd = "/v1/nowhere/CaNaRy%22%0A";
    assert_eq!(home.ask(&Ask::get(odd)).status, 404);
    assert_eq!(home.ask(&Ask::get("/v1/accounts/nobody-of-this-name")).status, 404);
    assert_eq!(home.ask(&Ask::change("DELETE", routes::VERSION, &json!(null))).status, 405);
    (world, daemon)
}

#[test]
fn a_scrape_is_strict_in_both_formats_and_counts_by_templates() {
    let (world, _daemon) = busy();
    for (accept, counter) in [(Some(OPEN_METRICS), "mpd_calls"), (None, "mpd_calls_total")] {
        let page = Page::read(&world.home, accept);
        assert_eq!(page.types[counter], "counter");
        let calls = |route: &str, code: &str| page.sum("mpd_calls_total", &[("route", route), ("code", code)]);
        assert!((10.0..=11.0).contains(&calls(routes::SESSION, "200")), "{}", calls(routes::SESSION, "200"));
        assert_eq!(calls(routes::ACCOUNT_TOKEN, "200"), 1.0);
        assert_eq!(calls(routes::API, "200"), 1.0);
        assert_eq!(calls(routes::ACCOUNT, "404"), 1.0);
        assert_eq!((calls("(none)", "404"), calls("(none)", "405")), (1.0, 1.0));
        assert_eq!(page.sum("mpd_failures_total", &[("code", "account_not_found")]), 1.0);
        assert!(page.sum("mpd_upstream_requests_total", &[("plane", "app"), ("code", "200")]) >= 1.0);
        assert!(page.sum("mpd_upstream_requests_total", &[("plane", "query"), ("code", "200")]) >= 1.0);
        assert_eq!(page.sum("mpd_refresh_duration_seconds_count", &[("outcome", "granted")]), 1.0);
        assert!(page.sum("mpd_wait_duration_seconds_count", &[("reason", "turn")]) >= 1.0);
        assert_eq!(page.sum("mpd_account_state", &[("account", "ada"), ("state", "ok")]), 1.0);
        assert!(page.sum("mpd_token_expiry_timestamp_seconds", &[("account", "ada")]) > 1.7e9);
        assert!(page.sum("process_resident_memory_bytes", &[]) > 1e6 && page.sum("process_open_fds", &[]) > 3.0);
        let paths = page.rows.iter().filter_map(|(_, labels, _)| labels.get("route"));
        assert!(paths.into_iter().all(|path| !path.contains("nobody") && !path.contains("nowhere")));
    }
}

#[test]
fn histograms_grow_from_bound_to_bound() {
    let (world, _daemon) = busy();
    let page = Page::read(&world.home, Some(OPEN_METRICS));
    let mut of: BTreeMap<String, Vec<(String, f64)>> = BTreeMap::new();
    for (name, labels, value) in &page.rows {
        if let Some(name) = name.strip_suffix("_bucket") {
            let mut labels = labels.clone();
            let bound = labels.remove("le").expect("a bucket has a bound");
            assert!(bound == "+Inf" || bound.contains('.'), "{bound}");
            of.entry(format!("{name}{labels:?}")).or_default().push((bound, *value));
        }
    }
    assert!(of.len() > 10, "histograms are there");
    for (name, buckets) in of {
        let bounds: Vec<f64> = buckets.iter().map(|(bound, _)| bound.parse().unwrap_or(f64::INFINITY)).collect();
        assert!(bounds.is_sorted() && buckets.is_sorted_by_key(|(_, count)| *count), "{name}: {buckets:?}");
        assert_eq!(buckets.last().map(|(bound, _)| bound.as_str()), Some("+Inf"), "{name}");
    }
}

#[test]
fn every_family_is_in_a_scrape_and_every_row_of_one_is_declared() {
    let (world, _daemon) = busy();
    let page = Page::read(&world.home, Some(OPEN_METRICS));
    let declared: BTreeSet<&str> = ALL.iter().map(|family| family.name).collect();
    let found: BTreeSet<&str> = page.types.keys().map(String::as_str).collect();
    assert_eq!(found, declared);
    for (name, labels, _) in &page.rows {
        let family = ALL.iter().find(|family| match family.kind {
            Kind::Histogram => {
                let rest = name.strip_prefix(family.name);
                rest.is_some_and(|rest| ["_bucket", "_sum", "_count"].contains(&rest))
            }
            _ => family.sample() == *name,
        });
        let family = family.unwrap_or_else(|| panic!("{name} is not declared"));
        let mut known: BTreeSet<&str> = family.labels.iter().copied().collect();
        if name.ends_with("_bucket") {
            known.insert("le");
        }
        assert_eq!(labels.keys().map(String::as_str).collect::<BTreeSet<_>>(), known, "{name}");
    }
}

fn packaging(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the names of ours that stand in an expression.
fn names_in(expression: &str) -> BTreeSet<String> {
    let words = expression.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let is_ours = |word: &&str| word.starts_with("mpd_") || word.starts_with("process_");
    words.filter(is_ours).map(str::to_owned).collect()
}

/// Returns all expressions of a dashboard.
fn expressions(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::String(text) if key == "expr" || key == "query" || key == "definition" => {
                        found.push(text.clone())
                    }
                    other => expressions(other, found),
                }
            }
        }
        Value::Array(all) => all.iter().for_each(|one| expressions(one, found)),
        _ => {}
    }
}

#[test]
fn dashboard_and_alerts_ask_for_what_a_scrape_has() {
    let (world, _daemon) = busy();
    let page = Page::read(&world.home, Some(OPEN_METRICS));
    let dashboard: Value = serde_json::from_str(&packaging("grafana/dashboard.json")).expect("JSON");
    let mut all = Vec::new();
    expressions(&dashboard, &mut all);
    all.extend(packaging("grafana/alerts.yml").lines().map(str::to_owned).filter(|line| !line.trim().starts_with('#')));
    let names: BTreeSet<String> = all.iter().flat_map(|one| names_in(one)).collect();
    assert!(names.len() > 20, "queries were found: {names:?}");
    let known = page.names();
    let unknown: Vec<&String> = names.iter().filter(|name| !known.contains(name.as_str())).collect();
    // What has rows only after it has happened is declared all the same.
    let declared: BTreeSet<String> = ALL.iter().map(|family| family.sample()).collect();
    let unknown: Vec<_> = unknown.into_iter().filter(|name| !declared.contains(*name)).collect();
    assert!(unknown.is_empty(), "no scrape has {unknown:?}");
}

#[test]
fn the_dashboard_is_one_that_grafana_can_read() {
    let dashboard: Value = serde_json::from_str(&packaging("grafana/dashboard.json")).expect("JSON");
    assert!(dashboard["schemaVersion"].as_u64().is_some_and(|version| version >= 36) && dashboard["id"].is_null());
    for text in ["title", "uid"] {
        assert!(dashboard[text].as_str().is_some_and(|text| !text.is_empty()), "{text}");
    }
    let panels = dashboard["panels"].as_array().expect("panels");
    let mut ids = BTreeSet::new();
    let mut places = BTreeSet::new();
    for panel in panels {
        let place = &panel["gridPos"];
        let number = |name: &str| place[name].as_u64().unwrap_or_else(|| panic!("{name} of {panel}"));
        assert!(ids.insert(panel["id"].as_u64().expect("an id")), "{panel}");
        assert!(number("x") + number("w") <= 24 && number("w") > 0 && number("h") > 0, "{place}");
        for (x, y) in (number("x")..number("x") + number("w")).flat_map(|x| (0..number("h")).map(move |y| (x, y))) {
            assert!(places.insert((x, number("y") + y)), "{} stands on another panel", panel["title"]);
        }
        if panel["type"] == "row" {
            continue;
        }
        let targets = panel["targets"].as_array().expect("queries");
        assert!(!targets.is_empty() && panel["title"].is_string() && panel["description"].is_string(), "{panel}");
        for query in targets {
            assert!(query["expr"].as_str().is_some_and(|text| !text.is_empty()), "{query}");
            assert_eq!(query["datasource"]["uid"], "${datasource}", "it asks any Prometheus");
        }
    }
    assert!(panels.len() >= 20, "{}", panels.len());
}

#[test]
fn the_table_of_metrics_in_the_documentation_is_that_of_the_code() {
    let row = |family: &&mp_daemon::meter::page::Family| {
        let labels = family.labels.iter().map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", ");
        format!("| `{}` | {} | {labels} | {} |\n", family.sample(), family.kind.as_str(), family.help)
    };
    let table: String = ALL.iter().map(row).collect();
    let (path, begin, end) = ("docs/src/operators.md", "|---|---|---|---|\n", "\n<!-- end of the metrics -->");
    let text = packaging(path);
    let (head, rest) = text
        .split_once(&format!("<!-- the metrics -->\n\n| metric | kind | labels | what |\n{begin}"))
        .expect("it has a table");
    let (found, tail) = rest.split_once(end).expect("it ends");
    if found != table {
        let fresh =
            format!("{head}<!-- the metrics -->\n\n| metric | kind | labels | what |\n{begin}{table}{end}{tail}");
        std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging").join(path), fresh).expect("writable");
        panic!("{path} was stale and is written anew: look at the difference and commit it");
    }
}

#[test]
fn an_exit_code_tells_how_a_daemon_is_and_starts_none() {
    let home = configured();
    let status = |words: &[&str]| {
        let done = home.mp(["daemon", "status", "--exit-code"].iter().chain(words)).run();
        (done.code, done.stdout)
    };
    assert_eq!(status(&[]).0, 6);
    assert!(home.daemon().is_none(), "none was started");
    let _daemon = home.start();
    let (code, told) = status(&[]);
    assert_eq!(code, 2, "{told}");
    assert!(
        told.starts_with("LOGIN REQUIRED: account 'personal' is login_required") && told.lines().count() == 1,
        "{told}"
    );
    let (code, told) = status(&["-a", "team"]);
    assert_eq!(code, 0, "{told}");
    assert!(told.starts_with("OK: mpd "), "{told}");
    let (code, told) = status(&["-a", "team", "-f", "json"]);
    let told: Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!((code, &told["state"], &told["exit_code"]), (0, &json!("ok"), &json!(0)));
    assert_eq!(status(&["-a", "nobody"]).0, 4);
    home.write(".mp/config.toml", &(crate::CONFIG.to_owned() + "\n[settings.notify]\ndesktop = 1\n"));
    let (code, told) = status(&["-a", "team"]);
    assert_eq!(code, 1, "{told}");
    assert!(told.starts_with("DEGRADED: ") && told.contains("config.toml:32:11: desktop is an integer"), "{told}");
}
