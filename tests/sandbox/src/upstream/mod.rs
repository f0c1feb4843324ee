//! The far side: a strict fake of Mixpanel. No real host is ever asked.
//!
//! Read in this order: [`server`] (a plain HTTP server that fails on the wire as told; it knows nothing of Mixpanel), [`streams`] (bodies
//! on their way), [`Upstream`] (the fake), [`oauth`] and [`grants`] (its provider), [`people`] (who may use it), [`faults`] (what goes
//! wrong), [`visit`] (the user's browser). The planes are `app` with `made`, `query` with `answers` and `reports`, `engage`, and `export`
//! with [`lines`]; [`mcp`] is the hosted MCP server. What they all check is in `asking`, what they hold in [`data`], and how much may be
//! asked in [`limits`].
//!
//! Paths are `/{us|eu|in}/{app|query|engage|export|mcp|oauth|web}/…`, which is what `MPD_UPSTREAM` makes of Mixpanel's hosts. Whatever no
//! faultless client does is a problem of its record, also where the answer is friendly.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use mp_proto::ids::Region;

use crate::wait::poll;

mod answers;
mod app;
mod asking;
pub mod data;
mod engage;
mod export;
pub mod faults;
pub mod gate;
pub mod grants;
pub mod limits;
pub mod lines;
mod made;
pub mod mcp;
pub mod oauth;
pub mod oddities;
pub mod people;
mod query;
pub mod record;
pub mod reply;
mod reports;
pub mod server;
mod state;
pub mod streams;
pub mod visit;
pub mod weather;

pub use data::Data;
pub use faults::{Fault, Plan};
pub use gate::Gate;
pub use grants::{Grant, Policy, Rotation};
pub use limits::{Limits, Meter};
pub use lines::Volume;
pub use mcp::Hosted;
pub use oauth::Consent;
pub use people::{ADA, Project, SOL, User, UserId, Workspace};
pub use record::Record;
use server::{Received, Reply, Server};
use state::State;
pub use streams::{StreamEnd, Streamed};
pub use weather::Weather;

/// Longer than a debug build takes on a machine that is busy with the other tests.
const SOON: Duration = Duration::from_secs(20);

/// What clients made by [`Upstream::register_client`] may do, in the words of the Python tool.
pub const SCOPE: &str = "projects analysis events insights segmentation retention data:read funnels flows data_definitions \
                         dashboard_reports bookmarks";

/// A fake Mixpanel that runs. Dropping it stops it.
#[derive(Debug)]
pub struct Upstream {
    server: Server,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    started: Instant,
    state: Mutex<State>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it holds this lock")
    }
}

impl Upstream {
    /// Starts one with the users Ada and Sol, who allow everything, and no client.
    pub fn start() -> Self {
        let shared = Arc::new(Shared { started: Instant::now(), state: Mutex::new(State::new()) });
        let answering = Arc::clone(&shared);
        Self { server: Server::start(move |received| answer(&answering, received)), shared }
    }

    /// Returns what belongs into `MPD_UPSTREAM`.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// Returns every request so far, in the order of arrival.
    pub fn requests(&self) -> Vec<Record> {
        self.shared.lock().records.all().to_vec()
    }

    /// Returns how many requests to a path have arrived, whether answered or not.
    pub fn count(&self, method: &str, path: &str) -> usize {
        self.shared.lock().records.count(method, path)
    }

    /// Waits until so many requests to a path have arrived in all.
    ///
    /// # Panics
    /// When they do not.
    #[track_caller]
    pub fn wait_for(&self, method: &str, path: &str, count: usize) {
        if poll(SOON, || (self.count(method, path) >= count).then_some(())).is_none() {
            let seen = self.shared.lock().records.summary();
            panic!("not {count} times {method} {path} within {SOON:?}; seen:\n{seen}");
        }
    }

    /// Returns everything that the strict checks objected to, with the request lines.
    pub fn problems(&self) -> Vec<String> {
        self.shared.lock().records.problems()
    }

    /// Returns every streamed answer so far, in the order of their beginnings.
    pub fn streams(&self) -> Vec<Streamed> {
        self.server.streams()
    }

