//! Config texts and what is made of them.

use super::*;
use crate::config::{Credential, Lookup, TokenSource};

const GOOD: &str = r#"# mine
[accounts.team]
type = "service_account"
region = "us"
default_project = "3018488"
username = "sa.user"
secret = "hunter2"

[accounts.personal]
type = "oauth_browser"
region = "eu"

[accounts.ci]
type = "oauth_token"
region = "in"
token_env = "MP_CI_TOKEN"

[active]
account = "team"
workspace = 3448414

[targets.ecom]
account = "team"
project = "3018488"
workspace = 3448414

[targets."é x"]
account = "ghost"
project = "1"

[settings]
theme = "dark"
custom_header = { name = "X-Mixpanel-Cluster", value = "internal-1", more = 1 }

[other]
x = 1
"#;

/// The problems of a text as `line:column scope detail`.
fn problems(text: &str) -> Vec<String> {
    let tell =
        |problem: &ConfigProblem| format!("{}:{} {:?} {}", problem.line, problem.column, problem.scope, problem.detail);
    parse(text).problems.iter().map(tell).collect()
}

#[test]
fn everything_that_the_python_tool_writes_is_understood() {
    for text in [GOOD.to_owned(), GOOD.replace('\n', "\r\n"), format!("\u{feff}{GOOD}")] {
        let config = parse(&text);
        assert_eq!(config.problems, []);
        assert_eq!(config.accounts.keys().map(AccountName::as_str).collect::<Vec<_>>(), ["ci", "personal", "team"]);
        let Lookup::Found(team) = config.account("team") else { panic!("team") };
        assert_eq!((team.line, team.default_project.as_ref().unwrap().line), (2, 5));
        assert!(matches!(&team.credential, Credential::ServiceAccount { username, secret }
            if username == "sa.user" && secret.expose() == "hunter2"));
        let Lookup::Found(ci) = config.account("ci") else { panic!("ci") };
        assert!(
            matches!(&ci.credential, Credential::OauthToken(TokenSource::Env(name)) if name == "MP_CI_TOKEN"),
            "{ci:?}"
        );
        assert_eq!(config.active.account, Some(Located { value: "team".to_owned(), line: 19 }));
        assert_eq!(config.active.workspace.unwrap().value.get(), 3_448_414);
        assert_eq!(config.targets["ecom"].workspace.unwrap().get(), 3_448_414);
        assert_eq!((config.targets["é x"].account.as_str(), config.targets["é x"].line), ("ghost", 27));
        let header = config.custom_header.unwrap();
        assert_eq!(
            (header.line, header.value.name.as_str(), header.value.value.expose()),
            (33, "X-Mixpanel-Cluster", "internal-1")
        );
    }
    assert_eq!(parse("").problems, []);
}

#[test]
fn inline_tables_and_dotted_keys_mean_the_same() {
    let text = "accounts = { a = { type = \"oauth_browser\", region = \"us\" } }\n\
                targets.t.account = \"a\"\ntargets.t.project = \"1\"\nactive.account = \"a\"\n\
                settings.custom_header.name = \"X\"\nsettings.custom_header.value = \"v\"\n";
    let config = parse(text);
    assert_eq!(config.problems, []);
    assert!(config.accounts.contains_key("a") && config.targets.contains_key("t"));
    assert_eq!((config.active.account.unwrap().line, config.custom_header.unwrap().line), (4, 5));
}

#[test]
fn all_problems_are_told_at_once_with_their_place() {
    let text = r#"[active]
account = 5
colour = "x"
[accounts.a]
type = "service_account"
region = "mars"
default_project = 12
token = "hush"
[accounts.b]
region = true
[accounts."c d"]
type = "oauth_browser"
region = "us"
[accounts.t]
type = "oauth_token"
region = "us"
token = "hush"
token_env = "V"
name = "u"
[targets.x]
account = "a"
project = "1x"
workspace = true
extra = 1
[settings]
custom_header = { name = "X", value = 5 }
"#;
    let expected = [
        r#"2:11 Active account is an integer: expected the name of an account, a string"#,
        r#"3:1 Active unknown key "colour": [active] has account, workspace"#,
        r#"4:11 Account("a") username is missing: expected the user name of a service account"#,
        r#"4:11 Account("a") secret is missing: expected the secret of the service account, a string"#,
        r#"6:10 Account("a") region is "mars": expected one of us, eu, in"#,
        r#"7:19 Account("a") default_project is an integer: expected a string of digits, such as "3187654""#,
        r#"8:1 Account("a") unknown key "token": a service_account account has type, region, default_project, username, secret"#,
        r#"9:11 Account("b") type is missing: expected one of service_account, oauth_browser, oauth_token"#,
        r#"10:10 Account("b") region is a boolean: expected one of us, eu, in"#,
        r#"11:11 Account("c d") "c d" is not an account name (1 to 64 of a-z, A-Z, 0-9, _ and -)"#,
        r#"18:1 Account("t") token and token_env are both set: expected exactly one of them"#,
        r#"19:8 Account("t") name differs from the key of the block: expected "t", or no name"#,
        r#"22:11 Target("x") project is "1x": expected a project id in quotes, such as "3187654""#,
        r#"23:13 Target("x") workspace is a boolean: expected a positive integer"#,
        r#"24:1 Target("x") unknown key "extra": a target has account, project, workspace"#,
        r#"26:39 Header value is an integer: expected the value of the header, a string"#,
    ];
    assert_eq!(problems(text), expected);
}

