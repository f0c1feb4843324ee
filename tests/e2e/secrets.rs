//! Secrets in the keyring of the desktop: nowhere in the storage root, there after every restart, and lost by nothing that ends half-way.

use std::fs;
use std::path::Path;
use std::time::Duration;

use mp_sandbox::home::{Daemon, Done, Home};
use mp_sandbox::keyring::{Keyring, Mood};
use mp_sandbox::wait::eventually;
use serde_json::Value;

use crate::grants::{FILE, World};

const SECRET: &str = "hush-\"se'cr\\et\" é\u{1F600}";
const LONG: Duration = Duration::from_secs(30);

/// A home with an account of each type, and a session bus with a keyring on it.
struct Stage {
    keyring: Keyring,
    world: World,
}

impl Stage {
    fn new() -> Self {
        let mut world = World::with_grant(86_400);
        let keyring = Keyring::start(world.home.path());
        world.home.set("DBUS_SESSION_BUS_ADDRESS", &keyring.address());
        let config = world.home.read(".mp/config.toml");
        let secret = serde_json::to_string(SECRET).expect("a text");
        let more = format!(
            "\n[accounts.team] # ours\ntype = \"service_account\"\nregion = \"us\"\ndefault_project = \"3187654\"\nusername = \"u.1\"\n\
             secret = {secret} # rotated\n\n[accounts.ci]\ntype = \"oauth_token\"\nregion = \"us\"\ntoken = \"hush-token\"\n"
        );
        world.home.write(".mp/config.toml", &(config + &more));
        Self { keyring, world }
    }

    fn home(&self) -> &Home {
        &self.world.home
    }

    /// Adds an account with a secret.
    fn add(&self, name: &str, secret: &str) -> Done {
        let words = ["account", "add", name, "--type", "service_account", "--region", "us", "--username", "n"];
        self.home().mp(words).env("MP_SECRET", secret).run()
    }

    /// Moves all secrets.
    #[track_caller]
    fn move_to(&self, store: &str) -> Value {
        self.home().mp(["daemon", "secrets", store, "-f", "json"]).json()
    }

    fn secret_of_team(&self) -> String {
        self.home().mp(["exec", "-a", "team", "--", "sh", "-c", "printf %s \"$MP_SECRET\""]).ok()
    }

    /// Checks that every account still has what it had.
    #[track_caller]
    fn all_there(&self, when: &str) {
        assert_eq!(self.secret_of_team(), SECRET, "{when}");
        assert_eq!(self.home().mp(["account", "token", "ci"]).ok().trim(), "hush-token", "{when}");
        assert_eq!(self.home().mp(["account", "token", "ada"]).ok().trim(), self.access(), "{when}");
    }

    fn access(&self) -> String {
        let kept = self.keyring.secret("ada", "grant");
        let text = kept.unwrap_or_else(|| self.home().read(FILE));
        let tokens: Value = serde_json::from_str(&text).expect("tokens");
        tokens["access_token"].as_str().expect("a text").to_owned()
    }

    fn restart(&self, daemon: Daemon) -> Daemon {
        assert_eq!(daemon.stop(), 0);
        self.world.start()
    }
}

/// Returns the files below a directory that hold a text.
fn holding(directory: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).expect("it can be read").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(holding(&path, text));
        } else if String::from_utf8_lossy(&fs::read(&path).unwrap_or_default()).contains(text) {
            found.push(path.display().to_string());
        }
    }
    found
}

