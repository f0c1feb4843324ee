//! Properties of an event are code because an event that Mixpanel does not know is answered with the names of similar ones.

use std::collections::BTreeSet;

use mp_proto::failure::{Failure, FailureKind};
use serde_json::Value;

use super::event_names::names;
use crate::operation::call::{Answered, Run, plain};

/// Names that are suggested at most.
const SUGGESTIONS: usize = 5;

/// Runs it.
///
/// # Errors
/// Those of its requests, and when there is no such event.
pub(crate) async fn run(run: &Run<'_>) -> Result<Answered, Failure> {
    match plain(run).await {
        Err(failure) if failure.upstream.as_ref().is_some_and(|said| said.status == 400) => {
            Err(not_found(run, failure).await)
        }
        other => other,
    }
}

/// Returns why there is no answer; what Mixpanel said of it when the names cannot be had.
async fn not_found(run: &Run<'_>, failure: Failure) -> Failure {
    let Ok(known) = names(run).await else { return failure };
    let asked = run.bound.arguments.get("event").and_then(Value::as_str).unwrap_or_default();
    let known: Vec<&str> = known.value.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let similar = similar(asked, &known);
    let hint = if similar.is_empty() { String::new() } else { format!("; there is {}", similar.join(", ")) };
    let detail = format!("the project has no event '{}'{hint}", asked.escape_debug());
    Failure::new(FailureKind::EventNotFound, detail)
        .account(&run.session.identity.name)
        .next("mp inspect events", "list the events of the project")
}

/// Returns the names that are meant most likely: spelled alike but for the case, else those that hold the text, shortest first, else
/// those that share the most words.
fn similar<'a>(asked: &str, known: &[&'a str]) -> Vec<&'a str> {
    let wanted = asked.to_lowercase();
    let matching = |test: &dyn Fn(&str) -> bool| -> Vec<&'a str> {
        known.iter().copied().filter(|name| test(&name.to_lowercase())).collect()
    };
    let mut found = matching(&|name| name == wanted);
    if found.is_empty() {
        found = matching(&|name| name.contains(&wanted));
        found.sort_by_key(|name| name.chars().count());
    }
    if found.is_empty() {
        let words = words(&wanted);
        let shared = |name: &str| self::words(&name.to_lowercase()).intersection(&words).count();
        found = matching(&|name| shared(name) > 0);
        found.sort_by_key(|name| (std::cmp::Reverse(shared(name)), name.chars().count()));
    }
    found.truncate(SUGGESTIONS);
    found
}

fn words(text: &str) -> BTreeSet<String> {
    text.split([' ', '_', '-']).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_meant_most_likely_is_suggested() {
        let known = ["Sign Up", "sign_in_failed", "Purchase", "Sign Up Completed", "App Open", "SIGN UP"];
        assert_eq!(similar("sign up", &known), ["Sign Up", "SIGN UP"]);
        assert_eq!(similar("sign", &known), ["Sign Up", "SIGN UP", "sign_in_failed", "Sign Up Completed"]);
        assert_eq!(similar("up sign", &known), ["Sign Up", "SIGN UP", "Sign Up Completed", "sign_in_failed"]);
        assert!(similar("zzz", &known).is_empty());
    }
}
