//! What `mp export` is made of: streams of events and profiles to stdout or into a file that is never half-written.
//!
//! Read in this order: [`plan`] (what is asked for, in which parts), [`crew`] (fetches parts side by side), [`order`] (puts them one
//! after the other), [`writer`] (a thread that writes), [`mod@file`],
//! [`journal`] and [`resume`] (what lets a run go on where another one ended), [`zone`] and [`future`] (when a day is over, and begins),
//! [`patience`] (what is tried again), [`hour`] (what is waited for);
//! [`sync`] keeps a directory of days, with [`codec`], [`sieve`] and [`hook`] for what becomes of lines and files.

pub(crate) mod codec;
mod crew;
mod file;
mod future;
mod hook;
mod hour;
mod journal;
mod known;
mod order;
mod pages;
mod part;
mod patience;
mod pauses;
mod plan;
mod progress;
mod resume;
mod rows;
mod shape;
mod sieve;
mod size;
mod stop;
mod strays;
pub(crate) mod sync;
mod tally;
mod target;
mod words;
mod writer;
mod zone;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use mp_catalog::Operation;
use mp_catalog::dates::has_words;
use mp_catalog::export::{Days, complete};
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::wire::SessionBody;
use serde_json::{Map, Value};
use tokio::signal::unix::Signal;
use tokio::time::timeout;

use crate::api::Options;
use crate::call::{Call, INTERRUPTED};
use crate::operation::arguments::Typed;
use crate::output::screen;
use crate::{input, report};
use codec::Codec;
use crew::{Bearing, Crew};
use file::Claim;
use future::Horizon;
use hook::Hook;
use hour::{Hour, Wait};
use journal::Done;
use order::Order;
use pages::Reading;
use plan::Plan;
use progress::Progress;
use resume::Resume;
use rows::Rows;
use shape::Shape;
use stop::Stop;
use strays::Strays;
use tally::Tally;
use words::Standing;
use writer::Out;
use zone::Zone;

/// How long an export that was interrupted may take to write what it has: enough for a disk, and nobody waits longer for a pipe.
const LAST: Duration = Duration::from_millis(300);

/// How long a part that fails is tried again, where nobody says otherwise: as long as a deployment or a bad route may last.
const RETRY_FOR: Duration = Duration::from_secs(600);

/// Checks what was typed before anybody is asked.
///
/// # Errors
/// When it is wrong, with all problems.
pub(crate) fn check(operation: &Operation, typed: &Typed) -> Result<(), Failure> {
    plan::check(operation, typed)
}

/// Exports into the file that `--output` names, else to stdout.
///
/// # Errors
/// When the file may not be written, or the export does not come to its end.
pub(crate) async fn run(
    call: &mut Call<'_>,
    operation: &'static Operation,
    arguments: Map<String, Value>,
) -> Result<ExitCode, Failure> {
    let mut interrupt = input::interrupts()?;
    if let Some(order) = sync_order(call)? {
        return sync(call, operation, arguments, order, interrupt).await;
    }
    let shape = shape(call, operation)?;
    let target =
        call.text("output").filter(|path| path != "-").map(|path| target::real(Path::new(&path))).transpose()?;
    let may_replace = call.arguments.get_flag("force");
    if let Some(target) = &target {
        target::check(target, may_replace)?;
    }
    let prepared = tokio::select! {
        biased;
        _ = interrupt.recv() => return Ok(interrupted("nothing was exported")),
        prepared = prepare(call, operation, arguments, target, &shape) => prepared?,
    };
    let (plan, out) = prepared;
    export(call, plan, (out, shape), interrupt).await
}

