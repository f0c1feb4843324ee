//! What goes to stdout and stderr. On a terminal a text shows what it is: strangers write names, and a terminal obeys some characters and
//! hides others. A file or a pipe gets every byte as it is. Each of the two is looked at by itself.
//!
//! Nothing else in the client writes to them; a test of the storeys keeps it so.

use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;

use mp_proto::visible::{Spelling, Unveiled};

/// Where text is shown.
#[derive(Debug)]
pub(crate) struct Screen<W: Write> {
    out: W,
    /// None where nobody looks.
    unveiled: Option<Unveiled>,
}

impl<W: Write + AsFd> Screen<W> {
    /// Returns a screen on something that may be a terminal. There, JSON stays JSON.
    pub(crate) fn on(out: W, spelling: Spelling) -> Self {
        let is_terminal = rustix::termios::isatty(&out);
        Self { out, unveiled: is_terminal.then(|| Unveiled::new(spelling)) }
    }
}

/// Returns stdout.
pub(crate) fn stdout(spelling: Spelling) -> Screen<io::Stdout> {
    Screen::on(io::stdout(), spelling)
}

/// Returns stderr.
pub(crate) fn stderr() -> Screen<io::Stderr> {
    Screen::on(io::stderr(), Spelling::Plain)
}

/// Returns whether stdout is a terminal.
pub(crate) fn is_stdout_watched() -> bool {
    io::stdout().is_terminal()
}

/// Returns whether stderr is a terminal.
pub(crate) fn is_stderr_watched() -> bool {
    io::stderr().is_terminal()
}

/// Returns how many columns the terminal has that stdout is.
pub(crate) fn columns() -> Option<usize> {
    let columns = rustix::termios::tcgetwinsize(io::stdout()).ok()?.ws_col;
    (columns > 0).then_some(usize::from(columns))
}

/// Returns how many columns the terminal has that stderr is.
pub(crate) fn stderr_columns() -> Option<usize> {
    let columns = rustix::termios::tcgetwinsize(io::stderr()).ok()?.ws_col;
    (columns > 0).then_some(usize::from(columns))
}

/// A part of a text, in a colour where colours are seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    /// Its colour, by its number; none for that of all text.
    colour: Option<usize>,
    text: String,
}

/// What makes a terminal write in a colour.
const COLOURS: [&str; 6] = ["\u{1b}[36m", "\u{1b}[33m", "\u{1b}[35m", "\u{1b}[32m", "\u{1b}[34m", "\u{1b}[31m"];

/// What ends it.
const NO_COLOUR: &str = "\u{1b}[0m";

impl Span {
    /// Returns one in the colour of all text.
    pub(crate) fn plain(text: impl Into<String>) -> Self {
        Self { colour: None, text: text.into() }
    }

    /// Returns one in a colour, by its number.
    pub(crate) fn coloured(number: usize, text: impl Into<String>) -> Self {
        Self { colour: Some(number), text: text.into() }
    }

    /// Returns it without its colour.
    #[cfg(test)]
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

/// Returns whether stdout is a terminal whose user has not said that colours are unwanted.
pub(crate) fn is_coloured() -> bool {
    let says = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    is_stdout_watched() && says("NO_COLOR").is_none() && says("TERM").is_none_or(|terminal| terminal != "dumb")
}

/// Returns how many lines the terminal has that stdout is.
pub(crate) fn lines() -> Option<usize> {
    let lines = rustix::termios::tcgetwinsize(io::stdout()).ok()?.ws_row;
    (lines > 0).then_some(usize::from(lines))
}

impl<W: Write> Screen<W> {
    /// Writes a text, its parts in their colours if those are wanted. What is in the parts is shown as all text is.
    pub(crate) fn paint(&mut self, spans: &[Span], is_coloured: bool) -> io::Result<()> {
        for span in spans {
            let colour = span.colour.filter(|_| is_coloured && self.unveiled.is_some());
            if let Some(colour) = colour {
                self.out.write_all(COLOURS[colour % COLOURS.len()].as_bytes())?;
            }
            self.write_all(span.text.as_bytes())?;
            if colour.is_some() {
                self.settle()?;
                self.out.write_all(NO_COLOUR.as_bytes())?;
            }
        }
        Ok(())
    }

    fn settle(&mut self) -> io::Result<()> {
        let Some(unveiled) = &mut self.unveiled else { return Ok(()) };
        let mut shown = Vec::new();
        unveiled.settle(&mut shown);
        self.out.write_all(&shown)
    }
}

impl<W: Write> Write for Screen<W> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let Some(unveiled) = &mut self.unveiled else { return self.out.write(piece) };
        let mut shown = Vec::with_capacity(piece.len());
        unveiled.push(piece, &mut shown);
        self.out.write_all(&shown).map(|()| piece.len())
    }

    fn write_vectored(&mut self, pieces: &[io::IoSlice<'_>]) -> io::Result<usize> {
        match self.unveiled {
            None => self.out.write_vectored(pieces),
            Some(_) => self.write(pieces.iter().find(|piece| !piece.is_empty()).map_or(&[][..], |piece| piece)),
        }
    }

    /// Shows what came so far: whoever waits for more sees all of it.
    fn flush(&mut self) -> io::Result<()> {
        self.settle()?;
        self.out.flush()
    }
}

impl<W: Write> Drop for Screen<W> {
    fn drop(&mut self) {
        if let Some(unveiled) = &mut self.unveiled {
            let mut shown = Vec::new();
            unveiled.end(&mut shown);
            // Nothing can be done when it is gone.
            let _ = self.out.write_all(&shown);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn screen(is_terminal: bool) -> Screen<Vec<u8>> {
        Screen { out: Vec::new(), unveiled: is_terminal.then(|| Unveiled::new(Spelling::Plain)) }
    }

    #[test]
    fn a_terminal_sees_what_is_there_and_a_pipe_gets_it() {
        let text = "a\u{1b}[2J\u{9b}b\u{200d}".as_bytes();
        let mut pipe = screen(false);
        pipe.write_all(text).and_then(|()| pipe.flush()).expect("written");
        assert_eq!(pipe.out, text);
        let mut terminal = screen(true);
        for byte in text {
            terminal.write_all(&[*byte]).expect("written");
        }
        assert_eq!(String::from_utf8_lossy(&terminal.out), "a\\u{1b}[2J\\u{9b}b\\u{200d}");
        let mut terminal = screen(true);
        terminal.write_all("👩\u{200d}".as_bytes()).and_then(|()| terminal.flush()).expect("written");
        assert_eq!(String::from_utf8_lossy(&terminal.out), "👩\\u{200d}", "what waits for more is shown");
        let slices = [io::IoSlice::new(b""), io::IoSlice::new(b"\x07"), io::IoSlice::new(b"x")];
        let mut terminal = screen(true);
        assert_eq!(terminal.write_vectored(&slices).expect("written"), 1);
        assert_eq!(terminal.out, b"\\u{7}");
    }
}
