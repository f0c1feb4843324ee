//! Mixpanel's token endpoint (RFC 6749 §4.1.3 and §6): a code or a refresh token goes in, tokens come out.
//!
//! The provider may have spent a refresh token by the time its answer turns out odd. So whatever holds a usable access token is
//! accepted, however unusual the fields around it: to throw a new grant away would log the user out. What is no grant is told apart
//! into a final refusal and "weather", which passes.

use mp_proto::failure::{Failure, FailureKind, chain};
use parking_lot::Mutex;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use mp_proto::ids::Region;
use mp_proto::secret::Secret;
use oauth2::basic::{
    BasicErrorResponse, BasicErrorResponseType, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
    BasicTokenType,
};
use oauth2::{
    AccessToken, AsyncHttpClient, AuthType, AuthorizationCode, ClientId, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError, Scope, StandardRevocableToken,
    TokenResponse, TokenUrl,
};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::clock::Clock;
use crate::identity::bases::CallerBases;
use crate::identity::tokens::Tokens;
use crate::mixpanel::{Host, Mixpanel};

/// How long the provider may take. Its answer is worth waiting for: the refresh token may be spent already.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// Largest answer that is read, in bytes. Real ones have some hundred.
const MAX_BODY: usize = 1024 * 1024;

/// Life of an access token where the provider does not tell. It errs on the short side of what is usual; a token that ends sooner is
/// found out by the first 401.
const ASSUMED_LIFE: Duration = Duration::from_secs(3600);

/// Longest life that is believed. Beyond it, a time would overflow sooner or later.
const MAX_LIFE: Duration = Duration::from_secs(365 * 24 * 3600);

/// Longest `Retry-After` that is obeyed.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(3600);

/// Why there are no tokens. Nothing of an answer's body is kept but the error code, which RFC 6749 defines.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// The provider refused for good.
    #[error("the provider answered {code} (status {status})")]
    Refused {
        /// `invalid_grant`, `invalid_client` or `unauthorized_client`.
        code: &'static str,
        /// 400 or 401.
        status: u16,
    },
    /// Anything else: a later try may succeed.
    #[error("{cause}")]
    Weather {
        /// What happened, for a person.
        cause: String,
        /// When the provider wants to be asked again, from now.
        retry_after: Option<Duration>,
    },
}

impl EndpointError {
    /// The code of a login could not be turned into tokens. It cannot be used again.
    pub fn of_exchange(&self) -> Failure {
        let mut failure = Failure::new(FailureKind::LoginFailed, format!("the code could not be exchanged: {self}"));
        if let Self::Weather { retry_after: Some(pause), .. } = self {
            failure.retry_after_s = Some(pause.as_secs());
        }
        failure
    }

    fn weather(cause: impl Into<String>) -> Self {
        Self::Weather { cause: cause.into(), retry_after: None }
    }
}

/// The token endpoint of every region.
#[derive(Clone)]
pub struct Endpoint {
    mixpanel: Arc<Mixpanel>,
    clock: Arc<dyn Clock>,
}

impl Endpoint {
    /// Returns the token endpoint at Mixpanel.
    pub fn new(mixpanel: Arc<Mixpanel>, clock: Arc<dyn Clock>) -> Self {
        Self { mixpanel, clock }
    }

    /// Exchanges an authorization code.
    ///
    /// # Errors
    /// When the provider refuses, or cannot be reached or understood.
    pub async fn exchange(
        &self,
        region: Region,
        client_id: &str,
        redirect_uri: &str,
        code: Secret,
        verifier: Secret,
    ) -> Result<Tokens, EndpointError> {
        let client = client(&self.mixpanel, region, client_id)?;
        let redirect = RedirectUrl::new(redirect_uri.to_owned())
            .map_err(|_| EndpointError::weather("the redirect address is not a URL"))?;
        let request = client
            .exchange_code(AuthorizationCode::new(code.expose().to_owned()))
            .set_redirect_uri(std::borrow::Cow::Owned(redirect))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.expose().to_owned()));
        let wire = Wire::new(&self.mixpanel)?;
        let answer = request.request_async(&wire).await;
        let granted = answer.map_err(|error| wire.explain(error))?;
        granted.into_tokens(self.clock.now(), client_id, None)
    }

    /// Exchanges a refresh token. What the answer leaves out (a new refresh token, the scope) stays as it was (RFC 6749 §5.1, §6).
    ///
    /// # Errors
    /// When the provider refuses, or cannot be reached or understood.
    pub async fn refresh(&self, region: Region, client_id: &str, old: &Tokens) -> Result<Tokens, EndpointError> {
        let refresh_token = old.refresh_token.as_ref().map_or("", Secret::expose);
        let refresh_token = RefreshToken::new(refresh_token.to_owned());
        let client = client(&self.mixpanel, region, client_id)?;
        let request = client.exchange_refresh_token(&refresh_token);
        let wire = Wire::new(&self.mixpanel)?;
        let answer = request.request_async(&wire).await;
        let granted = answer.map_err(|error| wire.explain(error))?;
        granted.into_tokens(self.clock.now(), client_id, Some(old))
    }
}

