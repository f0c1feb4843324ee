//! The headers that are passed on, in both directions. Pure.

use std::collections::HashSet;

use hyper::header::{
    ACCEPT, ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, IF_MATCH,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, RANGE,
    SET_COOKIE, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use mp_proto::failure::{Failure, FailureKind};

/// Headers of a caller that hold lists, so that they may come more than once.
const LISTS: [HeaderName; 3] = [ACCEPT, IF_MATCH, IF_NONE_MATCH];

/// Headers of a caller that hold one value.
const SINGLE: [HeaderName; 5] = [CONTENT_TYPE, IF_MODIFIED_SINCE, IF_UNMODIFIED_SINCE, IF_RANGE, RANGE];

/// Headers of an answer that belong to one connection, or to a browser: an account's session is nobody's to keep.
const NOT_PASSED: [HeaderName; 9] = [
    CONNECTION,
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    SET_COOKIE,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
    HeaderName::from_static("keep-alive"),
];

/// As [`NOT_PASSED`], of no standard.
const NOT_PASSED_EITHER: [&str; 2] = ["proxy-connection", "set-cookie2"];

/// Returns what goes upstream of a caller's headers: those that say what is asked for, and nothing that says who asks or on what way.
///
/// # Errors
/// When one that holds one value came twice: it would be read one way here and another way there.
pub(super) fn of_request(headers: &HeaderMap) -> Result<HeaderMap, Failure> {
    let of_connection = named(headers);
    let mut passed = HeaderMap::new();
    for name in LISTS.iter().chain(&SINGLE).filter(|name| !of_connection.contains(name.as_str())) {
        let values: Vec<_> = headers.get_all(name).iter().collect();
        if values.len() > 1 && SINGLE.contains(name) {
            let detail = format!("the header {name} came {} times", values.len());
            return Err(Failure::new(FailureKind::InvalidArgument, detail));
        }
        for value in values {
            passed.append(name, value.clone());
        }
    }
    let coding = if takes_gzip(headers) { "gzip" } else { "identity" };
    passed.insert(ACCEPT_ENCODING, HeaderValue::from_static(coding));
    Ok(passed)
}

/// Returns what a caller gets of the headers of an answer. One that repeats the credential is left out, too.
pub(super) fn of_answer(headers: &HeaderMap, credential: &str) -> HeaderMap {
    let of_connection = named(headers);
    let repeats = |value: &HeaderValue| {
        let credential = credential.as_bytes();
        !credential.is_empty() && value.as_bytes().windows(credential.len()).any(|part| part == credential)
    };
    // RFC 9112, 6.3: what comes in chunks has no other length.
    let is_in_chunks = headers.contains_key(TRANSFER_ENCODING);
    let is_passed = |name: &HeaderName| {
        let text = name.as_str();
        !NOT_PASSED.contains(name)
            && !NOT_PASSED_EITHER.contains(&text)
            && !text.starts_with("mp-")
            && !of_connection.contains(text)
            && (!is_in_chunks || name != CONTENT_LENGTH)
    };
    let passed = headers.iter().filter(|(name, value)| is_passed(name) && !repeats(value));
    passed.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Returns the headers that `Connection` names, in lower case.
fn named(headers: &HeaderMap) -> HashSet<String> {
    let values = headers.get_all(CONNECTION).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(|name| name.trim().to_ascii_lowercase()).collect()
}

/// Whether the caller reads gzip (RFC 9110, 12.5.3). Other codings are not asked for: fewer ways for an answer to surprise.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = weight.trim().strip_prefix("q=").map_or(Ok(1.0), |weight| weight.trim().parse::<f32>());
        name.trim().eq_ignore_ascii_case("gzip") && weight.is_ok_and(|weight| weight > 0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (name.parse::<HeaderName>().expect("a name"), HeaderValue::from_static(value))
        };
        pairs.iter().map(pair).collect()
    }

    fn sent(pairs: &[(&'static str, &'static str)]) -> Vec<(String, String)> {
        let passed = of_request(&map(pairs)).expect("good");
        passed.iter().map(|(name, value)| (name.to_string(), value.to_str().expect("ASCII").to_owned())).collect()
    }

    #[test]
    fn only_what_says_what_is_asked_for_goes_out() {
        let identity = ("accept-encoding".to_owned(), "identity".to_owned());
        for name in
            ["Authorization", "Cookie", "Host", "User-Agent", "Mp-Context", "X-Forwarded-For", "Forwarded", "Via"]
        {
            assert_eq!(
                sent(&[(name, "x"), ("Connection", "close"), ("TE", "trailers")]),
                std::slice::from_ref(&identity),
                "{name}"
            );
        }
        let accept = [("accept".to_owned(), "a".to_owned()), ("accept".to_owned(), "b".to_owned()), identity.clone()];
        assert_eq!(sent(&[("Accept", "a"), ("ACCEPT", "b")]), accept);
        assert_eq!(sent(&[("Range", "bytes=0-1"), ("Connection", "keep-alive, RANGE")]), [identity]);
        assert!(of_request(&map(&[("Content-Type", "a/b"), ("content-type", "a/b")])).is_err());
    }

    #[test]
    fn gzip_is_the_only_coding_that_is_asked_for() {
        for (accepted, coding) in [
            ("gzip", "gzip"),
            ("br, GZIP;q=0.5", "gzip"),
            ("gzip;q=0", "identity"),
            ("gzip; q=0.000", "identity"),
            ("gzip;q=many", "identity"),
            ("br, zstd", "identity"),
            ("*", "identity"),
            ("", "identity"),
        ] {
            assert_eq!(sent(&[("Accept-Encoding", accepted)])[0].1, coding, "{accepted}");
        }
    }

    #[test]
    fn an_answer_keeps_what_is_about_its_body() {
        let headers = map(&[
            ("content-type", "a/b"),
            ("etag", "1"),
            ("etag", "2"),
            ("set-cookie", "s=1"),
            ("connection", "X-Hop, close"),
            ("x-hop", "1"),
            ("keep-alive", "5"),
            ("mp-origin", "daemon"),
            ("mp-anything", "x"),
            ("transfer-encoding", "chunked"),
            ("x-echo", "Bearer t0ken"),
        ]);
        let names =
            |credential| of_answer(&headers, credential).keys().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        assert_eq!(names("t0ken"), "content-type etag");
        assert_eq!(names(""), "content-type etag x-echo");
        assert_eq!(of_answer(&headers, "t0ken").get_all("etag").iter().count(), 2);
    }

    #[test]
    fn what_comes_in_chunks_has_no_other_length() {
        let passed = |pairs: &[(&'static str, &'static str)]| of_answer(&map(pairs), "").contains_key(CONTENT_LENGTH);
        assert!(passed(&[("content-length", "5")]));
        assert!(!passed(&[("content-length", "5"), ("transfer-encoding", "chunked")]));
    }
}
