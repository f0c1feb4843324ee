//! What `mp api` asks for: method, path, query, headers and body as the command line has them. Whatever can be refused without the
//! daemon is refused here.

use std::io::Read;

use clap::ArgMatches;
use hyper::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, IF_MATCH, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, RANGE,
};
use hyper::{Method, Uri};
use mp_proto::failure::{Failure, FailureKind, Problem, Problems};
use mp_proto::routes::{API_HEAD, encode_segment};
use serde_json::Value;

use crate::api::Streamed;
use crate::transport::Content;
use crate::uri::{self, is_url};

/// What a query parameter is encoded to: every character that may mean something is.
pub(super) type Pair = String;

/// The methods that the route takes.
const METHODS: [Method; 6] = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

/// The headers that the route lets through.
const HEADERS: [HeaderName; 9] = [
    ACCEPT,
    ACCEPT_ENCODING,
    CONTENT_TYPE,
    IF_MATCH,
    IF_MODIFIED_SINCE,
    IF_NONE_MATCH,
    IF_RANGE,
    IF_UNMODIFIED_SINCE,
    RANGE,
];

/// A call of Mixpanel's API.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    /// Which of its hosts and prefixes.
    pub(super) plane: String,
    /// GET, POST, …
    pub(super) method: Method,
    /// Below the plane, encoded, without a query.
    pub(super) path: String,
    /// `name=value` each, encoded.
    pub(super) query: Vec<Pair>,
    /// Only those that the route lets through.
    pub(super) headers: HeaderMap,
    /// The bytes to send.
    pub(super) body: Option<Vec<u8>>,
}

impl Ask {
    /// Returns what a command line asks for. Reads the body from a file or from stdin.
    ///
    /// # Errors
    /// When something of it is wrong.
    pub(super) fn of(arguments: &ArgMatches) -> Result<Self, Failure> {
        let text = |id: &str| arguments.get_one::<String>(id).map_or("", String::as_str);
        let many = |id: &str| arguments.get_many::<String>(id).into_iter().flatten().map(String::as_str);
        let (path, mut query) = split(text("path"))?;
        // The Engage API has a call at the very root of its plane.
        if path.is_empty() && text("plane") != "engage" {
            return Err(refused("PATH is empty").next("mp api me", "ask who you are"));
        }
        query.extend(pairs(many("query"))?);
        let headers = headers(many("header"))?;
        let data = arguments.get_one::<String>("data");
        let body = data.map(|data| body(data, &headers)).transpose()?;
        let usual = if body.is_some() { Method::POST } else { Method::GET };
        let method = arguments.get_one::<Method>("method").cloned().unwrap_or(usual);
        Ok(Self { plane: text("plane").to_owned(), method, path, query, headers, body })
    }

    /// Returns the request to the daemon. What Mixpanel refuses is an answer, too.
    ///
    /// # Errors
    /// When path and query are too long for a request.
    pub(super) fn streamed(&self) -> Result<Streamed, Failure> {
        let Self { plane, path, .. } = self;
        let mark = if self.query.is_empty() { "" } else { "?" };
        let path = format!("{API_HEAD}{plane}/{path}{mark}{}", self.query.join("&"));
        path.parse::<Uri>().map_err(|error| refused(format!("PATH cannot be sent: {error}")))?;
        Ok(Streamed {
            method: self.method.clone(),
            path,
            headers: self.headers.clone(),
            body: self.body.clone().map(Content::from),
            refusals_fail: false,
        })
    }
}

/// Reads a method, in any case.
///
/// # Errors
/// When the route does not take it.
pub(super) fn method(word: &str) -> Result<Method, String> {
    let known = METHODS.into_iter().find(|method| method.as_str().eq_ignore_ascii_case(word));
    known.ok_or_else(|| "it is none of GET, HEAD, POST, PUT, PATCH and DELETE".to_owned())
}

pub(super) fn refused(detail: impl Into<String>) -> Failure {
    Failure::new(FailureKind::InvalidArgument, detail)
}

/// Splits a path from its query and encodes both.
fn split(typed: &str) -> Result<(String, Vec<Pair>), Failure> {
    if is_url(typed) {
        return Err(refused("PATH is a URL: give the path below the plane, without scheme and host")
            .next("mp api --plane app 'projects/{project_id}/dashboards'", "--plane chooses the host"));
    }
    let (path, query) = typed.split_once('?').unwrap_or((typed, ""));
    let path = path.trim_start_matches('/');
    let query = query.split('&').filter(|pair| !pair.is_empty()).map(uri::query).collect();
    Ok((uri::path(path), query))
}