    /// Waits until so many streamed answers of a path have begun in all and none of them runs, and returns them.
    ///
    /// # Panics
    /// When that does not happen.
    #[track_caller]
    pub fn wait_for_ends(&self, path: &str, count: usize) -> Vec<Streamed> {
        let of_path = || self.streams().into_iter().filter(|one| one.path == path).collect::<Vec<_>>();
        let is_over = |seen: &[Streamed]| seen.len() >= count && seen.iter().all(|one| one.end != StreamEnd::Running);
        let ended = poll(SOON, || Some(of_path()).filter(|seen| is_over(seen)));
        ended.unwrap_or_else(|| panic!("not {count} ended streams of {path} within {SOON:?}: {:?}", of_path()))
    }

    /// Forgets the requests and the streams, not what they have done.
    pub fn clear(&self) {
        self.server.clear_streams();
        self.shared.lock().records.clear();
    }

    /// Plans a fault for the next request to a path that begins so, or with [`Fault::times`] for the next ones. Plans for the same
    /// path are used up one after the other; then all is well again. The method `*` is any.
    pub fn fault(&self, method: &str, path_prefix: &str, plan: impl Into<Plan>) {
        self.shared.lock().faults.add(method, path_prefix, plan.into());
    }

    /// Returns how many planned faults have not come yet, without those for ever.
    pub fn faults_left(&self) -> usize {
        self.shared.lock().faults.left()
    }

    /// Lets things go wrong by chance, where nothing is planned.
    pub fn set_weather(&self, weather: Option<Weather>) {
        self.shared.lock().weather = weather;
    }

    /// Returns how many requests went wrong by chance.
    pub fn struck(&self) -> usize {
        self.shared.lock().struck
    }

    /// Takes all plans back.
    pub fn clear_faults(&self) {
        self.shared.lock().faults.clear();
    }

    /// Answers paths of the App, query, engage, export and web planes that begin so. Credentials are checked before.
    /// The handler must neither call this fake nor panic. Of two for the same path the later one counts.
    pub fn on(&self, method: &str, path_prefix: &str, handler: impl Fn(&Received) -> Reply + Send + Sync + 'static) {
        self.shared.lock().add_route(method, path_prefix, Arc::new(handler));
    }

    /// Sets the provider's clock forward: codes and access tokens age.
    pub fn advance(&self, time: Duration) {
        self.shared.lock().ahead += time;
    }

    /// Changes how the provider treats tokens.
    pub fn policy(&self, change: impl FnOnce(&mut Policy)) {
        change(&mut self.shared.lock().provider.grants.policy);
    }

    /// Changes what the projects hold and how the data planes answer.
    pub fn data(&self, change: impl FnOnce(&mut Data)) {
        change(&mut self.shared.lock().data);
    }

    /// Changes the hosted MCP server, or looks at it.
    pub fn hosted<T>(&self, change: impl FnOnce(&mut Hosted) -> T) -> T {
        change(&mut self.shared.lock().hosted)
    }

    /// Ends all sessions in which profiles are read page by page.
    pub fn expire_sessions(&self) {
        self.shared.lock().sessions.expire();
    }

    /// Changes how much a project may ask.
    pub fn limits(&self, meter: Meter, change: impl FnOnce(&mut Limits)) {
        let mut state = self.shared.lock();
        change(if meter == Meter::Query { &mut state.meters.query } else { &mut state.meters.export });
    }

    /// Returns how many requests of a project ever were there at the same time, with those that were refused.
    pub fn peak(&self, meter: Meter, region: Region, project: u64) -> usize {
        self.shared.lock().meters.peak(meter, region, project)
    }

    /// Returns how many requests of a project were refused for a limit, and the most that were let in within any hour.
    pub fn hours(&self, meter: Meter, region: Region, project: u64) -> (usize, usize) {
        self.shared.lock().meters.hours(meter, region, project)
    }

    /// Returns how many requests of a project are there now, without those that were refused.
    pub fn running(&self, meter: Meter, region: Region, project: u64) -> usize {
        self.shared.lock().meters.running(meter, region, project)
    }

