//! Reads large answers apart from everything else: on a thread of its own, one at a time, and within the limits that the config sets.
//!
//! A worker that reads 64 MiB of JSON serves nobody meanwhile, and there are two of them.

use std::sync::Arc;

use mp_proto::failure::Failure;
use tokio::sync::Semaphore;

use crate::config::Limits;
use crate::life::Life;
use crate::store::Store;

/// A text that is shorter is read where it is: that takes a millisecond.
const SHORT: usize = 256 * 1024;

/// What is larger than the config lets it be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Excess {
    setting: &'static str,
    limit: u64,
    of: &'static str,
}

impl Excess {
    /// Returns that of a text.
    pub(crate) const fn bytes(limit: u64) -> Self {
        Self { setting: "answer_bytes", limit, of: "bytes" }
    }

    const fn values(limit: u64) -> Self {
        Self { setting: "answer_values", limit, of: "values" }
    }
}

impl std::fmt::Display for Excess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { setting, limit, of } = self;
        write!(
            f,
            "was answered with more than {limit} {of}, the limit that {setting} below [settings.limits] sets in the config"
        )
    }
}

/// Where large answers are read. Clones share it.
#[derive(Clone)]
pub(crate) struct Large {
    life: Life,
    store: Arc<Store>,
    turn: Arc<Semaphore>,
}

impl Large {
    pub(crate) fn new(life: Life, store: Arc<Store>) -> Self {
        Self { life, store, turn: Arc::new(Semaphore::new(1)) }
    }

    /// Returns what may be read as a whole.
    pub(crate) fn limits(&self) -> Limits {
        self.store.last_good().config.limits.clone()
    }

    /// Reads a text of JSON that has no more values than it may have.
    ///
    /// # Errors
    /// When the thread cannot be had.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        text: Vec<u8>,
        read: impl FnOnce(Vec<u8>) -> T + Send + 'static,
    ) -> Result<Result<T, Excess>, Failure> {
        let most = self.limits().answer_values;
        let checked =
            move |text: Vec<u8>| if has_more(&text, most) { Err(Excess::values(most)) } else { Ok(read(text)) };
        if text.len() <= SHORT {
            return Ok(checked(text));
        }
        let turn = Arc::clone(&self.turn).acquire_owned().await;
        self.life
            .blocking(move || {
                // It ends with the reading, also when the caller has gone.
                let _turn = turn;
                Ok(checked(text))
            })
            .await
    }
}

/// Returns whether a text of JSON holds more values than so many: each but the outermost follows a comma, or is the first of a list or an
/// object.
fn has_more(text: &[u8], most: u64) -> bool {
    // Two bytes for each at least: most texts need not be looked at.
    if (text.len() as u64) / 2 < most {
        return false;
    }
    let (mut count, mut is_string, mut is_first, mut bytes) = (1, false, false, text.iter());
    while let Some(byte) = bytes.next() {
        let opens = !is_string && matches!(byte, b'[' | b'{');
        let ends = matches!(byte, b']' | b'}');
        count += u64::from((is_first && !ends && !byte.is_ascii_whitespace()) || (!is_string && *byte == b','));
        is_first = opens || (is_first && byte.is_ascii_whitespace());
        match byte {
            b'\\' if is_string => drop(bytes.next()),
            b'"' => is_string = !is_string,
            _ => {}
        }
        if count > most {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;

    use super::*;
    use crate::boot::base::Base;
    use crate::clock::tests::TestClock;

    /// The runtime of this test has one thread: if that one read, it could not let the reading go on.
    #[tokio::test]
    async fn large_texts_are_read_apart_and_one_at_a_time() {
        let home = tempfile::tempdir().expect("a directory");
        let base = Base::of(home.path(), Arc::new(TestClock::at(0)), "http://127.0.0.1:1".to_owned());
        let large = Large::new(base.life.clone(), Arc::clone(&base.store));
        let (begun, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (go, may_go) = mpsc::channel::<()>();
        let may_go = Arc::new(parking_lot::Mutex::new(may_go));
        let reading = (0..3).map(|_| {
            let (large, begun, most, may_go) =
                (large.clone(), Arc::clone(&begun), Arc::clone(&most), Arc::clone(&may_go));
            base.life.spawn(async move {
                let read = move |text: Vec<u8>| {
                    most.fetch_max(begun.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    may_go.lock().recv().expect("the test goes on");
                    begun.fetch_sub(1, Ordering::SeqCst);
                    text.len()
                };
                large.read(vec![b' '; SHORT + 1], read).await.expect("a thread")
            })
        });
        let reading: Vec<_> = reading.collect();
        for _ in &reading {
            tokio::task::yield_now().await;
            go.send(()).expect("somebody reads");
        }
        for read in reading {
            assert_eq!(read.await.expect("it ends"), Ok(SHORT + 1));
        }
        assert_eq!(most.load(Ordering::SeqCst), 1, "one at a time");
        let short = large.read(vec![b'['; 9], |text| text.len()).await.expect("no thread is needed");
        assert_eq!(short, Ok(9));
    }

    #[test]
    fn values_are_counted_and_strings_are_not_looked_into() {
        let texts =
            [("[0,0,0]", 4), (r#"{"a":[1,{}],"b":2}"#, 5), (r#"["a,[\"{,", ","]"#, 3), ("[[ ], [\n[7]]]", 5), ("7", 1)];
        for (text, count) in texts {
            let padded = format!("{text}{}", " ".repeat(20));
            assert!(has_more(padded.as_bytes(), count - 1), "{text}");
            assert!(!has_more(padded.as_bytes(), count), "{text}");
        }
        assert!(!has_more(b"[[[[", 100), "too short to be looked at");
    }

    #[test]
    fn an_excess_names_the_setting() {
        assert!(Excess::values(7).to_string().contains("more than 7 values, the limit that answer_values below"));
        assert!(Excess::bytes(9).to_string().contains("9 bytes, the limit that answer_bytes below [settings.limits]"));
    }
}
