//! Tells what a call waits for at Mixpanel while it does: after some silence the daemon is asked for it, under an id that the call
//! came with.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::pin::pin;
use std::time::Duration;

use hyper::Method;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use mp_proto::routes::{CALL_HEADER, STATUS};
use mp_proto::wire::{StatusBody, WaitStatus};
use tokio::time::sleep;

use super::options::{Options, Told};
use crate::connect::{Doubt, connect};
use crate::place::Place;
use crate::transport::{Channel, Outgoing};

/// So long a call may be silent before anybody asks why, and between two questions.
const SILENCE: Duration = Duration::from_secs(2);

/// Longest time for an answer: who waits for it has something else to wait for.
const ANSWER: Duration = Duration::from_secs(5);

/// The id of a call: hard to meet twice, also among processes that do not see each other.
pub(crate) fn id() -> HeaderValue {
    let (one, other) = (RandomState::new().build_hasher().finish(), RandomState::new().build_hasher().finish());
    HeaderValue::try_from(format!("{one:016x}{other:016x}")).unwrap_or(HeaderValue::from_static("0"))
}

/// Gives a call an id unless it has one, if anybody is told what it waits for, or asks for it. Returns it.
pub(super) fn name(options: &Options, headers: &mut HeaderMap) -> Option<HeaderValue> {
    if options.waits.is_none() && options.call.is_none() {
        return None;
    }
    let made = || options.call.clone().unwrap_or_else(id);
    Some(headers.entry(HeaderName::from_static(CALL_HEADER)).or_insert_with(made).clone())
}

/// Does some work, and tells meanwhile what the call with this id waits for.
pub(crate) async fn told<T>(options: &Options, call: Option<&HeaderValue>, work: impl Future<Output = T>) -> T {
    let (Some(tell), Some(call)) = (&options.waits, call.and_then(|call| call.to_str().ok())) else {
        return work.await;
    };
    let mut work = pin!(work);
    tokio::select! {
        biased;
        done = &mut work => done,
        never = follow(options, call, tell) => match never {},
    }
}

async fn follow(options: &Options, call: &str, tell: &Told) -> Infallible {
    let (mut known, mut channel) = (BTreeSet::new(), None);
    loop {
        sleep(SILENCE).await;
        for wait in ask(options, &mut channel).await.into_iter().flatten() {
            if wait.calls.iter().any(|one| one == call) && known.insert(wait.since) {
                tell(&wait.detail);
            }
        }
    }
}

/// Asks the daemon that is there what calls wait for; none when it does not say.
async fn ask(options: &Options, channel: &mut Option<Channel>) -> Option<Vec<WaitStatus>> {
    let mut asked = match channel.take().filter(Channel::is_open) {
        Some(channel) => channel,
        None => {
            let place = Place { autostart: false, ..options.place.clone() };
            Channel::open(connect(&place, Doubt::of(true, 1)).await.ok()?).await.ok()?
        }
    };
    let (path, headers) = (STATUS.to_owned(), HeaderMap::new());
    let outgoing = Outgoing { method: Method::GET, path, context: None, body: None, headers };
    let answer = asked.exchange(&outgoing, ANSWER).await.ok()?;
    *channel = Some(asked);
    Some(serde_json::from_slice::<StatusBody>(&answer.body).ok()?.waits)
}
