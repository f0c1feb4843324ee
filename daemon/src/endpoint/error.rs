//! Why the token endpoint gave no tokens.

use std::time::Duration;

use mp_proto::failure::{Failure, FailureKind};

/// Why there are no tokens. Nothing of an answer's body is kept but the error code, which RFC 6749 defines.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// The provider refused for good.
    #[error("the provider answered {code} (status {status})")]
    Refused {
        /// `invalid_grant`, `invalid_client` or `unauthorized_client`.
        code: &'static str,
        /// 400 or 401.
        status: u16,
    },
    /// Anything else: a later try may succeed.
    #[error("{cause}")]
    Weather {
        /// What happened, for a person.
        cause: String,
        /// When the provider wants to be asked again, from now.
        retry_after: Option<Duration>,
    },
}

impl EndpointError {
    /// The code of a login could not be turned into tokens. It cannot be used again.
    pub fn of_exchange(&self) -> Failure {
        let mut failure = Failure::new(FailureKind::LoginFailed, format!("the code could not be exchanged: {self}"));
        if let Self::Weather { retry_after: Some(pause), .. } = self {
            failure.retry_after_s = Some(pause.as_secs());
        }
        failure
    }

    pub(super) fn weather(cause: impl Into<String>) -> Self {
        Self::Weather { cause: cause.into(), retry_after: None }
    }
}
