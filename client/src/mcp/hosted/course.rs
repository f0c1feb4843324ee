//! The course of a message of the client: sent, sent again where that is safe, through sessions that end, to its answer.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::answer::{self, Reply};
use super::bridge::Bridge;
use super::fate::{Patience, Step, Told, Trouble, forgotten};
use super::message::{Message, REFUSED};
use super::session::Place;

/// Tells the far side that the client is ready.
const READY: &str = "notifications/initialized";

/// The error with which a tool is refused whose arguments no header repeats as they should.
const MISMATCH: i64 = -32020;

/// So many pages a list has at most.
const PAGES: usize = 100;

/// A stream that was open for so long was well: whoever opens it again begins anew.
const WELL: Duration = Duration::from_secs(10);

/// Largest answer that is searched for words about scopes.
const SEARCHED: usize = 64 * 1024;

/// Carries out a request, and answers it, unless the client takes it back.
pub(super) async fn request(bridge: Arc<Bridge>, request: Message) {
    let flight = bridge.begin(&request);
    let work = async {
        let Ok(_turn) = bridge.turns.acquire().await else { return };
        let line = match carry_out(&bridge, &request).await {
            Ok(answer) => answer,
            Err(told) => told.answer(&request.id),
        };
        bridge.out.put(line).await;
    };
    tokio::select! {
        () = work => {}
        () = flight.notified() => {}
    }
    bridge.end(&request);
}

async fn carry_out(bridge: &Bridge, request: &Message) -> Result<bytes::Bytes, Told> {
    if request.method == "tools/call" && bridge.reads_only && !only_reads(bridge, request).await? {
        let name = request.name.clone().unwrap_or_default();
        let why = format!(
            "the tool '{}' does not say that it only reads, and this server was started with --read-only",
            name.escape_debug()
        );
        return Ok(super::message::error(&request.id, REFUSED, &why, None));
    }
    let mut reply = ask(bridge, request).await?;
    if request.is_stateless() && reply.message.whole()["error"]["code"] == MISMATCH && request.method == "tools/call" {
        learn(bridge, request).await?;
        reply = ask(bridge, request).await?;
    }
    match request.method.as_str() {
        "initialize" => bridge.session.begin(request, &reply.message, &reply.headers),
        "tools/list" => return Ok(bridge.tools.learn(&reply.message, request.is_stateless(), bridge.reads_only)),
        "tools/call" => return Ok(advised(&reply.message, bridge.far.mend())),
        _ => bridge.session.keep(request),
    }
    Ok(reply.message.line)
}

/// Whether a tool only reads. Where nobody has listed the tools, that is done now.
async fn only_reads(bridge: &Bridge, call: &Message) -> Result<bool, Told> {
    let name = call.name.as_deref().unwrap_or_default();
    if bridge.tools.is_read(name).is_none() {
        learn(bridge, call).await?;
    }
    Ok(bridge.tools.is_read(name) == Some(true))
}

/// Lists all tools, for the bridge's own sake.
async fn learn(bridge: &Bridge, like: &Message) -> Result<(), Told> {
    let mut cursor = Value::Null;
    for _ in 0..PAGES {
        let params = if cursor.is_null() { json!({}) } else { json!({"cursor": cursor}) };
        let list = Message::own(bridge.number(), "tools/list", params, Some(like));
        let answer = ask(bridge, &list).await?.message;
        bridge.tools.learn(&answer, like.is_stateless(), false);
        cursor = answer.whole()["result"]["nextCursor"].take();
        if cursor.is_null() {
            break;
        }
    }
    Ok(())
}

/// Adds to an error about scopes what a person can do about it.
fn advised(answer: &Message, mend: &str) -> bytes::Bytes {
    if answer.line.len() > SEARCHED || memchr::memmem::find(&answer.line, b"issing scope").is_none() {
        return answer.line.clone();
    }
    let advice = format!(
        "The login has the scopes that Mixpanel had when it was made: ask the user to run `{mend}` for wider ones."
    );
    let mut whole = answer.whole();
    if let Some(message) = whole.get_mut("error").and_then(|error| error.get_mut("message")) {
        *message = format!("{}. {advice}", message.as_str().unwrap_or_default()).into();
    } else if whole["result"]["isError"] == true
        && let Some(content) = whole["result"]["content"].as_array_mut()
    {
        content.push(json!({"type": "text", "text": advice}));
    } else {
        return answer.line.clone();
    }
    whole.to_string().into()
}

/// Asks until there is an answer, or no hope of one. A session that the far side has forgotten is begun anew.
async fn ask(bridge: &Bridge, request: &Message) -> Result<Reply, Told> {
    let is_read = is_read(bridge, request);
    let mut patience = Patience::new(is_read, bridge.far.mend());
    loop {
        let place = if request.method == "initialize" { Place::default() } else { bridge.session.place() };
        match ask_at(bridge, request, &place, &mut patience).await {
            Ok(reply) => return Ok(reply),
            Err(Some(told)) => return Err(told),
            Err(None) => renew(bridge, place.generation).await?,
        }
    }
}

