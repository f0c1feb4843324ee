//! From command lines to the arguments of a query, and from answers to what is shown of them.

use jiff::civil::date;
use mp_proto::failure::{Failure, FailureKind, Problem};
use serde_json::{Value, json};

use super::form::FORMS;
use super::read::{Asked, read};
use super::told::told;
use crate::commands::parsed;
use crate::operation::source::Stdin;

fn asked_with(words: &[&str], stdin: &'static str) -> Result<Asked, Failure> {
    let line: Vec<&str> = ["ask"].iter().chain(words).copied().collect();
    let matches = parsed(&line);
    let (_, group) = matches.subcommand().expect("ask");
    let (family, inside) = group.subcommand().expect("a family");
    let form = FORMS.into_iter().find(|form| form.name == family).expect("a form");
    read(form, inside, Stdin::holding(stdin), date(2025, 3, 15))
}

fn asked(words: &[&str]) -> Value {
    match asked_with(words, "") {
        Ok(asked) => asked.arguments.into(),
        Err(failure) => panic!("{words:?}: {failure:?}"),
    }
}

/// Command lines, and the arguments that they make.
const LINES: &[(&[&str], &str)] = &[
    (
        &[
            "insights",
            "-e",
            "Sign Up",
            "-e",
            "Purchase:average(amount)",
            "--by",
            "country",
            "--where",
            "plan = \"pro\" and age > 30",
            "--last",
            "30d",
            "--unit",
            "week",
        ],
        r#"{"events": ["Sign Up", {"event": "Purchase", "math": "average", "property": "amount"}], "group_by": ["country"], "where": [{"property": "plan", "op": "equals", "value": "pro"}, {"property": "age", "op": "greater_than", "value": 30}], "last": 30, "unit": "week"}"#,
    ),
    (
        &[
            "insights",
            "--metric",
            "9",
            "-e",
            "A",
            "--cohort-size",
            "5",
            "-e",
            "B",
            "--formula",
            "C/A",
            "--label",
            "l",
            "--total",
        ],
        r#"{"events": [{"metric": 9}, "A", {"cohort": 5}, "B"], "formula": "C/A", "formula_label": "l", "mode": "total"}"#,
    ),
    (
        &[
            "insights",
            "-e",
            "A",
            "--math",
            "p95",
            "--of",
            "custom(7)",
            "--per-user",
            "total",
            "--rolling",
            "7",
            "--cumulative",
        ],
        r#"{"events": ["A"], "math": "percentile", "percentile_value": 95, "math_property": {"custom_property": 7}, "per_user": "total", "rolling": 7, "cumulative": true}"#,
    ),
    (
        &[
            "insights",
            "-e",
            "A",
            "--from",
            "2025-01-01",
            "--to",
            "2025-01-31",
            "--compare",
            "month",
            "--limit",
            "10",
            "--data-group",
            "3",
        ],
        r#"{"events": ["A"], "from_date": "2025-01-01", "to_date": "2025-01-31", "limit": 10, "data_group_id": 3, "time_comparison": {"type": "relative", "unit": "month"}}"#,
    ),
    (
        &["insights", "-e", "A", "--from", "last-month", "--to", "-1d", "--where", "a is set", "--where", "b is set"],
        r#"{"events": ["A"], "from_date": "2025-02-01", "to_date": "2025-03-14", "where": [{"property": "a", "op": "is_set"}, {"property": "b", "op": "is_set"}]}"#,
    ),
    (
        &["funnel", "View Item", "Add to Cart", "Purchase", "--within", "7d", "--by", "$browser"],
        r#"{"steps": ["View Item", "Add to Cart", "Purchase"], "conversion_window": 7, "conversion_window_unit": "day", "group_by": ["$browser"]}"#,
    ),
    (
        &[
            "funnel",
            "A",
            "B",
            "--order",
            "any",
            "--exclude",
            "X:1-2",
            "--exclude",
            "Y",
            "--hold",
            "plan",
            "--hold",
            "user.email",
            "--reentry",
            "basic",
            "--trend",
            "--math",
            "average",
            "--of",
            "amount",
        ],
        r#"{"steps": ["A", "B"], "order": "any", "exclusions": [{"event": "X", "from_step": 0, "to_step": 1}, "Y"], "holding_constant": ["plan", {"property": "email", "resource_type": "people"}], "reentry_mode": "basic", "mode": "trends", "math": "average", "math_property": "amount"}"#,
    ),
    (
        &[
            "retention",
            "Sign Up",
            "Login",
            "--every",
            "week",
            "--buckets",
            "1,3,7",
            "--align",
            "interval_start",
            "--unbounded",
            "carry_forward",
            "--retained-cumulative",
            "--curve",
        ],
        r#"{"born_event": "Sign Up", "return_event": "Login", "retention_unit": "week", "bucket_sizes": [1, 3, 7], "alignment": "interval_start", "unbounded_mode": "carry_forward", "retention_cumulative": true, "mode": "curve"}"#,
    ),
    (
        &[
            "flow",
            "Sign Up",
            "--forward",
            "4",
            "--reverse",
            "1",
            "--paths",
            "--count",
            "session",
            "--within",
            "1session",
            "--max-nodes",
            "5",
            "--hide",
            "A",
            "--hide",
            "B",
            "--exclude",
            "C",
            "--collapse",
            "--by",
            "plan",
        ],
        r#"{"event": ["Sign Up"], "forward": 4, "reverse": 1, "mode": "paths", "count_type": "session", "conversion_window": 1, "conversion_window_unit": "session", "cardinality": 5, "hidden_events": ["A", "B"], "exclusions": ["C"], "collapse_repeated": true, "segments": ["plan"]}"#,
    ),
    (
        &["users", "--where", "user.plan = \"pro\"", "--count"],
        r#"{"where": [{"property": "plan", "resource_type": "people", "op": "equals", "value": "pro"}], "aggregate": "count"}"#,
    ),
    (
        &["users", "--profiles", "--limit", "50", "--sort", "-ltv", "--show", "$email,plan"],
        r#"{"mode": "profiles", "limit": 50, "sort_by": "ltv", "sort_order": "descending", "properties": ["$email", "plan"]}"#,
    ),
    (&["users", "--all", "--parallel=3"], r#"{"mode": "profiles", "limit": null, "parallel": true, "workers": 3}"#),
    (&["users", "--id", "a,b", "--parallel"], r#"{"mode": "profiles", "distinct_id": "a,b", "parallel": true}"#),
    (
        &["users", "--quantile", "90", "ltv", "--segment-by", "1,2", "--cohort", "7", "--include-others"],
        r#"{"aggregate": "percentile", "aggregate_property": "ltv", "percentile": 90, "segment_by": [1, 2], "cohort": 7, "include_all_users": true}"#,
    ),
    (&["users", "--extremes", "ltv"], r#"{"aggregate": "extremes", "aggregate_property": "ltv"}"#),
    (&["users", "--summary", "ltv"], r#"{"aggregate": "numeric_summary", "aggregate_property": "ltv"}"#),
    (
        &[
            "users",
            "--selector",
            "properties[\"a\"] == 1",
            "--search",
            "x",
            "--as-of",
            "2025-01-01",
            "--ids",
            "a,b",
            "--group-id",
            "g",
        ],
        r#"{"where": "properties[\"a\"] == 1", "mode": "profiles", "search": "x", "as_of": "2025-01-01", "distinct_ids": ["a", "b"], "group_id": "g"}"#,
    ),
    (&["users"], r#"{}"#),
    (
        &["users", "--params", "{\"action\": \"count()\"}", "--limit", "5"],
        r#"{"params": {"action": "count()"}, "limit": 5}"#,
    ),
    (&["insights", "--args", "{\"events\": \"A\", \"last\": 7}", "--last", "2w"], r#"{"events": "A", "last": 14}"#),
];

#[test]
fn flags_are_the_arguments_of_a_query() {
    for (words, expected) in LINES {
        let expected: Value = serde_json::from_str(expected).expect("JSON");
        assert_eq!(asked(words), expected, "{words:?}");
    }
}

#[test]
fn arguments_and_bodies_come_from_files_and_standard_input() {
    let read = asked_with(&["insights", "--params", "-"], "{\"sections\": {}}").expect("an object");
    assert_eq!(Value::Object(read.arguments), json!({"params": {"sections": {}}}));
    let folder = tempfile::tempdir().expect("a directory");
    let path = folder.path().join("a.json");
    std::fs::write(&path, "{\"events\": [\"A\"]}").expect("written");
    let named = format!("@{}", path.display());
    assert_eq!(asked(&["insights", "--args", &named]), json!({"events": ["A"]}));
    for (typed, said) in [
        ("[1]", "must be a JSON object"),
        ("{", "must be a JSON object, @FILE or -"),
        ("@/no/such", "could not be read"),
    ] {
        let failure = asked_with(&["insights", "--args", typed], "").expect_err(typed);
        assert!(failure.detail.starts_with("--args: ") && failure.detail.contains(said), "{}", failure.detail);
    }
}

#[test]
fn what_cannot_go_together_and_what_cannot_be_read_is_told_at_once() {
    let words = [
        "insights",
        "-e",
        "A:p95(",
        "--where",
        "plan = pro",
        "--last",
        "soon",
        "--total",
        "--table",
        "--limit",
        "many",
    ];
    let failure = asked_with(&words, "").expect_err("much is wrong");
    assert_eq!(
        (failure.kind, failure.next[0].command.as_str()),
        (FailureKind::InvalidArgument, "mp ask insights --help")
    );
    for said in [
        "mp ask insights cannot be run like this\n",
        "\n--event: \"A:p95(\": behind p95 stands a property",
        "\n--where: column 8: a text stands in quotes: \"pro\"\n  plan = pro\n         ^\n",
        "\n--last: must be a length such as 30d",
        "\n--table: cannot go with --total",
        "\n--limit: must be a whole number, and is \"many\"",
    ] {
        assert!(failure.detail.contains(said), "{said}: {}", failure.detail);
    }
    let failure = asked_with(&["users", "--where", "a = 1", "--selector", "x"], "").expect_err("both");
    assert_eq!(failure.detail, "--selector: cannot go with --where");
    let failure = asked_with(&["users", "--all", "--limit", "5"], "").expect_err("both");
    assert!(failure.detail.contains("cannot go with"), "{}", failure.detail);
}

#[test]
fn days_of_a_range_are_said() {
    let notes = |length: &str| asked_with(&["insights", "-e", "A", "--last", length], "").expect("a length").notes;
    assert_eq!(notes("4w"), ["--last 4w is 28 days: a week counts 7"]);
    assert_eq!(notes("28d"), [""; 0]);
}

#[test]
fn what_the_daemon_finds_is_told_in_flags() {
    let asked = asked_with(&["insights", "-e", "A", "--metric", "9", "--of", "amount"], "").expect("arguments");
    let wrong = |problems: Vec<(&str, &str)>| {
        let problems = problems.into_iter().map(|(at, detail)| Problem::new(at, detail)).collect();
        let failure =
            Failure::new(FailureKind::InvalidArgument, "arguments of ask.insights are wrong").errors(problems);
        told(FORMS[0], &asked, failure)
    };
    let one = wrong(vec![("math_property", "cannot go with math total; from_date is fine")]);
    assert_eq!(one.detail, "--of: cannot go with math total; --from is fine");
    let several =
        wrong(vec![("events[1].math", "is none"), ("last", "must be 1 to 3650 days"), ("sections.show[0]", "x")]);
    let places: Vec<&str> = several.errors.iter().map(|problem| problem.at.as_str()).collect();
    assert_eq!(places, ["--event (events[1].math)", "--last", "sections.show[0]"]);
    let other = Failure::new(FailureKind::UpstreamRefused, "no");
    assert_eq!(told(FORMS[0], &asked, other.clone()), other);
}

#[test]
fn each_family_has_three_examples_that_can_be_run() {
    for form in FORMS {
        let examples: Vec<&str> = form.more.lines().filter_map(|line| line.strip_prefix("  mp ")).collect();
        assert_eq!(examples.len(), 3, "{}", form.name);
        for example in examples {
            let words = shlex::split(example).expect("words of a shell");
            let words: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
            assert!(asked_with(&words, "").is_ok(), "{example}");
        }
    }
}

#[test]
fn no_flag_sets_what_another_family_alone_has() {
    for form in FORMS {
        let mut names: Vec<&str> = form.all().map(|flag| flag.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), form.all().count(), "{}: each flag once", form.name);
    }
}
