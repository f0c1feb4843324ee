//! The hosted MCP server, as far as it is faked: both eras of Streamable HTTP, sessions that can be forgotten, answers as JSON or as a
//! stream. What no faultless client sends is a problem, also where a lenient server would take it.

use std::collections::BTreeSet;

use bytes::Bytes;
use serde_json::{Value, json};

use super::gate::Gate;
use super::people::User;
use super::reply::Reply;
use super::server::Received;

/// The revision of sessions that it speaks.
const WITH_SESSIONS: &str = "2025-11-25";

/// The revision without them.
const STATELESS: &str = "2026-07-28";

/// Where messages of that revision say so.
const VERSION: &str = "io.modelcontextprotocol/protocolVersion";

/// What the server does, and what it has seen.
#[derive(Debug, Default)]
pub struct Hosted {
    /// Whether it answers requests with streams.
    pub streams: bool,
    /// Whether it says 400 of a session that it does not know, as some do, in place of 404.
    pub is_impolite: bool,
    /// How many sessions were begun.
    pub begun: usize,
    /// How many were ended by their clients.
    pub ended: usize,
    /// The calls of tools that were carried out, by their names.
    pub called: Vec<String>,
    /// The resources that are watched, by session.
    pub watched: Vec<String>,
    sessions: BTreeSet<String>,
    /// Holds the streams on which it would speak by itself.
    quiet: Gate,
}

impl Hosted {
    /// Forgets all sessions and ends all streams, as a server does that starts again.
    pub fn restart(&mut self) {
        self.sessions.clear();
        self.watched.clear();
        self.quiet.release();
        self.quiet = Gate::new();
    }

    /// Returns how many sessions it knows.
    pub fn sessions(&self) -> usize {
        self.sessions.len()
    }
}

/// Returns the refusal of a request without a good credential, which says where a client would get one.
pub(crate) fn unauthorized(received: &Received) -> Reply {
    let host = received.header("host").unwrap_or_default();
    let metadata = format!("http://{host}/.well-known/oauth-protected-resource/mcp");
    let challenge = format!(
        "Bearer error=\"invalid_token\", error_description=\"The token is not valid\", resource_metadata=\"{metadata}\""
    );
    Reply::json(401, &json!({"error": "invalid_token"})).header("WWW-Authenticate", challenge)
}

/// Answers a request whose credential was good.
pub(crate) fn answer(hosted: &mut Hosted, user: &User, received: &Received, problems: &mut Vec<String>) -> Reply {
    match received.method.as_str() {
        "POST" => post(hosted, user, received, problems),
        "GET" => listen(hosted, received, problems),
        "DELETE" => end(hosted, received),
        _ => Reply::new(405).header("Allow", "GET, POST, DELETE"),
    }
}

fn error(status: u16, id: &Value, code: i64, message: &str) -> Reply {
    Reply::json(status, &json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}}))
}

fn post(hosted: &mut Hosted, user: &User, received: &Received, problems: &mut Vec<String>) -> Reply {
    let accepted = received.header("accept").unwrap_or_default();
    if !["application/json", "text/event-stream"].iter().all(|kind| accepted.contains(kind)) {
        problems.push("a POST must accept JSON and streams".to_owned());
    }
    if received.media_type() != "application/json" {
        problems.push("the body must be application/json".to_owned());
    }
    let message = received.json();
    if !message.is_object() {
        problems.push("the body must be one message".to_owned());
        return error(400, &Value::Null, -32700, "Parse error");
    }
    let refused = match message["params"]["_meta"][VERSION].as_str() {
        Some(version) => stateless(version, &message, received, problems),
        None => with_session(hosted, &message, received, problems),
    };
    if let Some(refused) = refused {
        return refused;
    }
    let (id, method) = (message["id"].clone(), message["method"].as_str().unwrap_or_default());
    if id.is_null() || method.is_empty() {
        return Reply::new(202);
    }
    let Some(result) = result(hosted, user, method, &message["params"]) else {
        return error(200, &id, -32601, "Method not found");
    };
    let answer = json!({"jsonrpc": "2.0", "id": id, "result": result});
    let reply = if hosted.streams { stream(&answer) } else { Reply::json(200, &answer) };
    if method != "initialize" {
        return reply;
    }
    hosted.begun += 1;
    let session = format!("session-{}", hosted.begun);
    hosted.sessions.insert(session.clone());
    reply.header("Mcp-Session-Id", session)
}

/// Checks what a message of the revision without sessions says twice.
fn stateless(version: &str, message: &Value, received: &Received, problems: &mut Vec<String>) -> Option<Reply> {
    if received.header("mcp-session-id").is_some() {
        problems.push("this revision has no sessions".to_owned());
    }
    let params = &message["params"];
    let named = ["tools/call", "resources/read", "prompts/get"].iter().any(|method| message["method"] == *method);
    let name = params["name"].as_str().or(params["uri"].as_str()).filter(|_| named);
    let said = [
        ("mcp-protocol-version", Some(version)),
        ("mcp-method", message["method"].as_str()),
        ("mcp-name", name),
        ("mcp-param-region", params["arguments"]["region"].as_str()),
    ];
    for (header, value) in said {
        if received.header(header) != value {
            problems.push(format!("the header {header} is {:?} and should be {value:?}", received.header(header)));
            return Some(error(400, &message["id"], -32020, "Header mismatch"));
        }
    }
    (version != STATELESS).then(|| error(400, &message["id"], -32022, "Unsupported protocol version"))
}

