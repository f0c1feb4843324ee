//! The real programs, end to end: one test per behaviour that a user or another tool would notice.
//!
//! Every test has a home of its own and starts what it needs in it; nothing is shared but the two programs.

use std::path::PathBuf;
use std::time::Duration;

use mp_sandbox::answers::examine_answers;
use mp_sandbox::home::{Home, Programs};
use mp_sandbox::process::raise_file_limit;
use mp_sandbox::wire::{Ask, Connection};
use serde_json::Value;

mod agents;
mod api;
mod ask;
mod bridges;
mod budget;
mod canary;
mod catalog;
mod changes;
mod checkout;
mod commands;
mod conformance;
mod contract;
mod docs;
mod events;
mod exec;
mod export;
mod extension;
mod grants;
mod handover;
mod hosted;
mod in_force;
mod layout;
mod life;
mod lint;
mod load;
mod login;
mod lsp;
mod mcp;
mod metrics;
mod notify;
mod operations;
mod packages;
mod plugin;
mod prompt;
mod protocol;
mod proxy;
mod replays;
mod reports;
mod resolve;
mod rust_api;
mod schemas;
mod secrets;
mod setup;
mod state;
mod surroundings;
mod terminal;
mod traces;
mod trust;
mod upgrade;
mod upstream;
mod words;

/// Whatever is waited for happens within milliseconds on an idle machine; the tests share theirs.
const SOON: Duration = Duration::from_secs(20);

/// A config as the Python tool writes it.
const CONFIG: &str = r#"[accounts.team]
type = "service_account"
region = "us"
default_project = "3018488"
username = "sa.user"
secret = "hunter2"

[accounts.personal]
type = "oauth_browser"
region = "us"

[accounts.ci]
type = "oauth_token"
region = "eu"
default_project = "555"
token_env = "MP_CI_TOKEN"

[active]
account = "team"
workspace = 3448414

[targets.ecom]
account = "team"
project = "3018488"
workspace = 3448414

[settings.custom_header]
name = "X-Mixpanel-Cluster"
value = "internal-1"
"#;

fn programs() -> Programs {
    raise_file_limit();
    examine_answers(contract::problems_in);
    Programs { mp: PathBuf::from(env!("CARGO_BIN_EXE_mp")), mpd: PathBuf::from(env!("CARGO_BIN_EXE_mpd")) }
}

/// Returns an empty home.
fn empty() -> Home {
    Home::new(programs())
}

/// Returns a home with [`CONFIG`].
fn configured() -> Home {
    let home = empty();
    home.write(".mp/config.toml", CONFIG);
    home
}

/// Returns [`CONFIG`] with another default project for `team`.
fn config_with_project(project: &str) -> String {
    CONFIG.replace("3018488\"\nusername", &format!("{project}\"\nusername"))
}

/// Returns the project id that a session body resolves to.
#[track_caller]
fn project(session: &Value) -> &str {
    session["project"]["id"].as_str().unwrap_or_else(|| panic!("no project in {session}"))
}

/// Asks for the session without any context.
#[track_caller]
fn session(connection: &mut Connection) -> Value {
    connection.call(&Ask::get(mp_proto::routes::SESSION)).ok()
}
