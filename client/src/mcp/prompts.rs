//! Prompts: what people ask again and again, as texts that lead a model to the right tools.

use rmcp::model::{GetPromptResult, Prompt, PromptArgument, PromptMessage, Role};
use serde_json::{Map, Value};

/// An argument of a prompt.
struct Argument {
    name: &'static str,
    about: &'static str,
    required: bool,
}

/// A prompt. In its text `{name}` stands for an argument, and `{name|else}` for one that may be missing.
struct Template {
    name: &'static str,
    title: &'static str,
    about: &'static str,
    arguments: &'static [Argument],
    text: &'static str,
}

const fn needed(name: &'static str, about: &'static str) -> Argument {
    Argument { name, about, required: true }
}

const fn optional(name: &'static str, about: &'static str) -> Argument {
    Argument { name, about, required: false }
}

const PROMPTS: [Template; 8] = [
    Template {
        name: "who_am_i",
        title: "Who am I, and which project is this?",
        about: "The account and the project that answers come from, and how to change them",
        arguments: &[],
        text: "Call session, list_accounts and list_projects. Tell me in a few lines as whom and on which project questions are asked, \
               which variable, flag or file decided it, whether a login is needed, and how I could use another account or project.",
    },
    Template {
        name: "trend",
        title: "Trend of an event",
        about: "How an event went lately, and what stands out",
        arguments: &[
            needed("event", "Name of the event"),
            optional("property", "Property to break down by"),
            optional("days", "How many days [default: 30]"),
        ],
        text: "Ask with ask_insights how often the event \"{event}\" happened on each of the last {days|30} days, in total and by unique \
               users, broken down by {property|nothing}. Compare with the same time before. Tell me the trend in three sentences, with \
               figures, name days that stand out, and say from which project the figures are.",
    },
    Template {
        name: "funnel",
        title: "Funnel between events",
        about: "How many users go from one event to another, and where they are lost",
        arguments: &[
            needed("from", "Name of the first event"),
            needed("to", "Name of the last event"),
            optional("between", "Names of the steps between them, separated by commas"),
            optional("property", "Property to break down by"),
        ],
        text: "Ask with ask_funnel how many users go from \"{from}\" to \"{to}\" by way of {between|no other step} within 14 days, over the \
               last 30 days, broken down by {property|nothing}. Tell me the conversion of each step, where most users are lost, and \
               which group differs most. If steps are unknown, look with inspect_events what they may be called.",
    },
    Template {
        name: "retention",
        title: "Do users come back?",
        about: "Retention after a first event",
        arguments: &[
            needed("event", "Name of the first event"),
            optional("return_event", "Name of the event that counts as a return [default: the same]"),
        ],
        text: "Ask with ask_retention how many users who did \"{event}\" came back to \"{return_event|the same event}\", week by week, over \
               the last 90 days. Tell me how many are there after one, four and eight weeks, and whether newer users stay longer.",
    },
    Template {
        name: "weekly_review",
        title: "Weekly review",
        about: "What happened in the project in the last seven days",
        arguments: &[optional("project", "Id of the project [default: the session's]")],
        text: "Write a review of the last seven days, for people who know the product. Project: {project|the session's}. Use \
               inspect_top_events for what happens most, ask_insights for daily, weekly and monthly active users and for the five most \
               important events against the week before, ask_funnel for the main conversion if events suggest one, and \
               read_operation with lexicon.anomalies.list and annotations.list for what may explain changes. Keep an eye on mp/limits in \
               the results: stop when fewer than ten queries of the hour are left, and say so.",
    },
    Template {
        name: "dead_events",
        title: "Find dead events",
        about: "Events that are defined or tracked and that nobody sends or uses any more",
        arguments: &[optional("days", "Dead after so many days [default: 30]")],
        text: "Find events that are dead: compare inspect_events and the lexicon (read_operation with lexicon.export) with their counts in the \
               last {days|30} days (ask_insights or query_event_counts, several events in one question), and run lexicon.audit. List events \
               that were not sent, those that are hidden or dropped and still sent, and names that differ only in spelling. Change \
               nothing; propose what to hide, describe or merge.",
    },
    Template {
        name: "user",
        title: "What did a user do?",
        about: "The profile and the last days of one user",
        arguments: &[needed("user", "Distinct id, or a text of the profile such as a mail address")],
        text: "Find the user \"{user}\" with ask_users (distinct_id, or search with mode profiles). Show the profile briefly, then what the \
               user did in the last 14 days with query_activity_feed, as a short story with times. If several users fit, ask me which.",
    },
    Template {
        name: "property",
        title: "Values of a property",
        about: "What a property holds, and whether it is clean",
        arguments: &[needed("event", "Name of the event"), needed("property", "Name of the property")],
        text: "Show with inspect_values and query_property_counts which values \"{property}\" of the event \"{event}\" has, and how often. \
               Say whether the values are clean: different spellings, empty ones, numbers as texts.",
    },
];

