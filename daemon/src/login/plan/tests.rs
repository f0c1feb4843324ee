//! Requests for logins, case by case.

use super::*;
use crate::clock::SystemClock;
use crate::files::paths::Paths;
use crate::hub::Hub;
use crate::store::Store;
use crate::vault::Vault;

const CONFIG: &str = "[accounts.acme]\ntype = \"service_account\"\nregion = \"us\"\nusername = \"u\"\nsecret = \"s\"\n\
                      [accounts.dana]\ntype = \"oauth_browser\"\nregion = \"eu\"\n\
                      [accounts.ci]\ntype = \"oauth_token\"\nregion = \"us\"\ntoken_env = \"CI\"\n\
                      [accounts.bad]\ntype = \"oauth_browser\"\nregion = \"mars\"\n";

fn with_env(env: &[(&str, &str)]) -> Context {
    let mut context = Context::default();
    for (name, value) in env {
        context.env.insert(*name, *value);
    }
    context
}

fn planned(start: &LoginStart, env: &[(&str, &str)]) -> Result<Plan, Failure> {
    let paths = Paths::new("/nowhere".into(), "/nowhere".into());
    let store = Store::new(&paths, Arc::new(Hub::new("i".into())), Arc::new(SystemClock), Arc::new(Vault::new(&paths)));
    let snapshot = Snapshot::new(1, "/c".into(), Ok(Some(CONFIG.as_bytes())));
    plan(start, &with_env(env), &snapshot, store.file(None))
}

fn kind(start: &LoginStart, env: &[(&str, &str)]) -> FailureKind {
    planned(start, env).expect_err("is refused").kind
}

fn named(name: &str) -> LoginStart {
    LoginStart { name: Some(name.to_owned()), ..LoginStart::default() }
}

const SA: [(&str, &str); 2] = [("MP_USERNAME", "u"), ("MP_SECRET", "s")];
const TOKEN: (&str, &str) = ("MP_OAUTH_TOKEN", "t");

#[test]
fn the_type_follows_from_fields_then_variables() {
    use AccountType::{OauthBrowser, OauthToken, ServiceAccount};
    let flag = LoginStart { service_account: true, ..LoginStart::default() };
    let pointer = LoginStart { token_env: Some("X".into()), ..LoginStart::default() };
    let none = LoginStart::default();
    let both = [SA[0], SA[1], TOKEN];
    let table = [
        (&flag, &[TOKEN][..], ServiceAccount),
        (&pointer, &both[..], OauthToken),
        (&none, &both[..], ServiceAccount),
        (&none, &[TOKEN, SA[0]][..], OauthToken),
        (&none, &[SA[0]][..], OauthBrowser),
        (&none, &[("MP_OAUTH_TOKEN", "")][..], OauthBrowser),
        (&none, &[][..], OauthBrowser),
    ];
    for (start, env, expected) in table {
        assert_eq!(detect(start, &with_env(env).env), expected, "{start:?} {env:?}");
    }
}

#[test]
fn what_cannot_be_right_is_refused_before_anything_else() {
    let misuses = [
        (LoginStart { service_account: true, token_env: Some("X".into()), ..Default::default() }, &[][..]),
        (LoginStart { service_account: true, no_browser: true, ..Default::default() }, &[][..]),
        (LoginStart { token_env: Some("X".into()), secret: Some(Secret::new("")), ..Default::default() }, &[][..]),
        (LoginStart { no_browser: true, ..Default::default() }, &[TOKEN][..]),
        (LoginStart { secret: Some(Secret::new("s")), ..Default::default() }, &[SA[0]][..]),
        (LoginStart { region: Some("mars".into()), ..Default::default() }, &[][..]),
        (LoginStart { account: Some("dana".into()), region: Some("eu".into()), ..Default::default() }, &[][..]),
    ];
    for (start, env) in misuses {
        assert_eq!(kind(&start, env), FailureKind::InvalidArgument, "{start:?}");
    }
    let all = LoginStart { region: Some("x".into()), no_browser: true, service_account: true, ..named("a b") };
    assert_eq!(planned(&all, &[]).expect_err("is wrong").errors.len(), 3, "all of it is told");
    assert_eq!(kind(&named("../evil"), &[]), FailureKind::InvalidValue);
}

