//! The bridge: a file that carries an account, its tokens and its pins to another machine or container, version 2.
//!
//! It is a source of the session and is used in memory only; it never overwrites `tokens.json`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mp_proto::context::Context;
use mp_proto::failure::{Failure, FailureKind, Problem, chain};
use mp_proto::ids::{AccountName, AccountType, ProjectId, Region, WorkspaceId};
use mp_proto::secret::Secret;
use mp_proto::wire::{BridgeAccount, BridgeStatus};
use serde_json::{Map, Value, json};

use crate::clock::Clock;
use crate::config::{Account, Credential, CustomHeader, Located, TokenSource};
use crate::files::cache::Cache;
use crate::files::paths::Paths;
use crate::files::read::ReadError;
use crate::identity::tokens::{Tokens, iso};

/// The only version there is.
const VERSION: u32 = 2;

/// Name of a bridge file in the caller's directory.
const IN_CWD: &str = "mixpanel_auth.json";

/// A bridge file, read.
#[derive(Debug)]
pub struct Bridge {
    /// Where it is.
    pub path: PathBuf,
    /// The account it carries.
    pub account: Account,
    /// Its tokens, for a browser account.
    pub tokens: Option<Tokens>,
    /// The project it pins.
    pub project: Option<ProjectId>,
    /// The workspace it pins.
    pub workspace: Option<WorkspaceId>,
    /// The headers it adds.
    pub headers: BTreeMap<String, Secret>,
}

/// Why a bridge file cannot be used. Its values are never quoted.
#[derive(Debug, thiserror::Error)]
pub enum BridgeError {
    /// Not safe to read, or unreadable.
    #[error("the bridge file cannot be used")]
    Read(#[from] ReadError),
    /// Not what the file should hold.
    #[error("{} is not a valid bridge file", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// All that is wrong.
        problems: Vec<Problem>,
    },
}

/// What the search for a bridge found.
#[derive(Debug, Default)]
pub struct Found {
    /// The bridge.
    pub bridge: Option<Arc<Bridge>>,
    /// A file in the caller's directory that was not used, and why.
    pub passed_over: Option<String>,
}

/// A place to look.
struct Candidate<'a> {
    path: Cow<'a, Path>,
    /// Whether somebody put it there for us: by a variable, or in the place that only bridges have.
    is_named: bool,
}

/// Bridge files that were read.
#[derive(Debug, Default)]
pub struct BridgeCache(Cache<Bridge>);

