//! The network of a company, as seen from inside: a proxy, which speaks HTTP and SOCKS5 on one port, and behind it a host that has a
//! certificate for Mixpanel's names and answers everything with the same JSON.
//!
//! The certificates in `certificates/` are for this alone. Their authority's key was thrown away.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// Whoever says nothing for so long is given up.
const PATIENCE: Duration = Duration::from_secs(20);

/// What every request is answered with.
pub const ANSWER: &str = r#"{"status":"ok","results":{"came_through":"the gateway"}}"#;

/// A proxy that runs until the test ends.
#[derive(Debug)]
pub struct Gateway {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    seen: Mutex<Vec<String>>,
    date: Mutex<Option<String>>,
}

impl Gateway {
    /// Starts one.
    ///
    /// # Panics
    /// When no port is free.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let shared = Arc::new(Shared::default());
        let (config, serving) = (config(), Arc::clone(&shared));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (config, shared) = (Arc::clone(&config), Arc::clone(&serving));
                // A client that goes away ends its connection; the tests see what it was after.
                thread::spawn(move || drop(serve(stream, config, &shared)));
            }
        });
        Self { address, shared }
    }

    /// Returns its address as an HTTP proxy.
    pub fn http(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns its address as a SOCKS proxy, which finds names out itself.
    pub fn socks(&self) -> String {
        format!("socks5h://{}", self.address)
    }

    /// Returns the PEM certificate of the authority behind it.
    pub const fn authority() -> &'static str {
        include_str!("../certificates/ca.pem")
    }

    /// Sets the `Date` of its answers.
    ///
    /// # Panics
    /// Never: no holder of the lock does.
    pub fn set_date(&self, date: &str) {
        *self.shared.date.lock().expect("no holder panics") = Some(date.to_owned());
    }

    /// Returns where connections were asked for, as `HTTP host:port` or `SOCKS host:port`, since the last time.
    ///
    /// # Panics
    /// Never: no holder of the lock does.
    pub fn take_seen(&self) -> Vec<String> {
        std::mem::take(&mut *self.shared.seen.lock().expect("no holder panics"))
    }
}

fn config() -> Arc<ServerConfig> {
    let certificate = CertificateDer::from_pem_slice(include_bytes!("../certificates/server.pem"));
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("../certificates/server.key"));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.expect("ring knows them").with_no_client_auth();
    let (certificate, key) = (certificate.expect("in the repository"), key.expect("in the repository"));
    Arc::new(builder.with_single_cert(vec![certificate], key).expect("they belong together"))
}

fn serve(mut stream: TcpStream, config: Arc<ServerConfig>, shared: &Shared) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut first = [0];
    stream.peek(&mut first)?;
    let host = if first == [5] { socks(&mut stream)? } else { connect(&mut stream)? };
    shared.seen.lock().expect("no holder panics").push(host);
    let connection = ServerConnection::new(config).map_err(io::Error::other)?;
    let mut stream = BufReader::new(StreamOwned::new(connection, stream));
    head(&mut stream)?;
    let date = shared.date.lock().expect("no holder panics").clone();
    let date = date.map_or_else(String::new, |date| format!("date: {date}\r\n"));
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{date}content-length: {}\r\nconnection: close\r\n\r\n",
        ANSWER.len()
    );
    let stream = stream.get_mut();
    stream.write_all(head.as_bytes())?;
    stream.write_all(ANSWER.as_bytes())?;
    stream.conn.send_close_notify();
    stream.flush()
}

/// Reads a head and returns its first line.
fn head(from: &mut impl BufRead) -> io::Result<String> {
    let mut first = String::new();
    from.read_line(&mut first)?;
    loop {
        let mut line = String::new();
        if from.read_line(&mut line)? == 0 || line.trim_end().is_empty() {
            return Ok(first);
        }
    }
}

/// `CONNECT host:port` (RFC 9110, 9.3.6). Nothing follows the head before it is answered.
fn connect(stream: &mut TcpStream) -> io::Result<String> {
    let line = head(&mut BufReader::new(stream.try_clone()?))?;
    let host = line.strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next());
    let host = host.ok_or_else(|| io::Error::other("a proxy is asked to connect"))?.to_owned();
    stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
    Ok(format!("HTTP {host}"))
}

/// SOCKS5 (RFC 1928) without authentication, to a name.
fn socks(stream: &mut TcpStream) -> io::Result<String> {
    let mut greeting = [0; 2];
    stream.read_exact(&mut greeting)?;
    stream.read_exact(&mut vec![0; usize::from(greeting[1])])?;
    stream.write_all(&[5, 0])?;
    let mut request = [0; 5];
    stream.read_exact(&mut request)?;
    if request[..4] != [5, 1, 0, 3] {
        return Err(io::Error::other("a connection to a name is asked for"));
    }
    let mut name = vec![0; usize::from(request[4])];
    let mut port = [0; 2];
    stream.read_exact(&mut name)?;
    stream.read_exact(&mut port)?;
    stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])?;
    Ok(format!("SOCKS {}:{}", String::from_utf8_lossy(&name), u16::from_be_bytes(port)))
}
