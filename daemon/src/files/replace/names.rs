//! The names of temporary files: whose they are, and what may be in them.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// Marks our own temporary files; the Python tool's are called `NAME.tmp.PID.TID`.
pub(super) const MARK: &str = ".mpd-";

/// Returns a name that no other process and no other thread uses: `.NAME.mpd-PID-COUNT.tmp`.
pub(super) fn temporary_name(name: &OsStr) -> OsString {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut result = OsString::from(".");
    result.push(name);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    result.push(format!("{MARK}{}-{count}.tmp", rustix::process::getpid().as_raw_nonzero()));
    result
}

/// A temporary file, by its name.
pub(super) struct Leftover<'a> {
    /// The name of the file that it was to replace.
    pub(super) of: &'a str,
    pub(super) pid: i32,
    /// The two texts of ours that a `.swap` may hold; none for a `.tmp`.
    pub(super) hashes: Option<[u64; 2]>,
}

impl<'a> Leftover<'a> {
    pub(super) fn parse(name: &'a str) -> Option<Self> {
        let (of, rest) = name.strip_prefix('.')?.rsplit_once(MARK)?;
        let (rest, is_swap) = match rest.strip_suffix(".tmp") {
            Some(rest) => (rest, false),
            None => (rest.strip_suffix(".swap")?, true),
        };
        let mut parts = rest.split('-');
        let pid = parts.next()?.parse().ok()?;
        let _count: u64 = parts.next()?.parse().ok()?;
        let mut hash = || u64::from_str_radix(parts.next()?, 16).ok();
        let hashes = if is_swap { Some([hash()?, hash()?]) } else { None };
        parts.next().is_none().then_some(Self { of, pid, hashes })
    }
}

/// Returns the name under which a text of another program stays: no sweep looks at it again.
pub(super) fn displaced_name(temporary: &OsStr) -> OsString {
    Path::new(temporary).with_added_extension("displaced").into_os_string()
}

/// FNV-1a. It must be the same in the build that sweeps as in the one that crashed, which std's hashers do not promise.
pub(super) fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
