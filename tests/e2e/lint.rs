//! `mp lint`, over sample apps with seeded mistakes: each line that says `MISTAKE rule` has that, and no other line has anything.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use mp_sandbox::home::Home;
use serde_json::Value;

use crate::grants::World;

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lint")
}

/// Copies a folder, its hidden files, too.
fn copy(from: &Path, to: &Path, change: &dyn Fn(&str) -> String) {
    fs::create_dir_all(to).expect("writable");
    for entry in fs::read_dir(from).expect("readable").flatten() {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &to, change);
        } else {
            // What is no text has no code; it is compiled, or a picture.
            let text = String::from_utf8(fs::read(&path).expect("readable"));
            fs::write(&to, text.map_or_else(|error| error.into_bytes(), |text| change(&text).into_bytes()))
                .expect("writable");
        }
    }
}

/// Returns the mistakes that the samples say they have, as `file:line rule`.
fn seeded(folder: &Path, root: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("readable").flatten() {
        let path = entry.path();
        if path.is_dir() {
            seeded(&path, root, found);
        } else {
            let text = fs::read_to_string(&path).expect("text");
            let name = path.strip_prefix(root).expect("below").display().to_string();
            for (number, line) in text.lines().enumerate().filter(|_| !name.ends_with(".md")) {
                if let Some((_, rule)) = line.split_once("MISTAKE ") {
                    let rule = rule.split([' ', '*']).next().unwrap_or_default();
                    found.insert(format!("{name}:{} {rule}", number + 1));
                }
            }
        }
    }
}

/// Returns what `mp lint` finds, in the same words.
fn told(report: &Value) -> BTreeSet<String> {
    let rows = report["findings"].as_array().expect("a list").iter();
    let text = |value: &Value| value.as_str().expect("a text").trim_start_matches("./").to_owned();
    rows.map(|row| format!("{}:{} {}", text(&row["file"]), row["line"], text(&row["rule"]))).collect()
}

fn report(home: &Home, words: &[&str], code: i32) -> Value {
    let done = home.mp([&["lint", "-f", "json"], words].concat()).cwd(home.at("code")).run();
    assert_eq!(done.code, code, "{} {}", done.stdout, done.stderr);
    serde_json::from_str(&done.stdout).unwrap_or_else(|error| panic!("{error}: {} {}", done.stdout, done.stderr))
}

#[test]
fn all_seeded_mistakes_are_found_and_nothing_else() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let home = &world.home;
    copy(&samples(), &home.at("code"), &str::to_owned);
    fs::create_dir_all(home.at("code/web-shop/build")).expect("writable");
    fs::create_dir_all(home.at("code/web-shop/node_modules/x")).expect("writable");
    let bad = "import mixpanel from 'mixpanel-browser';\nmixpanel.track('Nobody Reads This');\n";
    for ignored in ["build/out.js", "node_modules/x/index.js", "src/lib.min.js"] {
        home.write(Path::new("code/web-shop").join(ignored), bad);
    }
    home.write("code/web-shop/src/binary.js", "mixpanel.track('x')\0\u{1}");
    let mut expected = BTreeSet::new();
    seeded(&samples(), &samples(), &mut expected);
    assert!(expected.len() >= 30, "{expected:#?}");
    let all = report(home, &[], 1);
    assert_eq!(told(&all), expected);
    assert_eq!(all["projects"][0]["project"], "3187654");
    assert!(all["unused"].as_array().is_some_and(Vec::is_empty), "{}", all["unused"]);
    let asked = |path: &str| world.upstream.requests().iter().filter(|request| request.path.contains(path)).count();
    assert_eq!((asked("/query/events/names"), asked("/query/data_definitions")), (1, 1), "one look for the whole run");
    assert_eq!(asked("/query/events/properties"), 0, "what is known is not asked for");

    // The same again without anybody to ask.
    let offline = report(home, &["--offline", "--no-autostart"], 1);
    assert_eq!(told(&offline), expected);
    let done = home.mp(["lint", "web-shop"]).cwd(home.at("code")).run();
    assert_eq!(done.code, 1);
    let line = "web-shop/src/analytics.ts:32:19: error: the project has no event 'sign_up'; did you mean 'Sign Up'? [unknown-event]\n";
    assert!(done.stdout.contains(line), "{}", done.stdout);
    assert!(done.stderr.contains("errors") && done.stderr.contains("calls"), "{}", done.stderr);
    assert_eq!(world.upstream.problems(), Vec::<String>::new());
}

