//! All pages of a list, joined. Nothing is printed before the last page is there: half a list looks like a whole one.

use std::collections::HashSet;

use hyper::Method;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::routes::encode_segment;
use serde_json::{Map, Value};

use super::answer;
use super::request::{Ask, object, refused};
use crate::call::Call;

/// The most pages that are asked for: a list that has more never ends.
const MAX_PAGES: usize = 10_000;

/// How a list goes on.
#[derive(Debug)]
enum Paging {
    /// The App API: an answer names the cursor of the next one, which goes into the query. Those that were named before.
    Cursor(HashSet<String>),
    /// The Engage API: pages are counted within a session; both stand in the body.
    Session(Map<String, Value>),
}

/// Asks for all pages and returns their results as one list.
///
/// # Errors
/// When the plane or the call has no pages, or one of them cannot be read.
pub(super) async fn all(call: &mut Call<'_>, mut ask: Ask) -> Result<Value, Failure> {
    let mut paging = Paging::of(&ask)?;
    let mut results = Vec::new();
    for number in 1..=MAX_PAGES {
        let page = one(call, &ask).await.map_err(|failure| on_page(number, failure))?;
        let goes_on = paging.turn(&mut ask, page, &mut results).map_err(|failure| on_page(number, failure))?;
        if !goes_on {
            return Ok(Value::Array(results));
        }
    }
    Err(invalid(format!("the list has more than {MAX_PAGES} pages")))
}

/// Reads one page.
async fn one(call: &mut Call<'_>, ask: &Ask) -> Result<Value, Failure> {
    let mut streaming = answer::to(call, ask.streamed()?).await?;
    let body = answer::whole(&mut streaming, call.daemon.options().deadline).await?;
    match answer::failure(streaming.status) {
        None => answer::json(call, &body, &streaming.headers),
        Some(mut failure) => {
            if let Some(reason) = answer::reason(&body) {
                failure.detail = format!("{}: {reason}", failure.detail);
            }
            Err(failure)
        }
    }
}

impl Paging {
    /// Returns how the list of a call goes on.
    fn of(ask: &Ask) -> Result<Self, Failure> {
        match ask.plane.as_str() {
            "app" if ask.method == Method::GET => Ok(Self::Cursor(HashSet::new())),
            "app" => Err(refused(format!("--paginate follows lists that are read with GET, not {}", ask.method))),
            "engage" if ask.method == Method::POST => Ok(Self::Session(object(ask.body.as_deref())?)),
            "engage" => {
                Err(refused("--paginate on the plane engage needs POST: give the query as a JSON object by -d"))
            }
            plane => Err(refused(format!("--paginate: the plane {plane} has no pages, only app and engage have"))),
        }
    }

    /// Takes the results of a page and turns the call into that for the next one. Returns whether there is one.
    fn turn(&mut self, ask: &mut Ask, page: Value, results: &mut Vec<Value>) -> Result<bool, Failure> {
        let Value::Object(mut page) = page else { return Err(no_list()) };
        let Some(Value::Array(mut list)) = page.remove("results") else { return Err(no_list()) };
        let count = list.len();
        results.append(&mut list);
        match self {
            Self::Cursor(seen) => next_cursor(seen, ask, &page),
            Self::Session(body) => next_in_session(body, ask, &page, count),
        }
    }
}

