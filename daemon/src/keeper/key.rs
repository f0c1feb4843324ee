//! What grants are known by.

use mp_proto::ids::{AccountName, Region};

/// What a grant is known by. That of a bridge is known by what its file holds: two copies of a file are one grant, and a file that was
/// written anew holds another one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Account(AccountName, Region),
    Bridge(AccountName, Region, u64),
}

/// Grants of bridges that are held. Callers name a handful of files. One that was never refreshed goes first: it is in its file still.
pub(super) const BRIDGES: usize = 16;
