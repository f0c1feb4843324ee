//! Carries a request of the `oauth2` crate over our HTTP client.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use mp_proto::failure::chain;
use oauth2::basic::{BasicErrorResponse, BasicErrorResponseType};
use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse, RequestTokenError};
use parking_lot::Mutex;

use super::error::EndpointError;
use crate::mixpanel::Mixpanel;
use crate::mixpanel::way::Way;

/// How long the provider may take. Its answer is worth waiting for: the refresh token may be spent already.
pub(super) const PATIENCE: Duration = Duration::from_secs(15);

/// Largest answer that is read, in bytes. Real ones have some hundred.
const MAX_BODY: usize = 1024 * 1024;

/// Longest `Retry-After` that is obeyed.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(3600);

/// Carries one exchange, and remembers what the `oauth2` crate does not pass on.
pub(super) struct Wire {
    http: reqwest::Client,
    way: Arc<Way>,
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
pub(super) struct NoAnswer(String);

impl<'c> AsyncHttpClient<'c> for Wire {
    type Error = NoAnswer;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, NoAnswer>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.carry(request))
    }
}

impl Wire {
    pub(super) fn new(mixpanel: &Mixpanel) -> Result<Self, EndpointError> {
        let http = mixpanel.http();
        let http = http.map_err(|error| EndpointError::weather(error.to_string()))?;
        Ok(Self { http, way: mixpanel.way(), seen: Mutex::default() })
    }

    async fn carry(&self, request: HttpRequest) -> Result<HttpResponse, NoAnswer> {
        let send = async {
            let unsent = |error: reqwest::Error| NoAnswer(chain(&error.without_url()));
            let request = reqwest::Request::try_from(request).map_err(unsent)?;
            let url = request.url().clone();
            let no_answer = |error: reqwest::Error| NoAnswer(self.way.explain(&url, &error));
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

    pub(super) fn explain(&self, error: RequestTokenError<NoAnswer, BasicErrorResponse>) -> EndpointError {
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

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
