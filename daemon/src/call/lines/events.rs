//! A body of events as it comes: cut into whole lines, and watched or normalised.

use std::collections::VecDeque;

use bytes::Bytes;
use memchr::{memchr, memrchr};
use mp_catalog::export::{BAD_LINE, OnBadLine};
use mp_proto::mend::{Odd, has_half, may_be_odd};
use mp_proto::wire::LinesTally;
use serde_json::value::RawValue;

use super::line::{
    BEGINNING, LONGEST, LineError, is_blank, is_event, is_footer, is_nearly_event, lossy, mended, no_event, shown,
};
use super::normaliser::{Normaliser, Zones};
use super::split::Split;

/// How a body is read.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Manners {
    /// Lines stay as they are sent, byte for byte; else they become
    /// `{"event_name", "event_time", "distinct_id", "insert_id", "properties"}`.
    pub(crate) raw: bool,
    /// What would be mended is an error.
    pub(crate) strict: bool,
    /// What becomes of a line that is no event.
    pub(crate) on_bad_line: OnBadLine,
}

/// Takes a body of events as it comes.
pub(crate) struct Events {
    manners: Manners,
    normaliser: Box<Normaliser>,
    /// The beginning of a line whose end has not come yet.
    held: Vec<u8>,
    /// Lines that may become one record with those that follow.
    split: Split,
    /// The number of the line that is looked at.
    number: u64,
    /// What was mended and left out.
    tally: LinesTally,
}

impl Events {
    /// Begins with a body.
    pub(crate) fn new(manners: Manners) -> Self {
        Self {
            manners,
            normaliser: Box::default(),
            held: Vec::new(),
            split: Split::default(),
            number: 0,
            tally: LinesTally::default(),
        }
    }

    /// Shows times in another zone.
    pub(crate) fn in_zones(mut self, zones: Zones) -> Self {
        self.normaliser.set_zones(zones);
        self
    }

    /// Returns what was mended and left out so far.
    pub(crate) fn tally(&self) -> LinesTally {
        self.tally
    }

    /// Takes the next part of the body and adds what can go on.
    ///
    /// # Errors
    /// When a line is no event; the lines before it have been added.
    pub(crate) fn take(&mut self, part: Bytes, out: &mut VecDeque<Bytes>) -> Result<(), LineError> {
        let mut part = part;
        if !self.held.is_empty() {
            let end = memchr(b'\n', &part).map_or(part.len(), |at| at + 1);
            self.hold(&part.split_to(end))?;
            if self.held.last() != Some(&b'\n') {
                return Ok(());
            }
            let line = Bytes::from(std::mem::take(&mut self.held));
            self.pass(line, out)?;
        }
        let whole = memrchr(b'\n', &part).map_or(0, |at| at + 1);
        let lines = part.split_to(whole);
        if !lines.is_empty() {
            self.pass(lines, out)?;
        }
        self.hold(&part)
    }

    /// Ends the body.
    ///
    /// # Errors
    /// When it ends in the middle of a line.
    pub(crate) fn end(&mut self, out: &mut VecDeque<Bytes>) -> Result<(), LineError> {
        let line = std::mem::take(&mut self.held);
        let mut made = Vec::new();
        let mut ended = Ok(());
        if !line.is_empty() {
            self.cut_off(&line)?;
            self.number += 1;
            ended = self.judge(&line, &mut made);
        }
        let ended = ended.and_then(|()| self.give_up(&mut made));
        put(out, made);
        ended
    }

    /// Checks that the last line, which has no end of its own, is not the half of one.
    fn cut_off(&self, line: &[u8]) -> Result<(), LineError> {
        let begins = line.starts_with(BEGINNING) || line.starts_with(b"{");
        let is_whole = || serde_json::from_slice::<&RawValue>(line).is_ok() || is_nearly_event(line);
        let number = self.number + 1;
        if self.split.is_open() {
            let mut last = Split::default();
            let lines = [self.split.record(), b"\n", line].concat();
            if !line.starts_with(BEGINNING) && last.begin(&lines, number) {
                return Err(LineError::Half { number, text: lossy(line) });
            }
        }
        if begins && !is_whole() {
            return Err(LineError::Half { number, text: lossy(line) });
        }
        Ok(())
    }

    fn hold(&mut self, part: &[u8]) -> Result<(), LineError> {
        if self.held.len() + part.len() > LONGEST {
            return Err(LineError::TooLong { number: self.number + 1 });
        }
        self.held.extend_from_slice(part);
        Ok(())
    }

    /// Passes whole lines on.
    fn pass(&mut self, lines: Bytes, out: &mut VecDeque<Bytes>) -> Result<(), LineError> {
        if self.manners.raw { self.watch(&lines, out) } else { self.normalise(&lines, out) }
    }

    /// Looks at how each line begins and ends, and passes on what came.
    fn watch(&mut self, lines: &Bytes, out: &mut VecDeque<Bytes>) -> Result<(), LineError> {
        let (mut begin, mut good) = (0, 0);
        for end in memchr::memchr_iter(b'\n', lines) {
            let line = &lines[begin..end];
            self.number += 1;
            let is_plain = line.starts_with(BEGINNING) && (line.ends_with(b"}") || line.ends_with(b"}\r"));
            if !is_plain || self.split.is_open() || self.manners.strict {
                put_slice(out, lines, good..begin);
                good = end + 1;
                let mut made = Vec::new();
                let judged = self.judge(line, &mut made);
                put(out, made);
                judged?;
            }
            begin = end + 1;
        }
        put_slice(out, lines, good..begin);
        Ok(())
    }

