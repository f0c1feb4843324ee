//! How one daemon hands its listening socket and its lock over to the next one.
//!
//! The next daemon asks by `POST /v1/handover`, as an upgrade of the connection to [`UPGRADE`]. From then on both say lines, and the first
//! message of the old one carries two descriptors: the socket, then the file that is locked. A descriptor and its copies are one socket and
//! one lock, so there is no moment at which nobody listens, and none at which somebody else could take the lock.
//!
//! | who | says | what holds from then on |
//! |---|---|---|
//! | old | [`HERE`], with the descriptors | both can accept, and the old one does |
//! | new | [`READY`] | all that the new one needs is made |
//! | old | [`YOURS`], or [`KEPT`] and why | the old one does not touch the socket's file any more |
//! | new | [`SERVING`] | the new one accepts, too |
//! | old | [`GONE`] | the old one does not accept any more: whoever connects now is served by the new one |
//! | new | [`END`], at some time | the old one does not wait any longer for its last calls |
//!
//! Whoever finds the connection closed without a word knows that the other one was killed, and goes on: the old one as if nothing had been
//! asked, the new one as the daemon.

/// What the connection becomes (RFC 9110, 7.8).
pub const UPGRADE: &str = "mpd-handover";

/// Comes with the descriptors.
pub const HERE: &str = "here";

/// The new one could serve at once.
pub const READY: &str = "ready";

/// The old one has let go.
pub const YOURS: &str = "yours";

/// The old one goes on; the rest of the line says why.
pub const KEPT: &str = "kept";

/// The new one serves.
pub const SERVING: &str = "serving";

/// The old one does not accept any more.
pub const GONE: &str = "gone";

/// The new one ends, and whoever came before it shall do so, too.
pub const END: &str = "end";

/// The option by which a daemon takes over, with where from: [`FROM_SOCKET`] or [`FROM_STDIN`]. A program that does not know it says so,
/// and is of an older release.
pub const OPTION: &str = "--take-over";

/// From the daemon that answers at the socket. Where there is none, it does not start: another directory may have been chosen meanwhile,
/// and a daemon serve in the one before.
pub const FROM_SOCKET: &str = "socket";

/// From the program that was run before, in the same process: what it hands over lies in the socket that is standard input.
pub const FROM_STDIN: &str = "stdin";

/// How the word of a daemon begins that got nothing from the one that serves, so that this one has to be stopped first.
pub const NOT_HANDED_OVER: &str = "nothing was handed over: ";

/// Says so.
pub fn not_handed_over(why: &str) -> String {
    format!("{NOT_HANDED_OVER}{why}")
}

/// Returns whether a daemon that does not start says that it got nothing, or that it does not know how to ask for it.
pub fn is_not_handed_over(reason: &str) -> bool {
    reason.starts_with(NOT_HANDED_OVER) || reason.starts_with(&format!("unknown option {OPTION}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_got_nothing_is_told_from_who_cannot_start() {
        assert!(is_not_handed_over(&not_handed_over("a login is open")));
        assert!(is_not_handed_over("unknown option --take-over; `mpd --help` lists them"), "an older release");
        assert!(!is_not_handed_over("could not bind /s: busy"));
    }
}
