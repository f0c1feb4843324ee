//! Targets: sessions with a name.

use hyper::Method;
use mp_proto::deadline::CALL;
use mp_proto::failure::Failure;
use mp_proto::routes::{TARGET, TARGET_USE, TARGETS, fill};
use mp_proto::wire::{TargetRemoved, TargetsBody};

use super::link::Link;
use super::names::{ActiveSession, NewTarget, Target};

/// The targets of the config: [`crate::Client::targets`].
#[derive(Debug, Clone)]
pub struct Targets {
    link: Link,
}

impl Targets {
    pub(super) fn of(link: Link) -> Self {
        Self { link }
    }

    /// Returns all targets by name.
    ///
    /// # Errors
    /// When the config cannot be used.
    pub async fn list(&self) -> Result<Vec<Target>, Failure> {
        Ok(self.link.get::<TargetsBody>(TARGETS).await?.targets)
    }

    /// Returns one target.
    ///
    /// # Errors
    /// When there is none of that name.
    pub async fn show(&self, name: &str) -> Result<Target, Failure> {
        self.link.get(&fill(TARGET, name)).await
    }

    /// Saves a target.
    ///
    /// # Errors
    /// When something of it is wrong (all problems together), or the name is taken.
    pub async fn add(&self, target: &NewTarget) -> Result<Target, Failure> {
        self.link.change(Method::POST, TARGETS, Some(target), CALL).await
    }

    /// Persists the session of a target, for every tool. To switch for this program alone, use [`crate::Workspace::use_target`].
    ///
    /// # Errors
    /// When there is no such target, or its account is gone.
    pub async fn use_(&self, name: &str) -> Result<ActiveSession, Failure> {
        self.link.change(Method::POST, &fill(TARGET_USE, name), None::<&()>, CALL).await
    }

    /// Removes a target.
    ///
    /// # Errors
    /// When there is none of that name.
    pub async fn remove(&self, name: &str) -> Result<TargetRemoved, Failure> {
        self.link.change(Method::DELETE, &fill(TARGET, name), None::<&()>, CALL).await
    }
}
