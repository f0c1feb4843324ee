//! What Mixpanel's answer means: JSON, or a failure that says what, of which account, and what to run. Pure.

use mp_proto::failure::{Failure, FailureKind, Next, Problem, Upstream};
use mp_proto::mend::{self, Mended};
use mp_proto::secret::Secret;
use mp_proto::visible::is_unseen;
use serde_json::Value;

use crate::call::large::Excess;
use crate::call::refusal;
use crate::call::request::Outgoing;
use crate::call::retry;
use crate::identity::Holder;
use crate::identity::{Authorization, Identity};
use crate::resolve::{ENV_OAUTH_TOKEN, ENV_SERVICE_ACCOUNT};

/// Longest text of Mixpanel that is passed on.
const MAX_TEXT: usize = 200;

/// A text that holds a shorter secret is not passed on at all: masked, it would be garbled, and the garbling would tell the secret.
const MIN_MASKED: usize = 6;

/// Longest request id that is passed on.
const MAX_ID: usize = 100;

/// An answer, read.
#[derive(Debug)]
pub(crate) struct Incoming {
    /// Its status.
    pub(crate) status: u16,
    /// Its `Retry-After`.
    pub(crate) retry_after: Option<String>,
    /// The id under which Mixpanel knows the request.
    pub(crate) request_id: Option<String>,
    /// Its body.
    pub(crate) body: Content,
}

/// The body of an answer.
#[derive(Debug)]
pub(crate) enum Content {
    /// As it came.
    Text(Vec<u8>),
    /// Read already; none where it is no JSON.
    Read(Option<Value>),
    /// Larger than may be read.
    TooLarge(Excess),
}

/// Who asked for what, and what must not be repeated to anybody.
pub(crate) struct Asked<'a> {
    /// As whom.
    pub(crate) identity: &'a Identity,
    /// What.
    pub(crate) request: &'a Outgoing,
    /// The credential and other secrets that went out with it: an answer may quote them.
    pub(crate) secrets: Vec<&'a str>,
}

impl Incoming {
    /// Returns how long Mixpanel wants us to wait.
    pub(crate) fn told(&self) -> Option<u64> {
        retry::told(self.retry_after.as_deref())
    }

    /// Returns the JSON of a good answer.
    ///
    /// # Errors
    /// When the status is not 2xx, or the body is not JSON.
    pub(crate) fn decode(self, asked: &Asked<'_>) -> Result<Value, Failure> {
        match self.status {
            204 => Ok(serde_json::json!({"status": "ok"})),
            200..=299 => {
                let read = match self.body {
                    Content::Text(text) => json(&text).map(|(value, _)| value),
                    Content::Read(read) => read,
                    Content::TooLarge(excess) => return Err(invalid(asked, &excess.to_string())),
                };
                read.ok_or_else(|| invalid(asked, &format!("was answered {} without JSON", self.status)))
            }
            300..=399 => {
                Err(invalid(asked, &format!("was answered {}, a redirect, which is not followed", self.status)))
            }
            400..=599 => Err(self.refusal(asked)),
            // Nothing of ours may carry such a status on.
            _ => Err(invalid(asked, &format!("was answered {}, which is no status of a final answer", self.status))),
        }
    }

    fn refusal(&self, asked: &Asked<'_>) -> Failure {
        let status = self.status;
        let own = match &self.body {
            Content::Text(body) => asked.message(body),
            Content::Read(_) | Content::TooLarge(_) => None,
        };
        let words = own.as_deref().unwrap_or_default();
        let is_credential = status == 401 || (status < 500 && refusal::is_about_the_credential(words));
        let (kind, said) = match status {
            401 => (FailureKind::CredentialRefused, "was answered 401: the credential is not accepted"),
            404 => (FailureKind::UpstreamNotFound, "was answered 404: not found"),
            429 => (FailureKind::RateLimited, "was answered 429: the rate limit was reached"),
            400..=499 => (FailureKind::UpstreamRefused, "was refused"),
            _ => (FailureKind::UpstreamFault, "met a fault at Mixpanel"),
        };
        let kind = if is_credential { FailureKind::CredentialRefused } else { kind };
        let said = if said.contains("answered") { said.to_owned() } else { format!("{said} ({status})") };
        let scope = refusal::missing_scope(status, &asked.request.path, words);
        let scope = scope.map_or_else(String::new, |text| format!(". {text}"));
        let told = own.map_or_else(String::new, |text| format!(". Mixpanel says: {text}"));
        let mut failure = asked.failure(kind, &format!("{said}{told}{scope}"));
        failure.upstream = Some(Upstream { status, request_id: self.request_id.as_deref().and_then(request_id) });
        if let Content::Text(body) = &self.body {
            failure.errors = asked.records(body);
        }
        if matches!(status, 429 | 503) {
            failure.retry_after_s = self.told();
        }
        if is_credential {
            failure.next.extend(repair(asked.identity));
        }
        failure
    }
}

