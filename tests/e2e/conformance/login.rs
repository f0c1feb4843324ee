//! A browser login in a case: plays the user, who opens the printed address and comes back with a code.

use std::fs;
use std::time::Duration;

use mp_sandbox::home::{Call, Done, Home, Running};
use mp_sandbox::process::callback_ports;
use mp_sandbox::upstream::visit;
use mp_sandbox::wait::poll;
use serde_json::Value;

use super::compare::Marks;

/// How long a login may take until it asks for the user.
const ASKS: Duration = Duration::from_secs(20);

/// Where the stand-in for a browser writes the address that it is to open, below the home.
const OPENED: &str = "opened-url";

/// The code that a case without one is given.
const CODE: &str = "code-ok";

/// What the printed address says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Invitation {
    pub(crate) url: String,
    pub(crate) callback: String,
    pub(crate) state: String,
}

/// Runs a login to its end. Sets the redirect address in `marks`; tells what went wrong between user and login.
pub(super) fn run(home: &Home, call: Call, oauth: &Value, marks: &mut Marks) -> (Done, Option<String>) {
    let _ports = callback_ports();
    let browser = oauth["browser"] == true;
    let call = if browser { call.env("BROWSER", stand_in(home)) } else { call };
    let mut running = if oauth["deliver"] == "paste" { call.start_open() } else { call.start() };
    let url = if browser { opened(home) } else { running.pick_line(ASKS, printed) };
    let problem = match url.as_deref().map(invitation) {
        None => Some("no authorize URL came".to_owned()),
        Some(None) => Some("the authorize URL lacks redirect_uri or state".to_owned()),
        Some(Some(invitation)) => {
            marks.callback = Some(invitation.callback.clone());
            deliver(&mut running, oauth, &invitation).err()
        }
    };
    if problem.is_some() {
        // It would wait for the user as long as users may take.
        running.kill();
    }
    (running.finish(), problem)
}

fn deliver(running: &mut Running, oauth: &Value, invitation: &Invitation) -> Result<(), String> {
    let code = oauth["code"].as_str().unwrap_or(CODE);
    if oauth["deliver"] == "paste" {
        let line = format!("{}\n", invitation.back(&[("code", code)]));
        return running.write(&line).map_err(|error| format!("standard input: {error}"));
    }
    let url = if oauth["browser"] == true {
        let answer = visit::get(&invitation.url).map_err(|error| format!("authorize: {error}"))?;
        let location = answer.header("location").filter(|_| answer.status == 302);
        location.ok_or_else(|| format!("authorize answered {}", answer.status))?.to_owned()
    } else if oauth["deny"] == true {
        invitation.back(&[("error", "access_denied")])
    } else {
        invitation.back(&[("code", code)])
    };
    visit::get(&url).map(drop).map_err(|error| format!("the redirect address: {error}"))
}

impl Invitation {
    /// Returns the URL that leads back to the login.
    pub(crate) fn back(&self, outcome: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(outcome).append_pair("state", &self.state);
        format!("{}?{}", self.callback, query.finish())
    }
}

/// Returns the authorize URL, if it is alone on this line.
pub(crate) fn printed(line: &str) -> Option<String> {
    let word = line.trim();
    let is_url = word.starts_with("http://") || word.starts_with("https://");
    (is_url && word.contains("/authorize/?") && !word.contains(' ')).then(|| word.to_owned())
}

pub(crate) fn invitation(url: &str) -> Option<Invitation> {
    let (_, query) = url.split_once('?')?;
    let field = |name: &str| {
        let mut fields = form_urlencoded::parse(query.as_bytes()).into_owned();
        fields.find(|(known, _)| known == name).map(|(_, value)| value)
    };
    Some(Invitation { url: url.to_owned(), callback: field("redirect_uri")?, state: field("state")? })
}

/// Writes a program that stands in for a browser: it only notes what it is to open.
fn stand_in(home: &Home) -> std::path::PathBuf {
    home.write_mode("browser", &format!("#!/bin/sh\nprintf '%s\\n' \"$1\" >\"$HOME/{OPENED}\"\n"), 0o700);
    home.at("browser")
}

