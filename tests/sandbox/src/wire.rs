//! A blocking HTTP/1.1 client over a Unix socket, small enough to see every byte: for what `mp` would never send, and for speed.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use mp_proto::routes;
use serde_json::Value;

/// A daemon that says nothing for so long hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// A request.
#[derive(Debug, Clone)]
pub struct Ask {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Ask {
    /// Returns a request as curl would send it.
    pub fn new(method: &str, target: impl Into<String>) -> Self {
        Self { method: method.to_owned(), target: target.into(), headers: Vec::new(), body: Vec::new() }
            .header("Host", routes::HOST)
    }

    /// Returns a plain GET.
    pub fn get(target: impl Into<String>) -> Self {
        Self::new("GET", target)
    }

    /// Returns a request that changes something: with the header `Mp-Client`, which such routes need, and a JSON body.
    pub fn change(method: &str, target: impl Into<String>, body: &Value) -> Self {
        let ask = Self::new(method, target).header(routes::CLIENT_HEADER, "sandbox/1");
        if body.is_null() { ask } else { ask.header("Content-Type", "application/json").body(body.to_string()) }
    }

    /// Adds a header, or replaces the one of that name.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Leaves a header out.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self
    }

    /// Adds the caller's context.
    #[must_use]
    pub fn context(self, context: &Value) -> Self {
        self.header(routes::CONTEXT_HEADER, context.to_string())
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Returns the bytes on the wire.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut text = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if !self.body.is_empty() || matches!(self.method.as_str(), "POST" | "PUT" | "PATCH") {
            text.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
        }
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, decoded.
    pub body: Vec<u8>,
}

impl Answer {
    /// Returns the first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Returns the body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Returns the body as JSON.
    ///
    /// # Panics
    /// When it is not.
    #[track_caller]
    pub fn json(&self) -> Value {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!("{error} in an answer {}: {}", self.status, self.text()),
        }
    }

    /// Returns the JSON body of a success.
    ///
    /// # Panics
    /// When it is none.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert!((200..300).contains(&self.status), "answer {}: {}", self.status, self.text());
        self.json()
    }

    /// Returns the status and the `code` of a problem.
    ///
    /// # Panics
    /// When the body is not a problem of ours.
    #[track_caller]
    pub fn problem(&self) -> (u16, String) {
        let body = self.json();
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{body}");
        assert_eq!(body["status"], self.status, "{body}");
        (self.status, body["code"].as_str().expect("a problem has a code").to_owned())
    }
}

/// A connection, kept alive until dropped.
#[derive(Debug)]
pub struct Connection {
    stream: UnixStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects to a socket.
    ///
    /// # Errors
    /// When nobody listens there.
    pub fn open(socket: &Path) -> io::Result<Self> {
        let stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self { stream, buffer: Vec::new() })
    }

    /// Sends a request and reads its answer.
    ///
    /// # Errors
    /// When the connection breaks.
    pub fn send(&mut self, ask: &Ask) -> io::Result<Answer> {
        self.write(&ask.to_bytes())?;
        self.read_answer()
    }

    /// The same, for when a broken connection is a failed test.
    ///
    /// # Panics
    /// When the connection breaks.
    #[track_caller]
    pub fn call(&mut self, ask: &Ask) -> Answer {
        match self.send(ask) {
            Ok(answer) => answer,
            Err(error) => panic!("{} {}: {error}", ask.method, ask.target),
        }
    }

    /// Writes bytes as they are.
    ///
    /// # Errors
    /// When the connection breaks.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// Sets how long a read waits.
    pub fn set_patience(&mut self, patience: Duration) {
        self.stream.set_read_timeout(Some(patience)).expect("not zero");
    }

    /// Returns the stream below.
    pub fn stream(&self) -> &UnixStream {
        &self.stream
    }

    /// Returns whether the other side has closed without another byte.
    ///
    /// # Errors
    /// When neither happens within the patience, or bytes arrive.
    pub fn is_closed(&mut self) -> io::Result<bool> {
        match uninterrupted(|| self.stream.read(&mut [0; 1])) {
            Ok(0) => Ok(true),
            Ok(_) => Ok(false),
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Reads one answer.
    ///
    /// # Errors
    /// When the connection ends or breaks before it is complete.
    pub fn read_answer(&mut self) -> io::Result<Answer> {
        let (status, headers) = self.read_head()?;
        let header = |name: &str| headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let body = if let Some(length) = header("content-length") {
            self.take(length.parse().map_err(io::Error::other)?)?
        } else if header("transfer-encoding").is_some() {
            let mut body = Vec::new();
            while let Some(chunk) = self.read_chunk()? {
                body.extend(chunk);
            }
            body
        } else {
            Vec::new()
        };
        Ok(Answer { status, headers, body })
    }

    /// Reads the head of an answer whose body may never end: its status and headers.
    ///
    /// # Errors
    /// When the connection ends or breaks before it is complete.
    pub fn read_head(&mut self) -> io::Result<(u16, Vec<(String, String)>)> {
        let status_line = self.take_line()?;
        let status = status_line.split(' ').nth(1).and_then(|word| word.parse().ok());
        let status = status.ok_or_else(|| io::Error::other(format!("not a status line: {status_line:?}")))?;
        let mut headers = Vec::new();
        loop {
            let line = self.take_line()?;
            match line.split_once(':') {
                Some((name, value)) => headers.push((name.to_ascii_lowercase(), value.trim().to_owned())),
                None => return Ok((status, headers)),
            }
        }
    }

    /// Returns the next chunk of a chunked body; none after the last one.
    fn read_chunk(&mut self) -> io::Result<Option<Vec<u8>>> {
        let size = usize::from_str_radix(self.take_line()?.trim(), 16).map_err(io::Error::other)?;
        let chunk = self.take(size)?;
        self.take_line()?;
        Ok((size > 0).then_some(chunk))
    }

    fn take_line(&mut self) -> io::Result<String> {
        loop {
            if let Some(at) = self.buffer.windows(2).position(|pair| pair == b"\r\n") {
                let line = self.take(at + 2)?;
                return Ok(String::from_utf8_lossy(&line[..at]).into_owned());
            }
            self.fill()?;
        }
    }

    fn take(&mut self, count: usize) -> io::Result<Vec<u8>> {
        while self.buffer.len() < count {
            self.fill()?;
        }
        Ok(self.buffer.drain(..count).collect())
    }

    fn fill(&mut self) -> io::Result<()> {
        let mut bytes = [0; 16 * 1024];
        match uninterrupted(|| self.stream.read(&mut bytes))? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            count => {
                self.buffer.extend_from_slice(&bytes[..count]);
                Ok(())
            }
        }
    }
}

