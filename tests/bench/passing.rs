//! A small call that is passed on to Mixpanel, beside nginx that passes it on to the same server.

use std::net::TcpListener;
use std::path::Path;

use mp_proto::routes;
use mp_sandbox::home::{Home, Programs};
use mp_sandbox::wire::Ask;
use serde_json::json;

use crate::load::{self, Load, Question};
use crate::peers::Nginx;
use crate::table::{Table, micros};

/// Connections at once. One tells of the time of a call.
const CONNECTIONS: [usize; 2] = [1, 64];

/// Rounds in which both take turns.
const ROUNDS: usize = 5;

/// "bench:secret" in base64.
const CREDENTIAL: &str = "Basic YmVuY2g6c2VjcmV0";

/// Measures it, where nginx is installed.
pub(crate) fn measure(table: &mut Table, programs: Programs) {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let port = free.expect("a port is free").port();
    let body =
        json!({"status": "ok", "results": [{"id": 1, "title": "Sales"}, {"id": 2, "title": "Growth"}]}).to_string();
    let both = Nginx::serving(body.as_bytes(), Some(port)).zip(Nginx::passing(port, CREDENTIAL));
    let Some((_upstream, nginx)) = both else {
        return table.row("a call passed on, beside nginx", "not installed".to_owned(), "");
    };
    let home = Home::new(programs);
    home.write(
        ".mp/config.toml",
        "[active]\naccount = \"bench\"\n\n[accounts.bench]\ntype = \"service_account\"\nregion = \"us\"\n\
         default_project = \"3187654\"\nusername = \"bench\"\nsecret = \"secret\"\n",
    );
    let _daemon = home.start_with(|mpd| mpd.env("MPD_UPSTREAM", format!("http://127.0.0.1:{port}")));
    let ours = Ask::get(format!("{}app/me", routes::API_HEAD)).to_bytes();
    let theirs = Ask::get("/us/app/me").to_bytes();
    for connections in CONNECTIONS {
        let ask =
            |socket: &Path, request: &[u8]| load::under(socket, connections, Question { request, is_single: false });
        let rounds: Vec<(Load, Load)> =
            (0..ROUNDS).map(|_| (ask(&home.socket(), &ours), ask(&nginx.socket, &theirs))).collect();
        let (ours, theirs) = (middle(rounds.iter().map(|both| both.0)), middle(rounds.iter().map(|both| both.1)));
        table.row(&format!("nginx, passing on, {connections} connections"), format!("{:.0}/s", theirs.rate), "");
        table.row(&format!("mpd, passing on, {connections} connections"), format!("{:.0}/s", ours.rate), "");
        table.row("  p99", micros(ours.p99), "");
        let ratio = ours.rate / theirs.rate;
        table.judged("  of nginx", format!("{ratio:.2}"), "at least 0.9", ratio >= 0.9);
    }
}

/// Returns the load with the middle rate.
fn middle(loads: impl Iterator<Item = Load>) -> Load {
    let mut loads: Vec<Load> = loads.collect();
    loads.sort_by(|one, other| one.rate.total_cmp(&other.rate));
    loads[loads.len() / 2]
}
