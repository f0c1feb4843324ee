//! `cargo bench`: how fast the client and the daemon are, as ratios against the least that could be, in one run.
//!
//! Only ratios mean something on another machine: process start against `/bin/true`, requests per second against a bare axum handler
//! with a body of the same size and against nginx, where it is installed, with that body as a file, a large config against a small one, a
//! call of Mixpanel through the daemon against one that goes straight to it. `cargo bench --bench bench -- --json FILE` writes all
//! figures down. How fast exports are is measured by `tests/bench/export.py`, how many instructions a call takes by
//! `tests/bench/instructions.py`.

mod bare;
mod crowd;
mod load;
mod passing;
mod peers;
mod table;
mod upstream;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use mp_proto::routes;
use mp_sandbox::home::{Daemon, Home, Programs};
use mp_sandbox::process::raise_file_limit;
use mp_sandbox::wait::{eventually, pause};
use mp_sandbox::wire::{Ask, Connection};

use load::{Load, Question};
use peers::Nginx;
use table::Table;

/// Runs of each of two programs that are compared; enough for a steady median.
const STARTS: usize = 200;

/// Cold starts: each costs a stop, too.
const COLD_STARTS: usize = 20;

/// Calls one after the other over one connection.
const CALLS: usize = 5_000;

/// Connections at once.
const CONNECTIONS: [usize; 3] = [1, 64, 1_000];

/// Connections at once where each call has its own.
const SINGLES: usize = 16;

/// The places of some among those that are compared.
const CLOSING: usize = 4;
const NGINX: usize = 5;

/// Rounds of load; the servers take turns, so that a busy moment of the machine hits them all.
const ROUNDS: usize = 5;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, mode, socket, body] = arguments.as_slice()
        && let Some(serve) = bare::server(mode)
    {
        serve(Path::new(socket), Path::new(body));
        return ExitCode::SUCCESS;
    }
    if !arguments.iter().any(|argument| argument == "--bench") {
        println!("nothing measured: run it with `cargo bench`");
        return ExitCode::SUCCESS;
    }
    raise_file_limit();
    let mut table = Table::default();
    measure_client(&mut table);
    measure_daemon(&mut table);
    upstream::measure(&mut table, programs());
    passing::measure(&mut table, programs());
    crowd::measure(&mut table, programs());
    print!("{table}");
    if let Some(path) = arguments.iter().skip_while(|word| *word != "--json").nth(1) {
        fs::write(path, table.json()).expect("the file for the figures can be written");
    }
    ExitCode::SUCCESS
}

fn programs() -> Programs {
    Programs { mp: PathBuf::from(env!("CARGO_BIN_EXE_mp")), mpd: PathBuf::from(env!("CARGO_BIN_EXE_mpd")) }
}

fn home(accounts: usize) -> Home {
    let home = Home::new(programs());
    let mut config = "[active]\naccount = \"account0\"\n".to_owned();
    for number in 0..accounts {
        config.push_str(&format!(
            "\n[accounts.account{number}]\ntype = \"service_account\"\nregion = \"us\"\ndefault_project = \"{}\"\n\
             username = \"user.{number}\"\nsecret = \"secret-{number}\"\n",
            3_000_000 + number
        ));
    }
    home.write(".mp/config.toml", &config);
    home
}

