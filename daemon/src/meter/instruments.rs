//! What is counted with: atomic numbers that never block, however many threads count.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Times of calls, in microseconds: from answers out of memory to exports. The last bucket has no end.
pub const OF_CALLS: &[u64] = &[
    100,
    250,
    500,
    1_000,
    5_000,
    25_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    30_000_000,
    120_000_000,
    600_000_000,
];

/// Times of the network and of waiting for others, in microseconds.
pub const OF_NETWORK: &[u64] = &[
    1_000,
    10_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    30_000_000,
    120_000_000,
    600_000_000,
    3_600_000_000,
];

/// How often times fell between the bounds, and their sum.
#[derive(Debug)]
pub struct Histogram {
    bounds: &'static [u64],
    /// One more than there are bounds.
    counts: Box<[AtomicU64]>,
    sum: AtomicU64,
}

impl Histogram {
    /// Returns one that has seen nothing, with bounds in microseconds.
    pub fn new(bounds: &'static [u64]) -> Self {
        let counts = (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect();
        Self { bounds, counts, sum: AtomicU64::new(0) }
    }

    /// Counts a time.
    pub fn observe(&self, time: Duration) {
        let micros = time.as_secs().saturating_mul(1_000_000).saturating_add(time.subsec_micros().into());
        // The smallest first: most calls are answered out of memory.
        let mut at = 0;
        while at < self.bounds.len() && micros > self.bounds[at] {
            at += 1;
        }
        self.counts[at].fetch_add(1, Ordering::Relaxed);
        self.sum.fetch_add(micros, Ordering::Relaxed);
    }

    /// Returns the upper bounds in microseconds, none for the last, each with how many times were no longer.
    pub fn cumulative(&self) -> impl Iterator<Item = (Option<u64>, u64)> + '_ {
        let bounds = self.bounds.iter().copied().map(Some).chain([None]);
        bounds.zip(&self.counts).scan(0, |sum, (bound, count)| {
            *sum += count.load(Ordering::Relaxed);
            Some((bound, *sum))
        })
    }

    /// Returns the sum of all times in microseconds.
    pub fn sum(&self) -> u64 {
        self.sum.load(Ordering::Relaxed)
    }

    /// Returns whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.counts.iter().all(|count| count.load(Ordering::Relaxed) == 0)
    }
}

/// The statuses that have a count of their own. All others share one of their hundred.
const STATUSES: [u16; 32] = [
    200, 201, 202, 204, 206, 304, 400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 412, 413, 415, 416, 422, 426, 428,
    429, 431, 500, 501, 502, 503, 504, 507, 529,
];

/// The hundreds.
const HUNDREDS: [&str; 6] = ["1xx", "2xx", "3xx", "4xx", "5xx", "other"];

/// How often each status was answered. It has a place for every number there is, and no more than some dozens of places.
#[derive(Debug)]
pub struct Statuses([AtomicU64; STATUSES.len() + HUNDREDS.len()]);

impl Default for Statuses {
    fn default() -> Self {
        Self(std::array::from_fn(|_| AtomicU64::new(0)))
    }
}

impl Statuses {
    /// Counts a status.
    pub fn count(&self, status: u16) {
        self.0[place(status)].fetch_add(1, Ordering::Relaxed);
    }

    /// Returns the statuses that were counted.
    pub fn counted(&self) -> impl Iterator<Item = (String, u64)> + '_ {
        let counts = self.0.iter().map(|count| count.load(Ordering::Relaxed)).enumerate();
        counts.filter(|(_, count)| *count > 0).map(|(at, count)| {
            let word = STATUSES.get(at).map_or_else(|| HUNDREDS[at - STATUSES.len()].to_owned(), ToString::to_string);
            (word, count)
        })
    }
}

fn place(status: u16) -> usize {
    if status == STATUSES[0] {
        return 0;
    }
    match STATUSES.binary_search(&status) {
        Ok(at) => at,
        Err(_) => {
            let hundred = usize::from(status / 100);
            STATUSES.len() + if (1..=5).contains(&hundred) { hundred - 1 } else { HUNDREDS.len() - 1 }
        }
    }
}

/// Counts of things that have a word each.
#[derive(Debug)]
pub struct Words<const N: usize> {
    words: [&'static str; N],
    counts: [AtomicU64; N],
}

impl<const N: usize> Words<N> {
    /// Returns counts of these words. What is none of them counts as the last.
    pub fn new(words: [&'static str; N]) -> Self {
        Self { words, counts: std::array::from_fn(|_| AtomicU64::new(0)) }
    }

    /// Counts a word.
    pub fn count(&self, word: &str) {
        let at = self.words.iter().position(|known| *known == word).unwrap_or(N - 1);
        self.counts[at].fetch_add(1, Ordering::Relaxed);
    }

    /// Returns all words, each with its count.
    pub fn counted(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        self.words.iter().zip(&self.counts).map(|(word, count)| (*word, count.load(Ordering::Relaxed)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_counts_in_its_bucket_and_in_all_above_it() {
        let histogram = Histogram::new(OF_CALLS);
        assert!(histogram.is_empty());
        let micro = Duration::from_secs(1) / 1_000_000;
        for time in [Duration::ZERO, micro * 100, micro * 101, Duration::from_secs(5), Duration::from_secs(1 << 32)] {
            histogram.observe(time);
        }
        let counts: Vec<(Option<u64>, u64)> = histogram.cumulative().collect();
        assert_eq!(counts[..2], [(Some(100), 2), (Some(250), 3)]);
        assert_eq!((counts.last(), counts.len()), (Some(&(None, 5)), OF_CALLS.len() + 1));
        assert!(counts.windows(2).all(|pair| pair[0].1 <= pair[1].1));
        assert_eq!(histogram.sum(), (1 << 32) * 1_000_000 + 5_000_201);
    }

    #[test]
    fn bounds_and_statuses_grow() {
        assert!(OF_CALLS.is_sorted() && OF_NETWORK.is_sorted() && STATUSES.is_sorted());
    }

    #[test]
    fn every_number_has_a_place_among_few() {
        let statuses = Statuses::default();
        for status in [0, 99, 100, 200, 200, 226, 404, 418, 499, 599, 600, u16::MAX] {
            statuses.count(status);
        }
        let counted: Vec<(String, u64)> = statuses.counted().collect();
        let of = |word: &str| counted.iter().find(|(known, _)| known == word).map(|(_, count)| *count);
        assert_eq!([of("200"), of("2xx"), of("404"), of("4xx"), of("5xx")], [2, 1, 1, 2, 1].map(Some));
        assert_eq!((of("1xx"), of("other"), counted.len()), (Some(1), Some(4), 7));
    }

    #[test]
    fn a_word_that_nobody_knows_is_the_last() {
        let words = Words::new(["a", "b", "other"]);
        ["a", "b", "b", "z"].iter().for_each(|word| words.count(word));
        assert!(words.counted().eq([("a", 1), ("b", 2), ("other", 1)]));
    }
}