/// Encodes `name=value` pairs.
fn pairs<'a>(typed: impl Iterator<Item = &'a str>) -> Result<Vec<Pair>, Failure> {
    let (mut pairs, mut problems) = (Vec::new(), Problems::default());
    for pair in typed {
        match pair.split_once('=') {
            Some((name, value)) if !name.is_empty() => {
                pairs.push(format!("{}={}", encode_segment(name), encode_segment(value)));
            }
            _ => problems.add("--query", format!("'{pair}' is not NAME=VALUE")),
        }
    }
    all_good(problems).map(|()| pairs)
}

/// Reads `Name: value` lines.
fn headers<'a>(typed: impl Iterator<Item = &'a str>) -> Result<HeaderMap, Failure> {
    let (mut headers, mut problems) = (HeaderMap::new(), Problems::default());
    for line in typed {
        if let Some((name, value)) = problems.take("--header", header(line)) {
            headers.append(name, value);
        }
    }
    all_good(problems).map(|()| headers)
}

/// Reads one header. A refusal names it without its value: somebody may have tried to send a credential.
fn header(line: &str) -> Result<(HeaderName, HeaderValue), String> {
    let Some((name, value)) = line.split_once(':') else { return Err("it is not 'Name: value'".to_owned()) };
    let (name, value) = (name.trim(), value.trim());
    let known = HeaderName::from_bytes(name.as_bytes()).ok();
    let known = known.filter(|name| HEADERS.contains(name));
    let known = known.ok_or_else(|| {
        format!("'{name}' is not passed on: only Accept, Accept-Encoding, Content-Type, If-Match and its like, and Range are")
    })?;
    let value = HeaderValue::from_str(value).map_err(|_| format!("the value of '{name}' cannot be sent"))?;
    Ok((known, value))
}

/// Fails with all problems together.
fn all_good(problems: Problems) -> Result<(), Failure> {
    problems.fail(FailureKind::InvalidArgument, "mp api cannot be run like this")
}

/// Returns the body that `-d` names. JSON on the command line is checked: a quote that the shell has eaten is found here.
fn body(data: &str, headers: &HeaderMap) -> Result<Vec<u8>, Failure> {
    if data == "-" {
        let mut body = Vec::new();
        let read = std::io::stdin().lock().read_to_end(&mut body);
        return read.map(|_| body).map_err(|error| refused(format!("--data: stdin could not be read: {error}")));
    }
    if let Some(path) = data.strip_prefix('@') {
        return std::fs::read(path).map_err(|error| refused(format!("--data: could not read {path}: {error}")));
    }
    let kind = headers.get(CONTENT_TYPE).map_or("json", |kind| kind.to_str().unwrap_or_default());
    if kind.to_ascii_lowercase().contains("json") {
        serde_json::from_str::<&serde_json::value::RawValue>(data)
            .map_err(|error| refused(format!("--data is not JSON: {error}")).errors(other_data()))?;
    }
    Ok(data.as_bytes().to_vec())
}

fn other_data() -> Vec<Problem> {
    vec![Problem::new("--data", "write @FILE for a file, - for stdin, or give another type by -H 'Content-Type: …'")]
}

