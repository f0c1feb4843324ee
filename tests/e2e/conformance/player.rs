//! A server that plays the recorded answers of a case.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use mp_sandbox::upstream::reply::Reply;
use mp_sandbox::upstream::server::{Received, Server};
use serde_json::{Value, json};

use super::compare::Marks;
use super::requests::{self, Sent};

/// What `/me` answers to whom, by path and credentials: for the requests for it that the cases leave out.
pub(super) type Entries = BTreeMap<(String, String), Value>;

/// The exchanges of one step, and what has become of them.
#[derive(Debug, Default)]
struct Tape {
    exchanges: Vec<Value>,
    used: Vec<bool>,
    sent: Vec<Sent>,
    entries: Arc<Entries>,
}

/// A running server.
#[derive(Debug)]
pub(super) struct Player {
    server: Server,
    tape: Arc<Mutex<Tape>>,
}

impl Player {
    /// Starts it without anything to play. `entries` are for cases that do not count requests for `/me`; empty for the others.
    pub(super) fn start(home: &std::path::Path, entries: Arc<Entries>) -> Self {
        let tape = Arc::new(Mutex::new(Tape { entries, ..Tape::default() }));
        let (playing, home) = (Arc::clone(&tape), home.to_owned());
        let server = Server::start(move |request| {
            let upstream = format!("http://{}", request.header("host").unwrap_or_default());
            lock(&playing).answer(request, &Marks::new(&home, &upstream))
        });
        Self { server, tape }
    }

    /// Returns the base URL.
    pub(super) fn url(&self) -> String {
        self.server.url()
    }

    /// Plays the exchanges of the next step; forgets what was sent before.
    pub(super) fn play(&self, exchanges: &[Value]) {
        let mut tape = lock(&self.tape);
        tape.exchanges = exchanges.to_vec();
        tape.used = vec![false; exchanges.len()];
        tape.sent.clear();
    }

    /// Returns what was sent in this step.
    pub(super) fn sent(&self) -> Vec<Sent> {
        lock(&self.tape).sent.clone()
    }
}

fn lock(tape: &Mutex<Tape>) -> MutexGuard<'_, Tape> {
    tape.lock().expect("nothing panics while it holds this lock")
}

impl Tape {
    fn answer(&mut self, request: &Received, marks: &Marks) -> Reply {
        let response = match self.choose(request, marks) {
            Some(at) => {
                self.used[at] = true;
                self.exchanges[at]["response"].clone()
            }
            None => self.unrecorded(request),
        };
        let reply = reply(&response, request, marks);
        self.sent.push(Sent { request: request.clone(), status: reply.answered().unwrap_or(0) });
        reply
    }

    /// Returns the exchange to play: the first unused one for the same request, else the first unused one for the same path.
    fn choose(&self, request: &Received, marks: &Marks) -> Option<usize> {
        let unused = |is: &dyn Fn(&Value) -> bool| {
            (0..self.exchanges.len()).find(|at| !self.used[*at] && is(&self.exchanges[*at]["request"]))
        };
        unused(&|recorded| requests::means(recorded, request, marks).is_ok())
            .or_else(|| unused(&|recorded| requests::is_for(recorded, request)))
    }

    /// Returns the answer to what is not on the tape, or no longer. The comparison tells it, unless it does not count.
    fn unrecorded(&self, request: &Received) -> Value {
        let credentials = request.header("authorization").unwrap_or_default();
        match self.entries.get(&(request.path.clone(), credentials.to_owned())) {
            Some(response) if requests::is_me(request) => response.clone(),
            // A file that may not be had, or is not there, stays so.
            _ if request.path.starts_with("/cdn/") => {
                let of_file = self.exchanges.iter().find(|exchange| requests::is_for(&exchange["request"], request));
                let kept = of_file.map(|exchange| &exchange["response"]).filter(|response| response["status"] != 200);
                kept.cloned().unwrap_or_else(|| json!({"status": 404, "text": ""}))
            }
            _ => json!({"status": 500, "json": {"error": "not recorded"}}),
        }
    }
}

/// Returns a recorded answer as it is sent: its marks stand for what the request says.
fn reply(response: &Value, request: &Received, marks: &Marks) -> Reply {
    if response["dropped"] == true {
        return Reply::close();
    }
    let status = response["status"].as_u64().and_then(|status| u16::try_from(status).ok()).expect("a status");
    let fill = |text: &str| filled(text, request, marks);
    let mut reply = match response.get("json") {
        Some(body) => Reply::new(status).header("Content-Type", "application/json").body(fill(&body.to_string())),
        None => Reply::text(status, fill(response["text"].as_str().unwrap_or_default())),
    };
    for (name, value) in response["headers"].as_object().into_iter().flatten() {
        let value = fill(value.as_str().expect("a text"));
        reply = reply.header(name, with_state(&value, request.parameter("state")));
    }
    reply
}

fn filled(text: &str, request: &Received, marks: &Marks) -> String {
    let body = request.json();
    let callback = body["redirect_uris"][0].as_str().or_else(|| request.parameter("redirect_uri")).unwrap_or_default();
    let slug = body["slug"].as_str().unwrap_or_default();
    text.replace("<UPSTREAM>", marks.upstream()).replace("<CALLBACK>", callback).replace("<SLUG>", slug)
}

/// Puts this run's state in place of the recorded one.
fn with_state(url: &str, state: Option<&str>) -> String {
    let (Some(at), Some(state)) = (url.find("state="), state) else { return url.to_owned() };
    let (before, recorded) = url.split_at(at + "state=".len());
    let after = recorded.find('&').map_or("", |end| &recorded[end..]);
    format!("{before}{state}{after}")
}

