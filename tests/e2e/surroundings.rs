//! Who starts the daemon does not decide for everybody without their knowing: proxies, certificates, limits and namespaces.

use std::path::Path;
use std::process::{Command, Output};

use mp_proto::routes;
use mp_sandbox::gateway::Gateway;
use mp_sandbox::home::{Call, Home};
use mp_sandbox::program;
use mp_sandbox::upstream::{ADA, Upstream};
use mp_sandbox::wait::poll;
use mp_sandbox::wire::Ask;

use crate::{SOON, configured, session};

/// What tells that a caller's variables are not the daemon's.
const NOTE: &str = "the daemon goes by the variables of its start";

/// Asks Mixpanel itself, which the sandbox has no way to but through a gateway.
fn ask(home: &Home) -> Call {
    home.mp(["api", "me"])
}

/// A home with the authority of a gateway in it, and the path of that.
fn inside() -> (Home, Gateway, String) {
    let home = configured();
    home.write("ca.pem", Gateway::authority());
    let path = home.at("ca.pem").display().to_string();
    (home, Gateway::start(), path)
}

fn notes(stderr: &str) -> Vec<&str> {
    stderr.lines().filter(|line| line.starts_with("note: ") && line.contains(NOTE)).collect()
}

#[track_caller]
fn doctor(call: Call) -> String {
    let done = call.run();
    format!("{}{}", done.stdout, done.stderr)
}

#[test]
fn a_proxy_of_one_shell_is_told_in_the_other_and_a_restart_settles_it() {
    let (home, gateway, ca) = inside();
    let there = |call: Call| call.env("HTTPS_PROXY", gateway.http()).env("SSL_CERT_FILE", &ca);
    let done = there(ask(&home)).run();
    assert_eq!((done.code, notes(&done.stderr).len()), (0, 0), "{}", done.stderr);
    assert_eq!(gateway.take_seen(), ["HTTP mixpanel.com:443"]);

    let done = home.mp(["session"]).run();
    let told = notes(&done.stderr);
    assert_eq!(told.len(), 1, "{}", done.stderr);
    for part in ["it has HTTPS_PROXY, SSL_CERT_FILE", "here is nothing", "`mp daemon restart`", "[settings.network]"] {
        assert!(told[0].contains(part), "{part}: {}", told[0]);
    }
    assert!(!done.stderr.contains(&gateway.http()), "names, not values");
    assert_eq!(home.mp(["session", "-q"]).run().stderr, "");
    let found = doctor(home.mp(["daemon", "doctor"]));
    assert!(found.contains(NOTE) && found.contains("go through the proxy http://127.0.0.1:"), "{found}");

    home.mp(["daemon", "restart"]).ok();
    assert_eq!(home.mp(["session"]).run().stderr, "");
    assert!(!home.mp(["daemon", "status"]).ok().contains("proxy"));
    let told = there(home.mp(["session"])).run().stderr;
    assert!(told.contains("it has nothing, here is HTTPS_PROXY, SSL_CERT_FILE"), "{told}");

    there(home.mp(["daemon", "restart"])).ok();
    assert_eq!(there(ask(&home)).run().stderr, "");
    assert_eq!(gateway.take_seen(), ["HTTP mixpanel.com:443"]);
}

#[test]
fn a_setting_decides_for_all_and_silences_the_note() {
    let (home, gateway, ca) = inside();
    let config = home.read(".mp/config.toml");
    let set = |proxy: &str| {
        let network = format!("\n[settings.network]\nproxy = \"{proxy}\"\nca_file = \"{ca}\"\n");
        home.replace(".mp/config.toml", &format!("{config}{network}"));
    };
    set(&gateway.http());
    let done = ask(&home).env("HTTPS_PROXY", "http://127.0.0.1:9").env("SSL_CERT_FILE", "/none").run();
    assert_eq!((done.code, done.stderr.as_str()), (0, ""), "{}", done.stdout);
    assert_eq!(gateway.take_seen(), ["HTTP mixpanel.com:443"]);
    set(&gateway.socks());
    assert_eq!(ask(&home).run().code, 0);
    assert_eq!(gateway.take_seen(), ["SOCKS mixpanel.com:443"], "the next call goes the new way");
    let status = home.mp(["daemon", "status"]).ok();
    assert!(status.contains("by proxy in [settings.network]"), "{status}");
    set("");
    let found = doctor(home.mp(["daemon", "doctor"]));
    assert!(!found.contains("go through the proxy"), "an empty one is none: {found}");
}

#[test]
fn a_socks_proxy_may_come_from_the_environment() {
    let (home, gateway, ca) = inside();
    ask(&home).env("all_proxy", gateway.socks()).env("SSL_CERT_FILE", &ca).ok();
    assert_eq!(gateway.take_seen(), ["SOCKS mixpanel.com:443"]);
}