/// Reads a body as a JSON object.
///
/// # Errors
/// When it is none.
pub(super) fn object(body: Option<&[u8]>) -> Result<serde_json::Map<String, Value>, Failure> {
    let value = body.map(serde_json::from_slice).transpose();
    match value {
        Ok(Some(Value::Object(object))) => Ok(object),
        _ => Err(refused("--paginate needs a JSON object in --data: the page is written into it")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(line: &[&str]) -> Result<Ask, Failure> {
        let matches = crate::commands::parsed(["api"].iter().chain(line));
        Ask::of(matches.subcommand().expect("a command").1)
    }

    #[track_caller]
    fn path(line: &[&str]) -> String {
        asked(line).and_then(|ask| ask.streamed()).expect("is taken").path
    }

    #[track_caller]
    fn refusal(line: &[&str]) -> String {
        let failure = asked(line).expect_err("is refused");
        assert_eq!(failure.kind.exit_code(), 3);
        crate::report::describe(&failure)
    }

    #[test]
    fn the_method_may_be_left_out() {
        let method = |line: &[&str]| asked(line).expect("is taken").method;
        assert_eq!(method(&["me"]), Method::GET);
        assert_eq!(method(&["me", "-d", "{}"]), Method::POST);
        assert_eq!(method(&["patch", "me", "-d", "{}"]), Method::PATCH);
        assert_eq!(method(&["-d", "{}", "GET", "me"]), Method::GET);
        assert_eq!(method(&["head", "me"]), Method::HEAD);
        assert!(super::method("TRACE").is_err() && super::method("").is_err());
    }

    #[test]
    fn a_path_is_encoded_where_a_uri_needs_it() {
        let cases = [
            ("projects/{project_id}/dashboards", "projects/%7Bproject_id%7D/dashboards"),
            ("/me", "me"),
            ("a b/ü", "a%20b/%C3%BC"),
            ("a%2Fb%2g%", "a%2Fb%252g%25"),
            ("a#b\"<>|\\^`", "a%23b%22%3C%3E%7C%5C%5E%60"),
            ("a:b@c,d;e=f", "a:b@c,d;e=f"),
            ("x\u{1}\r\n", "x%01%0D%0A"),
        ];
        for (typed, sent) in cases {
            assert_eq!(path(&[typed]), format!("/v1/api/app/{sent}"), "{typed}");
        }
    }

    #[test]
    fn a_query_comes_from_the_path_and_from_options() {
        assert_eq!(path(&["x?a=1&b=%20 c/d?e"]), "/v1/api/app/x?a=1&b=%20%20c/d?e");
        let whole = path(&["--plane", "query", "x?a=1", "--query", "b=c d&e=f", "--query", "ü=", "--query", "n=a=b"]);
        assert_eq!(whole, "/v1/api/query/x?a=1&b=c%20d%26e%3Df&%C3%BC=&n=a%3Db");
        assert_eq!(path(&["x?", "--query", "a=1"]), "/v1/api/app/x?a=1");
        assert!(refusal(&["x", "--query", "a"]).contains("--query: 'a' is not NAME=VALUE"));
        let both = refusal(&["x", "--query", "a", "--query", "=b"]);
        assert!(both.contains("'a'") && both.contains("'=b'"), "{both}");
    }

    #[test]
    fn a_url_an_empty_path_and_an_endless_one_are_refused() {
        for url in ["https://mixpanel.com/api/app/me", "HTTP://x/y", "//mixpanel.com/x"] {
            let told = refusal(&[url]);
            assert!(told.contains("PATH is a URL") && told.contains("--plane"), "{told}");
        }
        assert_eq!(path(&["redirect?to=https://x/y"]), "/v1/api/app/redirect?to=https://x/y");
        assert!(refusal(&["/"]).contains("PATH is empty"));
        assert_eq!(path(&["--plane", "engage", "/", "-d", "{}"]), "/v1/api/engage/");
        let long = "x".repeat(70_000);
        let failure = asked(&[&long]).and_then(|ask| ask.streamed()).expect_err("is refused");
        assert_eq!(failure.kind.exit_code(), 3, "{}", failure.detail);
    }

    #[test]
    fn only_headers_that_are_passed_on_are_taken() {
        let ask = asked(&["x", "-H", "accept: text/csv", "-H", "If-None-Match:\"1\"", "-H", "Range: bytes=0-"]);
        let headers = ask.expect("is taken").headers;
        assert_eq!(
            (headers.len(), &headers["accept"], &headers["if-none-match"]),
            (3, &"text/csv".parse().expect("a value"), &"\"1\"".parse().expect("a value"))
        );
        let told = refusal(&["x", "-H", "Authorization: Bearer s3cret", "-H", "Cookie: s3cret", "-H", "s3cret"]);
        assert!(
            told.contains("'Authorization'") && told.contains("'Cookie'") && told.contains("it is not 'Name"),
            "{told}"
        );
        assert!(!told.contains("s3cret"), "{told}");
        assert!(refusal(&["x", "-H", "Accept: a\u{1}"]).contains("cannot be sent"));
    }

    #[test]
    fn json_is_checked_unless_the_body_is_said_to_be_something_else() {
        let body = |line: &[&str]| asked(line).expect("is taken").body.expect("a body");
        assert_eq!(body(&["x", "-d", "{\"a\":  1.0}"]), b"{\"a\":  1.0}");
        assert_eq!(body(&["x", "-d", "-1"]), b"-1");
        assert!(refusal(&["x", "-d", "{a: 1}"]).contains("--data is not JSON"));
        assert!(refusal(&["x", "-d", ""]).contains("--data is not JSON"));
        assert_eq!(body(&["x", "-d", "a=1", "-H", "Content-Type: application/x-www-form-urlencoded"]), b"a=1");
        assert!(refusal(&["x", "-d", "a=1", "-H", "Content-Type: application/json; charset=utf-8"]).contains("JSON"));
        assert!(refusal(&["x", "-d", "@/no/such/file"]).contains("/no/such/file"));
    }
}
