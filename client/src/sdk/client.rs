//! The client, from which everything else of the library is reached.

use std::fmt;

use hyper::Method;
use mp_proto::deadline::CALL;
use mp_proto::failure::Failure;
use mp_proto::plane::Plane;
use mp_proto::routes::{CONFIG_CHECK, STATUS, VERSION};
use mp_proto::wire::{ConfigMistake, ConfigProblems, ConfigText};

use super::accounts::Accounts;
use super::api_call::ApiCall;
use super::events::Events;
use super::link::Link;
use super::logins::Logins;
use super::names::{Status, Version};
use super::operations::Operations;
use super::scope::Scope;
use super::sessions::Sessions;
use super::targets::Targets;

/// A client of the daemon. Clones share its connections, and all of them can be used from many tasks at once.
///
/// It connects when it is used, starts the daemon if none runs, and connects anew when a connection is lost. A call that only reads is
/// repeated then; one that changes something is repeated only if the daemon has certainly not begun with it.
///
/// The environment and the working directory are those of the process when the client was made: what happens to them later does not
/// move it.
#[derive(Clone)]
pub struct Client {
    link: Link,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("link", &self.link).finish()
    }
}

impl Client {
    pub(super) fn of(link: Link) -> Self {
        Self { link }
    }

    pub(super) fn link(&self) -> &Link {
        &self.link
    }

    /// Returns the accounts.
    pub fn accounts(&self) -> Accounts {
        Accounts::of(self.link.clone())
    }

    /// Returns the targets: saved accounts with a project and perhaps a workspace.
    pub fn targets(&self) -> Targets {
        Targets::of(self.link.clone())
    }

    /// Returns the session that calls without a choice of their own have, and what is persisted of it.
    pub fn session(&self) -> Sessions {
        Sessions::of(self.scope())
    }

    /// Returns the logins.
    pub fn logins(&self) -> Logins {
        Logins::of(self.link.clone())
    }

    /// Returns the operations of the catalog, for the session in force.
    pub fn operations(&self) -> Operations {
        Operations::of(self.scope())
    }

    /// Returns a call of Mixpanel's own API, for the session in force.
    pub fn api(&self, plane: Plane, method: Method, path: impl Into<String>) -> ApiCall {
        ApiCall::of(self.scope(), plane, method, path.into())
    }

    /// Returns the events of the daemon, from now on.
    pub fn events(&self) -> Events {
        Events::of(self.link.options(self.link.context()))
    }

    /// Returns version, protocols and capabilities of the daemon.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn version(&self) -> Result<Version, Failure> {
        self.link.get(VERSION).await
    }

    /// Returns how the daemon is, and what it knows of its files and tokens.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn status(&self) -> Result<Status, Failure> {
        self.link.get(STATUS).await
    }

    /// Returns what would be wrong with a config file of a text, in the words of the daemon that reads such files; nothing is stored.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn check_config(&self, text: &str) -> Result<Vec<ConfigMistake>, Failure> {
        let body = ConfigText { text: text.to_owned() };
        let found: ConfigProblems = self.link.change(Method::POST, CONFIG_CHECK, Some(&body), CALL).await?;
        Ok(found.problems)
    }

    fn scope(&self) -> Scope {
        Scope::of(self.link.clone())
    }
}