#[test]
fn what_is_wrong_with_the_way_is_named() {
    let (home, gateway, ca) = inside();
    let proxy = gateway.http();
    for (variables, expected) in [
        (
            &[("HTTPS_PROXY", proxy.as_str()), ("SSL_CERT_FILE", "/none.pem")][..],
            "/none.pem (SSL_CERT_FILE at the daemon's start)",
        ),
        (&[("HTTPS_PROXY", "http://127.0.0.1:1")], "the proxy http://127.0.0.1:1 (HTTPS_PROXY at the daemon's start)"),
        (&[("https_proxy", "gopher://u:hunter2@p")], "https_proxy at the daemon's start is no proxy: expected http://"),
        (&[("ALL_PROXY", "socks5://127.0.0.1:1")], "the proxy socks5://127.0.0.1:1 (ALL_PROXY at the daemon's start)"),
        (&[("HTTPS_PROXY", &proxy)], "trusted are the certificates of the system (ca_file in [settings.network]"),
    ] {
        let with = |call: Call| variables.iter().fold(call, |call, (name, value)| call.env(name, value));
        with(home.mp(["daemon", "restart"])).ok();
        let told = with(ask(&home)).fails(1);
        assert!(told.contains(expected) && told.contains("mp daemon doctor --online"), "{variables:?}: {told}");
        assert!(!told.contains("hunter2"));
        // Whoever follows the hint finds the same.
        let found = doctor(with(home.mp(["daemon", "doctor", "--online"])));
        assert!(found.contains("fail") && found.contains(expected.split(" (").next().unwrap_or_default()), "{found}");
    }
    let network = format!("\n[settings.network]\nproxy = 5\nca_file = \"{ca}\"\n");
    home.replace(".mp/config.toml", &format!("{}{network}", home.read(".mp/config.toml")));
    assert!(ask(&home).fails(1).contains("[settings.network] proxy is an integer"));
}

#[test]
fn doctor_asks_mixpanel_for_the_time() {
    let (home, gateway, ca) = inside();
    let there = |words: &[&str]| home.mp(words).env("HTTPS_PROXY", gateway.http()).env("SSL_CERT_FILE", &ca);
    assert!(there(&["daemon", "doctor", "--online"]).ok().contains("Mixpanel was not asked"));
    there(&["daemon", "start"]).ok();
    gateway.set_date("Sun, 06 Nov 1994 08:49:37 GMT");
    let found = there(&["daemon", "doctor", "--online"]).ok();
    assert!(found.contains("https://mixpanel.com answers") && found.contains("s ahead of Mixpanel's"), "{found}");
    assert!(!there(&["daemon", "doctor"]).ok().contains("mixpanel.com answers"), "it was not asked to");
}

/// Runs `mp` in a shell that does something before.
fn after(home: &Home, before: &str, words: &str) -> Output {
    let mut shell = home.command(Path::new("/bin/sh"));
    shell.arg("-c").arg(format!("{before} && exec \"$0\" {words}")).arg(&home.programs().mp);
    shell.output().expect("there is a shell")
}

#[test]
fn a_daemon_of_a_shell_with_low_limits_says_so_and_serves_all_the_same() {
    let home = configured();
    assert!(after(&home, "ulimit -n 64", "session").status.success());
    let done = home.mp(["session"]).run();
    assert_eq!(done.code, 0);
    assert!(done.stderr.contains("may open only 64 files and serves 18 connections at once"), "{}", done.stderr);
    let found = doctor(home.mp(["daemon", "doctor"]));
    assert!(found.contains("only 64 files") && found.contains("mp daemon restart"), "{found}");
    std::thread::scope(|scope| {
        for _ in 0..60 {
            scope.spawn(|| session(&mut home.connect()));
        }
    });
    home.mp(["daemon", "restart"]).ok();
    assert_eq!(home.mp(["session"]).run().stderr, "");
    let status = home.ask(&Ask::get(routes::STATUS)).ok();
    assert!(status["process"]["open_files"].as_u64() > Some(64), "{status}");
}

#[test]
fn a_file_that_may_not_grow_is_an_error_and_no_death() {
    let home = configured();
    // The limit counts in blocks of 512 bytes, or of 1,024.
    home.replace(".mp/config.toml", &format!("# {}\n{}", "x".repeat(2000), home.read(".mp/config.toml")));
    assert!(after(&home, "ulimit -f 1", "session").status.success());
    let before = home.daemon().expect("it runs");
    let told = home.mp(["project", "use", "5"]).fails(1);
    assert!(told.contains("too large"), "{told}");
    let done = home.mp(["session"]).run();
    assert!(done.code == 0 && done.stderr.contains("as `ulimit -f` said"), "{}", done.stderr);
    assert_eq!(home.daemon(), Some(before), "the same daemon");
    home.mp(["daemon", "restart"]).ok();
    home.mp(["project", "use", "5"]).ok();
}

