//! A directory of one file a day: it becomes what Mixpanel has, however often and wherever it is ended.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use mp_sandbox::home::{Call, Daemon};
use mp_sandbox::process;
use mp_sandbox::upstream::Gate;
use mp_sandbox::upstream::reply::Reply;
use mp_sandbox::wait::eventually;
use serde_json::{Value, json};

use super::{PATH, days};
use crate::SOON;
use crate::grants::World;

/// A project whose days get events while it is exported.
struct Project {
    _daemon: Daemon,
    world: World,
    events: Arc<Mutex<BTreeMap<String, Vec<String>>>>,
    held: Arc<Mutex<Option<(String, Gate)>>>,
}

/// Returns an event of a day as Mixpanel sends it, with or without something that makes it another line.
fn event(day: &str, number: usize, more: &str) -> String {
    let noon = 1_735_689_600 + (day[8..].parse::<u64>().expect("a day") - 1) * 86_400 + 43_200;
    format!(
        "{{\"event\":\"View\",\"properties\":{{\"time\":{},\"distinct_id\":\"u{number}\",\"$insert_id\":\"{day}-{number}\"{more}}}}}\n",
        noon + number as u64
    )
}

impl Project {
    /// Begins with so many events on each of the first days of January 2025.
    fn start(last: u8, count: usize) -> Self {
        let world = World::with_grant(3600);
        let of_day = |day: String| (day.clone(), (0..count).map(|number| event(&day, number, "")).collect());
        let events: Arc<Mutex<BTreeMap<String, Vec<String>>>> =
            Arc::new(Mutex::new(days(1..=last).into_iter().map(of_day).collect()));
        let held: Arc<Mutex<Option<(String, Gate)>>> = Arc::default();
        let (all, gates) = (Arc::clone(&events), Arc::clone(&held));
        world.upstream.on("GET", PATH, move |request| {
            let (from, to) =
                (request.parameter("from_date").expect("a day"), request.parameter("to_date").expect("a day"));
            let all = all.lock().expect("no panic");
            let text: String = all
                .range(from.to_owned()..=to.to_owned())
                .flat_map(|(_, lines)| lines.concat().chars().collect::<Vec<_>>())
                .collect();
            let body = Bytes::from(text);
            let reply = Reply::stream(200, move || std::iter::once(body.clone())).header("Content-Type", "text/plain");
            match &*gates.lock().expect("no panic") {
                Some((day, gate)) if day == from => reply.stall_after(100, gate),
                _ => reply,
            }
        });
        Self { _daemon: world.start(), world, events, held }
    }

    fn add(&self, day: &str, line: String) {
        self.events.lock().expect("no panic").entry(day.to_owned()).or_default().push(line);
    }

    fn dir(&self) -> PathBuf {
        self.world.home.at("work/dir")
    }

    fn sync(&self, last: u8, more: &[&str]) -> Call {
        let last = format!("2025-01-{last:02}");
        let words = ["export", "events", "--raw", "--sync", "dir", "--from", "2025-01-01", "--to", &last];
        self.world.home.mp([&words[..], more].concat())
    }

    /// Syncs, and returns the summary.
    fn synced(&self, last: u8, more: &[&str]) -> Value {
        serde_json::from_str(&self.sync(last, more).ok()).expect("JSON on stdout")
    }

    fn manifest(&self) -> Value {
        serde_json::from_slice(&fs::read(self.dir().join("manifest.json")).expect("there")).expect("JSON")
    }

    fn asked(&self) -> usize {
        self.world.upstream.requests().iter().filter(|request| request.path == PATH).count()
    }

