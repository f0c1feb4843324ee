//! Makes every service from what it uses, from the bottom up.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::net::UnixStream;
use tokio::sync::mpsc::Sender;

use super::base::Base;
use super::place::Place;
use crate::args::Options;
use crate::call::reads::Reads;
use crate::clock::{AheadClock, Clock, SystemClock};
use crate::credential::Credentials;
use crate::files::paths::Paths;
use crate::files::read::Signature;
use crate::files::watch::Watch;
use crate::life::limits::Limits;
use crate::login::logins::Logins;
use crate::me::users::Users;
use crate::memo::SessionMemo;
use crate::mixpanel::Mixpanel;
use crate::operation::services::Operations;
#[cfg(feature = "otlp")]
use crate::otlp::body::Resource;
#[cfg(feature = "otlp")]
use crate::otlp::{Exporter, Variables};
use crate::secrets::Secrets;
use crate::server;
use crate::server::app::App;
use crate::server::lanes::Lanes;
use crate::session::sessions::Sessions;
use crate::telemetry::LogHandle;
#[cfg(feature = "otlp")]
use mp_proto::version::BUILD;

/// Returns the clock. With a stand-in for Mixpanel, a variable may name the file that sets it forward: no test waits for a day.
fn clock(mixpanel: &Mixpanel) -> Arc<dyn Clock> {
    match std::env::var_os("MPD_CLOCK").filter(|path| !path.is_empty()) {
        Some(path) if mixpanel.redirected_to().is_some() => Arc::new(AheadClock(path.into())),
        _ => Arc::new(SystemClock),
    }
}

/// Makes the daemon of a place.
pub(super) fn make(
    options: &Options,
    place: Place,
    (watch, lanes): (Watch, Lanes),
    mixpanel: Mixpanel,
    log: LogHandle,
    log_file: Option<PathBuf>,
    handovers: Sender<UnixStream>,
) -> App {
    let (clock, limits) = (clock(&mixpanel), Limits::of_this_process());
    let started_at = clock.now();
    let instance = instance_id(started_at);
    let base = Base::new(Paths::new(place.root, place.home), clock, mixpanel, instance.clone(), watch.witness());
    let users = users(&base);
    let reads = Reads::new(base.calls.clone(), Arc::clone(&base.store), Arc::clone(&base.clock), &base.hub);
    #[cfg(feature = "otlp")]
    export(&base, instance.clone());
    App {
        sessions: Sessions::new(Arc::clone(&base.store), base.paths.clone(), Arc::clone(&base.clock)),
        credentials: Credentials::new(Arc::clone(&base.keeper), Arc::clone(&base.mixpanel)),
        secrets: Arc::new(Secrets::new(&base.store, &base.keeper, &base.paths, &base.life)),
        watch: Arc::new(watch),
        lanes,
        operations: operations(&base, &reads, &users),
        logins: logins(&base, &users),
        memo: SessionMemo::default(),
        counters: server::counters(),
        meters: base.meters,
        spans: base.spans,
        executable: executable(),
        socket: place.socket,
        started_by: options.started_by,
        idle_exit: options.idle_exit,
        paths: base.paths,
        clock: base.clock,
        store: base.store,
        keeper: base.keeper,
        mixpanel: base.mixpanel,
        calls: base.calls,
        gates: base.gates,
        hub: base.hub,
        life: base.life,
        started_at,
        instance,
        reads,
        users,
        log,
        log_file,
        handovers,
        limits_told: limits.problems(),
        limits,
    }
}

/// Makes what knows who is behind an account.
pub(crate) fn users(base: &Base) -> Users {
    let (store, paths, clock) = (Arc::clone(&base.store), base.paths.clone(), Arc::clone(&base.clock));
    Users::new(base.calls.clone(), store, paths, clock, Arc::clone(&base.hub), base.life.clone())
}

/// Makes what runs logins.
pub(crate) fn logins(base: &Base, users: &Users) -> Logins {
    Logins::new(
        Arc::clone(&base.keeper),
        base.endpoint.clone(),
        Arc::clone(&base.mixpanel),
        users.clone(),
        Arc::clone(&base.store),
        base.paths.clone(),
        Arc::clone(&base.clock),
        Arc::clone(&base.hub),
        base.life.clone(),
    )
}

fn operations(base: &Base, reads: &Reads, users: &Users) -> Operations {
    let (mixpanel, clock) = (Arc::clone(&base.mixpanel), Arc::clone(&base.clock));
    Operations::new(base.calls.clone(), reads.clone(), users.clone(), mixpanel, clock, base.life.clone())
}

/// Lets spans go to a collector.
#[cfg(feature = "otlp")]
fn export(base: &Base, instance: String) {
    let Some(ended) = base.spans.ended() else { return };
    let variables = Variables::of(|name| std::env::var(name).ok());
    let resource = Resource { version: BUILD, instance };
    let (mixpanel, meters, life) = (Arc::clone(&base.mixpanel), Arc::clone(&base.meters), base.life.clone());
    let exporter = Exporter::new(&base.store, &base.spans, mixpanel, meters, life, (resource, variables));
    base.life.spawn(exporter.run(ended));
}

/// Returns our program, by the name that an upgrade keeps: a service manager starts it by a link, and the file behind that belongs to one
/// version of a package (Homebrew's `Cellar`, the store of Nix). The file that runs is known by the system alone.
fn executable() -> Option<(PathBuf, Signature)> {
    let own = std::env::current_exe().ok()?;
    let signature = Signature::behind(&own).ok()??;
    let is_same = |found: Option<Signature>| found.is_some_and(|found| found.identity() == signature.identity());
    let is_this = |path: &PathBuf| path.is_absolute() && Signature::behind(path).is_ok_and(is_same);
    let path = std::env::args_os().next().map(PathBuf::from).filter(is_this).unwrap_or(own);
    Some((path, signature))
}

/// Time and pid together differ after each start on one machine, which is all that event ids need.
fn instance_id(started_at: jiff::Timestamp) -> String {
    format!("{:x}{:x}", started_at.as_microsecond(), std::process::id())
}
