//! The way to the far side: the daemon's `/v1/mcp`, for one account. Each message has a connection of its own, so that none waits for
//! another, and one that is left ends at Mixpanel, too.

use std::time::Duration;

use hyper::Method;
use hyper::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use mp_proto::context::Context;
use mp_proto::failure::Failure;
use mp_proto::ids::AccountType;
use mp_proto::routes::{MCP, SESSION};
use mp_proto::wire::{SessionAccount, SessionBody, SourceKind};
use tokio::sync::OnceCell;

use super::message::Message;
use super::session::Place;
use super::tools::{Tools, encoded};
use crate::api::{Connection, Options, Streamed};
use crate::transport::{Content, Streaming};

/// A call of a tool may take its time; whoever waits for it gives up by itself.
const DEADLINE: Duration = Duration::from_secs(24 * 3600);

/// What answers may be.
const BOTH: HeaderValue = HeaderValue::from_static("application/json, text/event-stream");

/// Methods whose `name` or `uri` is repeated in a header.
const NAMED: [&str; 3] = ["tools/call", "resources/read", "prompts/get"];

/// What a person runs while it is not known who is asked as.
const LOGIN: &str = "mp login";

/// The far side, as one account.
pub(super) struct Far {
    options: Options,
    /// Who that is, once it is known.
    held: OnceCell<Held>,
}

/// An account that is held on to.
struct Held {
    options: Options,
    /// What a person runs where its credential is not good enough.
    mend: String,
}

impl Far {
    /// Returns the way there. Which account it is, is found out by the first message, and stays so.
    pub(super) fn new(options: Options) -> Self {
        let options = Options { deadline: DEADLINE, waits: None, build: None, ..options };
        Self { options, held: OnceCell::new() }
    }

    /// Returns what a person runs where the credential is not good enough.
    pub(super) fn mend(&self) -> &str {
        self.held.get().map_or(LOGIN, |held| &held.mend)
    }

    /// Sends a message.
    ///
    /// # Errors
    /// Those of the daemon. What the far side says is an answer, whatever its status.
    pub(super) async fn post(
        &self,
        message: &Message,
        place: &Place,
        tools: &Tools,
        is_read: bool,
    ) -> Result<Streaming, Failure> {
        let mut headers = place.headers(message.is_stateless());
        headers.insert(ACCEPT, BOTH);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if message.is_stateless() {
            headers.extend(repeated(message));
            headers.extend(tools.headers(message));
        }
        let query = if is_read { "?read=true" } else { "" };
        let body = Some(Content::Bytes(message.line.clone()));
        self.ask(Method::POST, format!("{MCP}{query}"), headers, body, true).await
    }

    /// Listens, from the last event that is known. Starts no daemon: one that was stopped was stopped on purpose.
    ///
    /// # Errors
    /// As [`Self::post`].
    pub(super) async fn listen(&self, place: &Place, last: Option<&str>) -> Result<Streaming, Failure> {
        let mut headers = place.headers(false);
        headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
        if let Some(Ok(last)) = last.map(HeaderValue::from_str) {
            headers.insert(HeaderName::from_static("last-event-id"), last);
        }
        self.ask(Method::GET, MCP.to_owned(), headers, None, false).await
    }

    /// Ends a session.
    ///
    /// # Errors
    /// As [`Self::post`].
    pub(super) async fn end(&self, place: &Place) -> Result<Streaming, Failure> {
        self.ask(Method::DELETE, MCP.to_owned(), place.headers(false), None, false).await
    }

    async fn ask(
        &self,
        method: Method,
        path: String,
        headers: HeaderMap,
        body: Option<Content>,
        autostart: bool,
    ) -> Result<Streaming, Failure> {
        let held = self.held.get_or_try_init(|| self.hold(autostart)).await?;
        let mut options = held.options.clone();
        options.place.autostart &= autostart;
        let request = Streamed { method, path, headers, body, refusals_fail: false };
        Connection::new(options).stream(request).await
    }

