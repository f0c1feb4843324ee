//! `[settings.notify]`: people learn of a lost login though no call is there to tell them.

use std::fs;
use std::time::{Duration, Instant};

use mp_proto::routes;
use mp_sandbox::home::Home;
use mp_sandbox::upstream::Fault;
use mp_sandbox::wait::{eventually, stays};
use mp_sandbox::wire::Ask;
use serde_json::{Value, json};

use crate::SOON;
use crate::grants::{FILE, TOKEN, World, tokens};

/// Writes all that it was told into a file of its own, and a line into `told`.
const TELL: &str = r#"cat > "$HOME/stdin"; env > "$HOME/env"; echo "$MP_EVENT $MP_ACCOUNT" >> "$HOME/told""#;

fn set(world: &World, settings: &str) {
    let config = world.home.read(".mp/config.toml");
    let rest = config.split("[settings.notify]").next().unwrap_or_default();
    world.home.replace(".mp/config.toml", &format!("{rest}\n[settings.notify]\n{settings}\n"));
}

fn told(home: &Home) -> Vec<String> {
    fs::read_to_string(home.at("told")).unwrap_or_default().lines().map(str::to_owned).collect()
}

/// Ends the login: its token has ended, and the provider refuses another one.
fn lose(world: &World) {
    let text = |name: &str| world.on_disk()[name].as_str().expect("a text").to_owned();
    world.upstream.revoke_family(&text("refresh_token"));
    world.home.replace(FILE, &tokens(&text("access_token"), &text("refresh_token"), 0));
    assert_eq!(world.ask_token().problem().1, "login_required");
}

#[test]
fn a_lost_login_is_told_once_with_all_that_is_known_and_no_secret() {
    let world = World::with_grant(3600);
    set(&world, &format!("on_login_required = '''{TELL}'''"));
    let daemon =
        world.start_with(|mpd| mpd.args(["--log-level", "trace"]).env("MP_SECRET", "CaNaRy").env_remove("LANG"));
    let before = world.on_disk();
    lose(&world);
    eventually(SOON, "it is told", || told(&world.home) == ["login.required ada"]);
    eventually(SOON, "it has ended", || daemon.log().contains("a notice was given"));
    let event: Value = serde_json::from_str(&world.home.read("stdin")).expect("JSON on stdin");
    assert_eq!((&event["type"], &event["account"]), (&json!("login.required"), &json!("ada")));
    assert!(event["at"].is_string() && event["command"] == "mp account login ada", "{event}");
    let env = world.home.read("env");
    let has = |line: &str| env.lines().any(|known| known.starts_with(line));
    let root = format!("MP_STORAGE_DIR={}", world.home.root().display());
    for line in [
        "MP_EVENT=login.required",
        "MP_ACCOUNT=ada",
        "MP_REASON=Mixpanel refused",
        "MP_COMMAND=mp account login",
        "PATH=/",
        "LANG=C.UTF-8",
        "HOME=/tmp",
        &root,
    ] {
        assert!(has(line), "{line} is missing in {env}");
    }
    let all = format!("{env}{event}{}", daemon.log());
    for name in ["access_token", "refresh_token"] {
        assert!(!all.contains(before[name].as_str().expect("a text")), "{name} was told");
    }
    assert!(!env.contains("CaNaRy"), "the environment is an allow-list: {env}");
    for _ in 0..5 {
        world.ask_token();
    }
    world.put(&world.mint(), 3600);
    assert_eq!(world.ask_token().status, 200);
    world.home.mp(["account", "logout", "ada"]).ok();
    assert_eq!(world.ask_token().problem().1, "login_required");
    stays(Duration::from_secs(1), "it is told once, and who logs out knows it", || told(&world.home).len() == 1);
}

#[test]
fn the_same_loss_is_not_told_after_a_restart_and_the_next_one_is() {
    let world = World::with_grant(3600);
    set(&world, &format!("on_login_required = '''{TELL}'''"));
    let daemon = world.start();
    lose(&world);
    eventually(SOON, "it is told", || told(&world.home).len() == 1);
    eventually(SOON, "it is noted", || world.home.at(".mp/notified.json").exists());
    daemon.stop();
    let daemon = world.start();
    assert_eq!(world.ask_token().problem().1, "login_required");
    stays(Duration::from_secs(1), "it was told before", || told(&world.home).len() == 1);
    world.put(&world.mint(), 3600);
    assert_eq!(world.ask_token().status, 200);
    lose(&world);
    eventually(SOON, "the next one is told", || told(&world.home).len() == 2);
    daemon.stop();
    // Somebody logs in, and loses it, while no daemon is there.
    let grant = world.mint();
    world.upstream.revoke_family(&grant.refresh_token);
    world.put(&grant, 0);
    let _daemon = world.start();
    assert_eq!(world.ask_token().problem().1, "login_required");
    eventually(SOON, "that is another one", || told(&world.home).len() == 3);
}