    /// Sets what the user does with the next requests for authorization.
    pub fn set_consent(&self, consent: Consent) {
        self.shared.lock().provider.consent = consent;
    }

    /// Sets which user consents.
    pub fn set_user(&self, user: UserId) {
        self.shared.lock().provider.user = user;
    }

    /// Adds a user, or replaces the one with that id.
    pub fn put_user(&self, user: User) {
        self.shared.lock().people.put(user);
    }

    /// Makes a service account of one region that sees what a user sees.
    pub fn add_service_account(&self, region: Region, name: &str, secret: &str, user: UserId) {
        self.shared.lock().people.add_service_account(region, name, secret, user);
    }

    /// Makes a bearer token of one region that never ends.
    pub fn add_bearer(&self, region: Region, token: &str, user: UserId) {
        self.shared.lock().people.add_bearer(region, token, user);
    }

    /// Takes back all service accounts and endless tokens.
    pub fn remove_credentials(&self) {
        self.shared.lock().people.remove_credentials();
    }

    /// Registers a client without a request and returns its id. The address is taken as it is.
    pub fn register_client(&self, region: Region, redirect_uri: &str) -> String {
        self.shared.lock().provider.grants.register(region, redirect_uri, SCOPE)
    }

    /// Forgets a client, as a provider does that cleans up.
    ///
    /// # Panics
    /// When it is not known.
    #[track_caller]
    pub fn forget_client(&self, region: Region, client_id: &str) {
        let known = self.shared.lock().provider.grants.forget(region, client_id);
        assert!(known, "no client {client_id} in region {region}");
    }

    /// Makes a grant without a request.
    ///
    /// # Panics
    /// When the region has no such client.
    #[track_caller]
    pub fn mint(&self, user: UserId, region: Region, client_id: &str) -> Grant {
        let mut state = self.shared.lock();
        let now = state.now(self.shared.started);
        let known = state.provider.grants.client(region, client_id).is_some();
        let grant = known.then(|| state.provider.grants.begin(user, region, client_id, now).1);
        drop(state);
        grant.unwrap_or_else(|| panic!("no client {client_id} in region {region}"))
    }

    /// Revokes one access token.
    ///
    /// # Panics
    /// When it was never given.
    #[track_caller]
    pub fn revoke_access(&self, token: &str) {
        let known = self.shared.lock().provider.grants.revoke_access(token);
        assert!(known, "no access token {token}");
    }

    /// Revokes the whole grant that a refresh token belongs to.
    ///
    /// # Panics
    /// When it was never given.
    #[track_caller]
    pub fn revoke_family(&self, refresh_token: &str) {
        let known = self.shared.lock().provider.grants.revoke_family(refresh_token);
        assert!(known, "no refresh token {refresh_token}");
    }

    /// Ends the life of every access token given so far; refresh tokens stay good.
    pub fn expire_access_tokens(&self) {
        self.shared.lock().provider.grants.expire_access();
    }

    /// Returns whether a refresh token would be taken now.
    pub fn is_usable_refresh(&self, token: &str) -> bool {
        let state = self.shared.lock();
        state.provider.grants.is_usable_refresh(token, state.now(self.shared.started))
    }

    /// Returns whether an access token would be taken now, in its region.
    pub fn is_valid_access(&self, token: &str) -> bool {
        let state = self.shared.lock();
        state.provider.grants.bearer(token, state.now(self.shared.started)).is_some()
    }
}

/// Notes a request, and answers it at once or when the gate is open that is planned for it.
fn answer(shared: &Arc<Shared>, received: &Received) -> Reply {
    let mut state = shared.lock();
    state.records.begin(received);
    let plan = state.strike(received);
    let now = state.now(shared.started);
    let ticket = state.meters.enter(received, now);
    match plan.as_ref().and_then(Plan::gate_first) {
        None => state.answer(received, plan.as_ref(), ticket, now),
        Some(gate) => {
            let (shared, received) = (Arc::clone(shared), received.clone());
            Reply::deferred(gate, move || {
                let mut state = shared.lock();
                let now = state.now(shared.started);
                state.answer(&received, None, ticket.clone(), now)
            })
        }
    }
}
