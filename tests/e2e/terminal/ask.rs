//! Questions at a terminal of 24 lines of 80 columns: tables, charts, and what is said of mistakes.

use mp_sandbox::wait::eventually;

use super::{Transcript, Watched, watch};
use crate::SOON;
use crate::grants::World;

/// The days of the fake Mixpanel's numbers.
const DAYS: [&str; 4] = ["--from", "2025-01-01", "--to", "2025-01-31"];

fn at_terminal(world: &World, words: &[&str], variables: &[(&str, &str)]) -> Transcript {
    let mut command = world.home.command(&world.home.programs().mp);
    command.arg("ask").args(words).env_remove("COLUMNS").env_remove("NO_COLOR").envs(variables.iter().copied());
    watch(command, Watched::Both)
}

/// Returns what is on the screen without colours. No line is wider than it.
#[track_caller]
fn screen(world: &World, words: &[&str]) -> String {
    let seen = at_terminal(world, words, &[("NO_COLOR", "1")]);
    let shown = seen.shown();
    assert_eq!(seen.code, 0, "{words:?}: {shown}");
    let widest = shown.lines().map(unicode_width).max().unwrap_or(0);
    assert!(widest <= 80 && !shown.contains('\u{1b}'), "{widest}:\n{shown}");
    shown
}

/// Returns the columns that a line takes. Only names of the fake have wide letters.
fn unicode_width(line: &str) -> usize {
    line.chars().map(|c| if ('\u{1100}'..'\u{2800}').contains(&c) || c < '\u{2e80}' { 1 } else { 2 }).sum()
}

fn world() -> World {
    let mut world = World::with_grant(3600);
    // Whoever watches prefers no format.
    world.home.set("MP_FORMAT", "");
    world
}

macro_rules! screens {
    ($($name:ident: $words:expr;)*) => {
        #[test]
        fn the_screens_of_the_five_families() {
            let world = world();
            let _daemon = world.start();
            let mut failed = Vec::new();
            $(
                let words: Vec<&str> = $words.to_vec();
                let shown = screen(&world, &words);
                let same = std::panic::catch_unwind(|| {
                    insta::with_settings!({description => format!("mp ask {words:?}"), omit_expression => true}, {
                        insta::assert_snapshot!(stringify!($name), shown);
                    });
                });
                if same.is_err() {
                    failed.push(stringify!($name));
                }
            )*
            assert_eq!(failed, [""; 0]);
            assert_eq!(world.upstream.problems(), [""; 0]);
        }
    };
}

screens! {
    insights_table: [&["insights", "-e", "Sign Up", "-e", "Purchase", "--last", "7d"][..]].concat();
    insights_chart: [&["insights", "-e", "Sign Up", "-e", "Purchase", "-f", "chart"][..], &DAYS].concat();
    insights_chart_of_one: [&["insights", "-e", "Sign Up", "--unit", "week", "-f", "chart"][..], &DAYS].concat();
    insights_bars: [&["insights", "-e", "Sign Up", "--by", "country", "--total", "-f", "chart"][..], &DAYS].concat();
    funnel_table: [&["funnel", "View Item", "Add to Cart", "Purchase", "--within", "7d"][..], &DAYS].concat();
    funnel_chart: [&["funnel", "View Item", "Add to Cart", "Purchase", "--within", "7d", "-f", "chart"][..], &DAYS].concat();
    retention_table: [&["retention", "Sign Up", "Login", "--every", "week"][..], &DAYS].concat();
    retention_chart: [&["retention", "Sign Up", "Login", "--every", "week", "--by", "country", "-f", "chart"][..], &DAYS].concat();
    flow_table: [&["flow", "Sign Up", "--forward", "2"][..], &DAYS].concat();
    flow_chart: [&["flow", "Sign Up", "--forward", "2", "-f", "chart"][..], &DAYS].concat();
    flow_paths: [&["flow", "Sign Up", "--forward", "2", "--paths"][..], &DAYS].concat();
    flow_tree: [&["flow", "Sign Up", "--forward", "2", "--tree", "-f", "chart"][..], &DAYS].concat();
    users_count: ["users", "--where", "user.plan = \"pro\"", "--count"];
    users_profiles: ["users", "--limit", "5", "--sort", "-logins", "--show", "$email,plan"];
}

#[test]
fn a_mistake_in_a_filter_has_a_caret_below_it_and_asks_nobody() {
    let world = world();
    let words = ["insights", "-e", "A", "--where", "plan = \"pro\" and land = Österreich"];
    let seen = at_terminal(&world, &words, &[]);
    let expected = "error: --where: column 25: a text stands in quotes: \"Österreich\"\n    plan = \"pro\" and land = Österreich\n\
                    \u{20}                           ^\nhint: mp ask insights --help  # see what it takes\n";
    assert_eq!((seen.code, seen.shown().as_str()), (3, expected));
    assert!(world.home.daemon().is_none(), "nobody was asked");
}