#[test]
fn clean_code_has_nothing() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let home = &world.home;
    let clean = |text: &str| -> String {
        text.lines().filter(|line| !line.contains("MISTAKE ")).map(|line| format!("{line}\n")).collect()
    };
    copy(&samples(), &home.at("code/samples"), &clean);
    // Code that says nothing to Mixpanel, though it is all about it.
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/clients"), &home.at("code/clients"), &clean);
    let all = report(home, &[], 0);
    assert_eq!(told(&all), BTreeSet::new());
    assert!(all["summary"]["files"].as_u64() > Some(20), "{}", all["summary"]);
}

#[test]
fn a_report_is_also_sarif_and_goes_into_a_file() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let home = &world.home;
    home.write(
        "code/a b.py",
        "from mixpanel import Mixpanel\nmp = Mixpanel('t')\nmp.track('id', 'Sing Up', {'plan': 5})\n",
    );
    let done = home.mp(["lint", "-f", "sarif", "-o", "out.sarif", "-q"]).cwd(home.at("code")).run();
    assert_eq!((done.code, done.stdout.as_str(), done.stderr.as_str()), (1, "", ""));
    let sarif: Value = serde_json::from_str(&home.read("code/out.sarif")).expect("JSON");
    assert_eq!(sarif["version"], "2.1.0");
    let result = &sarif["runs"][0]["results"][0];
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!((&result["ruleId"], &result["level"]), (&"unknown-event".into(), &"error".into()));
    assert_eq!(place["artifactLocation"]["uri"], "a%20b.py");
    assert_eq!(place["region"], serde_json::json!({"startLine": 3, "startColumn": 17, "endLine": 3, "endColumn": 24}));
    assert_eq!(result["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"], "Sign Up");
}

#[test]
fn what_cannot_be_done_is_told() {
    let world = World::with_grant(3600);
    let home = &world.home;
    home.write("code/a.js", "mixpanel.track('Sign Up')\n");
    let lint = |words: &[&str]| home.mp([&["lint"], words].concat()).cwd(home.at("code")).run();
    for (words, code, text) in [
        (&["--no-such-flag"][..], 3, "no-such-flag"),
        (&["-f", "xml"], 3, "xml"),
        (&["nowhere"], 3, "there is no nowhere"),
        (&["--offline"], 4, "nothing was kept"),
        (&["--no-autostart"], 6, "daemon"),
        (&["-t", "x", "-a", "y"], 3, "mutually exclusive"),
    ] {
        let done = lint(words);
        assert_eq!(done.code, code, "{words:?}: {} {}", done.stdout, done.stderr);
        assert!(done.stderr.contains(text), "{words:?}: {}", done.stderr);
    }
    home.write(
        "code/.mixpanel.toml",
        "project = 7\nwrapper = []\n[files]\ninclude = [\"../x\"]\n[severity]\nunknown-event = \"bad\"\n",
    );
    let done = lint(&[]);
    assert_eq!(done.code, 3, "{}", done.stderr);
    for text in [
        "code/.mixpanel.toml:1:11: project is 7: expected a project id in quotes",
        "code/.mixpanel.toml:2:1: unknown key \"wrapper\"",
        "code/.mixpanel.toml:4:12: \"../x\" is no glob below the directory",
        "code/.mixpanel.toml:6:17: unknown-event is \"bad\": expected one of off, hint",
    ] {
        assert!(done.stderr.contains(text), "{text}: {}", done.stderr);
    }
}

#[test]
fn a_projects_file_chooses_among_what_the_user_has() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let home = &world.home;
    home.write("code/a.js", "mixpanel.track('Sign Up'); mixpanel.track('Nope');\n");
    home.write(
        "code/.mixpanel.toml",
        "account = \"ada\"\nproject = \"3187655\"\n[severity]\nunknown-event = \"warning\"\n",
    );
    let all = report(home, &[], 0);
    assert_eq!(
        (&all["projects"][0]["project"], all["findings"].as_array().map(Vec::len)),
        (&"3187655".into(), Some(1))
    );
    let all = report(home, &["-p", "3187654"], 0);
    assert_eq!(all["projects"][0]["project"], "3187654", "whoever runs it has the last word");
    home.write("code/.mixpanel.toml", "account = \"nobody\"\n");
    let done = home.mp(["lint"]).cwd(home.at("code")).run();
    assert!(done.code != 0 && done.stderr.contains("nobody"), "{} {}", done.code, done.stderr);
}
