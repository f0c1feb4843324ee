//! Logins beside other users and programs of the machine: what they see, and what they can do.

use std::fs;
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use mp_sandbox::process::raise_file_limit;
use mp_sandbox::upstream::visit;
use mp_sandbox::wait::poll;
use mp_sandbox::wire::EventStream;

use super::{AT_ONCE, Stage, come_back, sent_back, started, take_ports};
use crate::SOON;
use crate::conformance::login::{Invitation, invitation, led_on, printed};
use crate::trust::{become_stranger, can_play_stranger};

/// Sends a request for a URL to an address of this machine, and returns what comes; nothing if the other side hangs up.
fn ask(address: IpAddr, url: &str, reads: bool) -> String {
    let (host, path) = url.strip_prefix("http://").and_then(|rest| rest.split_once('/')).expect("a URL with a path");
    let port = host.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    let Ok(mut stream) = TcpStream::connect(SocketAddr::new(address, port)) else { return String::new() };
    stream.set_read_timeout(Some(SOON)).expect("a timeout");
    let mut answer = String::new();
    if write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\n\r\n").is_ok() && reads {
        // Whoever is cut off has no answer.
        let _ = stream.read_to_string(&mut answer);
    }
    answer
}

/// Returns the addresses by which a program can reach a listener, also with a socket for both families.
fn ways() -> [IpAddr; 3] {
    let v4 = Ipv4Addr::LOCALHOST;
    [v4.into(), Ipv6Addr::LOCALHOST.into(), v4.to_ipv6_mapped().into()]
}

#[test]
fn a_program_of_another_user_brings_no_code_and_learns_nothing() {
    let stage = Stage::new();
    let mut events = EventStream::open(&stage.home.socket(), None);
    let handed = stage.home.at("handed");
    stage.home.write_mode("browser", &format!("#!/bin/sh\necho \"$1\" >{}\n", handed.display()), 0o700);
    let words = ["login", "--name", "ada", "--project", "3187654"];
    let mut client = stage.home.mp(words).env("BROWSER", stage.home.at("browser")).start_open();
    let invitation = client.pick_line(SOON, printed).as_deref().and_then(invitation).expect("an address");
    let door = poll(SOON, || fs::read_to_string(&handed).ok()?.strip_suffix('\n').map(str::to_owned)).expect("opened");
    let id = started(&mut events);
    let location = sent_back(&invitation);
    if can_play_stranger("a_program_of_another_user_brings_no_code_and_learns_nothing") {
        let (door, location) = (door.clone(), location.clone());
        let answers = std::thread::spawn(move || {
            become_stranger();
            ways().map(|way| {
                // One who does not wait for the answer looks like root's, once the socket is gone.
                (0..20).for_each(|_| drop(ask(way, &location, false)));
                (ask(way, &location, true), ask(way, &door, true))
            })
        });
        for (back, opened) in answers.join().expect("the stranger ran") {
            assert!(back.is_empty() || back.starts_with("HTTP/1.1 403 "), "{back}");
            assert!(opened.is_empty() || opened.starts_with("HTTP/1.1 403 "), "{opened}");
            assert!(!opened.to_lowercase().contains("location:") && !opened.contains(&invitation.state), "{opened}");
        }
    }
    assert_eq!(stage.login(&id)["state"], "waiting_for_browser", "it still waits for its own user");
    assert_eq!(led_on(&door).as_deref(), Some(invitation.url.as_str()), "his own browser is led on");
    assert_eq!(visit::get(&location).expect("the login listens").status, 200);
    assert_eq!(client.finish().code, 0);
    assert_eq!(stage.posts(), 1);
}

/// Returns the arguments of all processes, as `ps` shows them to everybody.
fn arguments_of_all() -> Vec<String> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .filter_map(|entry| fs::read(entry.path().join("cmdline")).ok())
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .collect()
}

#[test]
fn the_arguments_of_a_browser_hold_nothing_of_use() {
    let stage = Stage::new();
    stage.home.write_mode("browser", "#!/bin/sh\necho \"$@\" >\"$HOME/handed\"\n", 0o700);
    let words = ["login", "--name", "ada", "--project", "3187654"];
    let mut client = stage.home.mp(words).env("BROWSER", stage.home.at("browser")).start_open();
    let invitation = client.pick_line(SOON, printed).as_deref().and_then(invitation).expect("an address");
    let handed = poll(SOON, || fs::read_to_string(stage.home.at("handed")).ok()?.strip_suffix('\n').map(str::to_owned))
        .expect("opened");
    for secret in [invitation.state.as_str(), "code_challenge", "client_id", "authorize"] {
        assert!(!handed.contains(secret), "{handed}");
    }
    assert!(!arguments_of_all().iter().any(|one| one.contains(&invitation.state)), "ps shows the state");
    let wrong = format!("{handed}x");
    assert_eq!(visit::get(&wrong).expect("the login listens").status, 404, "only the whole address leads on");
    // What a page of somebody else loads is not led on either.
    let image = visit::send("GET", &handed, &[("Sec-Fetch-Dest", "image")], b"").expect("the login listens");
    assert_eq!((image.status, image.header("location")), (403, None));
    let asked = visit::get(&handed).expect("the login listens");
    assert_eq!((asked.status, asked.header("location")), (302, Some(invitation.url.as_str())));
    assert_eq!(
        (asked.header("cache-control"), asked.header("referrer-policy")),
        (Some("no-store"), Some("no-referrer"))
    );
    come_back(&invitation);
    assert_eq!(client.finish().code, 0);
}

