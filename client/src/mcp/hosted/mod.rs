//! `mp mcp --hosted`: Mixpanel's hosted MCP server as a server on standard input and output, with the login of this machine.
//!
//! Every host can run a command, and none of them has to log in, register, refresh or keep a token: that is done once, by the daemon, for
//! all of them. The bridge itself knows no token; it speaks to the daemon alone (`/v1/mcp`), which adds the credential and renews it
//! after a 401.
//!
//! **It is transparent.** Messages pass as they come, in both directions. Of each only the head is read ([`message`]): enough to know
//! which answer belongs to which request, what a session was begun with, and what may be sent twice. Both eras of the protocol pass: of
//! those with sessions (until 2025-11-25) the id and the revision are kept ([`session`]) and the far side is listened to ([`listener`]);
//! of those without (since 2026-07-28) the headers repeat what the message says ([`far`], [`tools`]), and a cancelled request is a stream
//! that is left. A bridge does not translate one into the other: which era it is, client and far side find out by themselves.
//!
//! **Nothing is done twice, and nothing is lost in silence** ([`fate`]). What has certainly not been carried out is sent again, for as
//! long as a host waits. What was on its way when a connection, the daemon or the far side ended is sent again if it only reads: by its
//! method, or by the `readOnlyHint` of its tool in a list that has passed by. Of all else the client is told that nobody knows. A stream
//! whose events have ids goes on after the last one. A session that the far side has forgotten is begun anew, once for all requests, with
//! the client's own words; what lasts (watched resources, the level of messages) is said again, and the client is told that all lists may
//! be different ([`course`]).
//!
//! **It outlives everybody.** A login that has ended is an error which says what to run, and the next call after that goes on. It ends
//! with its input, or by a signal; a session that it has begun is ended, too.
//!
//! **It stays with its account.** Which one that is, is found out once, by the first message: flags, variables, target, bridge file, the
//! active one. `mp account use` is for what begins later. A conversation in which projects change under the agent's feet would be worse
//! than a bridge that has to be started again.
//!
//! **The limit is told, and not kept.** 600 requests an hour are counted by Mixpanel for the user, wherever they come from; what other
//! machines send nobody here knows. A 429 is waited for as long as a host waits, and then told with its time.

mod answer;
mod bridge;
mod course;
mod far;
mod fate;
mod listener;
mod message;
mod pipes;
mod session;
mod tools;

use std::sync::Arc;
use std::time::Duration;

use mp_proto::failure::{Failure, FailureKind};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::api::Options;
use bridge::Bridge;
use far::Far;
use message::{INVALID, Kind, Message};
use pipes::{LONGEST, Line, Out};

/// So long requests may take that are on their way when the client has said all: a script pipes its questions in and reads the answers.
const GRACE: Duration = Duration::from_secs(5);

/// Longest time for the end of the session.
const FAREWELL: Duration = Duration::from_secs(2);

/// Serves until the input ends, or a signal says so.
///
/// # Errors
/// When there is no output.
pub(crate) async fn serve(options: Options, reads_only: bool) -> Result<(), Failure> {
    let (out, written) = Out::open()?;
    let bridge = Arc::new(Bridge::new(Far::new(options), out, reads_only));
    let mut signals = signals_to_end()?;
    #[expect(clippy::disallowed_methods, reason = "it is ended with the bridge, below")]
    let listening = tokio::spawn(listener::run(Arc::clone(&bridge)));
    let mut tasks = JoinSet::new();
    let has_ended = tokio::select! {
        () = read(&bridge, pipes::lines(), &mut tasks) => true,
        _ = signals.recv() => false,
    };
    if has_ended {
        tokio::select! {
            _ = timeout(GRACE, async { while tasks.join_next().await.is_some() {} }) => {}
            _ = signals.recv() => {}
        }
    }
    listening.abort();
    tasks.shutdown().await;
    let place = bridge.session.place();
    if place.is_known() {
        // Whoever forgets a session by itself does not mind.
        let _ = timeout(FAREWELL, bridge.far.end(&place)).await;
    }
    // With the listener, the last who writes.
    let _ = listening.await;
    drop(bridge);
    written.wait().await;
    Ok(())
}

/// Returns where signals to end arrive.
fn signals_to_end() -> Result<mpsc::Receiver<()>, Failure> {
    let (sender, receiver) = mpsc::channel(1);
    for kind in [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()] {
        let mut signals = signal(kind).map_err(|error| {
            Failure::new(FailureKind::Internal, format!("signals could not be listened to: {error}"))
        })?;
        let sender = sender.clone();
        #[expect(clippy::disallowed_methods, reason = "it ends with its receiver")]
        tokio::spawn(async move { while signals.recv().await.is_some() && sender.send(()).await.is_ok() {} });
    }
    Ok(receiver)
}

/// Takes the client's messages to their end.
async fn read(bridge: &Arc<Bridge>, mut lines: mpsc::Receiver<Line>, tasks: &mut JoinSet<()>) {
    while let Some(line) = lines.recv().await {
        while tasks.try_join_next().is_some() {}
        let text = match line {
            Line::Whole(text) => text,
            Line::TooLong => {
                bridge.refuse("null", INVALID, &format!("a message has more than {LONGEST} bytes")).await;
                continue;
            }
        };
        match Message::read(text) {
            Ok(message) => take(bridge, message, tasks).await,
            Err((code, why)) => bridge.refuse("null", code, &format!("a line {why}")).await,
        }
    }
}

/// Takes one message. Those that begin a session are done before the next one is looked at; all others are on their way together.
async fn take(bridge: &Arc<Bridge>, message: Message, tasks: &mut JoinSet<()>) {
    let bridge = Arc::clone(bridge);
    match (message.kind, message.method.as_str()) {
        (Kind::Request, "initialize") => course::request(bridge, message).await,
        (Kind::Request, _) => drop(tasks.spawn(course::request(bridge, message))),
        (Kind::Notification, "notifications/initialized") => course::notify(&bridge, &message).await,
        (Kind::Notification, "notifications/cancelled") => {
            tasks.spawn(async move {
                // Where there is no session, to leave the stream is to take the request back.
                if bridge.session.place().generation > 0 && !message.is_stateless() {
                    course::notify(&bridge, &message).await;
                }
                bridge.cancel(message.cancels.as_deref().unwrap_or_default());
            });
        }
        (Kind::Notification | Kind::Response, _) => {
            tasks.spawn(async move { course::notify(&bridge, &message).await });
        }
    }
}
