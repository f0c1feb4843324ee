//! Edits, case by case.

use mp_proto::secret::Secret;
use mp_proto::wire::{AccountAdd, AccountUpdate, TargetAdd};

use super::*;

const FILE: &str = r#"# Mixpanel accounts of Ada

# The main one.
[accounts.team]
region = "us"   # where else
type = "service_account"
username = "u"
secret = "s"

# --- personal ---

# Browser login.
[accounts.dana]
type = "oauth_browser"
region = "eu"
default_project = "5"

[accounts.ci]
type = "oauth_token"
region = "us"
# rotated monthly
token = "t" # inline

[active]
account = "team"
# pinned for the demo
workspace = 7

[targets.web]
account = "team"
project = "1"
workspace = 9

[targets.eu]
account = "dana"
project = "2"

[settings]
theme = "dark"
custom_header = { name = "X", value = "v" }
# the end
"#;

fn add(name: &str, kind: &str) -> AccountAdd {
    let mut add = AccountAdd {
        name: Some(name.to_owned()),
        r#type: kind.to_owned(),
        region: Some("us".to_owned()),
        ..Default::default()
    };
    match kind {
        "service_account" => {
            add.username = Some("u".to_owned());
            add.secret = Some(Secret::new("hush"));
        }
        "oauth_token" => add.token_env = Some("V".to_owned()),
        _ => {}
    }
    add
}

fn apply(text: &str, change: Change) -> String {
    edit(text, &change).unwrap().text
}

fn use_account(name: &str) -> Change {
    Change::UseAccount { name: name.to_owned() }
}

fn remove(name: &str, force: bool) -> Change {
    Change::RemoveAccount { name: name.to_owned(), force }
}

fn target(name: &str, account: &str, project: &str, workspace: Option<i64>) -> Change {
    let (name, account, project) = (name.to_owned(), account.to_owned(), project.to_owned());
    Change::AddTarget(TargetAdd { name, account, project, workspace })
}

/// Checks that a change does to the file exactly what these replacements do.
fn check(change: Change, replacements: &[(&str, &str)]) {
    let mut expected = FILE.to_owned();
    for (old, new) in replacements {
        assert_eq!(expected.matches(old).count(), 1, "{old:?}");
        expected = expected.replace(old, new);
    }
    assert_eq!(apply(FILE, change.clone()), expected, "{change:?}");
    // The same holds for the other line ends, a byte order mark and a last line without an end.
    let open = |text: &str| text.strip_suffix('\n').unwrap_or(text).to_owned();
    let variants: [fn(&str) -> String; 2] = [|text| text.replace('\n', "\r\n"), |text| format!("\u{feff}{text}")];
    for vary in variants {
        assert_eq!(apply(&vary(FILE), change.clone()), vary(&expected));
    }
    assert_eq!(apply(&open(FILE), change), open(&expected));
}

#[test]
fn using_an_account_changes_two_lines() {
    check(use_account("dana"), &[("account = \"team\"\n# pinned for the demo\nworkspace = 7", "account = \"dana\"")]);
    check(use_account("team"), &[("# pinned for the demo\nworkspace = 7\n", "")]);
}

#[test]
fn using_a_project_sets_it_on_the_account() {
    let project = |account: Option<&str>, project: &str| Change::UseProject {
        account: account.map(str::to_owned),
        project: project.to_owned(),
    };
    check(project(None, "77"), &[("secret = \"s\"\n", "secret = \"s\"\ndefault_project = \"77\"\n")]);
    check(project(Some("dana"), "77"), &[("default_project = \"5\"", "default_project = \"77\"")]);
    let none = "[accounts.a]\ntype = \"oauth_browser\"\nregion = \"us\"\n";
    assert_eq!(edit(none, &project(None, "7")).unwrap_err(), EditError::NeedsAccount);
    let dangling = "[active]\naccount = \"ghost\"\n";
    assert!(
        matches!(edit(dangling, &project(None, "7")), Err(EditError::AccountNotFound { name, .. }) if name == "ghost")
    );
    assert!(matches!(edit(FILE, &project(None, "x")), Err(EditError::Arguments { usage: false, .. })));
}

#[test]
fn pinning_a_workspace_needs_no_account() {
    check(Change::PinWorkspace { workspace: 8 }, &[("workspace = 7", "workspace = 8")]);
    assert_eq!(apply("", Change::PinWorkspace { workspace: 8 }), "[active]\nworkspace = 8\n");
    assert!(matches!(edit("", &Change::PinWorkspace { workspace: 0 }), Err(EditError::Arguments { usage: false, .. })));
}

