//! What a browser that comes to the listener of a login is told. Its address is not secret, so any page and any program of the machine
//! can send anything here.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderValue, LOCATION, REFERRER_POLICY,
};
use hyper::{Method, Request, Response, StatusCode};
use mp_proto::wire::{LoginBody, LoginState};
use tracing::warn;

use super::attempt::Login;
use super::page::{POLICY, Page};
use super::peer::{self, Peer};
use crate::life::Life;

/// The two ends of a connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ends {
    /// Ours.
    pub(super) ours: SocketAddr,
    /// The browser's.
    pub(super) peer: SocketAddr,
}

/// Answers a request.
pub(super) async fn answer(
    request: &Request<Incoming>,
    login: &Arc<Login>,
    ends: Ends,
    life: &Life,
) -> Response<Full<Bytes>> {
    let uri = request.uri();
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    // The provider sends the browser here as a page. What a page of somebody else loads from here (an image, a script, a frame) must
    // not be able to end a login by a made-up refusal.
    let is_part_of_a_page = request.headers().get("sec-fetch-dest").is_some_and(|value| value != "document");
    let is_door = |path: &str| login.leads_on(path);
    match classify(request.method(), host, uri.path(), uri.query(), ends.ours.port(), is_door) {
        _ if is_part_of_a_page => stray(StatusCode::FORBIDDEN, "There is nothing to load at this address."),
        Kind::Callback(query) => come_back(query, login, ends, life).await,
        Kind::Door => lead_on(login, ends, life).await,
        Kind::WrongHost => stray(StatusCode::FORBIDDEN, "This address is for logins on this computer only."),
        Kind::WrongPath => stray(StatusCode::NOT_FOUND, "There is nothing at this address."),
        Kind::WrongMethod => {
            let mut refused =
                stray(StatusCode::METHOD_NOT_ALLOWED, "This address is only for browsers that come back.");
            refused.headers_mut().insert(ALLOW, HeaderValue::from_static("GET"));
            refused
        }
    }
}

/// The provider has sent the browser back, or somebody says so.
async fn come_back(query: &str, login: &Login, ends: Ends, life: &Life) -> Response<Full<Bytes>> {
    let not_ours = || {
        stray(
            StatusCode::BAD_REQUEST,
            "This is not the end of the login that is open here. It still waits: use the newest address that you were shown.",
        )
    };
    // Whoever does not know the state costs no look at the tables of the system.
    if login.check(query).is_err() {
        return not_ours();
    }
    if let Some(refusal) = refuse_others(login, ends, life).await {
        return refusal;
    }
    if login.deliver(query).is_err() {
        return not_ours();
    }
    let body = login.settled().await;
    let status = if body.state == LoginState::Failed { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    respond(status, &page_of(&body))
}

/// A browser program was handed an address here: it goes on to the provider.
async fn lead_on(login: &Login, ends: Ends, life: &Life) -> Response<Full<Bytes>> {
    if let Some(refusal) = refuse_others(login, ends, life).await {
        return refusal;
    }
    let body = login.body();
    let location = body.authorize_url.as_deref().and_then(|url| HeaderValue::from_str(url).ok());
    let Some(location) = location else { return stray(StatusCode::OK, "This login has gone on already.") };
    let mut response = respond(StatusCode::FOUND, &Page::Stray("Your browser goes on to Mixpanel."));
    response.headers_mut().insert(LOCATION, location);
    response
}

/// Returns the refusal of a program of another user, or of one that has gone already: a code that it brings would log this user in as
/// somebody else.
async fn refuse_others(login: &Login, ends: Ends, life: &Life) -> Option<Response<Full<Bytes>>> {
    let uid = rustix::process::geteuid().as_raw();
    let look = life.blocking(move || Ok(peer::of(ends.ours, ends.peer, uid)));
    match look.await.unwrap_or(Peer::Gone) {
        Peer::Ours | Peer::Untold => None,
        Peer::Gone => Some(stray(StatusCode::FORBIDDEN, "Whoever asked has gone.")),
        Peer::Stranger(uid) => {
            warn!(login = %login.id(), uid, "a program of another user was refused");
            Some(stray(
                StatusCode::FORBIDDEN,
                "This login belongs to another user of this computer. If that is you, too, copy the address of this page and paste it \
                 where you began the login.",
            ))
        }
    }
}

/// What a request is, by its head alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind<'a> {
    /// It may be the provider's answer.
    Callback(&'a str),
    /// What the browser program was handed.
    Door,
    /// Another program's page points its own name at this address (DNS rebinding), or the request is broken.
    WrongHost,
    WrongMethod,
    WrongPath,
}

fn classify<'a>(
    method: &Method,
    host: Option<&str>,
    path: &str,
    query: Option<&'a str>,
    port: u16,
    is_door: impl Fn(&str) -> bool,
) -> Kind<'a> {
    let ours = |host: &str| {
        let name = host.strip_suffix(&format!(":{port}"));
        name.is_some_and(|name| ["localhost", "127.0.0.1", "[::1]"].iter().any(|ours| name.eq_ignore_ascii_case(ours)))
    };
    match path {
        _ if !host.is_some_and(ours) => Kind::WrongHost,
        _ if *method != Method::GET => Kind::WrongMethod,
        "/callback" => Kind::Callback(query.unwrap_or_default()),
        path if is_door(path) => Kind::Door,
        _ => Kind::WrongPath,
    }
}

