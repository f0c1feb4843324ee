//! The headers that are passed on, in both directions. Pure.

use hyper::header::{
    ACCEPT, ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, IF_MATCH,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, RANGE, TRANSFER_ENCODING,
};
use memchr::memmem;
use mp_proto::failure::{Failure, FailureKind};

/// Headers of a caller that hold lists, so that they may come more than once.
const LISTS: [HeaderName; 3] = [ACCEPT, IF_MATCH, IF_NONE_MATCH];

/// So many headers of our own an answer gets.
const OURS: usize = 5;

/// Headers of a caller that hold one value.
const SINGLE: [HeaderName; 5] = [CONTENT_TYPE, IF_MODIFIED_SINCE, IF_UNMODIFIED_SINCE, IF_RANGE, RANGE];

/// Whether a header of an answer belongs to one connection, or to a browser: an account's session is nobody's to keep. The last two are of
/// no standard.
fn is_of_one_side(name: &str) -> bool {
    matches!(
        name,
        "connection"
            | "keep-alive"
            | "proxy-authenticate"
            | "proxy-authorization"
            | "set-cookie"
            | "te"
            | "trailer"
            | "transfer-encoding"
            | "upgrade"
            | "proxy-connection"
            | "set-cookie2"
    )
}

/// Returns what goes upstream of a caller's headers: those that say what is asked for, and nothing that says who asks or on what way.
///
/// # Errors
/// When one that holds one value came twice: it would be read one way here and another way there.
pub(super) fn of_request(headers: &HeaderMap) -> Result<HeaderMap, Failure> {
    let mut passed = HeaderMap::new();
    for (name, value) in headers {
        let is_single = SINGLE.contains(name);
        if !(is_single || LISTS.contains(name)) || is_of_connection(name.as_str(), headers) {
            continue;
        }
        if is_single && passed.contains_key(name) {
            let detail = format!("the header {name} came {} times", headers.get_all(name).iter().count());
            return Err(Failure::new(FailureKind::InvalidArgument, detail));
        }
        passed.append(name, value.clone());
    }
    let coding = if takes_gzip(headers) { "gzip" } else { "identity" };
    passed.insert(ACCEPT_ENCODING, HeaderValue::from_static(coding));
    Ok(passed)
}

/// Returns what a caller gets of the headers of an answer. One that repeats the credential is left out, too.
pub(super) fn of_answer(headers: &HeaderMap, credential: &str) -> HeaderMap {
    let credential = credential.as_bytes();
    let repeats = |value: &HeaderValue| !credential.is_empty() && memmem::find(value.as_bytes(), credential).is_some();
    // RFC 9112, 6.3: what comes in chunks has no other length.
    let is_in_chunks = headers.contains_key(TRANSFER_ENCODING);
    let has_connection = headers.contains_key(CONNECTION);
    let is_left_out = |name: &HeaderName| {
        let text = name.as_str();
        is_of_one_side(text)
            || text.starts_with("mp-")
            || (has_connection && is_of_connection(text, headers))
            || (is_in_chunks && name == CONTENT_LENGTH)
    };
    let mut passed = HeaderMap::with_capacity(headers.len() + OURS);
    for (name, value) in headers.iter().filter(|(name, value)| !is_left_out(name) && !repeats(value)) {
        passed.append(name, value.clone());
    }
    passed
}

/// Whether `Connection` names a header, which has its name in lower case.
fn is_of_connection(name: &str, headers: &HeaderMap) -> bool {
    let values = headers.get_all(CONNECTION).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|named| named.trim().eq_ignore_ascii_case(name))
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
