//! The listener that the provider sends the browser to: on loopback only, for as long as its login is open.
//!
//! Browsers open connections that they do not use, ask for icons, and ask twice; anything on the machine can send anything. So any
//! number of connections is served, each on its own, and only the right `state` ends the wait.

use mp_proto::failure::{Failure, FailureKind, chain};
use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderValue, REFERRER_POLICY};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use mp_proto::wire::{LoginBody, LoginState};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::debug;

use super::attempt::Login;
use super::page::{POLICY, Page};
use crate::life::Life;

/// The ports that the Python tool uses, and that registrations on disk are for.
pub(super) const PORTS: [u16; 4] = [19284, 19285, 19286, 19287];

/// A new connection must have sent its head by then.
const HEAD: Duration = Duration::from_secs(10);

/// Largest head, in bytes.
const MAX_HEAD: usize = 16 * 1024;

/// Connections served at once: one browser opens a handful.
const MAX_CONNECTIONS: usize = 32;

/// All ports are taken.
#[derive(Debug, thiserror::Error)]
#[error("no port is free for the browser to come back to: {} are all in use", PORTS.map(|port| port.to_string()).join(", "))]
pub struct NoListener;

/// An open listener.
#[derive(Debug)]
pub(super) struct Listener {
    port: u16,
    v4: TcpListener,
    /// Where the machine has no IPv6, `localhost` is not that.
    v6: Option<TcpListener>,
}

/// Returns the address that the provider sends the browser to.
pub(super) fn redirect_uri(port: u16) -> String {
    format!("http://localhost:{port}/callback")
}

/// Returns the ports in the order to try: first the one that a registration exists for.
pub(super) fn order(registered: Option<&str>) -> Vec<u16> {
    let mut ports = PORTS.to_vec();
    ports.sort_by_key(|port| registered != Some(redirect_uri(*port).as_str()));
    ports
}

impl Listener {
    /// Opens the first free port of a list.
    ///
    /// # Errors
    /// When none is free.
    pub(super) fn open(ports: &[u16]) -> Result<Self, NoListener> {
        ports.iter().find_map(|port| Self::at(*port).ok()).ok_or(NoListener)
    }

    /// A browser may take `localhost` for either address, so both have to be ours.
    fn at(port: u16) -> io::Result<Self> {
        let v4 = listen(TcpSocket::new_v4()?, (Ipv4Addr::LOCALHOST, port).into())?;
        let v6 = TcpSocket::new_v6().and_then(|socket| listen(socket, (Ipv6Addr::LOCALHOST, port).into()));
        match v6 {
            Ok(v6) => Ok(Self { port, v4, v6: Some(v6) }),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => Err(error),
            Err(_) => Ok(Self { port, v4, v6: None }),
        }
    }

    /// Returns its port.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Serves until it is to close.
    pub(super) async fn serve(self, life: Life, login: Arc<Login>, closing: CancellationToken) {
        let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        loop {
            let accepted = tokio::select! {
                biased;
                () = closing.cancelled() => return,
                accepted = self.accept() => accepted,
            };
            let Ok(stream) = accepted else {
                // Out of descriptors, most likely: let some be closed first.
                let _ = timeout(Duration::from_millis(50), life.stopping()).await;
                continue;
            };
            // Over the limit it is closed unread; browsers try again.
            let Ok(permit) = Arc::clone(&room).try_acquire_owned() else { continue };
            let (login, port) = (Arc::clone(&login), self.port);
            life.spawn(async move {
                connection(stream, login, port).await;
                drop(permit);
            });
        }
    }

    async fn accept(&self) -> io::Result<TcpStream> {
        let v6 = async {
            match &self.v6 {
                Some(v6) => v6.accept().await,
                None => std::future::pending().await,
            }
        };
        let (stream, _) = tokio::select! {
            accepted = self.v4.accept() => accepted?,
            accepted = v6 => accepted?,
        };
        Ok(stream)
    }
}

/// The address is reused, for after a login its connections linger for a minute, and the next login would find no port.
fn listen(socket: TcpSocket, address: SocketAddr) -> io::Result<TcpListener> {
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(64)
}