/// Runs a program to its end and returns how long that took.
fn time(mut command: Command) -> Duration {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let before = Instant::now();
    let status = command.status().expect("the program is there");
    let took = before.elapsed();
    assert!(status.success(), "{command:?}: {status}");
    took
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn measure_client(table: &mut Table) {
    let home = home(100);
    let session = || {
        let mut command = home.command(&home.programs().mp);
        command.arg("session");
        command
    };
    time(session());
    let (mut least, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        least.push(time(home.command("/bin/true".as_ref())));
        ours.push(time(session()));
    }
    for (what, words) in
        [("mp --version", &["--version"][..]), ("mp cohorts list --help", &["cohorts", "list", "--help"])]
    {
        let parse = || {
            let mut command = home.command(&home.programs().mp);
            command.args(words);
            command
        };
        table.row(
            &format!("{what}, median of 200"),
            table::micros(median((0..STARTS).map(|_| time(parse())).collect())),
            "",
        );
    }
    let (least, ours) = (median(least), median(ours));
    let ratio = ours.as_secs_f64() / least.as_secs_f64();
    table.row("/bin/true, median of 200", table::micros(least), "");
    table.row("mp session, warm, median of 200", table::micros(ours), "");
    table.judged("  ratio", format!("{ratio:.2}"), "at most 2.5", ratio <= 2.5);

    let mut cold = Vec::new();
    for _ in 0..COLD_STARTS {
        home.mp(["daemon", "stop"]).ok();
        eventually(Duration::from_secs(20), "the daemon is gone", || home.daemon().is_none());
        cold.push(time(session()));
    }
    let cold = median(cold);
    table.judged(
        "cold start to first answer, median of 20",
        table::micros(cold),
        "at most 30 ms",
        cold <= Duration::from_millis(30),
    );
}

/// One of those that are compared: a server, and what it is asked.
struct Side {
    name: &'static str,
    socket: PathBuf,
    request: Vec<u8>,
    /// For each number of connections, and at last for a connection per call.
    loads: [Vec<Load>; CONNECTIONS.len() + 1],
}

impl Side {
    fn new(name: &'static str, socket: PathBuf, ask: &Ask) -> Self {
        Self { name, socket, request: ask.to_bytes(), loads: Default::default() }
    }

    fn measure(&mut self, at: usize) {
        let (connections, is_single) = CONNECTIONS.get(at).map_or((SINGLES, true), |connections| (*connections, false));
        self.loads[at].push(load::under(&self.socket, connections, Question { request: &self.request, is_single }));
    }

    /// Returns the median of the rates and that of the times; nothing of one that did not take part.
    fn median(&self, at: usize) -> Load {
        let mut loads = self.loads[at].clone();
        if loads.is_empty() {
            return Load { rate: 0.0, p99: Duration::ZERO };
        }
        loads.sort_by(|one, other| one.rate.total_cmp(&other.rate));
        let p99 = median(loads.iter().map(|load| load.p99).collect());
        Load { rate: loads[loads.len() / 2].rate, p99 }
    }
}

fn measure_daemon(table: &mut Table) {
    let (small, large) = (home(100), home(1_000));
    let (daemon, _other) = (small.start(), large.start());
    // A moment for what a start leaves to the background.
    pause(Duration::from_secs(2));
    let idle = resident(&daemon);
    latency(table, &small);

    let body = small.at("body.json");
    let session = Ask::get(routes::SESSION);
    fs::write(&body, small.ask(&session).body).expect("the home is writable");
    let (bare, bare_socket) = beside(&small, bare::MODE, &body);
    let (closing, closing_socket) = beside(&small, bare::CLOSING, &body);
    let nginx = Nginx::serving(&fs::read(&body).expect("written above"), None);

    let token = Ask::change("POST", routes::fill(routes::ACCOUNT_TOKEN, "account0"), &serde_json::json!({}));
    let mut sides = vec![
        Side::new("bare axum", bare_socket, &session),
        Side::new("mpd, session", small.socket(), &session),
        Side::new("mpd, session, 1,000 accounts", large.socket(), &session),
        Side::new("mpd, token", small.socket(), &token),
        Side::new("a server that closes", closing_socket, &session),
    ];
    match &nginx {
        Some(nginx) => sides.push(Side::new("nginx, a file", nginx.socket.clone(), &session)),
        None => table.row("nginx", "not installed".to_owned(), ""),
    }
    for _ in 0..ROUNDS {
        for at in 0..=CONNECTIONS.len() {
            let takes_part = |place: usize| place != CLOSING || at == CONNECTIONS.len();
            sides.iter_mut().enumerate().filter(|(place, _)| takes_part(*place)).for_each(|(_, side)| side.measure(at));
        }
    }
    for at in 0..=CONNECTIONS.len() {
        compare(table, &sides, at);
    }
    table.judged("mpd resident after start", format!("{:.1} MB", idle), "at most 7 MB", idle <= 7.0);
    table.row("mpd resident after the load", format!("{:.1} MB", resident(&daemon)), "");
    bare.kill();
    closing.kill();
}

/// Starts a server of this benchmark.
fn beside(home: &Home, mode: &str, body: &Path) -> (Daemon, PathBuf) {
    let socket = home.at(format!("{}.sock", mode.trim_start_matches('-')));
    let mut command = home.command(&std::env::current_exe().expect("this program has a path"));
    command.arg(mode).arg(&socket).arg(body);
    (Daemon::start(command, home.path(), &socket), socket)
}

/// Adds the rows of one number of connections.
fn compare(table: &mut Table, sides: &[Side], at: usize) {
    let what = match CONNECTIONS.get(at) {
        Some(1) => "1 connection".to_owned(),
        Some(connections) => format!("{connections} connections"),
        None => "a connection per call".to_owned(),
    };
    let loads: Vec<Load> = sides.iter().map(|side| side.median(at)).collect();
    for (side, load) in sides.iter().zip(&loads).filter(|(_, load)| load.rate > 0.0) {
        table.row(&format!("{}, {what}", side.name), format!("{:.0}/s", load.rate), "");
    }
    table.row("  p99 of the session", table::micros(loads[1].p99), "");
    let mut against = |name: &str, ours: usize, theirs: usize, least: f64| {
        let ratio = loads[ours].rate / loads[theirs].rate;
        table.judged(&format!("  {name}"), format!("{ratio:.2}"), &format!("at least {least}"), ratio >= least);
    };
    against("session / bare", 1, 0, 0.8);
    if sides.len() == NGINX + 1 {
        let least = if at + 1 == CONNECTIONS.len() { 0.8 } else { 0.9 };
        against("session / nginx", 1, NGINX, least);
        against("token / nginx", 3, NGINX, least);
    }
    if loads[CLOSING].rate > 0.0 {
        against("session / a server that closes", 1, CLOSING, 1.0);
        against("token / a server that closes", 3, CLOSING, 1.0);
    }
    against("1,000 / 100 accounts", 2, 1, 0.95);
}

fn latency(table: &mut Table, home: &Home) {
    let mut connection: Connection = home.connect();
    let ask = Ask::get(routes::SESSION);
    let mut times: Vec<Duration> = (0..CALLS)
        .map(|_| {
            let before = Instant::now();
            connection.call(&ask);
            before.elapsed()
        })
        .collect();
    times.sort();
    table.row("GET /v1/session, one connection, p50", table::micros(times[CALLS / 2]), "");
    table.row("GET /v1/session, one connection, p99", table::micros(times[CALLS * 99 / 100]), "");
}

/// Returns the resident memory of a process in MB.
fn resident(daemon: &Daemon) -> f64 {
    let status = fs::read_to_string(format!("/proc/{}/status", daemon.pid())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").trim().parse::<f64>().map_or(f64::NAN, |kilobytes| kilobytes / 1024.0)
}