    /// Checks that the directory holds exactly what Mixpanel has, and that the manifest is true.
    fn check(&self) {
        let manifest = self.manifest();
        let entries = manifest["days"].as_object().expect("days");
        let events = self.events.lock().expect("no panic");
        assert_eq!(entries.keys().collect::<Vec<_>>(), events.keys().collect::<Vec<_>>());
        let mut expected = vec![".lock".to_owned(), "manifest.json".to_owned()];
        for (day, entry) in entries {
            assert_eq!(
                (entry["lines"].as_u64(), &entry["final"]),
                (Some(events[day].len() as u64), &json!(true)),
                "{day}"
            );
            assert!(entry.get("replacing").is_none(), "{day}");
            let Some(file) = entry["file"].as_str() else {
                assert!(events[day].is_empty() && entry["sha256"].is_null(), "{day}");
                continue;
            };
            expected.push(file.to_owned());
            let path = self.dir().join(file);
            let text = if file.ends_with(".gz") {
                let output = Command::new("gzip").arg("-dc").arg(&path).output().expect("gzip is there");
                String::from_utf8(output.stdout).expect("text")
            } else {
                fs::read_to_string(&path).expect("there")
            };
            assert!(text == events[day].concat(), "{day} is what Mixpanel has");
            assert_eq!(entry["bytes"].as_u64(), Some(fs::metadata(&path).expect("there").len()), "{day}");
            let sum = Command::new("sha256sum").arg(&path).output().expect("sha256sum is there").stdout;
            assert_eq!(String::from_utf8_lossy(&sum).split(' ').next(), entry["sha256"].as_str(), "{day}");
        }
        expected.sort();
        let mut names: Vec<String> = fs::read_dir(self.dir())
            .expect("there")
            .map(|entry| entry.expect("readable").file_name().into_string().expect("text"))
            .collect();
        names.sort();
        assert_eq!(names, expected, "nothing else is left");
    }
}

#[test]
fn a_directory_has_a_file_for_each_day_and_late_events_change_theirs() {
    let project = Project::start(10, 20);
    project.events.lock().expect("no panic").insert("2025-01-04".to_owned(), Vec::new());
    let first = project.synced(10, &[]);
    assert_eq!(
        (&first["fetched"], &first["complete"], &first["empty"]),
        (&json!(10), &json!(true), &json!(["2025-01-04"]))
    );
    assert_eq!(
        (first["new"].as_array().map(Vec::len), &first["lines"], &first["days"]),
        (Some(10), &json!(180), &json!(10))
    );
    project.check();
    let manifest = project.manifest();
    assert_eq!(manifest["zone"], "US/Pacific");
    assert!(
        manifest["times"].as_str().is_some_and(|text| text.contains("UTC for projects made since 2023")),
        "{manifest}"
    );
    let entry = &manifest["days"]["2025-01-02"];
    assert_eq!((&entry["file"], &entry["first_time"]), (&json!("2025-01-02.jsonl.gz"), &json!("2025-01-02T12:00:00Z")));
    assert_eq!(entry["last_time"], "2025-01-02T12:00:19Z");

    // One is late for a day that is looked at again, one day is new, and nothing else is touched.
    let before = fs::metadata(project.dir().join("2025-01-08.jsonl.gz")).expect("there").modified().expect("a time");
    project.add("2025-01-07", event("2025-01-07", 99, ""));
    project.add("2025-01-11", event("2025-01-11", 0, ""));
    project.world.upstream.clear();
    let second = project.synced(11, &[]);
    assert_eq!(
        (&second["changed"], &second["new"], &second["unchanged"]),
        (&json!(["2025-01-07"]), &json!(["2025-01-11"]), &json!(4))
    );
    assert_eq!(project.asked(), 6, "five days back, and the last");
    let after = fs::metadata(project.dir().join("2025-01-08.jsonl.gz")).expect("there").modified().expect("a time");
    assert_eq!(before, after, "a file that would be the same is left alone");
    project.check();

    // What somebody has taken away comes again; without a look back, nothing else does.
    fs::remove_file(project.dir().join("2025-01-01.jsonl.gz")).expect("there");
    project.world.upstream.clear();
    project.synced(11, &["--look-back", "0"]);
    assert_eq!(project.asked(), 2);
    project.check();
}

