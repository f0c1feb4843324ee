//! Opens a session: from a caller's context to an identity that requests go out as, with project and workspace. Pure: no file and
//! no token is read here.

pub mod memo;
mod places;
pub mod sessions;

use std::sync::Arc;

use mp_proto::context::Context;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::{AccountType, ProjectId, WorkspaceId};
use mp_proto::secret::Secret;

use crate::config::steps;
use crate::config::{Account, Credential, TokenSource};
use crate::identity::Holder;
use crate::identity::bases::CallerBases;
use crate::identity::bearer::from_caller;
use crate::identity::bridge::Bridge;
use crate::identity::{Authorization, Identity};
use crate::resolve::{Origin, Resolved, ResolvedAccount, resolve};
use crate::store::{ConfigFile, Pinned};

/// A resolved session with what it authenticates with.
#[derive(Debug, Clone)]
pub struct Session {
    /// The config file that it came from.
    pub file: Arc<ConfigFile>,
    /// As whom requests go out.
    pub identity: Identity,
    /// The account's definition; none for one that the environment makes.
    pub account: Option<Arc<Account>>,
    /// Where that is.
    pub origin: Origin,
    /// The project.
    pub project: Option<ProjectId>,
    /// The pinned workspace.
    pub workspace: Option<WorkspaceId>,
    /// What lost against a stronger layer although the caller asked for it.
    pub notes: Vec<String>,
}

impl Session {
    /// Returns the project.
    ///
    /// # Errors
    /// When there is none.
    pub fn project(&self) -> Result<&ProjectId, Failure> {
        self.project.as_ref().ok_or_else(|| needs_project(&self.identity.name))
    }
}

/// Opens the session of a context.
///
/// # Errors
/// When it cannot be resolved, has no account, or the caller must bring a variable or has not set it.
pub fn open(pinned: &Pinned, bridge: Option<&Arc<Bridge>>, context: &Context) -> Result<Session, Failure> {
    let snapshot = &pinned.snapshot;
    let resolved = resolve(&snapshot.config, &snapshot.path, bridge.map(AsRef::as_ref), context)?;
    let chosen = resolved.account.as_ref().ok_or_else(needs_account)?;
    let (account, authorization) = match (chosen.origin, bridge) {
        (Origin::Environment, _) => (None, of_environment(chosen, context)?),
        (Origin::Bridge, Some(bridge)) => {
            let authorization = of_account(&bridge.account, context, || Holder::Bridge(Arc::clone(bridge)))?;
            (Some(Arc::new(bridge.account.clone())), authorization)
        }
        (Origin::Config, _) => {
            let account = snapshot.config.accounts.get(chosen.name.as_str());
            let account = account.ok_or_else(|| snapshot.no_active_account(&chosen.name))?;
            (Some(Arc::clone(account)), of_account(account, context, || holder(account))?)
        }
        (Origin::Bridge | Origin::Missing, _) => return Err(snapshot.no_active_account(&chosen.name)),
    };
    let region = chosen.region.ok_or_else(|| snapshot.no_active_account(&chosen.name))?;
    let identity = Identity {
        name: chosen.name.clone(),
        region,
        authorization,
        headers: custom_headers(&resolved),
        bases: CallerBases::of(context)?,
    };
    let origin = chosen.origin;
    Ok(Session {
        file: Arc::clone(&pinned.file),
        identity,
        account,
        origin,
        project: resolved.project.map(|axis| axis.value),
        workspace: resolved.workspace.map(|axis| axis.value),
        notes: resolved.notes,
    })
}

/// Returns the identity of a configured account alone: of custom headers it has the caller's pair of variables only.
///
/// # Errors
/// When the caller must bring a variable or has not set it.
pub fn identity_of(account: &Account, context: &Context) -> Result<Identity, Failure> {
    Ok(Identity {
        name: account.name.to_string(),
        region: account.region,
        authorization: of_account(account, context, || holder(account))?,
        headers: callers_header(context),
        bases: CallerBases::of(context)?,
    })
}

