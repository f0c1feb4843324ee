//! The stream on which the far side speaks by itself, of revisions that have one. It is opened when the client is ready, and again for as
//! long as the session lasts.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use hyper::StatusCode;
use tokio::time::sleep;

use super::answer::Feed;
use super::bridge::Bridge;
use super::course;
use super::message::Message;

/// Pauses between two tries: the first, and the longest. They double.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(5));

/// Listens until nobody wants it any more.
pub(super) async fn run(bridge: Arc<Bridge>) {
    let mut spoken = bridge.session.spoken();
    loop {
        let generation = *spoken.borrow_and_update();
        tokio::select! {
            () = listen(&bridge, generation), if generation > 0 => {}
            changed = spoken.changed() => match changed {
                Ok(()) => continue,
                Err(_) => return,
            },
        }
        if spoken.changed().await.is_err() {
            return;
        }
    }
}

/// Listens in one session. Returns when the far side does not speak by itself.
async fn listen(bridge: &Arc<Bridge>, generation: u64) {
    let (mut last, mut pause) = (None, PAUSES.0);
    loop {
        let place = bridge.session.place();
        match bridge.far.listen(&place, last.as_deref()).await {
            Ok(got) if got.status == StatusCode::OK => {
                let mut feed = Feed::new(got);
                hear(bridge, &mut feed, &mut last).await;
                pause = PAUSES.0;
                sleep(feed.pause(0)).await;
            }
            Ok(got) if got.status == StatusCode::NOT_FOUND && place.is_known() => {
                // In a task of its own: what changes the session ends this one.
                let bridge = Arc::clone(bridge);
                #[expect(
                    clippy::disallowed_methods,
                    reason = "the listener goes on meanwhile; it ends by its own deadlines"
                )]
                tokio::spawn(async move { course::renew(&bridge, generation).await });
                return pending().await;
            }
            Ok(got) if is_final(got.status) => return,
            Ok(_) | Err(_) => {
                sleep(pause).await;
                pause = PAUSES.1.min(pause * 2);
            }
        }
    }
}

/// Whether a status says that there is no such stream.
fn is_final(status: StatusCode) -> bool {
    let may_change =
        [StatusCode::UNAUTHORIZED, StatusCode::REQUEST_TIMEOUT, StatusCode::CONFLICT, StatusCode::TOO_MANY_REQUESTS];
    status == StatusCode::NOT_IMPLEMENTED || (status.is_client_error() && !may_change.contains(&status))
}

/// Passes on what comes, until the stream ends.
async fn hear(bridge: &Bridge, feed: &mut Feed, last: &mut Option<String>) {
    while let Ok(Some(event)) = feed.next().await {
        if event.id.is_some() {
            *last = event.id;
        }
        if let Ok(message) = Message::read(event.json.into()) {
            bridge.pass(message).await;
        }
    }
}
