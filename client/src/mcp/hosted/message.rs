//! Messages of JSON-RPC, as far as a bridge has to understand them: who is asked for what. What else they hold passes as it came. Pure.

use std::borrow::Cow;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// Where a message of the revisions since 2026-07-28 says which it speaks.
const VERSION: &str = "io.modelcontextprotocol/protocolVersion";

/// The three members that each request of these revisions carries.
const META: [&str; 3] = [VERSION, "io.modelcontextprotocol/clientCapabilities", "io.modelcontextprotocol/clientInfo"];

/// Errors of JSON-RPC.
pub(super) const UNREADABLE: i64 = -32700;
pub(super) const INVALID: i64 = -32600;
pub(super) const REFUSED: i64 = -32602;
pub(super) const FAILED: i64 = -32603;

/// Methods that change nothing: asked again, they answer again.
const READS: [&str; 12] = [
    "initialize",
    "ping",
    "server/discover",
    "subscriptions/listen",
    "tools/list",
    "resources/list",
    "resources/templates/list",
    "resources/read",
    "prompts/list",
    "prompts/get",
    "completion/complete",
    "tasks/get",
];

/// What a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Request,
    Notification,
    Response,
}

/// A message, of whichever side.
#[derive(Debug, Clone)]
pub(super) struct Message {
    /// In one line, without its end.
    pub(super) line: Bytes,
    pub(super) kind: Kind,
    /// Its id as it is written; empty for a notification.
    pub(super) id: String,
    /// Its method; empty for a response.
    pub(super) method: String,
    /// What it says of the tool, the prompt or the resource that it is about.
    pub(super) name: Option<String>,
    /// The revision that it speaks, where it says so.
    pub(super) version: Option<String>,
    /// What its progress is told under, as it is written.
    pub(super) progress: Option<String>,
    /// The request that it takes back, as it is written.
    pub(super) cancels: Option<String>,
}

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    method: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    params: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Params<'a> {
    #[serde(borrow, default)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    uri: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    request_id: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "_meta")]
    meta: Option<Meta<'a>>,
}

#[derive(Default, Deserialize)]
struct Meta<'a> {
    #[serde(borrow, default, rename = "io.modelcontextprotocol/protocolVersion")]
    version: Option<Cow<'a, str>>,
    #[serde(borrow, default, rename = "progressToken")]
    progress: Option<&'a RawValue>,
}

impl Message {
    /// Reads a message.
    ///
    /// # Errors
    /// Says what it is instead, as the end of a sentence, with the error of JSON-RPC.
    pub(super) fn read(text: Bytes) -> Result<Self, (i64, String)> {
        let line = in_one_line(text);
        if line.trim_ascii_start().first() == Some(&b'[') {
            return Err((INVALID, "is a batch, which no revision since 2025-06-18 has: send one at a time".to_owned()));
        }
        let head: Head<'_> = serde_json::from_slice(&line).map_err(|error| {
            let at = format!("line {}, column {}", error.line(), error.column());
            match error.classify() {
                serde_json::error::Category::Data => (INVALID, format!("is no message of JSON-RPC ({at})")),
                _ => (UNREADABLE, format!("is no JSON ({at})")),
            }
        })?;
        let kind = match (&head.method, head.id) {
            (Some(_), Some(_)) => Kind::Request,
            (Some(_), None) => Kind::Notification,
            (None, _) => Kind::Response,
        };
        let params: Params<'_> =
            head.params.map(|params| serde_json::from_str(params.get()).unwrap_or_default()).unwrap_or_default();
        let meta = params.meta.unwrap_or_default();
        let owned = |raw: Option<&RawValue>| raw.map(|raw| raw.get().to_owned());
        Ok(Self {
            kind,
            id: owned(head.id).unwrap_or_default(),
            method: head.method.map(Cow::into_owned).unwrap_or_default(),
            name: params.name.or(params.uri).map(Cow::into_owned),
            version: meta.version.map(Cow::into_owned),
            progress: owned(meta.progress),
            cancels: owned(params.request_id),
            line,
        })
    }

    /// Returns a request of the bridge's own. Of a revision that wants to know of each request who asks, that is taken from another one.
    pub(super) fn own(id: u64, method: &str, mut params: Value, like: Option<&Self>) -> Self {
        let like = like.filter(|like| like.version.is_some()).map(|like| like.params()["_meta"].take());
        if let Some(Value::Object(meta)) = like {
            let needed = meta.into_iter().filter(|(name, _)| META.contains(&name.as_str()));
            params["_meta"] = Value::Object(needed.collect());
        }
        let text = json!({"jsonrpc": "2.0", "id": format!("mp:{id}"), "method": method, "params": params}).to_string();
        Self::read(text.into()).expect("it was made of JSON")
    }

    /// Returns the same request under an id of the bridge's own.
    pub(super) fn again(&self, id: u64) -> Self {
        Self::own(id, &self.method, self.params(), None)
    }

    /// Returns its parameters.
    pub(super) fn params(&self) -> Value {
        self.whole()["params"].take()
    }

    /// Returns all of it; null where it is none.
    pub(super) fn whole(&self) -> Value {
        serde_json::from_slice(&self.line).unwrap_or_default()
    }

    /// Returns whether it speaks a revision without sessions.
    pub(super) fn is_stateless(&self) -> bool {
        self.version.is_some() || matches!(self.method.as_str(), "server/discover" | "subscriptions/listen")
    }

    /// Returns whether what it asks for changes nothing, whoever answers.
    pub(super) fn is_read(&self) -> bool {
        READS.contains(&self.method.as_str())
    }

    /// Returns whether it is the answer to a request.
    pub(super) fn answers(&self, request: &Self) -> bool {
        self.kind == Kind::Response && self.id == request.id
    }

    /// Returns the error that it is, with the id of the request that it must be about: who refuses a message unread does not know that.
    pub(super) fn error_for(&self, request: &Self) -> Option<Self> {
        if self.kind != Kind::Response || !(self.id.is_empty() || self.id == request.id) {
            return None;
        }
        let mut whole = self.whole();
        whole.get("error").filter(|error| error.get("code").is_some_and(Value::is_i64))?;
        whole["id"] = serde_json::from_str(&request.id).unwrap_or_default();
        Self::read(whole.to_string().into()).ok()
    }
}

