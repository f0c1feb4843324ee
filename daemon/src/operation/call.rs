//! What an operation may use, and what it is made of: its one request, its answer, and what workflows add to them.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use mp_catalog::{Bound, Effect, Operation, PROJECT, PagesFrom, Scope, results};
use mp_proto::deadline::UPSTREAM;
use mp_proto::failure::{Failure, FailureKind, Problem};
use mp_proto::ids::WorkspaceId;
use mp_proto::plane::Plane;
use mp_proto::wire::LinesTally;
use parking_lot::Mutex;
use serde_json::{Map, Value, json};

use crate::call::decoding::{Asked, words};
use crate::call::reads::{Freshness, SharedAnswer};
use crate::call::request::{Outgoing, Payload, Query, Tool};
use crate::notes;
use crate::operation::outgoing::{ORIGIN, build, project_number};
use crate::operation::question::Question;
use crate::operation::services::Operations;
use crate::operation::workspace;
use crate::session::Session;

/// What an operation was called with.
pub(crate) struct Run<'a> {
    /// With what.
    pub(crate) operations: &'a Operations,
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
    /// Whether nothing else does.
    pub(crate) cached: bool,
    /// Whether the caller itself tries again what fails.
    pub(crate) once: bool,
    /// Whether the caller waits for the hour.
    pub(crate) is_paced: bool,
    /// Where an export of profiles begins, if the ends of its pages are to be marked.
    pub(crate) pages: Option<&'a PagesFrom>,
    /// Whether an answer that would have to be mended is refused.
    pub(crate) strict: bool,
    /// Who asks.
    pub(crate) tool: Tool,
    /// The file that came along.
    pub(crate) upload: Option<Upload>,
    /// What is asked, where the row asks.
    pub(crate) question: Option<Question>,
}

/// A file on its way.
pub(crate) struct Upload {
    /// Its bytes; they can be sent once.
    pub(crate) body: Mutex<Option<reqwest::Body>>,
    /// How many.
    pub(crate) length: u64,
}

/// What an operation brings.
pub(crate) enum Ran {
    /// One value.
    Value(Answered),
    /// Lines, each with its newline. They end with an error when they end too early.
    Lines(Lines),
    /// Bytes as Mixpanel sends them. They end with an error when they end too early.
    Bytes(Parts),
}

/// Lines on their way.
pub(crate) struct Lines {
    /// Whole lines.
    pub(crate) parts: Parts,
    /// What was mended and left out of them, known at their end.
    pub(crate) told: Told,
    /// Whether nothing may be changed of them.
    pub(crate) is_raw: bool,
}

/// What was mended and left out of lines: written by those who make them, read when they have ended.
pub(crate) type Told = Arc<Mutex<LinesTally>>;

