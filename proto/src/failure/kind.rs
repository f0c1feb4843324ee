//! The kinds of failures: the one table of words, HTTP statuses and exit codes.

use serde::{Deserialize, Serialize};

/// The code is a `tt`: as a `literal` it would reach utoipa in a wrapping that utoipa does not look into.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $code:tt, $status:literal, $exit:literal, $title:literal;)+) => {
        /// The kind of a failure. It decides the HTTP status and the exit code; both are promises to scripts.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum FailureKind {
            $($(#[$doc])* #[serde(rename = $code)] $kind,)+
        }

        impl FailureKind {
            /// Every kind, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// Returns the stable word for programs.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$kind => $code,)+ }
            }

            /// Returns the HTTP status of the socket API. It is never 401: a 401 always is Mixpanel's own.
            pub const fn status(self) -> u16 {
                match self { $(Self::$kind => $status,)+ }
            }

            /// Returns the exit code of `mp`.
            pub const fn exit_code(self) -> u8 {
                match self { $(Self::$kind => $exit,)+ }
            }

            /// Returns the short name for people, the same for every failure of this kind.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$kind => $title,)+ }
            }

            /// Returns the kind that a code names.
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$kind),)+ _ => None }
            }
        }
    };
}

kinds! {
    /// A request, flag or argument is wrong in itself.
    InvalidArgument = "invalid_argument", 400, 3, "Invalid argument";
    /// The header `Mp-Context` cannot be read.
    InvalidContext = "invalid_context", 400, 3, "Invalid context";
    /// A value that would be stored, or a variable, breaks its rule.
    InvalidValue = "invalid_value", 422, 1, "Invalid value";
    /// The config file cannot be used.
    ConfigInvalid = "config_invalid", 409, 1, "Invalid configuration";
    /// The config file is of a release before 0.4.
    ConfigLegacy = "config_legacy", 409, 1, "Legacy configuration";
    /// A file that holds credentials is not safe to read.
    UnsafeFile = "unsafe_file", 409, 1, "Unsafe file";
    /// The bridge file cannot be used.
    BridgeInvalid = "bridge_invalid", 409, 1, "Invalid bridge file";
    /// No account is configured or chosen.
    NeedsAccount = "needs_account", 409, 1, "No account";
    /// The account has no project, and none is chosen.
    NeedsProject = "needs_project", 409, 1, "No project";
    /// The project has no workspace that the account can see.
    NeedsWorkspace = "needs_workspace", 409, 1, "No workspace";
    /// There is no such account.
    AccountNotFound = "account_not_found", 404, 4, "Account not found";
    /// There is no such target.
    TargetNotFound = "target_not_found", 404, 4, "Target not found";
    /// An account of that name exists.
    AccountExists = "account_exists", 409, 1, "Account exists";
    /// A target of that name exists.
    TargetExists = "target_exists", 409, 1, "Target exists";
    /// Targets refer to the account.
    AccountInUse = "account_in_use", 409, 1, "Account in use";
    /// The account has no usable token; a person has to log in.
    LoginRequired = "login_required", 409, 2, "Login required";
    /// The caller must repeat the request with more of its environment.
    ContextRequired = "context_required", 428, 2, "Context required";
    /// A variable that holds the account's token is not set where the call comes from.
    TokenMissing = "token_missing", 409, 2, "Token missing";
    /// The token could not be refreshed just now; it will be tried again.
    TokenUnavailable = "token_unavailable", 503, 2, "Token unavailable";
    /// There is no such login, or it ended long ago.
    LoginNotFound = "login_not_found", 404, 4, "Login not found";
    /// A login did not come to its end.
    LoginFailed = "login_failed", 409, 2, "Login failed";
    /// The person or the provider refused.
    LoginDenied = "login_denied", 409, 2, "Login denied";
    /// The credential is valid in no region.
    RegionNotFound = "region_not_found", 409, 2, "Region not found";
    /// The project's data is in another region than the account.
    RegionMismatch = "region_mismatch", 409, 1, "Region mismatch";
    /// It was not done: a person said no, or the account may not change what it is about.
    Declined = "declined", 409, 1, "Declined";
    /// The project has no such event.
    EventNotFound = "event_not_found", 404, 4, "Event not found";
    /// The account cannot see such a project.
    ProjectNotFound = "project_not_found", 404, 4, "Project not found";
    /// Mixpanel does not accept the credential.
    CredentialRefused = "credential_refused", 502, 2, "Credential refused";
    /// Mixpanel refused the request.
    UpstreamRefused = "upstream_refused", 502, 3, "Refused by Mixpanel";
    /// Mixpanel does not know what was asked for.
    UpstreamNotFound = "upstream_not_found", 502, 4, "Not found at Mixpanel";
    /// Mixpanel's rate limit was reached.
    RateLimited = "rate_limited", 429, 5, "Rate limited";
    /// Mixpanel had a fault of its own.
    UpstreamFault = "upstream_fault", 502, 1, "Fault at Mixpanel";
    /// Mixpanel's answer cannot be understood.
    UpstreamInvalid = "upstream_invalid", 502, 1, "Unexpected answer of Mixpanel";
    /// Mixpanel could not be reached.
    UpstreamUnreachable = "upstream_unreachable", 502, 1, "Mixpanel unreachable";
    /// There is no such path.
    RouteNotFound = "route_not_found", 404, 1, "No such route";
    /// The path does not take this method.
    MethodNotAllowed = "method_not_allowed", 405, 1, "Method not allowed";
    /// Path and headers are larger than the limit.
    HeadTooLarge = "head_too_large", 431, 3, "Head too large";
    /// The body is larger than the limit.
    BodyTooLarge = "body_too_large", 413, 3, "Body too large";
    /// The body did not arrive in time.
    BodyTimeout = "body_timeout", 408, 1, "Body too slow";
    /// A browser, or a caller without its `Mp-Client` header, is refused.
    Forbidden = "forbidden", 403, 1, "Forbidden";
    /// Client and daemon share no protocol.
    ProtocolMismatch = "protocol_mismatch", 426, 6, "Protocol mismatch";
    /// The daemon is stopping.
    Stopping = "stopping", 503, 6, "Daemon is stopping";
    /// All connections that the daemon may have are taken.
    TooManyConnections = "too_many_connections", 503, 6, "Too many connections";
    /// No daemon answers. Only a client says this.
    Unreachable = "daemon_unreachable", 503, 6, "Daemon unreachable";
    /// A call had to be given up at its deadline.
    Timeout = "timeout", 504, 1, "Timed out";
    /// A file could not be read or written.
    Storage = "storage", 500, 1, "Storage error";
    /// A fault of the program.
    Internal = "internal", 500, 1, "Internal error";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_keeps_its_promises() {
        for kind in FailureKind::ALL {
            assert_ne!(kind.status(), 401, "{kind:?}: a 401 is always Mixpanel's");
            assert!((400..600).contains(&kind.status()), "{kind:?}");
            assert!((1..=6).contains(&kind.exit_code()), "{kind:?}");
            assert_eq!(FailureKind::from_code(kind.code()), Some(*kind));
        }
    }
}
