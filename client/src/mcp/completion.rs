//! What can be typed next in a prompt or an address: from what the daemon keeps. Mixpanel is asked at most once, for names of events and
//! properties that nobody has asked for yet.

use std::time::Duration;

use hyper::Method;
use mp_proto::routes::{ACCOUNTS, OPERATION, PROJECTS, fill};
use mp_proto::wire::{AccountsBody, ProjectsBody};
use rmcp::model::{CompleteRequestParams, CompleteResult, CompletionInfo, Reference};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::answers::Answers;
use super::conversation::Conversation;
use crate::api::Connection;

/// Somebody types and waits.
const PATIENCE: Duration = Duration::from_secs(2);

/// Returns what may stand for an argument.
pub(super) async fn complete(
    conversation: &Conversation,
    answers: &Answers,
    asked: &CompleteRequestParams,
) -> CompleteResult {
    let known = timeout(PATIENCE, known(conversation, answers, asked)).await.ok().flatten().unwrap_or_default();
    let matching = fitting(known, &asked.argument.value);
    let total = u32::try_from(matching.len()).unwrap_or(u32::MAX);
    let shown: Vec<String> = matching.into_iter().take(CompletionInfo::MAX_VALUES).collect();
    let has_more = usize::try_from(total).is_ok_and(|total| total > shown.len());
    let info = CompletionInfo::with_pagination(shown, Some(total), has_more);
    CompleteResult::new(info.unwrap_or_default())
}

/// Returns the values that begin with a text, then those that have it elsewhere, whatever the case. Behind the last comma of a list it is
/// about the next of its members.
fn fitting(known: Vec<String>, typed: &str) -> Vec<String> {
    let (before, last) = typed.rfind(',').map_or(("", typed), |at| typed.split_at(at + 1));
    let wanted = last.trim_start().to_lowercase();
    let (first, other): (Vec<String>, Vec<String>) = known
        .into_iter()
        .filter(|value| value.to_lowercase().contains(&wanted))
        .partition(|value| value.to_lowercase().starts_with(&wanted));
    let gap = if before.is_empty() { "" } else { " " };
    first.into_iter().chain(other).map(|value| format!("{before}{gap}{value}")).collect()
}

async fn known(conversation: &Conversation, answers: &Answers, asked: &CompleteRequestParams) -> Option<Vec<String>> {
    let is_answer = matches!(&asked.r#ref, Reference::Resource(template) if template.uri.contains("answers"));
    let mut daemon = conversation.connection(&conversation.flags()).ok()?;
    let given = |name: &str| asked.context.as_ref()?.arguments.as_ref()?.get(name).cloned();
    match asked.argument.name.as_str() {
        "event" | "from" | "to" | "between" | "return_event" => names(&mut daemon, "inspect.events", json!({})).await,
        "property" => {
            let event = given("event").or_else(|| given("from"))?;
            names(&mut daemon, "inspect.properties", json!({"event": event})).await
        }
        "account" => {
            let accounts = daemon.get::<AccountsBody>(ACCOUNTS).await.ok()?.body.accounts;
            Some(accounts.into_iter().map(|account| account.name.to_string()).collect())
        }
        "project" => {
            let projects = daemon.get::<ProjectsBody>(&format!("{PROJECTS}?cached=true")).await.ok()?.body.projects;
            Some(projects.into_iter().map(|project| project.id.to_string()).collect())
        }
        "id" if is_answer => Some(answers.list().into_iter().map(|kept| kept.id).collect()),
        "id" => names(&mut daemon, "inspect.bookmarks", json!({})).await,
        _ => None,
    }
}

async fn names(daemon: &mut Connection, id: &str, arguments: Value) -> Option<Vec<String>> {
    let call = json!({"arguments": arguments});
    let answer = daemon.call::<Vec<Value>>(Method::POST, &fill(OPERATION, id), Some(&call)).await.ok()?.body;
    let name = |entry: &Value| match entry {
        Value::String(name) => Some(name.clone()),
        entry => entry.get("id").map(ToString::to_string),
    };
    Some(answer.iter().filter_map(name).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_alike_comes_first_and_lists_go_on() {
        let known = || ["Login", "Sign Up", "sign off", "Design"].map(str::to_owned).to_vec();
        assert_eq!(fitting(known(), "SIGN"), ["Sign Up", "sign off", "Design"]);
        assert_eq!(fitting(known(), ""), known());
        assert_eq!(fitting(known(), "Login, si"), ["Login, Sign Up", "Login, sign off", "Login, Design"]);
        assert_eq!(fitting(known(), "zebra"), Vec::<String>::new());
    }
}