#[test]
fn secrets_are_nowhere_in_the_storage_root_and_survive_every_restart() {
    let stage = Stage::new();
    let daemon = stage.world.start();
    let access = stage.access();
    assert_eq!(holding(&stage.home().root(), "hush-token").len(), 1, "the search finds what is there");
    let dry = stage.home().mp(["daemon", "secrets", "keyring", "--dry-run", "-f", "json"]).json();
    assert_eq!(
        dry["secrets"].as_array().map(|rows| rows.iter().filter(|row| row["moved"] == "keyring").count()),
        Some(3)
    );
    assert!(stage.keyring.items().is_empty(), "a dry run moves nothing");
    let body = stage.move_to("keyring");
    assert_eq!(
        (&body["store"], &body["exposed"], &body["left_over"]),
        (&"keyring".into(), &Value::Array(vec![]), &Value::Array(vec![]))
    );
    for text in ["hush-", &access, "refresh_token"] {
        assert_eq!(holding(&stage.home().root(), text), [""; 0], "{text}");
    }
    for item in stage.keyring.items() {
        // In a keyring without a password, which is a text file, either would be the end of it.
        assert!(!item.secret.contains(['\n', '\\']), "{}", item.label);
        assert_eq!(item.attributes["root"], stage.home().root().display().to_string());
        assert!(item.label.starts_with("Mixpanel account ") && !item.label.contains("hush"), "{}", item.label);
    }
    stage.all_there("moved");
    let daemon = stage.restart(daemon);
    stage.all_there("the daemon was restarted");
    stage.keyring.restart_with_bus();
    let _daemon = stage.restart(daemon);
    stage.all_there("both were restarted");
    let config = stage.home().read(".mp/config.toml");
    assert!(config.contains("# rotated") && config.contains("[accounts.team] # ours"), "{config}");
    assert!(config.contains("token_env = \"MP_TOKEN_IN_KEYRING\""), "{config}");
    stage.move_to("file");
    stage.all_there("moved back");
    assert!(stage.keyring.items().is_empty(), "nothing is left there");
    assert!(stage.home().read(".mp/config.toml").contains("hush-token"));
}

#[test]
fn a_kill_at_any_step_of_a_move_loses_nothing_and_the_next_run_goes_on() {
    let steps = [
        "keyring:kept",
        "config.toml:written",
        "config.toml:synced",
        "tokens.json:written",
        "tokens.json:synced",
        "keyring:removed",
    ];
    for (from, to) in [("file", "keyring"), ("keyring", "file")] {
        for step in steps {
            let stage = Stage::new();
            if from == "keyring" {
                let daemon = stage.world.start();
                stage.move_to("keyring");
                assert_eq!(daemon.stop(), 0);
            }
            let daemon = stage.world.start_with(|mpd| mpd.env("MPD_FAULTS", format!("{step}=kill")));
            let moved = stage.home().mp(["daemon", "secrets", to, "--no-autostart"]).run();
            // Not every step is on the way there.
            if moved.code == 0 {
                assert_eq!(daemon.stop(), 0, "{to} {step}");
            } else {
                assert_eq!(daemon.wait(LONG), -9, "{to} {step}: {}", moved.stderr);
            }
            let _daemon = stage.world.start();
            stage.all_there(&format!("killed at {step} on the way to {to}"));
            let body = stage.move_to(to);
            assert_eq!(body["exposed"], Value::Array(vec![]), "{to} {step}");
            stage.all_there(&format!("went on after {step} on the way to {to}"));
            let kept = if to == "keyring" { 3 } else { 0 };
            eventually(LONG, "what is kept is what should be", || stage.keyring.items().len() == kept);
            assert_eq!(holding(&stage.home().root(), "hush-token").len(), usize::from(kept == 0), "{to} {step}");
        }
    }
}

#[test]
fn a_locked_keyring_is_a_clear_error_that_nobody_waits_for() {
    let stage = Stage::new();
    let daemon = stage.world.start();
    stage.move_to("keyring");
    assert_eq!(daemon.stop(), 0);
    stage.keyring.set(Mood::Locked);
    let _daemon = stage.world.start();
    for words in [&["account", "token", "ci"][..], &["account", "token", "ada"], &["exec", "-a", "team", "--", "true"]]
    {
        let told = stage.home().mp(words).fails(2);
        assert!(told.contains("the keyring is locked") && told.contains("mp daemon secrets --unlock"), "{told}");
    }
    assert_eq!(stage.keyring.prompts(), 1, "its user is asked once");
    let refused = stage.add("new", "hush-new");
    assert!(refused.code == 2 && refused.stderr.contains("nothing was changed"), "{refused:?}");
    assert!(
        holding(&stage.home().root(), "hush-new").is_empty()
            && !stage.home().read(".mp/config.toml").contains("accounts.new")
    );
    let told = stage.home().mp(["login", "--no-browser"]).fails(2);
    assert!(told.contains("the keyring is locked"), "before anybody is sent to a browser: {told}");
    assert!(stage.home().mp(["daemon", "status"]).ok().contains("the keyring is locked"));
    assert!(stage.home().mp(["account", "list"]).ok().contains("team"), "what needs no secret works");
    stage.keyring.set(Mood::Open);
    eventually(LONG, "the keyring is open again", || stage.home().mp(["account", "token", "ada"]).run().code == 0);
    stage.all_there("unlocked");
}

