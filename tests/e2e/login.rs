//! Logins in a browser, as their users live through them: left alone, denied, pasted, interrupted, and disturbed by other programs.

mod others;
mod sharing;

use std::fs::{self, File};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use mp_proto::ids::Region;
use mp_proto::routes;
use mp_sandbox::home::{Daemon, Done, Home, Running};
use mp_sandbox::process::callback_ports;
use mp_sandbox::upstream::oauth::REDIRECT_PORTS;
use mp_sandbox::upstream::{ADA, Consent, SOL, Upstream, User, visit};
use mp_sandbox::wait::{eventually, poll};
use mp_sandbox::wire::{Answer, Ask, EventStream};
use serde_json::Value;

use crate::conformance::login::{Invitation, invitation, printed};
use crate::grants::{TOKEN, World};
use crate::{SOON, empty};

/// Shorter than a look of the client, which is 25 s: what is told within it was told at once.
const AT_ONCE: Duration = Duration::from_secs(10);

/// An empty home with a daemon, a provider, and the callback ports for itself. It checks that the provider had nothing to object to.
pub(crate) struct Stage {
    pub(crate) daemon: Daemon,
    pub(crate) home: Home,
    pub(crate) upstream: Upstream,
    _ports: File,
}

impl Stage {
    fn new() -> Self {
        Self::with(&[])
    }

    /// Returns a stage whose daemon has these arguments.
    pub(crate) fn with(arguments: &[&str]) -> Self {
        let ports = callback_ports();
        let (mut home, upstream) = (empty(), Upstream::start());
        home.set("MPD_UPSTREAM", &upstream.url());
        let daemon = home.start_with(|mpd| mpd.args(arguments));
        Self { daemon, home, upstream, _ports: ports }
    }

    /// Starts a login that waits for the browser and for a paste.
    #[track_caller]
    pub(crate) fn open(&self, words: &[&str]) -> (Running, Invitation) {
        let mut running = self.home.mp([words, &["--no-browser"]].concat()).start_open();
        match running.pick_line(SOON, printed).as_deref().map(invitation) {
            Some(Some(invitation)) => (running, invitation),
            _ => panic!("no address came: {}", ended(running).stderr),
        }
    }

    /// Logs in: the user does with the address what the provider is told.
    #[track_caller]
    fn log_in(&self, words: &[&str]) -> Done {
        let (running, invitation) = self.open(words);
        come_back(&invitation);
        running.finish()
    }

    fn login(&self, id: &str) -> Value {
        self.home.ask(&Ask::get(routes::fill(routes::LOGIN, id))).ok()
    }

    fn posts(&self) -> usize {
        self.upstream.count("POST", TOKEN)
    }

    fn account(&self, name: &str) -> Option<toml::Value> {
        let config: toml::Table = self.home.read(".mp/config.toml").parse().expect("it parses");
        config.get("accounts")?.get(name).cloned()
    }

    fn accounts(&self) -> Vec<String> {
        let list = self.home.mp(["account", "list", "-f", "json"]).json();
        let name = |account: &Value| account["name"].as_str().expect("a text").to_owned();
        list.as_array().expect("a list").iter().map(name).collect()
    }

    #[track_caller]
    fn nothing_is_stored(&self) {
        let files = files_below(&self.home.root());
        let stored = |path: &&PathBuf| path.starts_with(self.home.at(".mp/accounts")) || path.ends_with("config.toml");
        assert_eq!(files.iter().filter(stored).collect::<Vec<_>>(), Vec::<&PathBuf>::new());
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.upstream.problems(), Vec::<String>::new());
        }
    }
}

/// Returns where the provider sends the browser of a user who has opened the address.
#[track_caller]
pub(crate) fn sent_back(invitation: &Invitation) -> String {
    let answer = visit::get(&invitation.url).expect("the provider answers");
    assert_eq!(answer.status, 302, "{}", answer.text());
    answer.header("location").expect("a redirect says where to").to_owned()
}

