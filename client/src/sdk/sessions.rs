//! The session of a choice, and what is persisted.

use hyper::Method;
use mp_proto::deadline::CALL;
use mp_proto::failure::Failure;
use mp_proto::routes::{SESSION, SESSION_PERSISTED};
use mp_proto::wire::SessionPatch;

use super::link::Link;
use super::names::{ActiveSession, Session};
use super::scope::Scope;

/// The session that is in force without a choice of the program: [`crate::Client::session`].
#[derive(Debug, Clone)]
pub struct Sessions {
    scope: Scope,
}

impl Sessions {
    pub(super) fn of(scope: Scope) -> Self {
        Self { scope }
    }

    /// Returns account, project and workspace in force, each with who decided it and where.
    ///
    /// # Errors
    /// When they cannot be resolved. That something is missing is an answer: see [`crate::SessionState`].
    pub async fn resolve(&self) -> Result<Session, Failure> {
        self.scope.get(SESSION, CALL).await
    }

    /// Returns what the config persists, whatever the environment says.
    ///
    /// # Errors
    /// When the config cannot be used.
    pub async fn persisted(&self) -> Result<ActiveSession, Failure> {
        self.scope.link().get(SESSION_PERSISTED).await
    }

    /// Persists what the patch names, for every tool. A target stands alone.
    ///
    /// # Errors
    /// When there is nothing to persist, or it names what does not exist.
    pub async fn persist(&self, patch: &SessionPatch) -> Result<ActiveSession, Failure> {
        persist(self.scope.link(), patch).await
    }
}

pub(super) async fn persist(link: &Link, patch: &SessionPatch) -> Result<ActiveSession, Failure> {
    link.change(Method::PATCH, SESSION, Some(patch), CALL).await
}
