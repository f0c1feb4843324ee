//! The prompt for a secret at the terminal. While it stands the terminal shows nothing and sends no signals, so what Ctrl-C and Ctrl-Z
//! mean is up to this: the first ends the command, the second stops it as it stops any other, and the prompt is there anew when it goes
//! on. Whatever happens, the terminal is left as it was.

use std::cell::Cell;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::rc::Rc;
use std::time::Duration;

use mp_proto::secret::Secret;
use rpassword::{ConfigBuilder, read_password_with_config};
use rustix::process::{Signal as Sent, getpid, kill_current_process_group, kill_process};
use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::timeout;

const TERMINAL: &str = "/dev/tty";

/// How long a process takes to notice that it was stopped and goes on again, once it does.
const GOES_ON: Duration = Duration::from_secs(1);

/// A key that is no part of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    /// Ctrl-C, usually.
    Interrupt,
    /// Ctrl-Z, usually.
    Suspend,
}

/// Asks for a secret at the terminal, without showing it.
///
/// # Errors
/// When there is no terminal, or the question was left by Ctrl-Z where nothing can be stopped.
pub(super) async fn ask(question: &str) -> io::Result<Secret> {
    let mut continued = signal(SignalKind::from_raw(Sent::CONT.as_raw()))?;
    loop {
        match ask_once(question)? {
            Ok(secret) => return Ok(secret),
            Err(Key::Interrupt) => {
                // Nobody has asked for this signal yet, so it ends the process, as it would without the prompt.
                kill_process(getpid(), Sent::INT)?;
                return Err(io::Error::new(io::ErrorKind::Interrupted, "interrupted"));
            }
            Err(Key::Suspend) => suspend(&mut continued).await?,
        }
    }
}

/// Stops this job as Ctrl-Z does, and returns when it goes on.
async fn suspend(continued: &mut Signal) -> io::Result<()> {
    kill_current_process_group(Sent::TSTP)?;
    // A process that no shell would continue is not stopped, and what is typed next is meant for somebody else.
    match timeout(GOES_ON, continued.recv()).await {
        Ok(_) => Ok(()),
        Err(_) => Err(io::Error::other("it was left by Ctrl-Z, and there is no shell to go back to")),
    }
}

/// Returns what was typed, or the key that ended it.
fn ask_once(question: &str) -> io::Result<Result<Secret, Key>> {
    let terminal = OpenOptions::new().read(true).write(true).open(TERMINAL)?;
    let pressed = Rc::new(Cell::new(None));
    let typed = {
        let silent = Silenced::new(&terminal)?;
        (&terminal).write_all(question.as_bytes())?;
        let keys = Keys { terminal: terminal.try_clone()?, codes: silent.codes(), pressed: Rc::clone(&pressed) };
        read_password_with_config(ConfigBuilder::new().input_reader(keys).output_discard().build())
    };
    // The end of the line that was typed was not shown either.
    (&terminal).write_all(b"\n")?;
    match (pressed.get(), typed) {
        (Some(key), _) => Ok(Err(key)),
        (None, Ok(text)) => Ok(Ok(Secret::new(text))),
        (None, Err(error)) => Err(error),
    }
}

/// A terminal that neither shows what is typed nor makes signals of it, until this is dropped.
struct Silenced<'a> {
    terminal: &'a File,
    before: Termios,
}

impl<'a> Silenced<'a> {
    fn new(terminal: &'a File) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut silent = before.clone();
        silent.local_modes -= LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG;
        silent.special_codes[SpecialCodeIndex::VMIN] = 1;
        silent.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(terminal, OptionalActions::Now, &silent)?;
        Ok(Self { terminal, before })
    }

    /// Returns what the keys send.
    fn codes(&self) -> [(u8, Key); 3] {
        let code = |index| self.before.special_codes[index];
        [
            (code(SpecialCodeIndex::VINTR), Key::Interrupt),
            (code(SpecialCodeIndex::VQUIT), Key::Interrupt),
            (code(SpecialCodeIndex::VSUSP), Key::Suspend),
        ]
    }
}

impl Drop for Silenced<'_> {
    fn drop(&mut self) {
        // A terminal that is gone needs no settings.
        let _ = tcsetattr(self.terminal, OptionalActions::Now, &self.before);
    }
}

/// What is typed, up to a key that is no part of it.
struct Keys<R> {
    terminal: R,
    codes: [(u8, Key); 3],
    pressed: Rc<Cell<Option<Key>>>,
}

impl<R: Read> Read for Keys<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // One at a time: what follows such a key is for whoever has the terminal next.
        let one = buffer.len().min(1);
        let count = self.terminal.read(&mut buffer[..one])?;
        // A code of zero means that no key has this meaning.
        let key = self.codes.iter().find(|(code, _)| *code != 0 && buffer[..count].contains(code));
        match key {
            Some((_, key)) => {
                self.pressed.set(Some(*key));
                Err(io::Error::other("a key that is no part of a secret"))
            }
            None => Ok(count),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(keys: &'static [u8]) -> (Option<Key>, Option<String>) {
        let pressed = Rc::new(Cell::new(None));
        let codes = [(3, Key::Interrupt), (0, Key::Interrupt), (26, Key::Suspend)];
        let keys = Keys { terminal: keys, codes, pressed: Rc::clone(&pressed) };
        let read = read_password_with_config(ConfigBuilder::new().input_reader(keys).output_discard().build());
        (pressed.get(), read.ok())
    }

    #[test]
    fn a_key_that_ends_the_prompt_is_no_part_of_a_secret() {
        assert_eq!(typed(b"s\xc3\xa9cret\nfg\n"), (None, Some("sécret".to_owned())));
        assert_eq!(typed(b"sec\x1afg\n"), (Some(Key::Suspend), None));
        assert_eq!(typed(b"\x03"), (Some(Key::Interrupt), None));
        assert_eq!(typed(b"a\x00b\n"), (None, Some("ab".to_owned())));
    }
}
