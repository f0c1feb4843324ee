//! What the commands of the catalog show on a terminal and in a pipe.

mod ask;
mod formats;
mod prompt;

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

use mp_sandbox::home::Home;
use mp_sandbox::upstream::reply::Reply;
use mp_sandbox::upstream::{Fault, Gate};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use serde_json::json;

use crate::SOON;
use crate::grants::World;

const NAMES: &str = "/us/query/events/names";

#[test]
fn a_table_is_as_wide_as_columns_says_and_whole_where_nothing_does() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let long = "a name ".repeat(20);
    let names = json!([long.trim_end(), "short"]);
    world.upstream.on("GET", NAMES, move |_| Reply::json(200, &names));
    let table = || world.home.mp(["inspect", "events", "-f", "table"]);
    let widest = |shown: String| shown.lines().map(|line| line.chars().count()).max();
    // A pipe has no width: what reads it wants the whole.
    assert_eq!(widest(table().without("COLUMNS").ok()), Some(139));
    assert_eq!(widest(table().env("COLUMNS", "30").ok()), Some(30));
    assert_eq!(widest(table().env("COLUMNS", "1000").ok()), Some(139));
    // Only a table is for people: nothing is missing elsewhere.
    assert!(world.home.mp(["inspect", "events", "-f", "plain"]).env("COLUMNS", "30").ok().contains(long.trim_end()));
}

#[test]
fn a_long_call_shows_a_sign_of_life_on_a_terminal_and_leaves_nothing_of_it() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let gate = Gate::new();
    world.upstream.fault("GET", NAMES, Fault::Hold(gate.clone()));
    // Who wants quiet gets it: this one waits longer than the one that shows that it waits.
    let (quiet, nothing) = on_a_terminal(&world, &["-q", "inspect", "events"]);
    gate.wait_for_arrival(1);
    let (child, seen) = on_a_terminal(&world, &["inspect", "events"]);
    let mut text = String::new();
    while !text.contains("waiting for Mixpanel") {
        text.push_str(&seen.recv_timeout(SOON).expect("it shows that it waits"));
    }
    gate.release();
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout.starts_with(b"[\n") && !output.stdout.contains(&0x1b), "{output:?}");
    while let Ok(more) = seen.recv_timeout(SOON) {
        text.push_str(&more);
    }
    let last = text.rsplit("waiting for Mixpanel").next().expect("what came after it");
    assert!(last.contains("\u{1b}[2K"), "the line is cleared: {text:?}");
    assert_eq!(quiet.wait_with_output().expect("it ends").status.code(), Some(0));
    assert_eq!(nothing.iter().collect::<String>(), "");
}

/// Runs `mp` with its standard error on a terminal. What is written there comes in pieces; the channel closes when all have gone.
fn on_a_terminal(world: &World, words: &[&str]) -> (Child, Receiver<String>) {
    let (master, terminal) = terminal();
    let mut command = world.home.command(&world.home.programs().mp);
    let child =
        command.args(words).env("TERM", "xterm").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(terminal).spawn();
    // The command holds the terminal, too: the end of the program is seen only when it is gone.
    drop(command);
    (child.expect("mp runs"), read(master))
}

/// Runs `mp` at a terminal where somebody types. Returns how it ended and all that was shown, with the echo of what was typed.
pub(crate) fn typed(world: &World, words: &[&str], typed: &str) -> (i32, String) {
    let (master, terminal) = terminal();
    // The terminal keeps what is typed until it is read.
    File::from(master.try_clone().expect("a descriptor is free")).write_all(typed.as_bytes()).expect("it takes it");
    let mut command = world.home.command(&world.home.programs().mp);
    let stdin = terminal.try_clone().expect("a descriptor is free");
    let child = command.args(words).env("TERM", "xterm").stdin(stdin).stdout(Stdio::piped()).stderr(terminal).spawn();
    drop(command);
    let (output, seen) = (child.expect("mp runs").wait_with_output().expect("it ends"), read(master));
    (output.status.code().unwrap_or(-1), seen.iter().collect())
}

/// What of a program is on a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Watched {
    /// Both outputs.
    Both,
    /// Standard output alone.
    Stdout,
    /// Standard error alone.
    Stderr,
}

/// What a program wrote, to the terminal and past it.
pub(crate) struct Transcript {
    pub(crate) code: i32,
    /// What the terminal got; it ends lines with a return of its own.
    pub(crate) terminal: Vec<u8>,
    /// What a pipe got.
    pub(crate) pipe: Vec<u8>,
}

impl Transcript {
    /// Returns what the terminal shows.
    pub(crate) fn shown(&self) -> String {
        String::from_utf8_lossy(&self.terminal).replace("\r\n", "\n")
    }
}

/// Runs `mp` with some of its outputs on a terminal, and nobody who types.
pub(crate) fn watched(home: &Home, words: &[&str], what: Watched) -> Transcript {
    let mut command = home.command(&home.programs().mp);
    command.args(words);
    watch(command, what)
}

/// Runs a program with some of its outputs on a terminal of 24 lines of 80 columns, and nobody who types.
pub(crate) fn watch(mut command: Command, what: Watched) -> Transcript {
    let (master, terminal) = terminal();
    tcsetwinsize(&terminal, Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 }).expect("a terminal");
    command.env("TERM", "xterm").stdin(Stdio::null());
    let other = || terminal.try_clone().expect("a descriptor is free");
    match what {
        Watched::Both => command.stdout(other()).stderr(other()),
        Watched::Stdout => command.stdout(other()).stderr(Stdio::piped()),
        Watched::Stderr => command.stdout(Stdio::piped()).stderr(other()),
    };
    let child = command.spawn();
    drop((command, terminal));
    let seen = std::thread::spawn(move || {
        let (mut master, mut all, mut piece) = (File::from(master), Vec::new(), [0; 4096]);
        while let Ok(count) = master.read(&mut piece) {
            if count == 0 {
                break;
            }
            all.extend_from_slice(&piece[..count]);
        }
        all
    });
    let output = child.expect("mp runs").wait_with_output().expect("it ends");
    let pipe = if what == Watched::Stdout { output.stderr } else { output.stdout };
    let terminal = seen.join().expect("it reads");
    Transcript { code: output.status.code().unwrap_or(-1), terminal, pipe }
}

fn terminal() -> (OwnedFd, File) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&master).and_then(|()| unlockpt(&master)).expect("a terminal");
    let name = ptsname(&master, Vec::new()).expect("it has a name").into_string().expect("in ASCII");
    (master, OpenOptions::new().read(true).write(true).open(name).expect("it opens"))
}

fn read(master: OwnedFd) -> Receiver<String> {
    let (sender, seen) = channel();
    std::thread::spawn(move || {
        let (mut master, mut piece) = (File::from(master), [0; 1024]);
        // Reading a terminal that nobody has open is an error on Linux, and the end elsewhere.
        while let Ok(count) = master.read(&mut piece) {
            if count == 0 || sender.send(String::from_utf8_lossy(&piece[..count]).into_owned()).is_err() {
                break;
            }
        }
    });
    seen
}
