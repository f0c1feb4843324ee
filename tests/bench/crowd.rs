//! Ten thousand connections, of which a thousand ask for a token that has ended: one refresh for all, and nobody is turned away.

use std::time::{Duration, Instant};

use mp_proto::ids::Region;
use mp_proto::routes;
use mp_sandbox::home::{Home, Programs};
use mp_sandbox::upstream::{ADA, Fault, Gate, Upstream};
use mp_sandbox::wire::{Ask, Connection};
use serde_json::json;

use crate::resident;
use crate::table::{Table, micros};

/// Connections that say nothing, or have said something and are kept.
const IDLE: usize = 9_000;

/// Callers, each on a connection of its own.
const CALLERS: usize = 1_000;

/// Files that the benchmark and its fake Mixpanel have open beside.
const OWN_FILES: u64 = 200;

const TOKEN: &str = "/us/oauth/token/";

/// Measures it.
pub(crate) fn measure(table: &mut Table, programs: Programs) {
    let files = rustix::process::getrlimit(rustix::process::Resource::Nofile).current.unwrap_or(u64::MAX);
    let idle = IDLE.min(usize::try_from(files.saturating_sub(OWN_FILES)).unwrap_or(IDLE).saturating_sub(CALLERS));
    let upstream = Upstream::start();
    let home = logged_in(&upstream, programs);
    let daemon = home.start();
    let before = resident(&daemon);

    // Half of them have called, the rest is silent.
    let mut kept: Vec<Connection> = (0..idle).map(|_| home.connect()).collect();
    for connection in kept.iter_mut().step_by(2) {
        connection.call(&Ask::get(routes::HEALTH)).ok();
    }
    let each = (resident(&daemon) - before) * 1024.0 / idle as f64;
    table.judged(&format!("idle connection, of {idle}"), format!("{each:.1} KiB"), "at most 16 KiB", each <= 16.0);

    let gate = Gate::new();
    upstream.fault("POST", TOKEN, Fault::Hold(gate.clone()).after_effect());
    let ask = Ask::change("POST", routes::fill(routes::ACCOUNT_TOKEN, "ada"), &json!({}));
    let mut callers: Vec<Connection> = (0..CALLERS).map(|_| home.connect()).collect();
    for caller in &mut callers {
        caller.write(&ask.to_bytes()).expect("the daemon listens");
    }
    gate.wait_for_arrival(1);
    let begun = Instant::now();
    gate.release();
    let answered = callers.iter_mut().filter_map(|caller| caller.read_answer().ok());
    let served = answered.filter(|answer| answer.status == 200).count();
    let took = begun.elapsed();
    table.judged(
        &format!("of {CALLERS} callers on an ended token, served"),
        served.to_string(),
        "all",
        served == CALLERS,
    );
    let posts = upstream.count("POST", TOKEN);
    table.judged("  refreshes", posts.to_string(), "1", posts == 1);
    table.judged("  after the provider's answer", micros(took), "at most 1 s", took <= Duration::from_secs(1));
    drop(kept);
    table.row("  mpd resident, kept after it", format!("{:.1} MB", resident(&daemon)), "");
}

/// Returns a home with one browser account whose access token has ended.
fn logged_in(upstream: &Upstream, programs: Programs) -> Home {
    let mut home = Home::new(programs);
    home.set("MPD_UPSTREAM", &upstream.url());
    let redirect = "http://localhost:19284/callback";
    let client = upstream.register_client(Region::Us, redirect);
    let grant = upstream.mint(ADA, Region::Us, &client);
    home.write(
        ".mp/config.toml",
        "[active]\naccount = \"ada\"\n\n[accounts.ada]\ntype = \"oauth_browser\"\nregion = \"us\"\ndefault_project = \"3187654\"\n",
    );
    let registration = json!({"client_id": client, "region": "us", "redirect_uri": redirect, "scope": "projects",
        "created_at": "2026-11-22T18:38:01Z"});
    home.write(".mp/oauth/client_us.json", &registration.to_string());
    let tokens = json!({"access_token": grant.access_token, "refresh_token": grant.refresh_token, "token_type": "Bearer",
        "scope": "projects", "expires_at": "2020-01-01T00:00:00+00:00"});
    home.write(".mp/accounts/ada/tokens.json", &tokens.to_string());
    home
}