/// Repeats a read that a signal has interrupted: with a time-out set, the kernel does not do it by itself.
fn uninterrupted(mut read: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match read() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// One Server-Sent Event.
#[derive(Debug, Clone)]
pub struct Sse {
    /// Its id.
    pub id: String,
    /// Its name.
    pub event: String,
    /// Its data, which is JSON on our streams.
    pub data: Value,
}

/// An open event stream.
#[derive(Debug)]
pub struct EventStream {
    connection: Connection,
    text: String,
}

impl EventStream {
    /// Opens a stream, after the event of that id where one is given.
    ///
    /// # Panics
    /// When the daemon does not answer with a stream.
    #[track_caller]
    pub fn open(socket: &Path, after: Option<&str>) -> Self {
        let mut connection = Connection::open(socket).expect("the daemon listens");
        let mut ask = Ask::get(routes::EVENTS).header("Accept", "text/event-stream");
        if let Some(id) = after {
            ask = ask.header("Last-Event-ID", id);
        }
        connection.write(&ask.to_bytes()).expect("the daemon listens");
        let (status, headers) = connection.read_head().expect("an answer");
        assert_eq!(status, 200, "{headers:?}");
        assert!(
            headers.iter().any(|(name, value)| name == "content-type" && value.starts_with("text/event-stream")),
            "{headers:?}"
        );
        Self { connection, text: String::new() }
    }

    /// Returns the connection below.
    pub fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// Returns the next event; none when the stream has ended. Comments are skipped.
    ///
    /// # Errors
    /// When nothing comes within the connection's patience, or the stream breaks off.
    pub fn receive(&mut self) -> io::Result<Option<Sse>> {
        loop {
            while let Some(end) = self.text.find("\n\n") {
                let block: String = self.text.drain(..end + 2).collect();
                if let Some(event) = parse(&block)? {
                    return Ok(Some(event));
                }
            }
            match self.connection.read_chunk() {
                Ok(Some(chunk)) => self.text.push_str(&String::from_utf8_lossy(&chunk)),
                Ok(None) => return Ok(None),
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
                Err(error) => return Err(error),
            }
        }
    }

    /// Returns the events up to and with the first one of that name.
    ///
    /// # Panics
    /// When the stream ends or falls silent before.
    #[track_caller]
    pub fn until(&mut self, name: &str) -> Vec<Sse> {
        let mut seen = Vec::new();
        loop {
            match self.receive() {
                Ok(Some(event)) => {
                    let found = event.event == name;
                    seen.push(event);
                    if found {
                        return seen;
                    }
                }
                Ok(None) => panic!("the stream ended without {name}: {seen:?}"),
                Err(error) => panic!("no {name}: {error} after {seen:?}"),
            }
        }
    }
}

fn parse(block: &str) -> io::Result<Option<Sse>> {
    let field = |name: &str| {
        block.lines().find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(':')?.trim_start().to_owned()))
    };
    let Some(data) = field("data") else { return Ok(None) };
    let data = serde_json::from_str(&data).map_err(io::Error::other)?;
    Ok(Some(Sse { id: field("id").unwrap_or_default(), event: field("event").unwrap_or_default(), data }))
}