/// Returns the ways to a network of its own here: with the daemon's user, and with one of its own, which may not look at who is outside.
fn unshare() -> Vec<&'static str> {
    let works = |command: &&str| {
        let mut words = command.split(' ');
        let program = words.next().unwrap_or_default();
        Command::new(program).args(words).arg("true").output().is_ok_and(|done| done.status.success())
    };
    ["unshare -n", "unshare -rn"].into_iter().filter(works).collect()
}

#[test]
fn a_daemon_in_another_network_is_named_by_its_errors_and_by_doctor() {
    let mut home = configured();
    let upstream = Upstream::start();
    upstream.add_service_account(mp_proto::ids::Region::Us, "sa.user", "hunter2", ADA);
    home.set("MPD_UPSTREAM", &upstream.url());
    for unshare in unshare() {
        let mut shell = home.command(Path::new("/bin/sh"));
        shell.arg("-c").arg(format!("exec {unshare} \"$0\" session")).arg(&home.programs().mp);
        assert!(shell.output().expect("there is a shell").status.success());
        let told = ask(&home).fails(1);
        assert!(told.contains("lives in another network") && told.contains("hint: mp daemon restart"), "{told}");
        let found = doctor(home.mp(["daemon", "doctor"]));
        assert!(
            found.contains("the daemon lives in another network") && found.contains("mp daemon restart"),
            "{found}"
        );
        home.mp(["daemon", "restart"]).ok();
        ask(&home).ok();
        home.mp(["daemon", "stop"]).ok();
    }
    ask(&home).ok();
    assert!(!doctor(home.mp(["daemon", "doctor"])).contains("namespace"), "there is none to tell of");
}

#[test]
fn a_stand_in_for_mixpanel_is_told_to_those_who_have_none() {
    let home = configured();
    let upstream = Upstream::start();
    home.mp(["daemon", "start"]).env("MPD_UPSTREAM", upstream.url()).ok();
    let told = home.mp(["session"]).run().stderr;
    assert!(told.contains("it has MPD_UPSTREAM, here is nothing; `mp daemon restart`"), "{told}");
    assert_eq!(home.mp(["session"]).env("MPD_UPSTREAM", format!("{}/", upstream.url())).run().stderr, "");
    // Whoever is no client of ours has nothing to compare.
    assert!(home.ask(&Ask::get(routes::SESSION)).header(routes::NOTE_HEADER).is_none());
    home.mp(["daemon", "restart"]).ok();
    assert_eq!(home.mp(["session"]).run().stderr, "");
}

/// Each way in which a start can fail that leads to doctor.
#[test]
fn doctor_finds_the_reason_for_which_a_start_fails() {
    type Spoil = fn(&Home);
    type Spoiled = (&'static str, Spoil, &'static [(&'static str, &'static str)]);
    let spoiled: [Spoiled; 4] = [
        ("is not a log filter", |_| {}, &[("MPD_LOG", "loud")]),
        ("must be http or https on a loopback host", |_| {}, &[("MPD_UPSTREAM", "http://mixpanel.com")]),
        ("could not open the log", |home| home.write(".mp/run/mpd.log/x", ""), &[]),
        ("is in the way and is not a socket", |home| home.write(".mp/run/mpd.sock", ""), &[]),
    ];
    for (reason, spoil, variables) in spoiled {
        let home = configured();
        spoil(&home);
        let with = |call: Call| variables.iter().fold(call, |call, (name, value)| call.env(name, value));
        let told = with(home.mp(["session"])).fails(6);
        assert!(told.contains(reason) && told.contains("mp daemon doctor"), "{reason}: {told}");
        let found = with(home.mp(["daemon", "doctor"])).run();
        assert!(found.code != 0 && found.stdout.contains(reason), "{reason}: {}{}", found.stdout, found.stderr);
    }
}

#[test]
fn doctor_tells_a_program_that_is_another_mpd() {
    let home = configured();
    let beside = home.at("bin/mp");
    home.write_mode("bin/mpd", "#!/bin/sh\necho 'Music Player Daemon 0.23.12'\n", 0o755);
    program::copy(&home.programs().mp, &beside);
    let done = home.command(&beside).args(["daemon", "doctor"]).output().expect("it runs");
    let found = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(!done.status.success() && found.contains("bin/mpd is not Mixpanel's mpd"), "{found}");
}

#[test]
fn a_restart_is_not_forestalled_by_a_client_of_another_shell() {
    let home = configured();
    home.mp(["daemon", "start"]).ok();
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    home.mp(["session", "-q"]).run();
                }
            });
        }
        let restarted = home.mp(["daemon", "restart"]).env("HTTPS_PROXY", "http://proxy.example:1").run();
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(restarted.code, 0, "{}", restarted.stderr);
    });
    let proxy = poll(SOON, || {
        home.ask(&Ask::get(routes::STATUS)).ok()["network"]["proxy"]["value"].as_str().map(str::to_owned)
    });
    assert_eq!(proxy.as_deref(), Some("http://proxy.example:1"));
}
