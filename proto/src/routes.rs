//! Paths and headers of the socket API. axum's `{name}` form; [`fill`] makes a path of one.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Is the daemon alive.
pub const HEALTH: &str = "/v1/health";
/// Build, protocol range and capabilities.
pub const VERSION: &str = "/v1/version";
/// Daemon, files, watch and accounts, for people and for `mp daemon status`.
pub const STATUS: &str = "/v1/status";
/// Prometheus text.
pub const METRICS: &str = "/v1/metrics";
/// The session a context resolves to; PATCH persists one.
pub const SESSION: &str = "/v1/session";
/// What the config persists, whatever the caller's flags and environment say.
pub const SESSION_PERSISTED: &str = "/v1/session/persisted";
/// Reveals what the session of a context authenticates with, for programs that call Mixpanel themselves.
pub const SESSION_CREDENTIAL: &str = "/v1/session/credential";
/// All accounts; POST adds one.
pub const ACCOUNTS: &str = "/v1/accounts";
/// One account.
pub const ACCOUNT: &str = "/v1/accounts/{name}";
/// Makes an account the active one.
pub const ACCOUNT_USE: &str = "/v1/accounts/{name}/use";
/// Removes an account's stored tokens.
pub const ACCOUNT_LOGOUT: &str = "/v1/accounts/{name}/logout";
/// Reveals the bearer of an account by its name. Only this route and [`SESSION_CREDENTIAL`] reveal a secret.
pub const ACCOUNT_TOKEN: &str = "/v1/accounts/{name}/token";
/// Refreshes a browser account's token now.
pub const ACCOUNT_REFRESH: &str = "/v1/accounts/{name}/refresh";
/// Asks Mixpanel whether an account's credential is good.
pub const ACCOUNT_TEST: &str = "/v1/accounts/{name}/test";
/// The open logins; POST begins one, or joins the one that is open for the same account.
pub const LOGINS: &str = "/v1/logins";
/// One login; DELETE cancels it.
pub const LOGIN: &str = "/v1/logins/{name}";
/// Finishes a login by the URL that the browser was sent to.
pub const LOGIN_CALLBACK: &str = "/v1/logins/{name}/callback";
/// Chooses the project of a login that found several.
pub const LOGIN_PROJECT: &str = "/v1/logins/{name}/project";
/// Who the session's account is, as Mixpanel says.
pub const ME: &str = "/v1/me";
/// The projects that the session's account can see.
pub const PROJECTS: &str = "/v1/projects";
/// The workspaces of the session's project.
pub const WORKSPACES: &str = "/v1/workspaces";
/// The catalog.
pub const OPERATIONS: &str = "/v1/operations";
/// Runs an operation of the catalog.
pub const OPERATION: &str = "/v1/operations/{name}";
/// Runs an operation that takes a file: the body is the file, and the arguments are JSON in the query.
pub const OPERATION_UPLOAD: &str = "/v1/operations/{name}/upload";
/// Mixpanel's own API, with the credential of the session: `/v1/api/{plane}/{path…}`.
pub const API: &str = "/v1/api/{*path}";
/// How the paths of [`API`] begin.
pub const API_HEAD: &str = "/v1/api/";
/// Mixpanel's hosted MCP server, with the credential of the session: one message of its Streamable HTTP.
pub const MCP: &str = "/v1/mcp";
/// All targets; POST adds one.
pub const TARGETS: &str = "/v1/targets";
/// One target.
pub const TARGET: &str = "/v1/targets/{name}";
/// Makes a target the persisted session.
pub const TARGET_USE: &str = "/v1/targets/{name}/use";
/// The bridge file: status, export, remove.
pub const BRIDGE: &str = "/v1/bridge";
/// The bridge files in working directories that calls may use.
pub const BRIDGE_ALLOWED: &str = "/v1/bridge/allowed";
/// Tells what would be wrong with a config file of a text.
pub const CONFIG_CHECK: &str = "/v1/config/check";
/// Server-Sent Events.
pub const EVENTS: &str = "/v1/events";
/// The OpenAPI 3.1 description of all this.
pub const OPENAPI: &str = "/v1/openapi.json";
/// Changes the log filter until the daemon ends.
pub const LOG_LEVEL: &str = "/v1/log-level";
/// The way to Mixpanel: tries the proxy and, if it is asked to, Mixpanel itself.
pub const NETWORK: &str = "/v1/network";
/// Where secrets are: shows it, and moves them.
pub const SECRETS: &str = "/v1/secrets";
/// Stops the daemon gracefully.
pub const SHUTDOWN: &str = "/v1/shutdown";
/// Hands the listening socket over to another daemon, which speaks [`crate::handover`] on the connection from then on.
pub const HANDOVER: &str = "/v1/handover";