fn page_of(body: &LoginBody) -> Page {
    match (&body.state, &body.problem, &body.result) {
        (LoginState::Done, _, Some(result)) => Page::Done {
            email: result.user_email.clone(),
            account: body.account.as_ref().map(ToString::to_string).unwrap_or_default(),
            project: result.project_name.clone(),
        },
        (LoginState::Failed, Some(problem), _) => Page::Failed {
            detail: problem.detail.clone(),
            commands: problem.next.iter().map(|next| next.command.clone()).collect(),
        },
        _ => Page::GoOn,
    }
}

fn stray(status: StatusCode, why: &'static str) -> Response<Full<Bytes>> {
    respond(status, &Page::Stray(why))
}

fn respond(status: StatusCode, page: &Page) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(page.html())));
    *response.status_mut() = status;
    let fixed = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "no-referrer"),
    ];
    for (name, value) in fixed {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_get_of_the_callback_by_a_loopback_name_counts() {
        let of =
            |method: &Method, host, path| classify(method, host, path, Some("q=1"), 19284, |path| path == "/open/k");
        let get = Method::GET;
        for host in ["localhost:19284", "127.0.0.1:19284", "[::1]:19284", "LOCALHOST:19284"] {
            assert_eq!(of(&get, Some(host), "/callback"), Kind::Callback("q=1"), "{host}");
        }
        for host in ["localhost", "localhost:19285", "evil.example:19284", "localhost.evil.example:19284", "", ":19284"]
        {
            assert_eq!(of(&get, Some(host), "/callback"), Kind::WrongHost, "{host}");
        }
        assert_eq!(of(&get, None, "/callback"), Kind::WrongHost);
        let local = Some("localhost:19284");
        assert_eq!(of(&get, local, "/favicon.ico"), Kind::WrongPath);
        assert_eq!(of(&get, local, "/callback/"), Kind::WrongPath);
        assert_eq!(of(&get, local, "/open/k"), Kind::Door);
        assert_eq!(of(&Method::POST, local, "/open/k"), Kind::WrongMethod);
        assert_eq!(of(&get, Some("evil.example:19284"), "/open/k"), Kind::WrongHost);
        assert_eq!(of(&get, local, "/open/"), Kind::WrongPath);
        assert_eq!(of(&Method::POST, local, "/callback"), Kind::WrongMethod);
        assert_eq!(of(&Method::HEAD, local, "/"), Kind::WrongMethod);
    }
}
