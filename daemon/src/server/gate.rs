//! What a request must look like before any route sees it: no browser, no proxy, a protocol we speak, a name for who changes things.

use hyper::header::HeaderValue;
use hyper::{Method, Request, Version};
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::routes::{CLIENT_HEADER, HEALTH, HOST as OUR_HOST, PROTOCOL_HEADER, SHUTDOWN, VERSION};
use mp_proto::version::{BUILD, ProtocolRange};

/// Largest head of a request; a context has 16 KiB at most.
pub(crate) const MAX_HEAD: usize = 64 * 1024;

/// Checks the head of a request. One pass over the headers, for every call pays for it.
///
/// # Errors
/// When it is too large, comes from a browser or for a proxy, speaks another protocol, or changes something without saying who asks.
pub(crate) fn check<B>(request: &Request<B>) -> Result<(), Failure> {
    if matches!(request.version(), Version::HTTP_09 | Version::HTTP_10) {
        // There, a body ends with its connection: nobody could tell one that is cut off from a whole one.
        return Err(Failure::new(FailureKind::ProtocolMismatch, "HTTP/1.1 is needed"));
    }
    let uri = request.uri();
    if request.method() == Method::CONNECT || uri.scheme().is_some() || uri.authority().is_some() {
        return Err(forbidden("this is no proxy: send a path, not a URL"));
    }
    if request.method() == Method::TRACE {
        // It would show its sender's headers to whoever made it send them; and nobody here needs it.
        return Err(Failure::new(FailureKind::MethodNotAllowed, "TRACE is taken by no path"));
    }
    let mut size = uri.path_and_query().map_or(0, |path| path.as_str().len());
    let mut is_named = false;
    for (name, value) in request.headers() {
        size += name.as_str().len() + value.len() + ": \r\n".len();
        match name.as_str() {
            "host" => host(value)?,
            PROTOCOL_HEADER => protocol(uri.path(), value)?,
            CLIENT_HEADER => is_named = is_client(value),
            name if is_of_browser(name) => {
                let detail = format!("a request with the header {name} is refused: browsers may not call mpd");
                return Err(forbidden(detail));
            }
            _ => {}
        }
    }
    small(size)?;
    if is_named || matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(());
    }
    // A page that tricks a program into sending a plain request still cannot make it send this header.
    Err(forbidden("a request that changes something or reveals a token needs the header Mp-Client: <name>/<version>"))
}

fn forbidden(detail: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Forbidden, detail)
}

/// Headers that browsers add and that a page cannot suppress.
fn is_of_browser(name: &str) -> bool {
    name == "origin" || name == "referer" || name.starts_with("sec-fetch-")
}

fn host(value: &HeaderValue) -> Result<(), Failure> {
    if value.is_empty() || value == OUR_HOST || value == "localhost" {
        return Ok(());
    }
    Err(forbidden("Host must be mpd, localhost or empty"))
}

/// As the OpenAPI document has it: printable ASCII, without the tab that HTTP allows.
fn is_client(value: &HeaderValue) -> bool {
    let parts = value.to_str().ok().and_then(|value| value.split_once('/'));
    parts.is_some_and(|(name, version)| !name.is_empty() && !version.is_empty()) && !value.as_bytes().contains(&b'\t')
}

/// hyper's own limit is that of a buffer, which a head may exceed by as much again.
fn small(size: usize) -> Result<(), Failure> {
    if size <= MAX_HEAD {
        return Ok(());
    }
    let detail = format!("the head of the request has {size} bytes, more than the {MAX_HEAD} allowed");
    Err(Failure::new(FailureKind::HeadTooLarge, detail))
}

fn protocol(path: &str, value: &HeaderValue) -> Result<(), Failure> {
    let ours = ProtocolRange::OURS;
    // A client that cannot talk to us must still be able to see who we are and to ask us to leave.
    if [HEALTH, VERSION, SHUTDOWN].contains(&path) {
        return Ok(());
    }
    let theirs = value.to_str().ok().and_then(ProtocolRange::parse).ok_or_else(|| {
        Failure::new(FailureKind::InvalidArgument, "Mp-Protocol must be a number or a range such as 1-2")
    })?;
    if theirs.overlaps(ours) {
        return Ok(());
    }
    let detail = format!("mpd {BUILD} speaks the protocols {ours}, the client speaks {theirs}");
    let failure = Failure::new(FailureKind::ProtocolMismatch, detail);
    Err(if theirs.is_newer_than(ours) {
        failure.next("mp daemon restart", "start the daemon that came with this client")
    } else {
        failure.next("mp --version", "see which client this is; a newer one is installed beside the daemon")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(method: &str, uri: &str, headers: &[(&str, &str)]) -> Result<(), FailureKind> {
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        check(&request.body(()).expect("a request")).map_err(|failure| failure.kind)
    }

    #[test]
    fn plain_reads_pass() {
        for host in ["", "mpd", "localhost"] {
            assert_eq!(verdict("GET", "/v1/session", &[("host", host)]), Ok(()), "{host:?}");
        }
        assert_eq!(verdict("GET", "/v1/session", &[]), Ok(()));
    }

    #[test]
    fn browsers_and_proxies_are_refused() {
        for header in ["Origin", "Referer", "Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest", "Sec-Fetch-User"] {
            assert_eq!(verdict("GET", "/v1/session", &[(header, "x")]), Err(FailureKind::Forbidden), "{header}");
        }
        assert_eq!(verdict("GET", "http://mixpanel.com/api", &[]), Err(FailureKind::Forbidden));
        assert_eq!(verdict("CONNECT", "mixpanel.com:443", &[]), Err(FailureKind::Forbidden));
        assert_eq!(verdict("TRACE", "/v1/session", &[("mp-client", "x/1")]), Err(FailureKind::MethodNotAllowed));
        assert_eq!(verdict("GET", "/v1/session", &[("host", "evil.example")]), Err(FailureKind::Forbidden));
    }

    #[test]
    fn changes_need_a_name() {
        for method in ["POST", "PATCH", "PUT", "DELETE"] {
            assert_eq!(verdict(method, "/v1/accounts", &[]), Err(FailureKind::Forbidden), "{method}");
            assert_eq!(verdict(method, "/v1/accounts", &[("mp-client", "curl/8")]), Ok(()), "{method}");
            for odd in ["curl", "/8", "curl/", "curl/8\t9"] {
                assert_eq!(
                    verdict(method, "/v1/accounts", &[("mp-client", odd)]),
                    Err(FailureKind::Forbidden),
                    "{odd}"
                );
            }
        }
    }

    #[test]
    fn only_a_shared_protocol_passes() {
        let of = |range| verdict("GET", "/v1/session", &[("mp-protocol", range)]);
        assert_eq!(of("1-1"), Ok(()));
        assert_eq!(of("1-9"), Ok(()));
        assert_eq!(of("7-9"), Err(FailureKind::ProtocolMismatch));
        assert_eq!(of("0"), Err(FailureKind::ProtocolMismatch));
        assert_eq!(of("new"), Err(FailureKind::InvalidArgument));
        for always in ["/v1/version", "/v1/health"] {
            assert_eq!(verdict("GET", always, &[("mp-protocol", "7-9")]), Ok(()), "{always}");
        }
        assert_eq!(verdict("POST", "/v1/shutdown", &[("mp-protocol", "7-9"), ("mp-client", "mp/9")]), Ok(()));
    }
}
