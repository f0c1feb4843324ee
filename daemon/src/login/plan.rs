//! What a login is to do: decided from the request, the caller's context and the config, before anything is sent or opened. Pure.

use std::sync::Arc;

use mp_proto::context::{CallerEnv, Context};
use mp_proto::failure::{Failure, FailureKind, Problem};
use mp_proto::ids::{AccountName, AccountType, IdError, ProjectId, Region};
use mp_proto::secret::Secret;
use mp_proto::wire::LoginStart;

use super::choice::Wanted;
use crate::config::snapshot::Snapshot;
use crate::config::{Account, Credential, TokenSource};
use crate::identity::Authorization;
use crate::identity::bases::CallerBases;
use crate::store::ConfigFile;

/// A login as it was asked for, checked.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The config that gets the account.
    pub file: Arc<ConfigFile>,
    /// Which account.
    pub purpose: Purpose,
    /// Its region; none means to look for it.
    pub region: Option<Region>,
    /// What the account authenticates with in the end.
    pub credential: Credential,
    /// What `/me` is asked with; a browser login has to get it first.
    pub authorization: Option<Authorization>,
    /// The project that was asked for.
    pub wanted: Wanted,
    /// How it was asked for, for hints that go on from there.
    pub start: LoginStart,
    /// What the caller says of the network.
    pub network: CallerNetwork,
    /// A person will open the URL, so it can do without a listener.
    pub no_browser: bool,
    /// What to tell at once.
    pub notes: Vec<String>,
}

/// Which account a login is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// A new one, of this name or of one that is made up.
    New(Option<AccountName>),
    /// One that exists; it becomes the active one.
    Again(AccountName),
    /// One that exists, and nothing but its tokens.
    Tokens(AccountName),
}

/// What of a caller's environment goes into requests.
#[derive(Debug, Clone)]
pub struct CallerNetwork {
    /// The custom header of the environment.
    pub headers: Vec<(String, Secret)>,
    /// Where Mixpanel is.
    pub bases: CallerBases,
    /// How the only API is called when `MP_API_BASE_URL` replaces them all.
    pub label: Region,
}

impl CallerNetwork {
    /// Reads them from a caller's variables.
    ///
    /// # Errors
    /// When a base URL is refused.
    pub fn of(context: &Context) -> Result<Self, Failure> {
        let env = &context.env;
        let header = env.get("MP_CUSTOM_HEADER_NAME").map(str::to_owned).zip(env.secret("MP_CUSTOM_HEADER_VALUE"));
        let label = env.get("MP_REGION").and_then(|region| Region::parse(region).ok()).unwrap_or(Region::Us);
        Ok(Self { headers: header.into_iter().collect(), bases: CallerBases::of(context)?, label })
    }
}

impl Purpose {
    /// Returns the account, if it is known.
    pub fn account(&self) -> Option<&AccountName> {
        match self {
            Self::New(name) => name.as_ref(),
            Self::Again(name) | Self::Tokens(name) => Some(name),
        }
    }
}

impl Plan {
    /// Returns the command that begins such a login.
    pub fn command(&self) -> String {
        self.start.command()
    }

    /// Returns whether another request means this very login, which is open: the same known account, or the same request. Which project
    /// the account gets may be said later.
    pub fn is_same(&self, other: &Self) -> bool {
        let (account, others) = (self.purpose.account(), other.purpose.account());
        let same_request = || {
            let same_project = self.wanted == other.wanted || self.wanted.project().is_none();
            self.region == other.region && same_project && self.network.bases == other.network.bases
        };
        account == others
            && self.file.path() == other.file.path()
            && self.credential.is_same(&other.credential)
            // The variable may be the same and hold another token: that of another user.
            && same_proof(self.authorization.as_ref(), other.authorization.as_ref())
            && (account.is_some() || same_request())
    }
}

/// Compares secrets, here and in the config alone.
fn same_proof(one: Option<&Authorization>, other: Option<&Authorization>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(Authorization::Bearer(one)), Some(Authorization::Bearer(other))) => one.expose() == other.expose(),
        (
            Some(Authorization::Basic { username, secret }),
            Some(Authorization::Basic { username: others_name, secret: others }),
        ) => username == others_name && secret.expose() == others.expose(),
        _ => false,
    }
}