#[test]
fn a_good_block_stays_usable_beside_a_bad_one() {
    let config = parse(
        "[accounts]\njunk = 5\n[accounts.good]\ntype = \"oauth_browser\"\nregion = \"us\"\nname = \"good\"\n\
                        [accounts.bad]\ntype = \"x\"\n[targets.t]\n",
    );
    assert!(matches!(config.account("good"), Lookup::Found(_)));
    assert!(matches!(config.account("junk"), Lookup::Invalid(problems) if problems.len() == 1));
    assert!(matches!(config.account("bad"), Lookup::Invalid(problems) if problems.len() == 2));
    assert!(matches!(config.account("none"), Lookup::Missing));
    assert!(matches!(config.target("t"), Lookup::Invalid(problems) if problems.len() == 2));
    assert!(config.blocking_problems().is_empty());
}

#[test]
fn a_block_whose_name_is_refused_is_not_asked_for_another_one() {
    let text = "[accounts.\"a b\"]\nname = \"a b\"\ntype = \"oauth_browser\"\nregion = \"us\"\n";
    let expected = "1:11 Account(\"a b\") \"a b\" is not an account name (1 to 64 of a-z, A-Z, 0-9, _ and -)";
    assert_eq!(problems(text), [expected]);
    assert!(parse(text).accounts.is_empty());
}

#[test]
fn several_syntax_errors_are_told_and_what_they_broke_is_not_blamed() {
    let text = "[accounts.a]\ntype = \nregion = \"us\"\n[accounts.b\n[targets.x]\naccount = 5\nproject = \"1\"\n";
    let found = problems(text);
    let syntax = found.iter().filter(|problem| problem.contains("Syntax")).count();
    assert!(syntax >= 2, "{found:#?}");
    assert!(found.iter().any(|problem| problem.starts_with("6:11 Target")), "{found:#?}");
    assert!(!found.iter().any(|problem| problem.contains("missing: ")), "{found:#?}");
    assert!(!parse("not = [toml").blocking_problems().is_empty());
}

#[test]
fn a_syntax_error_does_not_show_the_value_it_is_about() {
    for text in [
        "[accounts.a]\nsecret = \"hush\nregion = \"us\"",
        "secret = hush",
        "a = \"\\qhush\"",
        "secret = 'hush",
        "hush",
        "a = 1\na = \"hush\"",
    ] {
        let config = parse(text);
        assert!(!config.problems.is_empty(), "{text}");
        assert!(!format!("{:?}", config.problems).contains("hush"), "{:?}", config.problems);
    }
}

#[test]
fn legacy_markers_are_named() {
    let text = "config_version = 2\ndefault = \"x\"\n[credentials.x]\n[projects.x]\n[active]\nproject = \"1\"\n\
                [accounts.a]\nproject_id = \"1\"\n";
    let found = parse(text);
    let legacy: Vec<_> = found.problems.iter().filter(|problem| problem.scope == Scope::Legacy).collect();
    let named =
        ["config_version", "default", "credentials", "projects", "project in [active]", "project_id in an account"];
    assert_eq!(legacy.len(), named.len());
    for (problem, name) in legacy.iter().zip(named) {
        assert!(problem.detail.starts_with(name), "{problem}");
    }
    assert_eq!(found.blocking_problems(), legacy);
}

