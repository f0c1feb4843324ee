//! Fetches parts side by side.

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use hyper::Method;
use hyper::header::{HeaderName, HeaderValue};
use jiff::Timestamp;
use mp_catalog::OperationCall;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::routes::{CALL_HEADER, OPERATION, fill};
use mp_proto::wire::LinesTally;
use tokio::time::{Instant, sleep, timeout};

use super::hour::Hour;
use super::order::Order;
use super::pages::{Item, Marks, Reading};
use super::part::Part;
use super::patience::{Next, Trouble, dice};
use super::pauses;
use super::plan::Plan;
use super::stop::Stop;
use super::strays::Strays;
use super::tally::Tally;
use crate::api::{Connection, Options, Streamed, tallied, trailed, waits, written};
use crate::transport::{Piece, Streaming, TransportError};

/// Parts that are fetched at once, of which all but the first are kept until their turn comes.
const AT_ONCE: usize = 4;

/// Longest silence in the middle of an answer. The daemon gives up sooner, and says why.
const SILENCE: Duration = Duration::from_secs(660);

/// Most that is written at once: enough to make system calls cheap, little enough for a few of them to be in memory.
const BATCH: usize = 1024 * 1024;

/// Fetches the parts of a plan and hands them to their order.
pub(super) struct Crew<'a> {
    pub(super) options: &'a Options,
    pub(super) plan: &'a Plan,
    pub(super) order: &'a Order,
    pub(super) tally: &'a Tally,
    pub(super) strays: &'a Strays,
    pub(super) bearing: &'a Bearing<'a>,
}

/// How an export bears what fails and what has to be waited for.
pub(super) struct Bearing<'a> {
    /// For how long a part that fails is tried again.
    pub(super) retry_for: Duration,
    /// The hour that all of them share.
    pub(super) hour: Hour,
    /// Is told what is tried again and what is waited for.
    pub(super) tell: &'a dyn Fn(&str),
    /// How far profiles are.
    pub(super) reading: Reading,
}

