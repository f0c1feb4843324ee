//! Session recordings through the real programs: what a storage gets to see, what is signed again, and what one bad recording costs.

use std::sync::{Arc, Mutex};

use mp_sandbox::home::{Call, Daemon};
use mp_sandbox::upstream::reply::Reply;
use mp_sandbox::upstream::server::{Received, Server};
use serde_json::{Value, json};

use crate::grants::World;

const SIGN: &str = "/us/app/projects/3187654/replays/sign/bulk";
const INSIGHTS: &str = "/us/query/insights";
const SECRET: &str = "TOPSECRET";
const START: u64 = 1_736_935_200_000;

/// A world with recordings in a storage of their own.
struct Recordings {
    world: World,
    storage: Server,
    got: Arc<Mutex<Vec<Received>>>,
}

/// Returns a file of a recording: somebody went to a page and clicked.
fn file(number: u64) -> Vec<u8> {
    let at = START + number * 5000;
    let page =
        json!({"id": 1, "type": 2, "tagName": "button", "childNodes": [{"id": 2, "type": 3, "textContent": "Buy"}]});
    let events = json!([
        {"type": 4, "timestamp": at, "data": {"href": format!("https://shop.example/{number}"), "width": 1, "height": 1}},
        {"type": 2, "timestamp": at + 1, "data": {"node": page}},
        {"type": 3, "timestamp": at + 2, "data": {"source": 2, "type": 2, "id": 1}},
    ]);
    events.to_string().into_bytes()
}

/// Answers with a recording of three files.
fn three_files(request: &Received) -> Reply {
    let name = request.path.rsplit('/').next().unwrap_or_default();
    match name.split('-').next().and_then(|number| number.parse().ok()) {
        Some(number @ 0..3) => Reply::new(200).body(file(number)),
        _ => Reply::text(404, "no such file"),
    }
}

impl Recordings {
    /// Returns a world whose storage answers so. The report knows of `ids`.
    fn new(ids: &'static [&'static str], answer: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Self {
        let world = World::with_grant(3600);
        let got = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&got);
        let storage = Server::start(move |request| {
            seen.lock().expect("no handler panics").push(request.clone());
            answer(request)
        });
        world.upstream.on("POST", INSIGHTS, move |request| {
            let bookmark = &request.json()["bookmark"]["sections"];
            let series = if bookmark["show"][0]["behavior"]["name"] == "$mp_session_record" {
                let of = |id: &&str| ((*id).to_owned(), json!({"$overall": {"all": START}, "90": {"all": START}}));
                Value::Object(ids.iter().map(of).collect())
            } else {
                json!({"2025-01-15T10:00:02": {"Page View": {ids[0]: {"all": 1}}}})
            };
            Reply::json(200, &json!({"series": {"metric": series}}))
        });
        let (url, signed) = (storage.url(), Mutex::new(0));
        world.upstream.on("POST", SIGN, move |request| {
            let mut count = signed.lock().expect("no handler panics");
            *count += 1;
            let body = request.json();
            let one = |replay: &Value| {
                let id = replay["replay_id"].as_str().unwrap_or_default();
                let folder = id.replace(['/', '.'], "_");
                json!({"replay_id": id, "url": format!("{url}/{folder}/"), "query_string": format!("Sig={SECRET}-{count}")})
            };
            let results: Vec<Value> = body["replays"].as_array().into_iter().flatten().map(one).collect();
            Reply::json(200, &json!({"status": "ok", "results": results}))
        });
        Self { world, storage, got }
    }

    fn mp(&self, words: &[&str]) -> Call {
        self.world.home.mp([&["replays"], words].concat())
    }

    fn start(&self) -> Daemon {
        self.world.home.start_with(|mpd| mpd.args(["--log-level", "trace"]))
    }

    /// Returns what the storage was asked for, sorted: several files are asked for at a time.
    fn asked(&self) -> Vec<String> {
        let got = self.got.lock().expect("no handler panics");
        let line = |request: &Received| format!("{} {}", request.path, request.parameter("Sig").unwrap_or_default());
        let mut lines: Vec<String> = got.iter().map(line).collect();
        lines.sort();
        lines
    }
}