#[cfg(test)]
mod tests {
    use mp_sandbox::upstream::visit;
    use mp_sandbox::wire::Answer;

    use super::*;

    fn player(exchanges: Value, entries: Entries) -> Player {
        let player = Player::start(std::path::Path::new("/h"), Arc::new(entries));
        player.play(exchanges.as_array().expect("a list"));
        player
    }

    fn get(player: &Player, target: &str) -> Answer {
        visit::get(&format!("{}{target}", player.url())).expect("an answer")
    }

    fn exchange(method: &str, path: &str, query: Value, response: Value) -> Value {
        json!({"request": {"method": method, "path": path, "query": query, "headers": {}}, "response": response})
    }

    #[test]
    fn each_exchange_is_played_once_to_the_request_that_fits_best() {
        let page = |name: &str| json!([["page", name]]);
        let answer = |number: u64| json!({"status": 200, "json": number});
        let player = player(
            json!([exchange("GET", "/a", page("1"), answer(1)), exchange("GET", "/a", page("2"), answer(2))]),
            Entries::new(),
        );
        let seen: Vec<_> = ["/a?page=2", "/a?page=3", "/a?page=1"].map(|target| get(&player, target).text()).into();
        assert_eq!(seen[..2], ["2", "1"]);
        assert!(seen[2].contains("not recorded"));
        assert_eq!(player.sent().iter().map(|sent| sent.status).collect::<Vec<_>>(), [200, 200, 500]);
        player.play(&[]);
        assert!(player.sent().is_empty());
        assert_eq!(get(&player, "/cdn/7").status, 404);
    }

    #[test]
    fn what_an_answer_repeats_from_its_request_is_filled_in() {
        let location = "<CALLBACK>?code=c&state=old&more=1";
        let player = player(
            json!([
                exchange(
                    "GET",
                    "/authorize",
                    Value::Null,
                    json!({"status": 302, "headers": {"Location": location}, "text": ""})
                ),
                exchange("GET", "/url", Value::Null, json!({"status": 200, "json": {"url": "<UPSTREAM>/cdn/1"}})),
                exchange("GET", "/gone", Value::Null, json!({"status": 0, "dropped": true})),
            ]),
            Entries::new(),
        );
        let answer = get(&player, "/authorize?redirect_uri=http://localhost:1/callback&state=new");
        assert_eq!(answer.header("location"), Some("http://localhost:1/callback?code=c&state=new&more=1"));
        assert_eq!(get(&player, "/url").json()["url"], format!("{}/cdn/1", player.url()));
        assert!(visit::get(&format!("{}/gone", player.url())).is_err());
    }

    #[test]
    fn an_entry_that_a_case_leaves_out_is_answered_by_its_owner() {
        let key = ("/us/app/me".to_owned(), "Bearer x".to_owned());
        let player = player(json!([]), [(key, json!({"status": 200, "json": "mine"}))].into());
        let ask = |credentials| {
            visit::send("GET", &format!("{}/us/app/me", player.url()), &[("Authorization", credentials)], b"")
        };
        assert_eq!(ask("Bearer x").expect("an answer").text(), "\"mine\"");
        assert_eq!(ask("Bearer y").expect("an answer").status, 500);
    }

    /// Makes the request that a recording is of, with something in place of its marks.
    fn request(recorded: &Value) -> Received {
        let text = |value: &Value| {
            let text = value.as_str().unwrap_or_default();
            let text = text.replace("<CALLBACK>", "http://localhost:19284/callback").replace("<SLUG>", "aB3");
            let text = text.replace("<TODAY>", "2025-11-13").replace("<TODAY-90>", "2025-08-15");
            text.replace("<RANDOM>", "Zm9vYmFyYmF6cXV4Zm9vYmFy")
        };
        let pairs = |value: &Value| -> Vec<(String, String)> {
            value.as_array().into_iter().flatten().map(|pair| (text(&pair[0]), text(&pair[1]))).collect()
        };
        let headers = recorded["headers"].as_object().into_iter().flatten();
        let body = match recorded["body_kind"].as_str() {
            None => String::new(),
            Some("json") => text(&recorded["body"].to_string().into()),
            Some("form") => {
                form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs(&recorded["body"])).finish()
            }
            Some(_) => text(&recorded["body"]),
        };
        Received {
            number: 1,
            at: std::time::Instant::now(),
            method: text(&recorded["method"]),
            path: text(&recorded["path"]),
            query: pairs(&recorded["query"]),
            headers: headers.map(|(name, value)| (name.clone(), text(value))).collect(),
            body: body.into_bytes(),
        }
    }

    #[test]
    fn every_recording_is_answered_as_recorded_and_equal_to_itself() {
        let mut count = 0;
        for case in super::super::case::all(&super::super::dir()) {
            for exchanges in case.steps() {
                let used = vec![false; exchanges.len()];
                let mut tape = Tape { exchanges: exchanges.clone(), used, ..Tape::default() };
                for exchange in &exchanges {
                    let (request, marks) = (request(&exchange["request"]), Marks::fixed());
                    let wanted = reply(&exchange["response"], &request, &marks);
                    assert_eq!(tape.answer(&request, &marks).body, wanted.body, "{}", case.id);
                    count += 1;
                }
                assert_eq!(requests::compare(&exchanges, &tape.sent, false, &Marks::fixed()), [""; 0], "{}", case.id);
            }
        }
        assert_eq!(count, 458, "all exchanges are there");
    }
}
