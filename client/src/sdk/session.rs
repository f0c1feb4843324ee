//! The session of a choice, and what is persisted.

use hyper::Method;
use mp_proto::deadline::CALL;
use mp_proto::failure::Failure;
use mp_proto::routes::{SESSION, SESSION_PERSISTED};
use mp_proto::wire::SessionPatch;

use super::client::Client;
use super::workspace::Workspace;
use crate::{ActiveSession, Session};

/// The session that is in force without a choice of the program: [`Client::session`].
#[derive(Debug, Clone)]
pub struct Sessions {
    workspace: Workspace,
}

impl Sessions {
    pub(super) fn of(workspace: Workspace) -> Self {
        Self { workspace }
    }

    /// Returns account, project and workspace in force, each with who decided it and where.
    ///
    /// # Errors
    /// When they cannot be resolved. That something is missing is an answer: see [`crate::SessionState`].
    pub async fn resolve(&self) -> Result<Session, Failure> {
        self.workspace.resolve().await
    }

    /// Returns what the config persists, whatever the environment says.
    ///
    /// # Errors
    /// When the config cannot be used.
    pub async fn persisted(&self) -> Result<ActiveSession, Failure> {
        self.workspace.client().get(SESSION_PERSISTED).await
    }

    /// Persists what the patch names, for every tool. A target stands alone.
    ///
    /// # Errors
    /// When there is nothing to persist, or it names what does not exist.
    pub async fn persist(&self, patch: &SessionPatch) -> Result<ActiveSession, Failure> {
        persist(self.workspace.client(), patch).await
    }
}

pub(super) async fn persist(client: &Client, patch: &SessionPatch) -> Result<ActiveSession, Failure> {
    client.change(Method::PATCH, SESSION, Some(patch), CALL).await
}