#[test]
fn a_storage_gets_to_see_nothing_of_the_account() {
    let recordings = Recordings::new(&["r1"], three_files);
    let _daemon = recordings.start();
    assert_eq!(recordings.mp(&["fetch", "r1"]).ok(), "fetched r1 — 9 events, 10s, 90-day retention\n");
    let events = recordings.mp(&["fetch", "r1", "-f", "json"]).json();
    assert_eq!(events.as_array().map(Vec::len), Some(9));
    let got = recordings.got.lock().expect("no handler panics");
    assert!(got.iter().any(|request| request.path == "/r1/0002-90.json"));
    for request in got.iter() {
        assert_eq!(request.method, "GET");
        for name in ["authorization", "cookie", "referer", "x-mixpanel-cluster"] {
            assert_eq!(request.header(name), None, "{}", request.path);
        }
        assert!(request.parameter("Sig").is_some_and(|sig| sig.starts_with(SECRET)), "{}", request.path);
    }
    assert_eq!(recordings.world.upstream.problems(), Vec::<String>::new());
}

#[test]
fn files_are_signed_again_once_and_go_on_where_they_were() {
    let recordings = Recordings::new(&["r1"], |request| {
        let is_first = request.parameter("Sig").is_some_and(|sig| sig.ends_with("-1"));
        match is_first && !request.path.contains("/0000-") {
            true => Reply::text(403, "expired"),
            false => three_files(request),
        }
    });
    let _daemon = recordings.start();
    assert_eq!(recordings.mp(&["fetch", "r1"]).ok(), "fetched r1 — 9 events, 10s, 90-day retention\n");
    assert_eq!(recordings.world.upstream.count("POST", SIGN), 2);
    let of = |file: &str| recordings.asked().into_iter().filter(|line| line.contains(file)).collect::<Vec<_>>();
    assert_eq!(of("0000-90"), [format!("/r1/0000-90.json {SECRET}-1")]);
    assert!(of("0001-90").contains(&format!("/r1/0001-90.json {SECRET}-2")));
}

#[test]
fn what_opens_a_recording_is_in_no_error_and_no_log() {
    type Answer = fn(&Received) -> Reply;
    let faults: [(&str, Answer, i32); 9] = [
        ("forbidden", |_| Reply::text(403, "Sig=TOPSECRET is expired"), 1),
        ("not there", |_| Reply::text(404, "Sig=TOPSECRET"), 4),
        ("at fault", |_| Reply::text(500, "Sig=TOPSECRET"), 1),
        ("redirect", |_| Reply::redirect("https://elsewhere.example/?Sig=TOPSECRET"), 1),
        ("reset", |_| Reply::reset(), 1),
        ("closed", |_| Reply::close(), 1),
        ("cut off", |_| Reply::new(200).body(file(0)).truncated(20), 1),
        ("no JSON", |_| Reply::text(200, "Sig=TOPSECRET"), 1),
        ("no recording", |_| Reply::text(200, "[{\"Sig\": \"TOPSECRET\"}]"), 1),
    ];
    for (name, answer, code) in faults {
        let recordings = Recordings::new(&["r1"], answer);
        let daemon = recordings.start();
        let asked = [&["fetch", "r1"][..], &["fetch", "r1", "-v"], &["analyze", "r1"], &["sign", "r1"]];
        for words in &asked[..3] {
            let done = recordings.mp(words).run();
            assert_eq!(done.code, code, "{name}: {}", done.stderr);
            assert!(!done.stderr.is_empty() && done.stdout.is_empty(), "{name}: {}", done.stdout);
            assert!(!done.stderr.contains(SECRET), "{name}: {}", done.stderr);
        }
        assert!(!recordings.mp(asked[3]).ok().contains(SECRET), "{name}");
        assert!(recordings.mp(&["sign", "r1", "--reveal-signed-urls"]).ok().contains(SECRET), "{name}");
        assert!(!daemon.log().contains(SECRET), "{name}");
    }
}

#[test]
fn a_url_that_leads_somewhere_else_than_a_storage_is_not_asked() {
    let recordings = Recordings::new(&["r1"], three_files);
    let url = recordings.storage.url().replace("127.0.0.1", "user:pw@127.0.0.1");
    recordings.world.upstream.on("POST", SIGN, move |_| {
        Reply::json(
            200,
            &json!({"results": [{"replay_id": "r1", "url": format!("{url}/r1/"), "query_string": SECRET}]}),
        )
    });
    let _daemon = recordings.start();
    let said = recordings.mp(&["fetch", "r1"]).fails(1);
    assert!(said.contains("no https URL") && !said.contains(SECRET), "{said}");
    assert_eq!(recordings.asked(), Vec::<String>::new());
}

