//! The accounts of the config, and new ones.

use std::time::Duration;

use hyper::Method;
use mp_proto::deadline::{CALL, IDENTITY};
use mp_proto::failure::Failure;
use mp_proto::ids::{AccountType, ProjectId, Region};
use mp_proto::routes::{
    ACCOUNT, ACCOUNT_LOGOUT, ACCOUNT_REFRESH, ACCOUNT_TEST, ACCOUNT_TOKEN, ACCOUNT_USE, ACCOUNTS, fill,
};
use mp_proto::secret::Secret;
use mp_proto::wire::{
    AccountAdd, AccountBody, AccountRemoved, AccountSummary, AccountUpdate, AccountsBody, RefreshRequest, TokenRequest,
};

use super::link::Link;
use super::names::{AccountTestResult, ActiveSession, Logout, Refresh, Token};

/// An account to add: a service account, a person who logs in by a browser, or a bearer token.
///
/// Region and name may be left out for a service account and a token: Mixpanel is asked then.
///
/// ```
/// use mp_client::{NewAccount, Region, Secret};
///
/// let team = NewAccount::service_account("sa.user", Secret::new("…")).named("team").region(Region::Eu);
/// let ci = NewAccount::oauth_token_in("MP_CI_TOKEN").named("ci").region(Region::Us);
/// ```
#[derive(Debug, Clone)]
#[must_use = "it is added by `accounts().add`"]
pub struct NewAccount(AccountAdd);

impl NewAccount {
    fn new(kind: AccountType) -> Self {
        Self(AccountAdd { r#type: kind.as_str().to_owned(), ..AccountAdd::default() })
    }

    /// Returns a service account.
    pub fn service_account(username: impl Into<String>, secret: Secret) -> Self {
        let mut new = Self::new(AccountType::ServiceAccount);
        (new.0.username, new.0.secret) = (Some(username.into()), Some(secret));
        new
    }

    /// Returns an account that a person logs in to by a browser, which [`crate::Logins`] does.
    pub fn oauth_browser() -> Self {
        Self::new(AccountType::OauthBrowser)
    }

    /// Returns an account with a bearer token that is stored in the config.
    pub fn oauth_token(token: Secret) -> Self {
        let mut new = Self::new(AccountType::OauthToken);
        new.0.token = Some(token);
        new
    }

    /// Returns an account whose bearer token is in a variable of whoever calls.
    pub fn oauth_token_in(variable: impl Into<String>) -> Self {
        let mut new = Self::new(AccountType::OauthToken);
        new.0.token_env = Some(variable.into());
        new
    }

    /// Sets its name.
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.0.name = Some(name.into());
        self
    }

    /// Sets its region.
    pub fn region(mut self, region: Region) -> Self {
        self.0.region = Some(region.as_str().to_owned());
        self
    }

    /// Sets its default project.
    pub fn project(mut self, project: &ProjectId) -> Self {
        self.0.default_project = Some(project.as_str().to_owned());
        self
    }
}

/// The accounts of the config: [`crate::Client::accounts`].
#[derive(Debug, Clone)]
pub struct Accounts {
    link: Link,
}

impl Accounts {
    pub(super) fn of(link: Link) -> Self {
        Self { link }
    }

    /// Returns all accounts by name, without secrets.
    ///
    /// # Errors
    /// When the config cannot be used.
    pub async fn list(&self) -> Result<Vec<AccountSummary>, Failure> {
        Ok(self.link.get::<AccountsBody>(ACCOUNTS).await?.accounts)
    }

    /// Returns one account, without its secrets.
    ///
    /// # Errors
    /// When there is none of that name.
    pub async fn show(&self, name: &str) -> Result<AccountSummary, Failure> {
        Ok(self.link.get::<AccountBody>(&fill(ACCOUNT, name)).await?.account)
    }

    /// Adds an account. The first one becomes the active one.
    ///
    /// # Errors
    /// When something of it is wrong (all problems together), the name is taken, or Mixpanel accepts the credential nowhere.
    pub async fn add(&self, account: NewAccount) -> Result<AccountSummary, Failure> {
        let body = self.link.change::<AccountBody>(Method::POST, ACCOUNTS, Some(&account.0), IDENTITY).await?;
        Ok(body.account)
    }

    /// Changes what is given, and leaves the rest.
    ///
    /// # Errors
    /// When there is no such account, or something is wrong for its type.
    pub async fn update(&self, name: &str, update: &AccountUpdate) -> Result<AccountSummary, Failure> {
        let path = fill(ACCOUNT, name);
        Ok(self.link.change::<AccountBody>(Method::PATCH, &path, Some(update), CALL).await?.account)
    }

    /// Makes an account the active one, for every tool, and removes the pin of a workspace. To switch for this program alone, use
    /// [`crate::Workspace::use_account`].
    ///
    /// # Errors
    /// When there is no such account.
    pub async fn use_(&self, name: &str) -> Result<ActiveSession, Failure> {
        self.link.change(Method::POST, &fill(ACCOUNT_USE, name), None::<&()>, CALL).await
    }

    /// Removes an account that no target refers to, with its stored tokens.
    ///
    /// # Errors
    /// When there is no such account, or targets refer to it ([`crate::FailureKind::AccountInUse`]).
    pub async fn remove(&self, name: &str) -> Result<AccountRemoved, Failure> {
        self.link.change(Method::DELETE, &fill(ACCOUNT, name), None::<&()>, CALL).await
    }

    /// Removes an account whatever refers to it; the answer names the targets that lead nowhere now.
    ///
    /// # Errors
    /// When there is no such account.
    pub async fn remove_with_references(&self, name: &str) -> Result<AccountRemoved, Failure> {
        let path = format!("{}?force=true", fill(ACCOUNT, name));
        self.link.change(Method::DELETE, &path, None::<&()>, CALL).await
    }

    /// Asks Mixpanel whether the credential is good. That it is not is an answer, not a failure.
    ///
    /// # Errors
    /// When there is no such account.
    pub async fn test(&self, name: &str) -> Result<AccountTestResult, Failure> {
        self.link.change(Method::POST, &fill(ACCOUNT_TEST, name), None::<&()>, IDENTITY).await
    }

    /// Removes the stored tokens of an account.
    ///
    /// # Errors
    /// When there is no such account.
    pub async fn logout(&self, name: &str) -> Result<Logout, Failure> {
        self.link.change(Method::POST, &fill(ACCOUNT_LOGOUT, name), None::<&()>, CALL).await
    }

    /// Refreshes the token of a browser account now; with a generation only if the token is not newer than that already. Nobody needs
    /// this to have a good token: see [`Self::token`].
    ///
    /// # Errors
    /// When it is no browser account, a person has to log in, or the provider does not answer.
    pub async fn refresh(&self, name: &str, if_generation: Option<u64>) -> Result<Refresh, Failure> {
        let body = RefreshRequest { if_generation };
        self.link.change(Method::POST, &fill(ACCOUNT_REFRESH, name), Some(&body), CALL).await
    }

    /// Reveals the bearer of an account, valid for that long at least; the daemon refreshes it if it must, once for all who ask. A
    /// service account has none; see [`crate::Workspace::credential`].
    ///
    /// # Errors
    /// When a person has to log in, or there is no token just now.
    pub async fn token(&self, name: &str, min_valid: Duration) -> Result<Token, Failure> {
        let body = TokenRequest { min_valid_s: Some(seconds(min_valid)) };
        self.link.change(Method::POST, &fill(ACCOUNT_TOKEN, name), Some(&body), CALL).await
    }
}

/// Rounds up: a token must be valid for as long as was asked, not less.
pub(super) fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}