impl BridgeCache {
    /// Returns the bridge that a context finds, or none.
    ///
    /// # Errors
    /// When the first file that exists cannot be used. The one in the caller's directory was not asked for by name: it may have come
    /// with a checkout, so one that is not safe to read is passed over and named.
    pub fn find(&self, paths: &Paths, context: &Context, clock: &dyn Clock) -> Result<Found, BridgeError> {
        for candidate in candidates(paths, context) {
            let path = candidate.path.as_ref();
            match self.0.load(path, paths.home(), || clock.now().into(), |bytes| parse(path, bytes)) {
                Ok(None) => {}
                Ok(bridge) => return Ok(Found { bridge, passed_over: None }),
                Err(BridgeError::Read(error)) if !candidate.is_named => {
                    return Ok(Found { bridge: None, passed_over: Some(format!("not used: {error}")) });
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Found::default())
    }
}

/// Returns the first bridge file that exists for a context, usable or not.
pub fn locate(paths: &Paths, context: &Context) -> Option<PathBuf> {
    candidates(paths, context).map(|candidate| candidate.path.into_owned()).find(|path| path.symlink_metadata().is_ok())
}

/// `MP_AUTH_FILE` switches the search off, even when it names nothing.
fn candidates<'a>(paths: &'a Paths, context: &'a Context) -> impl Iterator<Item = Candidate<'a>> {
    let named = |path| Some(Candidate { path, is_named: true });
    let beside = |cwd: &Path| Candidate { path: Cow::Owned(cwd.join(IN_CWD)), is_named: false };
    let cwd = context.cwd.as_deref().map(Path::new).filter(|cwd| cwd.is_absolute());
    match (context.env.get("MP_AUTH_FILE"), cwd) {
        (Some(path), Some(cwd)) => [named(Cow::Owned(cwd.join(path))), None],
        (Some(path), None) => [named(Cow::Borrowed(Path::new(path))), None],
        (None, cwd) => [named(Cow::Borrowed(paths.default_bridge())), cwd.map(beside)],
    }
    .into_iter()
    .flatten()
}

/// Reads a bridge file's text.
///
/// # Errors
/// With all problems of the file.
pub fn parse(path: &Path, bytes: &[u8]) -> Result<Bridge, BridgeError> {
    let mut reader = Reader { path, problems: Vec::new() };
    let invalid = |problems| BridgeError::Invalid { path: path.to_owned(), problems };
    let value: Value = serde_json::from_slice(bytes).map_err(|error| {
        let at = format!("{}:{}:{}", path.display(), error.line(), error.column());
        invalid(vec![Problem::new(at, "not valid JSON")])
    })?;
    let Value::Object(root) = value else {
        return Err(invalid(vec![Problem::new(path.display().to_string(), "a JSON object was expected")]));
    };
    let read = reader.bridge(&root);
    match read {
        Some(bridge) if reader.problems.is_empty() => Ok(bridge),
        _ => Err(invalid(reader.problems)),
    }
}

/// Reads values and collects what is wrong with them.
struct Reader<'a> {
    path: &'a Path,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn wrong(&mut self, field: &str, detail: impl Into<String>) {
        self.problems.push(Problem::new(format!("{}: {field}", self.path.display()), detail));
    }

    fn bridge(&mut self, root: &Map<String, Value>) -> Option<Bridge> {
        let known = ["version", "account", "tokens", "project", "workspace", "headers"];
        for name in root.keys().filter(|name| !known.contains(&name.as_str())) {
            self.wrong(name, format!("unknown key; known are {}", known.join(", ")));
        }
        if root.get("version").is_some_and(|version| version.as_u64() != Some(u64::from(VERSION))) {
            self.wrong("version", "must be the number 2");
        }
        let project = self.id("project", root, ProjectId::parse);
        let workspace = match root.get("workspace") {
            None | Some(Value::Null) => None,
            Some(value) => {
                let id = value.as_i64().and_then(WorkspaceId::new);
                if id.is_none() {
                    self.wrong("workspace", "must be a positive integer");
                }
                id
            }
        };
        let headers = self.headers(root);
        let account = match root.get("account") {
            Some(Value::Object(fields)) => self.account(fields),
            _ => {
                self.wrong("account", "an object is required");
                None
            }
        };
        let account = account?;
        let tokens = self.tokens(root, account.account_type());
        Some(Bridge { path: self.path.to_owned(), account, tokens, project, workspace, headers })
    }

    fn account(&mut self, fields: &Map<String, Value>) -> Option<Account> {
        let name = self.required("account.name", fields, "name", AccountName::parse);
        let region = self.required("account.region", fields, "region", Region::parse);
        let kind = self.required("account.type", fields, "type", AccountType::parse);
        let default_project = self.id("default_project", fields, ProjectId::parse);
        let (kind, name, region) = (kind?, name?, region?);
        let own: &[&str] = match kind {
            AccountType::ServiceAccount => &["username", "secret"],
            AccountType::OauthBrowser => &[],
            AccountType::OauthToken => &["token", "token_env"],
        };
        let common = ["name", "region", "type", "default_project"];
        for key in fields.keys().filter(|key| !common.contains(&key.as_str()) && !own.contains(&key.as_str())) {
            self.wrong(&format!("account.{key}"), format!("unknown key of a {kind} account"));
        }
        let credential = self.credential(kind, fields)?;
        let default_project = default_project.map(|value| Located { value, line: 0 });
        Some(Account { name, region, default_project, credential, line: 0 })
    }

