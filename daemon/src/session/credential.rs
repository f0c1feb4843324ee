//! The bearer of an account, from where its type keeps it. Nothing is refreshed here: what has expired is said to have expired.

use jiff::{SignedDuration, Timestamp};
use mp_proto::context::Context;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::AccountType;
use mp_proto::secret::Secret;
use mp_proto::wire::AccountStatus;

use crate::app::App;
use crate::config::{Account, Credential, TokenSource};
use crate::session::store::{Tokens, TokensError, read_tokens};

/// A token that ends sooner is not handed out: the call it is for takes time too.
pub const MIN_VALID_S: u64 = 30;

/// A bearer and its end, if anybody knows it.
#[derive(Debug)]
pub struct Bearer {
    /// The token.
    pub token: Secret,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

/// Returns the bearer of an account; none for a service account, which has no token.
///
/// # Errors
/// When the caller must bring a variable or has not set it, or there is no stored token that is valid for long enough.
pub fn bearer(app: &App, account: &Account, caller: &Context, min_valid_s: u64) -> Result<Option<Bearer>, Failure> {
    match &account.credential {
        Credential::ServiceAccount { .. } => Ok(None),
        Credential::OauthToken(TokenSource::Inline(token)) => {
            Ok(Some(Bearer { token: token.clone(), expires_at: None }))
        }
        Credential::OauthToken(TokenSource::Env(variable)) => from_caller(account, variable, caller).map(Some),
        Credential::OauthBrowser => stored(app, account, min_valid_s).map(Some),
    }
}

/// Returns the bearer that a caller brings in a variable. The client cannot know which variable the config names, so the first
/// answer asks for it.
///
/// # Errors
/// When the caller must bring the variable, or has not set it.
pub(crate) fn from_caller(account: &Account, variable: &str, caller: &Context) -> Result<Bearer, Failure> {
    if let Some(token) = caller.env.secret(variable) {
        return Ok(Bearer { token, expires_at: None });
    }
    let name = account.name.as_str();
    // A client that was asked and whose variable is unset says so by an empty value.
    if caller.env.raw(variable).is_some() {
        let detail = format!("account '{name}' takes its token from {variable}, which is not set or is empty here");
        return Err(Failure::new(FailureKind::TokenMissing, detail)
            .account(name)
            .next(format!("export {variable}=…"), "set it to a bearer token"));
    }
    let detail = format!("account '{name}' takes its token from the caller's variable {variable}; repeat with it");
    let mut failure = Failure::new(FailureKind::ContextRequired, detail).account(name);
    failure.env = vec![variable.to_owned()];
    Err(failure)
}

fn stored(app: &App, account: &Account, min_valid_s: u64) -> Result<Bearer, Failure> {
    let name = account.name.as_str();
    let tokens = load(app, account).map_err(|error| Failure::from(error).account(name))?.ok_or_else(|| {
        Failure::new(FailureKind::LoginRequired, format!("account '{name}' has no stored tokens")).account(name)
    })?;
    if seconds_left(&tokens, app.clock.now()) < i64::try_from(min_valid_s).unwrap_or(i64::MAX) {
        let detail = format!(
            "the access token of '{name}' is not valid for another {min_valid_s} s: it ends at {}",
            tokens.expires_at
        );
        return Err(Failure::new(FailureKind::LoginRequired, detail).account(name));
    }
    Ok(Bearer { token: tokens.access_token, expires_at: Some(tokens.expires_at) })
}

fn load(app: &App, account: &Account) -> Result<Option<Tokens>, TokensError> {
    read_tokens(&app.paths.tokens(&account.name), app.paths.home())
}

fn seconds_left(tokens: &Tokens, now: Timestamp) -> i64 {
    tokens.expires_at.duration_since(now).as_secs()
}

/// Returns what a status shows of an account's credential.
pub fn status(app: &App, account: &Account) -> AccountStatus {
    let mut shown = AccountStatus {
        name: account.name.clone(),
        r#type: account.account_type(),
        region: account.region,
        state: "ok".to_owned(),
        expires_at: None,
        detail: None,
        since: None,
        retry_at: None,
        generation: 0,
        next: Vec::new(),
    };
    match (account.account_type(), account.credential.token_env()) {
        (AccountType::OauthToken, Some(variable)) => {
            "caller".clone_into(&mut shown.state);
            shown.detail = Some(format!("each caller brings {variable}"));
        }
        (AccountType::OauthBrowser, _) => show_stored(app, account, &mut shown),
        _ => {}
    }
    shown
}

fn show_stored(app: &App, account: &Account, shown: &mut AccountStatus) {
    let (state, detail) = match load(app, account) {
        Ok(Some(tokens)) => {
            shown.expires_at = Some(tokens.expires_at);
            let left = tokens.expires_at.duration_since(app.clock.now());
            if left > SignedDuration::ZERO { return } else { ("expired", "the access token has ended".to_owned()) }
        }
        Ok(None) => ("login_required", "there are no stored tokens".to_owned()),
        Err(error) => ("unreadable", Failure::from(error).detail),
    };
    state.clone_into(&mut shown.state);
    shown.detail = Some(detail);
}
