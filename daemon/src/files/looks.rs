//! Looks at files that calls share. A call must see each file as it is when the call has arrived, or later; so a look that *began* after
//! that is as good as one of its own. With many connections open, calls arrive together, and one look serves them all.
//!
//! A call tells that it has arrived by [`arrived`], when all of it is there, its body, too; then those that are about to be served are let
//! in first. What it may share ends where it waits for anything: what it does after that looks by itself. So a call that changes a file,
//! which always waits, never sees it as it was before.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;

use parking_lot::Mutex;

use super::read::Signature;

/// Looks that have begun.
static BEGUN: AtomicU64 = AtomicU64::new(0);

/// The number of no look: whoever is served by this shares none.
const NONE: u64 = u64::MAX;

thread_local! {
    /// The first look that the call being polled may share.
    static SINCE: Cell<u64> = const { Cell::new(NONE) };
    /// Whether the call being polled waits only to let others in.
    static IS_ARRIVING: Cell<bool> = const { Cell::new(false) };
}

/// Serves a call.
pub(crate) async fn serve<F: Future>(work: F) -> F::Output {
    /// Nothing is shared by what is polled next on this thread, however this ends.
    struct Reset;
    impl Drop for Reset {
        fn drop(&mut self) {
            SINCE.set(NONE);
            IS_ARRIVING.set(false);
        }
    }
    let mut work = pin!(work);
    let mut since = NONE;
    poll_fn(|context| {
        let _reset = Reset;
        SINCE.set(since);
        let polled = work.as_mut().poll(context);
        since = if IS_ARRIVING.get() { SINCE.get() } else { NONE };
        polled
    })
    .await
}

/// The call being served is there as a whole, and only reads. Where others are there, too, those that have arrived as well go first, so
/// that one look serves them all.
pub(crate) async fn arrived(are_others_there: bool) {
    SINCE.set(BEGUN.load(Ordering::SeqCst) + 1);
    if !are_others_there {
        return;
    }
    let mut has_let_in = false;
    poll_fn(|context| {
        if has_let_in {
            return Poll::Ready(());
        }
        has_let_in = true;
        IS_ARRIVING.set(true);
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// The last look at a file that others may share.
#[derive(Debug, Default)]
pub(crate) struct SharedLook(Mutex<(u64, Option<Signature>)>);

impl SharedLook {
    /// Returns what the file was found to be by a look that began after the call being served had arrived: the last one, or a new one.
    ///
    /// # Errors
    /// Those of the look. Nobody shares a failure.
    pub(crate) fn or(&self, look: impl FnOnce() -> io::Result<Option<Signature>>) -> io::Result<Option<Signature>> {
        let since = SINCE.get();
        {
            let last = self.0.lock();
            if last.0 >= since {
                return Ok(last.1);
            }
        }
        // Nobody waits for a slow disk but who looks at it.
        let number = BEGUN.fetch_add(1, Ordering::SeqCst) + 1;
        let found = look()?;
        let mut last = self.0.lock();
        if last.0 < number {
            *last = (number, found);
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use std::pin::Pin;
    use std::task::Context;

    /// A file that is looked at, and what such a look counts.
    #[derive(Default)]
    struct Looked(SharedLook, Cell<u32>);

    impl Looked {
        fn look(&self) -> u32 {
            let look = || {
                self.1.set(self.1.get() + 1);
                Ok(None)
            };
            self.0.or(look).expect("it does not fail");
            self.1.get()
        }
    }

    fn poll_once<F: Future>(work: Pin<&mut F>) -> Option<F::Output> {
        let mut context = Context::from_waker(std::task::Waker::noop());
        match work.poll(&mut context) {
            Poll::Ready(done) => Some(done),
            Poll::Pending => None,
        }
    }

    #[test]
    fn calls_that_arrive_together_share_one_look_and_later_ones_do_not() {
        let file = Looked::default();
        let call = || {
            Box::pin(serve(async {
                arrived(true).await;
                file.look()
            }))
        };
        let (mut one, mut other) = (call(), call());
        assert!(poll_once(one.as_mut()).is_none() && poll_once(other.as_mut()).is_none(), "each lets others in");
        assert_eq!((poll_once(one.as_mut()), poll_once(other.as_mut())), (Some(1), Some(1)));
        let mut later = call();
        assert!(poll_once(later.as_mut()).is_none());
        assert_eq!(poll_once(later.as_mut()), Some(2), "that look began before it arrived");
    }

    #[test]
    fn who_is_alone_waits_for_nobody() {
        let file = Looked::default();
        let call = serve(async {
            arrived(false).await;
            (file.look(), file.look())
        });
        assert_eq!(call.now_or_never(), Some((1, 1)));
        assert_eq!((file.look(), file.look()), (2, 3), "nothing is shared outside of a call");
    }

    #[test]
    fn after_a_wait_a_call_looks_for_itself() {
        let file = Looked::default();
        let mut call = Box::pin(serve(async {
            arrived(false).await;
            let before = file.look();
            tokio::task::yield_now().await;
            (before, file.look())
        }));
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        assert_eq!(runtime.block_on(&mut call), (1, 2));
    }

    #[test]
    fn a_look_that_began_earlier_and_ended_later_is_not_taken_for_a_newer_one() {
        let file = SharedLook::default();
        let slow = file.or(|| {
            file.or(|| Ok(None)).expect("a faster one");
            Ok(Some(Signature::of(std::path::Path::new("/")).expect("a directory").expect("it is there")))
        });
        assert!(slow.expect("it does not fail").is_some());
        assert_eq!(file.0.lock().1, None, "the faster one began later");
    }

    #[test]
    fn a_failure_is_nobody_elses() {
        let file = Looked::default();
        let call = serve(async {
            arrived(false).await;
            assert!(file.0.or(|| Err(io::ErrorKind::PermissionDenied.into())).is_err());
            file.look()
        });
        assert_eq!(call.now_or_never(), Some(1));
    }
}