/// Decides what a login is to do.
///
/// # Errors
/// When the request is wrong, does not fit the account, or lacks a credential; all that is wrong in one.
pub fn plan(
    start: &LoginStart,
    context: &Context,
    snapshot: &Snapshot,
    file: Arc<ConfigFile>,
) -> Result<Plan, Failure> {
    let network = CallerNetwork::of(context)?;
    if let Some(account) = &start.account {
        return tokens_only(start, account, network, snapshot, file);
    }
    let kind = detect(start, &context.env);
    let mut wrong = Wrong::default();
    misuse(start, kind, &mut wrong);
    let region = start.region.as_deref().and_then(|region| wrong.choice("region", Region::parse(region)));
    let name = start.name.as_deref().and_then(|name| wrong.value("name", AccountName::parse(name)));
    let project = start.project.as_deref().and_then(|project| wrong.value("project", ProjectId::parse(project)));
    wrong.done()?;
    let existing = match &name {
        Some(name) => snapshot.account_if_any(name.as_str())?,
        None => None,
    };
    if let Some(account) = existing {
        conflict(account, kind, region)?;
    }
    let (credential, authorization) = credential(start, kind, existing.map(AsRef::as_ref), &context.env)?;
    let mut notes = Vec::new();
    if existing.is_some() && project.is_some() {
        let note = "--project is ignored for an account that exists; `mp project use ID` changes its project";
        notes.push(note.to_owned());
    }
    let default_region = (kind == AccountType::OauthBrowser).then_some(Region::Us);
    Ok(Plan {
        file,
        region: existing.map(|account| account.region).or(region).or(default_region),
        wanted: match existing {
            Some(_) => Wanted::default(),
            None => Wanted { flag: project, variable: context.env.get("MP_PROJECT_ID").map(str::to_owned) },
        },
        start: start.clone(),
        purpose: match existing {
            Some(account) => Purpose::Again(account.name.clone()),
            None => Purpose::New(name),
        },
        credential,
        authorization,
        network,
        no_browser: start.no_browser,
        notes,
    })
}

/// A browser account that exists gets new tokens and nothing else.
fn tokens_only(
    start: &LoginStart,
    name: &str,
    network: CallerNetwork,
    snapshot: &Snapshot,
    file: Arc<ConfigFile>,
) -> Result<Plan, Failure> {
    let LoginStart { name: new_name, region, project, service_account, secret, token_env, .. } = start;
    let others = [
        ("name", new_name.is_some()),
        ("region", region.is_some()),
        ("project", project.is_some()),
        ("service_account", *service_account),
        ("secret", secret.is_some()),
        ("token_env", token_env.is_some()),
    ];
    let mut wrong = Wrong::default();
    for (field, _) in others.iter().filter(|(_, is_given)| *is_given) {
        wrong.misuse(field, format!("{field} cannot be given together with account, which exists and stays as it is"));
    }
    wrong.done()?;
    let account = snapshot.account(name)?;
    let kind = account.account_type();
    if kind != AccountType::OauthBrowser {
        let detail = format!("account '{name}' is a {kind} account: there is no browser login for it");
        return Err(Failure::new(FailureKind::InvalidValue, detail)
            .account(name)
            .next(format!("mp account update {name} --help"), "see how to change its credential"));
    }
    Ok(Plan {
        file,
        purpose: Purpose::Tokens(account.name.clone()),
        region: Some(account.region),
        credential: Credential::OauthBrowser,
        authorization: None,
        wanted: Wanted::default(),
        start: start.clone(),
        network,
        no_browser: start.no_browser,
        notes: Vec::new(),
    })
}

/// Returns the type of account: by the fields, else by the caller's variables, else the browser's.
fn detect(start: &LoginStart, env: &CallerEnv) -> AccountType {
    let is_set = |name| env.get(name).is_some();
    if start.service_account {
        AccountType::ServiceAccount
    } else if start.token_env.is_some() {
        AccountType::OauthToken
    } else if is_set("MP_USERNAME") && is_set("MP_SECRET") {
        AccountType::ServiceAccount
    } else if is_set("MP_OAUTH_TOKEN") {
        AccountType::OauthToken
    } else {
        AccountType::OauthBrowser
    }
}

/// Why a login has its type, for those who wonder.
fn because(start: &LoginStart, kind: AccountType) -> &'static str {
    match (kind, start.service_account || start.token_env.is_some()) {
        (AccountType::ServiceAccount, false) => " because MP_USERNAME and MP_SECRET are set",
        (AccountType::OauthToken, false) => " because MP_OAUTH_TOKEN is set",
        _ => "",
    }
}

fn misuse(start: &LoginStart, kind: AccountType, wrong: &mut Wrong) {
    let because = because(start, kind);
    if start.service_account && start.token_env.is_some() {
        wrong.misuse("token_env", "service_account and token_env exclude each other");
    }
    if start.token_env.as_deref() == Some("") {
        wrong.misuse("token_env", "token_env is empty");
    }
    if start.no_browser && kind != AccountType::OauthBrowser {
        let detail = format!("no_browser is for browser logins, and this is a {kind} login{because}");
        wrong.misuse("no_browser", detail);
    }
    if start.secret.is_some() && kind != AccountType::ServiceAccount {
        wrong.misuse("secret", format!("secret is for service accounts, and this is an {kind} login{because}"));
    }
    if start.secret.as_ref().is_some_and(Secret::is_empty) {
        wrong.misuse("secret", "secret is empty");
    }
}

