//! The decision table, case by case.

use std::path::Path;

use mp_proto::context::Context;
use mp_proto::wire::SourceKind;

use crate::config::parser::parse;
use crate::identity::bridge::{self, Bridge};
use crate::resolve::{Origin, ResolveError, Resolved, resolve};

const CONFIG: &str = r#"[active]
account = "team"
workspace = 77

[accounts.team]
type = "service_account"
region = "us"
default_project = "1"
username = "u"
secret = "s"

[accounts.ci]
type = "oauth_token"
region = "eu"
default_project = "2"
token = "t"

[accounts.bare]
type = "oauth_browser"
region = "in"

[accounts.broken]
type = "service_account"

[targets.web]
account = "ci"
project = "3"
workspace = 33

[targets.plain]
account = "team"
project = "4"

[targets.lost]
account = "ghost"
project = "5"
"#;

const BRIDGE: &str = r#"{"version": 2, "account": {"name": "br", "type": "oauth_token", "region": "in", "token": "t",
    "default_project": "8"}, "project": "9", "workspace": 90, "headers": {"X-Team": "bridge"}}"#;

fn context(flags: &[(&str, &str)]) -> Context {
    let mut context = Context::default();
    for (name, value) in flags {
        match *name {
            "-a" => context.account = Some((*value).to_owned()),
            "-p" => context.project = Some((*value).to_owned()),
            "-w" => context.workspace = Some((*value).to_owned()),
            "-t" => context.target = Some((*value).to_owned()),
            "exact" => context.exact = true,
            variable => context.env.insert(variable, *value),
        }
    }
    context
}

fn run(config: &str, bridge: Option<&Bridge>, flags: &[(&str, &str)]) -> Result<Resolved, ResolveError> {
    let path = Path::new("/r/config.toml");
    resolve(&parse(config), path, bridge, &context(flags))
}

/// The three axes as `value@source`, in the order account, project, workspace.
fn axes(config: &str, bridge: Option<&str>, flags: &[(&str, &str)]) -> [String; 3] {
    let bridge = bridge.map(|text| bridge::parse(Path::new("/b.json"), text.as_bytes()).expect("a good bridge"));
    let resolved = run(config, bridge.as_ref(), flags).expect("resolves");
    let none = || "-".to_owned();
    [
        resolved.account.map_or_else(none, |account| format!("{}@{}", account.name, account.source.at)),
        resolved.project.map_or_else(none, |axis| format!("{}@{}", axis.value, axis.source.at)),
        resolved.workspace.map_or_else(none, |axis| format!("{}@{}", axis.value, axis.source.at)),
    ]
}

#[test]
fn the_config_decides_when_nobody_else_does_and_says_on_which_line() {
    let expected = ["team@/r/config.toml:2", "1@/r/config.toml:8", "77@/r/config.toml:3"];
    assert_eq!(axes(CONFIG, None, &[]), expected);
}

#[test]
fn another_account_brings_its_own_project_and_no_pin_of_the_first() {
    assert_eq!(axes(CONFIG, None, &[("-a", "ci")]), ["ci@--account", "2@/r/config.toml:15", "-"]);
    assert_eq!(axes(CONFIG, None, &[("MP_ACCOUNT", "ci")]), ["ci@MP_ACCOUNT", "2@/r/config.toml:15", "-"]);
    assert_eq!(axes(CONFIG, None, &[("-a", "team")])[2], "77@/r/config.toml:3", "the same account keeps its pin");
    assert_eq!(
        axes(CONFIG, None, &[("-a", "ci"), ("MP_ACCOUNT", "team")])[0],
        "ci@--account",
        "a flag beats its variable"
    );
}

#[test]
fn a_pin_belongs_to_the_project_it_was_pinned_in() {
    assert_eq!(axes(CONFIG, None, &[("-p", "6")])[1..], ["6@--project", "-"]);
    assert_eq!(axes(CONFIG, None, &[("MP_PROJECT_ID", "1")])[1..], ["1@MP_PROJECT_ID", "77@/r/config.toml:3"]);
}

