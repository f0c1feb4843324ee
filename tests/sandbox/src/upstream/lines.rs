//! The events of a project as lines of JSON, made in blocks: what line stands at an index of a day follows from project, day and
//! index alone, so that any split of a range of dates gives the same lines.

use std::fmt::Write;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use flate2::{Compress, Compression, FlushCompress};
use jiff::civil::Date;

use super::data::{EVENTS, mix};

/// So many lines are made at once: about 300 KiB, which keeps a connection busy and is soon made.
const LINES: u64 = 1000;

/// The block of a day that is filled by size: about 1 MiB, so that its making does not count.
const REPEATED: u64 = 3500;

/// How much a day holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Volume {
    /// So many events, each with an insert id of its own.
    Events(u64),
    /// So many bytes before any filter, up to the end of a line: about 1 MiB of lines, again and again, with the same insert ids. Made
    /// and compressed once, so that such an export is as fast as the connection.
    Bytes(u64),
}

/// What an export asks for.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) project: u64,
    pub(crate) days: (Date, Date),
    pub(crate) events: Option<Vec<String>>,
    pub(crate) limit: u64,
    /// Whether every hundredth has an odd value.
    pub(crate) odd: bool,
}

/// Whole lines.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) plain: Bytes,
    lines: u64,
    deflated: OnceLock<Bytes>,
}

impl Block {
    pub(crate) fn new(plain: Vec<u8>) -> Self {
        let lines = plain.iter().filter(|byte| **byte == b'\n').count() as u64;
        Self { plain: Bytes::from(plain), lines, deflated: OnceLock::new() }
    }

    /// Returns its first lines.
    fn first(&self, lines: u64) -> Self {
        let pieces = self.plain.split_inclusive(|byte| *byte == b'\n');
        Self::new(pieces.take(usize::try_from(lines).unwrap_or(usize::MAX)).flatten().copied().collect())
    }

    /// Returns it as deflate blocks that refer to nothing before them and end at a byte, so that they fit anywhere into a stream.
    pub(crate) fn deflated(&self) -> Bytes {
        self.deflated.get_or_init(|| Bytes::from(deflate(&self.plain))).clone()
    }
}

fn deflate(plain: &[u8]) -> Vec<u8> {
    let mut compress = Compress::new(Compression::fast(), false);
    let mut out = Vec::with_capacity(plain.len() / 4 + 64);
    loop {
        let done = usize::try_from(compress.total_in()).unwrap_or(plain.len());
        let step = compress.compress_vec(&plain[done..], &mut out, FlushCompress::Sync);
        step.expect("a new stream takes any bytes");
        // Room that is left says that all of the flush is out.
        if compress.total_in() == plain.len() as u64 && out.len() < out.capacity() {
            return out;
        }
        out.reserve(plain.len() / 4 + 64);
    }
}

/// Returns the lines in their order, made when they are asked for.
pub(crate) fn blocks(volume: Volume, wanted: Wanted) -> impl Iterator<Item = Arc<Block>> + Send + 'static {
    let mut left = wanted.limit;
    let mut day = Some(wanted.days.0);
    let days = std::iter::from_fn(move || {
        let today = day.filter(|day| *day <= wanted.days.1)?;
        day = today.tomorrow().ok();
        Some(today)
    });
    let of_day = move |day: Date| -> Box<dyn Iterator<Item = Arc<Block>> + Send> {
        let maker = Maker { project: wanted.project, day, events: wanted.events.clone(), odd: wanted.odd };
        match volume {
            Volume::Events(count) => Box::new(maker.counted(count)),
            Volume::Bytes(count) => Box::new(maker.sized(count)),
        }
    };
    days.flat_map(of_day).map_while(move |block| {
        let block = match left {
            0 => return None,
            left if left < block.lines => Arc::new(block.first(left)),
            _ => block,
        };
        left -= block.lines;
        Some(block)
    })
}

