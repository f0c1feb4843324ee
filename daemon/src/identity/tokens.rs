//! `accounts/NAME/tokens.json`: the grant of a browser account, in the format that the Python tool reads and writes.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use mp_proto::failure::{Failure, FailureKind, chain};
use mp_proto::ids::SecretStore;
use mp_proto::secret::Secret;
use serde_json::{Map, Value};

use crate::files::read::{ReadError, read_credential};

/// An access token and what belongs to it.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// The bearer.
    pub access_token: Secret,
    /// When it ends.
    pub expires_at: Timestamp,
    /// `Bearer`, or whatever the server said.
    pub token_type: String,
    /// What it is good for, separated by spaces.
    pub scope: String,
    /// What gets the next one.
    pub refresh_token: Option<Secret>,
    /// The client that it was granted to. The Python tool ignores the key, and drops it when it refreshes.
    pub client_id: Option<String>,
}

/// Why stored tokens cannot be used. The file's content is never quoted.
#[derive(Debug, thiserror::Error)]
pub enum TokensError {
    /// Not safe to read, or unreadable.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Not what the file should hold.
    #[error("{} is damaged: {problem}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
}

impl From<TokensError> for Failure {
    fn from(error: TokensError) -> Self {
        match error {
            TokensError::Read(read) => {
                let hint = read.hint();
                let failure = Self::new(FailureKind::LoginRequired, chain(&read));
                match hint {
                    Some(command) => failure.next(command, "let only its owner read it"),
                    None => failure,
                }
            }
            TokensError::Damaged { .. } => Self::new(FailureKind::LoginRequired, error.to_string()),
        }
    }
}

/// Reads the tokens of an account; none when there is no file.
///
/// # Errors
/// When the file is not safe to read, or does not hold tokens.
pub fn read_tokens(path: &Path, home: &Path) -> Result<Option<Tokens>, TokensError> {
    let Some((bytes, _)) = read_credential(path, home)? else { return Ok(None) };
    parse_tokens(path, &bytes).map(Some)
}

/// Reads the text of a token file.
///
/// # Errors
/// When it does not hold tokens.
pub fn parse_tokens(path: &Path, bytes: &[u8]) -> Result<Tokens, TokensError> {
    let damaged = |problem| TokensError::Damaged { path: path.to_owned(), problem };
    let value: Value = serde_json::from_slice(bytes)
        .map_err(|error| damaged(format!("not JSON at line {}, column {}", error.line(), error.column())))?;
    let Value::Object(fields) = value else { return Err(damaged("a JSON object was expected".to_owned())) };
    Tokens::from_json(&fields).map_err(damaged)
}

/// Returns where the tokens are, if the text of a token file says that they are kept elsewhere. To the Python tool it is a file that lacks
/// its fields: it refuses it, and leaves it alone.
pub fn kept_in(bytes: &[u8]) -> Option<SecretStore> {
    // Tokens are longer than this, and not read twice.
    let value: Value = if bytes.len() < 256 { serde_json::from_slice(bytes).ok()? } else { return None };
    SecretStore::parse(value.get("secret_store")?.as_str()?).ok().filter(|store| *store != SecretStore::File)
}

/// Returns the text of a token file whose tokens are kept elsewhere.
pub fn mark(store: SecretStore) -> Secret {
    Secret::new(format!("{{\"secret_store\": \"{store}\", \"see\": \"mp daemon secrets\"}}"))
}

impl Tokens {
    /// Reads the fields of a token object, as they stand in `tokens.json` and in a bridge file.
    ///
    /// # Errors
    /// Says which fields are missing or wrong, all of them.
    pub fn from_json(fields: &Map<String, Value>) -> Result<Self, String> {
        let mut wrong = Vec::new();
        let mut text = |name: &str, required: bool| match fields.get(name) {
            Some(Value::String(text)) => Some(text.clone()),
            None | Some(Value::Null) if !required => None,
            None => {
                wrong.push(format!("`{name}` is missing"));
                None
            }
            Some(_) => {
                wrong.push(format!("`{name}` must be a text"));
                None
            }
        };
        let access_token = text("access_token", true);
        let token_type = text("token_type", true);
        let scope = text("scope", true);
        let refresh_token = text("refresh_token", false).map(Secret::new);
        // Ours alone: whatever else stands there must not make the tokens unusable.
        let client_id = fields.get("client_id").and_then(Value::as_str).map(str::to_owned);
        let expires_at = fields.get("expires_at").and_then(instant);
        if expires_at.is_none() {
            wrong.push("`expires_at` must be a time with its offset, or seconds since the epoch".to_owned());
        }
        match (access_token, token_type, scope, expires_at) {
            (Some(access_token), Some(token_type), Some(scope), Some(expires_at)) if wrong.is_empty() => Ok(Self {
                access_token: Secret::new(access_token),
                expires_at,
                token_type,
                scope,
                refresh_token,
                client_id,
            }),
            _ => Err(wrong.join(", ")),
        }
    }

