//! Resources: the session, the lexicon, the saved reports, and long answers.

use hyper::Method;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::routes::{OPERATION, fill};
use percent_encoding::percent_decode_str;
use rmcp::model::{MetaObject, ReadResourceResult, Resource, ResourceContents, ResourceTemplate};
use serde_json::{Value, json};

use super::accounts;
use super::answers::{ADDRESS, Answers, Part, text};
use super::conversation::Conversation;
use super::reply::{link, plain};
use super::secrets::hide;

/// The address of the session.
pub(super) const SESSION: &str = "mixpanel://session";
/// The address of the lexicon; with a `/` and the name of an event, of that.
pub(super) const LEXICON: &str = "mixpanel://lexicon";
/// The address of the saved reports; with a `/` and an id, of one.
pub(super) const REPORTS: &str = "mixpanel://reports";

/// So many bytes of a resource are returned at once.
const LONGEST: usize = 200_000;

const JSON: &str = "application/json";

/// Returns what can be read without knowing more: what is always there, and the answers that are kept.
pub(super) fn list(answers: &Answers) -> Vec<Resource> {
    let fixed = [
        (SESSION, "session", "Session", "Account, project and workspace that calls use, and who decided each"),
        (LEXICON, "lexicon", "Lexicon", "Events and properties with their descriptions"),
        (REPORTS, "reports", "Saved reports", "Ids, names and types of the saved reports"),
    ];
    let resource = |(uri, name, title, about): (&str, &str, &str, &str)| {
        Resource::new(uri, name).with_title(title).with_description(about).with_mime_type(JSON)
    };
    fixed.into_iter().map(resource).chain(answers.list().iter().map(link)).collect()
}

/// Returns what can be read by its name.
pub(super) fn templates() -> Vec<ResourceTemplate> {
    let known = [
        ("mixpanel://lexicon/{event}", "event", "Event", "Definition of an event, and the properties that it has"),
        ("mixpanel://reports/{id}", "report", "Saved report", "Definition of a saved report"),
        (
            "mixpanel://answers/{id}{?from,count}",
            "answer",
            "Long answer",
            "Rows of an answer that was too long to be returned whole",
        ),
    ];
    let template = |(uri, name, title, about): (&str, &str, &str, &str)| {
        ResourceTemplate::new(uri, name).with_title(title).with_description(about).with_mime_type(JSON)
    };
    known.into_iter().map(template).collect()
}

/// Reads a resource; none when there is none of this address.
///
/// # Errors
/// Those of what it is made of.
pub(super) async fn read(
    conversation: &Conversation,
    answers: &Answers,
    uri: &str,
) -> Option<Result<ReadResourceResult, Failure>> {
    if let Some(wanted) = uri.strip_prefix(ADDRESS) {
        return Some(answer(answers, uri, wanted));
    }
    let value = match uri {
        SESSION => session(conversation).await,
        LEXICON => asked(conversation, "inspect.lexicon-schemas", json!({})).await,
        REPORTS => asked(conversation, "inspect.bookmarks", json!({})).await,
        _ => match named(uri, LEXICON) {
            Some(event) => definition(conversation, &event).await,
            None => {
                let id = named(uri, REPORTS)?.parse::<u64>().ok()?;
                asked(conversation, "reports.get", json!({"bookmark_id": id})).await
            }
        },
    };
    Some(value.map(|value| shown(answers, uri, value)))
}

/// Returns the name behind an address; none where it is another address.
fn named(uri: &str, base: &str) -> Option<String> {
    let name = uri.strip_prefix(base)?.strip_prefix('/')?;
    let name = percent_decode_str(name).decode_utf8().ok()?;
    (!name.is_empty()).then(|| name.into_owned())
}

/// Returns the address of the definition of an event.
#[cfg(test)]
pub(super) fn address_of(event: &str) -> String {
    format!("{LEXICON}/{}", mp_proto::routes::encode_segment(event))
}

async fn session(conversation: &Conversation) -> Result<Value, Failure> {
    accounts::session(&mut conversation.connection(&conversation.flags())?).await
}

async fn asked(conversation: &Conversation, id: &str, arguments: Value) -> Result<Value, Failure> {
    let mut daemon = conversation.connection(&conversation.flags())?;
    let call = json!({"arguments": arguments});
    Ok(daemon.call::<Value>(Method::POST, &fill(OPERATION, id), Some(&call)).await?.body)
}

