//! What all tools share: Mixpanel's limits, its answers, and the daemon that must live for as long as one of them waits.

use std::time::Duration;

use mp_proto::ids::Region;
use mp_sandbox::home::{Home, keeps_running};
use mp_sandbox::upstream::{ADA, Fault, Gate, Upstream};

use crate::{SOON, empty};

const DASHBOARDS: &str = "/us/app/projects/3187654/dashboards";

const CONFIG: &str = r#"[accounts.team]
type = "service_account"
region = "us"
default_project = "3187654"
username = "sa.ada"
secret = "s3cret"

[active]
account = "team"
"#;

/// Returns a home whose account is good at a fake Mixpanel.
fn world() -> (Home, Upstream) {
    let (home, upstream) = (empty(), Upstream::start());
    upstream.add_service_account(Region::Us, "sa.ada", "s3cret", ADA);
    home.write(".mp/config.toml", CONFIG);
    (home, upstream)
}

#[test]
fn a_call_that_runs_keeps_an_idle_daemon() {
    let (home, upstream) = world();
    let idle = ["--started-by", "client", "--idle-exit", "1"];
    let mut daemon = home.start_with(|mpd| mpd.args(idle).env("MPD_UPSTREAM", upstream.url()));
    let gate = Gate::new();
    upstream.fault("GET", DASHBOARDS, Fault::Hold(gate.clone()));
    std::thread::scope(|scope| {
        let call = scope.spawn(|| home.mp(["dashboards", "list", "--jq", "length"]).ok());
        gate.wait_for_arrival(1);
        keeps_running(&mut daemon, Duration::from_secs(3));
        gate.release();
        assert_eq!(call.join().expect("no panic"), "3\n");
    });
    assert_eq!(daemon.wait(SOON), 0);
}

#[test]
fn limits_of_the_config_that_are_wrong_are_told_with_their_place() {
    let (home, _upstream) = world();
    let _daemon = home.start();
    home.write(".mp/config.toml", &format!("{CONFIG}\n[settings.limits]\nquery_concurrent = 0\n"));
    let status = home.mp(["daemon", "status", "-f", "json"]).json();
    let problem = &status["config"]["problems"][0];
    assert!(problem["at"].as_str().is_some_and(|at| at.ends_with("config.toml:12:20")), "{problem}");
    assert_eq!(problem["detail"], "query_concurrent is 0: expected a positive integer");
    assert_eq!((&status["limits"], &status["reads"]["entries"]), (&serde_json::json!([]), &serde_json::json!(0)));
}
