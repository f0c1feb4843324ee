//! Operations that change something: what they take from files, whom they ask, and how files go up and come down.

use mp_sandbox::upstream::reply::Reply;
use mp_sandbox::upstream::{Fault, Upstream};
use serde_json::{Value, json};

use crate::grants::World;
use crate::terminal;

const COHORTS: &str = "/us/app/projects/3187654/cohorts";
const TABLES: &str = "/us/app/projects/3187654/data-definitions/lookup-tables/";

fn world() -> World {
    World::with_grant(3600)
}

fn ok(value: &Value) -> Reply {
    Reply::json(200, &json!({"status": "ok", "results": value}))
}

fn bodies(upstream: &Upstream, method: &str) -> Vec<Value> {
    let all = upstream.requests();
    all.iter().filter(|request| request.method == method).map(|request| request.json()).collect()
}

#[test]
fn json_comes_as_it_is_from_a_file_or_from_standard_input() {
    let world = world();
    let _daemon = world.start();
    world.upstream.on("POST", COHORTS, |_| ok(&json!({"id": 1, "name": "x"})));
    let create = |definition: &str| world.home.mp(["cohorts", "create", "--name", "x", "--definition", definition]);
    world.home.write("work/d.json", "{\"groups\": [1]}");
    create("{\"groups\": [1]}").ok();
    create("@d.json").ok();
    create("-").stdin("{\"groups\": [1]}").ok();
    assert_eq!(bodies(&world.upstream, "POST"), vec![json!({"name": "x", "groups": [1]}); 3]);
    // What cannot be read is told with everything else that is wrong, and nothing is sent.
    let told = world
        .home
        .mp(["alerts", "update", "x", "--condition", "@none.json", "--subscriptions", "{", "--frequency", "y"])
        .fails(3);
    for part in ["ALERT_ID", "--condition", "none.json", "--subscriptions", "line 1, column 1", "--frequency"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(create("-").stdin(" ").fails(3).contains("standard input is empty"));
    assert_eq!(bodies(&world.upstream, "POST").len(), 3);
}

#[test]
fn what_destroys_asks_at_a_terminal_and_nowhere_else() {
    let world = world();
    let _daemon = world.start();
    world.upstream.on("DELETE", COHORTS, |_| Reply::new(204));
    let words = ["cohorts", "delete", "7"];
    let deleted = || world.upstream.count("DELETE", &format!("{COHORTS}/7"));
    for (answer, code, count) in [("n\n", 1, 0), ("\n", 1, 0), ("y\n", 0, 1)] {
        let (ended, shown) = terminal::typed(&world, &words, answer);
        assert!(shown.contains("mp cohorts delete 7: delete one cohort. Go on? [y/N]"), "{shown:?}");
        assert_eq!((ended, deleted()), (code, count), "{answer:?}");
    }
    let (ended, shown) = terminal::typed(&world, &["cohorts", "delete", "7", "--yes"], "");
    assert_eq!((ended, deleted(), shown.contains("Go on?")), (0, 2, false), "{shown:?}");
    // A script is never asked.
    let done = world.home.mp(words).run();
    assert_eq!((done.code, done.stdout.as_str(), done.stderr.as_str(), deleted()), (0, "", "Deleted cohort 7\n", 3));
    assert_eq!(world.home.mp(["-q", "cohorts", "delete", "7"]).run().stderr, "");
}

#[test]
fn arguments_that_destroy_ask_and_others_do_not() {
    let world = world();
    let _daemon = world.start();
    let schemas = "/us/app/projects/3187654/schemas";
    world.upstream.on("POST", schemas, |_| ok(&json!({"added": 0, "deleted": 5})));
    let truncating = ["schemas", "create-bulk", "--entries", "[]", "--truncate"];
    let sent = || world.upstream.count("POST", schemas);
    let (ended, shown) = terminal::typed(&world, &truncating, "n\n");
    assert!(shown.contains("with truncate, all other schemas are deleted. Go on? [y/N]"), "{shown:?}");
    assert_eq!((ended, sent()), (1, 0));
    for words in [&truncating[..4], &[&truncating[..], &["--yes"]].concat()] {
        let (ended, shown) = terminal::typed(&world, words, "");
        assert_eq!((ended, shown.contains("Go on?")), (0, false), "{words:?}: {shown:?}");
    }
    assert_eq!(terminal::typed(&world, &truncating, "y\n").0, 0);
    // A script is never asked.
    assert_eq!((world.home.mp(truncating).run().code, sent()), (0, 4));
}

#[test]
fn a_dry_run_shows_what_would_be_touched_and_touches_nothing() {
    let world = world();
    let _daemon = world.start();
    world.upstream.on("GET", COHORTS, |asked| {
        assert_eq!(asked.parameter("ids"), Some("7,9"));
        ok(&json!([{"id": 7, "name": "x"}]))
    });
    let done = world.home.mp(["cohorts", "bulk-delete", "--ids", "7,9", "--dry-run", "-f", "plain"]).run();
    assert_eq!((done.code, done.stdout.as_str()), (0, "x\n"));
    assert!(done.stderr.contains("not there: 9"), "{}", done.stderr);
    assert!(world.upstream.requests().iter().all(|request| request.method == "GET"));
}

#[test]
fn a_file_goes_up_as_it_is_and_its_url_into_no_error() {
    let world = world();
    let _daemon = world.start();
    let place = json!({"url": format!("{}/cdn/x?signature=canary-signature", world.upstream.url()), "path": "gs://x", "key": "k"});
    world.upstream.on("GET", &format!("{TABLES}upload-url/"), move |_| ok(&place));
    world.upstream.on("PUT", "/cdn/x", |_| Reply::new(200));
    world.upstream.on("POST", TABLES, |_| ok(&json!({"id": 1})));
    let upload = |file: &str| world.home.mp(["lookup-tables", "upload", "--name", "big", "--file", file, "-f", "json"]);
    // More than any text may have, and than the daemon holds.
    let csv: String = (0..600_000).map(|row| format!("{row},green tea\n")).collect();
    world.home.write("work/big.csv", &csv);
    assert_eq!(upload("big.csv").json()["name"], "big");
    let put = world.upstream.requests().into_iter().find(|request| request.method == "PUT").expect("it came");
    assert!(put.request.body == csv.as_bytes());
    assert_eq!(
        (put.header("content-type"), put.header("content-length")),
        (Some("text/csv"), Some(csv.len().to_string().as_str()))
    );
    world.upstream.clear();
    upload("-").stdin("a,b\n").ok();
    let put = world.upstream.requests().into_iter().find(|request| request.method == "PUT").expect("it came");
    assert_eq!(put.request.body, b"a,b\n");
    assert_eq!(world.upstream.problems(), Vec::<String>::new());
    assert!(upload("none.csv").fails(3).contains("--file could not be read from none.csv"));
    world.upstream.on("PUT", "/cdn/x", |_| Reply::new(403).body("SignatureDoesNotMatch"));
    let told = upload("-").stdin("a,b\n").fails(1);
    assert!(told.contains("the storage answered 403") && !told.contains("canary"), "{told}");
}

#[test]
fn a_file_comes_down_whole_or_not_at_all() {
    let world = world();
    let _daemon = world.start();
    let path = format!("{TABLES}download/");
    let csv = "sku,title\n".repeat(200_000);
    let body = csv.clone();
    world.upstream.on("GET", &path, move |_| Reply::new(200).body(body.clone()));
    let download =
        |more: &[&str]| world.home.mp([&["lookup-tables", "download", "--data-group-id", "7"][..], more].concat());
    assert!(download(&[]).ok() == csv, "a newline at the end is enough");
    download(&["--output", "t.csv"]).ok();
    assert!(world.home.read("work/t.csv") == csv);
    world.home.write("work/t.csv", "old");
    world.upstream.fault("GET", &path, Fault::CutAfter(1_000_000));
    let told = download(&["--output", "t.csv"]).fails(1);
    assert!(told.contains("cut off"), "{told}");
    assert_eq!(world.home.read("work/t.csv"), "old");
    assert_eq!(std::fs::read_dir(world.home.at("work")).expect("readable").count(), 1, "nothing else is left");
    for (bad, why) in [("none/t.csv", "its folder does not exist"), (".", "names no file"), ("", "names no file")] {
        assert!(download(&["--output", bad]).fails(3).contains(why), "{bad:?}");
    }
}

#[test]
fn a_password_need_not_be_on_the_command_line() {
    let world = world();
    let _daemon = world.start();
    world.upstream.on("POST", "/us/app/projects/3187654/webhooks/", |_| ok(&json!({"id": "w", "name": "x"})));
    let words = ["webhooks", "create", "--name", "x", "--url", "https://a", "--password", "-"];
    world.home.mp(words).stdin("canary word\n").ok();
    assert_eq!(bodies(&world.upstream, "POST")[0]["password"], "canary word");
    let printed = world.home.mp(words).stdin("canary word\n").run();
    assert!(!printed.stdout.contains("canary") && !printed.stderr.contains("canary"), "{printed:?}");
}