/// Refuses a login that would turn an account into another one.
fn conflict(account: &Account, kind: AccountType, region: Option<Region>) -> Result<(), Failure> {
    let name = account.name.as_str();
    let is = account.account_type();
    if is != kind {
        let detail = format!("account '{name}' is a {is} account, and this is a {kind} login");
        let failure = Failure::new(FailureKind::InvalidValue, detail).account(name);
        return Err(match is {
            AccountType::ServiceAccount => {
                failure.next(format!("mp login --name {name} --service-account"), "with MP_USERNAME and MP_SECRET set")
            }
            AccountType::OauthToken => {
                failure.next(format!("mp login --name {name} --token-env VARIABLE"), "with a bearer token in it")
            }
            AccountType::OauthBrowser => failure.next(format!("mp account login {name}"), "log in by the browser"),
        });
    }
    match region.filter(|region| *region != account.region) {
        None => Ok(()),
        Some(region) => {
            let detail = format!("account '{name}' is in region {}, and this login is for {region}", account.region);
            Err(Failure::new(FailureKind::InvalidValue, detail)
                .account(name)
                .next(format!("mp account update {name} --region {region}"), "move the account first")
                .next(format!("mp login --region {region} --name OTHER"), "or make another account"))
        }
    }
}

/// Returns what the account gets, and what `/me` is asked with.
fn credential(
    start: &LoginStart,
    kind: AccountType,
    existing: Option<&Account>,
    env: &CallerEnv,
) -> Result<(Credential, Option<Authorization>), Failure> {
    match kind {
        AccountType::OauthBrowser => Ok((Credential::OauthBrowser, None)),
        AccountType::ServiceAccount => {
            let (username, secret) = (env.get("MP_USERNAME"), start.secret.clone().or_else(|| env.secret("MP_SECRET")));
            let mut wrong = Wrong::default();
            if username.is_none() {
                wrong.missing("MP_USERNAME", "MP_USERNAME is not set: expected the user name of the service account");
            }
            if secret.is_none() {
                wrong.missing("MP_SECRET", "MP_SECRET is not set, and no secret is given by --secret-stdin");
            }
            wrong.done()?;
            let username = username.unwrap_or_default().to_owned();
            let secret = secret.unwrap_or_else(|| Secret::new(""));
            let authorization = Authorization::Basic { username: username.clone(), secret: secret.clone() };
            Ok((Credential::ServiceAccount { username, secret }, Some(authorization)))
        }
        AccountType::OauthToken => {
            let pointer = start.token_env.as_deref();
            let pointer = pointer.or_else(|| existing.and_then(|account| account.credential.token_env()));
            match (pointer, env.secret("MP_OAUTH_TOKEN")) {
                (None, Some(token)) => {
                    let authorization = Authorization::Bearer(token.clone());
                    Ok((Credential::OauthToken(TokenSource::Inline(token)), Some(authorization)))
                }
                (pointer, _) => {
                    let variable = pointer.unwrap_or("MP_OAUTH_TOKEN");
                    let token = brought(variable, env, FailureKind::InvalidValue)?;
                    let source = TokenSource::Env(variable.to_owned());
                    Ok((Credential::OauthToken(source), Some(Authorization::Bearer(token))))
                }
            }
        }
    }
}

/// Returns a variable of the caller. The client cannot know which one is needed, so the first answer asks for it.
///
/// # Errors
/// When the caller has yet to bring it, or said that it is not set.
pub fn brought(variable: &str, env: &CallerEnv, unset: FailureKind) -> Result<Secret, Failure> {
    if let Some(token) = env.secret(variable) {
        return Ok(token);
    }
    if env.raw(variable).is_some() {
        let detail = format!("{} is not set or is empty here", variable.escape_debug());
        return Err(Failure::new(unset, detail).next(format!("export {variable}=…"), "set it to a bearer token"));
    }
    let detail = format!("this needs the caller's variable {}; repeat with it", variable.escape_debug());
    let mut failure = Failure::new(FailureKind::ContextRequired, detail);
    failure.env = vec![variable.to_owned()];
    Err(failure)
}

/// What is wrong with a request, collected.
#[derive(Default)]
struct Wrong {
    /// Some of it is wrong whatever is configured.
    usage: bool,
    problems: Vec<Problem>,
}

impl Wrong {
    fn value<T>(&mut self, at: &str, parsed: Result<T, IdError>) -> Option<T> {
        parsed.map_err(|error| self.problems.push(Problem::new(at, format!("{at}: {error}")))).ok()
    }

    fn choice<T>(&mut self, at: &str, parsed: Result<T, IdError>) -> Option<T> {
        self.usage |= parsed.is_err();
        self.value(at, parsed)
    }

    fn misuse(&mut self, at: &str, detail: impl Into<String>) {
        self.usage = true;
        self.problems.push(Problem::new(at, detail));
    }

    fn missing(&mut self, at: &str, detail: &str) {
        self.problems.push(Problem::new(at, detail));
    }

    fn done(self) -> Result<(), Failure> {
        let kind = if self.usage { FailureKind::InvalidArgument } else { FailureKind::InvalidValue };
        match self.problems.as_slice() {
            [] => Ok(()),
            [one] => Err(Failure::new(kind, one.detail.clone())),
            _ => Err(Failure::new(kind, "the login cannot be started").errors(self.problems)),
        }
    }
}

#[cfg(test)]
mod tests;
