//! The Python library's words for failures. Programs that were written for it branch on them: `mp account test` and `mp plugin` say them.

use mp_proto::failure::FailureKind;
use mp_proto::failure::FailureKind as Kind;

/// A word of the library, whether its users treat it as one that a new login or token mends, and what of ours it stands for.
struct Row(&'static str, Mends, &'static [FailureKind]);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mends {
    ByLogin,
    Otherwise,
}

/// Kinds that stand in no row are of ours alone.
const TABLE: &[Row] = &[
    Row(
        "CONFIG_ERROR",
        Mends::Otherwise,
        &[
            Kind::InvalidValue,
            Kind::ConfigInvalid,
            Kind::ConfigLegacy,
            Kind::UnsafeFile,
            Kind::BridgeInvalid,
            Kind::NeedsAccount,
            Kind::NeedsProject,
            Kind::TargetNotFound,
            Kind::TargetExists,
            Kind::RegionMismatch,
        ],
    ),
    Row("INVALID_ARGUMENT", Mends::Otherwise, &[Kind::InvalidArgument]),
    Row("ACCOUNT_NOT_FOUND", Mends::Otherwise, &[Kind::AccountNotFound]),
    Row("ACCOUNT_EXISTS", Mends::Otherwise, &[Kind::AccountExists]),
    Row("ACCOUNT_IN_USE", Mends::Otherwise, &[Kind::AccountInUse]),
    Row("PROJECT_NOT_FOUND", Mends::Otherwise, &[Kind::ProjectNotFound]),
    Row("NO_WORKSPACES", Mends::Otherwise, &[Kind::NeedsWorkspace]),
    Row("AUTH_FAILED", Mends::Otherwise, &[Kind::CredentialRefused]),
    Row("QUERY_FAILED", Mends::Otherwise, &[Kind::UpstreamRefused, Kind::UpstreamNotFound]),
    Row("RATE_LIMITED", Mends::Otherwise, &[Kind::RateLimited]),
    Row("SERVER_ERROR", Mends::Otherwise, &[Kind::UpstreamFault]),
    Row("INVALID_RESPONSE", Mends::Otherwise, &[Kind::UpstreamInvalid]),
    Row("HTTP_ERROR", Mends::Otherwise, &[Kind::UpstreamUnreachable]),
    Row("OAUTH_TOKEN_ERROR", Mends::ByLogin, &[Kind::TokenMissing, Kind::LoginFailed]),
    Row("OAUTH_REFRESH_ERROR", Mends::ByLogin, &[Kind::TokenUnavailable]),
    Row("OAUTH_REFRESH_REVOKED", Mends::ByLogin, &[Kind::LoginRequired]),
    Row("OAUTH_AUTH_DENIED", Mends::Otherwise, &[Kind::LoginDenied]),
    Row("OAUTH_REGION_PROBE_FAILED", Mends::Otherwise, &[Kind::RegionNotFound]),
    Row("UNKNOWN_ERROR", Mends::Otherwise, &[Kind::Internal]),
];

fn row(kind: FailureKind) -> Option<&'static Row> {
    TABLE.iter().find(|Row(.., kinds)| kinds.contains(&kind))
}

/// Returns the library's word for a failure, else ours in its spelling.
pub(super) fn code(kind: FailureKind) -> String {
    row(kind).map_or_else(|| kind.code().to_uppercase(), |Row(code, ..)| (*code).to_owned())
}

/// Returns whether the library's users treat a failure as one that a new login or token mends.
pub(super) fn is_actionable(kind: FailureKind) -> bool {
    row(kind).is_some_and(|Row(_, mends, _)| *mends == Mends::ByLogin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_one_word() {
        for kind in FailureKind::ALL {
            let rows = TABLE.iter().filter(|Row(.., kinds)| kinds.contains(kind)).count();
            assert!(rows <= 1, "{kind:?} stands in {rows} rows");
            let code = code(*kind);
            assert!(!code.is_empty() && code.chars().all(|c| c.is_ascii_uppercase() || c == '_'), "{kind:?}: {code}");
        }
        assert_eq!(code(FailureKind::Unreachable), "DAEMON_UNREACHABLE");
    }

    #[test]
    fn only_three_words_are_actionable() {
        let actionable: Vec<&str> =
            TABLE.iter().filter(|Row(_, mends, _)| *mends == Mends::ByLogin).map(|Row(code, ..)| *code).collect();
        assert_eq!(actionable, ["OAUTH_TOKEN_ERROR", "OAUTH_REFRESH_ERROR", "OAUTH_REFRESH_REVOKED"]);
    }
}
