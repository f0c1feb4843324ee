//! `mp account test`: whether a credential is good. A refusal is an answer, printed like a success; the exit code tells which it was.

use std::process::ExitCode;

use hyper::Method;
use mp_proto::deadline::IDENTITY;
use mp_proto::failure::{Failure, FailureKind, ProblemBody};
use mp_proto::routes::{ACCOUNT_TEST, fill};
use mp_proto::wire::TestBody;
use serde_json::{Value, json};

use super::record::named;
use crate::command::Invocation;
use crate::commands::library;
use crate::output::{Usual, View, fields};

/// The exit codes, for the help.
pub(super) const CODES: &str =
    "Exit code: 0 good · 2 refused, or no token · 4 no such account · 5 rate limit · 1 Mixpanel out of reach";

/// Runs the command.
///
/// # Errors
/// When there is no such account, or the daemon could not ask.
pub(super) async fn run(at: Invocation<'_>) -> Result<ExitCode, Failure> {
    let call = &mut at.call_showing(Usual::Data)?;
    call.allow(IDENTITY);
    let path = fill(ACCOUNT_TEST, &named(call).await?);
    let answer = call.daemon.call::<TestBody>(Method::POST, &path, None::<&()>).await?;
    let body = call.body(answer);
    let value = record(&body);
    call.output
        .show(&value, || value.as_object().map_or_else(String::new, |value| fields(value, &View::of_stdout())))?;
    Ok(exit_code(&body).into())
}

/// The record that the Python tool prints.
pub(crate) fn record(body: &TestBody) -> Value {
    let problem = body.problem.as_ref();
    let status = problem.and_then(|problem| problem.upstream.as_ref()).map(|upstream| upstream.status);
    json!({
        "account_name": body.account_name,
        "ok": body.ok,
        "user": body.user,
        "accessible_project_count": body.accessible_project_count,
        "error": problem.map(|problem| &problem.detail),
        "error_code": problem.and_then(kind).filter(|kind| *kind != FailureKind::AccountNotFound).map(library::code),
        "error_details": status.map(|status| json!({"status_code": status})),
    })
}

fn kind(problem: &ProblemBody) -> Option<FailureKind> {
    FailureKind::from_code(&problem.code)
}

/// Whatever Mixpanel refuses here, it refuses the credential: nothing else was asked for.
fn exit_code(body: &TestBody) -> u8 {
    let refused = FailureKind::CredentialRefused.exit_code();
    match body.problem.as_ref().map(kind) {
        _ if body.ok => 0,
        None | Some(Some(FailureKind::UpstreamRefused | FailureKind::UpstreamNotFound)) => refused,
        Some(kind) => kind.unwrap_or(FailureKind::Internal).exit_code(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mp_proto::failure::Upstream;

    fn failing(kind: FailureKind, status: Option<u16>) -> TestBody {
        let mut failure = Failure::new(kind, "why");
        failure.upstream = status.map(|status| Upstream { status, request_id: None });
        TestBody {
            account_name: "team".into(),
            ok: false,
            user: None,
            accessible_project_count: None,
            problem: Some(failure.to_body()),
        }
    }

    #[test]
    fn a_good_credential_has_the_record_of_the_python_tool() {
        let body = json!({"account_name": "team", "ok": true, "user": {"id": 42, "email": "ada@example.com"},
            "accessible_project_count": 2});
        let body: TestBody = serde_json::from_value(body).expect("a body");
        let expected = r#"{"account_name":"team","ok":true,"user":{"id":42,"email":"ada@example.com"},"accessible_project_count":2,"error":null,"error_code":null,"error_details":null}"#;
        assert_eq!(record(&body).to_string(), expected);
        assert_eq!(exit_code(&body), 0);
    }

    #[test]
    fn each_failure_has_its_word_and_its_exit_code() {
        let cases = [
            (FailureKind::CredentialRefused, Some(401), Some("AUTH_FAILED"), 2),
            (FailureKind::UpstreamRefused, Some(403), Some("QUERY_FAILED"), 2),
            (FailureKind::UpstreamNotFound, Some(404), Some("QUERY_FAILED"), 2),
            (FailureKind::RateLimited, Some(429), Some("RATE_LIMITED"), 5),
            (FailureKind::UpstreamFault, Some(500), Some("SERVER_ERROR"), 1),
            (FailureKind::UpstreamInvalid, Some(200), Some("INVALID_RESPONSE"), 1),
            (FailureKind::UpstreamUnreachable, None, Some("HTTP_ERROR"), 1),
            (FailureKind::TokenMissing, None, Some("OAUTH_TOKEN_ERROR"), 2),
            (FailureKind::TokenUnavailable, None, Some("OAUTH_REFRESH_ERROR"), 2),
            (FailureKind::LoginRequired, None, Some("OAUTH_REFRESH_REVOKED"), 2),
            (FailureKind::AccountNotFound, None, None, 4),
        ];
        for (kind, status, word, exit) in cases {
            let body = failing(kind, status);
            let value = record(&body);
            assert_eq!((&value["error_code"], exit_code(&body)), (&json!(word), exit), "{kind:?}");
            assert_eq!(value["error_details"], json!(status.map(|status| json!({"status_code": status}))), "{kind:?}");
            assert_eq!(value["error"], "why");
        }
    }
}
