//! The Python library's words for failures. Programs that were written for it branch on them: `mp account test` and `mp plugin` say them.

use mp_proto::failure::FailureKind;
use mp_proto::failure::FailureKind as Kind;

/// A word of the library, whether its users treat it as one that a new login or token mends, and what of ours it stands for.
struct Word(&'static str, Mends, &'static [FailureKind]);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mends {
    ByLogin,
    Otherwise,
}

/// Kinds that stand nowhere here are ours alone.
const WORDS: &[Word] = &[
    Word(
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
    Word("INVALID_ARGUMENT", Mends::Otherwise, &[Kind::InvalidArgument]),
    Word("ACCOUNT_NOT_FOUND", Mends::Otherwise, &[Kind::AccountNotFound]),
    Word("ACCOUNT_EXISTS", Mends::Otherwise, &[Kind::AccountExists]),
    Word("ACCOUNT_IN_USE", Mends::Otherwise, &[Kind::AccountInUse]),
    Word("PROJECT_NOT_FOUND", Mends::Otherwise, &[Kind::ProjectNotFound]),
    Word("NO_WORKSPACES", Mends::Otherwise, &[Kind::NeedsWorkspace]),
    Word("AUTH_FAILED", Mends::Otherwise, &[Kind::CredentialRefused]),
    Word("QUERY_FAILED", Mends::Otherwise, &[Kind::UpstreamRefused, Kind::UpstreamNotFound]),
    Word("RATE_LIMITED", Mends::Otherwise, &[Kind::RateLimited]),
    Word("SERVER_ERROR", Mends::Otherwise, &[Kind::UpstreamFault]),
    Word("INVALID_RESPONSE", Mends::Otherwise, &[Kind::UpstreamInvalid]),
    Word("HTTP_ERROR", Mends::Otherwise, &[Kind::UpstreamUnreachable]),
    Word("OAUTH_TOKEN_ERROR", Mends::ByLogin, &[Kind::TokenMissing, Kind::LoginFailed]),
    Word("OAUTH_REFRESH_ERROR", Mends::ByLogin, &[Kind::TokenUnavailable]),
    Word("OAUTH_REFRESH_REVOKED", Mends::ByLogin, &[Kind::LoginRequired]),
    Word("OAUTH_AUTH_DENIED", Mends::Otherwise, &[Kind::LoginDenied]),
    Word("OAUTH_REGION_PROBE_FAILED", Mends::Otherwise, &[Kind::RegionNotFound]),
    Word("UNKNOWN_ERROR", Mends::Otherwise, &[Kind::Internal]),
];

fn word(kind: FailureKind) -> Option<&'static Word> {
    WORDS.iter().find(|Word(.., kinds)| kinds.contains(&kind))
}

/// Returns the library's word for a failure, else ours in its spelling.
pub(super) fn code(kind: FailureKind) -> String {
    word(kind).map_or_else(|| kind.code().to_uppercase(), |Word(code, ..)| (*code).to_owned())
}

/// Returns whether the library's users treat a failure as one that a new login or token mends.
pub(super) fn is_actionable(kind: FailureKind) -> bool {
    word(kind).is_some_and(|Word(_, mends, _)| *mends == Mends::ByLogin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_one_word() {
        for kind in FailureKind::ALL {
            let words = WORDS.iter().filter(|Word(.., kinds)| kinds.contains(kind)).count();
            assert!(words <= 1, "{kind:?} has {words} words");
            let code = code(*kind);
            assert!(!code.is_empty() && code.chars().all(|c| c.is_ascii_uppercase() || c == '_'), "{kind:?}: {code}");
        }
        assert_eq!(code(FailureKind::Unreachable), "DAEMON_UNREACHABLE");
    }

    #[test]
    fn only_three_words_are_actionable() {
        let actionable: Vec<&str> =
            WORDS.iter().filter(|Word(_, mends, _)| *mends == Mends::ByLogin).map(|Word(code, ..)| *code).collect();
        assert_eq!(actionable, ["OAUTH_TOKEN_ERROR", "OAUTH_REFRESH_ERROR", "OAUTH_REFRESH_REVOKED"]);
    }
}
