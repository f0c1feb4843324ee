//! What a refusal of Mixpanel says, in whichever form: JSON, a page for people, or a line of text. Pure.

use mp_proto::failure::Problem;
use serde_json::Value;

/// Elements of a page that hold nothing for people.
const HIDDEN: [&str; 2] = ["script", "style"];

/// What stands for a character in a page.
const ENTITIES: [(&str, &str); 6] =
    [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];

/// The scope that a credential needs for what Mixpanel knows of its user.
const USER_DETAILS: &str = "user_details";

/// Returns the words of a JSON body; none when it has none.
pub(super) fn said(answer: &Value) -> Option<String> {
    ["error", "message", "detail"].iter().find_map(|key| plain(answer.get(key)?)).or_else(|| plain(answer))
}

/// Returns a text, the texts of a list, or the message of an object; none when there is nothing to read in it.
fn plain(value: &Value) -> Option<String> {
    let text = match value {
        Value::Object(fields) => fields.get("message")?.as_str()?.to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        _ => return None,
    };
    (!text.trim().is_empty()).then_some(text)
}

/// Returns the words of a body that is no JSON: those of a page without its tags.
pub(super) fn words(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let text = if text.contains('<') { without_tags(&text) } else { text.into_owned() };
    (!text.trim().is_empty()).then_some(text)
}

/// Returns the text of a page. A tag stands for a space, for words of two elements are no one word.
fn without_tags(page: &str) -> String {
    let (mut text, mut rest) = (String::new(), page);
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        text.push(' ');
        let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
        let tag = match HIDDEN.contains(&name.as_str()).then(|| end_of(tag, &name)) {
            Some(end) => end,
            None => tag,
        };
        rest = tag.split_once('>').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    ENTITIES.iter().fold(text, |text, (entity, letter)| text.replace(entity, letter))
}

/// Returns what begins with the end of an element; nothing if it has none.
fn end_of<'a>(tag: &'a str, name: &str) -> &'a str {
    // Lower letters of ASCII have the length of their capitals, so a place in one text is one in the other.
    tag.to_ascii_lowercase().find(&format!("</{name}")).map_or("", |at| &tag[at..])
}

/// Returns what is wrong with single records of an upload, which Mixpanel lists beside its words.
pub(crate) fn failed_records(answer: &Value) -> Vec<Problem> {
    let records = answer.get("failed_records").and_then(Value::as_array);
    let one = |(at, record): (usize, &Value)| {
        let text = |name: &str| record.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let index = record.get("index").and_then(Value::as_u64).unwrap_or(at as u64);
        let why = ["message", "error", "reason"].iter().find_map(|name| text(name));
        let why = why.map_or_else(|| record.to_string(), str::to_owned);
        let field = text("field").map_or_else(String::new, |field| format!("{field}: "));
        Problem::new(format!("record {index}"), format!("{field}{why}"))
    };
    records.into_iter().flatten().enumerate().map(one).collect()
}

/// Whether a refusal is about who asks, though its status says something else.
pub(super) fn is_about_the_credential(words: &str) -> bool {
    words.to_lowercase().contains("unable to authenticate")
}

/// Returns what a credential lacks that may not ask who its user is: a service account that may not ask for itself lacks nothing else.
pub(super) fn missing_scope(status: u16, is_service_about_itself: bool, words: &str) -> Option<String> {
    let is_meant = status == 403 && (is_service_about_itself || words.contains(USER_DETAILS));
    is_meant.then(|| {
        format!(
            "The credential has not the scope {USER_DETAILS}: give it where the credential was made (Organization Settings, \
             Service Accounts), or name the project with --project, for which nobody has to ask"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_page_says_what_people_see_of_it() {
        let page = b"<html><head><title>502 Bad Gateway</title><STYLE>a { b: c }</STYLE></head>\n<body><script>var a = '<b>';</script>\
            <h1>502&nbsp;Bad</h1>it&#39;s &lt;down&gt;<br/>now</body></html>";
        let words = words(page).expect("words");
        assert_eq!(words.split_whitespace().collect::<Vec<_>>().join(" "), "502 Bad Gateway 502 Bad it's <down> now");
    }

    #[test]
    fn a_page_without_an_end_has_no_words_more() {
        assert_eq!(words(b"no project <b").as_deref(), Some("no project  "));
        assert_eq!(words(b"<script>never ends"), None);
        assert_eq!(words(b"plain \xff text").as_deref(), Some("plain \u{fffd} text"));
        assert_eq!(words(b" \n"), None);
    }

    #[test]
    fn records_that_failed_are_told_one_by_one() {
        let answer = json!({"error": "x", "failed_records": [
            {"index": 7, "field": "sku", "message": "is empty"}, {"why": 1}, "odd"]});
        let told: Vec<String> =
            failed_records(&answer).iter().map(|one| format!("{}: {}", one.at, one.detail)).collect();
        assert_eq!(told, ["record 7: sku: is empty", "record 1: {\"why\":1}", "record 2: \"odd\""]);
        assert!(failed_records(&json!({"error": "x"})).is_empty());
    }

    #[test]
    fn a_scope_that_is_missing_is_named() {
        assert!(
            missing_scope(403, true, "").is_some_and(|text| text.contains(USER_DETAILS) && text.contains("--project"))
        );
        assert!(missing_scope(403, false, "Missing scope: user_details").is_some());
        assert!(missing_scope(403, false, "no").is_none() && missing_scope(401, true, "").is_none());
    }
}