impl Crew<'_> {
    /// Fetches all parts that are missing.
    ///
    /// # Errors
    /// When a part fails that is not tried again, or cannot be, for some of it is written.
    pub(super) async fn run(&self) -> Result<(), Stop> {
        let mut running = FuturesUnordered::new();
        let (mut next, mut failed) = (self.plan.first, BTreeMap::new());
        loop {
            let turn = self.order.turn();
            self.strays.write_before(turn)?;
            if let Some(stop) = failed.remove(&turn) {
                return Err(stop);
            }
            if turn >= self.plan.parts.len() {
                return Ok(());
            }
            // What follows a part that has failed would be fetched for nothing.
            while next < self.plan.parts.len() && next < turn + AT_ONCE && failed.is_empty() {
                running.push(self.numbered(next));
                next += 1;
            }
            match running.next().await {
                Some((_, Ok(()))) => {}
                // The parts before it are still written: a run that goes on will not need them.
                Some((part, Err(stop @ Stop::Failed(_)))) if part != self.order.turn() => {
                    drop(failed.insert(part, stop))
                }
                Some((_, Err(stop))) => return Err(stop),
                // An export with a gap must not look like a whole one.
                None => return Err(Stop::Failed(Failure::new(FailureKind::Internal, "a part was never fetched"))),
            }
        }
    }

    async fn numbered(&self, part: usize) -> (usize, Result<(), Stop>) {
        (part, self.fetch(part).await)
    }

    /// Fetches a part, as often as it takes and may take.
    async fn fetch(&self, part: usize) -> Result<(), Stop> {
        let mut trouble = Trouble::default();
        self.anew_again().await?;
        loop {
            self.bearing.hour.open().await;
            let begun = Instant::now();
            let reading = &self.bearing.reading;
            let before = reading.next();
            let failure = match self.once(part).await {
                Err(Stop::Failed(failure)) => failure,
                ended => return ended,
            };
            if reading.next() != before {
                // Each page has tries of its own.
                trouble = Trouble::default();
            }
            if reading.has_ended(&failure) && self.order.can_cut() {
                self.begin_anew(part).await?;
                continue;
            }
            trouble.goes_on(begun.elapsed());
            if failure.kind == FailureKind::RateLimited {
                self.wait_for_slot(part, failure).await?;
                continue;
            }
            let pause = match trouble.after(&failure, self.bearing.retry_for, dice()) {
                Next::Again(pause, number) if self.take_back(part).await? => {
                    (self.bearing.tell)(&pauses::again(
                        self.plan.parts.get(part).copied().flatten(),
                        &failure,
                        pause,
                        number,
                    ));
                    pause
                }
                Next::Again(..) | Next::Over(None) => return Err(Stop::Failed(failure)),
                Next::Over(Some(why)) => {
                    let detail = format!("{} ({why})", failure.detail);
                    return Err(Stop::Failed(Failure { detail, ..failure }));
                }
            };
            sleep(pause).await;
            trouble.goes_on(pause);
        }
    }

    /// Lets the hour be waited for, before a part is fetched anew.
    async fn wait_for_slot(&self, part: usize, mut failure: Failure) -> Result<(), Stop> {
        match self.bearing.hour.close(&failure) {
            Ok(told) if self.take_back(part).await? => {
                told.iter().for_each(|told| (self.bearing.tell)(told));
                return Ok(());
            }
            Ok(_) => {}
            Err(why) => failure.detail = format!("{} ({why})", failure.detail),
        }
        Err(Stop::Failed(failure))
    }

    /// Makes ready to fetch a part again. Pages that are complete stay.
    async fn take_back(&self, part: usize) -> Result<bool, Stop> {
        if self.bearing.reading.is_between_pages() { Ok(true) } else { self.order.forget(part).await }
    }

    /// Begins profiles anew, for Mixpanel has ended the session in which they were read.
    async fn begin_anew(&self, part: usize) -> Result<(), Stop> {
        self.take_back(part).await?;
        (self.bearing.tell)(&self.bearing.reading.begin_anew());
        self.order.begin_anew().await
    }

    /// Goes on with profiles that were begun anew by an earlier run.
    async fn anew_again(&self) -> Result<(), Stop> {
        if self.bearing.reading.is_anew() { self.order.begin_anew().await } else { Ok(()) }
    }

    /// Takes what has come of a part.
    async fn push(&self, part: usize, batch: Vec<Bytes>, marks: &mut Marks) -> Result<(), Stop> {
        if !self.plan.is_of_pages() {
            return self.order.push(part, batch).await;
        }
        let mut items = Vec::new();
        batch.into_iter().for_each(|piece| marks.take(piece, &mut items));
        for item in items {
            self.bearing.reading.note(&item);
            match item {
                Item::Lines(lines) => self.order.push(part, vec![lines]).await?,
                Item::Page(mark) => {
                    let all = mark.total.zip(mark.page_size).map(|(total, size)| total.div_ceil(size.max(1)));
                    self.bearing.hour.has_pages(mark.page + 1, all);
                    self.order.page(mark).await?;
                }
            }
        }
        Ok(())
    }

    /// Fetches a part once.
    async fn once(&self, part: usize) -> Result<(), Stop> {
        if self.bearing.reading.is_complete() {
            return self.order.end(part).await;
        }
        let (id, mut marks) = (waits::id(), Marks::new());
        let Some(mut streaming) = self.begin(part, &id).await.map_err(Stop::Failed)? else {
            return self.order.end(part).await;
        };
        self.strays.begin(part);
        let mut told = LinesTally::default();
        loop {
            let gathered = gather(&mut streaming, &mut told);
            let (batch, end) = waits::told(self.options, Some(&id), gathered).await;
            let batch = self.strays.sift(part, batch)?;
            if !batch.is_empty() {
                self.push(part, batch, &mut marks).await?;
            }
            match end {
                None => {}
                Some(Ok(())) => {
                    self.tally.tell(&told);
                    return self.order.end(part).await;
                }
                Some(Err(failure)) => return Err(Stop::Failed(failure)),
            }
        }
    }

    /// Asks for what has begun of a part's days; none when nothing has.
    async fn begin(&self, part: usize, id: &HeaderValue) -> Result<Option<Streaming>, Failure> {
        let horizon = &self.plan.horizon;
        let mut refusals = 0;
        loop {
            let days = self.plan.parts.get(part).copied().flatten();
            let begun = days.and_then(|days| horizon.before(days));
            if days.is_some() && begun.is_none() {
                return Ok(None);
            }
            self.order.ask(part, Timestamp::now());
            match self.open(begun, id).await {
                Err(refusal) if begun.is_some_and(|days| horizon.learn(&refusal, days, refusals, Timestamp::now())) => {
                    refusals += 1
                }
                opened => return opened.map(Some),
            }
        }
    }

    /// Asks for days. What the daemon did not begin to answer is asked for again at once: it may have been replaced just then.
    async fn open(&self, part: Part, id: &HeaderValue) -> Result<Streaming, Failure> {
        let pages = self.plan.is_of_pages().then(|| self.bearing.reading.from());
        let call =
            OperationCall { once: true, paced: self.bearing.hour.is_waited_for(), pages, ..self.plan.call(part) };
        let request = Streamed {
            method: Method::POST,
            path: fill(OPERATION, self.plan.operation.id),
            headers: std::iter::once((HeaderName::from_static(CALL_HEADER), id.clone())).collect(),
            body: Some(written(&call)?),
            refusals_fail: true,
        };
        let mut daemon = Connection::new(self.options.clone());
        match daemon.stream(request.clone()).await {
            Err(failure) if matches!(failure.kind, FailureKind::Unreachable | FailureKind::Stopping) => {
                daemon.stream(request).await
            }
            opened => opened,
        }
    }
}