#[test]
fn no_pin_fills_in_for_who_is_exact() {
    let exact = ("exact", "");
    assert_eq!(axes(CONFIG, None, &[exact]), ["team@/r/config.toml:2", "1@/r/config.toml:8", "-"]);
    assert_eq!(axes(CONFIG, Some(BRIDGE), &[exact])[1..], ["9@/b.json", "-"]);
    assert_eq!(axes(CONFIG, None, &[exact, ("-w", "5")])[2], "5@--workspace");
    assert_eq!(axes(CONFIG, None, &[exact, ("MP_WORKSPACE_ID", "6")])[2], "6@MP_WORKSPACE_ID");
    assert_eq!(axes(CONFIG, None, &[exact, ("-t", "web")])[2], "33@target web (/r/config.toml:25)");
}

#[test]
fn a_target_decides_all_it_names() {
    let web =
        ["ci@target web (/r/config.toml:25)", "3@target web (/r/config.toml:25)", "33@target web (/r/config.toml:25)"];
    assert_eq!(axes(CONFIG, None, &[("-t", "web")]), web);
    assert_eq!(axes(CONFIG, None, &[("-t", "plain")])[2], "-", "another project's pin is not inherited");
    assert_eq!(
        axes(CONFIG, None, &[("-t", "web"), ("MP_PROJECT_ID", "6"), ("MP_WORKSPACE_ID", "5")])[1..],
        ["6@MP_PROJECT_ID", "5@MP_WORKSPACE_ID"]
    );
}

#[test]
fn a_bridge_beats_the_config_and_its_pins_stay_with_its_account() {
    assert_eq!(axes(CONFIG, Some(BRIDGE), &[]), ["br@/b.json", "9@/b.json", "90@/b.json"]);
    assert_eq!(axes(CONFIG, Some(BRIDGE), &[("-a", "ci")]), ["ci@--account", "2@/r/config.toml:15", "-"]);
    let unpinned = BRIDGE.replace("\"project\": \"9\", ", "");
    assert_eq!(axes(CONFIG, Some(&unpinned), &[])[1], "8@/b.json");
}

#[test]
fn an_account_in_the_environment_needs_all_its_variables() {
    let quad = [("MP_USERNAME", "u"), ("MP_SECRET", "s"), ("MP_PROJECT_ID", "6"), ("MP_REGION", "eu")];
    assert_eq!(axes(CONFIG, None, &quad), ["env-service-account@MP_USERNAME", "6@MP_PROJECT_ID", "-"]);
    for missing in 0..quad.len() {
        let mut rest = quad.to_vec();
        rest.remove(missing);
        assert_eq!(axes(CONFIG, None, &rest)[0], "team@/r/config.toml:2", "without {}", quad[missing].0);
    }
    let token = [("MP_OAUTH_TOKEN", "t"), ("MP_PROJECT_ID", "6"), ("MP_REGION", "eu")];
    assert_eq!(axes(CONFIG, None, &token)[0], "env-oauth-token@MP_OAUTH_TOKEN");
    let both: Vec<_> = quad.iter().chain(&token).copied().collect();
    assert_eq!(axes(CONFIG, None, &both)[0], "env-service-account@MP_USERNAME");
}

#[test]
fn what_lost_against_a_stronger_layer_is_noted() {
    let notes = |flags: &[(&str, &str)]| run(CONFIG, None, flags).expect("resolves").notes;
    assert_eq!(notes(&[("MP_PROJECT_ID", "7"), ("-p", "9")]), ["MP_PROJECT_ID=7 wins over --project 9"]);
    assert_eq!(notes(&[("MP_WORKSPACE_ID", "7"), ("-w", "9")]), ["MP_WORKSPACE_ID=7 wins over --workspace 9"]);
    assert_eq!(notes(&[("MP_PROJECT_ID", "7"), ("-p", "7")]), Vec::<String>::new());
    let quad = [("MP_USERNAME", "u"), ("MP_SECRET", "s"), ("MP_PROJECT_ID", "6"), ("MP_REGION", "eu"), ("-a", "ci")];
    assert_eq!(notes(&quad), ["MP_USERNAME wins over --account ci"]);
    assert_eq!(
        notes(&[("MP_PROJECT_ID", "7"), ("-t", "web")]),
        ["MP_PROJECT_ID=7 wins over the project of target web, 3"]
    );
}