#[test]
fn a_missing_credential_is_told_or_asked_for() {
    let flag = LoginStart { service_account: true, ..LoginStart::default() };
    assert_eq!(kind(&flag, &[]), FailureKind::InvalidValue);
    let with_secret = LoginStart { secret: Some(Secret::new("s")), ..flag };
    assert!(planned(&with_secret, &[SA[0]]).is_ok());
    let pointer = LoginStart { token_env: Some("X".into()), ..LoginStart::default() };
    let asked = planned(&pointer, &[]).expect_err("is asked for");
    assert_eq!((asked.kind, asked.env), (FailureKind::ContextRequired, vec!["X".to_owned()]));
    assert_eq!(kind(&pointer, &[("X", "")]), FailureKind::InvalidValue);
    assert!(planned(&pointer, &[("X", "t")]).is_ok());
}

#[test]
fn an_account_that_exists_stays_what_it_is() {
    assert_eq!(kind(&named("acme"), &[]), FailureKind::InvalidValue, "the type would change");
    assert_eq!(kind(&named("dana"), &SA), FailureKind::InvalidValue);
    let moved = LoginStart { region: Some("eu".into()), ..named("acme") };
    assert_eq!(kind(&moved, &SA), FailureKind::InvalidValue);
    assert_eq!(kind(&named("bad"), &[]), FailureKind::ConfigInvalid);
    let again = LoginStart { project: Some("5".into()), ..named("acme") };
    let again = planned(&again, &[SA[0], SA[1], ("MP_PROJECT_ID", "6")]).expect("is right");
    assert!(matches!(&again.purpose, Purpose::Again(name) if name.as_str() == "acme"));
    assert_eq!((again.region, again.wanted), (Some(Region::Us), Wanted::default()));
    assert!(again.notes[0].contains("--project"), "{:?}", again.notes);
}

#[test]
fn an_existing_pointer_is_kept_unless_another_one_is_given() {
    let kept = planned(&named("ci"), &[TOKEN, ("CI", "t")]).expect("is right");
    assert_eq!(kept.credential.token_env(), Some("CI"));
    let given = LoginStart { token_env: Some("NEW".into()), ..named("ci") };
    assert_eq!(planned(&given, &[("NEW", "t")]).expect("is right").credential.token_env(), Some("NEW"));
}

#[test]
fn new_tokens_are_for_browser_accounts() {
    let of = |name: &str| LoginStart { account: Some(name.to_owned()), ..LoginStart::default() };
    let plan = planned(&of("dana"), &SA).expect("variables do not matter");
    assert!(matches!(plan.purpose, Purpose::Tokens(_)));
    assert_eq!(plan.region, Some(Region::Eu));
    assert_eq!(kind(&of("acme"), &[]), FailureKind::InvalidValue);
    assert_eq!(kind(&of("nobody"), &[]), FailureKind::AccountNotFound);
}

#[test]
fn the_same_login_is_recognised() {
    let of = |start: &LoginStart, env: &[(&str, &str)]| planned(start, env).expect("is right");
    let bare = LoginStart::default();
    assert!(of(&bare, &[]).is_same(&of(&LoginStart { region: Some("us".into()), ..Default::default() }, &[])));
    assert!(!of(&bare, &[]).is_same(&of(&LoginStart { region: Some("eu".into()), ..Default::default() }, &[])));
    let with_project = of(&LoginStart { project: Some("1".into()), ..Default::default() }, &[]);
    assert!(of(&bare, &[]).is_same(&with_project), "which project may be said later");
    assert!(!with_project.is_same(&of(&bare, &[])));
    let tokens = LoginStart { account: Some("dana".into()), ..LoginStart::default() };
    assert!(of(&tokens, &[]).is_same(&of(&named("dana"), &[])), "one account, one login");
    assert!(!of(&bare, &[TOKEN]).is_same(&of(&bare, &[("MP_OAUTH_TOKEN", "other")])), "another credential");
}
