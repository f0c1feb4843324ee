//! The trace that a call belongs to: W3C Trace Context, read strictly and written anew. Pure.
//!
//! What is not valid is no trace, as the standard has it: nobody is refused for it. Of the flags only those are passed on that are known;
//! of the states of other systems, only a list that is whole.

use std::fmt::{self, Display};
use std::sync::Arc;

use hyper::header::{HeaderMap, HeaderName, HeaderValue};

/// The header with the ids.
pub const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
/// The header with what other systems add.
pub const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// Somebody records the trace.
const SAMPLED: u8 = 1;
/// The flags that have a meaning: recorded, and an id of which a part is random.
const KNOWN: u8 = 3;

/// Longest list of states, and most entries of it.
const STATE: (usize, usize) = (512, 32);

/// The id of a trace. All zeros is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceId(pub u128);

/// The id of a span. All zeros is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpanId(pub u64);

impl Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl Display for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// What a caller says of its trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parent {
    /// The trace.
    pub trace: TraceId,
    /// The caller's span.
    pub span: SpanId,
    flags: u8,
    state: Option<Arc<str>>,
}

impl Parent {
    /// Reads the headers of a call; none where they do not tell of a trace.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let mut all = headers.get_all(TRACEPARENT).iter();
        let (Some(only), None) = (all.next(), all.next()) else { return None };
        let (trace, span, flags) = ids(only.to_str().ok()?.trim_matches([' ', '\t']))?;
        Some(Self { trace, span, flags: flags & KNOWN, state: state(headers) })
    }

    /// Returns one of a trace that begins here.
    pub fn root(trace: TraceId) -> Self {
        Self { trace, span: SpanId(0), flags: SAMPLED, state: None }
    }

    /// Returns whether somebody records the trace.
    pub const fn is_sampled(&self) -> bool {
        self.flags & SAMPLED != 0
    }

    /// Returns the headers by which a request goes on with the trace, below a span.
    pub fn headers(&self, below: SpanId) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
        let ids = HeaderValue::try_from(format!("00-{}-{below}-{:02x}", self.trace, self.flags)).ok();
        let state = self.state.as_deref().and_then(|state| HeaderValue::from_str(state).ok());
        [(TRACEPARENT, ids), (TRACESTATE, state)].into_iter().filter_map(|(name, value)| Some((name, value?)))
    }
}

fn ids(text: &str) -> Option<(TraceId, SpanId, u8)> {
    let is_hex = |part: &str| part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let mut parts = text.splitn(5, '-');
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let more = parts.next();
    let has_lengths = [version, trace, span, flags].map(str::len) == [2, 32, 16, 2];
    if !has_lengths || ![version, trace, span, flags].into_iter().all(is_hex) || version == "ff" {
        return None;
    }
    // A later version may have more; this one has no more.
    if version == "00" && more.is_some() {
        return None;
    }
    let (trace, span) = (u128::from_str_radix(trace, 16).ok()?, u64::from_str_radix(span, 16).ok()?);
    (trace != 0 && span != 0).then_some((TraceId(trace), SpanId(span), u8::from_str_radix(flags, 16).ok()?))
}

/// Returns the states, of several headers as one list; none if any of them is not as it must be.
fn state(headers: &HeaderMap) -> Option<Arc<str>> {
    let mut entries: Vec<&str> = Vec::new();
    for value in headers.get_all(TRACESTATE) {
        let texts = value.to_str().ok()?.split(',').map(|entry| entry.trim_matches([' ', '\t']));
        entries.extend(texts.filter(|entry| !entry.is_empty()));
    }
    let keys: Vec<&str> = entries.iter().map(|entry| key(entry)).collect::<Option<_>>()?;
    let is_twice = keys.iter().enumerate().any(|(at, key)| keys[..at].contains(key));
    let list = entries.join(",");
    let fits = !list.is_empty() && list.len() <= STATE.0 && entries.len() <= STATE.1;
    (fits && !is_twice).then(|| list.into())
}

/// Returns the key of an entry that is as it must be.
fn key(entry: &str) -> Option<&str> {
    let (key, value) = entry.split_once('=')?;
    let is_of_key = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'*' | b'/' | b'@');
    let begins = key.bytes().next().is_some_and(|first| first.is_ascii_lowercase() || first.is_ascii_digit());
    let is_key = begins && key.len() <= 256 && key.bytes().all(is_of_key) && key.matches('@').count() <= 1;
    let is_value =
        (1..=256).contains(&value.len()) && value.bytes().all(|byte| (0x20..=0x7e).contains(&byte) && byte != b'=');
    (is_key && is_value && !value.ends_with(' ')).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn of(values: &[(&'static str, &str)]) -> Option<Parent> {
        let mut headers = HeaderMap::new();
        for (name, value) in values {
            headers.append(HeaderName::from_static(name), HeaderValue::from_bytes(value.as_bytes()).expect("a value"));
        }
        Parent::of(&headers)
    }

    fn sent(parent: &Parent) -> Vec<(String, String)> {
        let text = |value: HeaderValue| value.to_str().expect("ASCII").to_owned();
        parent.headers(SpanId(1)).map(|(name, value)| (name.to_string(), text(value))).collect()
    }

    #[test]
    fn a_trace_goes_on_below_another_span() {
        let parent = of(&[("traceparent", &format!("\t {GOOD} "))]).expect("good");
        assert!(parent.is_sampled());
        let expected = "00-0af7651916cd43dd8448eb211c80319c-0000000000000001-01";
        assert_eq!(sent(&parent), [("traceparent".to_owned(), expected.to_owned())]);
    }

    #[test]
    fn what_is_not_valid_is_no_trace() {
        for bad in [
            "",
            "00",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-B7AD6B7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "0x-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-012",
            "00-+af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00_0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331_01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333\u{e9}-01",
        ] {
            assert_eq!(of(&[("traceparent", bad)]), None, "{bad}");
        }
        assert_eq!(of(&[("traceparent", GOOD), ("traceparent", GOOD)]), None, "two of them");
        assert_eq!(of(&[("tracestate", "a=1")]), None);
    }

    #[test]
    fn a_later_version_is_read_as_far_as_it_is_known() {
        for more in ["", "-what-the-future-brings"] {
            let text = format!("cc{}{more}", &GOOD[2..]).replace("-01", "-ff");
            let parent = of(&[("traceparent", &text)]).expect("good");
            assert!(
                sent(&parent)[0].1.starts_with("00-") && sent(&parent)[0].1.ends_with("-03"),
                "{:?}",
                sent(&parent)
            );
        }
        assert!(!of(&[("traceparent", &GOOD.replace("-01", "-02"))]).expect("good").is_sampled());
    }

    #[test]
    fn states_are_one_list_or_none() {
        let state = |values: &[&str]| {
            let mut all = vec![("traceparent", GOOD)];
            all.extend(values.iter().map(|value| ("tracestate", *value)));
            let sent = sent(&of(&all).expect("a bad state does not end a trace"));
            sent.get(1).map(|(_, value)| value.clone())
        };
        assert_eq!(state(&["a=1, ,b@c=2\t", "d/e=x y"]).as_deref(), Some("a=1,b@c=2,d/e=x y"));
        let many = (0..33).map(|number| format!("k{number}=1")).collect::<Vec<_>>().join(",");
        let long = format!("k={}", "x".repeat(600));
        for bad in ["", "a", "=1", "a=", "A=1", "a=1=2", "a@b@c=1", "a=1,a=2", "a=\u{e9}", &many, &long] {
            assert_eq!(state(&[bad]), None, "{bad}");
        }
    }
}
