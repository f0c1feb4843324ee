//! A blocking HTTP/1.1 client over TCP that follows nothing and hides nothing: the user's browser in a test.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use crate::wire::Answer;

/// A server that says nothing for so long hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// Fetches a URL.
///
/// # Errors
/// As for [`send`].
pub fn get(url: &str) -> io::Result<Answer> {
    send("GET", url, &[], b"")
}

/// Posts a form.
///
/// # Errors
/// As for [`send`].
pub fn post_form(url: &str, fields: &[(&str, &str)]) -> io::Result<Answer> {
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    send("POST", url, &[("Content-Type", "application/x-www-form-urlencoded")], form.as_bytes())
}

/// Sends a request to an `http://` URL over a connection of its own and reads the answer. Redirects are answers.
///
/// # Errors
/// When nobody listens, or the connection breaks before the announced end of the answer.
pub fn send(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> io::Result<Answer> {
    let rest = url.strip_prefix("http://").ok_or_else(|| io::Error::other(format!("not an http URL: {url}")))?;
    let (host, target) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let slash = if target.starts_with('/') { "" } else { "/" };
    let mut request = format!("{method} {slash}{target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    if !body.is_empty() || method == "POST" {
        request.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    let mut request = (request + "\r\n").into_bytes();
    request.extend_from_slice(body);
    let (bytes, end) = exchange(host, &request);
    end?;
    parse(&bytes)
}

/// Writes bytes to an address and reads until the other side closes. Returns what came, and how it ended.
pub fn exchange(address: impl ToSocketAddrs, request: &[u8]) -> (Vec<u8>, io::Result<()>) {
    let mut bytes = Vec::new();
    let run = || {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(request)?;
        stream.read_to_end(&mut bytes).map(drop)
    };
    let end = run();
    (bytes, end)
}

fn parse(bytes: &[u8]) -> io::Result<Answer> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
    let head = String::from_utf8_lossy(&bytes[..end]);
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
    let status = status.ok_or_else(|| io::Error::other(format!("not an answer: {head}")))?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let mut answer = Answer { status, headers, body: bytes[end + 4..].to_vec() };
    if answer.header("transfer-encoding") == Some("chunked") {
        let (body, is_whole) = unchunked(&answer.body);
        answer.body = body;
        return if is_whole { Ok(answer) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
    }
    match answer.header("content-length").and_then(|length| length.parse::<usize>().ok()) {
        Some(length) if length > answer.body.len() => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(answer),
    }
}

/// Returns the data of a chunked body as far as it came, and whether its end did.
pub fn unchunked(mut chunks: &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    while let Some(line) = chunks.windows(2).position(|two| two == b"\r\n") {
        let size = std::str::from_utf8(&chunks[..line]).ok().and_then(|size| usize::from_str_radix(size, 16).ok());
        let Some(size) = size.filter(|size| *size > 0) else { return (body, size.is_some()) };
        let chunk = &chunks[line + 2..];
        body.extend_from_slice(&chunk[..size.min(chunk.len())]);
        chunks = chunk.get(size + 2..).unwrap_or_default();
    }
    (body, false)
}