/// Reads JSON, and returns what had to be mended of it: what people have put into properties comes back as it went in.
pub(crate) fn json(text: &[u8]) -> Option<(Value, Mended)> {
    mend::read(text).ok()
}

impl<'a> Asked<'a> {
    /// Returns what failures are about. `credential` is what went out as one.
    pub(crate) fn about(identity: &'a Identity, request: &'a Outgoing, credential: &'a str) -> Self {
        let mut secrets = known_secrets(identity);
        secrets.push(credential);
        Self { identity, request, secrets }
    }

    /// Returns what Mixpanel itself says in a body, fit to be shown.
    pub(crate) fn message(&self, body: &[u8]) -> Option<String> {
        let text = match json(body) {
            Some((answer, _)) => refusal::said(&answer),
            None => refusal::words(body),
        };
        self.quoted(&text?).filter(|text| !text.is_empty())
    }

    /// Returns what is wrong with single records, fit to be shown.
    fn records(&self, body: &[u8]) -> Vec<Problem> {
        let told = json(body).map(|(answer, _)| refusal::failed_records(&answer)).unwrap_or_default();
        told.into_iter().filter_map(|one| Some(Problem::new(one.at, self.quoted(&one.detail)?))).collect()
    }

    /// Returns a text of Mixpanel, fit to be shown.
    pub(crate) fn quoted(&self, text: &str) -> Option<String> {
        quoted(text, &self.secrets)
    }

    /// Returns a failure about the request: its detail names request and account before what is said of them.
    pub(crate) fn failure(&self, kind: FailureKind, said: &str) -> Failure {
        let (request, name) = (self.request, &self.identity.name);
        let detail = format!("{} {} of account '{name}' {said}", request.method, request.shown_path());
        Failure::new(kind, detail).account(name)
    }
}

/// A failure without Mixpanel's status: an answer of ours with a status under 400 would look like a success.
fn invalid(asked: &Asked<'_>, said: &str) -> Failure {
    asked.failure(FailureKind::UpstreamInvalid, said)
}

/// Returns what to run when a credential is not accepted.
fn repair(identity: &Identity) -> Option<Next> {
    let name = &identity.name;
    match &identity.authorization {
        Authorization::Basic { .. } if name == ENV_SERVICE_ACCOUNT => {
            Some(Next::new("export MP_SECRET=…", "set it to the secret that belongs to MP_USERNAME"))
        }
        Authorization::Basic { .. } => {
            Some(Next::new(format!("mp account update {name} --secret-stdin"), "give it the right secret"))
        }
        Authorization::Bearer(_) if name == ENV_OAUTH_TOKEN => {
            Some(Next::new("export MP_OAUTH_TOKEN=…", "set it to a token that is still valid"))
        }
        Authorization::Bearer(_) => Some(Next::new(
            format!("mp account update {name} --token-env VARIABLE"),
            "take the token from a variable that holds a valid one",
        )),
        Authorization::Grant(Holder::Account(name, _)) => {
            Some(Next::new(format!("mp account login {name}"), "log in again"))
        }
        // Whoever made the bridge file has to log in, and that may be on another machine.
        Authorization::Grant(Holder::Bridge(_)) => None,
    }
}

/// Returns what Mixpanel itself says in an answer to an identity, fit to be shown. `credential` is what it was asked with.
pub(crate) fn words(identity: &Identity, credential: &str, answer: &Value) -> Option<String> {
    let mut secrets = known_secrets(identity);
    secrets.push(credential);
    quoted(&refusal::said(answer)?, &secrets)
}

