//! Where lines of the log go. A few are written at once, one by one; of a burst, such as a thousand callers that get a token each, some
//! are gathered first, for a moment, because a write costs more than the answer that it is about. Warnings and errors wait for nothing.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};
use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

/// Lines are gathered for so long.
const MOMENT: Duration = Duration::from_millis(50);

/// So many lines in a moment are no burst.
const FEW: u32 = 16;

/// So many bytes are not kept back any longer.
const MANY: usize = 64 * 1024;

/// The writer of all lines. Clones share it.
#[derive(Clone)]
pub(super) struct Lines(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    is_gathering: Condvar,
    is_written: Condvar,
}

struct State {
    sink: Box<dyn Write + Send>,
    gathered: Vec<u8>,
    /// When the present moment began, and how many lines it has seen.
    moment: Instant,
    lines: u32,
    has_writer: bool,
}

impl Lines {
    pub(super) fn to(sink: impl Write + Send + 'static) -> Self {
        let state =
            State { sink: Box::new(sink), gathered: Vec::new(), moment: Instant::now(), lines: 0, has_writer: false };
        Self(Arc::new(Shared { state: Mutex::new(state), is_gathering: Condvar::new(), is_written: Condvar::new() }))
    }

    /// Writes what was gathered.
    pub(super) fn flush(&self) -> io::Result<()> {
        self.0.state.lock().flush()
    }

    fn add(&self, line: &[u8], is_urgent: bool) -> io::Result<()> {
        let mut state = self.0.state.lock();
        let is_one_of_few = state.is_one_of_few();
        state.gathered.extend_from_slice(line);
        if is_urgent || is_one_of_few || state.gathered.len() >= MANY {
            self.0.is_written.notify_one();
            return state.flush();
        }
        if !state.has_writer {
            let lines = self.clone();
            let writer = std::thread::Builder::new().name("log".to_owned());
            if writer.spawn(move || lines.write_now_and_then()).is_err() {
                return state.flush();
            }
            state.has_writer = true;
        }
        drop(state);
        self.0.is_gathering.notify_one();
        Ok(())
    }

    fn write_now_and_then(&self) {
        loop {
            let mut state = self.0.state.lock();
            while state.gathered.is_empty() {
                self.0.is_gathering.wait(&mut state);
            }
            self.0.is_written.wait_for(&mut state, MOMENT);
            // Whom should it be told, if not the log?
            let _ = state.flush();
        }
    }
}

impl State {
    fn is_one_of_few(&mut self) -> bool {
        if self.moment.elapsed() >= MOMENT {
            (self.moment, self.lines) = (Instant::now(), 0);
        }
        self.lines += 1;
        self.lines <= FEW && self.gathered.is_empty()
    }

    fn flush(&mut self) -> io::Result<()> {
        let written = self.sink.write_all(&self.gathered);
        self.gathered.clear();
        written.and_then(|()| self.sink.flush())
    }
}

/// Takes one line.
pub(super) struct OneLine<'a> {
    lines: &'a Lines,
    is_urgent: bool,
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = OneLine<'a>;

    fn make_writer(&'a self) -> OneLine<'a> {
        OneLine { lines: self, is_urgent: false }
    }

    fn make_writer_for(&'a self, about: &Metadata<'_>) -> OneLine<'a> {
        OneLine { lines: self, is_urgent: *about.level() <= Level::WARN }
    }
}

impl Write for OneLine<'_> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.lines.add(line, self.is_urgent)?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Sender, channel};

    struct Told(Sender<Vec<u8>>);

    impl Write for Told {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.0.send(bytes.to_vec());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_few_lines_are_written_one_by_one_a_burst_together_and_none_is_lost() {
        let (sender, written) = channel();
        let lines = Lines::to(Told(sender));
        for number in 0..1000 {
            lines.add(format!("{number}\n").as_bytes(), false).expect("it is taken");
        }
        let mut all = String::new();
        let mut writes = 0;
        while !all.ends_with("999\n") {
            let some = written.recv_timeout(Duration::from_secs(10)).expect("it is written by itself");
            all.push_str(std::str::from_utf8(&some).expect("text"));
            writes += 1;
        }
        assert_eq!(all, (0..1000).map(|number| format!("{number}\n")).collect::<String>());
        assert!(all.starts_with("0\n") && (2..1000).contains(&writes), "{writes} writes");
    }

    #[test]
    fn what_is_urgent_takes_along_what_was_gathered() {
        let (sender, written) = channel();
        let lines = Lines::to(Told(sender));
        for _ in 0..=FEW {
            lines.add(b"calm\n", false).expect("it is taken");
        }
        lines.add(b"urgent\n", true).expect("it is taken");
        let all: Vec<u8> = written.try_iter().flatten().collect();
        assert_eq!(String::from_utf8(all).expect("text"), "calm\n".repeat(17) + "urgent\n");
    }
}
