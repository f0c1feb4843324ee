//! `mp mcp header`: the header with which a client calls Mixpanel's hosted MCP server itself, as one JSON object of texts. Claude Code runs
//! it as `headersHelper`, each time it connects. It asks nobody anything: what is wrong is said on stderr.

use hyper::Method;
use mp_proto::deadline::IDENTITY;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::routes::SESSION_CREDENTIAL;
use mp_proto::wire::{CredentialBody, TokenRequest};
use serde_json::json;

use crate::call::Call;
use crate::command::{Command, Run};

/// The row of `mp mcp header`.
pub(super) const COMMAND: Command = Command {
    name: "header",
    about: "Print the header for Mixpanel's hosted MCP server",
    run: Run::Call(|call| Box::pin(run(call))),
    ..Command::ROW
};

async fn run(call: &mut Call<'_>) -> Result<(), Failure> {
    call.allow(IDENTITY);
    let request = TokenRequest::default();
    let answer = call.daemon.call::<CredentialBody>(Method::POST, SESSION_CREDENTIAL, Some(&request)).await?;
    let credential = call.body(answer);
    let token = credential.token.as_ref().ok_or_else(|| {
        let detail = format!("account '{}' has no token", credential.account);
        Failure::new(FailureKind::InvalidArgument, detail).account(&credential.account)
    })?;
    // As `mp account token`, a command whose purpose it is to print a secret.
    call.output.line(&json!({"Authorization": format!("Bearer {}", token.expose())}).to_string())
}