#[test]
fn what_the_daemon_finds_is_told_in_flags_with_its_codes() {
    let world = world();
    let _daemon = world.start();
    let wrong = |words: &[&str]| world.home.mp([&["ask"], words].concat()).fails(3);
    let several = wrong(&[
        "insights",
        "-e",
        "A",
        "--math",
        "avrage",
        "--of",
        "x",
        "--last",
        "11y",
        "--rolling",
        "3",
        "--cumulative",
    ]);
    for said in ["V20_LAST_TOO_LARGE", "--last: ", "V5_ROLLING_CUMULATIVE_EXCLUSIVE", "hint: mp ask insights --help"] {
        assert!(several.contains(said), "{said}: {several}");
    }
    assert!(wrong(&["funnel", "A"]).contains("STEP") && wrong(&["retention"]).contains("FIRST"));
    assert!(wrong(&["insights"]).contains("--event"));
    assert_eq!(world.upstream.requests().len(), 0, "nothing was sent");
    // What clap finds has its suggestion.
    let unit = world.home.mp(["ask", "insights", "-e", "A", "--unit", "weak"]).fails(3);
    assert!(unit.contains("'week'"), "{unit}");
}

#[test]
fn a_pipe_gets_the_whole_answer_its_rows_or_what_would_be_sent() {
    let world = world();
    let _daemon = world.start();
    let mp = |words: &[&str]| world.home.mp([&["ask", "insights", "-e", "Sign Up"], words, &DAYS[..]].concat());
    let whole = mp(&[]).json();
    assert!(whole["params"].is_object() && whole["result"].is_object() && whole["table"]["rows"].is_array(), "{whole}");
    let csv = mp(&["-f", "csv"]).ok();
    assert!(csv.starts_with("date,event,count\n2025-01-01T00:00:00,"), "{csv}");
    assert_eq!(csv.lines().count(), 32);
    let lines = mp(&["-f", "jsonl"]).ok();
    assert!(lines.starts_with("{\"date\": \"2025-01-01T00:00:00\", \"event\": "), "{lines}");
    assert_eq!(mp(&["--jq", ".table.rows | length"]).ok(), "31\n");
    assert!(mp(&["--total", "-f", "plain"]).ok().trim().parse::<u64>().is_ok());
    let sent = world.upstream.requests().len();
    let params = mp(&["--show-params"]).json();
    assert_eq!(params, whole["params"]);
    assert_eq!(world.upstream.requests().len(), sent, "nothing was sent");
    let given = world.home.mp(["ask", "insights", "--params", "-", "-f", "csv"]).stdin(params.to_string()).ok();
    assert_eq!(given, csv);
    let chart = mp(&["-f", "chart"]).without("COLUMNS").ok();
    assert!(
        chart.contains('┤') && !chart.contains('\u{1b}') && chart.lines().all(|line| line.chars().count() <= 80),
        "{chart}"
    );
    assert!(mp(&["-f", "chart", "--jq", "."]).fails(3).contains("--jq works on JSON"));
}

#[test]
fn a_terminal_shows_colours_unless_they_are_unwanted() {
    let world = world();
    let _daemon = world.start();
    let words = [&["insights", "-e", "Sign Up", "-e", "Purchase", "-f", "chart"][..], &DAYS].concat();
    let seen = at_terminal(&world, &words, &[]).shown();
    assert!(seen.contains("\u{1b}[36m──\u{1b}[0m  Sign Up") && seen.contains("\u{1b}[33m──"), "{seen:?}");
    let unwanted = at_terminal(&world, &words, &[("NO_COLOR", "1")]).shown();
    assert!(!unwanted.contains('\u{1b}') && unwanted.contains("A  Sign Up"), "{unwanted}");
}

#[test]
fn a_report_is_linked_and_opened_on_request() {
    let mut world = world();
    let log = world.home.at("opened");
    world.home.write_mode("browser", &format!("#!/bin/sh\necho \"$1\" > {}\n", log.display()), 0o700);
    let script = world.home.at("browser").display().to_string();
    world.home.set("BROWSER", &script);
    let _daemon = world.start();
    let ask = [&["insights", "-e", "Sign Up", "--link"][..], &DAYS].concat();
    let shown = at_terminal(&world, &ask, &[]).shown();
    assert!(shown.contains("\nreport_url: https://mixpanel.com/project/3187654/view/"), "{shown}");
    assert!(!log.exists(), "it is only shown");
    let opened = world.home.mp([&["ask"], &ask[..], &["--open", "--jq", ".link"]].concat()).ok();
    eventually(SOON, "it is opened", || std::fs::read_to_string(&log).is_ok_and(|url| url.ends_with('\n')));
    let url = std::fs::read_to_string(&log).expect("a URL");
    assert_eq!(format!("\"{}\"\n", url.trim()), opened);
    world.home.mp(["ask", "users", "--link"]).fails(3);
}

#[test]
fn names_complete_from_what_is_kept_and_nobody_is_asked() {
    let world = world();
    let _daemon = world.start();
    let complete = |words: &[&str]| world.home.mp([&["__complete", "ask"], words].concat()).ok();
    assert_eq!(complete(&["insights", "-e", ""]), "", "nothing is kept yet");
    assert_eq!(world.upstream.requests().len(), 0);
    world.home.mp(["inspect", "events"]).ok();
    world.home.mp(["inspect", "properties", "-e", "Sign Up"]).ok();
    let asked = world.upstream.requests().len();
    assert_eq!(complete(&["insights", "-e", "Sign"]), "Sign Up\t\n");
    assert_eq!(complete(&["funnel", "Sign Up", "Purch"]), "Purchase\t\n");
    let properties = complete(&["insights", "-e", "Sign Up:unique", "--by", ""]);
    assert!(properties.lines().count() > 1, "{properties}");
    assert_eq!(complete(&["funnel", "Sign Up", "Purchase", "--by", ""]), properties);
    assert_eq!(complete(&["insights", "-e", "Purchase", "--by", ""]), "", "these are not kept");
    assert_eq!(world.upstream.requests().len(), asked);
}
