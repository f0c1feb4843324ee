//! Who is at the other end of a connection.

use std::sync::LazyLock;

use tokio::net::UnixStream;

use crate::call::request::Tool;

/// The process that connected, as the kernel knows it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer {
    /// Its process id at the time, where the platform tells: for the log, and for whose turn it is. It proves nothing.
    pub(crate) pid: Option<i32>,
}

impl Peer {
    /// Returns whose turn it is when tools wait for the same thing.
    pub(crate) fn tool(self) -> Tool {
        Tool(self.pid.unwrap_or_default().unsigned_abs())
    }

    /// Returns the peer if it is our own user or root, and nothing otherwise.
    pub(crate) fn of(stream: &UnixStream) -> Option<Self> {
        let credentials = stream.peer_cred().ok()?;
        // It never changes, and each connection asks.
        static OURS: LazyLock<u32> = LazyLock::new(|| rustix::process::geteuid().as_raw());
        let ours = *OURS;
        (credentials.uid() == ours || credentials.uid() == 0).then_some(Self { pid: credentials.pid() })
    }
}
