//! Bridge files, read, looked for and written.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use mp_proto::context::Context;

use super::search::IN_CWD;
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
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        std::fs::write(&path, BROWSER).expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("changed");
        path
    }

    fn find(&self, auth_file: Option<&Path>) -> Result<FoundBridge, BridgeError> {
        let mut context = Context { cwd: self.0.path().to_str().map(str::to_owned), ..Context::default() };
        if let Some(path) = auth_file {
            context.env.insert("MP_AUTH_FILE", path.to_str().expect("text"));
        }
        BridgeCache::default().find(&self.1, &context, &SystemClock)
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
