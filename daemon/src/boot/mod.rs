//! The start of the daemon, in order, and its end.

pub(crate) mod base;
mod check;
mod claim;
mod error;
mod give;
mod idle;
mod place;
pub(crate) mod services;
mod take;
mod upgrade;

use std::ffi::OsString;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use mp_proto::failure::chain;
use mp_proto::location;
use mp_proto::version::{BUILD, identity};
use mp_proto::visible::line;
use mp_proto::wire::StartedBy;
use rustix::fs::Mode;
use rustix::process::{Resource, Rlimit};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;
use tracing::{error, info, warn};

use self::claim::Claim;
pub use self::error::BootError;
use self::give::give;
use self::idle::leave_when_idle;
use self::place::{Named, Place};
use self::take::Held;
use self::upgrade::{Successor, make_way};
use crate::args::{self, Command, HELP, Options};
use crate::fault;
use crate::files::replace;
use crate::files::watch::Watch;
use crate::identity::bases::loopback;
use crate::life::limits::Limits;
use crate::life::service;
use crate::life::signals::Signals;
use crate::mixpanel::Mixpanel;
use crate::mixpanel::network::Variables;
use crate::notify::Notifier;
use crate::server;
use crate::server::app::App;
use crate::server::lanes::Lanes;
use crate::telemetry::{self, LogFormat, LogHandle, TelemetryError};

/// How long a refresh under way may take at stop: as long as the token endpoint may, and then its grant has to be written. Cut off, it
/// could log the user out.
const LANDING: Duration = Duration::from_secs(25);

/// How long the end tries to save tokens that are only in memory. With the grace for calls and the landing of a refresh it stays below
/// what a service manager allows.
const SAVING: Duration = Duration::from_secs(8);

/// Runs the program `mpd`.
pub fn main() -> ExitCode {
    let outcome = args::parse(std::env::args_os().skip(1).collect::<Vec<OsString>>()).map_err(BootError::from);
    match outcome {
        Ok(Command::Help) => say(HELP),
        Ok(Command::Version) => say(&format!("mpd version {BUILD}\n")),
        Ok(Command::Check(options)) => match check(&options) {
            Ok(()) => say("ready\n"),
            Err(error) => refuse(&error, 1),
        },
        Ok(Command::Identity) => say(&format!("{}\n", identity())),
        Ok(Command::Run(options)) => match run(&options) {
            Ok(None) => ExitCode::SUCCESS,
            Ok(Some(end)) => end.succeed(options.started_by),
            Err(error) => refuse(&error, 1),
        },
        Err(error) => refuse(&error, 3),
    }
}

fn say(text: &str) -> ExitCode {
    let _ = std::io::stdout().write_all(text.as_bytes());
    ExitCode::SUCCESS
}

/// Tells whoever started us why there is no daemon: a client reads the line from our stdout, a person from stderr.
fn refuse(error: &BootError, code: u8) -> ExitCode {
    let text = line(&chain(error).replace('\n', " ")).into_owned();
    let _ = writeln!(std::io::stdout(), "error: {text}");
    let _ = writeln!(std::io::stderr(), "mpd: {text}");
    error!(error = %text, "did not start");
    ExitCode::from(code)
}

fn check(options: &Options) -> Result<(), BootError> {
    let place = Named::find(options)?.expected()?;
    upstream(options)?;
    log_format()?;
    check::check(&place, &log_filter(options), options.started_by)
}