/// Returns what becomes of lines, and says how columns are called if not as was asked for.
fn shape(call: &Call<'_>, operation: &Operation) -> Result<Shape, Failure> {
    let given = |id: &str| call.arguments.try_get_one::<String>(id).ok().flatten().map(String::as_str);
    let without_repeated = call.arguments.try_get_one::<bool>("dedupe").ok().flatten().is_some_and(|wanted| *wanted);
    if given("format") != Some("csv") {
        if given("columns").is_some() || given("names").is_some() {
            let detail = "--columns and --names are for rows: say -f csv, too";
            return Err(Failure::new(FailureKind::InvalidArgument, detail));
        }
        return Ok(Shape::new(without_repeated, None));
    }
    let is_snake = given("names") == Some("snake");
    let (rows, notes) = Rows::new(given("columns"), operation.id == "export.events", is_snake)?;
    if !call.quiet {
        notes.iter().for_each(|text| report::note(text));
    }
    let is_watched = given("output").is_none_or(|path| path == "-") && screen::is_stdout_watched();
    Ok(Shape::new(without_repeated, Some(rows.watched(is_watched))))
}

/// Returns what is to be synced, if anything is.
fn sync_order(call: &Call<'_>) -> Result<Option<sync::Order>, Failure> {
    let given = |id: &str| call.arguments.try_get_one::<String>(id).ok().flatten();
    let Some(dir) = given("sync") else { return Ok(None) };
    Ok(Some(sync::Order {
        dir: PathBuf::from(dir),
        codec: given("compress").map_or(Codec::Gzip, |word| Codec::named(word)),
        without_repeated: call.arguments.get_flag("dedupe"),
        look_back: call.arguments.get_one::<u32>("look_back").copied(),
        hook: given("exec").map(|line| Hook::parse(line)).transpose()?,
        may_replace: call.arguments.get_flag("force"),
    }))
}

/// Brings a directory up to date, and says on stdout what was done.
async fn sync(
    call: &mut Call<'_>,
    operation: &'static Operation,
    arguments: Map<String, Value>,
    order: sync::Order,
    mut interrupt: Signal,
) -> Result<ExitCode, Failure> {
    let begun = tokio::select! {
        biased;
        _ = interrupt.recv() => return Ok(interrupted("nothing was fetched")),
        begun = prepare_sync(call, operation, arguments, order) => begun?,
    };
    let (report, ended) = match begun {
        (plan, sync::Begun::Sync(sync)) => {
            let plan = Plan { parts: sync.parts, ..plan };
            (sync.report, export(call, plan, (Out::Days(Box::new(sync.store)), Shape::default()), interrupt).await)
        }
        (_, sync::Begun::Busy(report)) => (report, Ok(ExitCode::SUCCESS)),
    };
    let (json, sentence) = report.end();
    if !call.quiet {
        report::say(&sentence);
    }
    call.output.line(&json)?;
    ended
}

/// Decides which days are fetched. The plan has no parts yet.
async fn prepare_sync(
    call: &mut Call<'_>,
    operation: &'static Operation,
    mut arguments: Map<String, Value>,
    order: sync::Order,
) -> Result<(Plan, sync::Begun), Failure> {
    let session = plan::session(call).await?;
    let now = Timestamp::now();
    // It stands in the manifest, and every day is judged by it.
    let zone = Zone::of(call, &session, true).await;
    dated(call, operation, &session, &mut arguments).await;
    let wanted = match plan::wanted(operation, &arguments)? {
        Some(days) => begun(call, days, &zone, now)?,
        None => return Err(Failure::new(FailureKind::InvalidArgument, "profiles have no days that could be synced")),
    };
    arguments.insert("to".to_owned(), wanted.to.to_string().into());
    let request = plan::request(operation, &session, &arguments);
    let begun = sync::begin(order, request, wanted, &zone)?;
    Ok((Plan::of_days(operation, arguments, zone), begun))
}

