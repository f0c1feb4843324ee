//! HTTP/1.1 in the clear to this machine: what stands in for Mixpanel, or what a caller's variables point to.
//!
//! A connection goes along with the answer that comes over it, and is driven by whoever waits for that or reads it: no task of its own,
//! which would be another thread's half of the time. Kept ones are looked at when they are taken: one that was closed meanwhile is let go.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::AtomicU8;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Release};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use bytes::Bytes;
use futures_util::task::AtomicWaker;
use hyper::body::{Body as _, Frame, Incoming, SizeHint};
use hyper::client::conn::http1::{Connection, SendRequest, handshake};
use hyper::header::{HOST, HeaderValue};
use hyper::http::uri::{Authority, PathAndQuery};
use hyper::{Request, Response, Uri};
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use reqwest::Body;
use tokio::net::TcpStream;
use tokio::runtime::{Handle, Id};
use tokio::time::{Instant, sleep_until, timeout};

/// Longest time to connect. A host that does not answer by then will not.
pub(super) const CONNECT: Duration = Duration::from_secs(10);

/// How long an unused connection is kept. Shorter than what Mixpanel's front ends close by themselves, so that few are found dead.
pub(super) const KEPT: Duration = Duration::from_secs(50);

/// So many unused connections are kept to one address. More than that were open at once, and not for long.
const MOST: usize = 128;

/// The port of an address that names none.
const HTTP: u16 = 80;

/// No answer came.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlainError {
    /// There was no connection.
    #[error("there was no connection")]
    Connect(#[source] io::Error),
    /// It ended before the head of an answer.
    #[error("the connection ended")]
    Exchange(#[source] hyper::Error),
}

/// Sends requests. Clones share its connections.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plain(Arc<Kept>);

/// Connections that nobody uses.
#[derive(Debug, Default)]
struct Kept(Mutex<Vec<(Address, Vec<Unused>)>>);

/// Where to, and which runtime has them: another one would be woken for each byte. There are few.
type Address = (Id, Authority);

/// One that is kept until then.
#[derive(Debug)]
struct Unused {
    link: Link,
    until: Instant,
}

/// A connection.
#[derive(Debug)]
struct Link {
    sender: SendRequest<Body>,
    connection: Pin<Box<Connection<TokioIo<TcpStream>, Body>>>,
    is_over: bool,
    bell: Arc<Bell>,
    rings: Waker,
}

/// Wakes whoever drives a connection, but not for what it is about to see anyway: the halves of a connection wake each other all the time,
/// and a task that is woken while it runs is offered to another thread.
#[derive(Debug)]
struct Bell {
    state: AtomicU8,
    driver: AtomicWaker,
}

/// Whoever drives waits.
const WAITS: u8 = 0;
/// It looks.
const LOOKS: u8 = 1;
/// It looks, and has to look again.
const RANG: u8 = 2;

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.state.compare_exchange(LOOKS, RANG, AcqRel, Acquire) == Err(WAITS) {
            self.driver.wake();
        }
    }
}

impl Plain {
    /// Sends a request, over another connection if the first one was closed before it took anything of it.
    ///
    /// # Errors
    /// When there is no connection, or it ends before the head of an answer.
    pub(super) async fn send(&self, mut request: Request<Body>) -> Result<Response<Body>, PlainError> {
        let address = (Handle::current().id(), authority_of(&mut request)?);
        loop {
            let known = self.0.take(&address).await;
            let is_known = known.is_some();
            let mut link = match known {
                Some(link) => link,
                None => Link::open(&address.1).await?,
            };
            let mut answer = pin!(link.sender.try_send_request(request));
            match poll_fn(|context| link.drive(context, |context| answer.as_mut().poll(context))).await {
                Ok(answer) => return Ok(answer.map(|body| self.flow(body, link, address))),
                Err(mut refused) => match refused.take_message() {
                    Some(unsent) if is_known => request = unsent,
                    _ => return Err(PlainError::Exchange(refused.into_error())),
                },
            }
        }
    }

    fn flow(&self, body: Incoming, link: Link, address: Address) -> Body {
        let mut flow = Flow { body, link: Some(link), kept: self.clone(), address };
        if flow.is_end_stream() {
            flow.give_back();
        }
        Body::wrap(flow)
    }
}