/// Opens the address and goes where the provider sends to. Returns the page that the user sees in the end.
#[track_caller]
pub(crate) fn come_back(invitation: &Invitation) -> Answer {
    visit::get(&sent_back(invitation)).expect("the login listens")
}

pub(crate) fn files_below(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().map(|entry| entry.expect("readable").path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

fn ended(mut running: Running) -> Done {
    running.kill();
    running.finish()
}

/// Returns whether a call has said this so far.
fn has_said(running: &mut Running, text: &str) -> bool {
    running.pick_line(Duration::ZERO, |line| line.contains(text).then_some(())).is_some()
}

#[track_caller]
pub(crate) fn says(running: &mut Running, text: &str) {
    assert!(running.pick_line(SOON, |line| line.contains(text).then_some(())).is_some(), "it does not say {text:?}");
}

/// Presses Ctrl-C.
pub(crate) fn interrupt(running: &Running) {
    let pid = i32::try_from(running.pid()).ok().and_then(rustix::process::Pid::from_raw).expect("a process id");
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("it runs");
}

/// Returns the id of the next login that starts.
pub(crate) fn started(events: &mut EventStream) -> String {
    let event = events.until("login.started").pop().expect("the last one");
    event.data["id"].as_str().expect("a text").to_owned()
}

#[test]
fn two_clients_share_a_login_that_survives_the_one_that_began_it() {
    let stage = Stage::new();
    let words = ["login", "--name", "ada", "--project", "3187654", "--no-browser"];
    let mut both = [stage.home.mp(words).start_open(), stage.home.mp(words).start_open()];
    let urls = both.each_mut().map(|one| one.pick_line(SOON, printed).expect("an address"));
    assert_eq!(urls[0], urls[1]);
    let joined = both.each_mut().map(|one| has_said(one, "open already"));
    assert!(joined[0] != joined[1], "one began and one joined, but {joined:?}");
    let [one, other] = both;
    let (began, joined) = if joined[1] { (one, other) } else { (other, one) };
    assert_eq!(ended(began).code, -9);
    come_back(&invitation(&urls[0]).expect("it is whole"));
    let done = joined.finish();
    assert_eq!((done.code, done.stdout.as_str()), (0, "Logged in as ada@example.com → ada · Web Shop\n"), "{done:?}");
    assert_eq!(stage.posts(), 1);
    let tokens: Value = serde_json::from_str(&stage.home.read(".mp/accounts/ada/tokens.json")).expect("JSON");
    assert!(stage.upstream.is_usable_refresh(tokens["refresh_token"].as_str().expect("a text")));
    let account = stage.account("ada").expect("it is stored");
    assert_eq!(account["default_project"].as_str(), Some("3187654"));
}

#[test]
fn a_login_comes_to_its_end_without_any_client() {
    let stage = Stage::new();
    let mut events = EventStream::open(&stage.home.socket(), None);
    let (client, invitation) = stage.open(&["login", "--name", "ada", "--project", "3187654"]);
    let id = started(&mut events);
    assert_eq!(ended(client).code, -9);
    assert_eq!(come_back(&invitation).status, 200);
    let done = poll(SOON, || Some(stage.login(&id)).filter(|login| login["state"] == "done")).expect("it is done");
    assert_eq!((&done["account"], &done["result"]["user_email"]), (&"ada".into(), &"ada@example.com".into()));
    assert!(stage.home.at(".mp/accounts/ada/tokens.json").exists());
    assert!(stage.home.mp(["project", "list"]).ok().contains("Web Shop"), "the account works");
}

#[test]
fn a_denial_is_told_at_once_and_a_later_login_works() {
    let stage = Stage::new();
    stage.upstream.set_consent(Consent::Deny);
    let (client, invitation) = stage.open(&["login", "--project", "3187654"]);
    let denied = Instant::now();
    let page = come_back(&invitation);
    let done = client.finish();
    assert!(denied.elapsed() < AT_ONCE, "after {:?}", denied.elapsed());
    assert_eq!((page.status, done.code, done.stdout.as_str()), (400, 2, ""), "{}", done.stderr);
    assert!(page.text().contains("access_denied"), "{}", page.text());
    assert!(done.stderr.contains("access_denied") && done.stderr.contains("hint: mp login"), "{}", done.stderr);
    stage.nothing_is_stored();
    assert_eq!(stage.posts(), 0);
    stage.upstream.set_consent(Consent::Allow);
    assert_eq!(stage.log_in(&["login", "--project", "3187654"]).code, 0);
}

#[test]
fn a_wrong_paste_is_explained_and_the_right_one_finishes() {
    let stage = Stage::new();
    let (mut client, invitation) = stage.open(&["login", "--project", "3187654"]);
    let location = sent_back(&invitation);
    client.write("what is this for?\n").expect("it reads");
    says(&mut client, "no `code` and `state`");
    client.write(&format!("{}?code=x&state=another\n", invitation.callback)).expect("it reads");
    says(&mut client, "belongs to another login");
    assert_eq!(stage.posts(), 0);
    client.write(&format!("  {location}\r\n")).expect("it reads");
    let done = client.finish();
    assert_eq!((done.code, stage.posts()), (0, 1), "{}", done.stderr);
    assert_eq!(stage.accounts(), ["acme-corp"]);
}

#[test]
fn without_a_free_port_only_a_paste_finishes_a_login() {
    let stage = Stage::new();
    // A port that is not ours to take is taken already.
    let taken = [take_ports(Ipv4Addr::LOCALHOST.into()), take_ports(Ipv6Addr::LOCALHOST.into())];
    let words = ["login", "--project", "3187654"];
    let told = stage.home.mp(words).env("BROWSER", "/bin/true").fails(2);
    for port in REDIRECT_PORTS {
        assert!(told.contains(&port.to_string()), "{told}");
    }
    assert!(told.contains("hint: mp login --no-browser"), "{told}");
    assert_eq!(stage.upstream.requests().len(), 0);
    let (mut client, invitation) = stage.open(&words);
    assert!(has_said(&mut client, "pasted"), "it tells that nobody listens");
    client.write(&format!("{}\n", sent_back(&invitation))).expect("it reads");
    let done = client.finish();
    assert_eq!(done.code, 0, "{}", done.stderr);
    drop(taken);
}

/// Takes the ports for logins on an address, as far as it has them.
pub(crate) fn take_ports(address: IpAddr) -> Vec<TcpListener> {
    REDIRECT_PORTS.filter_map(|port| TcpListener::bind((address, port)).ok()).collect()
}

#[test]
fn stray_traffic_does_not_end_a_login() {
    let stage = Stage::new();
    let (client, invitation) = stage.open(&["login", "--project", "3187654"]);
    let host = invitation.callback.strip_prefix("http://").and_then(|rest| rest.strip_suffix("/callback"));
    let idle: Vec<TcpStream> = (0..3).map(|_| TcpStream::connect(host.expect("an address")).expect("open")).collect();
    let callback = &invitation.callback;
    let refused = |method: &str, url: &str, headers: &[(&str, &str)]| {
        let begun = Instant::now();
        let answer = visit::send(method, url, headers, b"").expect("an answer");
        assert!(begun.elapsed() < AT_ONCE, "{method} {url} took {:?}", begun.elapsed());
        assert!(!answer.text().contains(&invitation.state), "{method} {url}");
        answer.status
    };
    let as_image = [("Sec-Fetch-Dest", "image")];
    let wrong = format!("{callback}?code=x&state=wrong");
    assert_eq!(refused("GET", &callback.replace("/callback", "/favicon.ico"), &[]), 404);
    assert_eq!(refused("GET", &wrong, &[]), 400);
    assert_eq!(refused("GET", &format!("{callback}?error=access_denied&state=wrong"), &[]), 400);
    assert_eq!(refused("GET", &format!("{callback}?error=access_denied&error_description=Call+555"), &[]), 400);
    assert_eq!(refused("GET", callback, &[]), 400);
    assert_eq!(refused("POST", &invitation.back(&[("code", "x")]), &[]), 405);
    assert_eq!(refused("GET", &format!("{callback}?error=x"), &as_image), 403);
    assert_eq!(refused("GET", &invitation.back(&[("code", "x")]), &as_image), 403);
    assert_eq!(come_back(&invitation).status, 200);
    let done = client.finish();
    assert_eq!((done.code, stage.posts()), (0, 1), "{}", done.stderr);
    drop(idle);
}

#[test]
fn without_a_terminal_several_projects_are_listed_and_the_hint_finishes_the_login() {
    let stage = Stage::new();
    let mut events = EventStream::open(&stage.home.socket(), None);
    let done = stage.log_in(&["login", "--name", "ada"]);
    assert_eq!((done.code, done.stdout.as_str()), (1, ""), "{}", done.stderr);
    for text in ["3187654", "Web Shop", "3187655", "Mobile", "hint: mp login --name ada --project ID", "stays open"] {
        assert!(done.stderr.contains(text), "{text} is not in {}", done.stderr);
    }
    stage.nothing_is_stored();
    assert_eq!(stage.login(&started(&mut events))["state"], "choose_project", "it waits for the one who finishes it");
    let wrong = stage.home.mp(["login", "--name", "ada", "--project", "1"]).fails(4);
    assert!(wrong.contains("sees no project 1"), "{wrong}");
    let done = stage.home.mp(["login", "--name", "ada", "--project", "3187655"]).run();
    assert_eq!(
        (done.code, done.stdout.as_str()),
        (0, "Logged in as ada@example.com → ada · Mobile\n"),
        "{}",
        done.stderr
    );
    assert_eq!(stage.posts(), 1, "nobody had to log in twice");
    assert_eq!(stage.account("ada").expect("it is stored")["default_project"].as_str(), Some("3187655"));
}

#[test]
fn the_hint_of_a_service_account_is_one_of_a_service_account() {
    let stage = Stage::new();
    stage.upstream.add_service_account(Region::Us, "svc", "hush", ADA);
    let call = |words: &[&str]| stage.home.mp(words).env("MP_USERNAME", "svc").env("MP_SECRET", "hush");
    let told = call(&["login", "-S", "--region", "us"]).fails(1);
    assert!(told.contains("hint: mp login -S --region us --project ID "), "{told}");
    let done = call(&["login", "-S", "--region", "us", "--project", "3187654"]).run();
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!(done.stderr.contains("open already"), "{}", done.stderr);
    assert_eq!(stage.account("acme-corp").expect("it is stored")["username"].as_str(), Some("svc"));
}

#[test]
fn the_same_user_keeps_one_account_and_another_user_gets_another() {
    let stage = Stage::new();
    assert_eq!(stage.log_in(&["login", "--project", "3187655"]).code, 0);
    let first = stage.home.read(".mp/accounts/acme-corp/tokens.json");
    let again = stage.log_in(&["login"]);
    assert_eq!((again.code, again.stdout.as_str()), (0, "Logged in as ada@example.com → acme-corp · Mobile\n"));
    assert_ne!(stage.home.read(".mp/accounts/acme-corp/tokens.json"), first);
    assert_eq!(stage.accounts(), ["acme-corp"]);
    stage.upstream.set_user(SOL);
    assert_eq!(stage.log_in(&["login"]).code, 0);
    assert_eq!(stage.accounts(), ["acme-corp", "solo-ltd"]);
    // A colleague of Ada's is not Ada.
    let colleague = User::new(77, "bob@example.com", "Bob").organization(100, "Acme Corp");
    let id = colleague.id;
    stage.upstream.put_user(colleague.project(3_187_655, "Mobile", Region::Us, &[]));
    stage.upstream.set_user(id);
    assert_eq!(stage.log_in(&["login"]).code, 0);
    assert_eq!(stage.accounts(), ["acme-corp", "acme-corp-2", "solo-ltd"]);
}

#[test]
fn ctrl_c_cancels_the_login_that_it_began_and_no_other() {
    let stage = Stage::new();
    let mut events = EventStream::open(&stage.home.socket(), None);
    let words = ["login", "--name", "ada", "--project", "3187654"];
    let (began, invitation) = stage.open(&words);
    let id = started(&mut events);
    let (joined, _) = stage.open(&words);
    interrupt(&joined);
    assert_eq!(joined.finish().code, 130);
    assert_eq!(stage.login(&id)["state"], "waiting_for_browser", "it was not the joiner's to end");
    interrupt(&began);
    let done = began.finish();
    assert_eq!((done.code, done.stdout.as_str()), (130, ""), "{}", done.stderr);
    assert_eq!(stage.login(&id)["state"], "failed");
    let port = invitation.callback.strip_suffix("/callback").and_then(|rest| rest.rsplit(':').next()?.parse().ok());
    let address = (Ipv4Addr::LOCALHOST, port.expect("a port"));
    eventually(SOON, "the port is free", || TcpListener::bind(address).is_ok());
    stage.nothing_is_stored();
}

#[test]
fn a_broken_config_is_found_before_anything_is_sent() {
    let stage = Stage::new();
    stage.home.write(".mp/config.toml", "[accounts.x]\ntype = \"oauth_brow");
    let told = stage.home.mp(["login", "--no-browser"]).fails(1);
    assert!(told.contains("config.toml:2:"), "{told}");
    assert_eq!(stage.upstream.requests().len(), 0);
}

#[test]
fn after_a_logout_calls_name_the_login() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    world.home.mp(["account", "logout", "ada"]).ok();
    for words in [&["project", "list"][..], &["dashboards", "list"], &["account", "test", "ada"]] {
        let done = world.home.mp(words).run();
        assert_eq!(done.code, 2, "{words:?}: {}{}", done.stdout, done.stderr);
    }
    let told = world.home.mp(["project", "list"]).fails(2);
    assert!(told.contains("hint: mp account login ada"), "{told}");
    assert_eq!(world.upstream.requests().len(), 0);
}

#[test]
fn names_outlive_a_logout_but_new_ones_need_a_login() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let known = world.home.mp(["project", "list"]).ok();
    world.home.mp(["account", "logout", "ada"]).ok();
    // As the Python tool does: a logout takes the tokens, and names are no credential.
    assert_eq!(world.home.mp(["project", "list"]).ok(), known);
    let told = world.home.mp(["project", "list", "--refresh"]).fails(2);
    assert!(told.contains("hint: mp account login ada"), "{told}");
    assert_eq!(world.upstream.requests().len(), 1);
}

#[test]
fn a_project_of_another_region_is_refused_with_the_command_that_works() {
    let stage = Stage::new();
    let user = User::new(ADA.0, "ada@example.com", "Ada L").organization(100, "Acme Corp");
    stage.upstream.put_user(user.project(5_000_001, "Shop EU", Region::Eu, &[]));
    let done = stage.log_in(&["login"]);
    assert_eq!((done.code, done.stdout.as_str()), (1, ""), "{}", done.stderr);
    assert!(done.stderr.contains("hint: mp login --region eu --project 5000001"), "{}", done.stderr);
    stage.nothing_is_stored();
    assert_eq!(stage.log_in(&["login", "--region", "eu", "--project", "5000001"]).code, 0);
    let account = stage.account("acme-corp").expect("it is stored");
    assert_eq!(account["region"].as_str(), Some("eu"));
}
