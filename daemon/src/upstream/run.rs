//! Runs an operation of the catalog: its one request, or the workflow that a row names.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use mp_proto::catalog::{Bound, Operation, Workflow};
use mp_proto::failure::{Failure, FailureKind};
use serde_json::{Map, Value};

use crate::app::App;
use crate::session::open::Session;
use crate::upstream::build::build;
use crate::upstream::decode::results;
use crate::upstream::request::Tool;
use crate::upstream::send::send_within;
use crate::upstream::workflow;

/// Longest time for an operation, with its place in the queue, its repetitions and the longest time that Mixpanel takes for a query.
/// The client waits a little longer; it should hear why.
pub(crate) const DEADLINE: Duration = Duration::from_secs(590);

/// What an operation was called with.
pub(crate) struct Run<'a> {
    /// The daemon.
    pub(crate) app: &'a Arc<App>,
    /// As whom.
    pub(crate) session: &'a Session,
    /// What.
    pub(crate) operation: &'static Operation,
    /// Its arguments as they were given, checked.
    pub(crate) arguments: &'a Map<String, Value>,
    /// Its arguments in their places.
    pub(crate) bound: Bound,
    /// Whether what is kept does not count.
    pub(crate) refresh: bool,
    /// Who asks.
    pub(crate) tool: Tool,
}

/// What an operation brings.
pub(crate) enum Ran {
    /// One value.
    Value(Value),
    /// Lines, each with its newline. They end with an error when they end too early.
    Lines(Pin<Box<dyn Stream<Item = Result<Bytes, Failure>> + Send>>),
}

/// Runs an operation.
///
/// # Errors
/// Those of its requests.
pub(crate) async fn run(run: Run<'_>) -> Result<Ran, Failure> {
    match run.operation.call.workflow {
        None => plain(run).await.map(Ran::Value),
        Some(Workflow::ExportEvents | Workflow::ExportProfiles) => workflow::export::run(run).await,
    }
}

async fn plain(run: Run<'_>) -> Result<Value, Failure> {
    let request = build(run.operation, run.bound, run.session, run.tool)?;
    let answer = results(send_within(run.app, &run.session.identity, &request, DEADLINE).await?);
    run.operation.reply.take(answer).ok_or_else(|| {
        let name = &run.session.identity.name;
        let detail = format!("{} as account '{name}' was answered with something else than expected", run.operation.id);
        Failure::new(FailureKind::UpstreamInvalid, detail).account(name)
    })
}