fn is_read(bridge: &Bridge, request: &Message) -> bool {
    let of_tool = || bridge.tools.is_read(request.name.as_deref().unwrap_or_default()) == Some(true);
    request.is_read() || (request.method == "tools/call" && of_tool())
}

/// Asks in one session. What goes wrong is told, but for none where that session is lost.
async fn ask_at(
    bridge: &Bridge,
    request: &Message,
    place: &Place,
    patience: &mut Patience,
) -> Result<Reply, Option<Told>> {
    loop {
        let begun = Instant::now();
        let trouble = match once(bridge, request, place).await {
            Ok(reply) => return Ok(reply),
            Err(trouble) => trouble,
        };
        if request.method == "subscriptions/listen" && begun.elapsed() > WELL {
            *patience = Patience::new(true, bridge.far.mend());
        }
        match patience.decide(trouble) {
            Step::Again(pause, why) => bridge.pause(request, pause, &why).await,
            Step::Renew => return Err(None),
            Step::Tell(told) => return Err(Some(*told)),
        }
    }
}

async fn once(bridge: &Bridge, request: &Message, place: &Place) -> Result<Reply, Trouble> {
    let sent = bridge.far.post(request, place, &bridge.tools, is_read(bridge, request)).await;
    answer::to(bridge, request, place, sent.map_err(Trouble::Failure)?).await
}

/// Begins another session in place of one of this generation, as the client has begun the first one, and tells it that all may be
/// different now. Whoever comes while that is done waits for it.
///
/// # Errors
/// When the far side does not begin one.
pub(super) async fn renew(bridge: &Bridge, generation: u64) -> Result<(), Told> {
    let _only_one = bridge.session.renewing.lock().await;
    if bridge.session.place().generation != generation {
        return Ok(());
    }
    let Some((hello, is_ready, lasting)) = bridge.session.said() else { return Err(forgotten("it was never begun")) };
    let hello = hello.again(bridge.number());
    let mut patience = Patience::new(true, bridge.far.mend());
    let begun = ask_at(bridge, &hello, &Place::default(), &mut patience).await;
    let begun = begun.map_err(|told| told.unwrap_or_else(|| forgotten("it begins no other one")))?;
    if let Some(error) = begun.message.whole().get("error") {
        return Err(forgotten(&format!("it begins no other one: {}", error["message"])));
    }
    bridge.session.begin(&hello, &begun.message, &begun.headers);
    bridge.tools.forget();
    if is_ready {
        let ready = Message::read(json!({"jsonrpc": "2.0", "method": READY}).to_string().into());
        if let Ok(ready) = ready {
            notify(bridge, &ready).await;
        }
    }
    let place = bridge.session.place();
    for request in lasting {
        // What cannot be had again the client finds out when it asks for it.
        let mut patience = Patience::new(true, bridge.far.mend());
        let _ = ask_at(bridge, &request.again(bridge.number()), &place, &mut patience).await;
    }
    for notice in bridge.session.notices() {
        bridge.say(notice, None).await;
    }
    Ok(())
}

/// Passes on what has no answer: a notification, or an answer of the client. Where it cannot be, nobody can be told.
pub(super) async fn notify(bridge: &Bridge, message: &Message) {
    let place = bridge.session.place();
    let mut patience = Patience::new(false, bridge.far.mend());
    loop {
        let sent = bridge.far.post(message, &place, &bridge.tools, true).await;
        let taken = match sent {
            Ok(got) => answer::to_none(message, &place, got).await,
            Err(failure) => Err(Trouble::Failure(failure)),
        };
        match taken.map_err(|trouble| patience.decide(trouble)) {
            Ok(()) => break,
            Err(Step::Again(pause, _)) => tokio::time::sleep(pause).await,
            // What was about a session that is gone is about nothing any more.
            Err(Step::Renew | Step::Tell(_)) => break,
        }
    }
    if message.method == READY {
        bridge.session.is_ready();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_about_scopes_says_what_to_do() {
        let advised = |text: &str| {
            let line = advised(&Message::read(text.to_owned().into()).expect("a message"), "mp account login team");
            String::from_utf8(line.to_vec()).expect("text")
        };
        let error = advised(r#"{"id":1,"error":{"code":1,"message":"Missing scope: metrics"}}"#);
        assert!(
            error.contains("Missing scope: metrics. The login") && error.contains("mp account login team"),
            "{error}"
        );
        let result =
            advised(r#"{"id":1,"result":{"isError":true,"content":[{"type":"text","text":"Missing scope"}]}}"#);
        assert!(result.contains("mp account login team"), "{result}");
        for other in
            [r#"{"id":1,"result":{"content":[{"type":"text","text":"Missing scope"}]}}"#, r#"{"id":1,"result":{}}"#]
        {
            assert_eq!(advised(other), other);
        }
    }
}