async fn definition(conversation: &Conversation, event: &str) -> Result<Value, Failure> {
    let definitions = asked(conversation, "lexicon.events.get", json!({"names": [event]})).await?;
    let properties = asked(conversation, "inspect.properties", json!({"event": event})).await?;
    Ok(json!({"event": event, "definition": definitions.get(0), "properties": properties}))
}

fn answer(answers: &Answers, uri: &str, wanted: &str) -> Result<ReadResourceResult, Failure> {
    let (id, query) = wanted.split_once('?').unwrap_or((wanted, ""));
    let mut part = Part { id: id.to_owned(), ..Part::default() };
    for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        let number = value.parse::<usize>().map_err(|_| {
            Failure::new(
                FailureKind::InvalidArgument,
                format!("{name}: must be a whole number, and is '{}'", value.escape_debug()),
            )
        })?;
        match name {
            "from" => part.from = number,
            "count" => part.count = Some(number),
            _ => {}
        }
    }
    let kept = answers.get(id)?;
    if query.is_empty() && kept.text().len() <= LONGEST {
        return Ok(contents(uri, plain(kept.text()), None));
    }
    let read = kept.part(&part);
    let mut meta = MetaObject::new();
    meta.0.insert("mp/total".to_owned(), read["total"].clone());
    if let Some(next) = read["next_from"].as_u64() {
        meta.0.insert("mp/next".to_owned(), format!("{}?from={next}", kept.uri()).into());
    }
    Ok(contents(uri, plain(&text(&read["rows"])), Some(meta)))
}

/// Returns what was read; what is too long is kept as an answer, and told by a digest.
fn shown(answers: &Answers, uri: &str, mut value: Value) -> ReadResourceResult {
    hide(&mut value);
    let whole = text(&value);
    let shown = if whole.len() <= LONGEST { whole } else { text(&answers.keep(None, uri, &value).1) };
    contents(uri, plain(&shown), None)
}

fn contents(uri: &str, text: String, meta: Option<MetaObject>) -> ReadResourceResult {
    let contents = ResourceContents::text(text, uri).with_mime_type(JSON);
    ReadResourceResult::new(vec![match meta {
        Some(meta) => contents.with_meta(meta),
        None => contents,
    }])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_one_thing() {
        assert_eq!(named("mixpanel://lexicon/Sign%20Up", LEXICON), Some("Sign Up".to_owned()));
        assert_eq!(named("mixpanel://lexicon/a%2Fb", LEXICON), Some("a/b".to_owned()));
        assert_eq!(named(&address_of("ü/ %"), LEXICON), Some("ü/ %".to_owned()));
        for other in ["mixpanel://lexicon/", "mixpanel://lexiconx/a", "mixpanel://reports/7", "mixpanel://lexicon/%ff"]
        {
            assert_eq!(named(other, LEXICON), None, "{other}");
        }
        assert_eq!(named("file:///etc/passwd", LEXICON), None);
    }

    #[test]
    fn a_long_answer_is_read_whole_or_in_parts() {
        let answers = Answers::default();
        let list: Value = (0..30_000).map(|n| json!({"n": n, "name": "a name"})).collect();
        answers.keep(None, "x", &list);
        let read = |wanted: &str| {
            let result = answer(&answers, "u", wanted).expect("it is kept");
            serde_json::to_value(result).expect("plain data")["contents"][0].clone()
        };
        let first = read("a1");
        assert_eq!(first["_meta"]["mp/total"], 30_000);
        assert!(first["_meta"]["mp/next"].as_str().is_some_and(|next| next.starts_with("mixpanel://answers/a1?from=")));
        let part = read("a1?from=29999&count=5");
        assert_eq!(part["text"], "[{\"n\":29999,\"name\":\"a name\"}]");
        assert_eq!(part["_meta"].get("mp/next"), None);
        assert!(answer(&answers, "u", "a1?from=x").is_err() && answer(&answers, "u", "a2").is_err());
        answers.keep(None, "x", &json!([1, 2]));
        assert_eq!(read("a2")["text"], "[1,2]");
    }
}