/// Checks the session of a message.
fn with_session(hosted: &Hosted, message: &Value, received: &Received, problems: &mut Vec<String>) -> Option<Reply> {
    let session = received.header("mcp-session-id");
    if message["method"] == "initialize" {
        if session.is_some() {
            problems.push("a session was begun in a session".to_owned());
        }
        return None;
    }
    let Some(session) = session else {
        return Some(error(400, &Value::Null, -32000, "Bad Request: Server not initialized"));
    };
    if !hosted.sessions.contains(session) {
        return Some(match hosted.is_impolite {
            true => error(400, &Value::Null, -32000, "Bad Request: No valid session ID provided"),
            false => error(404, &Value::Null, -32001, "Session not found"),
        });
    }
    if received.header("mcp-protocol-version") != Some(WITH_SESSIONS) {
        problems.push("the header mcp-protocol-version is not what was agreed on".to_owned());
    }
    None
}

fn result(hosted: &mut Hosted, user: &User, method: &str, params: &Value) -> Option<Value> {
    let capabilities = json!({"tools": {"listChanged": true}, "resources": {"subscribe": true}});
    let server = json!({"name": "hosted", "version": "1"});
    Some(match method {
        "initialize" => json!({"protocolVersion": WITH_SESSIONS, "capabilities": capabilities, "serverInfo": server}),
        "server/discover" => {
            json!({"supportedVersions": [STATELESS], "capabilities": capabilities, "serverInfo": server})
        }
        "ping" => json!({}),
        "tools/list" => tools(params["cursor"].as_str()),
        "resources/subscribe" => {
            hosted.watched.push(params["uri"].as_str().unwrap_or_default().to_owned());
            json!({})
        }
        "tools/call" => {
            let name = params["name"].as_str().unwrap_or_default();
            hosted.called.push(name.to_owned());
            let text = match name {
                "Missing" => "Missing scope: metrics".to_owned(),
                "Large" => "x".repeat(usize::try_from(params["arguments"]["bytes"].as_u64().unwrap_or(0)).unwrap_or(0)),
                name => format!("{name} for {}", user.email),
            };
            let received = params["arguments"].to_string().len();
            json!({"content": [{"type": "text", "text": text}], "isError": name == "Missing", "received": received})
        }
        _ => return None,
    })
}

/// Two pages.
fn tools(cursor: Option<&str>) -> Value {
    let tool = |name: &str, is_read: bool| {
        let region = json!({"type": "string", "x-mcp-header": "Region"});
        let schema = json!({"type": "object", "properties": {"region": region}});
        json!({"name": name, "inputSchema": schema, "annotations": {"readOnlyHint": is_read}})
    };
    match cursor {
        None => json!({"tools": [tool("Get-Events", true), tool("Large", true)], "nextCursor": "2"}),
        Some(_) => json!({"tools": [tool("Edit-Event", false), tool("Missing", false)]}),
    }
}

/// An answer on a stream, after something that is none.
fn stream(answer: &Value) -> Reply {
    let notice = json!({"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": "x"}});
    let text = format!(": hello\n\nevent: message\ndata: {notice}\n\nid: e-1\nevent: message\ndata: {answer}\n\n");
    Reply::new(200).header("Content-Type", "text/event-stream").body(text)
}

/// The stream on which it speaks by itself. It lasts until the server starts again.
fn listen(hosted: &Hosted, received: &Received, problems: &mut Vec<String>) -> Reply {
    if received.header("accept") != Some("text/event-stream") {
        problems.push("a GET must accept streams".to_owned());
    }
    let session = received.header("mcp-session-id").unwrap_or_default();
    if !hosted.sessions.contains(session) {
        return error(404, &Value::Null, -32001, "Session not found");
    }
    let notice = json!({"jsonrpc": "2.0", "method": "notifications/tools/list_changed"});
    let first = Bytes::from(format!("retry: 100\nid: g-1\ndata: {notice}\n\n"));
    let length = first.len() as u64;
    let pieces = move || vec![first.clone(), Bytes::from_static(b": bye\n\n")].into_iter();
    Reply::stream(200, pieces).header("Content-Type", "text/event-stream").stall_after(length, &hosted.quiet)
}

fn end(hosted: &mut Hosted, received: &Received) -> Reply {
    let known = hosted.sessions.remove(received.header("mcp-session-id").unwrap_or_default());
    hosted.ended += usize::from(known);
    Reply::new(if known { 200 } else { 404 })
}
