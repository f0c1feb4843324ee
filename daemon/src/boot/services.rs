//! Makes every service from what it uses, from the bottom up.

use std::path::PathBuf;
use std::sync::Arc;

use super::place::Place;
use crate::args::Options;
use crate::call::calls::Calls;
use crate::call::gate::Gates;
use crate::call::reads::Reads;
use crate::clock::{Clock, SystemClock};
use crate::credential::Credentials;
use crate::endpoint::Endpoint;
use crate::files::paths::Paths;
use crate::files::read::Signature;
use crate::files::watch::Watch;
use crate::hub::Hub;
use crate::keeper::Keeper;
use crate::life::Life;
use crate::login::logins::Logins;
use crate::me::users::Users;
use crate::memo::SessionMemo;
use crate::mixpanel::Mixpanel;
use crate::operation::services::Operations;
use crate::server::app::{App, Counters};
use crate::session::sessions::Sessions;
use crate::store::Store;
use crate::telemetry::LogHandle;

/// Makes the daemon of a place.
pub(super) fn make(
    options: &Options,
    place: Place,
    mixpanel: Mixpanel,
    log: LogHandle,
    log_file: Option<PathBuf>,
) -> App {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let started_at = clock.now();
    let instance = instance_id(started_at);
    let (hub, life) = (Arc::new(Hub::new(instance.clone())), Life::default());
    let paths = Paths::new(place.root, place.home);
    let mixpanel = Arc::new(mixpanel);
    let store = Arc::new(Store::new(&paths, Arc::clone(&hub), Arc::clone(&clock)));
    let endpoint = Endpoint::new(Arc::clone(&mixpanel), Arc::clone(&clock));
    let keeper = Keeper::new(paths.clone(), endpoint.clone(), Arc::clone(&clock), Arc::clone(&hub), life.clone());
    let keeper = Arc::new(keeper);
    let gates = Gates::new(Arc::clone(&clock));
    let limited = gates.clone();
    store.follow(move |snapshot| limited.set_limits(&snapshot.config.limits));
    let calls = Calls::new(
        Arc::clone(&mixpanel),
        Arc::clone(&keeper),
        gates.clone(),
        Arc::clone(&store),
        Arc::clone(&hub),
        life.clone(),
    );
    let reads = Reads::new(calls.clone(), Arc::clone(&store), Arc::clone(&clock), &hub);
    let users = Users::new(
        calls.clone(),
        Arc::clone(&store),
        paths.clone(),
        Arc::clone(&clock),
        Arc::clone(&hub),
        life.clone(),
    );
    let operations = Operations::new(
        calls.clone(),
        reads.clone(),
        users.clone(),
        Arc::clone(&mixpanel),
        Arc::clone(&clock),
        life.clone(),
    );
    let logins = Logins::new(
        Arc::clone(&keeper),
        endpoint,
        Arc::clone(&mixpanel),
        users.clone(),
        Arc::clone(&store),
        paths.clone(),
        Arc::clone(&clock),
        Arc::clone(&hub),
        life.clone(),
    );
    App {
        sessions: Sessions::new(Arc::clone(&store), paths.clone(), Arc::clone(&clock)),
        credentials: Credentials::new(Arc::clone(&keeper), Arc::clone(&mixpanel)),
        watch: Arc::new(Watch::new(paths.root().to_owned(), place.socket.clone(), life.clone())),
        memo: SessionMemo::default(),
        counters: Counters::default(),
        executable: executable(),
        socket: place.socket,
        started_by: options.started_by,
        idle_exit: options.idle_exit,
        paths,
        started_at,
        instance,
        clock,
        store,
        keeper,
        logins,
        mixpanel,
        calls,
        gates,
        reads,
        users,
        operations,
        hub,
        log,
        log_file,
        life,
    }
}

fn executable() -> Option<(PathBuf, Signature)> {
    let path = std::env::current_exe().ok()?;
    let signature = Signature::of(&path).ok()??;
    Some((path, signature))
}

/// Time and pid together differ after each start on one machine, which is all that event ids need.
fn instance_id(started_at: jiff::Timestamp) -> String {
    format!("{:x}{:x}", started_at.as_microsecond(), std::process::id())
}
