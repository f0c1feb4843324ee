//! The client: connections that are kept and shared, and what goes along with each call.

use std::collections::BTreeSet;
use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::Method;
use mp_proto::context::{Context, VARIABLES};
use mp_proto::deadline::{CALL, Deadline};
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::plane::Plane;
use mp_proto::routes::{STATUS, VERSION};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::runtime::{Handle, Id};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::accounts::Accounts;
use super::builder::ClientBuilder;
use super::events::Events;
use super::logins::Logins;
use super::operations::Operations;
use super::pass::ApiCall;
use super::session::Sessions;
use super::targets::Targets;
use super::workspace::Workspace;
use crate::api::{self, Answer, Options, Streamed};
use crate::transport::{Channel, Streaming};
use crate::{Status, Version};

/// Calls of one client that may be under way at once; more wait for their turn. The daemon has 512 connections for all tools, so one
/// that asks in a thousand tasks must not take them all.
const AT_ONCE: usize = 64;

/// Connections that are kept for the next calls. The daemon closes one that is idle for a minute.
const KEPT: usize = 8;

/// The deadline here is for all of a call, and comes before that of each exchange in it.
const A_MOMENT: Duration = Duration::from_secs(1);

/// A client of the daemon. Clones share its connections, and all of them can be used from many tasks at once.
///
/// It connects when it is used, starts the daemon if none runs, and connects anew when a connection is lost. A call that only reads is
/// repeated then; one that changes something is repeated only if the daemon has certainly not begun with it.
///
/// The environment and the working directory are those of the process when the client was made: what happens to them later does not
/// move it.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    /// Their context has no account, project, workspace or target.
    options: Options,
    deadline: Option<Duration>,
    /// Connections that wait for a call. One belongs to the runtime in which it was made, and is of no use in another.
    idle: Mutex<Vec<(Id, Channel)>>,
    /// Variables that the daemon has asked for.
    asked: Mutex<BTreeSet<String>>,
    turns: Semaphore,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("place", &self.shared.options.place).finish_non_exhaustive()
    }
}

impl Client {
    /// Returns a client of the daemon that the environment of this process means, when the daemon has answered. Starts it if none runs.
    ///
    /// # Errors
    /// When a variable is wrong, or no daemon answers and none may or can be started.
    pub async fn connect() -> Result<Self, Failure> {
        Self::builder().connect().await
    }