#[test]
fn all_bad_values_are_told_at_once() {
    let bad = [("MP_REGION", "mars"), ("MP_PROJECT_ID", "x7"), ("MP_WORKSPACE_ID", "0"), ("-p", "abc"), ("-w", "-5")];
    let Err(ResolveError::Values { problems }) = run(CONFIG, None, &bad) else { panic!("not refused") };
    let places: Vec<_> = problems.iter().map(|problem| problem.at.as_str()).collect();
    assert_eq!(places, ["MP_REGION", "MP_PROJECT_ID", "MP_WORKSPACE_ID", "--project", "--workspace"]);
    assert_eq!(problems[0].detail, "MP_REGION=mars is not one of us, eu, in");
}

#[test]
fn names_that_lead_nowhere_are_errors_except_the_active_one() {
    let at = |flags: &[(&str, &str)]| match run(CONFIG, None, flags) {
        Err(ResolveError::NoSuchAccount { name, by } | ResolveError::NoSuchTarget { name, by }) => {
            format!("{name}@{}", by.at)
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(at(&[("-a", "ghost")]), "ghost@--account");
    assert_eq!(at(&[("MP_TARGET", "nope")]), "nope@MP_TARGET");
    assert_eq!(at(&[("-t", "lost")]), "ghost@target lost (/r/config.toml:34)");
    let dangling = CONFIG.replacen("\"team\"", "\"gone\"", 1);
    let resolved = run(&dangling, None, &[]).expect("a person must see it");
    let account = resolved.account.expect("it is named");
    assert_eq!((account.name.as_str(), account.r#type, account.origin), ("gone", None, Origin::Missing));
    assert_eq!(account.source.kind, SourceKind::Config);
}

#[test]
fn a_bad_block_stops_only_those_who_choose_it() {
    let Err(ResolveError::Block { what, problems }) = run(CONFIG, None, &[("-a", "broken")]) else {
        panic!("not refused")
    };
    assert_eq!(what, "account 'broken'");
    assert!(problems.iter().any(|problem| problem.at.starts_with("/r/config.toml:22:")), "{problems:?}");
    assert!(run(CONFIG, None, &[]).is_ok());
}

#[test]
fn a_target_stands_alone_among_flags() {
    for flag in ["-a", "-p", "-w", "MP_ACCOUNT"] {
        assert_eq!(run(CONFIG, None, &[("-t", "web"), (flag, "1")]), Err(ResolveError::TargetNotAlone), "{flag}");
    }
}

#[test]
fn nothing_configured_resolves_to_nothing() {
    assert_eq!(axes("", None, &[]), ["-", "-", "-"]);
    assert_eq!(axes("", None, &[("MP_PROJECT_ID", "7")]), ["-", "7@MP_PROJECT_ID", "-"]);
    assert_eq!(axes(CONFIG, None, &[("-a", "bare")]), ["bare@--account", "-", "-"]);
}

#[test]
fn later_layers_of_headers_win_by_name_whatever_its_case() {
    let config = format!("{CONFIG}\n[settings]\ncustom_header = {{ name = \"x-team\", value = \"config\" }}\n");
    let bridge = bridge::parse(Path::new("/b.json"), BRIDGE.as_bytes()).expect("a good bridge");
    let pair = [("MP_CUSTOM_HEADER_NAME", "X-TEAM"), ("MP_CUSTOM_HEADER_VALUE", "env")];
    let value = |bridge: Option<&Bridge>, config: &str| {
        let headers = run(config, bridge, &pair).expect("resolves").headers;
        assert_eq!(headers.len(), 1, "{headers:?}");
        headers[0].value.expose().to_owned()
    };
    assert_eq!(value(None, CONFIG), "env");
    assert_eq!(value(None, &config), "config");
    assert_eq!(value(Some(&bridge), &config), "bridge");
}