#[test]
fn a_root_key_of_the_wrong_kind_blocks_only_what_it_holds() {
    for (text, scope) in [
        ("accounts = 5", Scope::Root),
        ("[[targets]]", Scope::Root),
        ("active = 5", Scope::Active),
        ("settings = 5", Scope::Settings),
        ("[settings]\ncustom_header = 5", Scope::Header),
        ("[settings]\ncustom_header = { name = \"Host\", value = \"v\" }", Scope::Header),
    ] {
        let config = parse(text);
        assert_eq!(config.problems.iter().map(|problem| &problem.scope).collect::<Vec<_>>(), [&scope], "{text}");
    }
}

#[test]
fn workspaces_are_read_as_the_python_tool_reads_them() {
    let table = [("7", 7), ("1_000", 1000), ("0x10", 16), ("7.0", 7), ("1e3", 1000), ("\"7\"", 7), ("+7", 7)];
    for (text, expected) in table {
        let config = parse(&format!("[active]\nworkspace = {text}"));
        assert_eq!(config.active.workspace.map(|id| id.value.get()), Some(expected), "{text}");
    }
    for text in ["0", "-4", "true", "7.5", "nan", "inf", "1e300", "\"x\"", "99999999999999999999", "[1]"] {
        let config = parse(&format!("[active]\nworkspace = {text}"));
        assert_eq!(config.problems_for(&Scope::Active).len(), 1, "{text}");
    }
}

#[test]
fn text_that_is_not_utf8_is_a_problem_with_a_place() {
    let config = parse_bytes(b"# a\n\xc3\xa9 \xff");
    assert_eq!((config.problems[0].line, config.problems[0].column), (2, 3));
    assert_eq!(config.problems[0].detail, "byte 0xff is not valid here: expected UTF-8 text");
}

#[test]
fn settings_are_compared_by_meaning() {
    let text = |secret: &str| {
        format!("[accounts.a]\ntype=\"service_account\"\nregion=\"us\"\nusername=\"u\"\nsecret=\"{secret}\"")
    };
    let account = |text: String| Arc::clone(&parse(&text).accounts["a"]);
    let first = account(text("x"));
    assert!(first.same_settings(&account(format!("# moved\n\n{}", text("x")))));
    assert!(!first.same_settings(&account(text("y"))));
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in "(\\[[a-z.\"]{0,20}\\]|[a-z_.]{0,12} = [\"{}0-9a-z,.= ]{0,20}|[\\PC\r\n]{0,10}|\n){0,12}") {
        let config = parse(&text);
        for problem in &config.problems {
            proptest::prop_assert!(problem.line >= 1 && problem.line <= text.split('\n').count());
            proptest::prop_assert!(problem.column >= 1);
        }
    }
}

#[test]
fn limits_are_whole_numbers_and_a_wrong_one_keeps_its_default() {
    let text = "[settings.limits]\nquery_concurrent = 2\nexport_concurrent = 0\ndiscovery_s = 0\nlater = true\n";
    let limits = parse(text).limits;
    assert_eq!((limits.query_concurrent, limits.export_concurrent, limits.discovery_s), (2, 100, 0));
    assert_eq!(problems(text), ["3:21 Settings export_concurrent is 0: expected a positive integer"]);
    let text = "[settings]\nlimits = { query_concurrent = \"5\", discovery_s = -1, export_concurrent = 1.0 }\n";
    assert_eq!(
        problems(text),
        [
            "2:31 Settings query_concurrent is a string: expected a positive integer",
            "2:50 Settings discovery_s is -1: expected an integer that is not negative",
            "2:74 Settings export_concurrent is a float: expected a positive integer",
        ]
    );
    assert_eq!(problems("[settings]\nlimits = 5\n"), ["2:10 Settings limits is an integer: expected a table"]);
    assert_eq!(parse("").limits, crate::config::Limits::default());
}

#[test]
fn a_format_is_one_that_there_is_and_a_wrong_one_is_told() {
    let format = |text: &str| parse(text).output.format;
    assert_eq!(format("[settings.output]\nformat = \"csv\"\nlater = 1\n"), Some("csv"));
    assert_eq!(format(""), None);
    let expected = "expected one of json, jsonl, table, csv, plain";
    let wrong = |text: &str| (format(text), problems(text).join("\n"));
    assert_eq!(
        wrong("[settings.output]\nformat = \"tabel\"\n"),
        (None, format!("2:10 Settings format is \"tabel\": {expected}"))
    );
    assert_eq!(wrong("[settings.output]\nformat = 1\n").1, format!("2:10 Settings format is an integer: {expected}"));
    assert_eq!(wrong("[settings]\noutput = 1\n").1, "2:10 Settings output is an integer: expected a table");
}