type Client = oauth2::Client<
    BasicErrorResponse,
    Granted,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

fn client(mixpanel: &Mixpanel, region: Region, client_id: &str) -> Result<Client, EndpointError> {
    let url = format!("{}/token/", mixpanel.base(region, Host::Oauth, &CallerBases::default()));
    let url = TokenUrl::new(url).map_err(|_| EndpointError::weather("the token endpoint is not a URL"))?;
    let client = oauth2::Client::new(ClientId::new(client_id.to_owned()));
    Ok(client.set_token_uri(url).set_auth_type(AuthType::RequestBody))
}

/// Carries one exchange, and remembers what the `oauth2` crate does not pass on.
struct Wire {
    http: reqwest::Client,
    seen: Mutex<Seen>,
}

#[derive(Default, Clone)]
struct Seen {
    status: Option<u16>,
    retry_after: Option<Duration>,
}

/// Why a request brought no answer.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct NoAnswer(String);

impl<'c> AsyncHttpClient<'c> for Wire {
    type Error = NoAnswer;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, NoAnswer>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.carry(request))
    }
}

impl Wire {
    fn new(mixpanel: &Mixpanel) -> Result<Self, EndpointError> {
        let http = mixpanel.http();
        let http = http.map_err(|error| EndpointError::weather(format!("no HTTP client: {}", chain(&error))))?;
        Ok(Self { http: http.clone(), seen: Mutex::default() })
    }

    async fn carry(&self, request: HttpRequest) -> Result<HttpResponse, NoAnswer> {
        let send = async {
            let no_answer = |error: reqwest::Error| NoAnswer(chain(&error.without_url()));
            let request = reqwest::Request::try_from(request).map_err(no_answer)?;
            let mut response = self.http.execute(request).await.map_err(no_answer)?;
            self.note(&response);
            let status = response.status();
            let mut body = Vec::new();
            while let Some(part) = response.chunk().await.map_err(no_answer)? {
                if body.len() + part.len() > MAX_BODY {
                    return Err(NoAnswer("its answer is larger than any token".to_owned()));
                }
                body.extend_from_slice(&part);
            }
            // Any success counts as 200, and the body alone decides whether it is JSON: a grant must not be lost to a wrong header.
            let mut answer = HttpResponse::new(body);
            *answer.status_mut() = if status.is_success() { hyper::StatusCode::OK } else { status };
            Ok(answer)
        };
        match tokio::time::timeout(PATIENCE, send).await {
            Ok(answer) => answer,
            Err(_) => Err(NoAnswer(format!("it did not answer within {} s", PATIENCE.as_secs()))),
        }
    }

    fn note(&self, response: &reqwest::Response) {
        let header = response.headers().get(reqwest::header::RETRY_AFTER).and_then(|value| value.to_str().ok());
        let seconds = header.and_then(|value| value.trim().parse().ok()).map(Duration::from_secs);
        let seen = Seen {
            status: Some(response.status().as_u16()),
            retry_after: seconds.map(|pause: Duration| pause.min(MAX_RETRY_AFTER)),
        };
        *self.seen.lock() = seen;
    }