/// Returns the header that a caller's pair of variables makes.
pub fn callers_header(context: &Context) -> Vec<(String, Secret)> {
    let name = context.env.get("MP_CUSTOM_HEADER_NAME");
    let value = context.env.secret("MP_CUSTOM_HEADER_VALUE");
    name.map(str::to_owned).zip(value).into_iter().collect()
}

fn custom_headers(resolved: &Resolved) -> Vec<(String, Secret)> {
    resolved.headers.iter().map(|header| (header.name.clone(), header.value.clone())).collect()
}

fn holder(account: &Account) -> Holder {
    Holder::Account(account.name.clone(), account.region)
}

fn of_account(account: &Account, context: &Context, holder: impl FnOnce() -> Holder) -> Result<Authorization, Failure> {
    Ok(match &account.credential {
        Credential::ServiceAccount { username, secret } => {
            Authorization::Basic { username: username.clone(), secret: secret.clone() }
        }
        Credential::OauthToken(TokenSource::Inline(token)) => Authorization::Bearer(token.clone()),
        Credential::OauthToken(TokenSource::Env(variable)) => {
            Authorization::Bearer(from_caller(account, variable, context)?.token)
        }
        Credential::OauthBrowser => Authorization::Grant(holder()),
        Credential::Kept(kept) => return Err(kept.failure(account.name.as_str())),
    })
}

fn of_environment(chosen: &ResolvedAccount, context: &Context) -> Result<Authorization, Failure> {
    let secret = |name: &str| {
        let unset = || Failure::new(FailureKind::TokenMissing, format!("{name} is not set")).account(&chosen.name);
        context.env.secret(name).ok_or_else(unset)
    };
    if chosen.r#type == Some(AccountType::ServiceAccount) {
        let username = context.env.get("MP_USERNAME").unwrap_or_default().to_owned();
        return Ok(Authorization::Basic { username, secret: secret("MP_SECRET")? });
    }
    secret("MP_OAUTH_TOKEN").map(Authorization::Bearer)
}

/// No account is configured or chosen.
pub fn needs_account() -> Failure {
    let mut failure = Failure::new(FailureKind::NeedsAccount, "no account is configured");
    failure.next = steps::add_account();
    failure
}

/// The account has no project, and none is chosen.
fn needs_project(account: &str) -> Failure {
    let detail = format!("account '{account}' has no default project, and none is chosen");
    let mut failure = Failure::new(FailureKind::NeedsProject, detail).account(account);
    failure.next = steps::choose_project();
    failure
}

#[cfg(test)]
mod tests {
    use super::*;
    use mp_proto::ids::Region;

    const CONFIG: &str = "[active]\naccount = \"acme\"\n\n[accounts.acme]\ntype = \"service_account\"\nregion = \"eu\"\n\
        default_project = \"7\"\nusername = \"u\"\nsecret = \"hush\"\n\n[accounts.me]\ntype = \"oauth_browser\"\nregion = \"us\"\n\n\
        [accounts.ci]\ntype = \"oauth_token\"\nregion = \"in\"\ntoken_env = \"CI_TOKEN\"\n\n\
        [settings]\ncustom_header = { name = \"X-Cfg\", value = \"cfg\" }\n";

    fn context(account: Option<&str>, env: &[(&str, &str)]) -> Context {
        let mut context = Context { account: account.map(str::to_owned), ..Context::default() };
        for (name, value) in env {
            context.env.insert(*name, *value);
        }
        context
    }

    fn opened(account: Option<&str>, env: &[(&str, &str)]) -> Result<Session, Failure> {
        open(&Pinned::of(CONFIG), None, &context(account, env))
    }

    fn shown(session: &Session) -> String {
        match &session.identity.authorization {
            Authorization::Basic { username, secret } => format!("basic {username}:{}", secret.expose()),
            Authorization::Bearer(token) => format!("bearer {}", token.expose()),
            Authorization::Grant(Holder::Account(name, region)) => format!("grant {name} {region}"),
            Authorization::Grant(Holder::Bridge(_)) => "grant of the bridge".to_owned(),
        }
    }