    /// Returns the settings of a client that differs from what the environment says.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    pub(super) fn of(options: Options, deadline: Option<Duration>) -> Self {
        let (idle, asked, turns) = (Mutex::default(), Mutex::default(), Semaphore::new(AT_ONCE));
        Self { shared: Arc::new(Shared { options, deadline, idle, asked, turns }) }
    }

    /// Returns the accounts.
    pub fn accounts(&self) -> Accounts {
        Accounts::of(self.clone())
    }

    /// Returns the targets: saved accounts with a project and perhaps a workspace.
    pub fn targets(&self) -> Targets {
        Targets::of(self.clone())
    }

    /// Returns the session that calls without a choice of their own have, and what is persisted of it.
    pub fn session(&self) -> Sessions {
        Sessions::of(self.workspace())
    }

    /// Returns the logins.
    pub fn logins(&self) -> Logins {
        Logins::of(self.clone())
    }

    /// Returns the operations of the catalog, for the session in force.
    pub fn operations(&self) -> Operations {
        self.workspace().operations()
    }

    /// Returns a call of Mixpanel's own API, for the session in force.
    pub fn api(&self, plane: Plane, method: Method, path: impl Into<String>) -> ApiCall {
        self.workspace().api(plane, method, path)
    }

    /// Returns the events of the daemon, from now on.
    pub fn events(&self) -> Events {
        Events::of(self.options(Context::clone(&self.shared.options.context)))
    }

    /// Returns a workspace in which nothing is chosen: all of it is left to the environment and to what is persisted.
    pub fn workspace(&self) -> Workspace {
        Workspace::of(self.clone())
    }

    /// Returns version, protocols and capabilities of the daemon.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn version(&self) -> Result<Version, Failure> {
        self.get(VERSION).await
    }

    /// Returns how the daemon is, and what it knows of its files and tokens.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn status(&self) -> Result<Status, Failure> {
        self.get(STATUS).await
    }

    /// Reads something that has nothing to do with a session.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        let call = Sent { method: Method::GET, path, body: None::<&()>, patience: CALL };
        self.call(self.context(), call).await.map(|answer| answer.body)
    }

    /// Changes something that has nothing to do with a session.
    pub(super) async fn change<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&(impl Serialize + Sync)>,
        patience: Deadline,
    ) -> Result<T, Failure> {
        self.call(self.context(), Sent { method, path, body, patience }).await.map(|answer| answer.body)
    }

    /// Reads something that keeps the caller waiting on purpose, for longer than a deadline for calls may be.
    pub(super) async fn look<T: DeserializeOwned>(&self, path: &str, limit: Duration) -> Result<T, Failure> {
        let sent = Sent { method: Method::GET, path, body: None::<&()>, patience: CALL };
        self.call_within(self.context(), sent, limit).await.map(|answer| answer.body)
    }

    /// Sends a request in a context and reads the JSON answer.
    pub(super) async fn call<T: DeserializeOwned, B: Serialize + Sync>(
        &self,
        context: Context,
        sent: Sent<'_, B>,
    ) -> Result<Answer<T>, Failure> {
        let limit = self.shared.deadline.unwrap_or(sent.patience.client);
        self.call_within(context, sent, limit).await
    }

    async fn call_within<T: DeserializeOwned, B: Serialize + Sync>(
        &self,
        context: Context,
        sent: Sent<'_, B>,
        limit: Duration,
    ) -> Result<Answer<T>, Failure> {
        within(limit, async {
            let _turn = self.turn().await?;
            let mut connection = api::Connection::over(self.options(context), self.take());
            connection.set_deadline(limit + A_MOMENT);
            let answer = connection.call(sent.method, sent.path, sent.body).await;
            self.learn(&connection);
            self.keep(connection);
            answer
        })
        .await
    }

    /// Opens an answer that comes as a stream, over a connection of its own.
    pub(super) async fn open(
        &self,
        context: Context,
        request: Streamed,
        patience: Deadline,
    ) -> Result<Streaming, Failure> {
        let limit = self.shared.deadline.unwrap_or(patience.client);
        within(limit, async {
            let mut connection = api::Connection::new(self.options(context));
            connection.set_deadline(limit + A_MOMENT);
            let opened = connection.stream(request).await;
            self.learn(&connection);
            opened
        })
        .await
    }

    /// Returns the context of a call that chooses nothing.
    pub(super) fn context(&self) -> Context {
        self.shared.options.context.clone()
    }

    /// Returns the options of a call in a context, with the variables that the daemon has asked for before.
    fn options(&self, mut context: Context) -> Options {
        let base = &self.shared.options;
        for name in lock(&self.shared.asked).iter() {
            context.env.insert(name.clone(), base.environment.get(name).unwrap_or_default());
        }
        Options { context, ..base.clone() }
    }

    /// Returns the environment of the process when the client was made.
    pub(super) fn environment(&self) -> &crate::caller::Environment {
        &self.shared.options.environment
    }

    async fn turn(&self) -> Result<tokio::sync::SemaphorePermit<'_>, Failure> {
        let closed = |_| Failure::new(FailureKind::Internal, "the client was closed");
        self.shared.turns.acquire().await.map_err(closed)
    }

    fn take(&self) -> Option<Channel> {
        let here = Handle::current().id();
        let mut idle = lock(&self.shared.idle);
        // The youngest is the least likely to have been closed by the daemon.
        let at = idle.iter().rposition(|(runtime, _)| *runtime == here)?;
        Some(idle.remove(at).1)
    }

    fn keep(&self, connection: api::Connection) {
        let Some(channel) = connection.into_channel() else { return };
        let mut idle = lock(&self.shared.idle);
        if idle.len() == KEPT {
            idle.remove(0);
        }
        idle.push((Handle::current().id(), channel));
    }

    /// Remembers what the daemon has asked for, so that it need not ask each time.
    fn learn(&self, connection: &api::Connection) {
        let is_usual = |name: &str| VARIABLES.iter().any(|usual| usual.name == name);
        let sent = connection.options().context.env.names().filter(|name| !is_usual(name));
        let mut asked = lock(&self.shared.asked);
        for name in sent {
            if !asked.contains(name) {
                asked.insert(name.to_owned());
            }
        }
    }
}

/// A request, and how long it may take unless the client says otherwise.
pub(super) struct Sent<'a, B> {
    pub(super) method: Method,
    pub(super) path: &'a str,
    pub(super) body: Option<&'a B>,
    pub(super) patience: Deadline,
}

/// A panic elsewhere leaves these lists as good as they were.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn within<T>(limit: Duration, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let late = |_| {
        let detail = format!("the daemon did not answer within {limit:?}");
        Failure::new(FailureKind::Timeout, detail).next("mp daemon status", "see whether it is well")
    };
    timeout(limit, work).await.map_err(late)?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_shared<T: Send + Sync + Clone + 'static>() {}

    fn is_sent<T: Send>(_: T) {}

    #[test]
    fn clients_go_into_tasks_and_so_do_their_calls() {
        is_shared::<Client>();
        is_shared::<Workspace>();
        let client = Client::builder().variables([("HOME", "/h")]).build().expect("a client");
        is_sent(client.version());
        is_sent(client.workspace().resolve());
        is_sent(client.workspace().run("inspect.events", serde_json::json!({})));
        is_sent(client.events());
    }

    #[test]
    fn a_client_shows_no_variable() {
        let builder = Client::builder().variables([("HOME", "/h"), ("MP_SECRET", "hunter2")]);
        let shown = format!("{builder:?} {:?}", builder.clone().build().expect("a client"));
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
