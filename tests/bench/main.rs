//! `cargo bench`: how fast the client and the daemon are, as ratios against the least that could be, in one run.
//!
//! Only ratios mean something on another machine: process start against `/bin/true`, requests per second against a bare axum
//! handler with a body of the same size, a large config against a small one, a call of Mixpanel through the daemon against one that
//! goes straight to it. How fast exports are is measured by `tests/bench/export.py`.

mod bare;
mod load;
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
use table::Table;

/// Runs of each of two programs that are compared; enough for a steady median.
const STARTS: usize = 200;

/// Cold starts: each costs a stop, too.
const COLD_STARTS: usize = 20;

/// Calls one after the other over one connection.
const CALLS: usize = 5_000;

/// Connections at once.
const CONNECTIONS: [usize; 3] = [1, 64, 512];

/// Rounds of load; the servers take turns, so that a busy moment of the machine hits them all.
const ROUNDS: usize = 3;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, mode, socket, body] = arguments.as_slice()
        && mode == bare::MODE
    {
        bare::serve(Path::new(socket), Path::new(body));
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
    print!("{table}");
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

/// The parts of one comparison: servers under the same load.
struct Server {
    name: &'static str,
    socket: PathBuf,
    rates: Vec<Vec<f64>>,
}

impl Server {
    fn new(name: &'static str, socket: PathBuf) -> Self {
        Self { name, socket, rates: vec![Vec::new(); CONNECTIONS.len()] }
    }

    /// Returns the median rate at each number of connections.
    fn medians(&self) -> Vec<f64> {
        let median = |rates: &Vec<f64>| {
            let mut rates = rates.clone();
            rates.sort_by(f64::total_cmp);
            rates[rates.len() / 2]
        };
        self.rates.iter().map(median).collect()
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
    fs::write(&body, small.ask(&Ask::get(routes::SESSION)).body).expect("the home is writable");
    let bare_socket = small.at("bare.sock");
    let own = std::env::current_exe().expect("this program has a path");
    let mut command = small.command(&own);
    command.arg(bare::MODE).arg(&bare_socket).arg(&body);
    let bare = Daemon::start(command, small.path(), &bare_socket);

    let mut servers = [
        Server::new("bare axum", bare_socket),
        Server::new("mpd, 100 accounts", small.socket()),
        Server::new("mpd, 1,000 accounts", large.socket()),
    ];
    for _ in 0..ROUNDS {
        for (at, connections) in CONNECTIONS.into_iter().enumerate() {
            for server in &mut servers {
                server.rates[at].push(load::rate(&server.socket, connections));
            }
        }
    }
    let rates = servers.each_ref().map(Server::medians);
    for (at, connections) in CONNECTIONS.into_iter().enumerate() {
        for (server, rates) in servers.iter().zip(&rates) {
            table.row(&format!("{}, {connections} connections", server.name), format!("{:.0}/s", rates[at]), "");
        }
        let against_bare = rates[1][at] / rates[0][at];
        table.judged("  mpd / bare", format!("{against_bare:.2}"), "at least 0.8", against_bare >= 0.8);
        let large_to_small = rates[2][at] / rates[1][at];
        let close = (large_to_small - 1.0).abs() <= 0.1;
        table.judged("  1,000 / 100 accounts", format!("{large_to_small:.2}"), "within 10 %", close);
    }
    table.judged("mpd resident after start", format!("{:.1} MB", idle), "at most 10 MB", idle <= 10.0);
    table.row("mpd resident after the load", format!("{:.1} MB", resident(&daemon)), "");
    bare.kill();
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