    fn credential(&mut self, kind: AccountType, fields: &Map<String, Value>) -> Option<Credential> {
        let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
        match kind {
            AccountType::OauthBrowser => Some(Credential::OauthBrowser),
            AccountType::ServiceAccount => match (text("username").filter(|name| !name.is_empty()), text("secret")) {
                (Some(username), Some(secret)) => {
                    Some(Credential::ServiceAccount { username, secret: Secret::new(secret) })
                }
                _ => {
                    self.wrong("account", "a service account needs the texts `username` and `secret`");
                    None
                }
            },
            AccountType::OauthToken => match (text("token"), text("token_env")) {
                (Some(token), None) => Some(Credential::OauthToken(TokenSource::Inline(Secret::new(token)))),
                (None, Some(variable)) => Some(Credential::OauthToken(TokenSource::Env(variable))),
                _ => {
                    self.wrong("account", "a token account needs exactly one of `token` and `token_env`");
                    None
                }
            },
        }
    }

    fn tokens(&mut self, root: &Map<String, Value>, kind: AccountType) -> Option<Tokens> {
        let given = root.get("tokens").filter(|value| !value.is_null());
        match (given, kind) {
            (None, AccountType::OauthBrowser) => {
                self.wrong("tokens", "a browser account needs its tokens");
                None
            }
            (None, _) => None,
            (Some(_), AccountType::ServiceAccount | AccountType::OauthToken) => {
                self.wrong("tokens", "only a browser account has tokens");
                None
            }
            (Some(Value::Object(fields)), AccountType::OauthBrowser) => match Tokens::from_json(fields) {
                Ok(tokens) => Some(tokens),
                Err(problem) => {
                    self.wrong("tokens", problem);
                    None
                }
            },
            (Some(_), AccountType::OauthBrowser) => {
                self.wrong("tokens", "an object was expected");
                None
            }
        }
    }

    fn headers(&mut self, root: &Map<String, Value>) -> BTreeMap<String, Secret> {
        let mut headers = BTreeMap::new();
        match root.get("headers") {
            None | Some(Value::Null) => {}
            Some(Value::Object(fields)) => {
                for (name, value) in fields {
                    match value.as_str() {
                        Some(value) => drop(headers.insert(name.clone(), Secret::new(value))),
                        None => self.wrong(&format!("headers.{name}"), "must be a text"),
                    }
                }
            }
            Some(_) => self.wrong("headers", "an object was expected"),
        }
        headers
    }

    fn id<T>(
        &mut self,
        name: &str,
        fields: &Map<String, Value>,
        parse: impl Fn(&str) -> Result<T, mp_proto::ids::IdError>,
    ) -> Option<T> {
        match fields.get(name) {
            None | Some(Value::Null) => None,
            Some(_) => self.required(name, fields, name, parse),
        }
    }

    fn required<T>(
        &mut self,
        shown: &str,
        fields: &Map<String, Value>,
        name: &str,
        parse: impl Fn(&str) -> Result<T, mp_proto::ids::IdError>,
    ) -> Option<T> {
        match fields.get(name).and_then(Value::as_str).map(parse) {
            Some(Ok(value)) => Some(value),
            Some(Err(error)) => {
                self.wrong(shown, format!("must be {}", error.expected));
                None
            }
            None => {
                self.wrong(shown, "a text is required");
                None
            }
        }
    }
}

impl Bridge {
    /// Returns what may be shown of it. Header values are shown, as the Python tool does; they are what the file's owner set.
    pub fn status(&self) -> BridgeStatus {
        BridgeStatus {
            path: self.path.display().to_string(),
            version: VERSION,
            account: BridgeAccount {
                name: self.account.name.clone(),
                r#type: self.account.account_type(),
                region: self.account.region,
            },
            project: self.project.clone(),
            workspace: self.workspace,
            headers: self.headers.iter().map(|(name, value)| (name.clone(), value.expose().to_owned())).collect(),
        }
    }
}

/// What an export pins beside the account.
#[derive(Debug, Default)]
pub struct Pins {
    /// A project.
    pub project: Option<ProjectId>,
    /// A workspace.
    pub workspace: Option<WorkspaceId>,
}