/// Makes the lines of a day.
struct Maker {
    project: u64,
    day: Date,
    events: Option<Vec<String>>,
    odd: bool,
}

impl Maker {
    fn counted(self, count: u64) -> impl Iterator<Item = Arc<Block>> + Send {
        let starts = (0..count).step_by(usize::try_from(LINES).expect("a thousand"));
        starts.map(move |start| Arc::new(Block::new(self.lines(start..count.min(start + LINES)))))
    }

    fn sized(self, bytes: u64) -> impl Iterator<Item = Arc<Block>> + Send {
        let everything = Self { events: None, ..self };
        let all = Block::new(everything.lines(0..REPEATED));
        let filtered = Self { events: self.events, ..everything };
        let (whole, rest) = (bytes / all.plain.len() as u64, bytes % all.plain.len() as u64);
        let ends = all.plain.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at as u64 + 1);
        let last = if rest == 0 { 0 } else { ends.take_while(|end| *end < rest).count() as u64 + 1 };
        let block = if filtered.events.is_none() { all } else { Block::new(filtered.lines(0..REPEATED)) };
        let block = Arc::new(block);
        let last = Arc::new(Block::new(filtered.lines(0..last)));
        (0..whole).map(move |_| Arc::clone(&block)).chain(std::iter::once(last))
    }

    /// Returns the lines of these indices that pass the filter.
    fn lines(&self, indices: std::ops::Range<u64>) -> Vec<u8> {
        let mut lines = String::new();
        for index in indices {
            let event = EVENTS[choose(&[self.project, self.seed(), index, 1], EVENTS.len())];
            if self.events.as_ref().is_none_or(|wanted| wanted.iter().any(|one| one == event)) {
                self.push_line(&mut lines, event, index);
            }
        }
        lines.into_bytes()
    }

    fn seed(&self) -> u64 {
        let days = self.day.since(jiff::civil::date(1970, 1, 1)).map_or(0, |span| span.get_days());
        u64::try_from(days).unwrap_or_default()
    }

    fn push_line(&self, lines: &mut String, event: &str, index: u64) {
        const CITIES: [&str; 6] = ["Berlin", "Zürich", "São Paulo", "New York", "東京", "Bengaluru"];
        const BROWSERS: [&str; 4] = ["Chrome", "Safari", "Firefox", "Mobile Safari"];
        let (project, day) = (self.project, self.seed());
        let roll = |kind: u64| mix(&[project, day, index, kind]);
        // The number of an order is larger than a float can hold, and prices end with a zero: both must pass unchanged.
        let written = writeln!(
            lines,
            concat!(
                r#"{{"event":"{}","properties":{{"time":{},"distinct_id":"user-{}","$insert_id":"{:x}-{:x}-{:08x}","#,
                r#""$city":"{}","$browser":"{}","$screen_width":{},"amount":{}.{}0,"order_id":{},"plan":null,"#,
                r#""mp_processing_time_ms":{},"$lib_version":"2.{}.0","note":"line \"{}\"{}of {}"}}}}"#
            ),
            event,
            day * 86_400 + index % 86_400,
            roll(2) % 5000,
            project,
            day,
            index,
            CITIES[choose(&[project, day, index, 3], CITIES.len())],
            BROWSERS[choose(&[project, day, index, 4], BROWSERS.len())],
            800 + roll(5) % 2000,
            roll(6) % 500,
            roll(7) % 10,
            (1_u64 << 53) + roll(8) % (1 << 60),
            day * 86_400_000 + roll(9) % 86_400_000,
            roll(10) % 60,
            index,
            // A control character that nobody has escaped.
            if self.odd && index % 100 == 7 { '\u{1}' } else { ' ' },
            self.day,
        );
        written.expect("a string takes everything");
    }
}

fn choose(numbers: &[u64], count: usize) -> usize {
    usize::try_from(mix(numbers) % count as u64).expect("less than the count")
}