/// What comes part by part.
pub(crate) type Parts = Pin<Box<dyn Stream<Item = Result<Bytes, Failure>> + Send>>;

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
            None => workspace::of_project(self.operations, self.session, self.freshness(true)).await,
        }
    }

    /// Sends a request of the operation: a read together with all who want the same.
    ///
    /// # Errors
    /// Those of the request, and when Mixpanel reports an error in a good answer, as its queries do.
    pub(crate) async fn ask(&self, request: Outgoing) -> Result<SharedAnswer, Failure> {
        let identity = &self.session.identity;
        let refusal = self.refusal(&request);
        let answer = match self.operation.effect {
            Effect::Read => {
                self.operations.reads.read(identity, request, self.freshness(self.operation.reply.kept)).await?
            }
            Effect::Write | Effect::Destroy => {
                SharedAnswer::own(self.operations.calls.send_within(identity, &request, UPSTREAM.daemon).await?)
            }
        };
        if matches!(self.operation.call.plane, Plane::Query | Plane::Engage) {
            let checked = self.no_error(&answer.value, refusal).await;
            checked.inspect_err(|_| self.operations.reads.reject(answer.mark()))?;
        }
        Ok(answer)
    }

    /// Runs a report.
    ///
    /// # Errors
    /// Those of the request, and when Mixpanel reports an error in a good answer.
    pub(crate) async fn insights(&self, bookmark: Value, workspace: Option<WorkspaceId>) -> Result<Value, Failure> {
        self.report("/insights", json!({"bookmark": bookmark, "queryLimits": {"limit": 3000}}), workspace).await
    }

    /// Asks the query API with a body that names the project, together with all who ask the same.
    ///
    /// # Errors
    /// As [`Self::insights`].
    pub(crate) async fn report(
        &self,
        path: &str,
        mut body: Value,
        workspace: Option<WorkspaceId>,
    ) -> Result<Value, Failure> {
        body["project_id"] = project_number(self.session.project()?);
        let query = workspace.map(|id| ("workspace_id", id.to_string())).into_iter().collect();
        let request = self.posted(Plane::Query, path, query, body);
        let (identity, refusal) = (&self.session.identity, self.refusal(&request));
        let answer = self.operations.reads.read(identity, request, Freshness::Now).await?;
        if reports_error(&answer.value) {
            return Err(self.refused(&answer.value, refusal).await);
        }
        // The last who shares it need not copy it.
        Ok(Arc::try_unwrap(answer.value).unwrap_or_else(|shared| (*shared).clone()))
    }

    /// Asks for one page or sum of users, which nobody else wants, and returns the answer and how long it was.
    ///
    /// # Errors
    /// As [`Self::insights`].
    pub(crate) async fn users(
        &self,
        path: &str,
        query: Vec<(&str, String)>,
        body: Value,
    ) -> Result<(Value, usize), Failure> {
        let request = self.posted(Plane::Engage, path, query, body);
        let fetched = self.operations.calls.fetch(&self.session.identity, &request, UPSTREAM.daemon).await?;
        notes::mended(&fetched.mended);
        if reports_error(&fetched.value) {
            return Err(self.refused(&fetched.value, self.refusal(&request)).await);
        }
        Ok((fetched.value, fetched.bytes))
    }

    /// Returns the request of a question, within the project's budget.
    fn posted(&self, plane: Plane, path: &str, mut query: Vec<(&str, String)>, body: Value) -> Outgoing {
        query.push((ORIGIN.0, ORIGIN.1.to_owned()));
        Outgoing {
            method: reqwest::Method::POST,
            query: Query::Pairs(query.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
            payload: Payload::Json(body),
            tool: self.tool,
            budget: self.session.project.clone(),
            ..Outgoing::read(plane, path)
        }
    }

    fn refusal(&self, request: &Outgoing) -> Failure {
        Asked::about(&self.session.identity, request, "").failure(FailureKind::UpstreamRefused, "was refused")
    }

    /// Checks that a good answer reports no error.
    async fn no_error(&self, answer: &Value, refusal: Failure) -> Result<(), Failure> {
        if is_error(answer) { Err(self.refused(answer, refusal).await) } else { Ok(()) }
    }

    /// Returns a refusal with Mixpanel's words. Its status is ours: that of the answer says that all is well.
    async fn refused(&self, answer: &Value, mut refusal: Failure) -> Failure {
        let identity = &self.session.identity;
        let token = self.operations.calls.token(identity).await.ok().flatten();
        let credential = token.as_ref().map_or("", |fresh| fresh.token.expose());
        if let Some(words) = words(identity, credential, answer) {
            refusal.detail = format!("{}. Mixpanel says: {words}", refusal.detail);
        }
        refusal
    }

    fn freshness(&self, is_kept: bool) -> Freshness {
        match (is_kept, self.refresh) {
            _ if self.cached => Freshness::Known,
            (false, _) => Freshness::Now,
            (true, false) => Freshness::Kept,
            (true, true) => Freshness::Renewed,
        }
    }

    /// Makes what callers get of an answer.
    ///
    /// # Errors
    /// When it is something else than the row says.
    pub(crate) fn take(&self, answer: SharedAnswer) -> Result<Answered, Failure> {
        let age = answer.age;
        let mark = answer.mark();
        // The last who shares it need not copy it.
        let value = Arc::try_unwrap(answer.value).unwrap_or_else(|shared| (*shared).clone());
        self.taken(value, age).inspect_err(|_| self.operations.reads.reject(mark))
    }

    /// As [`Self::take`], of a value that nobody shares.
    ///
    /// # Errors
    /// As [`Self::take`].
    pub(crate) fn taken(&self, value: Value, age: Option<Duration>) -> Result<Answered, Failure> {
        let mut arguments = self.bound.arguments.clone();
        if let Some(project) = &self.session.project {
            arguments.insert(PROJECT.to_owned(), project_number(project));
        }
        let taken = self.operation.reply.take(&arguments, value).map_err(|what| self.odd(&what))?;
        Ok(Answered { value: taken.value, notes: taken.notes, age })
    }

    /// Sends another request of the operation and returns what is in its envelope.
    ///
    /// # Errors
    /// Those of the request.
    pub(crate) async fn also(&self, request: Outgoing) -> Result<Value, Failure> {
        let request = Outgoing { tool: self.tool, budget: self.session.project.clone(), ..request };
        let answer = self.operations.calls.send_within(&self.session.identity, &request, UPSTREAM.daemon).await?;
        Ok(results(answer))
    }

    /// Returns the head of the App API's paths for the project.
    ///
    /// # Errors
    /// When the session has none.
    pub(crate) fn project_path(&self, below: &str) -> Result<String, Failure> {
        Ok(format!("/projects/{}/{below}", self.session.project()?))
    }

    /// Returns the path of the App API for the pinned workspace, else for the project.
    ///
    /// # Errors
    /// When the session has neither.
    pub(crate) fn scoped_path(&self, below: &str) -> Result<String, Failure> {
        let project = self.project_path(below)?;
        Ok(self.session.workspace.map_or(project, |workspace| format!("/workspaces/{workspace}/{below}")))
    }

    /// Returns the command line of this call, with flags of the session before its words and some of its own behind its arguments.
    pub(crate) fn again(&self, before: &str, behind: &str) -> String {
        self.operation.typed(before, self.arguments, behind)
    }

    /// Returns an argument that is a text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.bound.arguments.get(name).and_then(Value::as_str)
    }

    /// Returns whether a switch was given.
    pub(crate) fn is_set(&self, name: &str) -> bool {
        self.bound.arguments.get(name) == Some(&Value::Bool(true))
    }

    /// It was not done, as nothing at Mixpanel says.
    pub(crate) fn declined(&self, why: impl Into<String>) -> Failure {
        Failure::new(FailureKind::Declined, why).account(&self.session.identity.name)
    }

    /// An argument is wrong, as only now is known.
    pub(crate) fn wrong(&self, name: &str, why: &str) -> Failure {
        self.wrong_arguments(vec![Problem::new(name, why)])
    }

    /// Arguments are wrong.
    pub(crate) fn wrong_arguments(&self, problems: Vec<Problem>) -> Failure {
        let detail = format!("arguments of {} are wrong", self.operation.id);
        Failure::new(FailureKind::InvalidArgument, detail).errors(problems)
    }

    /// An answer that is not as expected.
    pub(crate) fn odd(&self, what: &str) -> Failure {
        let name = &self.session.identity.name;
        let detail = format!("{} as account '{name}' was answered with {what}", self.operation.id);
        Failure::new(FailureKind::UpstreamInvalid, detail).account(name)
    }
}

