//! What is asked for, and in which parts.

use mp_catalog::export::{Days, Events, Profiles, most_parts, split};
use mp_catalog::{Operation, OperationCall};
use mp_proto::failure::{Failure, FailureKind, Problem};
use mp_proto::plane::Family;
use mp_proto::routes::{SESSION, STATUS};
use mp_proto::wire::{BudgetStatus, SessionBody, SourceKind, StatusBody};
use serde_json::{Map, Value, json};

use super::words;
use crate::call::Call;

/// How often a project may export in an hour, where the daemon has counted nothing yet.
const PER_HOUR: usize = 60;

/// A part of an export: some days, or all there is where there are no days.
pub(super) type Part = Option<Days>;

/// What is fetched.
pub(super) struct Plan {
    /// By which operation.
    pub(super) operation: &'static Operation,
    /// With these arguments, of which each part has its own days.
    pub(super) arguments: Map<String, Value>,
    /// The parts in their order.
    pub(super) parts: Vec<Part>,
    /// The first that is still missing.
    pub(super) first: usize,
}

impl Plan {
    /// Returns the call that brings a part.
    pub(super) fn call(&self, part: usize) -> OperationCall {
        let mut arguments = self.arguments.clone();
        if let Some(Some(days)) = self.parts.get(part) {
            arguments.insert("from".to_owned(), days.from.to_string().into());
            arguments.insert("to".to_owned(), days.to.to_string().into());
        }
        OperationCall { arguments, refresh: false }
    }
}

/// Checks arguments before anybody is asked.
///
/// # Errors
/// When they are wrong.
pub(super) fn check(operation: &Operation, arguments: &Map<String, Value>) -> Result<(), Failure> {
    let checked = match operation.id {
        "export.events" => Events::read(arguments).map(drop),
        _ => Profiles::read(arguments, now()).map(drop),
    };
    checked.map_err(|problems| refused(operation, problems))
}

fn now() -> i64 {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// Names the options as they were typed.
fn refused(operation: &Operation, problems: Vec<Problem>) -> Failure {
    let typed = |problem: Problem| {
        let param = operation.params.iter().find(|param| param.name == problem.at);
        Problem::new(param.map_or(problem.at, |param| format!("--{}", words::long(param))), problem.detail)
    };
    let problems: Vec<Problem> = problems.into_iter().map(typed).collect();
    match problems.as_slice() {
        [one] => Failure::new(FailureKind::InvalidArgument, format!("{} {}", one.at, one.detail)),
        _ => {
            let detail = format!("mp {} cannot be run like this", operation.command.join(" "));
            Failure::new(FailureKind::InvalidArgument, detail).errors(problems)
        }
    }
}

/// Resolves the session, and holds the call to it: an export takes long, and what is chosen meanwhile is not for its later parts.
///
/// # Errors
/// When it cannot be resolved, or names no project.
pub(super) async fn session(call: &mut Call<'_>) -> Result<SessionBody, Failure> {
    let session: SessionBody = call.get(SESSION).await?;
    if session.account.is_none() || session.project.is_none() {
        let (kind, what) = match session.account {
            None => (FailureKind::NeedsAccount, "account"),
            Some(_) => (FailureKind::NeedsProject, "project"),
        };
        let mut failure = Failure::new(kind, format!("an export needs a project, and the session has no {what}"));
        failure.next = session.next;
        return Err(failure);
    }
    // What comes from a flag or a variable comes with every call; what comes from a file may change in the meantime.
    let can_change = |kind: SourceKind| matches!(kind, SourceKind::Config | SourceKind::Target | SourceKind::Bridge);
    // The account of a bridge has no name that a flag could give.
    let account = session
        .account
        .as_ref()
        .filter(|account| can_change(account.source.kind) && account.source.kind != SourceKind::Bridge);
    let project = session.project.as_ref().filter(|project| can_change(project.source.kind));
    let workspace = session.workspace.as_ref().filter(|workspace| can_change(workspace.source.kind));
    call.daemon.pin(
        account.map(|account| account.name.clone()),
        project.map(|project| project.id.to_string()),
        workspace.map(|workspace| workspace.id.to_string()),
    );
    Ok(session)
}

/// Returns what tells one export from another: two with the same value bring the same lines.
pub(super) fn request(operation: &Operation, session: &SessionBody, arguments: &Map<String, Value>) -> Value {
    let region = session.account.as_ref().and_then(|account| account.region);
    let project = session.project.as_ref().map(|project| &project.id);
    let workspace = session.workspace.as_ref().map(|workspace| &workspace.id);
    let mut request = json!({"operation": operation.id, "region": region, "project": project, "arguments": arguments});
    // Raw events are those of the project, whatever workspace is pinned.
    if operation.id != "export.events" {
        request["workspace"] = json!(workspace);
    }
    request
}

/// Cuts an export into parts.
///
/// # Errors
/// When the daemon does not say how much of the hour is left.
pub(super) async fn parts(
    call: &mut Call<'_>,
    operation: &Operation,
    session: &SessionBody,
    arguments: &Map<String, Value>,
) -> Result<Vec<Part>, Failure> {
    let asked = match operation.id {
        "export.events" => Events::read(arguments).map_err(|problems| refused(operation, problems))?,
        _ => return Ok(vec![None]),
    };
    let most = match call.arguments.get_one::<u64>("parts") {
        Some(parts) => usize::try_from(*parts).unwrap_or(usize::MAX),
        None if asked.limit.is_some() || asked.days.count() == 1 => 1,
        None => most_parts(left_in_hour(&call.get::<StatusBody>(STATUS).await?, session)),
    };
    Ok(split(asked.days, most).into_iter().map(Some).collect())
}

/// Returns how often the project may export in what is left of the hour, as far as the daemon knows.
fn left_in_hour(status: &StatusBody, session: &SessionBody) -> usize {
    let region = session.account.as_ref().and_then(|account| account.region);
    let project = session.project.as_ref().map(|project| &project.id);
    let is_ours = |limit: &&BudgetStatus| {
        limit.family == Family::Export && Some(limit.region) == region && Some(&limit.project) == project
    };
    let left = status.limits.iter().find(is_ours).map(|limit| limit.hourly.saturating_sub(limit.used));
    left.and_then(|left| usize::try_from(left).ok()).unwrap_or(PER_HOUR)
}
