//! Which headers people may add to the requests to Mixpanel: one rule for the environment, the config and bridge files.

use hyper::header::HeaderName;

/// Headers that say whose a request is and where it goes. One that was added could send a credential to another host, or another's along.
const OF_THE_REQUEST: [&str; 4] = ["authorization", "cookie", "cookie2", "host"];

/// Headers that say where a message ends or belong to one connection (RFC 9110, 7.6.1). A wrong one would break every request.
const OF_THE_CONNECTION: [&str; 9] = [
    "connection",
    "content-length",
    "expect",
    "http2-settings",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// How the headers begin that proxies are told something by, and that tell where a request came from.
const OF_PROXIES: [&str; 3] = ["forwarded", "proxy-", "x-forwarded-"];

/// Returns why no custom header may have this name, if none may.
pub fn refusal(name: &str) -> Option<&'static str> {
    let Ok(name) = HeaderName::try_from(name) else { return Some("this is no name for a header") };
    let name = name.as_str();
    if OF_THE_REQUEST.contains(&name) {
        return Some("this header says whose the request is or where it goes, and cannot be set");
    }
    if OF_THE_CONNECTION.contains(&name) {
        return Some("this header is the connection's own, and cannot be set");
    }
    if OF_PROXIES.iter().any(|head| name.starts_with(head)) {
        return Some("this header is for proxies, and cannot be set");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_decides_about_a_request_or_its_connection_cannot_be_set_in_any_spelling() {
        for name in [
            "Host",
            "COOKIE",
            "authorization",
            "Proxy-Authorization",
            "proxy-connection",
            "Forwarded",
            "Forwarded-For",
            "X-Forwarded-Host",
            "Connection",
            "Keep-Alive",
            "TE",
            "Trailer",
            "Transfer-Encoding",
            "Upgrade",
            "Content-Length",
        ] {
            assert!(refusal(name).is_some_and(|why| why.ends_with("cannot be set")), "{name}");
        }
        for name in ["", "X Y", ":authority", "X-\u{e9}", "X\r\nHost"] {
            assert_eq!(refusal(name), Some("this is no name for a header"), "{name:?}");
        }
        for name in ["X-Mixpanel-Cluster", "x-team", "User-Agent", "X-Proxy-Team", "Hosting", "Terms"] {
            assert_eq!(refusal(name), None, "{name}");
        }
    }
}
