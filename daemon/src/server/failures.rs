//! Which kinds of failures belong together: what a route may answer is told in these groups, for the OpenAPI document.
//!
//! That none is missing is kept from outside: the end-to-end tests hold every answer that they see against the document.

use mp_proto::failure::FailureKind::{self, *};

/// What any request may be answered.
pub(crate) const ANY: &[FailureKind] =
    &[InvalidArgument, Forbidden, ProtocolMismatch, HeadTooLarge, Internal, TooManyConnections];

/// A context that is wrong, or a config file that is.
pub(crate) const CONTEXT: &[FailureKind] = &[InvalidContext, ConfigInvalid, ConfigLegacy, UnsafeFile, Storage];

/// A body that is too large or too slow.
pub(crate) const BODY: &[FailureKind] = &[BodyTooLarge, BodyTimeout];

/// A name in the path that leads nowhere.
pub(crate) const ACCOUNT: &[FailureKind] = &[AccountNotFound];
/// The same of targets.
pub(crate) const TARGET: &[FailureKind] = &[TargetNotFound];
/// The same of logins.
pub(crate) const LOGIN: &[FailureKind] = &[LoginNotFound];
/// The same of operations, and of planes.
pub(crate) const ROUTE: &[FailureKind] = &[RouteNotFound];

/// A change of the config file.
pub(crate) const EDIT: &[FailureKind] = &[
    InvalidValue,
    AccountNotFound,
    AccountExists,
    AccountInUse,
    TargetNotFound,
    TargetExists,
    TokenMissing,
    TokenUnavailable,
    Stopping,
];

/// A context that has to be resolved.
pub(crate) const RESOLVE: &[FailureKind] = &[InvalidValue, AccountNotFound, TargetNotFound, BridgeInvalid];

/// A session that has to be opened, and what it authenticates with.
pub(crate) const SESSION: &[FailureKind] = &[
    InvalidValue,
    AccountNotFound,
    TargetNotFound,
    BridgeInvalid,
    NeedsAccount,
    NeedsProject,
    NeedsWorkspace,
    ContextRequired,
    TokenMissing,
    LoginRequired,
    TokenUnavailable,
    Stopping,
];

/// A secret that cannot be had from where it is kept, or cannot be kept there.
pub(crate) const KEEPING: &[FailureKind] =
    &[ConfigInvalid, ConfigLegacy, UnsafeFile, Storage, TokenMissing, TokenUnavailable, LoginRequired];

/// An end of the daemon that would lose a login.
pub(crate) const END: &[FailureKind] = &[Unsaved];

/// A hand-over to another daemon.
pub(crate) const SUCCESSION: &[FailureKind] = &[Stopping, Declined];

/// A login that is begun or told something.
pub(crate) const LOGGING_IN: &[FailureKind] = &[
    InvalidValue,
    AccountNotFound,
    AccountExists,
    ContextRequired,
    TokenMissing,
    TokenUnavailable,
    LoginFailed,
    LoginDenied,
    RegionNotFound,
    RegionMismatch,
    ProjectNotFound,
    Declined,
    Stopping,
];

/// A request to Mixpanel that comes to nothing, with the daemon's own status.
pub(crate) const MIXPANEL: &[FailureKind] = &[
    RateLimited,
    CredentialRefused,
    UpstreamRefused,
    UpstreamNotFound,
    UpstreamFault,
    UpstreamInvalid,
    UpstreamUnreachable,
    Timeout,
];

/// What an operation finds out before it changes anything.
pub(crate) const OPERATION: &[FailureKind] = &[EventNotFound, Declined];
