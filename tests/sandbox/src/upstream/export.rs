//! The export plane: the raw events of a project, streamed.

use std::sync::Arc;

use bytes::Bytes;
use crc32fast::Hasher;
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use serde_json::json;

use super::asking::{Asking, Refusal};
use super::data::Data;
use super::lines::{Block, Wanted, blocks};
use super::reply::Reply;

/// The largest `limit`, and what an export without one has.
const MOST: u64 = 100_000;

/// Bodies up to this size are not compressed.
const SMALL: usize = 1400;

/// Answers at a path of the plane; none where nothing is.
pub(crate) fn answer(data: &Data, path: &str, asking: &mut Asking<'_>) -> Option<Reply> {
    if path != "export" {
        return None;
    }
    let reply = wanted(asking).map(|wanted| stream(data, &wanted, accepts_gzip(asking)));
    Some(reply.unwrap_or_else(|refusal| Reply::json(refusal.status, &json!({"error": refusal.text}))))
}

fn wanted(asking: &mut Asking<'_>) -> Result<Wanted, Refusal> {
    asking.method("GET")?;
    asking.only(&["project_id", "from_date", "to_date", "event", "where", "limit", "time_in_ms"]);
    let project = asking.project()?.id;
    let days = asking.range()?;
    // Somewhere it is tomorrow already.
    let tomorrow = TimeZone::UTC.to_datetime(Timestamp::now()).date().saturating_add(1.day());
    if days.1 > tomorrow {
        return Err(Refusal::new(400, "to_date cannot be later than today"));
    }
    let events = asking.texts("event")?;
    let is_limited = asking.optional("limit").is_some();
    let limit = asking.number("limit", MOST, (1, MOST))?;
    Ok(Wanted { project, days, events, limit: if is_limited { limit } else { u64::MAX }, odd: false })
}

fn accepts_gzip(asking: &Asking<'_>) -> bool {
    let accepted = asking.received.header("accept-encoding").unwrap_or_default();
    accepted.split(',').any(|coding| {
        let mut words = coding.split(';').map(str::trim);
        words.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip")) && words.next() != Some("q=0")
    })
}

fn stream(data: &Data, wanted: &Wanted, accepts_gzip: bool) -> Reply {
    let make = {
        let (volume, wanted) = (data.volume, Wanted { odd: data.odd, ..wanted.clone() });
        let last = data.last_line.as_ref().map(|line| Arc::new(Block::new(format!("{line}\n").into_bytes())));
        move || blocks(volume, wanted.clone()).filter(|block| !block.plain.is_empty()).chain(last.clone())
    };
    let is_large = || {
        let mut size = 0;
        make().any(|block| {
            size += block.plain.len();
            size > SMALL
        })
    };
    if data.gzip && accepts_gzip && is_large() {
        return Reply::stream(200, move || Gzip::new(Box::new(make())))
            .header("Content-Type", "text/plain")
            .header("Content-Encoding", "gzip");
    }
    Reply::stream(200, move || make().map(|block| block.plain.clone())).header("Content-Type", "text/plain")
}

/// One gzip member around any number of blocks, each of which is compressed once however often it comes.
struct Gzip {
    blocks: Box<dyn Iterator<Item = Arc<Block>> + Send>,
    /// The last block with the checksum of its own.
    known: Option<(Arc<Block>, Hasher)>,
    sum: Hasher,
    length: u32,
    is_begun: bool,
    is_over: bool,
}

impl Gzip {
    fn new(blocks: Box<dyn Iterator<Item = Arc<Block>> + Send>) -> Self {
        Self { blocks, known: None, sum: Hasher::new(), length: 0, is_begun: false, is_over: false }
    }

    fn add(&mut self, block: &Arc<Block>) {
        let known = self.known.take().filter(|(known, _)| Arc::ptr_eq(known, block));
        let (block, sum) = known.unwrap_or_else(|| {
            let mut sum = Hasher::new();
            sum.update(&block.plain);
            (Arc::clone(block), sum)
        });
        self.sum.combine(&sum);
        // The trailer holds the length modulo 2^32.
        self.length = self.length.wrapping_add(u32::try_from(block.plain.len()).expect("a block is small"));
        self.known = Some((block, sum));
    }
}

impl Iterator for Gzip {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        if !self.is_begun {
            self.is_begun = true;
            // Magic, deflate, no flags, no time, no hint, unknown system.
            return Some(Bytes::from_static(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]));
        }
        if let Some(block) = self.blocks.next() {
            self.add(&block);
            return Some(block.deflated());
        }
        if std::mem::replace(&mut self.is_over, true) {
            return None;
        }
        // An empty last block of deflate.
        let mut end = vec![3, 0];
        end.extend_from_slice(&self.sum.clone().finalize().to_le_bytes());
        end.extend_from_slice(&self.length.to_le_bytes());
        Some(Bytes::from(end))
    }
}