/// Whether a good answer reports an error: in words. An object of that name may be anything, such as the count of a property.
fn is_error(answer: &Value) -> bool {
    let is_words = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
    answer.get("error").is_some_and(|error| match error {
        Value::Array(all) => !all.is_empty() && all.iter().all(is_words),
        one => is_words(one),
    })
}

/// Whether a good answer to a question reports an error, in whichever form: nothing else of these answers has that name.
fn reports_error(answer: &Value) -> bool {
    answer.get("error").is_some_and(|error| match error {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::Bool(true) | Value::Number(_) => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_in_a_good_answer_is_noticed() {
        for error in [json!({"error": "bad"}), json!({"error": ["a", "b"], "data": {}})] {
            assert!(is_error(&error), "{error}");
        }
        for good in [
            json!({"error": null}),
            json!({"error": ""}),
            json!({"error": {"count": 7}}),
            json!({"error": []}),
            json!([1]),
            json!({"data": {"error": 1}}),
            json!("error"),
        ] {
            assert!(!is_error(&good), "{good}");
        }
        for error in [json!("bad"), json!(["a"]), json!({"message": "bad"}), json!(true), json!(7)] {
            assert!(reports_error(&json!({"error": error, "series": {}})), "{error}");
        }
        for good in
            [json!({"series": {}}), json!({"error": null}), json!({"error": ""}), json!({"error": {}}), json!([])]
        {
            assert!(!reports_error(&good), "{good}");
        }
    }
}
