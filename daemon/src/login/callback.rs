//! The listener that the provider sends the browser to: on loopback only, for as long as its login is open.
//!
//! Browsers open connections that they do not use, ask for icons, and ask twice; anything on the machine can send anything. So any
//! number of connections is served, each on its own, and only the right `state` ends the wait.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use mp_proto::failure::{Failure, FailureKind, chain};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::debug;

use super::answer::{Ends, answer};
use super::attempt::Login;
use crate::life::Life;

/// The ports that the Python tool uses, and that registrations on disk are for.
pub(super) const PORTS: [u16; 4] = [19284, 19285, 19286, 19287];

/// A new connection must have sent its head by then.
const HEAD: Duration = Duration::from_secs(10);

/// Largest head, in bytes.
const MAX_HEAD: usize = 16 * 1024;

/// Connections that say nothing, kept at once: one browser opens a handful. Beyond that the oldest one goes, so that whoever fills
/// the listener with them keeps nobody out.
const MAX_SILENT: usize = 64;

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 1024;

/// All ports are taken.
#[derive(Debug, thiserror::Error)]
#[error("no port is free for the browser to come back to: {} are all in use", PORTS.map(|port| port.to_string()).join(", "))]
pub struct NoListener;

/// An open listener, on one of the two loopback addresses or both.
#[derive(Debug)]
pub(super) struct Listener {
    port: u16,
    v4: Option<TcpListener>,
    v6: Option<TcpListener>,
    /// The address whose port another program has.
    taken: Option<IpAddr>,
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
    /// Opens the first port of a list that is free on both addresses: a browser may take `localhost` for either. Where there is none,
    /// one that is free on one address has to do, or whoever takes the ports of one family would keep everybody from logging in.
    ///
    /// # Errors
    /// When none is free on any.
    pub(super) fn open(ports: &[u16]) -> Result<Self, NoListener> {
        let mut halves = Vec::new();
        for opened in ports.iter().filter_map(|port| Self::at(*port)) {
            if opened.taken.is_none() {
                return Ok(opened);
            }
            halves.push(opened);
        }
        halves.into_iter().next().ok_or(NoListener)
    }

    fn at(port: u16) -> Option<Self> {
        let v4 = TcpSocket::new_v4().and_then(|socket| listen(socket, (Ipv4Addr::LOCALHOST, port).into()));
        let v6 = TcpSocket::new_v6().and_then(|socket| listen(socket, (Ipv6Addr::LOCALHOST, port).into()));
        // A machine without one of the families fails otherwise; there `localhost` is only the other.
        let is_taken = |opened: &io::Result<TcpListener>| {
            opened.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::AddrInUse)
        };
        let taken = match (is_taken(&v4), is_taken(&v6)) {
            (true, _) => Some(IpAddr::from(Ipv4Addr::LOCALHOST)),
            (false, true) => Some(IpAddr::from(Ipv6Addr::LOCALHOST)),
            (false, false) => None,
        };
        let (v4, v6) = (v4.ok(), v6.ok());
        (v4.is_some() || v6.is_some()).then_some(Self { port, v4, v6, taken })
    }

    /// Returns its port.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Returns how a browser reaches it, and no other program.
    pub(super) fn address(&self) -> String {
        let host = match (&self.v4, &self.v6) {
            _ if self.taken.is_none() => "localhost",
            (Some(_), _) => "127.0.0.1",
            (None, _) => "[::1]",
        };
        format!("http://{host}:{}", self.port)
    }

    /// Returns what a person should know, if a part of `localhost` belongs to another program.
    pub(super) fn warning(&self) -> Option<String> {
        let taken = self.taken?;
        let port = self.port;
        Some(format!(
            "another program has port {port} on {taken}: if the browser ends on a page that is not of this login, paste its address"
        ))
    }

    /// Serves until it is to close.
    pub(super) async fn serve(self, life: Life, login: Arc<Login>, closing: CancellationToken) {
        let mut silent = Silent::default();
        loop {
            let accepted = tokio::select! {
                biased;
                () = closing.cancelled() => return,
                accepted = accept(self.v4.as_ref()) => accepted,
                accepted = accept(self.v6.as_ref()) => accepted,
            };
            let ends = accepted.and_then(|(stream, peer)| Ok((Ends { ours: stream.local_addr()?, peer }, stream)));
            let Ok((ends, stream)) = ends else {
                // Out of descriptors, most likely: let some be closed first.
                let _ = timeout(Duration::from_millis(50), life.stopping()).await;
                continue;
            };
            let visitor = silent.admit();
            life.spawn(connection(stream, ends, Arc::clone(&login), visitor, life.clone()));
        }
    }
}