    /// Makes of each line what the Python tool shows.
    fn normalise(&mut self, lines: &Bytes, out: &mut VecDeque<Bytes>) -> Result<(), LineError> {
        // A line grows by the longer names, and loses two quotes and a comma for each of them.
        let mut made = Vec::with_capacity(lines.len() + lines.len() / 8 + 256);
        let mut begin = 0;
        // Checked once for all of them: what is text can be cut at newlines.
        let text = std::str::from_utf8(lines);
        let may_be_odd = may_be_odd(lines);
        for end in memchr::memchr_iter(b'\n', lines) {
            let line = &lines[begin..end];
            self.number += 1;
            let is_plain = !(self.split.is_open() || may_be_odd && is_odd(line))
                && match text {
                    Ok(text) => self.normaliser.line(&text[begin..end], &mut made),
                    Err(_) => std::str::from_utf8(line).is_ok_and(|line| self.normaliser.line(line, &mut made)),
                };
            if !is_plain && let Err(error) = self.judge(line, &mut made) {
                put(out, made);
                return Err(error);
            }
            begin = end + 1;
        }
        put(out, made);
        Ok(())
    }

    /// Looks at a line that is not plainly an event.
    fn judge(&mut self, line: &[u8], out: &mut Vec<u8>) -> Result<(), LineError> {
        if self.split.is_open() {
            if line.starts_with(BEGINNING) || is_footer(line) || !self.split.push(line) {
                self.give_up(out)?;
            } else if self.split.is_closed() {
                let split = std::mem::take(&mut self.split);
                if self.record(split.record(), out)? {
                    return Ok(());
                }
                self.split = split;
                return self.give_up(out);
            } else {
                return Ok(());
            }
        }
        if is_blank(line) {
            if self.manners.raw {
                out.extend_from_slice(line);
                out.push(b'\n');
            }
            return Ok(());
        }
        if self.record(line, out)? {
            return Ok(());
        }
        if is_footer(line) {
            return Err(no_event(self.number, line));
        }
        if self.split.begin(line, self.number) {
            return Ok(());
        }
        self.bad(self.number, line, out)
    }

    /// Adds a record, if it is an event or can be mended into one.
    fn record(&mut self, line: &[u8], out: &mut Vec<u8>) -> Result<bool, LineError> {
        let (mut odds, mut first) = (LinesTally::default(), None::<Odd>);
        let found = |odd: Odd| {
            first = first.or(Some(odd));
            odds.mended.add(odd);
        };
        let Some(text) = mended(line, found) else { return Ok(false) };
        let is_good = match self.manners.raw {
            true => is_event(text.as_bytes()),
            false => {
                let one_line =
                    if text.contains(['\r', '\n']) { text.replace(['\r', '\n'], " ") } else { text.to_string() };
                self.normaliser.line(&one_line, out)
            }
        };
        if let (true, true, Some(first)) = (is_good, self.manners.strict, first) {
            let shown = shown(&text.as_bytes()[first.at..]);
            return Err(LineError::Odd { number: self.number, what: first.what(), shown });
        }
        if is_good && self.manners.raw {
            out.extend_from_slice(line);
            out.push(b'\n');
        } else if is_good {
            odds.mended.lines = u64::from(odds.mended.values > 0);
            self.tally.join(&odds);
        }
        Ok(is_good)
    }

    /// Gives up that kept lines could become a record.
    fn give_up(&mut self, out: &mut Vec<u8>) -> Result<(), LineError> {
        for (number, line) in self.split.take() {
            // All but the first may be whole by themselves.
            if !self.record(&line, out)? {
                self.bad(number, &line, out)?;
            }
        }
        Ok(())
    }

    /// Does what is wanted of a line that is no event.
    fn bad(&mut self, number: u64, line: &[u8], out: &mut Vec<u8>) -> Result<(), LineError> {
        match self.manners.on_bad_line {
            OnBadLine::Fail => return Err(no_event(number, line)),
            OnBadLine::Skip => {}
            OnBadLine::Pass => {
                out.push(BAD_LINE);
                out.extend_from_slice(line);
                out.push(b'\n');
            }
        }
        self.tally.bad += 1;
        Ok(())
    }
}

/// Returns whether a line has what the normaliser would pass on, and other readers would stumble over: half of a surrogate pair, or a
/// return in its middle, which many take for the end of a line.
fn is_odd(line: &[u8]) -> bool {
    memchr(b'\r', line.trim_ascii_end()).is_some() || has_half(line)
}

fn put(out: &mut VecDeque<Bytes>, made: Vec<u8>) {
    if !made.is_empty() {
        out.push_back(Bytes::from(made));
    }
}

fn put_slice(out: &mut VecDeque<Bytes>, lines: &Bytes, range: std::ops::Range<usize>) {
    if !range.is_empty() {
        out.push_back(lines.slice(range));
    }
}
