//! What counts as the same request, by the rules of the recordings' README. Plain functions; the server is not known here.

use mp_sandbox::upstream::server::Received;
use serde_json::Value;

use super::compare::{Marks, equal};

/// A request that the server got, and what it answered.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    pub(super) request: Received,
    pub(super) status: u16,
}

/// Compares the requests of one step with its recorded exchanges, as multisets. With `ignores_me`, further requests for `/me` are
/// not counted.
pub(super) fn compare(exchanges: &[Value], sent: &[Sent], ignores_me: bool, marks: &Marks) -> Vec<String> {
    let probe = |path: &str, status: u64| path.starts_with("/cdn/") && status != 200;
    let counted = |exchange: &&Value| {
        !probe(
            exchange["request"]["path"].as_str().unwrap_or_default(),
            exchange["response"]["status"].as_u64().unwrap_or(0),
        )
    };
    let mut missing: Vec<&Value> = exchanges.iter().filter(counted).map(|exchange| &exchange["request"]).collect();
    let mut further = Vec::new();
    for one in sent.iter().filter(|one| !probe(&one.request.path, one.status.into())) {
        match missing.iter().position(|recorded| same(recorded, &one.request, marks).is_ok()) {
            Some(at) => drop(missing.remove(at)),
            None => further.push(&one.request),
        }
    }
    further.retain(|request| !(ignores_me && is_me(request)));
    let mut problems = Vec::new();
    // A request that only looks a little different is told as such.
    for request in further {
        match missing.iter().position(|recorded| is_for(recorded, request)) {
            Some(at) => {
                let why = same(missing.remove(at), request, marks).err().unwrap_or_default();
                problems.push(format!("{} {}: {why}", request.method, request.path));
            }
            None => problems.push(format!("{} {} was not recorded", request.method, request.path)),
        }
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    problems.extend(missing.iter().map(|it| format!("{} {} was not sent", text(&it["method"]), text(&it["path"]))));
    problems
}

/// Returns whether a request is for the account's own entry.
pub(super) fn is_me(request: &Received) -> bool {
    request.method == "GET" && request.path.ends_with("/app/me")
}

/// Returns whether method and path are those of a recorded request.
pub(super) fn is_for(recorded: &Value, sent: &Received) -> bool {
    recorded["method"] == sent.method.as_str()
        && segments(recorded["path"].as_str().unwrap_or_default()) == segments(&sent.path)
}

/// Returns whether query and body are those of a recorded request, too.
///
/// # Errors
/// Says what differs. Values are left out: some are secrets.
pub(super) fn means(recorded: &Value, sent: &Received, marks: &Marks) -> Result<(), String> {
    if !is_for(recorded, sent) {
        return Err("is another".to_owned());
    }
    pairs(&recorded["query"], &sent.query, marks).map_err(|problem| format!("query parameter {problem}"))?;
    body(recorded, sent, marks).map_err(|problem| format!("body: {problem}"))
}

/// Returns whether a request is as recorded, headers included.
///
/// # Errors
/// Says what differs. Values are left out: some are secrets.
fn same(recorded: &Value, sent: &Received, marks: &Marks) -> Result<(), String> {
    means(recorded, sent, marks)?;
    let counts = |name: &str| name == "authorization" || name.starts_with("x-");
    let wanted = |name: &str| recorded["headers"][name].as_str();
    if let Some((name, _)) = sent.headers.iter().find(|(name, _)| counts(name) && wanted(name).is_none()) {
        return Err(format!("header {name} was not recorded"));
    }
    for (name, value) in recorded["headers"].as_object().into_iter().flatten() {
        if ["user-agent", "content-type"].contains(&name.as_str()) {
            continue;
        }
        let found: Vec<&str> =
            sent.headers.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect();
        match found[..] {
            [] => return Err(format!("header {name} is missing")),
            [found] if marks.text(value.as_str().unwrap_or_default(), found) => {}
            _ => return Err(format!("header {name} differs")),
        }
    }
    Ok(())
}

/// Splits a path and decodes each segment: spellings do not count, but an encoded slash is not a slash.
fn segments(path: &str) -> Vec<Vec<u8>> {
    path.split('/').map(decoded).collect()
}

fn decoded(segment: &str) -> Vec<u8> {
    let mut bytes = segment.as_bytes();
    let mut decoded = Vec::new();
    while let [first, rest @ ..] = bytes {
        let code = rest.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        let code = code.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        decoded.push(code.unwrap_or(*first));
        bytes = if code.is_some() { &rest[2..] } else { rest };
    }
    decoded
}

/// Compares parameters or form fields, as multisets. `query_origin` does not count.
fn pairs(recorded: &Value, sent: &[(String, String)], marks: &Marks) -> Result<(), String> {
    let mut sent: Vec<_> = sent.iter().filter(|(name, _)| name != "query_origin").collect();
    for pair in recorded.as_array().into_iter().flatten() {
        let (name, value) = (pair[0].as_str().unwrap_or_default(), pair[1].as_str().unwrap_or_default());
        if name == "query_origin" {
            continue;
        }
        let fits = |(known, found): &&(String, String)| known == name && value_fits(value, found, marks);
        match sent.iter().position(fits) {
            Some(at) => drop(sent.remove(at)),
            None if sent.iter().any(|(known, _)| known == name) => return Err(format!("{name} differs")),
            None => return Err(format!("{name} is missing")),
        }
    }
    sent.first().map_or(Ok(()), |(name, _)| Err(format!("{name} was not recorded")))
}

/// Compares two values of a parameter: JSON in them by value.
fn value_fits(expected: &str, actual: &str, marks: &Marks) -> bool {
    let json = |text: &str| text.starts_with(['{', '[']).then(|| serde_json::from_str::<Value>(text).ok()).flatten();
    marks.text(expected, actual)
        || json(expected).zip(json(actual)).is_some_and(|(expected, actual)| equal(&expected, &actual, marks).is_ok())
}

fn body(recorded: &Value, sent: &Received, marks: &Marks) -> Result<(), String> {
    let text = std::str::from_utf8(&sent.body).map_err(|_| "is no text".to_owned())?;
    match recorded["body_kind"].as_str() {
        None if text.is_empty() => Ok(()),
        None => Err("was not recorded".to_owned()),
        Some("json") => {
            let found = serde_json::from_str(text).map_err(|_| "is not JSON".to_owned())?;
            equal(&recorded["body"], &found, marks)
        }
        Some("form") => pairs(&recorded["body"], &sent.fields(), marks).map_err(|problem| format!("field {problem}")),
        _ if recorded["body"] == text => Ok(()),
        _ => Err("differs".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn received(method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Received {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Received {
            number: 1,
            at: std::time::Instant::now(),
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.split('&').filter_map(|pair| pair.split_once('=')).map(own).collect(),
            headers: headers.iter().copied().map(own).collect(),
            body: body.as_bytes().to_vec(),
        }
    }

    fn recorded(path: &str) -> Value {
        json!({"method": "GET", "path": path, "query": [["a", "1"], ["a", "2"], ["query_origin", "x"]],
               "headers": {"authorization": "Basic eA==", "x-team": "t", "content-type": "text/csv"}})
    }

    const HEADERS: [(&str, &str); 3] = [("authorization", "Basic eA=="), ("x-team", "t"), ("user-agent", "mpd")];

    #[test]
    fn spelling_and_order_do_not_count() {
        let check =
            |target: &str| same(&recorded("/us/app/Add%20to"), &received("GET", target, &HEADERS, ""), &Marks::fixed());
        assert_eq!(check("/us/app/Add%20to?a=1&a=2"), Ok(()));
        assert_eq!(check("/us/app/%41dd%20to?a=2&a=1&query_origin=y"), Ok(()));
        assert_eq!(check("/us/app/Add%20to?a=1"), Err("query parameter a is missing".to_owned()));
        assert_eq!(check("/us/app/Add%20to?a=1&a=3"), Err("query parameter a differs".to_owned()));
        assert_eq!(check("/us/app/Add%20to?a=1&a=2&b="), Err("query parameter b was not recorded".to_owned()));
        assert_eq!(check("/us/app/Add%20to/?a=1&a=2"), Err("is another".to_owned()));
        assert!(segments("/a%2Fb") != segments("/a/b") && segments("/a%2fb") == segments("/a%2Fb"));
        assert_eq!(decoded("%4 %zz%"), b"%4 %zz%");
    }

    #[test]
    fn credentials_and_own_headers_count() {
        let check = |headers: &[(&str, &str)]| {
            same(&recorded("/p"), &received("GET", "/p?a=1&a=2", headers, ""), &Marks::fixed())
                .err()
                .unwrap_or_default()
        };
        assert_eq!(check(&HEADERS), "");
        assert_eq!(check(&HEADERS[1..]), "header authorization is missing");
        assert_eq!(check(&[HEADERS[0], ("x-team", "u")]), "header x-team differs");
        assert_eq!(check(&[HEADERS[0], HEADERS[1], HEADERS[1]]), "header x-team differs");
        assert_eq!(check(&[HEADERS[0], HEADERS[1], ("x-more", "")]), "header x-more was not recorded");
    }

    #[test]
    fn bodies_are_compared_by_what_they_mean() {
        let check = |kind: &str, expected: Value, body: &str| {
            let recorded = json!({"method": "POST", "path": "/p", "query": [], "body_kind": kind, "body": expected, "headers": {}});
            same(&recorded, &received("POST", "/p", &[], body), &Marks::fixed()).is_ok()
        };
        assert!(check("json", json!({"a": 1, "b": 2}), r#"{ "b": 2, "a": 1.0 }"#));
        assert!(!check("json", json!({"a": 1}), "a=1") && !check("json", json!({}), ""));
        let form = json!([["code_verifier", "<RANDOM>"], ["list", r#"[{"event": "x"}]"#]]);
        let verifier = "abcdefghijklmnopqrstuvwxyz";
        assert!(check("form", form.clone(), &format!("list=%5B%7B%22event%22:%22x%22%7D%5D&code_verifier={verifier}")));
        assert!(!check("form", form.clone(), &format!("list=%5B%5D&code_verifier={verifier}")));
        assert!(!check("form", form, "code_verifier=&list=%5B%7B%22event%22:%22x%22%7D%5D"));
        assert!(check("text", json!("a,b\n"), "a,b\n") && !check("text", json!("a,b\n"), "a,b"));
        let nothing = json!({"method": "POST", "path": "/p", "query": [], "headers": {}});
        assert!(same(&nothing, &received("POST", "/p", &[], "{}"), &Marks::fixed()).is_err());
    }

    #[test]
    fn requests_are_counted() {
        let get = |path: &str, status: u16| json!({"request": {"method": "GET", "path": path, "query": [], "headers": {}}, "response": {"status": status}});
        let sent = |path: &str, status: u16| Sent { request: received("GET", path, &[], ""), status };
        let check =
            |exchanges: &[Value], sent: &[Sent], me: bool| compare(exchanges, sent, me, &Marks::fixed()).join("; ");
        let two = [get("/a", 200), get("/b", 200)];
        assert_eq!(check(&two, &[sent("/b", 200), sent("/a", 200)], false), "");
        assert_eq!(check(&two, &[sent("/b", 200)], false), "GET /a was not sent");
        assert_eq!(check(&two[..1], &[sent("/a", 200), sent("/a", 200)], false), "GET /a was not recorded");
        assert_eq!(check(&two[..1], &[sent("/a?x=1", 200)], false), "GET /a: query parameter x was not recorded");
        let me = [sent("/a", 200), sent("/us/app/me", 200)];
        assert_eq!(check(&two[..1], &me, true), "");
        assert_eq!(check(&two[..1], &me, false), "GET /us/app/me was not recorded");
        assert_eq!(check(&[get("/us/app/me", 200)], &[], true), "GET /us/app/me was not sent");
        assert_eq!(
            check(&[get("/cdn/0", 200), get("/cdn/1", 404)], &[sent("/cdn/0", 200), sent("/cdn/9", 404)], false),
            ""
        );
        assert_eq!(check(&[get("/cdn/0", 200)], &[], false), "GET /cdn/0 was not sent");
    }
}