/// Returns the secrets of an identity, less a token that the keeper holds.
fn known_secrets(identity: &Identity) -> Vec<&str> {
    let own = match &identity.authorization {
        Authorization::Basic { secret, .. } | Authorization::Bearer(secret) => Some(secret),
        Authorization::Grant(_) => None,
    };
    own.into_iter().chain(identity.headers.iter().map(|(_, value)| value)).map(Secret::expose).collect()
}

/// Makes one short line of a text, without secrets.
fn quoted(text: &str, secrets: &[&str]) -> Option<String> {
    let mut line = clean(text);
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        if secret.len() < MIN_MASKED && line.contains(secret) {
            return None;
        }
        line = line.replace(secret, "***");
    }
    Some(shorten(&line))
}

/// Makes one line of a text: white space is one space, and what could command a terminal is left out.
fn clean(text: &str) -> String {
    let words = text.split_whitespace().map(|word| word.chars().filter(|c| !is_unseen(*c)).collect::<String>());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(MAX_TEXT) {
        Some(_) => text.chars().take(MAX_TEXT - 1).chain(['…']).collect(),
        None => text.to_owned(),
    }
}

fn request_id(header: &str) -> Option<String> {
    let id: String = header.chars().filter(char::is_ascii_graphic).take(MAX_ID).collect();
    (!id.is_empty()).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::bases::CallerBases;
    use mp_proto::ids::{AccountName, Region};
    use mp_proto::plane::Plane;

    fn identity(name: &str, authorization: Authorization) -> Identity {
        Identity {
            name: name.to_owned(),
            region: Region::Us,
            authorization,
            headers: Vec::new(),
            bases: CallerBases::default(),
        }
    }

    fn basic() -> Authorization {
        Authorization::Basic { username: "u".into(), secret: Secret::new("hush") }
    }

    fn decoded(status: u16, body: &str) -> Result<Value, Failure> {
        decoded_as(&identity("acme", basic()), status, body)
    }

    fn decoded_as(identity: &Identity, status: u16, body: &str) -> Result<Value, Failure> {
        let request = Outgoing::read(Plane::App, "/me");
        let incoming = Incoming {
            status,
            retry_after: Some("7".into()),
            request_id: Some("id-\u{7}1".into()),
            body: Content::Text(body.as_bytes().to_vec()),
        };
        incoming.decode(&Asked { identity, request: &request, secrets: vec!["hush-hush", "u1", ""] })
    }

    #[test]
    fn every_status_has_its_kind_and_exit_code() {
        let table = [
            (400, FailureKind::UpstreamRefused, 3),
            (401, FailureKind::CredentialRefused, 2),
            (403, FailureKind::UpstreamRefused, 3),
            (404, FailureKind::UpstreamNotFound, 4),
            (412, FailureKind::UpstreamRefused, 3),
            (422, FailureKind::UpstreamRefused, 3),
            (429, FailureKind::RateLimited, 5),
            (500, FailureKind::UpstreamFault, 1),
            (502, FailureKind::UpstreamFault, 1),
            (503, FailureKind::UpstreamFault, 1),
            (302, FailureKind::UpstreamInvalid, 1),
            (200, FailureKind::UpstreamInvalid, 1),
            (100, FailureKind::UpstreamInvalid, 1),
            (199, FailureKind::UpstreamInvalid, 1),
            (600, FailureKind::UpstreamInvalid, 1),
            (999, FailureKind::UpstreamInvalid, 1),
        ];
        for (status, kind, exit) in table {
            let failure = decoded(status, "<html>").expect_err("is a failure");
            assert_eq!((failure.kind, failure.kind.exit_code()), (kind, exit), "{status}");
            let told = (400..600).contains(&status).then_some(status);
            assert_eq!(failure.upstream.as_ref().map(|said| said.status), told);
            assert!((400..600).contains(&failure.status()), "{status} is passed on as that of a failure");
            assert_eq!(failure.retry_after_s, matches!(status, 429 | 503).then_some(7));
            assert!(failure.detail.starts_with("GET /me of account 'acme' ") && !failure.detail.contains('<'));
        }
        assert_eq!(decoded(204, "").ok(), Some(serde_json::json!({"status": "ok"})));
        assert_eq!(decoded(200, "[1]").ok(), Some(serde_json::json!([1])));
        assert!(decoded(200, "").is_err());
    }

    #[test]
    fn numbers_that_json_does_not_know_are_null() {
        let read = |text: &str| decoded(200, text).ok().map(|value| value.to_string());
        let odd = r#"{"a": NaN, "b": [-Infinity,Infinity, 1.5], "NaN": "NaN, \\\"Infinity", "c": -1}"#;
        let expected = r#"{"a":null,"b":[null,null,1.5],"NaN":"NaN, \\\"Infinity","c":-1}"#;
        assert_eq!(read(odd).as_deref(), Some(expected));
        assert_eq!(read("NaN").as_deref(), Some("null"));
        for scalar in ["5", "\"NaN\"", "true", "null", "-0.25"] {
            assert_eq!(read(scalar).as_deref(), Some(scalar));
        }
        for broken in ["{\"a\": NaN", "[nan]", "NaNa", "\"\\", "-NaN", ""] {
            assert_eq!(read(broken), None, "{broken}");
        }
    }

    #[test]
    fn mixpanels_own_words_are_one_short_line_without_secrets() {
        let said = |body: &str| decoded(400, body).expect_err("refused").detail;
        assert!(
            said(r#"{"error": "Missing\n\tscope:\u001b[31m user_details"}"#)
                .ends_with(": Missing scope:[31m user_details")
        );
        assert!(said(r#"{"error": " ", "message": "other"}"#).ends_with("Mixpanel says: other"));
        assert!(said(r#"{"error": ["a", "b"]}"#).ends_with("says: a, b"));
        assert!(said(r#"{"error": "u:hush-hush is wrong"}"#).ends_with("says: u:*** is wrong"));
        assert!(said(&format!(r#"{{"error": "{}"}}"#, "ü".repeat(500))).ends_with(&format!("{}…", "ü".repeat(199))));
        assert!(said("plain\ttext").ends_with("says: plain text"));
        assert!(said("<html><h1>403</h1> <script>x</script>No &amp; no\u{1b}[2J").ends_with("says: 403 No & no[2J"));
        assert!(said(r#"{"detail": "Not yours"}"#).ends_with("says: Not yours"));
        for nothing in ["{}", "<html>", "", r#"{"error": {"a": 1}}"#, "[]"] {
            assert!(!said(nothing).contains("says"), "{nothing}");
        }
        let failure = decoded(500, "{}").expect_err("a fault");
        assert_eq!(failure.upstream.and_then(|said| said.request_id).as_deref(), Some("id-1"));
    }

    #[test]
    fn a_refusal_about_the_credential_is_one_whatever_its_status() {
        for status in [400, 403] {
            let failure = decoded(status, r#"{"error": "Unable to authenticate request"}"#).expect_err("refused");
            assert_eq!((failure.kind, failure.kind.exit_code()), (FailureKind::CredentialRefused, 2), "{status}");
            assert!(!failure.next.is_empty());
        }
        let scope = decoded(403, r#"{"error": "forbidden"}"#).expect_err("refused");
        assert!(scope.detail.contains("user_details") && scope.detail.contains("--project"), "{}", scope.detail);
        for status in [400, 402] {
            let failure = decoded(status, "Payment: \u{7}plan").expect_err("refused");
            assert!(failure.detail.ends_with("says: Payment: plan") && failure.next.is_empty(), "{}", failure.detail);
        }
        let records = decoded(400, r#"{"error": "x", "failed_records": [{"index": 3, "message": "no hush-hush"}]}"#);
        assert_eq!(records.expect_err("refused").errors, [Problem::new("record 3", "no ***")]);
    }

    #[test]
    fn a_refused_credential_comes_with_the_command_that_mends_it() {
        let command = |identity: &Identity| {
            let failure = decoded_as(identity, 401, "{}").expect_err("refused");
            failure.next.first().map(|next| next.command.clone())
        };
        assert_eq!(command(&identity("acme", basic())).as_deref(), Some("mp account update acme --secret-stdin"));
        assert_eq!(command(&identity(ENV_SERVICE_ACCOUNT, basic())).as_deref(), Some("export MP_SECRET=…"));
        let name = AccountName::parse("me").expect("a name");
        let grant = Authorization::Grant(Holder::Account(name, Region::Us));
        assert_eq!(command(&identity("me", grant)).as_deref(), Some("mp account login me"));
        let bearer = identity("ci", Authorization::Bearer(Secret::new("t")));
        assert!(command(&bearer).is_some_and(|command| command.contains("--token-env")));
    }
}
