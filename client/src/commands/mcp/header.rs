//! `mp mcp header`: what a client sends that calls Mixpanel's hosted MCP server itself, as one JSON object of texts. Claude Code runs it as
//! `headersHelper`, each time it connects and after each refusal. It asks nobody anything: what is wrong is said on stderr.
//!
//! Like `mp account token` it reveals a credential, and only where that belongs: a host that names the server it is about
//! (`CLAUDE_CODE_MCP_SERVER_URL`) is told nothing if that is another one, be it that of another region.

use clap::value_parser;
use hyper::Method;
use hyper::Uri;
use mp_proto::deadline::IDENTITY;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::routes::SESSION_CREDENTIAL;
use mp_proto::wire::{CredentialBody, TokenRequest};
use serde_json::{Map, Value};

use crate::arg::option;
use crate::call::Call;
use crate::caller::Environment;
use crate::command::{Command, Run};

/// Where Claude Code says which server it is about.
const URL: &str = "CLAUDE_CODE_MCP_SERVER_URL";

/// Where it says that it is Claude Code.
const SERVER: &str = "CLAUDE_CODE_MCP_SERVER_NAME";

/// What a credential in the environment is made of: what Claude Code leaves of it for a helper, and what it takes away.
const TAKEN_AWAY: [(&str, &str); 2] = [("MP_USERNAME", "MP_SECRET"), ("MP_REGION", "MP_OAUTH_TOKEN")];

/// The row of `mp mcp header`.
pub(super) const COMMAND: Command = Command {
    name: "header",
    about: "Print the header for Mixpanel's hosted MCP server, for clients that run a helper",
    arguments: |command| {
        command
            .arg(
                option("min-valid", "SECONDS", "Shortest time the token must stay valid [default: 30]")
                    .value_parser(value_parser!(u64)),
            )
            .after_help(
                "Claude Code: claude mcp add-json mixpanel --scope user \\\n  \
                 '{\"type\": \"http\", \"url\": \"https://mcp.mixpanel.com/mcp\", \"headersHelper\": \"mp mcp header\"}'\n\
                 The addresses are mcp, mcp-eu and mcp-in.mixpanel.com. In a project's file or a plug-in, Claude Code takes \
                 variables such as MP_SECRET and MP_OAUTH_TOKEN away from the helper: name an account there (-a).",
            )
    },
    run: Run::Call(|call| Box::pin(run(call))),
    ..Command::ROW
};

async fn run(call: &mut Call<'_>) -> Result<(), Failure> {
    check_environment(&call.environment)?;
    call.allow(IDENTITY);
    let request = TokenRequest { min_valid_s: call.arguments.get_one::<u64>("min-valid").copied() };
    let answer = call.daemon.call::<CredentialBody>(Method::POST, SESSION_CREDENTIAL, Some(&request)).await?;
    let credential = call.body(answer);
    check_server(call.environment.get(URL), &credential)?;
    call.output.line(&headers(&credential)?)
}

/// Returns the headers, as an object.
fn headers(credential: &CredentialBody) -> Result<String, Failure> {
    let mut headers = Map::new();
    for header in &credential.headers {
        if let Some(value) = &header.value {
            headers.insert(header.name.clone(), value.expose().into());
        }
    }
    let authorization = credential.mcp.as_ref().and_then(|mcp| mcp.authorization.as_ref()).ok_or_else(|| {
        let detail = format!("account '{}' has nothing to authenticate with", credential.account);
        Failure::new(FailureKind::TokenMissing, detail).account(&credential.account)
    })?;
    headers.insert("Authorization".to_owned(), authorization.expose().into());
    Ok(Value::Object(headers).to_string())
}

/// A credential of which a part was taken away would silently be another one.
fn check_environment(environment: &Environment) -> Result<(), Failure> {
    let is_set = |name: &str| environment.get(name).is_some();
    let halved = TAKEN_AWAY.iter().find(|(left, taken)| is_set(left) && !is_set(taken));
    let (Some(server), Some((left, taken))) = (environment.get(SERVER), halved) else { return Ok(()) };
    if *left == "MP_REGION" && is_set("MP_USERNAME") && is_set("MP_SECRET") {
        return Ok(());
    }
    let detail = format!(
        "{left} is set and {taken} is not: in a project's file or a plug-in, Claude Code takes variables with such names away \
         from the helper of a server ('{}'), but not where the server is added with --scope user",
        server.escape_debug()
    );
    Err(Failure::new(FailureKind::TokenMissing, detail)
        .next("mp login", "keep a login, and name its account in the helper: mp mcp header -a NAME"))
}

