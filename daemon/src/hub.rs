//! Events: numbered, kept in a ring for those who come back, and sent to everyone who listens.

use parking_lot::{Mutex, RwLock};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use mp_proto::event::{Event, QUEUE, RING};
use mp_proto::json::unarmed_text;
use tokio::sync::broadcast;

/// An event with its number. Its text is made once, however many listen.
#[derive(Debug)]
pub struct Numbered {
    /// Counts from 1 after each start.
    pub seq: u64,
    /// The event's name on the stream.
    pub name: &'static str,
    /// The event as JSON.
    pub json: String,
}

/// What a listener gets first.
#[derive(Debug)]
pub enum Opening {
    /// It knows everything up to here, and missed these.
    Resumed(Vec<Arc<Numbered>>),
    /// It is new: show it the state as of this number.
    Fresh(u64),
    /// It wants to resume from what is no longer known: say so and show it the state.
    Reset(u64),
}

/// The one place events go through.
pub struct Hub {
    instance: String,
    ring: Mutex<Ring>,
    sender: broadcast::Sender<Arc<Numbered>>,
    streams: AtomicU64,
    published: [AtomicU64; Event::NAMES.len()],
    followers: RwLock<Vec<Follower>>,
}

/// What services tell each other at once: whoever keeps what follows from it lets go of it before the cause is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// An account was added, changed or removed, or its login has changed.
    Accounts,
    /// Something at Mixpanel was changed.
    Data,
}

/// Runs in the thread of whoever tells, so it must not wait.
type Follower = Box<dyn Fn(Notice) + Send + Sync>;

#[derive(Debug, Default)]
struct Ring {
    last: u64,
    kept: VecDeque<Arc<Numbered>>,
}

/// Counts an open stream for as long as it lives.
pub struct OpenStream(Arc<Hub>);

impl Drop for OpenStream {
    fn drop(&mut self) {
        self.0.streams.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Hub {
    /// Returns an empty hub. Event ids begin with the instance, so that those of an earlier run are not mistaken for ours.
    pub fn new(instance: String) -> Self {
        // When a queue is full, the slowest listener loses the oldest and is told `lagged`.
        let (sender, _) = broadcast::channel(QUEUE);
        let published = std::array::from_fn(|_| AtomicU64::new(0));
        let (ring, followers) = (Mutex::default(), RwLock::default());
        Self { instance, ring, sender, streams: AtomicU64::new(0), published, followers }
    }

    /// Lets a service hear of each notice.
    pub fn follow(&self, follower: impl Fn(Notice) + Send + Sync + 'static) {
        self.followers.write().push(Box::new(follower));
    }

    /// Tells all services. When this returns, they have acted.
    pub fn tell(&self, notice: Notice) {
        for follower in &*self.followers.read() {
            follower(notice);
        }
    }

    /// Numbers an event, keeps it and sends it.
    pub fn publish(&self, event: &Event) {
        if let Some(at) = Event::NAMES.iter().position(|name| *name == event.name()) {
            self.published[at].fetch_add(1, Ordering::Relaxed);
        }
        let json = unarmed_text(serde_json::to_string(event).expect("events are plain data"));
        let mut ring = self.ring.lock();
        ring.last += 1;
        let numbered = Arc::new(Numbered { seq: ring.last, name: event.name(), json });
        if ring.kept.len() == RING {
            ring.kept.pop_front();
        }
        ring.kept.push_back(Arc::clone(&numbered));
        // Sent under the lock: a listener that subscribes now sees it either in the ring or in its queue, never in both.
        // An error means that nobody listens.
        let _ = self.sender.send(numbered);
    }

    /// Subscribes, from the event after `last_event_id` if that is known.
    pub fn subscribe(
        self: &Arc<Self>,
        last_event_id: Option<&str>,
    ) -> (Opening, broadcast::Receiver<Arc<Numbered>>, OpenStream) {
        let ring = self.ring.lock();
        let receiver = self.sender.subscribe();
        self.streams.fetch_add(1, Ordering::Relaxed);
        let opening = match last_event_id {
            None => Opening::Fresh(ring.last),
            Some(id) => match self.parse(id).and_then(|seq| ring.after(seq)) {
                Some(missed) => Opening::Resumed(missed),
                None => Opening::Reset(ring.last),
            },
        };
        (opening, receiver, OpenStream(Arc::clone(self)))
    }

    /// Returns the events from now on, for a service of the daemon: it is no stream of anybody.
    pub fn listen(&self) -> broadcast::Receiver<Arc<Numbered>> {
        self.sender.subscribe()
    }

    /// Returns the id of an event on the stream: `<instance>-<seq>`.
    pub fn id(&self, seq: u64) -> String {
        format!("{}-{seq}", self.instance)
    }

    /// Returns how many streams are open.
    pub fn streams(&self) -> u64 {
        self.streams.load(Ordering::Relaxed)
    }

    /// Returns how many events of each name were published.
    pub fn published(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        Event::NAMES.into_iter().zip(&self.published).map(|(name, count)| (name, count.load(Ordering::Relaxed)))
    }

    fn parse(&self, id: &str) -> Option<u64> {
        id.strip_prefix(self.instance.as_str())?.strip_prefix('-')?.parse().ok()
    }
}

impl Ring {
    /// Returns what came after a number, if all of it is still kept.
    fn after(&self, seq: u64) -> Option<Vec<Arc<Numbered>>> {
        let oldest = self.kept.front().map_or(self.last + 1, |event| event.seq);
        if seq > self.last || seq + 1 < oldest {
            return None;
        }
        Some(self.kept.iter().filter(|event| event.seq > seq).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hub_with(count: u64) -> Arc<Hub> {
        let hub = Arc::new(Hub::new("i1".into()));
        for revision in 1..=count {
            hub.publish(&Event::ConfigChanged { revision });
        }
        hub
    }

    fn missed(opening: &Opening) -> Option<Vec<u64>> {
        match opening {
            Opening::Resumed(events) => Some(events.iter().map(|event| event.seq).collect()),
            Opening::Fresh(_) | Opening::Reset(_) => None,
        }
    }

    #[test]
    fn a_returning_listener_gets_exactly_what_it_missed() {
        let hub = hub_with(5);
        let (opening, mut receiver, _open) = hub.subscribe(Some("i1-3"));
        assert_eq!(missed(&opening), Some(vec![4, 5]));
        hub.publish(&Event::ConfigChanged { revision: 6 });
        assert_eq!(receiver.try_recv().map(|event| event.seq).ok(), Some(6));
        assert_eq!(missed(&hub.subscribe(Some("i1-6")).0), Some(vec![]));
    }

    #[test]
    fn what_cannot_be_resumed_is_reset() {
        let hub = hub_with(RING as u64 + 10);
        for id in ["i0-5", "i1-9", "i1-999999", "nonsense"] {
            assert!(matches!(hub.subscribe(Some(id)).0, Opening::Reset(_)), "{id}");
        }
        assert!(matches!(hub.subscribe(Some("i1-10")).0, Opening::Resumed(_)));
        assert!(matches!(hub.subscribe(None).0, Opening::Fresh(_)));
    }

    #[test]
    fn open_streams_are_counted_until_they_are_dropped() {
        let hub = hub_with(0);
        let open = hub.subscribe(None);
        assert_eq!(hub.streams(), 1);
        drop(open);
        assert_eq!(hub.streams(), 0);
    }
}