#[test]
fn a_command_that_hangs_fails_or_is_missing_keeps_no_call_waiting() {
    for (command, said) in [
        ("exec sleep 45", ""),
        ("echo \"no way: $MP_ACCOUNT\" >&2; exit 7", "it ended with status 7"),
        ("/no/such/program --x", "it ended with status 127"),
        ("kill -9 $$", "signal 9 ended it"),
    ] {
        let world = World::with_grant(3600);
        set(&world, &format!("on_login_required = '''{command}'''"));
        let daemon = world.start();
        let begun = Instant::now();
        lose(&world);
        world.home.ask(&Ask::get(routes::SESSION)).ok();
        assert!(begun.elapsed() < SOON);
        if !said.is_empty() {
            eventually(SOON, "the log says it", || daemon.log().contains("a notice failed"));
            assert!(daemon.log().contains(said), "{said}: {}", daemon.log());
        }
        let begun = Instant::now();
        daemon.stop();
        assert!(begun.elapsed() < SOON, "it does not wait for a command that hangs");
    }
}

#[test]
fn trouble_is_told_when_it_lasts() {
    let mut world = World::with_grant(3600);
    let ahead = world.home.at("ahead");
    world.home.set("MPD_CLOCK", &ahead.display().to_string());
    set(&world, &format!("on_error = '''{TELL}'''"));
    let _daemon = world.start();
    world.upstream.fault("POST", TOKEN, Fault::Status(503, json!({})).forever());
    world.home.ask(&Ask::change("POST", "/v1/accounts/ada/refresh", &json!({})));
    // At once: a file that is read while it is written is a config without the command.
    world.home.replace(".mp/config.toml", &(world.home.read(".mp/config.toml") + "\n[active\n"));
    assert_eq!(world.home.ask(&Ask::get(routes::SESSION)).status, 409);
    stays(Duration::from_secs(2), "it may pass", || told(&world.home).is_empty());
    fs::write(&ahead, "90").expect("writable");
    eventually(SOON, "the config is still wrong", || told(&world.home) == ["config.invalid "]);
    fs::write(&ahead, "400").expect("writable");
    eventually(SOON, "the token is still not refreshed", || told(&world.home).contains(&"token.failed ada".to_owned()));
    stays(Duration::from_secs(1), "each is told once", || told(&world.home).len() == 2);
}

#[test]
fn only_the_config_of_the_root_says_what_is_run() {
    let world = World::with_grant(3600);
    let hostile =
        format!("{}\n[settings.notify]\non_login_required = '''{TELL}'''\n", world.home.read(".mp/config.toml"));
    world.home.write("work/other.toml", &hostile);
    world
        .home
        .write("work/.mixpanel.toml", "account = \"ada\"\n[settings.notify]\non_login_required = \"touch told\"\n");
    let daemon = world.start();
    let cwd = world.home.at("work");
    let context = json!({"cwd": cwd, "env": {"MP_CONFIG_PATH": cwd.join("other.toml")}});
    lose(&world);
    for ask in [Ask::get(routes::SESSION), Ask::get("/v1/api/app/me")] {
        world.home.ask(&ask.context(&context));
    }
    world.home.mp(["session"]).env("MP_CONFIG_PATH", cwd.join("other.toml")).run();
    stays(Duration::from_secs(1), "nothing was run", || told(&world.home).is_empty());
    assert!(!daemon.log().contains("a notice was"), "{}", daemon.log());
}

#[test]
fn a_wrong_type_is_told_with_its_place_and_the_python_tool_may_keep_the_table() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let check = |text: &str| {
        let ask = Ask::change("POST", routes::CONFIG_CHECK, &json!({"text": text}));
        world.home.ask(&ask).ok()["problems"].clone()
    };
    let found = check("[settings.notify]\non_error = \"true\"\n  on_login_required = [\"hunter2\"]\n");
    assert_eq!((&found[0]["line"], &found[0]["column"]), (&json!(3), &json!(23)), "{found}");
    assert!(!found.to_string().contains("hunter2") && found.as_array().is_some_and(|all| all.len() == 1), "{found}");
    let found = check("[settings]\nnotify = 5\ntelemetry = { otlp_endpoint = \"http://u:hunter2@x\" }\n");
    assert_eq!(found.as_array().map(Vec::len), Some(2), "{found}");
    assert!(!found.to_string().contains("hunter2"), "{found}");
    set(&world, "on_error = \"true\"\nlater = 1");
    world.home.mp(["account", "update", "ada", "--project", "7"]).run();
    assert!(world.home.read(".mp/config.toml").contains("later = 1"), "an edit keeps it");
}