/// Returns an error of the bridge's own.
pub(super) fn error(id: &str, code: i64, message: &str, data: Option<Value>) -> Bytes {
    let mut error = json!({"code": code, "message": message});
    if let Some(data) = data {
        error["data"] = data;
    }
    let id: Value = serde_json::from_str(id).unwrap_or_default();
    json!({"jsonrpc": "2.0", "id": id, "error": error}).to_string().into()
}

/// Puts a text into one line. In JSON, an end of line is nothing but space: in its texts it is written otherwise.
fn in_one_line(text: Bytes) -> Bytes {
    if memchr::memchr2(b'\n', b'\r', &text).is_none() {
        return text;
    }
    let space = |byte: u8| if matches!(byte, b'\n' | b'\r') { b' ' } else { byte };
    text.iter().copied().map(space).collect::<Vec<u8>>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Message, (i64, String)> {
        Message::read(Bytes::copy_from_slice(text.as_bytes()))
    }

    fn good(text: &str) -> Message {
        read(text).unwrap_or_else(|why| panic!("{text}: {why:?}"))
    }

    #[test]
    fn a_message_is_what_it_has() {
        let call = good(
            r#"{"jsonrpc":"2.0","id":"a\"b","method":"tools/call","params":{"name":"Größe","_meta":{"progressToken":7}}}"#,
        );
        assert_eq!((call.kind, call.id.as_str(), call.method.as_str()), (Kind::Request, r#""a\"b""#, "tools/call"));
        assert_eq!((call.name.as_deref(), call.progress.as_deref()), (Some("Größe"), Some("7")));
        assert!(!call.is_stateless() && !call.is_read());
        let cancel = good(r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":12}}"#);
        assert_eq!((cancel.kind, cancel.cancels.as_deref()), (Kind::Notification, Some("12")));
        assert_eq!(good(r#"{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":""}}"#).kind, Kind::Response);
        // Positional parameters are nobody's here, and no reason to refuse a message.
        assert_eq!(good(r#"{"jsonrpc":"2.0","id":1,"method":"x","params":[1]}"#).name, None);
        let modern = good(
            r#"{"id":1,"method":"x","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}"#,
        );
        assert!(modern.is_stateless());
    }

    #[test]
    fn what_is_no_message_is_told_with_its_place() {
        for (text, code, told) in [
            ("{\"id\": 1,", UNREADABLE, "is no JSON (line 1, column 9)"),
            ("nonsense", UNREADABLE, "is no JSON"),
            ("7", INVALID, "no message"),
            (r#"{"id":1,"id":2,"method":"x"}"#, INVALID, "no message"),
            ("[{\"id\":1}]", INVALID, "batch"),
        ] {
            let (found, why) = read(text).expect_err("is none");
            assert!(found == code && why.contains(told), "{text}: {found} {why}");
        }
    }

    #[test]
    fn lines_stay_lines_whatever_was_sent() {
        let message = good("{\"id\": 1,\r\n \"result\": {\"a\": \"x\\ny\"}\n}");
        assert!(!message.line.contains(&b'\n') && !message.line.contains(&b'\r'));
        assert_eq!(message.whole()["result"]["a"], "x\ny");
    }

    #[test]
    fn an_error_without_an_id_is_that_of_the_request() {
        let request = good(r#"{"id":"7","method":"x"}"#);
        let refused = good(r#"{"jsonrpc":"2.0","error":{"code":-32000,"message":"Server not initialized"},"id":null}"#);
        assert_eq!(refused.error_for(&request).map(|error| error.id), Some("\"7\"".to_owned()));
        for other in
            [r#"{"id":8,"error":{"code":1,"message":""}}"#, r#"{"error":"invalid_token"}"#, r#"{"id":"7","result":{}}"#]
        {
            assert!(good(other).error_for(&request).is_none(), "{other}");
        }
    }

    #[test]
    fn own_requests_say_who_asks_where_that_is_wanted() {
        let call = good(
            r#"{"id":1,"method":"x","params":{"a":1,"_meta":{"io.modelcontextprotocol/protocolVersion":"v","progressToken":1}}}"#,
        );
        let own = Message::own(3, "tools/list", json!({}), Some(&call));
        assert_eq!((own.id.as_str(), own.version.as_deref(), own.progress), ("\"mp:3\"", Some("v"), None));
        assert_eq!(call.again(4).params()["a"], 1);
    }
}
