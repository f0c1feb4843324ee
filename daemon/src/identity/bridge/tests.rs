//! Bridge files, read, looked for and written.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use mp_proto::context::Context;

use super::*;
use crate::clock::SystemClock;
use crate::config::CustomHeader;
use crate::files::paths::Paths;

const BROWSER: &str = r#"{
  "account": {
    "default_project": "9",
    "name": "br",
    "region": "us",
    "type": "oauth_browser"
  },
  "headers": {
    "X-Mixpanel-Cluster": "internal-1"
  },
  "project": "42",
  "tokens": {
    "access_token": "at-1",
    "expires_at": "2099-11-23T04:38:01.567282Z",
    "refresh_token": "rt-1",
    "scope": "projects analysis",
    "token_type": "Bearer"
  },
  "version": 2,
  "workspace": 7
}"#;

fn problems(text: &str) -> Vec<String> {
    match parse(Path::new("/b.json"), text.as_bytes()) {
        Err(BridgeError::Invalid { problems, .. }) => problems.into_iter().map(|problem| problem.at).collect(),
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn what_the_python_tool_writes_comes_back_byte_for_byte() {
    let bridge = parse(Path::new("/b.json"), BROWSER.as_bytes()).expect("a good bridge");
    let pins = Pins { project: bridge.project.clone(), workspace: bridge.workspace };
    let (name, value) = bridge.headers.first_key_value().expect("a header");
    let header = CustomHeader { name: name.clone(), value: value.clone() };
    let text = export(&bridge.account, bridge.tokens.as_ref(), &pins, Some(&header));
    assert_eq!(text.expose(), BROWSER);
}

#[test]
fn other_tokens_leave_the_rest_of_the_text_as_it_was() {
    let mut tokens =
        parse(Path::new("/b.json"), BROWSER.as_bytes()).expect("a good bridge").tokens.expect("it has some");
    tokens.access_token = mp_proto::secret::Secret::new("at-2");
    tokens.refresh_token = Some(mp_proto::secret::Secret::new("rt-2"));
    let expected = BROWSER.replace("at-1", "at-2").replace("rt-1", "rt-2");
    let text = |old: &str| with_tokens(old.as_bytes(), &tokens).map(|text| text.expose().to_owned());
    assert_eq!(text(BROWSER), Some(expected.clone()));
    assert_eq!(text(&format!("{BROWSER}\n")), Some(format!("{expected}\n")));
    assert_eq!((text("{}"), text("["), text(r#"{"tokens": 5}"#)), (None, None, None));
}

#[test]
fn all_problems_are_told_at_once_and_no_secret() {
    let bad = r#"{"version": 1, "project": "abc", "workspace": 0, "more": 1, "headers": {"X": 5},
        "account": {"name": "a b", "type": "service_account", "region": "mars", "default_project": "x", "secret": "hush"}}"#;
    let places = problems(bad);
    let of_account = ["account.name", "account.region", "account.default_project", "account"];
    for field in ["version", "project", "workspace", "more", "headers.X"].into_iter().chain(of_account) {
        assert!(places.iter().any(|at| at == &format!("/b.json: {field}")), "{field} is missing in {places:?}");
    }
    assert!(!format!("{:?}", parse(Path::new("/b.json"), bad.as_bytes())).contains("hush"));
    assert_eq!(problems("{\n\"version\": }"), ["/b.json:2:12"]);
}

#[test]
fn tokens_belong_to_browser_accounts() {
    let account =
        |kind: &str, more: &str| format!(r#"{{"account": {{"name": "a", "region": "us", "type": "{kind}"{more}}}}}"#);
    assert_eq!(problems(&account("oauth_browser", "")), ["/b.json: tokens"]);
    assert_eq!(problems(&account("oauth_token", r#", "token": "t", "token_env": "V""#)), ["/b.json: account"]);
    assert_eq!(problems(&account("oauth_token", r#", "token": "t", "secret": "s""#)), ["/b.json: account.secret"]);
    assert_eq!(problems(&account("service_account", r#", "secret": 5"#)), ["/b.json: account"], "said once");
    assert!(parse(Path::new("/b"), account("oauth_token", r#", "token": "t", "token_env": null"#).as_bytes()).is_ok());
    assert!(parse(Path::new("/b"), account("oauth_token", r#", "token": "t""#).as_bytes()).is_ok());
}

struct Home(tempfile::TempDir, Paths);

impl Home {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let paths = Paths::new(dir.path().join(".mp"), dir.path().to_owned());
        Self(dir, paths)
    }

    fn write(&self, name: &str, mode: u32) -> PathBuf {
        self.write_text(name, BROWSER, mode)
    }

    fn write_text(&self, name: &str, text: &str, mode: u32) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        std::fs::write(&path, text).expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("changed");
        path
    }

    /// Looks where nobody has an account yet.
    fn find(&self, auth_file: Option<&Path>) -> Result<FoundBridge, BridgeError> {
        self.find_if(true, auth_file)
    }

    fn find_if(&self, is_first: bool, auth_file: Option<&Path>) -> Result<FoundBridge, BridgeError> {
        let mut context = Context { cwd: self.0.path().to_str().map(str::to_owned), ..Context::default() };
        if let Some(path) = auth_file {
            context.env.insert("MP_AUTH_FILE", path.to_str().expect("text"));
        }
        BridgeCache::default().find(&self.1, &context, &SystemClock, || is_first)
    }
}

#[test]
fn the_first_file_that_exists_wins_and_a_named_one_excludes_the_others() {
    let home = Home::new();
    let found =
        |auth_file: Option<&Path>| home.find(auth_file).expect("usable").bridge.map(|bridge| bridge.path.clone());
    assert_eq!(found(None), None);
    let beside = home.write(IN_CWD, 0o600);
    assert_eq!(found(None), Some(beside));
    let usual = home.write(".claude/mixpanel/auth.json", 0o600);
    assert_eq!(found(None), Some(usual));
    assert_eq!(found(Some(Path::new("missing.json"))), None);
    let named = home.write("named.json", 0o600);
    assert_eq!(found(Some(Path::new("named.json"))), Some(named));
}

#[test]
fn an_unsafe_file_beside_the_caller_is_passed_over_and_one_asked_for_is_refused() {
    let home = Home::new();
    home.write(IN_CWD, 0o644);
    let found = home.find(None).expect("passed over");
    assert!(found.bridge.is_none());
    assert!(found.passed_over.is_some_and(|why| why.contains("0644")));
    home.write(".claude/mixpanel/auth.json", 0o644);
    assert!(matches!(home.find(None), Err(BridgeError::Read(_))));
}

/// One that reads a variable of its finder.
const FROM_VARIABLE: &str =
    r#"{"account": {"name": "br", "region": "us", "type": "oauth_token", "token_env": "AWS_SECRET_ACCESS_KEY"}}"#;

#[test]
fn a_file_in_the_directory_counts_only_for_who_has_no_account_or_has_allowed_just_this_one() {
    let home = Home::new();
    let path = home.write(IN_CWD, 0o600);
    let used = |is_first| {
        let found = home.find_if(is_first, None).expect("nothing breaks");
        assert_eq!(found.bridge.is_none(), found.passed_over.is_some());
        found.bridge.is_some()
    };
    assert!(used(true) && !used(false));
    let note = home.find_if(false, None).expect("passed over").passed_over.expect("it is told");
    assert!(note.contains(&format!("`mp account allow-bridge {}`", path.display())), "{note}");
    allowed::allow(&home.1, &path, &allowed::digest(BROWSER.as_bytes())).expect("written");
    assert!(used(false));
    home.write_text(IN_CWD, &BROWSER.replace("rt-1", "rt-2"), 0o600);
    assert!(!used(false), "it was changed since");
    let named = home.find_if(false, Some(&path)).expect("usable");
    assert!(named.bridge.is_some(), "who names it has looked at it");
}

#[test]
fn a_variable_is_read_only_for_a_file_that_was_named_or_allowed() {
    let home = Home::new();
    let path = home.write_text(IN_CWD, FROM_VARIABLE, 0o600);
    for is_first in [true, false] {
        let found = home.find_if(is_first, None).expect("passed over");
        assert!(found.bridge.is_none() && found.passed_over.is_some_and(|why| why.contains("reads a variable")));
    }
    assert!(home.find(Some(&path)).expect("named").bridge.is_some());
    allowed::allow(&home.1, &path, &allowed::digest(FROM_VARIABLE.as_bytes())).expect("written");
    assert!(home.find_if(false, None).expect("allowed").bridge.is_some());
}

#[test]
fn a_damaged_file_breaks_only_what_would_use_it() {
    let home = Home::new();
    for damaged in ["{", "[]", "{\"account\": 5}", &BROWSER.replace("X-Mixpanel-Cluster", "Host")] {
        let path = home.write_text(IN_CWD, damaged, 0o600);
        let found = home.find_if(false, None).expect("passed over");
        assert!(found.passed_over.is_some_and(|why| why.contains("no valid bridge file")), "{damaged}");
        assert!(matches!(home.find_if(true, None), Err(BridgeError::Invalid { .. })), "{damaged}");
        assert!(matches!(home.find_if(false, Some(&path)), Err(BridgeError::Invalid { .. })), "{damaged}");
    }
}