/// Takes the address out of a request, which is sent with the path alone (RFC 9112, 3.2.1).
fn authority_of(request: &mut Request<Body>) -> Result<Authority, PlainError> {
    let none = || PlainError::Connect(io::Error::from(io::ErrorKind::InvalidInput));
    let authority = request.uri().authority().cloned().ok_or_else(none)?;
    let path = request.uri().path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
    *request.uri_mut() = Uri::from(path);
    let host = HeaderValue::try_from(authority.as_str()).map_err(|_| none())?;
    request.headers_mut().entry(HOST).or_insert(host);
    Ok(authority)
}

impl Kept {
    /// Returns one that is still open and takes a request.
    async fn take(&self, address: &Address) -> Option<Link> {
        loop {
            let mut link = self.0.lock().iter_mut().find(|(known, _)| known == address)?.1.pop()?.link;
            let looked = poll_fn(|context| {
                link.look(context);
                Poll::Ready(())
            });
            looked.await;
            if !link.is_over && link.sender.is_ready() {
                return Some(link);
            }
        }
    }

    /// Keeps one for a while. The first of an address starts what lets them go.
    fn keep(self: &Arc<Self>, address: &Address, link: Link) {
        let mut all = self.0.lock();
        let unused = Unused { link, until: Instant::now() + KEPT };
        if let Some((_, kept)) = all.iter_mut().find(|(known, _)| known == address) {
            return if kept.len() < MOST { kept.push(unused) } else { drop(unused) };
        }
        all.push((address.clone(), vec![unused]));
        let (kept, address) = (Arc::clone(self), address.clone());
        let lets_go = async move {
            while let Some(until) = kept.let_go(&address) {
                sleep_until(until).await;
            }
        };
        #[expect(clippy::disallowed_methods, reason = "nothing of it has to be waited for at the end")]
        drop(tokio::spawn(lets_go));
    }

    /// Lets those go that have been there for long; returns when to look again, if at all.
    fn let_go(&self, address: &Address) -> Option<Instant> {
        let now = Instant::now();
        let mut all = self.0.lock();
        let place = all.iter().position(|(known, _)| known == address)?;
        let kept = &mut all[place].1;
        kept.retain(|unused| unused.until > now);
        let next = kept.iter().map(|unused| unused.until).min();
        if next.is_none() {
            all.swap_remove(place);
        }
        next
    }
}

impl Link {
    async fn open(authority: &Authority) -> Result<Self, PlainError> {
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        let connected = timeout(CONNECT, TcpStream::connect((host, authority.port_u16().unwrap_or(HTTP)))).await;
        let stream = connected.map_err(|_| io::ErrorKind::TimedOut.into()).flatten().map_err(PlainError::Connect)?;
        // Fails only where the connection has ended already, which is found in a moment.
        let _ = stream.set_nodelay(true);
        let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(PlainError::Exchange)?;
        let bell = Arc::new(Bell { state: AtomicU8::new(WAITS), driver: AtomicWaker::new() });
        let rings = Waker::from(Arc::clone(&bell));
        Ok(Self { sender, connection: Box::pin(connection), is_over: false, bell, rings })
    }

    /// Sees whether it was closed.
    fn look(&mut self, context: &mut Context<'_>) {
        let _nothing: Poll<()> = self.drive(context, |_| Poll::Pending);
    }

    /// Returns the next part of the body of an answer.
    fn read(
        &mut self,
        mut body: Pin<&mut Incoming>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        self.drive(context, |context| body.as_mut().poll_frame(context))
    }

    /// Lets it read and write until what is waited for is there. Why it ends is told to that.
    fn drive<T>(&mut self, context: &mut Context<'_>, mut awaited: impl FnMut(&mut Context<'_>) -> Poll<T>) -> Poll<T> {
        self.bell.driver.register(context.waker());
        let mut context = Context::from_waker(&self.rings);
        loop {
            self.bell.state.store(LOOKS, Release);
            // First the connection: it takes a request, and what it reads is there at once.
            if !self.is_over {
                self.is_over = self.connection.as_mut().poll(&mut context).is_ready();
            }
            let polled = awaited(&mut context);
            let is_quiet = self.bell.state.swap(WAITS, AcqRel) == LOOKS;
            if polled.is_ready() || is_quiet {
                return polled;
            }
        }
    }
}

/// The body of an answer, with the connection that it comes over. Dropped before its end, it takes the connection along.
struct Flow {
    body: Incoming,
    link: Option<Link>,
    kept: Plain,
    address: Address,
}