/// A credential belongs to the server of its region, and to no other.
fn check_server(named: Option<&str>, credential: &CredentialBody) -> Result<(), Failure> {
    let Some(named) = named else { return Ok(()) };
    if origin(named).is_some_and(|origin| Some(origin) == origin_of(credential)) {
        return Ok(());
    }
    let detail = format!(
        "the server is at {}, and the credential of account '{}' is for {}",
        named.escape_debug(),
        credential.account,
        credential.mcp.as_ref().map_or("another one", |mcp| mcp.url.as_str())
    );
    Err(Failure::new(FailureKind::RegionMismatch, detail)
        .account(&credential.account)
        .next("mp mcp header -a NAME", "use an account of that region, or give the server the address above"))
}

fn origin_of(credential: &CredentialBody) -> Option<(String, String)> {
    origin(&credential.mcp.as_ref()?.url)
}

/// Returns scheme, host and port of a URL.
fn origin(url: &str) -> Option<(String, String)> {
    let uri: Uri = url.parse().ok()?;
    let authority = uri.authority()?.as_str().to_ascii_lowercase();
    let scheme = uri.scheme_str()?.to_owned();
    let usual = if scheme == "https" { ":443" } else { ":80" };
    Some((scheme, authority.strip_suffix(usual).unwrap_or(&authority).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn credential(authorization: &str) -> CredentialBody {
        serde_json::from_value(json!({
            "account": "team", "type": "oauth_browser", "region": "eu", "project": null, "workspace": null, "token": null,
            "expires_at": null, "username": null, "secret": null, "headers": [{"name": "X-A", "value": "b"}],
            "base_url": null, "mcp": {"url": "https://mcp-eu.mixpanel.com/mcp", "authorization": authorization},
        }))
        .expect("a credential")
    }

    #[test]
    fn the_header_is_one_object_of_texts() {
        let text = headers(&credential("Bearer Basic YTpi")).expect("headers");
        assert_eq!(text, r#"{"X-A":"b","Authorization":"Bearer Basic YTpi"}"#);
    }

    #[test]
    fn a_credential_is_for_its_own_server_alone() {
        let told = |url: &str| check_server(Some(url), &credential("Bearer t"));
        for good in ["https://mcp-eu.mixpanel.com/mcp", "https://MCP-EU.mixpanel.com:443/mcp/"] {
            assert!(told(good).is_ok(), "{good}");
        }
        for bad in [
            "https://mcp.mixpanel.com/mcp",
            "http://mcp-eu.mixpanel.com/mcp",
            "https://mcp-eu.mixpanel.com.evil.example/mcp",
            "https://mcp-eu.mixpanel.com@evil.example/mcp",
            "https://evil.example/?https://mcp-eu.mixpanel.com/mcp",
            "nonsense",
            "",
        ] {
            let failure = told(bad).expect_err(bad);
            assert!(failure.detail.contains("team") && !failure.detail.contains("Bearer"), "{failure}");
        }
        assert!(check_server(None, &credential("Bearer t")).is_ok());
    }

    #[test]
    fn a_credential_that_was_taken_apart_is_noticed() {
        let told = |variables: &[(&str, &str)]| check_environment(&Environment::of(variables));
        let claude = (SERVER, "mixpanel");
        assert!(told(&[claude, ("MP_USERNAME", "u"), ("MP_REGION", "us")]).is_err());
        assert!(told(&[claude, ("MP_REGION", "us")]).is_err_and(|failure| failure.detail.contains("MP_OAUTH_TOKEN")));
        assert!(told(&[claude, ("MP_USERNAME", "u"), ("MP_SECRET", "s"), ("MP_REGION", "us")]).is_ok());
        assert!(told(&[claude, ("MP_OAUTH_TOKEN", "t"), ("MP_REGION", "us")]).is_ok());
        assert!(told(&[("MP_USERNAME", "u")]).is_ok(), "elsewhere it is as it always was");
        assert!(told(&[claude]).is_ok());
    }
}