/// Serves the one request of a connection. What does not speak in time, or until the login is over, is closed.
async fn connection(stream: TcpStream, login: Arc<Login>, port: u16) {
    let spoken = AtomicBool::new(false);
    let service = service_fn(|request| {
        spoken.store(true, Ordering::Relaxed);
        let login = Arc::clone(&login);
        async move { Ok::<_, Infallible>(answer(&request, &login, port).await) }
    });
    let served = http1::Builder::new()
        .keep_alive(false)
        .header_read_timeout(None)
        .max_buf_size(MAX_HEAD)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(served);
    let first = async {
        tokio::select! {
            biased;
            ended = &mut served => Some(ended),
            () = tokio::time::sleep(HEAD) => None,
            () = login.over() => None,
        }
    };
    let ended = match first.await {
        Some(ended) => ended,
        None if spoken.load(Ordering::Relaxed) => served.await,
        None => return,
    };
    if ended.is_err() {
        debug!("a browser's connection ended early");
    }
}

/// What a request is, by its head alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind<'a> {
    /// It may be the provider's answer.
    Callback(&'a str),
    /// Another program's page points its own name at this address (DNS rebinding), or the request is broken.
    WrongHost,
    WrongMethod,
    WrongPath,
}

fn classify<'a>(method: &Method, host: Option<&str>, path: &str, query: Option<&'a str>, port: u16) -> Kind<'a> {
    let ours = |host: &str| {
        let name = host.strip_suffix(&format!(":{port}"));
        name.is_some_and(|name| ["localhost", "127.0.0.1", "[::1]"].iter().any(|ours| name.eq_ignore_ascii_case(ours)))
    };
    match path {
        _ if !host.is_some_and(ours) => Kind::WrongHost,
        _ if *method != Method::GET => Kind::WrongMethod,
        "/callback" => Kind::Callback(query.unwrap_or_default()),
        _ => Kind::WrongPath,
    }
}

async fn answer(request: &Request<Incoming>, login: &Login, port: u16) -> Response<Full<Bytes>> {
    let uri = request.uri();
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let stray = |status, why| respond(status, &Page::Stray(why));
    // The provider sends the browser here as a page. What a page of somebody else loads from here (an image, a script, a frame) must
    // not be able to end a login by a made-up refusal.
    let is_part_of_a_page = request.headers().get("sec-fetch-dest").is_some_and(|value| value != "document");
    let query = match classify(request.method(), host, uri.path(), uri.query(), port) {
        _ if is_part_of_a_page => return stray(StatusCode::FORBIDDEN, "There is nothing to load at this address."),
        Kind::Callback(query) => query,
        Kind::WrongHost => return stray(StatusCode::FORBIDDEN, "This address is for logins on this computer only."),
        Kind::WrongPath => return stray(StatusCode::NOT_FOUND, "There is nothing at this address."),
        Kind::WrongMethod => {
            let mut refused =
                stray(StatusCode::METHOD_NOT_ALLOWED, "This address is only for browsers that come back.");
            refused.headers_mut().insert(ALLOW, HeaderValue::from_static("GET"));
            return refused;
        }
    };
    if login.deliver(query).is_err() {
        return stray(
            StatusCode::BAD_REQUEST,
            "This is not the end of the login that is open here. It still waits: use the newest address that you were shown.",
        );
    }
    let body = login.settled().await;
    let status = if body.state == LoginState::Failed { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    respond(status, &page_of(&body))
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

impl From<NoListener> for Failure {
    fn from(error: NoListener) -> Self {
        Self::new(FailureKind::LoginFailed, chain(&error))
            .next("mp login --no-browser", "log in by pasting the address from any browser")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_get_of_the_callback_by_a_loopback_name_counts() {
        let of = |method: &Method, host, path| classify(method, host, path, Some("q=1"), 19284);
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
        assert_eq!(of(&Method::POST, local, "/callback"), Kind::WrongMethod);
        assert_eq!(of(&Method::HEAD, local, "/"), Kind::WrongMethod);
    }

    #[test]
    fn the_port_of_the_registration_is_tried_first() {
        assert_eq!(order(Some("http://localhost:19286/callback")), [19286, 19284, 19285, 19287]);
        assert_eq!(order(Some("http://localhost:9/callback")), PORTS);
        assert_eq!(order(None), PORTS);
    }

    #[tokio::test]
    async fn a_port_that_somebody_listens_on_is_passed_over_even_on_one_of_the_addresses() {
        let taken = Listener::open(&[0]).expect("any port");
        let port = taken.v4.local_addr().expect("bound").port();
        assert!(Listener::open(&[port]).is_err_and(|error| error.to_string().contains("19284")));
        drop(taken);
        assert!(Listener::open(&[port]).is_ok());
    }
}