/// Does without huge pages, which the allocator would get wherever the system gives them to all (Debian, Red Hat): a daemon with two
/// megabytes of its own would take fourteen more, and a start would spend half of its time on clearing them. What it starts inherits that.
fn keep_pages_small() {
    // Where there is no such switch, there is nothing to switch off.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}

/// Serves until the end. Returns what is to follow, if anything is.
fn run(options: &Options) -> Result<Option<Successor>, BootError> {
    keep_pages_small();
    Limits::raise();
    let named = Named::find(options)?;
    let (upstream, format) = (upstream(options)?, log_format()?);
    detach(options.started_by, &named.root)?;
    let place = named.settle()?;
    // In this order: the head of `Watch::open` says why.
    let watch = Watch::open(&place.root, &place.run, &place.socket);
    let system = |step| move |source| BootError::System { step, source };
    let runtime = lane().map_err(system("start the runtime"))?;
    let other = lane().map_err(system("start the runtime"))?;
    let held = runtime.block_on(take::hold(options, &place))?;
    let log_file = has_log_file(options.started_by).then(|| location::log_file(&place.run));
    let log = telemetry::start(&log_filter(options), format, log_file.as_deref())?;
    sweep(&place.root);
    // As a task: a new connection is then served by the thread that accepted it, without waking another one first.
    let lanes = Lanes::of([runtime.handle(), other.handle()]);
    let work = serve(options.clone(), place, (watch, lanes), upstream, held, log.clone(), log_file);
    let served = runtime.block_on(runtime.spawn(work));
    let served = served.map_err(|error| BootError::System { step: "serve", source: error.into() }).flatten();
    // A blocking task that hangs in the file system must not keep a stopped daemon alive.
    runtime.shutdown_timeout(Duration::from_secs(1));
    other.shutdown_background();
    log.flush();
    served
}

/// Makes what runs tasks on one thread.
fn lane() -> std::io::Result<Runtime> {
    Builder::new_multi_thread().worker_threads(1).max_blocking_threads(16).enable_all().build()
}

/// Leaves whatever the starter was part of: its terminal, its directory, its file modes. Nothing of ours may end in a core file.
fn detach(started_by: StartedBy, root: &Path) -> Result<(), BootError> {
    let system = |step| move |errno: rustix::io::Errno| BootError::System { step, source: errno.into() };
    rustix::process::umask(Mode::from_raw_mode(0o077));
    rustix::process::setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })
        .map_err(system("forbid core files"))?;
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)
        .map_err(system("forbid other processes to read our memory"))?;
    if started_by == StartedBy::Client {
        // Fails only for the leader of a process group, which a client does not make us.
        let _ = rustix::process::setsid();
    }
    if root.is_absolute() {
        rustix::process::chdir("/").map_err(system("leave the working directory"))?;
    }
    Ok(())
}

/// Returns whether the log goes into a file of our own: for a client, which reads no output of ours, and under launchd, which keeps what a
/// job says, but never puts it aside. systemd has its journal.
fn has_log_file(started_by: StartedBy) -> bool {
    started_by == StartedBy::Client || (started_by == StartedBy::Service && cfg!(target_os = "macos"))
}

fn log_filter(options: &Options) -> String {
    let from_env = || std::env::var("MPD_LOG").ok().filter(|filter| !filter.is_empty());
    options.log_level.clone().or_else(from_env).unwrap_or_else(|| telemetry::DEFAULT_FILTER.to_owned())
}

fn log_format() -> Result<LogFormat, TelemetryError> {
    let named = std::env::var("MPD_LOG_FORMAT").ok().filter(|format| !format.is_empty());
    named.map_or(Ok(LogFormat::Text), |format| LogFormat::parse(&format))
}

/// Returns Mixpanel, or what takes its place. Loopback only: a variable must not be able to send credentials elsewhere.
fn upstream(options: &Options) -> Result<Mixpanel, BootError> {
    let from_env = || std::env::var("MPD_UPSTREAM").ok().filter(|url| !url.is_empty());
    let variables = Variables::of_this_process();
    let Some(url) = options.upstream.clone().or_else(from_env) else { return Ok(Mixpanel::new(None, variables)) };
    match loopback(&url) {
        Ok(base) => {
            // Never without a stand-in: nothing may break a daemon that serves a person.
            let faults = std::env::var("MPD_FAULTS").unwrap_or_default();
            fault::plan(&faults).map_err(|problem| BootError::Upstream { url, problem })?;
            Ok(Mixpanel::new(Some(base), variables))
        }
        Err(problem) => Err(BootError::Upstream { url, problem }),
    }
}

/// Lets the hour of a stand-in for Mixpanel be as short as the variable says: no test waits for a real one.
fn shorten_hour(app: &App) {
    let seconds = std::env::var("MPD_HOUR").ok().and_then(|text| text.parse().ok()).filter(|seconds| *seconds > 0);
    if let (Some(_), Some(seconds)) = (app.mixpanel.redirected_to(), seconds) {
        app.gates.set_hour(Duration::from_secs(seconds));
    }
}

/// Clears away what an earlier daemon left when it was killed in the middle of a write. Texts of others are kept and named.
fn sweep(root: &Path) {
    match replace::sweep(root) {
        Ok(swept) => {
            for path in swept.displaced {
                warn!(path = %path.display(), "a text of another program was kept beside its file");
            }
        }
        Err(error) => warn!(%error, "leftovers were not looked for"),
    }
}