    /// Finds out whose credential is used. Nothing has been sent by then, whatever goes wrong.
    async fn hold(&self, autostart: bool) -> Result<Held, Failure> {
        let mut options = self.options.clone();
        options.place.autostart &= autostart;
        let asked = Connection::new(options).get::<SessionBody>(SESSION).await;
        let session = asked.map_err(|failure| Failure { unsent: true, ..failure })?.body;
        let mut options = self.options.clone();
        let Some(account) = &session.account else { return Err(needs_account(&session)) };
        hold(&mut options.context, account);
        Ok(Held { options, mend: mend(account) })
    }
}

/// Holds a context to an account. What the environment has decided it decides again, for it is that of this process.
fn hold(context: &mut Context, account: &SessionAccount) {
    let give_way = |context: &mut Context, variable: &str| {
        if context.env.get(variable).is_some() {
            context.env.insert(variable, "");
        }
    };
    match account.source.kind {
        SourceKind::Env => {}
        SourceKind::Bridge => context.env.insert("MP_AUTH_FILE", account.source.at.clone()),
        SourceKind::Param | SourceKind::Target | SourceKind::Config => {
            give_way(context, "MP_TARGET");
            context.target = None;
            context.account = Some(account.name.clone());
        }
    }
}

fn mend(account: &SessionAccount) -> String {
    match (account.source.kind, account.r#type) {
        (SourceKind::Env, _) => "mp session --explain".to_owned(),
        (_, Some(AccountType::OauthBrowser)) => format!("mp account login {}", account.name),
        _ => format!("mp account test {}", account.name),
    }
}

fn needs_account(session: &SessionBody) -> Failure {
    use mp_proto::failure::FailureKind;
    let mut failure = Failure::new(FailureKind::NeedsAccount, "nobody is logged in to Mixpanel on this machine");
    failure.next.clone_from(&session.next);
    if failure.next.is_empty() { failure.next(LOGIN, "log in") } else { failure }
}

/// Returns the headers that repeat what a message says, in revisions since 2026-07-28.
fn repeated(message: &Message) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let version = message.version.as_deref().and_then(|version| HeaderValue::from_str(version).ok());
    headers.extend(version.map(|version| (HeaderName::from_static("mcp-protocol-version"), version)));
    headers.extend(encoded(&message.method).map(|method| (HeaderName::from_static("mcp-method"), method)));
    let name = message.name.as_deref().filter(|_| NAMED.contains(&message.method.as_str())).and_then(encoded);
    headers.extend(name.map(|name| (HeaderName::from_static("mcp-name"), name)));
    headers
}

#[cfg(test)]
mod tests {
    use super::*;
    use mp_proto::wire::Source;

    #[test]
    fn an_account_is_held_where_it_was_found() {
        let held = |kind, at: &str| {
            let source = Source { kind, at: at.to_owned() };
            let account = SessionAccount { name: "team".to_owned(), r#type: None, region: None, source };
            let mut context = Context { target: Some("t".to_owned()), ..Context::default() };
            context.env.insert("MP_TARGET", "u");
            hold(&mut context, &account);
            context.to_header().expect("short")
        };
        assert_eq!(held(SourceKind::Target, "u"), r#"{"account":"team","env":{"MP_TARGET":""}}"#);
        assert_eq!(held(SourceKind::Env, "MP_OAUTH_TOKEN"), r#"{"target":"t","env":{"MP_TARGET":"u"}}"#);
        assert!(held(SourceKind::Bridge, "/b.json").contains(r#""MP_AUTH_FILE":"/b.json""#));
    }

    #[test]
    fn headers_repeat_what_a_message_says() {
        let text = r#"{"id":1,"method":"tools/call","params":{"name":"é","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}"#;
        let headers = repeated(&Message::read(text.into()).expect("a message"));
        let shown = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        assert_eq!(shown("mcp-protocol-version"), Some("2026-07-28"));
        assert_eq!((shown("mcp-method"), shown("mcp-name")), (Some("tools/call"), Some("=?base64?w6k=?=")));
    }
}