#[test]
fn crowds_of_silent_connections_keep_nobody_out() {
    raise_file_limit();
    let stage = Stage::new();
    let (client, invitation) = stage.open(&["login", "--project", "3187654"]);
    let host = invitation.callback.strip_prefix("http://").and_then(|rest| rest.strip_suffix("/callback"));
    let open = || TcpStream::connect(host.expect("an address")).expect("it listens");
    let _crowd: Vec<TcpStream> = (0..600).map(|_| open()).collect();
    // One that begins to speak and never ends is no better.
    let _slow: Vec<TcpStream> = (0..100)
        .map(|_| {
            let mut stream = open();
            stream.write_all(b"GET /callback HTTP/1.1\r\nHost: ").map(|()| stream).expect("it listens")
        })
        .collect();
    let location = sent_back(&invitation);
    let begun = Instant::now();
    assert_eq!(visit::get(&location).expect("the login listens").status, 200);
    assert!(begun.elapsed() < AT_ONCE, "after {:?}", begun.elapsed());
    assert_eq!(client.finish().code, 0);
}

/// Logs in by the callback at an address, whatever `localhost` is to a browser.
#[track_caller]
fn comes_back_to(address: &str, invitation: &Invitation) {
    let location = sent_back(invitation).replace("localhost", address);
    assert_eq!(visit::get(&location).expect("the login listens").status, 200);
}

#[test]
fn ports_that_others_have_on_one_address_block_no_login() {
    for (taken, free) in [(IpAddr::from(Ipv6Addr::LOCALHOST), "127.0.0.1"), (Ipv4Addr::LOCALHOST.into(), "[::1]")] {
        let stage = Stage::new();
        let theirs = take_ports(taken);
        if theirs.is_empty() {
            println!("skipped for {taken}: this machine does not have it");
            continue;
        }
        let (mut client, invitation) = stage.open(&["login", "--project", "3187654"]);
        assert!(super::has_said(&mut client, &taken.to_string()), "it says whose page the browser may end on");
        comes_back_to(free, &invitation);
        assert_eq!(client.finish().code, 0);
        assert_eq!(stage.accounts(), ["acme-corp"]);
    }
}

#[test]
fn a_made_up_refusal_ends_nothing_and_its_words_are_shown_nowhere() {
    let stage = Stage::new();
    let mut events = EventStream::open(&stage.home.socket(), None);
    let (client, invitation) = stage.open(&["login", "--project", "3187654"]);
    let id = started(&mut events);
    let callback = &invitation.callback;
    for query in
        ["error=access_denied&error_description=Run+evil", "error=Run+evil", "error=Run+evil&state=x", "code=x"]
    {
        let page = visit::get(&format!("{callback}?{query}")).expect("the login listens");
        assert!(page.status == 400 && !page.text().contains("evil"), "{query}: {}", page.text());
    }
    assert_eq!(stage.login(&id)["state"], "waiting_for_browser");
    // Even the provider's own words are not repeated, for nobody can tell whose they are.
    let page =
        visit::get(&invitation.back(&[("error", "Run evil"), ("error_description", "evil")])).expect("it listens");
    let done = client.finish();
    assert_eq!((page.status, done.code), (400, 2), "{}", done.stderr);
    let (shown, body) = (page.text(), stage.login(&id).to_string());
    assert!(done.stderr.contains("was denied"), "{}", done.stderr);
    for text in [shown.as_str(), &done.stderr, &body] {
        assert!(!text.contains("evil"), "{text}");
    }
}

#[test]
fn a_silent_connection_is_closed_when_the_login_is_over() {
    let stage = Stage::new();
    let (client, invitation) = stage.open(&["login", "--project", "3187654"]);
    let host = invitation.callback.strip_prefix("http://").and_then(|rest| rest.strip_suffix("/callback"));
    let mut idle = TcpStream::connect(host.expect("an address")).expect("it listens");
    idle.set_read_timeout(Some(Duration::from_secs(5))).expect("a timeout");
    come_back(&invitation);
    assert_eq!(client.finish().code, 0);
    assert_eq!(idle.read(&mut [0]).ok(), Some(0), "it is closed");
}
