//! The socket from a program that has nothing of ours: `hyperlocal`, and JSON. A session, an operation, and what happens.

use std::error::Error;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::{Request, Response};
use hyper_util::client::legacy::Client;
use hyperlocal::{UnixClientExt, UnixConnector, Uri};
use serde_json::{Value, json};

type Answer<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Answer<()> {
    let home = std::env::var_os("HOME").ok_or("HOME is not set")?;
    let daemon = Daemon::at(&Path::new(&home).join(".mp/run/mpd.sock"));
    println!("{}", daemon.overview().await?);
    let mut happened = daemon.events().await?;
    while let Some(event) = happened.next().await? {
        println!("{event}");
    }
    Ok(())
}

/// The daemon, by the path of its socket.
pub(crate) struct Daemon {
    socket: PathBuf,
    client: Client<UnixConnector, Full<Bytes>>,
}

impl Daemon {
    pub(crate) fn at(socket: &Path) -> Self {
        Self { socket: socket.to_owned(), client: Client::unix() }
    }

    /// Returns who asks and where, and how many dashboards are there.
    pub(crate) async fn overview(&self) -> Answer<String> {
        let session = self.ask("GET", "/v1/session", None).await?;
        let boards = self.ask("POST", "/v1/operations/dashboards.list", Some(json!({"arguments": {}}))).await?;
        let (account, project) = (&session["account"]["name"], &session["project"]["id"]);
        Ok(format!("{account} in {project}: {} dashboards", boards.as_array().map_or(0, Vec::len)))
    }

    /// Returns what happens from now on, beginning with how things stand.
    pub(crate) async fn events(&self) -> Answer<Happened> {
        Ok(Happened { stream: self.send("GET", "/v1/events", None).await?.into_body(), begun: String::new() })
    }

    async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> Answer<Value> {
        let answer = self.send(method, path, body).await?;
        let status = answer.status();
        let said: Value = serde_json::from_slice(&answer.into_body().collect().await?.to_bytes())?;
        if status.is_success() { Ok(said) } else { Err(format!("{}: {}", said["code"], said["detail"]).into()) }
    }

    async fn send(&self, method: &str, path: &str, body: Option<Value>) -> Answer<Response<Incoming>> {
        // hyperlocal would send the path of the socket as the host, and the daemon answers only to its own name.
        let request = Request::builder().method(method).uri(Uri::new(&self.socket, path)).header("Host", "mpd");
        let request = request.header("Mp-Client", "foreign/1.0").header("Content-Type", "application/json");
        let text = body.map(|body| body.to_string()).unwrap_or_default();
        Ok(self.client.request(request.body(Full::from(text))?).await?)
    }
}

/// A stream of events: Server-Sent Events, an empty line after each.
pub(crate) struct Happened {
    stream: Incoming,
    begun: String,
}

impl Happened {
    /// Returns the next event as JSON; none when the daemon ends the stream.
    pub(crate) async fn next(&mut self) -> Answer<Option<Value>> {
        loop {
            if let Some((block, rest)) = self.begun.split_once("\n\n") {
                let data: Option<Value> =
                    block.lines().find_map(|line| line.strip_prefix("data: ")).map(serde_json::from_str).transpose()?;
                self.begun = rest.to_owned();
                match data {
                    Some(event) => return Ok(Some(event)),
                    // A comment: the daemon is still there.
                    None => continue,
                }
            }
            let Some(frame) = self.stream.frame().await else { return Ok(None) };
            if let Some(part) = frame?.data_ref() {
                self.begun.push_str(std::str::from_utf8(part)?);
            }
        }
    }
}