/// Returns all prompts.
pub(super) fn list() -> Vec<Prompt> {
    let argument = |argument: &Argument| {
        PromptArgument::new(argument.name).with_description(argument.about).with_required(argument.required)
    };
    let prompt = |known: &Template| {
        let arguments = known.arguments.iter().map(argument).collect::<Vec<_>>();
        Prompt::new(known.name, Some(known.about), (!arguments.is_empty()).then_some(arguments)).with_title(known.title)
    };
    PROMPTS.iter().map(prompt).collect()
}

/// Returns a prompt with its arguments.
///
/// # Errors
/// When there is none of this name, or an argument is missing or unknown: what, as a sentence.
pub(super) fn get(name: &str, given: &Map<String, Value>) -> Result<GetPromptResult, String> {
    let template = PROMPTS.iter().find(|template| template.name == name).ok_or_else(|| {
        let known: Vec<&str> = PROMPTS.iter().map(|template| template.name).collect();
        format!("there is no prompt '{}'; expected one of {}", name.escape_debug(), known.join(", "))
    })?;
    if let Some(unknown) = given.keys().find(|name| !template.arguments.iter().any(|known| known.name == *name)) {
        return Err(format!("{name} takes no '{}'", unknown.escape_debug()));
    }
    let value = |name: &str| given.get(name).and_then(Value::as_str).map(str::trim).filter(|value| !value.is_empty());
    if let Some(missing) =
        template.arguments.iter().find(|argument| argument.required && value(argument.name).is_none())
    {
        return Err(format!("{name} needs '{}': {}", missing.name, missing.about));
    }
    let text = filled(template.text, |name| value(name).map(|value| mp_proto::visible::line(value).into_owned()));
    Ok(GetPromptResult::new(vec![PromptMessage::new_text(Role::User, text)]).with_description(template.about))
}

/// Puts arguments into a text.
fn filled(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut parts = text.split('{');
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (inside, behind) = part.split_once('}').unwrap_or((part, ""));
        let (name, otherwise) = inside.split_once('|').unwrap_or((inside, ""));
        shown.push_str(&value(name).unwrap_or_else(|| otherwise.to_owned()));
        shown.push_str(behind);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn text(name: &str, given: Value) -> Result<String, String> {
        let result = get(name, given.as_object().expect("an object"))?;
        let result = serde_json::to_value(result).expect("plain data");
        Ok(result["messages"][0]["content"]["text"].as_str().expect("a text").to_owned())
    }

    #[test]
    fn arguments_are_put_in_and_others_have_their_default() {
        let trend = text("trend", json!({"event": "Sign {Up}", "days": "7"})).expect("all is there");
        assert!(
            trend.contains("\"Sign {Up}\"") && trend.contains("last 7 days") && trend.contains("by nothing"),
            "{trend}"
        );
        assert!(text("trend", json!({"event": " "})).is_err_and(|why| why.contains("'event'")));
        assert!(text("trend", json!({"event": "a", "zebra": "b"})).is_err_and(|why| why.contains("zebra")));
        assert!(text("nonsense", json!({})).is_err_and(|why| why.contains("weekly_review")));
    }

    #[test]
    fn texts_name_tools_and_arguments_that_there_are() {
        for template in &PROMPTS {
            for part in template.text.split('{').skip(1) {
                let name = part.split(['}', '|']).next().unwrap_or_default();
                assert!(template.arguments.iter().any(|argument| argument.name == name), "{}: {name}", template.name);
            }
            let all: Map<String, Value> =
                template.arguments.iter().map(|argument| (argument.name.to_owned(), json!("x"))).collect();
            assert!(get(template.name, &all).is_ok());
        }
    }
}