async fn accept(listener: Option<&TcpListener>) -> io::Result<(TcpStream, SocketAddr)> {
    match listener {
        Some(listener) => listener.accept().await,
        None => std::future::pending().await,
    }
}

/// The address is reused, for after a login its connections linger for a minute, and the next login would find no port.
fn listen(socket: TcpSocket, address: SocketAddr) -> io::Result<TcpListener> {
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Somebody who has connected.
#[derive(Debug, Default)]
struct Visitor {
    /// Whether there was a request, or there will be none.
    has_spoken: AtomicBool,
    must_leave: CancellationToken,
}

impl Visitor {
    fn speaks(&self) {
        self.has_spoken.store(true, Ordering::Relaxed);
    }

    fn has_spoken(&self) -> bool {
        self.has_spoken.load(Ordering::Relaxed)
    }
}

/// Those who have said nothing yet, in the order in which they came.
#[derive(Debug, Default)]
struct Silent(VecDeque<Arc<Visitor>>);

impl Silent {
    /// Lets somebody in; the one who has been silent for longest has to leave if there are too many.
    fn admit(&mut self) -> Arc<Visitor> {
        self.0.retain(|visitor| !visitor.has_spoken());
        if self.0.len() >= MAX_SILENT
            && let Some(oldest) = self.0.pop_front()
        {
            oldest.must_leave.cancel();
        }
        let visitor = Arc::new(Visitor::default());
        self.0.push_back(Arc::clone(&visitor));
        visitor
    }
}

/// Serves the one request of a connection. What does not speak in time, or until the login is over, is closed.
async fn connection(stream: TcpStream, ends: Ends, login: Arc<Login>, visitor: Arc<Visitor>, life: Life) {
    let service = service_fn(|request| {
        visitor.speaks();
        let (login, life) = (Arc::clone(&login), life.clone());
        async move { Ok::<_, Infallible>(answer(&request, &login, ends, &life).await) }
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
            () = visitor.must_leave.cancelled() => None,
            () = tokio::time::sleep(HEAD) => None,
            () = login.over() => None,
        }
    };
    let ended = match first.await {
        Some(ended) => ended,
        None if visitor.has_spoken() => served.await,
        None => Ok(()),
    };
    visitor.speaks();
    if ended.is_err() {
        debug!("a browser's connection ended early");
    }
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
    fn the_port_of_the_registration_is_tried_first() {
        assert_eq!(order(Some("http://localhost:19286/callback")), [19286, 19284, 19285, 19287]);
        assert_eq!(order(Some("http://localhost:9/callback")), PORTS);
        assert_eq!(order(None), PORTS);
    }

    #[tokio::test]
    async fn a_port_that_somebody_has_on_one_address_is_taken_only_if_there_is_no_better_one() {
        let other = Listener::open(&[0]).expect("any port");
        let local = |listener: &Listener| listener.v4.as_ref().expect("v4").local_addr().expect("bound").port();
        let whole = local(&other);
        drop(other);
        // One half of a port, as another user's program may take it.
        let half = Listener { v6: None, ..Listener::open(&[0]).expect("any port") };
        let port = local(&half);
        assert_eq!(Listener::open(&[port, whole]).map(|opened| opened.port).ok(), Some(whole));
        let opened = match Listener::open(&[port]) {
            Ok(opened) => opened,
            // Without IPv6 there is no other half.
            Err(error) => return assert!(error.to_string().contains("19284"), "{error}"),
        };
        assert_eq!((opened.v4.is_none(), opened.address()), (true, format!("http://[::1]:{port}")));
        assert!(opened.warning().is_some_and(|text| text.contains("127.0.0.1") && text.contains("paste")));
        assert!(Listener::open(&[port]).is_err(), "now both halves are taken");
        drop((half, opened));
        let both = Listener::open(&[port]).expect("free again");
        assert_eq!((both.address(), both.warning()), (format!("http://localhost:{port}"), None));
    }

    #[test]
    fn the_longest_silent_one_has_to_leave_and_who_has_spoken_does_not() {
        let mut silent = Silent::default();
        let first = silent.admit();
        first.speaks();
        let second = silent.admit();
        let others: Vec<_> = (1..MAX_SILENT).map(|_| silent.admit()).collect();
        assert!(!second.must_leave.is_cancelled());
        silent.admit();
        assert!(second.must_leave.is_cancelled() && !first.must_leave.is_cancelled());
        assert!(others.iter().all(|visitor| !visitor.must_leave.is_cancelled()));
        assert_eq!(silent.0.len(), MAX_SILENT);
    }
}