/// Decides what is fetched and where it goes.
async fn prepare(
    call: &mut Call<'_>,
    operation: &'static Operation,
    mut arguments: Map<String, Value>,
    target: Option<PathBuf>,
    shape: &Shape,
) -> Result<(Plan, Out), Failure> {
    let may_replace = call.arguments.get_flag("force");
    let session = plan::session(call).await?;
    dated(call, operation, &session, &mut arguments).await;
    let asked = plan::wanted(operation, &arguments)?;
    let request = |arguments: &Map<String, Value>| {
        let mut request = plan::request(operation, &session, arguments);
        shape.describe(&mut request);
        request
    };
    let claim = target.map(|target| Claim::of(target, &request(&arguments), may_replace)).transpose()?;
    let left = claim.as_ref().map_or(&[][..], Claim::done);
    let now = Timestamp::now();
    let zone = Zone::of(call, &session, needs_zone(asked, left, now)).await;
    let wanted = asked.map(|days| begun(call, days, &zone, now)).transpose()?;
    if let Some(days) = wanted {
        arguments.insert("to".to_owned(), days.to.to_string().into());
    }
    let is_final = |part: &Done| part.days.is_none_or(|days| zone.is_final(days.to, part.asked));
    let resume = Resume::decide(left, wanted, is_final);
    let mut parts = resume.parts(left);
    // Of profiles, some pages are there: their one part goes on.
    let pages = claim.as_ref().and_then(Claim::pages).cloned();
    let first = if pages.is_some() { 0 } else { parts.len() };
    if let Some(missing) = resume.missing(left, wanted) {
        let is_limited = arguments.get("limit").is_some_and(|limit| !limit.is_null());
        parts.extend(plan::parts(call, &session, is_limited, missing).await?);
    } else if parts.is_empty() {
        parts.push(None);
    }
    let out = match claim {
        None => Out::stdout()?,
        Some(claim) => {
            claim.check_use(&resume, wanted)?;
            if !call.quiet {
                words::of_resume(&claim, &resume).iter().for_each(|text| report::note(text));
            }
            Out::File(Box::new(claim.begin(request(&arguments), zone.name.clone(), &resume)?))
        }
    };
    let takes_pages = shape.is_plain() && out.takes_pages();
    Ok((Plan { operation, arguments, parts, first, pages, takes_pages, zone, horizon: Horizon::default() }, out))
}

/// Puts dates in the places of words for days, and says which.
async fn dated(call: &mut Call<'_>, operation: &Operation, session: &SessionBody, arguments: &mut Map<String, Value>) {
    complete(operation, arguments);
    if !has_words(operation, arguments) {
        return;
    }
    let zone = Zone::of(call, session, true).await;
    let notes = plan::dated(operation, arguments, &zone, Timestamp::now());
    if !call.quiet {
        notes.iter().for_each(|text| report::note(text));
    }
}

/// Whether it matters which time zone the project has: not for days that are over everywhere, and were when they were fetched.
fn needs_zone(asked: Option<Days>, left: &[Done], now: Timestamp) -> bool {
    let is_recent = |days: Days, at| !Zone::default().is_final(days.to, at);
    asked.is_some_and(|days| is_recent(days, now))
        || left.iter().any(|part| part.days.is_some_and(|days| is_recent(days, part.asked)))
}

/// Leaves out the days that have not begun, and says so.
fn begun(call: &Call<'_>, days: Days, zone: &Zone, now: Timestamp) -> Result<Days, Failure> {
    let last = zone.last_begun(now);
    if days.to <= last {
        return Ok(days);
    }
    if days.from > last {
        return Err(words::not_begun(days, zone, now));
    }
    if !call.quiet {
        report::note(&words::ends_sooner(last, zone));
    }
    Ok(Days { to: last, ..days })
}

