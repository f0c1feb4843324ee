//! Logins as several tools and commands share them: one tab, listed, cancelled, and pasted into.

use std::fs;

use mp_proto::routes;
use mp_sandbox::home::Running;
use mp_sandbox::wait::eventually;
use mp_sandbox::wire::{Ask, EventStream};
use serde_json::json;

use super::{Stage, come_back, sent_back, started};
use crate::SOON;
use crate::conformance::login::{invitation, printed};

const LOGIN: [&str; 5] = ["login", "--name", "ada", "--project", "3187654"];

#[test]
fn a_login_that_many_join_opens_one_tab() {
    let stage = Stage::new();
    // As Windows' own browser below WSL: it works, and ends with 1. What the system has besides stands beside it.
    for name in ["browser", "bin/xdg-open", "bin/gio", "bin/gnome-open", "bin/wslview"] {
        stage.home.write_mode(name, &format!("#!/bin/sh\necho {name} \"$@\" >>\"$HOME/tabs\"\nexit 1\n"), 0o700);
    }
    let path = format!("{}:/usr/bin:/bin", stage.home.at("bin").display());
    let start = || stage.home.mp(LOGIN).env("BROWSER", stage.home.at("browser")).env("PATH", &path).start_open();
    let mut all: Vec<Running> = (0..5).map(|_| start()).collect();
    let urls: Vec<String> = all.iter_mut().map(|one| one.pick_line(SOON, printed).expect("an address")).collect();
    assert!(urls.iter().all(|url| *url == urls[0]), "{urls:?}");
    let tabs = || fs::read_to_string(stage.home.at("tabs")).unwrap_or_default();
    eventually(SOON, "a tab is opened", || tabs().ends_with('\n'));
    come_back(&invitation(&urls[0]).expect("it is whole"));
    for one in all {
        let done = one.finish();
        assert_eq!(
            (done.code, done.stdout.as_str()),
            (0, "Logged in as ada@example.com → ada · Web Shop\n"),
            "{done:?}"
        );
    }
    assert_eq!(tabs().lines().count(), 1, "{}", tabs());
    assert!(tabs().starts_with("browser http://"), "{}", tabs());
}

#[test]
fn who_wants_no_browser_leaves_the_tab_to_the_next() {
    let stage = Stage::new();
    let (first, invitation) = stage.open(&LOGIN);
    stage.home.write_mode("browser", "#!/bin/sh\necho \"$1\" >>\"$HOME/tabs\"\n", 0o700);
    let second = stage.home.mp(LOGIN).env("BROWSER", stage.home.at("browser")).start_open();
    let tabs = || fs::read_to_string(stage.home.at("tabs")).unwrap_or_default();
    eventually(SOON, "a tab is opened", || tabs().ends_with('\n'));
    come_back(&invitation);
    assert_eq!((first.finish().code, second.finish().code), (0, 0));
}

#[test]
fn logins_are_listed_and_cancelled() {
    let stage = Stage::new();
    assert_eq!(stage.home.mp(["login", "--list"]).ok(), "(no logins are open)\n");
    assert_eq!(stage.home.mp(["login", "--list", "-f", "json"]).json(), json!([]));
    let mut events = EventStream::open(&stage.home.socket(), None);
    let (client, invitation) = stage.open(&LOGIN);
    let id = started(&mut events);
    let listed = stage.home.mp(["login", "--list", "-f", "json"]).json();
    assert_eq!(listed[0]["id"], id.as_str());
    assert_eq!((&listed[0]["state"], &listed[0]["account"]), (&json!("waiting_for_browser"), &json!("ada")));
    let table = stage.home.mp(["login", "--list"]).ok();
    assert!(table.contains(&id) && table.contains("waiting_for_browser") && table.contains("UNTIL"), "{table}");
    for shown in [listed.to_string(), table] {
        assert!(!shown.contains(&invitation.state), "what opens a login is for the one who joins it: {shown}");
    }
    let unknown = stage.home.mp(["login", "--cancel", "nobody"]).fails(4);
    assert!(unknown.contains("hint: mp login --list"), "{unknown}");
    for wrong in [
        &["login", "--list", "--cancel", "x"][..],
        &["login", "--list", "--name", "ada"],
        &["login", "--cancel", "x", "-S"],
    ] {
        assert_eq!(stage.home.mp(wrong).run().code, 3, "{wrong:?}");
    }
    assert_eq!(stage.home.mp(["login", "--cancel", &id]).ok(), "Cancelled the login\n");
    let done = client.finish();
    assert_eq!(done.code, 2, "{}", done.stderr);
    assert!(done.stderr.contains("was cancelled"), "{}", done.stderr);
    assert_eq!(stage.home.mp(["login", "--list", "-f", "json"]).json(), json!([]));
    stage.nothing_is_stored();
}

#[test]
fn an_address_that_was_broken_into_lines_is_joined() {
    let stage = Stage::new();
    let (mut client, shown) = stage.open(&LOGIN);
    let location = sent_back(&shown);
    let (first, rest) = location.split_at(location.len() / 2);
    let (second, third) = rest.split_at(rest.len() / 2);
    client.write(&format!("{first}\n  {second}\r\n{third}\n")).expect("it reads");
    let done = client.finish();
    assert_eq!((done.code, stage.posts()), (0, 1), "{}", done.stderr);
    // The same for those who ask the daemon themselves.
    let begun = stage.home.ask(&Ask::change("POST", routes::LOGINS, &json!({"account": "ada"}))).ok();
    let id = begun["id"].as_str().expect("a text");
    let location = sent_back(&begun["authorize_url"].as_str().and_then(invitation).expect("an address"));
    let (first, second) = location.split_at(location.len() - 9);
    let body = json!({"url": format!("{first}\n{second}")});
    stage.home.ask(&Ask::change("POST", routes::fill(routes::LOGIN_CALLBACK, id), &body)).ok();
    eventually(SOON, "it is done", || stage.login(id)["state"] == "done");
}