#[test]
fn a_sync_that_is_killed_anywhere_leaves_nothing_that_the_next_one_does_not_mend() {
    // More rounds are for whoever wants to wait: MP_TEST_KILLS=200.
    let rounds = std::env::var("MP_TEST_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(10);
    let project = Project::start(12, 400);
    for round in 0..rounds {
        let codec = if round % 2 == 0 { "none" } else { "gzip" };
        let force: &[&str] = if round == 0 { &[] } else { &["--force"] };
        project.world.upstream.clear();
        let running = project.sync(12, &[&["--compress", codec, "--no-wait"], force].concat()).start();
        let wanted = 1 + round * 7 % 12;
        eventually(SOON, "some days are asked for", || project.asked() >= wanted);
        process::kill(running.pid());
        running.finish();
        let day = format!("2025-01-{:02}", 1 + round % 12);
        project.add(&day, event(&day, 1000 + round, ""));
        project.synced(12, &["--compress", codec, "--look-back", "12", "--no-wait"]);
        project.check();
    }
}

#[test]
fn two_syncs_at_once_do_not_meet() {
    let project = Project::start(2, 50);
    let gate = Gate::new();
    *project.held.lock().expect("no panic") = Some(("2025-01-01".to_owned(), gate.clone()));
    let running = project.sync(2, &[]).start();
    eventually(SOON, "it is asked for", || project.asked() > 0);
    let second = project.synced(2, &[]);
    assert_eq!(
        (&second["skipped"], &second["complete"]),
        (&json!("another sync of this directory is running"), &json!(false))
    );
    gate.release();
    assert_eq!(running.finish().code, 0);
    project.check();
}

#[test]
fn a_directory_is_of_one_export() {
    let project = Project::start(3, 5);
    project.synced(3, &[]);
    for other in [&["--where", "x"][..], &["--compress", "none"], &["--dedupe"]] {
        let refused = project.sync(3, other).fails(3);
        assert!(refused.contains("dir is what another export has made: ") && refused.contains("--force"), "{refused}");
    }
    project.check();
    project.synced(3, &["--compress", "none", "--force"]);
    project.check();
    fs::remove_file(project.dir().join("manifest.json")).expect("there");
    assert!(project.sync(3, &["--compress", "none"]).fails(3).contains("has files of days, and no manifest.json"));
    for wrong in [&["-o", "f"][..], &["--parts", "2"], &["--limit", "5"], &["--compress", "rar"], &["--exec", "a 'b"]] {
        project.sync(3, wrong).fails(3);
    }
}

#[test]
fn events_that_come_twice_are_there_once_and_a_program_is_told_of_files() {
    let project = Project::start(3, 5);
    project.add("2025-01-02", event("2025-01-02", 0, ",\"late\":1"));
    let hook =
        format!("/bin/sh -c 'echo told; echo \"$1\" >>\"{}\"' sh {{}}", project.world.home.at("work/told").display());
    let options = ["--dedupe", "--exec", &hook, "--compress", "zstd"];
    let done = project.sync(3, &options).run();
    assert_eq!((done.code, done.stdout.lines().count()), (0, 1), "stdout is for the summary: {}", done.stderr);
    let told = || project.world.home.read("work/told");
    let file = |day: &str| format!("dir/{day}.jsonl.zst\n");
    assert_eq!(told(), days(1..=3).iter().map(|day| file(day)).collect::<String>());
    let manifest = project.manifest();
    assert_eq!(
        (&manifest["days"]["2025-01-02"]["lines"], &manifest["days"]["2025-01-02"]["repeated"]),
        (&json!(5), &json!(1))
    );
    project.add("2025-01-03", event("2025-01-03", 7, ""));
    project.synced(3, &options);
    assert_eq!(told().lines().count(), 4, "only of what has changed");
    let failed = project.sync(3, &["--dedupe", "--exec", "false", "--compress", "zstd", "--force"]).run();
    assert_eq!(failed.code, 0, "nothing has changed, so nobody is told: {}", failed.stderr);
    project.add("2025-01-03", event("2025-01-03", 8, ""));
    let failed = project.sync(3, &["--dedupe", "--exec", "false", "--compress", "zstd"]).run();
    assert!(
        failed.code == 1 && failed.stderr.contains("2025-01-03.jsonl.zst is complete, but --exec 'false'"),
        "{}",
        failed.stderr
    );
}
