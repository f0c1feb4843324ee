//! The way to the daemon: connections that are kept and shared, and what goes along with each call.

use std::collections::BTreeSet;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use hyper::Method;
use mp_proto::context::{Context, VARIABLES};
use mp_proto::deadline::{CALL, Deadline};
use mp_proto::failure::{Failure, FailureKind};
use parking_lot::Mutex;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::runtime::{Handle, Id};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::api::{self, Answer, Options, Streamed};
use crate::caller::Environment;
use crate::transport::{Channel, Streaming};

/// Calls of one client that may be under way at once; more wait for their turn. The daemon has so many connections for all tools, so one
/// that asks in a thousand tasks must not take them all.
const AT_ONCE: usize = 64;

/// Connections that are kept for the next calls. The daemon closes one that is idle for a minute.
const KEPT: usize = 8;

/// The deadline here is for all of a call, and comes before that of each exchange in it.
const A_MOMENT: Duration = Duration::from_secs(1);

/// The way to the daemon. Clones share its connections, and all of them can be used from many tasks at once.
#[derive(Clone)]
pub(super) struct Link {
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

/// Without the variables: many of them are secrets.
impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("place", &self.shared.options.place).finish_non_exhaustive()
    }
}

impl Link {
    /// Returns a way that is not used yet. A deadline counts for every call, whatever it is.
    pub(super) fn new(options: Options, deadline: Option<Duration>) -> Self {
        let (idle, asked, turns) = (Mutex::default(), Mutex::default(), Semaphore::new(AT_ONCE));
        Self { shared: Arc::new(Shared { options, deadline, idle, asked, turns }) }
    }

    /// Reads something that has nothing to do with a session.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        let request = Request { method: Method::GET, path, body: None::<&()>, deadline: CALL };
        self.call(self.context(), request).await.map(|answer| answer.body)
    }

    /// Changes something that has nothing to do with a session.
    pub(super) async fn change<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&(impl Serialize + Sync)>,
        deadline: Deadline,
    ) -> Result<T, Failure> {
        self.call(self.context(), Request { method, path, body, deadline }).await.map(|answer| answer.body)
    }

    /// Reads something that keeps the caller waiting on purpose, for longer than a deadline for calls may be.
    pub(super) async fn look<T: DeserializeOwned>(&self, path: &str, limit: Duration) -> Result<T, Failure> {
        let request = Request { method: Method::GET, path, body: None::<&()>, deadline: CALL };
        self.call_within(self.context(), request, limit).await.map(|answer| answer.body)
    }

    /// Sends a request in a context and reads the JSON answer.
    pub(super) async fn call<T: DeserializeOwned, B: Serialize + Sync>(
        &self,
        context: Context,
        request: Request<'_, B>,
    ) -> Result<Answer<T>, Failure> {
        let limit = self.shared.deadline.unwrap_or(request.deadline.client);
        self.call_within(context, request, limit).await
    }

    async fn call_within<T: DeserializeOwned, B: Serialize + Sync>(
        &self,
        context: Context,
        request: Request<'_, B>,
        limit: Duration,
    ) -> Result<Answer<T>, Failure> {
        within(limit, async {
            let _turn = self.turn().await?;
            let mut connection = api::Connection::over(self.options(context), self.take());
            connection.set_deadline(limit + A_MOMENT);
            let answer = connection.call(request.method, request.path, request.body).await;
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
        deadline: Deadline,
    ) -> Result<Streaming, Failure> {
        let limit = self.shared.deadline.unwrap_or(deadline.client);
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
    pub(super) fn options(&self, mut context: Context) -> Options {
        let base = &self.shared.options;
        for name in self.shared.asked.lock().iter() {
            context.env.insert(name.clone(), base.environment.get(name).unwrap_or_default());
        }
        Options { context, ..base.clone() }
    }

    /// Returns the environment of the process when the client was made.
    pub(super) fn environment(&self) -> &Environment {
        &self.shared.options.environment
    }

    async fn turn(&self) -> Result<tokio::sync::SemaphorePermit<'_>, Failure> {
        let closed = |_| Failure::new(FailureKind::Internal, "the client was closed");
        self.shared.turns.acquire().await.map_err(closed)
    }

    fn take(&self) -> Option<Channel> {
        let here = Handle::current().id();
        let mut idle = self.shared.idle.lock();
        // The youngest is the least likely to have been closed by the daemon.
        let at = idle.iter().rposition(|(runtime, _)| *runtime == here)?;
        Some(idle.remove(at).1)
    }

    fn keep(&self, connection: api::Connection) {
        let Some(channel) = connection.into_channel() else { return };
        let mut idle = self.shared.idle.lock();
        if idle.len() == KEPT {
            idle.remove(0);
        }
        idle.push((Handle::current().id(), channel));
    }

    /// Remembers what the daemon has asked for, so that it need not ask each time.
    fn learn(&self, connection: &api::Connection) {
        let is_usual = |name: &str| VARIABLES.iter().any(|usual| usual.name == name);
        let sent = connection.options().context.env.names().filter(|name| !is_usual(name));
        let mut asked = self.shared.asked.lock();
        for name in sent {
            if !asked.contains(name) {
                asked.insert(name.to_owned());
            }
        }
    }
}

/// A request, and how long it may take unless the client says otherwise.
pub(super) struct Request<'a, B> {
    pub(super) method: Method,
    pub(super) path: &'a str,
    pub(super) body: Option<&'a B>,
    pub(super) deadline: Deadline,
}

async fn within<T>(limit: Duration, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let late = |_| {
        let detail = format!("the daemon did not answer within {limit:?}");
        Failure::new(FailureKind::Timeout, detail).next("mp daemon status", "see whether it is well")
    };
    timeout(limit, work).await.map_err(late)?
}