#[test]
fn using_a_target_sets_all_three() {
    let change = |name: &str| Change::UseTarget { name: name.to_owned() };
    check(
        change("web"),
        &[("workspace = 7", "workspace = 9"), ("secret = \"s\"\n", "secret = \"s\"\ndefault_project = \"1\"\n")],
    );
    check(
        change("eu"),
        &[
            ("account = \"team\"\n# pinned for the demo\nworkspace = 7", "account = \"dana\""),
            ("default_project = \"5\"", "default_project = \"2\""),
        ],
    );
    assert!(
        matches!(edit(FILE, &change("no")), Err(EditError::TargetNotFound { known, .. }) if known == ["web", "eu"])
    );
    let gone = "[targets.t]\naccount = \"ghost\"\nproject = \"1\"\n";
    assert!(matches!(edit(gone, &change("t")), Err(EditError::AccountNotFound { .. })));
}

#[test]
fn a_new_account_stands_after_the_others() {
    let block = "\n[accounts.new]\ntype = \"service_account\"\nregion = \"us\"\nusername = \"u\"\nsecret = \"hush\"\n";
    let last = "token = \"t\" # inline\n";
    check(Change::AddAccount(add("new", "service_account")), &[(last, &format!("{last}{block}"))]);
}

#[test]
fn a_removed_account_takes_only_its_own_comment_along() {
    let dana =
        "# Browser login.\n[accounts.dana]\ntype = \"oauth_browser\"\nregion = \"eu\"\ndefault_project = \"5\"\n\n";
    check(remove("dana", true), &[(dana, "")]);
    let ci = "[accounts.ci]\ntype = \"oauth_token\"\nregion = \"us\"\n# rotated monthly\ntoken = \"t\" # inline\n\n";
    check(remove("ci", false), &[(ci, "")]);
    let team = "# The main one.\n[accounts.team]\nregion = \"us\"   # where else\ntype = \"service_account\"\nusername = \"u\"\nsecret = \"s\"\n\n";
    let active = "[active]\naccount = \"team\"\n# pinned for the demo\nworkspace = 7\n\n";
    check(remove("team", true), &[(team, ""), (active, "")]);
}

#[test]
fn an_account_in_use_is_removed_only_by_force() {
    let error = edit(FILE, &remove("team", false)).unwrap_err();
    assert_eq!(error, EditError::AccountInUse { name: "team".to_owned(), targets: vec!["web".to_owned()] });
    let edited = edit(FILE, &remove("team", true)).unwrap();
    assert_eq!(edited.orphaned_targets, ["web"]);
    assert!(edited.config.active.account.is_none() && edited.config.active.workspace.is_none());
    assert!(matches!(edit(FILE, &remove("no", false)), Err(EditError::AccountNotFound { .. })));
}

#[test]
fn targets_are_added_and_removed() {
    let block = "\n[targets.\"a b\"]\naccount = \"ci\"\nproject = \"3\"\nworkspace = 4\n";
    let last = "[targets.eu]\naccount = \"dana\"\nproject = \"2\"\n";
    check(target("a b", "ci", "3", Some(4)), &[(last, &format!("{last}{block}"))]);
    check(Change::RemoveTarget { name: "eu".to_owned() }, &[(&format!("{last}\n"), "")]);
    assert!(matches!(edit(FILE, &target("web", "ci", "3", None)), Err(EditError::TargetExists { .. })));
    assert!(matches!(edit(FILE, &target("x", "no", "3", None)), Err(EditError::AccountNotFound { .. })));
    let Err(EditError::Arguments { usage: false, problems }) = edit(FILE, &target("", "no", "x", Some(0))) else {
        panic!()
    };
    assert_eq!(
        problems.iter().map(|problem| problem.at.as_str()).collect::<Vec<_>>(),
        ["name", "project", "workspace"]
    );
}