/// Returns the text of a bridge file: sorted keys, two spaces, no line end at the end, as the Python tool writes it.
pub fn export(account: &Account, tokens: Option<&Tokens>, pins: &Pins, header: Option<&CustomHeader>) -> Secret {
    let mut carried = BTreeMap::from([
        ("name", account.name.to_string()),
        ("region", account.region.to_string()),
        ("type", account.account_type().to_string()),
    ]);
    if let Some(project) = &account.default_project {
        carried.insert("default_project", project.value.to_string());
    }
    match &account.credential {
        Credential::ServiceAccount { username, secret } => {
            carried.insert("username", username.clone());
            carried.insert("secret", secret.expose().to_owned());
        }
        Credential::OauthToken(TokenSource::Inline(token)) => drop(carried.insert("token", token.expose().to_owned())),
        Credential::OauthToken(TokenSource::Env(variable)) => drop(carried.insert("token_env", variable.clone())),
        Credential::OauthBrowser => {}
    }
    let headers: BTreeMap<_, _> = header.iter().map(|header| (&header.name, header.value.expose())).collect();
    let mut root =
        BTreeMap::from([("account", json!(carried)), ("headers", json!(headers)), ("version", json!(VERSION))]);
    if let Some(project) = &pins.project {
        root.insert("project", json!(project));
    }
    if let Some(workspace) = pins.workspace {
        root.insert("workspace", json!(workspace));
    }
    if let Some(tokens) = tokens {
        root.insert("tokens", carried_tokens(tokens));
    }
    Secret::new(serde_json::to_string_pretty(&root).expect("texts and numbers always serialise"))
}

fn carried_tokens(tokens: &Tokens) -> Value {
    let mut carried = BTreeMap::from([
        ("access_token", tokens.access_token.expose().to_owned()),
        ("expires_at", iso(tokens.expires_at, "Z")),
        ("scope", tokens.scope.clone()),
        ("token_type", tokens.token_type.clone()),
    ]);
    if let Some(refresh_token) = &tokens.refresh_token {
        carried.insert("refresh_token", refresh_token.expose().to_owned());
    }
    // Without it the other machine could not refresh; the Python tool ignores the key.
    if let Some(client_id) = &tokens.client_id {
        carried.insert("client_id", client_id.clone());
    }
    json!(carried)
}

impl From<BridgeError> for Failure {
    fn from(error: BridgeError) -> Self {
        let detail = chain(&error);
        match error {
            BridgeError::Read(read) => {
                let failure = Self::new(FailureKind::BridgeInvalid, detail);
                match read.hint() {
                    Some(command) => failure.next(command, "let only its owner read it"),
                    None => failure,
                }
            }
            BridgeError::Invalid { problems, .. } => Self::new(FailureKind::BridgeInvalid, detail).errors(problems),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use std::os::unix::fs::PermissionsExt;

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
            "account": {"name": "a b", "type": "service_account", "region": "mars", "secret": "hush"}}"#;
        let places = problems(bad);
        for field in ["version", "project", "workspace", "more", "headers.X", "account.name", "account.region"] {
            assert!(places.iter().any(|at| at == &format!("/b.json: {field}")), "{field} is missing in {places:?}");
        }
        assert!(!format!("{:?}", parse(Path::new("/b.json"), bad.as_bytes())).contains("hush"));
        assert_eq!(problems("{\n\"version\": }"), ["/b.json:2:12"]);
    }

    #[test]
    fn tokens_belong_to_browser_accounts() {
        let account = |kind: &str, more: &str| {
            format!(r#"{{"account": {{"name": "a", "region": "us", "type": "{kind}"{more}}}}}"#)
        };
        assert_eq!(problems(&account("oauth_browser", "")), ["/b.json: tokens"]);
        assert_eq!(problems(&account("oauth_token", r#", "token": "t", "token_env": "V""#)), ["/b.json: account"]);
        assert_eq!(problems(&account("oauth_token", r#", "token": "t", "secret": "s""#)), ["/b.json: account.secret"]);
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

        fn find(&self, auth_file: Option<&Path>) -> Result<Found, BridgeError> {
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
}
