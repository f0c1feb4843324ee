//! The bearer of an account, from where its type keeps it.

use std::sync::Arc;

use mp_proto::context::Context;
use mp_proto::failure::Failure;
use mp_proto::ids::AccountType;
use mp_proto::secret::Secret;
use mp_proto::wire::{AccountStatus, CredentialBody, CredentialHeader, CredentialState, McpEndpoint};

use crate::call::headers;
use crate::config::{Account, Credential, TokenSource};
use crate::identity::Authorization;
use crate::identity::Holder;
use crate::identity::bearer::{Bearer, TokenAnswer, from_caller};
use crate::keeper::Keeper;
use crate::mixpanel::{Host, Mixpanel};
use crate::session::Session;

/// What hands out credentials.
pub struct Credentials {
    keeper: Arc<Keeper>,
    mixpanel: Arc<Mixpanel>,
}

impl Credentials {
    /// Returns what hands out these grants.
    pub fn new(keeper: Arc<Keeper>, mixpanel: Arc<Mixpanel>) -> Self {
        Self { keeper, mixpanel }
    }

    /// Returns the bearer of an account; none for a service account, which has no token.
    ///
    /// # Errors
    /// When the caller must bring a variable or has not set it, somebody has to log in, or the token cannot be refreshed just now.
    pub async fn bearer(
        &self,
        account: &Account,
        caller: &Context,
        min_valid_s: u64,
    ) -> Result<Option<Bearer>, Failure> {
        match &account.credential {
            Credential::ServiceAccount { .. } => Ok(None),
            Credential::Kept(kept) => Err(kept.failure(account.name.as_str())),
            Credential::OauthToken(TokenSource::Inline(token)) => {
                Ok(Some(Bearer { token: token.clone(), expires_at: None, answer: TokenAnswer::default() }))
            }
            Credential::OauthToken(TokenSource::Env(variable)) => from_caller(account, variable, caller).map(Some),
            Credential::OauthBrowser => {
                let holder = Holder::Account(account.name.clone(), account.region);
                let fresh = self.keeper.token(&holder, min_valid_s).await?;
                Ok(Some(Bearer { token: fresh.token, expires_at: Some(fresh.expires_at), answer: fresh.answer }))
            }
        }
    }

    /// Returns all that a program needs to call Mixpanel as a session does.
    ///
    /// # Errors
    /// When somebody has to log in, or the token cannot be refreshed just now.
    pub async fn of_session(&self, session: &Session, min_valid_s: u64) -> Result<CredentialBody, Failure> {
        let identity = &session.identity;
        let header =
            |(name, value): &(String, Secret)| CredentialHeader { name: name.clone(), value: Some(value.clone()) };
        let url = self.mixpanel.base(identity.region, Host::Mcp, &identity.bases);
        let account_type = session.account.as_ref().map(|account| account.account_type());
        let mut body = CredentialBody {
            account: identity.name.clone(),
            r#type: account_type.unwrap_or(AccountType::OauthToken),
            region: identity.region,
            project: session.project.clone(),
            workspace: session.workspace,
            token: None,
            expires_at: None,
            username: None,
            secret: None,
            headers: identity.headers.iter().map(header).collect(),
            base_url: self.mixpanel.redirected_to().map(|base| format!("{base}/{}", identity.region)),
            mcp: None,
        };
        match &identity.authorization {
            Authorization::Basic { username, secret } => {
                body.r#type = AccountType::ServiceAccount;
                (body.username, body.secret) = (Some(username.clone()), Some(secret.clone()));
            }
            Authorization::Bearer(token) => body.token = Some(token.clone()),
            Authorization::Grant(holder) => {
                let fresh = self.keeper.token(holder, min_valid_s).await?;
                (body.token, body.expires_at) = (Some(fresh.token), Some(fresh.expires_at));
            }
        }
        let authorization = match (&identity.authorization, &body.token) {
            (Authorization::Basic { username, secret }, _) => Some(headers::bearer_basic(username, secret)),
            (_, token) => token.as_ref().map(|token| Secret::new(format!("Bearer {}", token.expose()))),
        };
        body.mcp = Some(McpEndpoint { url, authorization });
        Ok(body)
    }

    /// Returns what a status shows of an account's credential.
    pub fn status(&self, account: &Account) -> AccountStatus {
        let mut shown = AccountStatus {
            name: account.name.clone(),
            r#type: account.account_type(),
            region: account.region,
            state: CredentialState::Ok,
            expires_at: None,
            detail: None,
            since: None,
            retry_at: None,
            generation: 0,
            next: Vec::new(),
        };
        match (account.account_type(), account.credential.token_env()) {
            (AccountType::OauthToken, Some(variable)) => {
                shown.state = CredentialState::Caller;
                shown.detail = Some(format!("each caller brings {variable}"));
            }
            _ if let Credential::Kept(kept) = &account.credential => {
                let failure = kept.failure(account.name.as_str());
                (shown.state, shown.detail, shown.next) =
                    (CredentialState::Unreadable, Some(failure.detail), failure.next);
            }
            (AccountType::OauthBrowser, _) => {
                self.keeper.show(&Holder::Account(account.name.clone(), account.region), &mut shown);
            }
            _ => {}
        }
        shown
    }
}
