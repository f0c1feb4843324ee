//! A token response, read as generously as is safe.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use mp_proto::secret::Secret;
use oauth2::basic::BasicTokenType;
use oauth2::{AccessToken, RefreshToken, Scope, TokenResponse};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::error::EndpointError;
use crate::identity::tokens::Tokens;

/// Life of an access token where the provider does not tell. It errs on the short side of what is usual; a token that ends sooner is
/// found out by the first 401.
const ASSUMED_LIFE: Duration = Duration::from_secs(3600);

/// Longest life that is believed. Beyond it, a time would overflow sooner or later.
const MAX_LIFE: Duration = Duration::from_secs(365 * 24 * 3600);

/// A token response, read as generously as is safe.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Granted {
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
    pub(super) fn into_tokens(
        self,
        now: Timestamp,
        client_id: &str,
        old: Option<&Tokens>,
    ) -> Result<Tokens, EndpointError> {
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
}
