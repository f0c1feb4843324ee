//! Whoever watches resources is told when they change: by the daemon's events, by a session that is chosen in this conversation, and by
//! answers that are kept. The events are listened to only while somebody watches.

use std::collections::BTreeSet;

use parking_lot::Mutex;
use rmcp::model::{ResourceUpdatedNotificationParam, SubscriptionFilter};
use rmcp::service::{Peer, RoleServer, SubscriptionContext};
use serde_json::Value;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::broadcast::{Receiver, Sender, channel};

use super::answers::ADDRESS;
use super::conversation::Conversation;
use super::resources::{LEXICON, REPORTS, SESSION};
use crate::events::{Item, Stream};

/// The events that change what resources say.
const EVENTS: [&str; 6] =
    ["session.changed", "config.changed", "account.added", "account.changed", "account.removed", "login.required"];

/// What has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// What the session says.
    Session,
    /// Everything: it belongs to another project now.
    All,
    /// Which answers there are.
    Answers,
}

impl Change {
    /// Returns whether a resource says something else now.
    fn touches(self, uri: &str) -> bool {
        match self {
            Self::Session => uri == SESSION,
            Self::All => [SESSION, LEXICON, REPORTS].iter().any(|base| uri.starts_with(base)),
            Self::Answers => false,
        }
    }
}

/// Who watches what.
pub(super) struct Updates {
    changes: Sender<Change>,
    /// What a client of an older revision watches; none before it has begun.
    watched: Mutex<Option<BTreeSet<String>>>,
    /// Held by whoever listens to the daemon; when that ends, the next one goes on.
    listens: tokio::sync::Mutex<()>,
}

impl Updates {
    /// Returns updates that nobody watches.
    pub(super) fn new() -> Self {
        Self { changes: channel(64).0, watched: Mutex::default(), listens: tokio::sync::Mutex::default() }
    }

    /// Tells that something has changed here.
    pub(super) fn tell(&self, change: Change) {
        // An error means that nobody watches.
        let _ = self.changes.send(change);
    }

    /// Watches a resource for a client that is told by plain notifications. Returns whether it is the first.
    pub(super) fn watch(&self, uri: &str) -> bool {
        let mut watched = self.watched.lock();
        let is_first = watched.is_none();
        watched.get_or_insert_default().insert(uri.to_owned());
        is_first
    }

    /// Does not watch a resource any more.
    pub(super) fn leave(&self, uri: &str) {
        if let Some(watched) = self.watched.lock().as_mut() {
            watched.remove(uri);
        }
    }

    /// Returns the changes from now on.
    pub(super) fn changes(&self) -> Receiver<Change> {
        self.changes.subscribe()
    }

    /// Turns the daemon's events into changes, for ever. One listens for all.
    pub(super) async fn listen(&self, conversation: &Conversation) {
        let _turn = self.listens.lock().await;
        let Ok(daemon) = conversation.connection(&conversation.flags()) else { return std::future::pending().await };
        let mut stream = Stream::new(daemon.options().clone(), &EVENTS.map(str::to_owned), None);
        while let Ok(item) = stream.next().await {
            if let Item::Event(event) = item
                && let Some(change) = change(&event.json)
            {
                self.tell(change);
            }
        }
        // There is no daemon, and none can be started: nothing changes.
        std::future::pending().await
    }

    /// Tells a client of an older revision of changes, for ever.
    pub(super) async fn forward(&self, mut changes: Receiver<Change>, peer: &Peer<RoleServer>) {
        while let Some(change) = next(&mut changes).await {
            let watched = self.watched.lock().clone().unwrap_or_default();
            for uri in watched.into_iter().filter(|uri| change.touches(uri)) {
                if peer.notify_resource_updated(ResourceUpdatedNotificationParam::new(uri)).await.is_err() {
                    return;
                }
            }
            if change != Change::Session && peer.notify_resource_list_changed().await.is_err() {
                return;
            }
        }
    }

    /// Tells a client of changes for as long as its request is open.
    pub(super) async fn serve(&self, mut changes: Receiver<Change>, context: &SubscriptionContext) {
        let uris = context.accepted().resource_subscriptions.clone().unwrap_or_default();
        while let Some(change) = next(&mut changes).await {
            for uri in uris.iter().filter(|uri| change.touches(uri)) {
                if context.sink().notify_resource_updated(uri.clone()).await.is_err() {
                    return;
                }
            }
            let is_wanted = context.accepted().resources_list_changed == Some(true) && change != Change::Session;
            if is_wanted && context.sink().notify_resource_list_changed().await.is_err() {
                return;
            }
        }
    }
}

/// Returns what is accepted of what a client wants to be told.
pub(super) fn accepted(requested: &SubscriptionFilter) -> SubscriptionFilter {
    let mut accepted = SubscriptionFilter::new();
    accepted.resources_list_changed = requested.resources_list_changed;
    let uris = requested.resource_subscriptions.iter().flatten().filter(|uri| is_known(uri)).cloned();
    accepted.resource_subscriptions = requested.resource_subscriptions.as_ref().map(|_| uris.collect());
    accepted
}

/// Returns whether an address is one of ours.
pub(super) fn is_known(uri: &str) -> bool {
    [SESSION, LEXICON, REPORTS, ADDRESS].iter().any(|base| uri.starts_with(base))
}

async fn next(changes: &mut Receiver<Change>) -> Option<Change> {
    match changes.recv().await {
        Ok(change) => Some(change),
        // What was missed may have been anything.
        Err(RecvError::Lagged(_)) => Some(Change::All),
        Err(RecvError::Closed) => None,
    }
}

/// Returns what an event changes. The snapshot at the beginning changes nothing.
fn change(json: &str) -> Option<Change> {
    let event: Value = serde_json::from_str(json).ok()?;
    match event["type"].as_str()? {
        "session.changed" | "reset" => Some(Change::All),
        "snapshot" => None,
        _ => Some(Change::Session),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_touch_what_they_are_about() {
        assert_eq!(change(r#"{"type": "session.changed", "revision": 2}"#), Some(Change::All));
        assert_eq!(change(r#"{"type": "account.added"}"#), Some(Change::Session));
        assert_eq!((change(r#"{"type": "snapshot"}"#), change("nonsense")), (None, None));
        assert!(Change::All.touches("mixpanel://lexicon/Sign%20Up") && Change::Session.touches(SESSION));
        assert!(!Change::Session.touches(LEXICON) && !Change::Answers.touches(SESSION));
        for event in EVENTS {
            assert!(mp_proto::event::Event::NAMES.contains(&event), "{event}");
        }
        let mut wanted = SubscriptionFilter::new();
        wanted.resource_subscriptions = Some(vec![SESSION.to_owned(), "file:///etc/passwd".to_owned()]);
        wanted.tools_list_changed = Some(true);
        let accepted = accepted(&wanted);
        assert_eq!(
            (accepted.resource_subscriptions, accepted.tools_list_changed),
            (Some(vec![SESSION.to_owned()]), None)
        );
    }
}
