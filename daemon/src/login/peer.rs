//! Whose program is at the other end of a connection over loopback, by the kernel's tables of TCP sockets. Linux has them.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The tables. A socket for both families stands in the second one, also when it is connected by IPv4.
const TABLES: [&str; 2] = ["/proc/net/tcp", "/proc/net/tcp6"];

/// States of a socket that has not been closed by its own side: established, and the other side has closed.
const OPEN: [&str; 2] = ["01", "08"];

/// Whose program it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Peer {
    /// The user's own, or root's.
    Ours,
    /// Another user's.
    Stranger(u32),
    /// Nobody's any more: it does not wait for an answer, and the kernel has forgotten whose it was.
    Gone,
    /// The system does not tell: it has no such tables, or the other end is on another machine, as behind the relay of a virtual one.
    Untold,
}

/// Returns whether the system tells such things.
pub(super) fn is_told() -> bool {
    fs::metadata(TABLES[0]).is_ok()
}

/// Returns whose program is connected to an address of ours. It reads the tables, which takes a while where there are many sockets.
pub(super) fn of(ours: SocketAddr, peer: SocketAddr, uid: u32) -> Peer {
    let look = || match tables() {
        Some(tables) => judge(&tables, ours, peer, uid),
        None => Peer::Untold,
    };
    // The tables are not of one moment: a socket that goes away while they are read can be missing on one side alone.
    match look() {
        Peer::Untold => look(),
        told => told,
    }
}

fn tables() -> Option<String> {
    // Where there is no IPv6 there is no second one.
    Some(fs::read_to_string(TABLES[0]).ok()? + &fs::read_to_string(TABLES[1]).unwrap_or_default())
}

/// One line of a table.
struct Row {
    local: SocketAddr,
    remote: SocketAddr,
    is_open: bool,
    uid: u32,
    /// Zero once no process has the socket any more; then the user id says nothing.
    inode: u64,
}

impl Row {
    /// Reads a line; none for a heading, or for what is no line of a table.
    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split_whitespace().skip(1);
        let (local, remote, state) = (fields.next()?, fields.next()?, fields.next()?);
        let mut fields = fields.skip(3);
        let (uid, _, inode) = (fields.next()?, fields.next()?, fields.next()?);
        Some(Self {
            local: address(local)?,
            remote: address(remote)?,
            is_open: OPEN.contains(&state),
            uid: uid.parse().ok()?,
            inode: inode.parse().ok()?,
        })
    }
}