#[test]
fn updates_stay_in_their_lines() {
    let update = |name: &str, update: AccountUpdate| Change::UpdateAccount { name: name.to_owned(), update };
    let some = |text: &str| Some(text.to_owned());
    check(
        update(
            "team",
            AccountUpdate { region: some("in"), secret: Some(Secret::new("a\"\\\n\u{1}é")), ..Default::default() },
        ),
        &[
            ("region = \"us\"   # where else", "region = \"in\"   # where else"),
            ("secret = \"s\"", r#"secret = "a\"\\\n\u0001é""#),
        ],
    );
    check(
        update("ci", AccountUpdate { token_env: some("V"), ..Default::default() }),
        &[("token = \"t\" # inline", "token_env = \"V\" # inline")],
    );
    let env = FILE.replace("token = \"t\"", "token_env = \"V\"");
    let inline = update("ci", AccountUpdate { token: Some(Secret::new("t")), ..Default::default() });
    assert_eq!(apply(&env, inline), FILE);
    assert_eq!(apply(FILE, update("ci", AccountUpdate::default())), FILE);

    let wrong = AccountUpdate { username: some("x"), default_project: some("x"), ..Default::default() };
    let Err(EditError::Arguments { usage: false, problems }) = edit(FILE, &update("ci", wrong)) else { panic!() };
    assert_eq!(problems.len(), 2, "{problems:?}");
    let wrong = AccountUpdate { region: some("mars"), ..Default::default() };
    assert!(matches!(edit(FILE, &update("ci", wrong)), Err(EditError::Arguments { usage: true, .. })));
    assert!(matches!(edit(FILE, &update("no", AccountUpdate::default())), Err(EditError::AccountNotFound { .. })));
}

#[test]
fn an_update_can_repair_the_block_it_is_about() {
    let text = "[accounts.a]\ntype = \"oauth_browser\"\nregion = \"mars\"\n";
    let change = |region: Option<&str>| Change::UpdateAccount {
        name: "a".to_owned(),
        update: AccountUpdate { region: region.map(str::to_owned), ..Default::default() },
    };
    assert_eq!(apply(text, change(Some("us"))), text.replace("mars", "us"));
    assert!(matches!(edit(text, &change(None)), Err(EditError::Config { problems }) if problems.len() == 1));
}

#[test]
fn the_first_account_becomes_the_active_one() {
    let browser = Change::AddAccount(AccountAdd { region: None, ..add("a", "oauth_browser") });
    let block = "[accounts.a]\ntype = \"oauth_browser\"\nregion = \"us\"\n";
    let edited = edit("", &browser).unwrap();
    assert_eq!(edited.text, format!("{block}\n[active]\naccount = \"a\"\n"));
    assert!(edited.promoted);
    for (before, after) in [
        ("# mine\n", format!("# mine\n\n{block}\n[active]\naccount = \"a\"\n")),
        ("# mine", format!("# mine\n\n{block}\n[active]\naccount = \"a\"\n")),
        (
            "[active]\naccount = \"ghost\"\nworkspace = 3\n",
            format!("[active]\naccount = \"a\"\nworkspace = 3\n\n{block}"),
        ),
        ("[accounts]\n", format!("[accounts]\n\n{block}\n[active]\naccount = \"a\"\n")),
    ] {
        assert_eq!(apply(before, browser.clone()), after);
    }
    assert!(!edit(FILE, &Change::AddAccount(add("z", "oauth_browser"))).unwrap().promoted);
}

#[test]
fn all_that_is_wrong_with_a_new_account_is_told_at_once() {
    let wrong = AccountAdd {
        name: Some("a b".to_owned()),
        region: Some("mars".to_owned()),
        default_project: Some("x".to_owned()),
        secret: Some(Secret::new("")),
        token: Some(Secret::new("hush")),
        ..add("x", "service_account")
    };
    let Err(error) = edit("", &Change::AddAccount(AccountAdd { username: None, ..wrong })) else { panic!() };
    assert!(!format!("{error:?} {error}").contains("hush"));
    let EditError::Arguments { usage: true, problems } = error else { panic!("{error:?}") };
    let places: Vec<_> = problems.iter().map(|problem| problem.at.as_str()).collect();
    assert_eq!(places, ["name", "region", "default_project", "secret", "token", "username"]);

    for (change, place) in [
        (AccountAdd { username: None, ..add("a", "service_account") }, "username"),
        (AccountAdd { secret: None, ..add("a", "service_account") }, "secret"),
        (AccountAdd { token_env: None, ..add("a", "oauth_token") }, "token"),
        (AccountAdd { token: Some(Secret::new("t")), ..add("a", "oauth_token") }, "token_env"),
        (AccountAdd { region: None, ..add("a", "oauth_token") }, "region"),
        (add("a", "magic"), "type"),
    ] {
        let Err(EditError::Arguments { usage: true, problems }) = edit("", &Change::AddAccount(change)) else {
            panic!("{place}")
        };
        assert_eq!(problems.iter().map(|problem| problem.at.as_str()).collect::<Vec<_>>(), [place]);
    }
    assert!(matches!(
        edit(FILE, &Change::AddAccount(add("ci", "oauth_browser"))),
        Err(EditError::AccountExists { .. })
    ));
}

#[test]
fn several_choices_are_one_change() {
    let choose = |project: &str| Change::Choose {
        account: Some("dana".to_owned()),
        project: Some(project.to_owned()),
        workspace: Some(6),
    };
    let edited = edit(FILE, &choose("8")).unwrap();
    let active = edited.config.active;
    assert_eq!((active.account.unwrap().value.as_str(), active.workspace.unwrap().value.get()), ("dana", 6));
    assert_eq!(edited.config.accounts["dana"].default_project.as_ref().unwrap().value.as_str(), "8");
    let Err(EditError::Arguments { usage: false, problems }) = edit(FILE, &choose("x")) else { panic!() };
    assert_eq!(problems.len(), 1);
    let nothing = Change::Choose { account: None, project: None, workspace: None };
    assert_eq!(apply(FILE, nothing), FILE);
}

#[test]
fn bad_siblings_block_nothing_and_can_be_removed() {
    let text = format!("{FILE}\n[accounts.bad]\ntype = 5\n\n[targets.broken]\naccount = \"bad\"\n");
    assert_eq!(
        apply(&text, use_account("dana")),
        apply(FILE, use_account("dana")) + "\n[accounts.bad]\ntype = 5\n\n[targets.broken]\naccount = \"bad\"\n"
    );
    assert!(matches!(edit(&text, &use_account("bad")), Err(EditError::Config { .. })));
    assert!(matches!(edit(&text, &target("t", "bad", "1", None)), Err(EditError::Config { .. })));
    assert!(
        matches!(edit(&text, &remove("bad", false)), Err(EditError::AccountInUse { targets, .. }) if targets == ["broken"])
    );
    let text = apply(&text, Change::RemoveTarget { name: "broken".to_owned() });
    assert_eq!(apply(&text, remove("bad", false)), FILE);
}

#[test]
fn files_that_cannot_be_understood_are_not_edited() {
    for text in ["a = [", "config_version = 2\n", "accounts = 5\n", "[accounts.a]\nproject_id = \"1\"\n"] {
        assert!(matches!(edit(text, &Change::PinWorkspace { workspace: 1 }), Err(EditError::Config { .. })), "{text}");
    }
    let active = "[active]\ncolour = 1\n";
    assert!(matches!(edit(active, &Change::PinWorkspace { workspace: 1 }), Err(EditError::Config { .. })));
    assert!(
        edit(
            active,
            &Change::AddTarget(TargetAdd {
                name: "t".into(),
                account: "a".into(),
                project: "1".into(),
                workspace: None
            })
        )
        .is_err()
    );
}

#[test]
fn inline_tables_and_dotted_keys_are_edited_in_their_own_way() {
    let inline = "accounts = { a = { type = \"oauth_browser\", region = \"us\" } } # all\nactive = { account = \"a\", workspace = 3 }\n";
    let added = apply(inline, Change::AddAccount(add("b", "oauth_token")));
    assert_eq!(
        added,
        "accounts = { a = { type = \"oauth_browser\", region = \"us\" }, \
         b = { type = \"oauth_token\", region = \"us\", token_env = \"V\" } } # all\nactive = { account = \"a\", workspace = 3 }\n"
    );
    assert_eq!(apply(&added, remove("b", false)), inline);
    assert_eq!(apply(inline, use_account("a")), inline.replace(", workspace = 3", ""));
    let project = Change::UseProject { account: None, project: "7".to_owned() };
    assert_eq!(apply(inline, project.clone()), inline.replace("\"us\" }", "\"us\", default_project = \"7\" }"));
    assert_eq!(apply(inline, remove("a", false)), "accounts = {} # all\n");

    let dotted = "accounts.a.type = \"oauth_browser\" # one\naccounts.a.region = \"us\"\nactive.account = \"a\"\nactive.workspace = 3\n";
    assert_eq!(apply(dotted, use_account("a")), dotted.replace("active.workspace = 3\n", ""));
    let edited = apply(dotted, project);
    assert!(edited.contains("accounts.a.region = \"us\"\naccounts.a.default_project = \"7\"\n"), "{edited}");
    let edited = edit(dotted, &Change::AddAccount(add("b", "oauth_browser"))).unwrap();
    assert!(edited.text.starts_with(dotted) && edited.config.accounts.len() == 2, "{}", edited.text);
    assert_eq!(apply(dotted, remove("a", false)), "");
}