async fn serve(
    options: Options,
    place: Place,
    (watch, lanes): (Watch, Lanes),
    upstream: Mixpanel,
    mut held: Held,
    log: LogHandle,
    log_file: Option<PathBuf>,
) -> Result<Option<Successor>, BootError> {
    let signals =
        Signals::register().map_err(|source| BootError::System { step: "register the signal handlers", source })?;
    let (socket, listener) = held.socket(&place)?;
    let claimed = (place.root.clone(), place.run.clone());
    // One after the other; more than that wait at the door.
    let (handovers, asked) = mpsc::channel(4);
    let app = Arc::new(services::make(&options, place, (watch, lanes), upstream, log, log_file, handovers));
    shorten_hour(&app);
    held.confirm(&listener).await?;
    // Two: one in the hand of the server, one on its way. More than that nobody removes sockets.
    let (rebound, fresh) = mpsc::channel(2);
    let lock = held.serving(&app.life).await;
    let sockets = (socket, listener.try_clone().ok());
    let claim = Arc::new(Claim::new(lock, sockets, rebound, claimed, app.life.clone()));
    app.life.spawn(give(Arc::clone(&app), Arc::clone(&claim), asked));
    let (closing, looked) = (Arc::clone(&claim), Arc::clone(&claim));
    app.life.spawn(async move { closing.close_in_time().await });
    app.life.spawn(signals.follow(app.life.clone(), app.watch.wake()));
    app.life.spawn(Arc::clone(&app.keeper).run(Arc::clone(&app.store)));
    app.keeper.wake(app.watch.wake());
    app.life.spawn(notifier(&app).run());
    app.life.spawn(Arc::clone(&app.secrets).tend());
    let (store, keeper, secrets) = (Arc::clone(&app.store), Arc::clone(&app.keeper), Arc::clone(&app.secrets));
    app.life.spawn(Arc::clone(&app.watch).run(app.life.clone(), app.paths.clone(), move || {
        // Whoever follows the config hears of a change that no call has noticed.
        let config = store.last_good();
        let is_well = looked.look();
        secrets.wake();
        (is_well, keeper.look(&config.config))
    }));
    if let Some(after) = app.idle_exit {
        app.life.spawn(leave_when_idle(Arc::clone(&app), after));
    }
    app.life.spawn(make_way(Arc::clone(&app), Arc::clone(&claim)));
    if let Some(url) = app.mixpanel.redirected_to() {
        warn!(%url, "requests go here in place of Mixpanel");
    }
    for problem in &app.limits_told {
        warn!(problem, "a limit is low");
    }
    info!(version = BUILD, root = %app.paths.root().display(), pid = std::process::id(), "started");
    announce(options.started_by);
    server::serve(Arc::clone(&app), listener, fresh).await;
    finish(&app).await;
    Ok(Successor::of(&app, claim))
}

fn notifier(app: &App) -> Notifier {
    let (store, clock) = (Arc::clone(&app.store), Arc::clone(&app.clock));
    Notifier::new(app.paths.clone(), store, &app.hub, clock, Arc::clone(&app.meters), app.life.clone())
}

/// Says `ready` to whoever started us. From here on nothing is printed: what a client started lets go of its pipe.
fn announce(started_by: StartedBy) {
    let _ = writeln!(std::io::stdout(), "ready");
    let _ = std::io::stdout().flush();
    if started_by == StartedBy::Client {
        match File::options().write(true).open("/dev/null") {
            Ok(null) => drop((rustix::stdio::dup2_stdout(&null), rustix::stdio::dup2_stderr(&null))),
            Err(error) => warn!(%error, "the starter's pipe stays open"),
        }
    }
    service::notify(sd_notify::NotifyState::Ready);
}

async fn finish(app: &App) {
    if !app.life.is_stopping() {
        app.life.request_stop("stopping");
    }
    if tokio::time::timeout(LANDING, app.keeper.settle()).await.is_err() {
        warn!(after_s = LANDING.as_secs(), "a refresh was cut off");
    }
    // A signal cannot be refused, and a service manager does not wait for ever.
    let patience = if app.life.is_forced() { Duration::ZERO } else { SAVING };
    for lost in app.keeper.secure(&app.store.last_good().config, patience).await {
        error!(account = %lost.account, detail = %lost.detail, "the newest tokens were lost: log in again");
    }
    app.life.end(Duration::from_secs(1)).await;
}
