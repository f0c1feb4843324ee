//! The event stream of the daemon as a client sees it ([`Stream`]): it goes on where it broke off, over lost connections and restarts.

mod sse;
mod stream;

pub(crate) use sse::{Parser, RawEvent};
pub(crate) use stream::{Item, Stream};