    fn explain(&self, error: RequestTokenError<NoAnswer, BasicErrorResponse>) -> EndpointError {
        let seen = self.seen.lock().clone();
        let status = seen.status.unwrap_or_default();
        let cause = match error {
            RequestTokenError::ServerResponse(answer) => {
                if let (Some(code), 400 | 401) = (final_code(answer.error()), status) {
                    return EndpointError::Refused { code, status };
                }
                format!("the token endpoint answered {status} ({})", known_code(answer.error()))
            }
            RequestTokenError::Request(NoAnswer(why)) => format!("the token endpoint could not be used: {why}"),
            // These two carry pieces of the answer, so neither is passed on.
            RequestTokenError::Parse(..) if status == 200 => {
                "the token endpoint's answer is not a token (status 200, not the expected JSON)".to_owned()
            }
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
                format!("the token endpoint answered {status} without an OAuth error")
            }
        };
        EndpointError::Weather { cause, retry_after: seen.retry_after }
    }
}

/// Returns the code of an error after which no repetition can help.
fn final_code(error: &BasicErrorResponseType) -> Option<&'static str> {
    match error {
        BasicErrorResponseType::InvalidGrant => Some("invalid_grant"),
        BasicErrorResponseType::InvalidClient => Some("invalid_client"),
        BasicErrorResponseType::UnauthorizedClient => Some("unauthorized_client"),
        _ => None,
    }
}

/// Returns an error code of RFC 6749; one of the provider's own could be anything.
fn known_code(error: &BasicErrorResponseType) -> &str {
    match error {
        BasicErrorResponseType::Extension(_) => "an error of its own",
        known => known.as_ref(),
    }
}

/// A token response, read as generously as is safe.
#[derive(Debug, Deserialize, Serialize)]
struct Granted {
    #[serde(deserialize_with = "access_token")]
    access_token: AccessToken,
    #[serde(default = "bearer", deserialize_with = "token_type")]
    token_type: BasicTokenType,
    #[serde(default)]
    expires_in: Value,
    #[serde(default, deserialize_with = "refresh_token")]
    refresh_token: Option<RefreshToken>,
    #[serde(default)]
    scope: Value,
}

fn bearer() -> BasicTokenType {
    BasicTokenType::Bearer
}

/// Returns a text, or a number as the text that it is on the wire.
fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn access_token<'de, D: Deserializer<'de>>(deserializer: D) -> Result<AccessToken, D::Error> {
    let token = text(Value::deserialize(deserializer)?);
    token.map(AccessToken::new).ok_or_else(|| serde::de::Error::custom("the access token is no text"))
}

fn refresh_token<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<RefreshToken>, D::Error> {
    Ok(text(Value::deserialize(deserializer)?).map(RefreshToken::new))
}

fn token_type<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BasicTokenType, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(if value.is_string() { serde_json::from_value(value).unwrap_or_else(|_| bearer()) } else { bearer() })
}

impl TokenResponse for Granted {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &BasicTokenType {
        &self.token_type
    }

