//! What is asked for, and in which parts.

use jiff::Timestamp;
use jiff::civil::Date;
use mp_catalog::dates::{bind_on, resolve};
use mp_catalog::export::{Days, Events, Profiles, complete, most_parts, split};
use mp_catalog::{Operation, OperationCall};
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::plane::Family;
use mp_proto::routes::{SESSION, STATUS};
use mp_proto::wire::{BudgetStatus, SessionBody, SourceKind, StatusBody};
use serde_json::{Map, Value, json};

use super::future::Horizon;
use super::journal::Pages;
use super::part::Part;
use super::zone::Zone;
use crate::call::Call;
use crate::operation::arguments::Typed;
use crate::operation::binding::{refused, somewhere};

/// How often a project may export in an hour, where the daemon has counted nothing yet.
const PER_HOUR: usize = 60;

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
    /// How far an earlier run has come with profiles.
    pub(super) pages: Option<Pages>,
    /// Whether what is written can go on with a page.
    pub(super) takes_pages: bool,
    /// The time zone whose days these are.
    pub(super) zone: Zone,
    /// What is found out of days that have not begun.
    pub(super) horizon: Horizon,
}

impl Plan {
    /// Returns the plan of a sync, whose days are still to be chosen.
    pub(super) fn of_days(operation: &'static Operation, arguments: Map<String, Value>, zone: Zone) -> Self {
        let horizon = Horizon::default();
        Self { operation, arguments, parts: Vec::new(), first: 0, pages: None, takes_pages: false, zone, horizon }
    }

    /// Whether it comes in pages whose ends are marked.
    pub(super) fn is_of_pages(&self) -> bool {
        self.takes_pages && self.operation.id == "export.profiles"
    }

    /// Returns the call that brings some days.
    pub(super) fn call(&self, days: Part) -> OperationCall {
        let mut arguments = self.arguments.clone();
        if let Some(days) = days {
            arguments.insert("from".to_owned(), days.from.to_string().into());
            arguments.insert("to".to_owned(), days.to.to_string().into());
        }
        OperationCall { arguments, ..OperationCall::default() }
    }

    /// Returns the last day of the first so many parts.
    pub(super) fn last_day(&self, parts: usize) -> Option<Date> {
        self.parts.get(parts.checked_sub(1)?)?.map(|days| days.to)
    }
}

/// Checks what was typed before anybody is asked.
///
/// # Errors
/// When it is wrong, with all problems.
pub(super) fn check(operation: &Operation, typed: &Typed) -> Result<(), Failure> {
    let mut arguments = typed.arguments.clone();
    complete(operation, &mut arguments);
    let checked = match operation.id {
        "export.events" => bind_on(operation, &arguments, somewhere()).map(drop),
        _ => {
            let [_, today] = somewhere();
            resolve(operation, &mut arguments, today);
            Profiles::read(&arguments, now()).map(drop)
        }
    };
    let mut problems = typed.problems.clone();
    problems.extend(checked.err().unwrap_or_default());
    problems.check(Some(())).map_err(|problems| refused(operation, problems))
}

fn now() -> i64 {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
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

/// Returns what tells one export from another: two with the same value bring the same lines of the same days.
pub(super) fn request(operation: &Operation, session: &SessionBody, arguments: &Map<String, Value>) -> Value {
    let mut arguments = arguments.clone();
    // So many events of a range are not those of its days.
    if operation.id == "export.events" && arguments.get("limit").is_none_or(Value::is_null) {
        arguments.retain(|name, _| name != "from" && name != "to");
    }
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

/// Puts dates in the places of words for days. Whether there are any is for the caller to know: the time zone has to be.
pub(super) fn dated(
    operation: &Operation,
    arguments: &mut Map<String, Value>,
    zone: &Zone,
    now: Timestamp,
) -> Vec<String> {
    let found = resolve(operation, arguments, zone.today(now));
    found.into_iter().map(|(name, word, day)| format!("--{name} {word} is {day} ({})", zone.shown())).collect()
}

/// Returns the days that are wanted; none for profiles.
///
/// # Errors
/// When the arguments are wrong.
pub(super) fn wanted(operation: &Operation, arguments: &Map<String, Value>) -> Result<Part, Failure> {
    match operation.id {
        "export.events" => match Events::read(arguments) {
            Ok(asked) => Ok(Some(asked.days)),
            Err(problems) => Err(refused(operation, problems)),
        },
        _ => Ok(None),
    }
}

/// Cuts what is missing into parts.
///
/// # Errors
/// When the daemon does not say how much of the hour is left.
pub(super) async fn parts(
    call: &mut Call<'_>,
    session: &SessionBody,
    is_limited: bool,
    missing: Days,
) -> Result<Vec<Part>, Failure> {
    let most = match call.arguments.try_get_one::<u64>("parts").ok().flatten() {
        Some(parts) => usize::try_from(*parts).unwrap_or(usize::MAX),
        None if is_limited || missing.count() == 1 => 1,
        None => most_parts(left_in_hour(&call.get::<StatusBody>(STATUS).await?, session)),
    };
    Ok(split(missing, most).into_iter().map(Some).collect())
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