fn next_cursor(seen: &mut HashSet<String>, ask: &mut Ask, page: &Map<String, Value>) -> Result<bool, Failure> {
    let cursor = match page.get("pagination").and_then(|pagination| pagination.get("next_cursor")) {
        None | Some(Value::Null) => return Ok(false),
        Some(Value::String(text)) if text.is_empty() => return Ok(false),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    ask.query.retain(|pair| !pair.starts_with("cursor="));
    ask.query.push(format!("cursor={}", encode_segment(&cursor)));
    if seen.insert(cursor) {
        return Ok(true);
    }
    Err(invalid("the cursor of the next page was there before: the list would never end"))
}

/// The last page is empty, or shorter than a page may be; but it is not the last while more were announced.
fn next_in_session(
    body: &mut Map<String, Value>,
    ask: &mut Ask,
    page: &Map<String, Value>,
    count: usize,
) -> Result<bool, Failure> {
    let whole = |name: &str| page.get(name).and_then(Value::as_u64);
    let (size, number, total) = (whole("page_size"), whole("page"), whole("total").unwrap_or(0));
    let is_short = count == 0 || size.is_some_and(|size| (count as u64) < size);
    // A call may begin with any page, so what is before it counts as full.
    let seen =
        size.zip(number).map_or(total, |(size, number)| size.saturating_mul(number).saturating_add(count as u64));
    if is_short && total <= seen {
        return Ok(false);
    }
    if count == 0 {
        return Err(invalid(format!("the list ended early: {total} entries were announced, and {seen} came")));
    }
    let session = page.get("session_id").filter(|id| !id.is_null());
    let (Some(number), Some(session)) = (number, session) else {
        return Err(invalid("the answer has no `page` and `session_id` to go on with"));
    };
    if body.get("page").and_then(Value::as_u64).unwrap_or(0) != number {
        return Err(invalid(format!("the answer is page {number}, which is not the one that was asked for")));
    }
    body.insert("page".to_owned(), Value::from(number + 1));
    body.insert("session_id".to_owned(), session.clone());
    ask.body = Some(Value::Object(body.clone()).to_string().into_bytes());
    Ok(true)
}

fn no_list() -> Failure {
    invalid("the answer has no list `results`, so it has no pages")
}

fn invalid(detail: impl Into<String>) -> Failure {
    Failure::new(FailureKind::UpstreamInvalid, detail)
}

/// Says which page it was, where that matters.
fn on_page(number: usize, mut failure: Failure) -> Failure {
    if number > 1 {
        failure.detail = format!("page {number}: {}", failure.detail);
    }
    failure
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::HeaderMap;
    use serde_json::json;

    fn ask(plane: &str, method: Method, body: Option<&str>) -> Ask {
        Ask {
            plane: plane.to_owned(),
            method,
            path: "x".to_owned(),
            query: vec!["a=1".to_owned(), "cursor=old".to_owned()],
            headers: HeaderMap::new(),
            body: body.map(|body| body.as_bytes().to_vec()),
        }
    }

    #[test]
    fn a_cursor_goes_into_the_query_once_and_comes_once() {
        let mut ask = ask("app", Method::GET, None);
        let (mut paging, mut results) = (Paging::of(&ask).expect("it has pages"), Vec::new());
        let mut turn = |cursor: Value| {
            let page = json!({"results": [1], "pagination": {"next_cursor": cursor}});
            let goes_on = paging.turn(&mut ask, page, &mut results);
            (goes_on.map_err(|failure| failure.kind.exit_code()), ask.query.join("&"), results.len())
        };
        assert_eq!(turn(json!("a b")), (Ok(true), "a=1&cursor=a%20b".to_owned(), 1));
        assert_eq!(turn(json!(7)), (Ok(true), "a=1&cursor=7".to_owned(), 2));
        assert_eq!(turn(json!(null)), (Ok(false), "a=1&cursor=7".to_owned(), 3));
        assert_eq!(turn(json!("a b")).0, Err(1));
    }

    #[test]
    fn a_session_is_counted_on_in_the_body() {
        let mut ask = ask("engage", Method::POST, Some(r#"{"where": "x", "page": 0}"#));
        let (mut paging, mut results) = (Paging::of(&ask).expect("it has pages"), Vec::new());
        let mut turn = |page: Value| {
            let goes_on = paging.turn(&mut ask, page, &mut results).map_err(|failure| failure.detail);
            (goes_on, String::from_utf8(ask.body.clone().unwrap_or_default()).expect("JSON"))
        };
        let second = r#"{"where":"x","page":1,"session_id":"s"}"#;
        let full = json!({"page": 0, "page_size": 2, "session_id": "s", "results": [1, 2]});
        assert_eq!(turn(full.clone()), (Ok(true), second.to_owned()));
        assert!(turn(full).0.is_err(), "the same page again");
        assert!(turn(json!({"page": 1, "results": [1]})).0.is_err(), "no session to go on with");
        assert_eq!(turn(json!({"page": 1, "page_size": 2, "session_id": "s", "results": [3]})).0, Ok(false));
        assert_eq!(turn(json!({"page": 1, "session_id": "s", "results": []})).0, Ok(false));
        assert!(turn(json!([])).0.is_err() && turn(json!({"results": {}})).0.is_err());
    }

    #[test]
    fn what_has_no_pages_is_refused_with_a_reason() {
        let refusals = [
            (ask("app", Method::POST, Some("{}")), "GET"),
            (ask("engage", Method::GET, None), "POST"),
            (ask("engage", Method::POST, Some("[]")), "object"),
            (ask("query", Method::GET, None), "only app and engage"),
            (ask("export", Method::GET, None), "only app and engage"),
        ];
        for (ask, text) in refusals {
            let failure = Paging::of(&ask).expect_err("is refused");
            assert!(failure.detail.contains(text) && failure.kind.exit_code() == 3, "{}", failure.detail);
        }
    }
}
