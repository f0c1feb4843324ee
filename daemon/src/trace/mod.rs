//! Traces: each call of one, and each request to Mixpanel on its behalf, is a span. Callers bring their traces in the headers of W3C Trace
//! Context; the log names them, Mixpanel gets them, and a collector gets the spans where one is set.
//!
//! A span tells routes, methods, planes and statuses: neither a path nor a header, nor anything that somebody has written.

pub mod context;

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::SystemTime;

use context::{Parent, SpanId, TRACEPARENT, TraceId};
use hyper::header::{HeaderMap, HeaderName};
use parking_lot::Mutex;
use tokio::sync::mpsc;

use crate::meter::Meters;

/// So many spans wait for a collector. What is more is dropped, and counted.
const QUEUE: usize = 2048;

/// The place of a call in a trace.
#[derive(Debug)]
pub struct Trace {
    /// What came before.
    pub parent: Parent,
    /// The span that the call is.
    pub span: SpanId,
    /// When it began.
    pub begun: SystemTime,
}

/// Which side of a request a span is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// A call was answered.
    Server,
    /// A request was sent to Mixpanel.
    Client,
}

/// A span that has ended.
#[derive(Debug)]
pub struct Span {
    /// Its trace.
    pub trace: TraceId,
    /// Its id.
    pub id: SpanId,
    /// The span above it; all zeros where it is the first.
    pub parent: SpanId,
    /// Which side it is.
    pub side: Side,
    /// A few words, out of few.
    pub name: String,
    /// When it began.
    pub begun: SystemTime,
    /// When it ended.
    pub ended: SystemTime,
    /// What is told of it, by the names that OpenTelemetry has for it.
    pub attributes: Vec<(&'static str, Attribute)>,
    /// Whether it went wrong.
    pub is_error: bool,
}

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attribute {
    /// A word of ours.
    Word(&'static str),
    /// A text that is as good as one, such as a method or the name of a host.
    Text(String),
    /// A number.
    Number(i64),
}

/// Where spans go. Without a collector nothing is kept, and a call without a trace costs a look at its headers.
#[derive(Debug)]
pub struct Spans {
    sender: mpsc::Sender<Span>,
    ended: Mutex<Option<mpsc::Receiver<Span>>>,
    meters: Arc<Meters>,
    is_on: AtomicBool,
    /// The share of calls without a trace that begin one, of 2^32.
    share: AtomicU64,
}

/// Numbers that nobody can guess: keys of the system's, and a counter.
fn random() -> u64 {
    static KEYS: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    KEYS.hash_one(COUNT.fetch_add(1, Ordering::Relaxed))
}

/// Returns a new id of a span.
pub fn span_id() -> SpanId {
    SpanId(random().max(1))
}

impl Spans {
    /// Returns where spans go. It is switched off.
    pub fn new(meters: Arc<Meters>) -> Self {
        let (sender, ended) = mpsc::channel(QUEUE);
        let (is_on, share) = (AtomicBool::new(false), AtomicU64::new(0));
        Self { sender, ended: Mutex::new(Some(ended)), meters, is_on, share }
    }

    /// Returns where spans come out. There is one such place, so the second who asks gets none.
    pub fn ended(&self) -> Option<mpsc::Receiver<Span>> {
        self.ended.lock().take()
    }

    /// Switches it on or off, for a share of the calls that have no trace of their own.
    pub fn set(&self, is_on: bool, share: f64) {
        // Between 0 and 2^32, so nothing is cut off.
        self.share.store((share.clamp(0.0, 1.0) * 4_294_967_296.0) as u64, Ordering::Relaxed);
        self.is_on.store(is_on, Ordering::Relaxed);
    }

    /// Returns the place of a call in its trace: that of its caller, or one of its own; none where nobody would see it.
    pub fn begin(&self, headers: &HeaderMap) -> Option<Arc<Trace>> {
        let is_on = self.is_on.load(Ordering::Relaxed);
        // Not made anew for each look.
        static NAME: HeaderName = TRACEPARENT;
        let theirs = if headers.contains_key(&NAME) { Parent::of(headers) } else { None };
        let parent = match theirs {
            Some(parent) => parent,
            None if is_on && random() >> 32 < self.share.load(Ordering::Relaxed) => {
                Parent::root(TraceId((u128::from(random()) << 64) | u128::from(random().max(1))))
            }
            None => return None,
        };
        Some(Arc::new(Trace { parent, span: span_id(), begun: SystemTime::now() }))
    }

    /// Takes a span, if it is of a trace that somebody records.
    pub fn take(&self, trace: &Trace, span: Span) {
        if self.is_on.load(Ordering::Relaxed) && trace.parent.is_sampled() && self.sender.try_send(span).is_err() {
            self.meters.spans.count("dropped");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::HeaderValue;

    fn headers(flags: &str) -> HeaderMap {
        let value = format!("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-{flags}");
        HeaderMap::from_iter([(TRACEPARENT, HeaderValue::try_from(value).expect("a value"))])
    }

    fn span(trace: &Trace) -> Span {
        let (now, name) = (SystemTime::now(), "x".to_owned());
        Span {
            trace: trace.parent.trace,
            id: trace.span,
            parent: trace.parent.span,
            side: Side::Server,
            name,
            begun: now,
            ended: now,
            attributes: Vec::new(),
            is_error: false,
        }
    }

    #[test]
    fn a_callers_trace_is_known_and_recorded_where_that_is_wanted() {
        let spans = Spans::new(Arc::default());
        let mut out = spans.ended().expect("it is there");
        assert!(spans.begin(&HeaderMap::new()).is_none());
        let trace = spans.begin(&headers("01")).expect("a trace");
        assert_ne!(trace.span, trace.parent.span);
        spans.take(&trace, span(&trace));
        assert!(out.try_recv().is_err(), "there is no collector");
        spans.set(true, 0.0);
        spans.take(&trace, span(&trace));
        assert!(out.try_recv().is_ok());
        let unseen = spans.begin(&headers("00")).expect("a trace");
        spans.take(&unseen, span(&unseen));
        assert!(out.try_recv().is_err(), "its caller records nothing");
        assert!(spans.begin(&HeaderMap::new()).is_none(), "no share of the others");
    }

    #[test]
    fn a_share_of_the_others_begins_a_trace() {
        let spans = Spans::new(Arc::default());
        spans.set(true, 0.25);
        let count = (0..4000).filter(|_| spans.begin(&HeaderMap::new()).is_some()).count();
        assert!((700..1300).contains(&count), "{count}");
        spans.set(true, 1.0);
        let ids: std::collections::BTreeSet<String> =
            (0..1000).filter_map(|_| Some(spans.begin(&HeaderMap::new())?.parent.trace.to_string())).collect();
        assert_eq!(ids.len(), 1000);
    }

    #[test]
    fn what_nobody_takes_is_dropped_and_counted() {
        let meters = Arc::<Meters>::default();
        let spans = Spans::new(Arc::clone(&meters));
        spans.set(true, 1.0);
        let trace = spans.begin(&HeaderMap::new()).expect("one");
        for _ in 0..QUEUE + 5 {
            spans.take(&trace, span(&trace));
        }
        assert_eq!(meters.spans.counted().find(|(word, _)| *word == "dropped"), Some(("dropped", 5)));
    }
}
