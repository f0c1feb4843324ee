//! Dynamic client registration (RFC 7591). A client is registered for one redirect address; the one on disk is used while it fits.

use std::sync::Arc;
use std::time::Duration;

use mp_proto::failure::{Failure, FailureKind, chain};
use mp_proto::ids::{AccountType, Region};
use serde_json::{Value, json};
use tokio::time::timeout;
use tracing::warn;
use url::Url;

use crate::endpoint::error::EndpointError;
use crate::files::replace::ReplaceError;
use crate::identity::Holder;
use crate::identity::bases::CallerBases;
use crate::identity::registration::{Registration, SCOPE};
use crate::login::services::Services;
use crate::mixpanel::{Host, Mixpanel};

/// How long the provider may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// Largest answer that is read, in bytes. Real ones have some hundred.
const MAX_BODY: usize = 256 * 1024;

/// Why there is no client. Nothing of an answer's body is kept.
#[derive(Debug, thiserror::Error)]
pub(super) enum RegisterError {
    /// No answer.
    #[error("the client could not be registered: no answer: {0}")]
    Request(String),
    /// No answer in time.
    #[error("the client could not be registered: no answer within {} s", PATIENCE.as_secs())]
    Slow,
    /// A refusal.
    #[error("the client could not be registered: the provider answered {status}")]
    Status {
        /// The HTTP status.
        status: u16,
        /// When to try again.
        retry_after_s: Option<u64>,
    },
    /// Not what a registration answers.
    #[error("the client could not be registered: the answer (status {status}) names no client")]
    Answer {
        /// The HTTP status.
        status: u16,
    },
    /// The file could not be written.
    #[error("the client registration could not be stored")]
    Store(#[source] ReplaceError),
}

/// Returns the client for a redirect address: the stored one if it fits, else a new one, which is stored.
///
/// # Errors
/// When the provider registers none, or it cannot be stored.
pub(super) async fn client_for(
    services: &Arc<Services>,
    region: Region,
    redirect_uri: &str,
) -> Result<Registration, RegisterError> {
    let known = Registration::read(&services.paths, region);
    if let Some(fitting) = known.clone().filter(|known| known.redirect_uri == redirect_uri) {
        return Ok(fitting);
    }
    let client_id = timeout(PATIENCE, register(&services.mixpanel, region, redirect_uri))
        .await
        .map_err(|_| RegisterError::Slow)??;
    let made = Registration::new(client_id, region, redirect_uri.to_owned(), services.clock.now());
    let (owner, stored) = (Arc::clone(services), made.clone());
    let written = services.life.blocking(move || {
        if let Some(known) = known {
            keep_older_grants(&owner, &known);
        }
        Ok(stored.store(&owner.paths))
    });
    written.await.unwrap_or(Ok(())).map_err(RegisterError::Store)?;
    Ok(made)
}

/// The file holds one client for a region. Grants that were made for the old one, and do not say so, would be refreshed as the new one
/// and refused; so the old one is noted with them first.
fn keep_older_grants(services: &Services, old: &Registration) {
    for account in services.store.last_good().config.accounts.values() {
        if account.account_type() == AccountType::OauthBrowser && account.region == old.region {
            let holder = Holder::Account(account.name.clone(), account.region);
            services.keeper.note_client(&holder, &old.client_id);
        }
    }
}

/// Forgets a registration that the provider does not know any more, so that the next login makes a new one.
pub(super) fn forget_refused(services: &Services, client: &Registration, error: &EndpointError) {
    if matches!(error, EndpointError::Refused { code: "invalid_client" | "unauthorized_client", .. })
        && Registration::read(&services.paths, client.region).as_ref() == Some(client)
    {
        // A file that stays costs the next login as much as it cost this one.
        let removed = std::fs::remove_file(services.paths.oauth_client(client.region)).is_ok();
        warn!(region = %client.region, removed, "the provider does not know the registered client");
    }
}

async fn register(mixpanel: &Mixpanel, region: Region, redirect_uri: &str) -> Result<String, RegisterError> {
    let url = format!("{}/mcp/register/", mixpanel.base(region, Host::Oauth, &CallerBases::default()));
    let url = Url::parse(&url).map_err(|error| RegisterError::Request(error.to_string()))?;
    let failed = |error: reqwest::Error| RegisterError::Request(mixpanel.explain(&url, &error));
    let client = mixpanel.http().map_err(|error| RegisterError::Request(error.to_string()))?;
    let request = client.post(url.clone()).json(&asked(redirect_uri));
    let mut response = request.send().await.map_err(failed)?;
    let status = response.status();
    if !status.is_success() {
        let header = response.headers().get(reqwest::header::RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after_s = header.and_then(|value| value.trim().parse().ok());
        return Err(RegisterError::Status { status: status.as_u16(), retry_after_s });
    }
    let no_client = || RegisterError::Answer { status: status.as_u16() };
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(failed)? {
        if body.len() + part.len() > MAX_BODY {
            return Err(no_client());
        }
        body.extend_from_slice(&part);
    }
    client_id(&body).ok_or_else(no_client)
}

fn asked(redirect_uri: &str) -> Value {
    json!({
        "redirect_uris": [redirect_uri],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
        "scope": SCOPE,
    })
}

/// Reads the id, which may come as a number.
fn client_id(body: &[u8]) -> Option<String> {
    match serde_json::from_slice::<Value>(body).ok()?.get("client_id")? {
        Value::String(id) if !id.is_empty() => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

impl From<RegisterError> for Failure {
    fn from(error: RegisterError) -> Self {
        let mut failure = match &error {
            RegisterError::Store(_) => Self::new(FailureKind::Storage, chain(&error)),
            _ => Self::new(FailureKind::LoginFailed, chain(&error)),
        };
        if let RegisterError::Status { retry_after_s, .. } = error {
            failure.retry_after_s = retry_after_s;
        }
        failure
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_text_or_a_number() {
        assert_eq!(client_id(br#"{"client_id": "c"}"#).as_deref(), Some("c"));
        assert_eq!(client_id(br#"{"client_id": 77}"#).as_deref(), Some("77"));
        for odd in [&b"{}"[..], b"[]", b"<html>", b"", br#"{"client_id": ""}"#, br#"{"client_id": null}"#] {
            assert_eq!(client_id(odd), None);
        }
    }
}