#[test]
fn a_keyring_that_says_nothing_keeps_no_call_for_long() {
    let stage = Stage::new();
    let daemon = stage.world.start();
    stage.move_to("keyring");
    assert_eq!(daemon.stop(), 0);
    stage.keyring.set(Mood::Silent);
    let _daemon = stage.world.start();
    let begun = std::time::Instant::now();
    let told = stage.home().mp(["account", "token", "ci"]).fails(2);
    assert!(told.contains("has not answered within"), "{told}");
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    stage.keyring.set(Mood::Open);
    eventually(LONG, "the keyring answers again", || stage.home().mp(["account", "token", "ci"]).run().code == 0);
}

#[test]
fn the_keyring_is_asked_once_however_many_calls_need_a_secret() {
    let stage = Stage::new();
    let daemon = stage.world.start();
    stage.move_to("keyring");
    let _daemon = stage.restart(daemon);
    stage.all_there("the first calls read them");
    let asked = stage.keyring.calls().len();
    for _ in 0..5 {
        stage.all_there("from memory");
        stage.home().mp(["session", "-a", "team"]).ok();
        stage.home().mp(["daemon", "status"]).ok();
    }
    assert_eq!(stage.keyring.calls().len(), asked, "{:?}", stage.keyring.calls().split_off(asked));
}

/// KeePassXC lets a program have an item only once its user has agreed to that, in a collection that is open.
#[test]
fn a_keyring_that_guards_each_item_is_asked_for_all_of_them_at_once() {
    let stage = Stage::new();
    let daemon = stage.world.start();
    stage.move_to("keyring");
    assert_eq!(daemon.stop(), 0);
    stage.keyring.set(Mood::Guarded);
    let _daemon = stage.world.start();
    eventually(LONG, "its user has agreed", || stage.home().mp(["account", "token", "ci"]).run().code == 0);
    assert_eq!(stage.keyring.prompts(), 1, "one window for all");
    stage.all_there("agreed");
    stage.keyring.set(Mood::Careful);
    stage.home().mp(["account", "remove", "team"]).ok();
    eventually(LONG, "the window for the removal", || stage.keyring.prompts() == 2);
    eventually(LONG, "its user has agreed to that, too", || stage.keyring.items().len() == 2);
    stage.home().mp(["account", "logout", "ada"]).run();
    assert_eq!(stage.keyring.secret("ada", "grant"), None);
}

#[test]
fn a_keyring_that_is_started_anew_or_tells_nothing_before_it_is_open_is_no_keyring_without_secrets() {
    let stage = Stage::new();
    let daemon = stage.world.start();
    stage.move_to("keyring");
    // The session with it has ended, the bus has not.
    stage.keyring.restart();
    assert_eq!(stage.add("new", "hush-new\n").code, 0);
    stage.keyring.restart();
    assert_eq!(stage.add("newer", "hush-newer").code, 0);
    assert!(holding(&stage.home().root(), "hush-").is_empty());
    assert_eq!(daemon.stop(), 0);
    for (mood, what) in [(Mood::Cold, "the keyring is locked"), (Mood::Empty, "has no default collection")] {
        stage.keyring.set(mood);
        let daemon = stage.world.start();
        let told = stage.home().mp(["account", "token", "ci"]).fails(2);
        assert!(told.contains(what), "{told}");
        let told = stage.add("newest", "hush-newest");
        assert!(told.code == 2 && told.stderr.contains(what), "{told:?}");
        assert!(
            holding(&stage.home().root(), "hush-").is_empty(),
            "no secret goes to a file because a keyring is not open yet"
        );
        stage.keyring.set(Mood::Open);
        eventually(LONG, "it is open", || stage.home().mp(["account", "token", "ci"]).run().code == 0);
        stage.all_there("open again");
        assert_eq!(daemon.stop(), 0);
    }
    stage.keyring.set(Mood::Shut);
    let _daemon = stage.world.start();
    stage.all_there("it opens as soon as it is told to, at the first call");
}

