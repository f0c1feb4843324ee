//! What goes wrong, as `mp plugin` tells it: around a session, at Mixpanel, and with a login.

use mp_sandbox::upstream::Fault;
use serde_json::{Value, json};

use super::schema::Schema;
use super::{ME, Transcript, call};
use crate::grants::{TOKEN, World};
use crate::{CONFIG, configured, empty};

#[test]
fn what_is_wrong_around_a_session_is_told_as_an_error() {
    let home = configured();
    let daemon = home.start();
    let mut told = Transcript::of(&home);
    for line in [
        "MP_REGION=zz session",
        "MP_PROJECT_ID=abc session",
        "MP_WORKSPACE_ID=abc session",
        "MP_WORKSPACE_ID=0 session",
    ] {
        let object = told.run("CONFIG_ERROR", line);
        let variable = line.split('=').next().expect("a name");
        assert_eq!(object["error"]["details"]["env_var"], variable, "{object}");
    }
    // A bad workspace is no bad project: the helper of the Python tool said `needs_project` here.
    told.run("CONFIG_ERROR", "MP_WORKSPACE_ID=abc project list");
    told.run("CONFIG_ERROR", "session -p x -w 0");
    told.run("INVALID_ARGUMENT", "session -t ecom -a team");
    told.run("ACCOUNT_NOT_FOUND", "session -a ghost");
    told.run("CONFIG_ERROR", "session -t ghost");
    home.write(".mp/config.toml", &CONFIG.replace("\"service_account\"", "\"service_acc"));
    let broken = told.run("CONFIG_ERROR", "session");
    let message = broken["error"]["message"].as_str().expect("a text");
    assert!(message.contains("config.toml:2:"), "{message}");
    home.write(".mp/config.toml", &format!("config_version = 2\n{CONFIG}"));
    told.run("CONFIG_ERROR", "session");
    home.write_mode(".mp/config.toml", CONFIG, 0o644);
    told.run("CONFIG_ERROR", "session");
    assert_eq!(daemon.stop(), 0);
    told.run("DAEMON_UNREACHABLE", "session --no-autostart");
    told.run("DAEMON_UNREACHABLE", "MPD_AUTOSTART=0 account list");
    told.keep("session_errors");
}

#[test]
fn a_daemon_that_cannot_be_started_is_an_error_like_others() {
    let home = empty();
    home.write(".mp/run", "a file where the directory of the socket belongs");
    let done = call(&home, "session").run();
    assert_eq!(done.code, 0, "{}", done.stderr);
    let object: Value = serde_json::from_str(&done.stdout).expect("an object");
    Schema::read().check("error", &object);
    assert_eq!(object["error"]["code"], "DAEMON_UNREACHABLE", "{object}");
}

#[test]
fn what_mixpanel_refuses_is_an_error() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let mut told = Transcript::of(&world.home);
    for (fault, code) in [
        (Fault::RetryAfter(429, "3600".to_owned()), "RATE_LIMITED"),
        (Fault::Status(401, json!({"error": "who?"})), "AUTH_FAILED"),
        (Fault::Status(403, json!({"error": "not you"})), "QUERY_FAILED"),
        (Fault::Status(404, json!({"error": "where?"})), "QUERY_FAILED"),
        (Fault::Html200, "INVALID_RESPONSE"),
    ] {
        world.upstream.fault("GET", ME, fault.forever());
        told.run(code, "project list");
        told.run(code, "workspace list");
        world.upstream.clear_faults();
    }
    for (fault, code) in [(Fault::Status(500, json!({"error": "tired"})), "SERVER_ERROR"), (Fault::Reset, "HTTP_ERROR")]
    {
        world.upstream.fault("GET", ME, fault.forever());
        told.run(code, "project list");
        world.upstream.clear_faults();
    }
    told.keep("refusals");
}

#[test]
fn what_a_new_login_or_token_mends_is_actionable() {
    let world = World::with_grant(0);
    let _daemon = world.start();
    let mut told = Transcript::of(&world.home);
    world.upstream.fault("POST", TOKEN, Fault::Status(500, json!({"error": "server_error"})).forever());
    told.run("OAUTH_REFRESH_ERROR", "project list");
    world.upstream.clear_faults();
    let revoked = World::with_grant(0);
    let _another = revoked.start();
    revoked.upstream.revoke_family(revoked.on_disk()["refresh_token"].as_str().expect("a text"));
    let done = call(&revoked.home, "project list").run();
    told.take("OAUTH_REFRESH_REVOKED", "project list", &done);
    world.home.mp(["account", "logout", "ada"]).ok();
    told.run("OAUTH_REFRESH_REVOKED", "project list");
    let ci = "[accounts.ci]\ntype = \"oauth_token\"\nregion = \"us\"\ndefault_project = \"5\"\ntoken_env = \"MP_CI\"\n";
    world.home.write(".mp/config.toml", ci);
    told.run("OAUTH_TOKEN_ERROR", "project list -a ci");
    told.keep("actionable");
}