/// Request header: the caller's flags and environment, [`crate::context::Context`] as ASCII JSON.
pub const CONTEXT_HEADER: &str = "mp-context";
/// Request header `name/version`, needed on routes that change something or reveal a token.
pub const CLIENT_HEADER: &str = "mp-client";
/// Version of the daemon, on every answer.
pub const BUILD_HEADER: &str = "mp-build";
/// Both ways: the protocol range of the sender, so that no call needs a second round trip for a handshake.
pub const PROTOCOL_HEADER: &str = "mp-protocol";
/// Request header: what the caller's environment says of the network, [`crate::surroundings::Surroundings`]. A client of ours that says
/// nothing has nothing to say.
pub const NETWORK_HEADER: &str = "mp-network";
/// Request header: an id that the caller has made up for its call. While it waits, `GET /v1/status` tells under it what for.
pub const CALL_HEADER: &str = "mp-call";
/// Response header of a failure of the network: the daemon's namespaces, `net=…,mnt=…,user=…`, where it may not look at the caller's.
pub const NAMESPACES_HEADER: &str = "mp-namespaces";
/// Response header: whether `daemon` or `upstream` decided the status.
pub const ORIGIN_HEADER: &str = "mp-origin";
/// Response header, repeatable: something the caller should be told beside the answer, ASCII.
pub const NOTE_HEADER: &str = "mp-note";
/// Response header: the format in which the user wants lists at a terminal, where `[settings.output]` says it.
pub const FORMAT_HEADER: &str = "mp-format";
/// Trailer of a streamed answer: why it ended before its end, a problem as ASCII JSON.
pub const PROBLEM_TRAILER: &str = "mp-problem";
/// Trailer of streamed lines: what was mended and left out of them, [`crate::wire::LinesTally`] as JSON. Where all was well there is none.
pub const LINES_TRAILER: &str = "mp-lines";
/// Response header: how long the request waited for its turn at Mixpanel, in milliseconds.
pub const WAITED_HEADER: &str = "mp-waited-ms";
/// Response header: how old a kept answer is, in seconds (RFC 9111, 5.1).
pub const AGE_HEADER: &str = "age";
/// Response header: the id under which the log knows this call.
pub const REQUEST_ID_HEADER: &str = "x-request-id";
/// The `Host` that clients send; a Unix socket has no name of its own.
pub const HOST: &str = "mpd";

/// Returns the path with its one `{name}` replaced by the percent-encoded value.
pub fn fill(route: &str, name: &str) -> String {
    route.replacen("{name}", &encode_segment(name), 1)
}

/// All but the characters that RFC 3986 calls unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Percent-encodes a text so that it is one segment of a path.
pub fn encode_segment(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_encoded_as_one_segment() {
        assert_eq!(fill(TARGET_USE, "../x y"), "/v1/targets/..%2Fx%20y/use");
        assert_eq!(fill(ACCOUNT, "team-1"), "/v1/accounts/team-1");
        assert_eq!(encode_segment("a-._~Z9 /%ü\0"), "a-._~Z9%20%2F%25%C3%BC%00");
    }
}
