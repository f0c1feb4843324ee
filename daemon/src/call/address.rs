//! The address of a request: a host's base, the path below it, the query. Pure.

use bytes::Bytes;
use mp_proto::failure::{Failure, FailureKind};
use reqwest::Url;
use url::form_urlencoded::Serializer;

use crate::call::request::{Outgoing, Query};

/// Returns where a request goes. A path is made of encoded segments, so an address that reads otherwise than it was written leads
/// somewhere else.
///
/// # Errors
/// When it is none, or does.
pub(crate) fn of(base: &str, request: &Outgoing) -> Result<hyper::Uri, Failure> {
    let path = &request.path;
    let bad = || {
        let detail = format!("{} is no path of Mixpanel", path.escape_debug());
        Failure::new(FailureKind::InvalidArgument, detail)
    };
    let mut text = [base, path].concat();
    if !is_plain(path) && (path.contains(['?', '#']) || Url::parse(&text).ok().is_none_or(|url| url.as_str() != text)) {
        return Err(bad());
    }
    match &request.query {
        Query::Pairs(pairs) if pairs.is_empty() => {}
        Query::Pairs(pairs) => {
            text.push('?');
            text.push_str(&Serializer::new(String::new()).extend_pairs(pairs).finish());
        }
        Query::Raw(raw) if raw.bytes().all(is_of_query) => {
            text.push('?');
            text.push_str(raw);
        }
        Query::Raw(raw) => {
            let mut url = Url::parse(&text).map_err(|_| bad())?;
            url.set_query(Some(raw));
            text = url.into();
        }
    }
    hyper::Uri::from_maybe_shared(Bytes::from(text)).map_err(|_| bad())
}

/// Whether a path reads as it was written, whoever reads it: it has no segment that leads elsewhere, and no character that would be
/// encoded.
fn is_plain(path: &str) -> bool {
    let is_elsewhere = |at: usize| matches!(path.as_bytes().get(at + 1..), Some([b'.', ..] | [b'%', b'2', ..]));
    path.bytes().all(|byte| is_of_segment(byte) || byte == b'/')
        && !memchr::memchr_iter(b'/', path.as_bytes()).any(is_elsewhere)
}

/// RFC 3986, 3.3: `pchar`, less the quote, which is encoded by some.
const fn is_of_segment(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'-' | b'.'
                | b'_'
                | b'~'
                | b'%'
                | b'!'
                | b'$'
                | b'&'
                | b'('
                | b')'
                | b'*'
                | b'+'
                | b','
                | b';'
                | b'='
                | b':'
                | b'@'
        )
}

const fn is_of_query(byte: u8) -> bool {
    is_of_segment(byte) || matches!(byte, b'/' | b'?')
}

#[cfg(test)]
mod tests {
    use super::*;
    use mp_proto::plane::Plane;
    use proptest::prelude::*;

    const BASE: &str = "http://127.0.0.1:7/us/app";

    fn made(path: &str, query: Query) -> Option<String> {
        let request = Outgoing { query, ..Outgoing::read(Plane::App, path) };
        of(BASE, &request).ok().map(|uri| uri.to_string())
    }

    fn raw(query: &str) -> Query {
        Query::Raw(query.to_owned())
    }

    #[test]
    fn what_leads_elsewhere_is_no_path() {
        for bad in ["/../x", "/a/..", "/a/.", "/%2e%2e/x", "/a/.%2E", "/a b", "/a?b", "/a#b", "/ä", "/a\nb"] {
            assert_eq!(made(bad, raw("")), None, "{bad}");
        }
        for good in ["", "/", "/me", "/a/.b", "/a/%2fb", "/a/..b/%C3%A4", "/x/", "/a//b", "/a;b=c:d@e"] {
            assert_eq!(made(good, Query::Pairs(Vec::new())), Some(format!("{BASE}{good}")), "{good}");
        }
    }

    #[test]
    fn a_query_is_encoded_where_it_has_to_be() {
        let pairs = [("a b", "ä&="), ("c", "")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(made("/x", Query::Pairs(pairs.into())), Some(format!("{BASE}/x?a+b=%C3%A4%26%3D&c=")));
        assert_eq!(made("/x", raw("a=1&b=%7B%22c%22%3A1%7D")), Some(format!("{BASE}/x?a=1&b=%7B%22c%22%3A1%7D")));
        assert_eq!(made("/x", raw("a=<\"b\">")), Some(format!("{BASE}/x?a=%3C%22b%22%3E")));
    }

    proptest! {
        #[test]
        fn an_address_reads_as_a_browser_reads_it(path in "(/[a-z.%2eE;:@~'\" ]{0,5}){0,4}", query in "[a-z=&%'\"<> /?]{0,8}") {
            let written = format!("{BASE}{path}");
            let read = Url::parse(&written).ok().filter(|url| url.as_str() == written);
            let expected = read.map(|mut url| {
                url.set_query(Some(&query));
                url.to_string()
            });
            prop_assert_eq!(made(&path, raw(&query)), expected);
        }
    }
}
