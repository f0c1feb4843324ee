//! Runs an operation of the catalog: its one request, or the workflow that a row names.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use mp_proto::catalog::{Bound, Effect, Host, Operation, Scope, Workflow};
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::WorkspaceId;
use serde_json::{Map, Value};

use crate::app::App;
use crate::me::cache::Me;
use crate::session::credential::MIN_VALID_S;
use crate::session::open::Session;
use crate::upstream::build::build;
use crate::upstream::decode::{Asked, words};
use crate::upstream::reads::{Freshness, Shared, read};
use crate::upstream::request::{Authorization, Outgoing, Tool};
use crate::upstream::send::send_within;
use crate::upstream::workflow::{event_names, event_properties, export, report_link, schema_graph};
use crate::upstream::workspace;

/// Longest time for an operation, with its place in the queue, its repetitions and the longest time that Mixpanel takes for a query.
/// The client waits a little longer; it should hear why.
pub(crate) const DEADLINE: Duration = Duration::from_secs(590);

/// What an operation was called with.
pub(crate) struct Run<'a> {
    /// The daemon.
    pub(crate) app: &'a Arc<App>,
    /// As whom.
    pub(crate) session: &'a Session,
    /// What is known of who that is, without asking.
    pub(crate) known_me: &'a (dyn Fn() -> Option<Arc<Me>> + Sync),
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
    Value(Answered),
    /// Lines, each with its newline. They end with an error when they end too early.
    Lines(Pin<Box<dyn Stream<Item = Result<Bytes, Failure>> + Send>>),
}

/// A value, and what belongs to it.
#[derive(Debug)]
pub(crate) struct Answered {
    /// The value.
    pub(crate) value: Value,
    /// What callers should be told beside it.
    pub(crate) notes: Vec<String>,
    /// How long it has been kept; none when it was asked for.
    pub(crate) age: Option<Duration>,
}

/// Runs an operation.
///
/// # Errors
/// Those of its requests.
pub(crate) async fn run(run: Run<'_>) -> Result<Ran, Failure> {
    let answered = match run.operation.call.workflow {
        None => plain(&run).await,
        Some(Workflow::EventNames) => event_names::run(&run).await,
        Some(Workflow::EventProperties) => event_properties::run(&run).await,
        Some(Workflow::SchemaGraph) => schema_graph::run(&run).await,
        Some(Workflow::ReportLink) => report_link::run(&run).await,
        Some(Workflow::ExportEvents | Workflow::ExportProfiles) => return export::run(run).await,
    };
    answered.map(Ran::Value)
}

/// Sends the one request of a row and takes its answer.
///
/// # Errors
/// Those of the request, and when the answer is something else than the row says.
pub(crate) async fn plain(run: &Run<'_>) -> Result<Answered, Failure> {
    let answer = run.ask(run.request(run.bound.clone()).await?).await?;
    run.take(answer)
}

impl Run<'_> {
    /// Returns the request of the row, with its arguments in their places.
    ///
    /// # Errors
    /// When the session lacks what the row needs.
    pub(crate) async fn request(&self, bound: Bound) -> Result<Outgoing, Failure> {
        let workspace = match self.operation.scope {
            Scope::WorkspaceRequired => Some(self.workspace().await?),
            _ => self.session.workspace,
        };
        build(self.operation, bound, self.session, workspace, self.tool)
    }

    /// Returns the workspace: the pinned one, else the one that stands for the whole project.
    ///
    /// # Errors
    /// When the project has none, or Mixpanel cannot be asked.
    pub(crate) async fn workspace(&self) -> Result<WorkspaceId, Failure> {
        match self.session.workspace {
            Some(pinned) => Ok(pinned),
            None => workspace::of_project(self.app, self.session, self.known_me, self.freshness(true)).await,
        }
    }

    /// Sends a request of the operation: a read together with all who want the same.
    ///
    /// # Errors
    /// Those of the request, and when Mixpanel reports an error in a good answer, as its queries do.
    pub(crate) async fn ask(&self, request: Outgoing) -> Result<Shared, Failure> {
        let identity = &self.session.identity;
        let mut refusal = Asked::about(identity, &request, "").failure(FailureKind::UpstreamRefused, "was refused");
        let answer = match self.operation.effect {
            Effect::Read => read(self.app, identity, request, self.freshness(self.operation.reply.kept)).await?,
            Effect::Write | Effect::Destroy => {
                let value = send_within(self.app, identity, &request, DEADLINE).await?;
                Shared { value: Arc::new(value), age: None }
            }
        };
        if !matches!(self.operation.call.host, Host::Query | Host::Engage) || !is_error(&answer.value) {
            return Ok(answer);
        }
        let token = match &identity.authorization {
            Authorization::Grant(holder) => self.app.keeper.token(self.app, holder, MIN_VALID_S).await.ok(),
            Authorization::Basic { .. } | Authorization::Bearer(_) => None,
        };
        let credential = token.as_ref().map_or("", |fresh| fresh.token.expose());
        if let Some(words) = words(identity, credential, &answer.value) {
            refusal.detail = format!("{}. Mixpanel says: {words}", refusal.detail);
        }
        Err(refusal)
    }

    fn freshness(&self, is_kept: bool) -> Freshness {
        match (is_kept, self.refresh) {
            (false, _) => Freshness::Now,
            (true, false) => Freshness::Kept,
            (true, true) => Freshness::Renewed,
        }
    }

    /// Makes what callers get of an answer.
    ///
    /// # Errors
    /// When it is something else than the row says.
    pub(crate) fn take(&self, answer: Shared) -> Result<Answered, Failure> {
        let age = answer.age;
        // The last who shares it need not copy it.
        let value = Arc::try_unwrap(answer.value).unwrap_or_else(|shared| (*shared).clone());
        let taken = self.operation.reply.take(&self.bound.arguments, value).map_err(|what| self.odd(&what))?;
        Ok(Answered { value: taken.value, notes: taken.notes, age })
    }

    /// An answer that is not as expected.
    pub(crate) fn odd(&self, what: &str) -> Failure {
        let name = &self.session.identity.name;
        let detail = format!("{} as account '{name}' was answered with {what}", self.operation.id);
        Failure::new(FailureKind::UpstreamInvalid, detail).account(name)
    }
}

/// Whether a good answer reports an error.
fn is_error(answer: &Value) -> bool {
    answer.get("error").is_some_and(|error| !error.is_null() && *error != Value::Bool(false) && *error != "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_error_in_a_good_answer_is_noticed() {
        for error in [json!({"error": "bad"}), json!({"error": {"a": 1}, "data": {}})] {
            assert!(is_error(&error), "{error}");
        }
        for good in
            [json!({"error": null}), json!({"error": ""}), json!([1]), json!({"data": {"error": 1}}), json!("error")]
        {
            assert!(!is_error(&good), "{good}");
        }
    }
}