/// Reads an address: words of four bytes, each as the machine has a number, and the port.
fn address(text: &str) -> Option<SocketAddr> {
    let (address, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let word = |at: usize| Some(u32::from_str_radix(address.get(at * 8..at * 8 + 8)?, 16).ok()?.to_ne_bytes());
    let address = match address.len() {
        8 => IpAddr::from(Ipv4Addr::from(word(0)?)),
        32 => {
            let words = [word(0)?, word(1)?, word(2)?, word(3)?];
            IpAddr::from(Ipv6Addr::from(<[u8; 16]>::try_from(words.as_flattened()).ok()?))
        }
        _ => return None,
    };
    Some(SocketAddr::new(address.to_canonical(), port))
}

fn judge(tables: &str, ours: SocketAddr, peer: SocketAddr, uid: u32) -> Peer {
    let plain = |address: SocketAddr| SocketAddr::new(address.ip().to_canonical(), address.port());
    let (ours, peer) = (plain(ours), plain(peer));
    let (mut theirs, mut is_open) = (None, false);
    for row in tables.lines().filter_map(Row::parse) {
        if (row.local, row.remote) == (peer, ours) && theirs.as_ref().is_none_or(|known: &Row| known.inode == 0) {
            theirs = Some(row);
        } else if (row.local, row.remote) == (ours, peer) {
            is_open = row.is_open;
        }
    }
    match theirs {
        Some(row) if row.inode == 0 => Peer::Gone,
        Some(row) if row.uid == uid || row.uid == 0 => Peer::Ours,
        Some(row) => Peer::Stranger(row.uid),
        None if is_open => Peer::Untold,
        None => Peer::Gone,
    }
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    /// A table with these rows: local and remote address, state, user and inode.
    fn table(rows: &[(&str, &str, &str, u32, u64)]) -> String {
        let row = |(at, (local, remote, state, uid, inode)): (usize, &(&str, &str, &str, u32, u64))| {
            format!(
                "{at:4}: {local} {remote} {state} 00000000:00000000 00:00000000 00000000 {uid:5} 0 {inode} 1 0 20 4\n"
            )
        };
        let heading =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
        heading.to_owned() + &rows.iter().enumerate().map(row).collect::<String>()
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn the_other_ends_row_decides() {
        const OURS: &str = "0100007F:4B54";
        const PEER: &str = "0100007F:C350";
        const MAPPED: &str = "0000000000000000FFFF00000100007F:C350";
        const MAPPED_OURS: &str = "0000000000000000FFFF00000100007F:4B54";
        let (ours, peer) = (([127, 0, 0, 1], 19284).into(), ([127, 0, 0, 1], 50000).into());
        let own = (OURS, PEER, "01", 1000, 7);
        let of = |theirs: Option<(&'static str, &'static str, &'static str, u32, u64)>| {
            let rows: Vec<_> = [own].into_iter().chain(theirs).collect();
            judge(&table(&rows), ours, peer, 1000)
        };
        assert_eq!(of(Some((PEER, OURS, "01", 1000, 9))), Peer::Ours);
        assert_eq!(of(Some((PEER, OURS, "01", 0, 9))), Peer::Ours, "root's");
        assert_eq!(of(Some((PEER, OURS, "01", 1001, 9))), Peer::Stranger(1001));
        assert_eq!(of(Some((MAPPED, MAPPED_OURS, "01", 1001, 9))), Peer::Stranger(1001), "a socket for both families");
        // A socket that was closed belongs to root, says the table; so a stranger who sends and closes must not pass for root.
        assert_eq!(of(Some((PEER, OURS, "05", 0, 0))), Peer::Gone);
        assert_eq!(of(Some((PEER, OURS, "06", 0, 0))), Peer::Gone);
        assert_eq!(of(None), Peer::Untold, "it is on another machine");
        assert_eq!(judge(&table(&[]), ours, peer, 1000), Peer::Gone, "it was reset");
        assert_eq!(judge(&table(&[(OURS, PEER, "07", 1000, 7)]), ours, peer, 1000), Peer::Gone);
        let other_port = ("0100007F:C351", OURS, "01", 1000, 9);
        assert_eq!(judge(&table(&[other_port]), ours, peer, 1000), Peer::Gone);
    }

    #[test]
    fn what_is_no_address_is_none() {
        for text in ["", ":", "0100007F", "0100007F:", "0100007F:XYZ", "010000:4B54", "é100007F:4B54", "0100007G:4B54"]
        {
            assert_eq!(address(text), None, "{text}");
        }
    }

    #[test]
    fn a_connection_of_this_very_process_is_ours_as_long_as_it_is_open() {
        let uid = rustix::process::geteuid().as_raw();
        for local in ["127.0.0.1:0", "[::1]:0"] {
            // Not every machine has IPv6.
            let Ok(listener) = TcpListener::bind(local) else { continue };
            let address = listener.local_addr().expect("bound");
            let client = TcpStream::connect(address).expect("it listens");
            let (server, peer) = listener.accept().expect("it connects");
            let expected = if is_told() { Peer::Ours } else { Peer::Untold };
            assert_eq!(of(address, peer, uid), expected, "{local}");
            drop(client);
            let expected = if is_told() { Peer::Gone } else { Peer::Untold };
            assert_eq!(of(address, peer, uid), expected, "{local}: nobody has it any more");
            drop(server);
        }
    }
}