    #[test]
    fn every_type_of_account_has_its_authorization() {
        let acme = opened(None, &[]).expect("complete");
        assert_eq!((shown(&acme), acme.identity.region), ("basic u:hush".to_owned(), Region::Eu));
        assert_eq!(acme.project().map(ProjectId::as_str).ok(), Some("7"));
        assert_eq!(acme.identity.headers[0].0, "X-Cfg");
        assert_eq!(shown(&opened(Some("me"), &[]).expect("complete")), "grant me us");
        assert_eq!(shown(&opened(Some("ci"), &[("CI_TOKEN", "t")]).expect("complete")), "bearer t");
        let quad = [("MP_REGION", "in"), ("MP_PROJECT_ID", "9"), ("MP_USERNAME", "x"), ("MP_SECRET", "y")];
        let env = opened(None, &quad).expect("complete");
        assert_eq!((shown(&env), env.identity.name.as_str()), ("basic x:y".to_owned(), "env-service-account"));
        let bearer = [("MP_REGION", "in"), ("MP_PROJECT_ID", "9"), ("MP_OAUTH_TOKEN", "z")];
        assert_eq!(shown(&opened(None, &bearer).expect("complete")), "bearer z");
    }

    #[test]
    fn what_is_missing_is_told() {
        let kind = |result: Result<Session, Failure>| result.map_err(|failure| failure.kind).err();
        assert_eq!(kind(opened(Some("ci"), &[])), Some(FailureKind::ContextRequired));
        assert_eq!(kind(opened(Some("ci"), &[("CI_TOKEN", "")])), Some(FailureKind::TokenMissing));
        assert_eq!(kind(opened(Some("none"), &[])), Some(FailureKind::AccountNotFound));
        assert_eq!(kind(opened(None, &[("MP_API_BASE_URL", "https://evil.example")])), Some(FailureKind::InvalidValue));
        assert_eq!(kind(open(&Pinned::of(""), None, &context(None, &[]))), Some(FailureKind::NeedsAccount));
        let dangling = open(&Pinned::of("[active]\naccount = \"gone\"\n"), None, &context(None, &[]));
        assert!(
            dangling.is_err_and(|failure| failure.kind == FailureKind::NeedsAccount && failure.detail.contains("gone"))
        );
        let project = opened(Some("me"), &[]).expect("complete").project().map(ToString::to_string);
        assert_eq!(project.map_err(|failure| failure.kind), Err(FailureKind::NeedsProject));
    }

    #[test]
    fn a_bridge_lends_its_account_in_memory() {
        let text =
            br#"{"version": 2, "account": {"name": "b", "type": "oauth_browser", "region": "us"}, "project": "5",
            "tokens": {"access_token": "at", "expires_at": 1795409649, "token_type": "Bearer", "scope": ""},
            "headers": {"X-Cfg": "bridge"}}"#;
        let bridge = Arc::new(crate::identity::bridge::parse(std::path::Path::new("/b"), text).expect("a bridge"));
        let session = open(&Pinned::of(CONFIG), Some(&bridge), &context(None, &[])).expect("complete");
        assert_eq!((shown(&session).as_str(), session.identity.name.as_str()), ("grant of the bridge", "b"));
        let headers: Vec<_> = session.identity.headers.iter().map(|(_, value)| value.expose()).collect();
        assert_eq!((headers, session.project.as_ref().map(ProjectId::as_str)), (vec!["bridge"], Some("5")));
    }

    #[test]
    fn an_account_alone_takes_the_callers_header_and_not_the_configs() {
        let snapshot = Pinned::of(CONFIG).snapshot;
        let pair = [("MP_CUSTOM_HEADER_NAME", "X-Env"), ("MP_CUSTOM_HEADER_VALUE", "env")];
        let names = |env: &[(&str, &str)]| {
            let identity = identity_of(&snapshot.config.accounts["acme"], &context(None, env)).expect("complete");
            identity.headers.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
        };
        assert_eq!((names(&pair), names(&pair[..1])), (vec!["X-Env".to_owned()], vec![]));
    }
}