#[test]
fn no_more_files_are_asked_for_than_are_wanted() {
    let recordings = Recordings::new(&["r1"], three_files);
    let _daemon = recordings.start();
    let done = recordings.mp(&["fetch", "r1", "--max-files", "2"]).run();
    assert_eq!(done.stdout, "fetched r1 — 6 events, 5s, 90-day retention\n");
    assert!(done.stderr.contains("only the first 2 files of r1 were read"), "{}", done.stderr);
    assert_eq!(recordings.asked(), [format!("/r1/0000-90.json {SECRET}-1"), format!("/r1/0001-90.json {SECRET}-1")]);
    for most in ["0", "-1", "10001", "x"] {
        recordings.mp(&["fetch", "r1", &format!("--max-files={most}")]).fails(3);
    }
}

#[test]
fn a_recording_that_cannot_be_had_does_not_cost_the_others() {
    let recordings = Recordings::new(&["../r1", "r2"], |request| match request.path.starts_with("/r2/") {
        true => Reply::text(200, "[{\"foo\": 1}]"),
        false => three_files(request),
    });
    let _daemon = recordings.start();
    let of_user = ["for-user", "u-1", "--from", "2025-01-15", "--to", "2025-01-17"];
    let done = recordings.mp(&of_user).run();
    assert!(done.code == 0 && done.stdout.starts_with("# Bundle summary\n\n- replays: 1\n"), "{}", done.stdout);
    assert!(done.stderr.contains("recording r2 is left out"), "{}", done.stderr);
    let folder = recordings.world.home.at("out");
    let path = folder.to_str().expect("a text");
    let written = recordings.mp(&[&of_user[..], &["--out-dir", path]].concat()).ok();
    assert_eq!(written, format!("wrote 1 replays to {path}/\ntotal: 6 actions, 3 clicks, 0 errors\n"));
    let names = std::fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<String> = names.map(|name| name.into_string().expect("a text")).collect();
    names.sort();
    assert_eq!(names, ["_r1-summary.md", "index.json"]);
    let index: Value = serde_json::from_str(&recordings.world.home.read("out/index.json")).expect("JSON");
    assert_eq!(
        (&index[0]["n_mp_events"], &index[0]["n_pages"], &index[0]["duration_s"]),
        (&json!(1), &json!(3), &json!(10.002))
    );
    recordings.mp(&[&of_user[..], &["--include", "nothing"]].concat()).fails(3);
    recordings.mp(&["for-user", "u-1", "--from", "2025-01-17", "--to", "2025-01-15"]).fails(3);
}

#[test]
fn what_nothing_can_be_had_of_is_an_error() {
    let recordings = Recordings::new(&["r1", "r2"], |_| Reply::text(404, ""));
    let _daemon = recordings.start();
    recordings.mp(&["for-user", "u-1", "--from", "2025-01-15", "--to", "2025-01-17"]).fails(4);
    recordings.mp(&["analyze", "r1"]).fails(4);
}

#[test]
fn recordings_are_told_as_a_timeline_or_as_data() {
    let recordings = Recordings::new(&["r1"], three_files);
    let _daemon = recordings.start();
    let text = recordings.mp(&["analyze", "r1"]).ok();
    assert!(
        text.starts_with("1736935200: Navigated to https://shop.example/0\n1736935200: Clicked button \"Buy\"\n"),
        "{text}"
    );
    let actions = recordings.mp(&["analyze", "r1", "-f", "json"]).json();
    assert_eq!((actions[1]["action"].as_str(), &actions[1]["target_node_id"]), (Some("click"), &json!(1)));
    let list =
        recordings.mp(&["list", "--user", "u-1", "--from", "2025-01-15", "--to", "2025-01-17", "-f", "json"]).json();
    let expected = json!([{"replay_id": "r1", "distinct_id": "u-1", "project_id": 3_187_654, "start_time": START, "retention_days": 90}]);
    assert_eq!(list, expected);
}