/// Waits for what the stand-in notes, and returns where it leads: a program's arguments are no place for an authorize URL.
fn opened(home: &Home) -> Option<String> {
    let handed = poll(ASKS, || {
        let text = fs::read_to_string(home.at(OPENED)).ok()?;
        text.strip_suffix('\n').map(str::to_owned)
    })?;
    led_on(&handed)
}

/// Returns where a browser comes to that is handed an address: one that leads on does so by a redirect.
pub(crate) fn led_on(handed: &str) -> Option<String> {
    visit::get(handed).ok()?.header("location").map(str::to_owned)
}

#[test]
fn the_invitation_is_read_from_the_printed_address() {
    let url = "http://127.0.0.1:9/us/oauth/authorize/?response_type=code&redirect_uri=http%3A%2F%2Flocalhost%3A19284%2Fcallback&state=a%2Bb";
    let found = invitation(&printed(&format!("  {url}")).expect("it is alone on its line")).expect("it is whole");
    assert_eq!(found.callback, "http://localhost:19284/callback");
    assert_eq!(found.back(&[("code", "x")]), "http://localhost:19284/callback?code=x&state=a%2Bb");
    assert_eq!(printed("Open this address: https://x.y/oauth/authorize/?state=1"), None);
    assert_eq!(printed("https://x.y/help"), None);
    assert_eq!(invitation("http://127.0.0.1:9/us/oauth/authorize/?state=1"), None);
}

/// Returns what a stand-in for `mp` has read from its input, and what the redirect address was asked for.
#[track_caller]
fn play(oauth: &Value) -> (String, Vec<String>) {
    use std::sync::{Arc, Mutex};

    use mp_sandbox::upstream::reply::Reply;
    use mp_sandbox::upstream::server::Server;

    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    let server = Server::start(move |request| {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&request.query).finish();
        match request.path.as_str() {
            "/open" => {
                let host = request.header("host").unwrap_or_default();
                Reply::redirect(&format!("http://{host}/oauth/authorize/?{query}"))
            }
            "/oauth/authorize/" => {
                Reply::redirect(&format!("{}?code=c&state=s", request.parameter("redirect_uri").unwrap_or("")))
            }
            path => {
                log.lock().expect("nothing panics here").push(format!("{path}?{query}"));
                Reply::text(200, "You can close this window.")
            }
        }
    });
    let programs = tempfile::tempdir().expect("the disk has room");
    let program = programs.path().join("mp");
    let script = "#!/bin/sh\nif [ -n \"$BROWSER\" ]; then \"$BROWSER\" \"$2\"; else printf 'Open:\\n  %s\\n' \"$1\" >&2; fi\nread -r line\necho \"$line\"\n";
    mp_sandbox::program::write(&program, script, 0o700);
    let home = Home::new(mp_sandbox::home::Programs { mp: program.clone(), mpd: program });
    let mut marks = Marks::new(home.path(), &server.url());
    let callback = format!("{}/callback", server.url());
    let urls =
        ["oauth/authorize/", "open"].map(|path| format!("{}/{path}?redirect_uri={callback}&state=s", server.url()));
    let (done, problem) = run(&home, home.mp(urls), oauth, &mut marks);
    assert_eq!((problem, marks.callback.as_deref()), (None, Some(callback.as_str())));
    let asked = asked.lock().expect("nothing panics here").clone();
    (done.stdout.trim().replace(&callback, "<CALLBACK>"), asked)
}

#[test]
fn the_user_comes_back_in_each_of_the_ways() {
    use serde_json::json;

    let asked = |query: &str| vec![format!("/callback?{query}")];
    assert_eq!(play(&json!({"code": "x"})).1, asked("code=x&state=s"));
    assert_eq!(play(&json!({"deny": true})).1, asked("error=access_denied&state=s"));
    assert_eq!(play(&json!({"browser": true})).1, asked("code=c&state=s"));
    assert_eq!(play(&json!({"deliver": "paste"})), ("<CALLBACK>?code=code-ok&state=s".to_owned(), Vec::new()));
}