/// A daemon that cron or an old shell has started knows another bus than the session that comes later, or none.
#[test]
fn a_session_that_comes_after_the_daemon_is_found() {
    let mut stage = Stage::new();
    let runtime = stage.home().path().join("runtime");
    fs::create_dir(&runtime).expect("ours");
    let gone = format!("unix:path={}", runtime.join("gone").display());
    stage.world.home.set("DBUS_SESSION_BUS_ADDRESS", &gone);
    stage.world.home.set("XDG_RUNTIME_DIR", runtime.to_str().expect("a text"));
    let config = stage.home().read(".mp/config.toml");
    stage.home().write(".mp/config.toml", &(config + "\n[settings]\nsecret_store = \"keyring\"\n"));
    let _daemon = stage.world.start();
    let done = stage.add("new", "hush-new");
    assert!(done.code == 0 && done.stderr.contains("the session bus cannot be reached"), "{done:?}");
    let keyring = Keyring::start(&runtime);
    stage.home().mp(["account", "use", "team"]).ok();
    eventually(LONG, "the secrets have left the files", || holding(&stage.home().root(), "hush-").is_empty());
    assert_eq!(keyring.secret("new", "secret").as_deref(), Some("hush-new"));
    assert!(stage.keyring.items().is_empty());
}

/// The file cannot be written, so what the change has put into the keyring must not stay there.
#[test]
fn a_change_that_fails_leaves_the_keyring_as_it_was() {
    let stage = Stage::new();
    let full = stage.home().path().join("full");
    let faults = format!("config.toml:written=full-while:{}", full.display());
    let _daemon = stage.world.start_with(|mpd| mpd.env("MPD_FAULTS", faults));
    stage.move_to("keyring");
    fs::write(&full, "").expect("ours");
    let words = ["account", "update", "team", "--username", "u.2", "--secret-stdin"];
    let update = stage.home().mp(words).stdin("hush-2").run();
    assert_ne!((update.code, stage.add("new", "hush-new").code), (0, 0));
    fs::remove_file(&full).expect("ours");
    stage.all_there("nothing was changed");
    assert!(stage.home().read(".mp/config.toml").contains("u.1"));
    eventually(LONG, "nothing of it is left", || stage.keyring.items().len() == 3);
}

#[test]
fn without_a_keyring_new_secrets_are_in_files_and_that_is_said_until_there_is_one() {
    let stage = Stage::new();
    let _daemon = stage.world.start();
    stage.move_to("keyring");
    stage.keyring.set(Mood::Gone);
    let done = stage.add("new", "hush-new");
    assert!(done.code == 0 && done.stderr.contains("was written to config.toml"), "{done:?}");
    assert!(stage.home().mp(["daemon", "status"]).ok().contains("secrets of 'new' are in files"));
    assert!(stage.home().mp(["daemon", "doctor"]).run().stdout.contains("secrets of 'new' are in files"));
    stage.keyring.set(Mood::Open);
    // Whatever changes the config has it looked at again.
    stage.home().mp(["account", "use", "team"]).ok();
    eventually(LONG, "the new secret has left the files", || holding(&stage.home().root(), "hush-new").is_empty());
    assert_eq!(stage.keyring.secret("new", "secret").as_deref(), Some("hush-new"));
    let told = stage.home().mp(["daemon", "secrets", "systemd-creds", "--dry-run"]).run();
    assert_eq!(told.code, 0, "{told:?}");
}

#[test]
fn what_the_python_tool_writes_is_taken_over_and_what_is_removed_is_gone() {
    let stage = Stage::new();
    let _daemon = stage.world.start();
    stage.move_to("keyring");
    let theirs = stage.world.mint();
    stage.world.put(&theirs, 86_400);
    assert_eq!(stage.home().mp(["account", "token", "ada"]).ok().trim(), theirs.access_token);
    eventually(LONG, "their grant is in the keyring", || {
        stage.keyring.secret("ada", "grant").is_some_and(|kept| kept.contains(&theirs.refresh_token))
    });
    eventually(LONG, "their grant has left the files", || {
        holding(&stage.home().root(), &theirs.refresh_token).is_empty()
    });
    assert_eq!(stage.home().mp(["account", "token", "ada"]).ok().trim(), theirs.access_token);
    stage.home().mp(["account", "logout", "ada"]).ok();
    assert_eq!(stage.keyring.secret("ada", "grant"), None);
    stage.home().mp(["account", "remove", "team"]).ok();
    eventually(LONG, "what was removed is gone", || stage.keyring.secret("team", "secret").is_none());
    assert_eq!(stage.keyring.items().len(), 1, "that of ci is there");
}