    /// Returns the text of `tokens.json`: one line, the key order and time format of the Python tool.
    pub fn to_text(&self) -> Secret {
        let quote = |text: &str| Value::from(text).to_string();
        let mut text = format!(
            "{{\"access_token\": {}, \"expires_at\": {}, \"token_type\": {}, \"scope\": {}",
            quote(self.access_token.expose()),
            quote(&iso(self.expires_at, "+00:00")),
            quote(&self.token_type),
            quote(&self.scope),
        );
        if let Some(refresh_token) = &self.refresh_token {
            text.push_str(&format!(", \"refresh_token\": {}", quote(refresh_token.expose())));
        }
        if let Some(client_id) = &self.client_id {
            text.push_str(&format!(", \"client_id\": {}", quote(client_id)));
        }
        text.push('}');
        Secret::new(text)
    }
}

/// Reads a time as the Python tool does: ISO 8601 with an offset, or seconds since the epoch as a number or a text of one.
fn instant(value: &Value) -> Option<Timestamp> {
    let seconds = |seconds: f64| {
        let micros = seconds * 1e6;
        // Beyond that, `as` would saturate to a time that nobody wrote.
        if micros.abs() < 9e18 { Timestamp::from_microsecond(micros as i64).ok() } else { None }
    };
    match value {
        Value::Number(number) => number.as_f64().and_then(seconds),
        Value::String(text) => text.parse().ok().or_else(|| text.parse().ok().and_then(seconds)),
        _ => None,
    }
}

/// Returns a time in ISO 8601 with microseconds, which are left out when they are zero.
pub fn iso(time: Timestamp, zone: &str) -> String {
    let format = if time.subsec_microsecond() == 0 && time.subsec_millisecond() == 0 {
        "%Y-%m-%dT%H:%M:%S"
    } else {
        "%Y-%m-%dT%H:%M:%S.%6f"
    };
    format!("{}{zone}", time.strftime(format))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Tokens, String> {
        let value: Value = serde_json::from_str(json).expect("JSON");
        Tokens::from_json(value.as_object().expect("an object"))
    }

    #[test]
    fn what_stands_for_kept_tokens_says_where_they_are_and_is_no_grant() {
        for store in [SecretStore::Keyring, SecretStore::SystemdCreds] {
            let text = mark(store);
            assert_eq!(kept_in(text.expose().as_bytes()), Some(store));
            assert!(read(text.expose()).is_err());
        }
        for other in
            [PYTHON, "", "[]", "{\"secret_store\": \"file\"}", "{\"secret_store\": 5}", "{\"secret_store\": \"x\"}"]
        {
            assert_eq!(kept_in(other.as_bytes()), None, "{other}");
        }
    }

    const PYTHON: &str = r#"{"access_token": "at-29", "expires_at": "2026-11-23T04:54:09.051808+00:00", "token_type": "Bearer", "scope": "projects analysis", "refresh_token": "rt-29"}"#;

    #[test]
    fn what_the_python_tool_writes_comes_back_byte_for_byte() {
        assert_eq!(read(PYTHON).map(|tokens| tokens.to_text().expose().to_owned()).as_deref(), Ok(PYTHON));
        let ours = PYTHON.replace("\"rt-29\"", "\"rt-29\", \"client_id\": \"cid-1\"");
        assert_eq!(read(&ours).map(|tokens| tokens.to_text().expose().to_owned()), Ok(ours));
        let whole = PYTHON.replace(".051808", "").replace(", \"refresh_token\": \"rt-29\"", "");
        assert_eq!(read(&whole).map(|tokens| tokens.to_text().expose().to_owned()), Ok(whole));
    }

    #[test]
    fn every_spelling_of_a_time_that_the_python_tool_takes_is_read() {
        let end = |value: &str| {
            read(&PYTHON.replace("\"2026-11-23T04:54:09.051808+00:00\"", value))
                .map(|tokens| tokens.expires_at.as_second())
        };
        for spelling in [
            "\"2026-11-23T04:54:09Z\"",
            "\"2026-11-23 04:54:09+00:00\"",
            "\"2026-11-23T06:54:09+02:00\"",
            "1795409649",
            "1795409649.5",
            "\"1795409649\"",
        ] {
            assert_eq!(end(spelling), Ok(1_795_409_649), "{spelling}");
        }
        for wrong in ["\"2026-11-23T04:54:09\"", "\"2026-11-23\"", "null", "true", "1e300", "\"soon\""] {
            assert!(end(wrong).is_err_and(|problem| problem.contains("expires_at")), "{wrong}");
        }
    }

    #[test]
    fn all_problems_are_told_and_no_value() {
        let problem = read(r#"{"access_token": 5, "scope": "s3cr3t", "refresh_token": ["rt"]}"#).expect_err("is wrong");
        for name in ["access_token", "token_type", "refresh_token", "expires_at"] {
            assert!(problem.contains(name), "{problem}");
        }
        assert!(!problem.contains("s3cr3t") && !problem.contains("rt\""), "{problem}");
    }
}
