//! A body of events as it comes: cut into whole lines, and watched or normalised.

use std::collections::VecDeque;

use bytes::Bytes;
use memchr::{memchr, memrchr};
use serde_json::value::RawValue;

use super::line::{BEGINNING, LONGEST, LineError, is_blank, is_event, lossy};
use super::normaliser::Normaliser;

/// What is made of each line.
enum Manner {
    /// Nothing.
    Raw,
    /// An event as the Python tool shows it.
    Normal(Box<Normaliser>),
}

/// Takes a body of events as it comes.
pub(crate) struct Events {
    manner: Manner,
    /// The beginning of a line whose end has not come yet.
    held: Vec<u8>,
    /// Lines before that one.
    lines: u64,
}

impl Events {
    /// Lines stay as they are sent.
    pub(crate) fn raw() -> Self {
        Self { manner: Manner::Raw, held: Vec::new(), lines: 0 }
    }

    /// Lines become `{"event_name", "event_time", "distinct_id", "insert_id", "properties"}`.
    pub(crate) fn normalised() -> Self {
        Self { manner: Manner::Normal(Box::default()), held: Vec::new(), lines: 0 }
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
    pub(crate) fn end(mut self, out: &mut VecDeque<Bytes>) -> Result<(), LineError> {
        if self.held.is_empty() {
            return Ok(());
        }
        let mut line = std::mem::take(&mut self.held);
        if !is_blank(&line) && !is_event(&line) {
            let is_half = line.starts_with(BEGINNING) || line.starts_with(b"{");
            let (number, text) = (self.lines + 1, lossy(&line));
            return Err(if is_half && serde_json::from_slice::<&RawValue>(&line).is_err() {
                LineError::Half { number, text }
            } else {
                LineError::NoEvent { number, text }
            });
        }
        line.push(b'\n');
        self.pass(Bytes::from(line), out)
    }

    fn hold(&mut self, part: &[u8]) -> Result<(), LineError> {
        if self.held.len() + part.len() > LONGEST {
            return Err(LineError::TooLong { number: self.lines + 1 });
        }
        self.held.extend_from_slice(part);
        Ok(())
    }

    /// Passes whole lines on.
    fn pass(&mut self, lines: Bytes, out: &mut VecDeque<Bytes>) -> Result<(), LineError> {
        match &mut self.manner {
            Manner::Raw => {
                let good = watch(&lines, &mut self.lines);
                match good {
                    Ok(()) => out.push_back(lines),
                    Err((good, error)) => {
                        if good > 0 {
                            out.push_back(lines.slice(..good));
                        }
                        return Err(error);
                    }
                }
            }
            Manner::Normal(normaliser) => {
                let (made, result) = normaliser.lines(&lines, &mut self.lines);
                if !made.is_empty() {
                    out.push_back(Bytes::from(made));
                }
                return result;
            }
        }
        Ok(())
    }
}

/// Looks at how each line begins. An error comes with the length of the good lines before it.
fn watch(lines: &[u8], count: &mut u64) -> Result<(), (usize, LineError)> {
    let mut begin = 0;
    for end in memchr::memchr_iter(b'\n', lines) {
        let line = &lines[begin..end];
        if !line.starts_with(BEGINNING) && !is_blank(line) && !is_event(line) {
            return Err((begin, LineError::NoEvent { number: *count + 1, text: lossy(line) }));
        }
        *count += 1;
        begin = end + 1;
    }
    Ok(())
}