/// Takes what has arrived, and waits if nothing has. The end comes with the last of it.
async fn gather(streaming: &mut Streaming, told: &mut LinesTally) -> (Vec<Bytes>, Option<Result<(), Failure>>) {
    let (mut batch, mut size) = (Vec::new(), 0);
    let mut next = match timeout(SILENCE, streaming.next()).await {
        Ok(next) => Some(next),
        Err(_) => return (batch, Some(Err(silent()))),
    };
    while let Some(part) = next {
        match part {
            Ok(Some(Piece::Bytes(bytes))) => {
                size += bytes.len();
                batch.push(bytes);
            }
            Ok(Some(Piece::Trailers(trailers))) => {
                *told = tallied(&trailers);
                if let Some(failure) = trailed(&trailers) {
                    return (batch, Some(Err(failure)));
                }
            }
            Ok(None) => return (batch, Some(Ok(()))),
            Err(error) => return (batch, Some(Err(broken(&error)))),
        }
        next = if size < BATCH { at_once(streaming.next()).await } else { None };
    }
    (batch, None)
}

/// Returns what a future has ready; none when it would wait. Nothing is lost by giving up the wait for a part of a stream.
async fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    poll_fn(|context| {
        // The first look may have read what the second one finds.
        let look = (0..2).find_map(|_| match future.as_mut().poll(context) {
            Poll::Ready(done) => Some(done),
            Poll::Pending => None,
        });
        Poll::Ready(look)
    })
    .await
}

fn broken(error: &TransportError) -> Failure {
    let detail = match error {
        TransportError::Broken => "the daemon went away in the middle of the export".to_owned(),
        other => format!("the export was cut off: {other}"),
    };
    Failure::new(FailureKind::Unreachable, detail)
}

fn silent() -> Failure {
    let detail = format!("the daemon said nothing for {} s in the middle of the export", SILENCE.as_secs());
    Failure::new(FailureKind::Timeout, detail).next("mp daemon status", "see whether it is well")
}