    fn expires_in(&self) -> Option<Duration> {
        Some(life(&self.expires_in))
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        self.refresh_token.as_ref()
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}

impl Granted {
    fn into_tokens(self, now: Timestamp, client_id: &str, old: Option<&Tokens>) -> Result<Tokens, EndpointError> {
        if self.access_token.secret().is_empty() {
            return Err(EndpointError::weather("the token endpoint's answer holds an empty token"));
        }
        let life = SignedDuration::try_from(life(&self.expires_in)).unwrap_or(SignedDuration::ZERO);
        let refresh_token = self.refresh_token.filter(|token| !token.secret().is_empty());
        let refresh_token = refresh_token.map(|token| Secret::new(token.secret().clone()));
        Ok(Tokens {
            access_token: Secret::new(self.access_token.secret().clone()),
            // A year ahead of any clock is still a time that exists.
            expires_at: now.checked_add(life).unwrap_or(now),
            token_type: spelled(&self.token_type),
            scope: scope(&self.scope).or_else(|| old.map(|old| old.scope.clone())).unwrap_or_default(),
            refresh_token: refresh_token.or_else(|| old.and_then(|old| old.refresh_token.clone())),
            client_id: Some(client_id.to_owned()),
        })
    }
}

/// The Python tool writes what the server says, which is `Bearer`; the `oauth2` crate lower-cases it.
fn spelled(kind: &BasicTokenType) -> String {
    match kind {
        BasicTokenType::Bearer => "Bearer".to_owned(),
        other => other.as_ref().to_owned(),
    }
}

/// Reads `expires_in`: a number, or a text of one as some providers send. Not positive: it has ended already.
fn life(value: &Value) -> Duration {
    let seconds = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    match seconds {
        Some(seconds) if seconds.is_finite() => Duration::from_secs_f64(seconds.clamp(0.0, MAX_LIFE.as_secs_f64())),
        Some(seconds) if seconds > 0.0 => MAX_LIFE,
        Some(_) => Duration::ZERO,
        None => ASSUMED_LIFE,
    }
}

/// Reads `scope`: a text, or a list of texts as some providers send.
fn scope(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(list) => Some(list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn granted(value: Value) -> Granted {
        serde_json::from_value(value).expect("a grant")
    }

    fn now() -> Timestamp {
        Timestamp::from_second(1_000_000).expect("a time")
    }

    #[test]
    fn every_odd_life_is_a_time_that_makes_sense() {
        let day = 24 * 3600;
        let table = [
            (json!(3600), 3600),
            (json!("3600"), 3600),
            (json!(3600.9), 3600),
            (json!(0), 0),
            (json!(-5), 0),
            (json!(1e300), 365 * day),
            (json!(u64::MAX), 365 * day),
            (json!("inf"), 365 * day),
            (json!("-inf"), 0),
            (json!("soon"), 3600),
            (json!("nan"), 0),
            (json!(null), 3600),
            (json!([1]), 3600),
        ];
        for (value, seconds) in table {
            assert_eq!(life(&value).as_secs(), seconds, "{value}");
        }
    }

    #[test]
    fn what_an_answer_leaves_out_stays_as_it_was() {
        let first = granted(json!({"access_token": "a1", "token_type": "bearer", "expires_in": 60,
            "refresh_token": "r1", "scope": ["x", "y"]}));
        let first = first.into_tokens(now(), "cid", None).expect("tokens");
        assert_eq!((first.token_type.as_str(), first.scope.as_str()), ("Bearer", "x y"));
        assert_eq!(first.expires_at.as_second(), 1_000_060);
        let second = granted(json!({"access_token": "a2"})).into_tokens(now(), "cid", Some(&first)).expect("tokens");
        assert_eq!(second.refresh_token.map(|token| token.expose().to_owned()).as_deref(), Some("r1"));
        assert_eq!((second.scope.as_str(), second.client_id.as_deref()), ("x y", Some("cid")));
        let empty = granted(json!({"access_token": ""})).into_tokens(now(), "cid", Some(&first));
        assert!(matches!(empty, Err(EndpointError::Weather { .. })));
    }

    #[test]
    fn an_odd_field_beside_a_token_loses_no_grant() {
        for (field, value) in [
            ("token_type", json!(null)),
            ("token_type", json!(5)),
            ("refresh_token", json!({"x": 1})),
            ("scope", json!(7)),
            ("extra", json!([])),
        ] {
            let mut answer = json!({"access_token": "a", "refresh_token": "r", "token_type": "Bearer"});
            answer[field] = value;
            let tokens = granted(answer.clone()).into_tokens(now(), "cid", None).expect("tokens");
            assert_eq!((tokens.access_token.expose(), tokens.token_type.as_str()), ("a", "Bearer"), "{answer}");
        }
        let numbers = granted(json!({"access_token": 77, "refresh_token": 78})).into_tokens(now(), "cid", None);
        let numbers = numbers.expect("tokens");
        let refresh_token = numbers.refresh_token.expect("one");
        assert_eq!((numbers.access_token.expose(), refresh_token.expose()), ("77", "78"));
        assert!(serde_json::from_value::<Granted>(json!({"access_token": null})).is_err());
    }

    #[test]
    fn only_three_codes_are_final() {
        let codes =
            ["invalid_grant", "invalid_client", "unauthorized_client", "invalid_request", "temporarily_unavailable"];
        let finals: Vec<_> = codes
            .iter()
            .map(|code| serde_json::from_value::<BasicErrorResponseType>(json!(code)).expect("a code"))
            .map(|error| final_code(&error).is_some())
            .collect();
        assert_eq!(finals, [true, true, true, false, false]);
        let own = BasicErrorResponseType::Extension("rt-secret".to_owned());
        assert!(!known_code(&own).contains("secret"));
    }
}