/// Fetches and writes, until all is there or something ends it.
async fn export(
    call: &Call<'_>,
    plan: Plan,
    (out, shape): (Out, Shape),
    mut interrupt: Signal,
) -> Result<ExitCode, Failure> {
    let strays = Strays::open(call.text("on_bad_line"))?;
    let (target, directory) = (out.target(), out.directory());
    let tally = Arc::new(Tally::starting_at(plan.first));
    // On a terminal the lines themselves show how far it is, and a bar would stand between them.
    let progress = Progress::new(
        &plan,
        Arc::clone(&tally),
        call.quiet || target.is_none() && directory.is_none() && screen::is_stdout_watched(),
    );
    let tell = |text: &str| {
        if !call.quiet {
            report::above(text);
        }
    };
    let wait = wait(call, target.is_some() || directory.is_some());
    let hour = Hour::new(wait, Arc::clone(&tally), plan.parts.len(), plan.first);
    let bearing = bearing(call, hour, Reading::after(plan.pages.as_ref()), &tell);
    let ended = tokio::select! {
        biased;
        ended = fetch(call.daemon.options(), &plan, (out, shape), (&tally, &strays, &bearing), &mut interrupt) => ended,
        () = progress.show() => Ok(()),
    };
    progress.clear();
    if !call.quiet {
        tally.notes(strays.name()).iter().for_each(|text| report::note(text));
    }
    let standing = Standing { plan: &plan, tally: &tally, target: target.as_deref(), directory: directory.as_deref() };
    match ended {
        Ok(()) => {
            if !call.quiet {
                words::of_end(&plan, Timestamp::now()).iter().for_each(|text| report::note(text));
                report::say(&progress.summary());
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(Stop::Interrupted) => Ok(interrupted(&standing.so_far())),
        // Whoever read us has seen enough.
        Err(Stop::NobodyReads) => Ok(ExitCode::SUCCESS),
        Err(Stop::Failed(failure)) => Err(standing.failure(failure)),
    }
}

/// Decides whether a free slot of the hour is waited for: what goes into a file may take as long as it takes.
fn wait(call: &Call<'_>, is_file: bool) -> Wait {
    let most = call.arguments.get_one::<Duration>("max-wait").copied();
    let is_wanted = call.arguments.get_flag("wait") || most.is_some() || is_file;
    if is_wanted && !call.arguments.get_flag("no-wait") { Wait::For(most) } else { Wait::No }
}

/// Decides how what fails is borne.
fn bearing<'a>(call: &Call<'_>, hour: Hour, reading: Reading, tell: &'a dyn Fn(&str)) -> Bearing<'a> {
    let retry_for = call.arguments.get_one("retry-for").copied().unwrap_or(RETRY_FOR);
    Bearing { retry_for, hour, tell, reading }
}

/// Fetches all parts into the output.
async fn fetch(
    options: &Options,
    plan: &Plan,
    (out, shape): (Out, Shape),
    (tally, strays, bearing): (&Arc<Tally>, &Strays, &Bearing<'_>),
    interrupt: &mut Signal,
) -> Result<(), Stop> {
    let dir = out.directory().or_else(|| out.target().and_then(|target| target.parent().map(Path::to_owned)));
    let (sender, mut writer) = writer::start(out, plan.parts.clone(), shape, Arc::clone(tally));
    let order = Order::new(plan.first, dir, sender);
    let crew = Crew { options, plan, order: &order, tally, strays, bearing };
    let fetched = tokio::select! {
        biased;
        _ = interrupt.recv() => Err(Stop::Interrupted),
        // The writer ends first only when it cannot write.
        written = &mut writer => return written,
        fetched = async {
            crew.run().await?;
            order.finish().await;
            Ok(())
        } => fetched,
    };
    // What is there already is written to the end; but nobody waits for a pipe that is not read.
    drop(order);
    let written = if matches!(fetched, Err(Stop::Interrupted)) {
        timeout(LAST, writer).await.unwrap_or(Ok(()))
    } else {
        tokio::select! {
            biased;
            _ = interrupt.recv() => Err(Stop::Interrupted),
            written = writer => written,
        }
    };
    fetched.and(written)
}

fn interrupted(so_far: &str) -> ExitCode {
    report::say(&format!("Interrupted: {so_far}"));
    ExitCode::from(INTERRUPTED)
}