impl Flow {
    /// Gives the connection back, for nothing more of the answer comes over it.
    fn give_back(&mut self) {
        if let Some(link) = self.link.take_if(|link| !link.is_over) {
            self.kept.0.keep(&self.address, link);
        }
    }
}

impl hyper::body::Body for Flow {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let me = &mut *self;
        let body = Pin::new(&mut me.body);
        let next = match &mut me.link {
            Some(link) => link.read(body, context),
            None => body.poll_frame(context),
        };
        if matches!(next, Poll::Ready(None)) || (next.is_ready() && me.body.is_end_stream()) {
            me.give_back();
        }
        next
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::life::Life;
    use http_body_util::BodyExt;
    use std::sync::atomic::AtomicUsize;
    use std::sync::atomic::Ordering::Relaxed;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    const WHOLE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

    /// A server, and how many connections it has had.
    struct Server(String, Arc<AtomicUsize>);

    impl Server {
        /// Starts one that gives these answers on each connection, one for each request, and then closes it.
        async fn start(answers: &'static [&'static str]) -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
            let address = listener.local_addr().expect("bound");
            let count = Arc::new(AtomicUsize::new(0));
            let counted = Arc::clone(&count);
            let life = Life::default();
            let tasks = life.clone();
            life.spawn(async move {
                while let Ok((mut stream, _)) = listener.accept().await {
                    counted.fetch_add(1, Relaxed);
                    tasks.spawn(async move {
                        for answer in answers {
                            let mut head = [0; 4096];
                            if stream.read(&mut head).await.is_ok_and(|count| count > 0) {
                                let _ = stream.write_all(answer.as_bytes()).await;
                            }
                        }
                    });
                }
            });
            Self(format!("http://{address}"), count)
        }

        async fn ask(&self, plain: &Plain) -> Result<Response<Body>, PlainError> {
            let mut request = Request::new(Body::default());
            *request.uri_mut() = format!("{}/a?b", self.0).parse().expect("a URI");
            plain.send(request).await
        }

        async fn text(&self, plain: &Plain) -> String {
            let body = self.ask(plain).await.expect("an answer").into_body();
            String::from_utf8(body.collect().await.expect("a whole body").to_bytes().to_vec()).expect("text")
        }

        fn connections(&self) -> usize {
            self.1.load(Relaxed)
        }
    }

    #[tokio::test]
    async fn a_connection_serves_one_request_after_the_other() {
        const CHUNKED: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
        const NONE: &str = "HTTP/1.1 204 No Content\r\n\r\n";
        let (server, plain) = (Server::start(&[WHOLE, CHUNKED, NONE, WHOLE]).await, Plain::default());
        for text in ["ok", "ok", "", "ok"] {
            assert_eq!(server.text(&plain).await, text);
        }
        assert_eq!(server.connections(), 1);
    }

    #[tokio::test]
    async fn one_that_was_closed_meanwhile_is_not_used() {
        let (server, plain) = (Server::start(&[WHOLE]).await, Plain::default());
        for number in 1..=5 {
            assert_eq!(server.text(&plain).await, "ok");
            assert_eq!(server.connections(), number);
        }
    }

    #[tokio::test]
    async fn an_answer_that_nobody_reads_to_its_end_takes_the_connection_along() {
        const LONG: &str = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok";
        let (server, plain) = (Server::start(&[LONG, WHOLE]).await, Plain::default());
        let mut answer = server.ask(&plain).await.expect("a head");
        let part = answer.body_mut().frame().await.expect("a part").expect("good").into_data().expect("data");
        assert_eq!(part, "ok");
        drop(answer);
        assert!(plain.0.0.lock().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_nobody_uses_is_let_go() {
        let (server, plain) = (Server::start(&[WHOLE, WHOLE]).await, Plain::default());
        assert_eq!(server.text(&plain).await, "ok");
        assert_eq!(plain.0.0.lock().len(), 1);
        tokio::time::sleep(KEPT * 2).await;
        assert!(plain.0.0.lock().is_empty());
    }

    #[tokio::test]
    async fn no_connection_and_no_answer_are_told_apart() {
        let (server, plain) = (Server::start(&[""]).await, Plain::default());
        assert!(matches!(server.ask(&plain).await, Err(PlainError::Exchange(_))));
        let free = TcpListener::bind("127.0.0.1:0").await.expect("a port is free").local_addr().expect("bound");
        let nobody = Server(format!("http://{free}"), Arc::default());
        assert!(matches!(nobody.ask(&plain).await, Err(PlainError::Connect(_))));
    }
}
