//! Asking a person before something is destroyed, and showing what it would be.

use std::io::{self, IsTerminal};

use mp_catalog::{Bound, Confirm, Effect, Operation, OperationCall, Touches, find};
use mp_proto::failure::{Failure, FailureKind};
use serde_json::{Map, Value};

use super::{answer, request};
use crate::call::Call;
use crate::output::{printable, screen};
use crate::{input, report};

/// Whether the operation ever asks.
pub(super) fn may_ask(operation: &Operation) -> bool {
    operation.worst_effect() == Effect::Destroy || matches!(operation.confirm, Confirm::Always(_))
}

/// Asks on stderr whether it may run. Where nobody sits at a terminal only those operations ask that take the answer from a pipe, too; the
/// end of input is a no.
///
/// # Errors
/// When the answer is no.
pub(super) fn ask(operation: &Operation, call: &Bound) -> Result<(), Failure> {
    let asks_always = matches!(operation.confirm, Confirm::Always(loses_all) if loses_all(&call.arguments));
    let destroys = operation.effect_of(call) == Effect::Destroy;
    let is_seen = destroys && io::stdin().is_terminal() && screen::is_stderr_watched();
    if !asks_always && !is_seen {
        return Ok(());
    }
    let how = operation.destroys_if().map(|how| format!("; {how}")).unwrap_or_default();
    let question = format!(
        "mp {}{}: {}{how}. Go on? [y/N]: ",
        operation.command.join(" "),
        words(&call.arguments),
        lower(operation.summary)
    );
    let typed = input::answer(&printable(&question));
    if input::is_yes(&typed) {
        return Ok(());
    }
    if !typed.ends_with('\n') {
        report::say("");
    }
    Err(Failure::new(FailureKind::Declined, "nothing was done: the answer was not yes")
        .next(operation.typed("", &call.arguments, " --yes"), "do not ask"))
}

/// Returns the arguments as a reader of the question needs them.
fn words(arguments: &Map<String, Value>) -> String {
    arguments.values().filter(|value| !value.is_boolean()).map(|value| format!(" {}", answer::inline(value))).collect()
}

fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// Shows the objects that an operation would touch, and notes those that are not there.
///
/// # Errors
/// When they cannot be listed.
pub(super) async fn show_touched(
    call: &mut Call<'_>,
    touches: &Touches,
    arguments: &Map<String, Value>,
) -> Result<(), Failure> {
    let ids: Vec<Value> = match arguments.get(touches.argument) {
        Some(Value::Array(ids)) => ids.clone(),
        one => one.cloned().into_iter().collect(),
    };
    let list = find(touches.list).expect("a rule of the catalog: it is there");
    let only = touches.only.map(|name| (name.to_owned(), Value::Array(ids.clone())));
    let asked = OperationCall { arguments: only.into_iter().collect(), ..OperationCall::default() };
    let listed = request::ask(call, list.id, &asked).await?;
    let is_meant = |entry: &&Value| ids.contains(&entry[touches.id]);
    let touched: Vec<Value> = listed.as_array().into_iter().flatten().filter(is_meant).cloned().collect();
    let missing = |id: &&Value| !touched.iter().any(|entry| entry[touches.id] == **id);
    let missing: Vec<String> = ids.iter().filter(missing).map(ToString::to_string).collect();
    if !missing.is_empty() && !call.quiet {
        report::note(&format!("not there: {}", missing.join(", ")));
    }
    answer::show(call, list, &Value::Array(touched))
}
