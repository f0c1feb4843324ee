//! The keeper against a strict provider, on clocks that the tests move.

mod corners;
mod kept;
mod losses;

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::{AccountName, Region};
use mp_proto::wire::{AccountStatus, CredentialState};
use mp_sandbox::upstream::{ADA, Fault, Gate, Rotation, Upstream};
use serde_json::json;

use super::Fresh;
use super::flight::{is_answered, question};
use crate::clock::Clock;
use crate::clock::tests::{TestClock, leap, until};
use crate::endpoint::Endpoint;
use crate::files::paths::Paths;
use crate::files::witness::Witness;
use crate::hub::Hub;
use crate::identity::Holder;
use crate::identity::bridge;
use crate::identity::registration::Registration;
use crate::identity::tokens::{Tokens, read_tokens};
use crate::keeper::Keeper;
use crate::life::Life;
use crate::mixpanel::Mixpanel;
use crate::store::Store;
use crate::vault::Vault;

const TOKEN: &str = "/us/oauth/token/";
const REDIRECT: &str = "http://localhost:19284/callback";

/// A storage root with one browser account, a provider, and a clock that stands still.
struct World {
    home: tempfile::TempDir,
    paths: Paths,
    hub: Arc<Hub>,
    life: Life,
    keeper: Arc<Keeper>,
    clock: Arc<TestClock>,
    upstream: Upstream,
    holder: Holder,
    client_id: String,
    witness: Arc<Witness>,
    vault: Arc<Vault>,
}

impl World {
    /// Returns a world whose account has a grant that ends in so many seconds.
    fn with_grant(seconds: i64) -> Self {
        Self::over(seconds, |paths| Arc::new(Vault::new(paths)))
    }

    /// Returns one whose secrets are kept here, where they are kept.
    fn over(seconds: i64, vault: impl FnOnce(&Paths) -> Arc<Vault>) -> Self {
        let home = tempfile::tempdir().expect("a directory");
        let upstream = Upstream::start();
        let clock = Arc::new(TestClock::at(1_900_000_000));
        let paths = Paths::new(home.path().join(".mp"), home.path().to_owned());
        let (hub, life) = (Arc::new(Hub::new("test".to_owned())), Life::default());
        let endpoint = Endpoint::new(Arc::new(Mixpanel::new(Some(upstream.url()), Default::default())), clock.clone());
        let (witness, vault) = (Arc::new(Witness::default()), vault(&paths));
        let (told, ends) = (Arc::clone(&hub), life.clone());
        let (place, time, seen) = (Arc::clone(&vault), clock.clone(), (Arc::clone(&witness), Arc::default()));
        let keeper = Keeper::new(paths.clone(), endpoint, place, time, told, ends, seen);
        let name = AccountName::parse("ada").expect("a name");
        let client_id = upstream.register_client(Region::Us, REDIRECT);
        let registration = Registration::new(client_id.clone(), Region::Us, REDIRECT.to_owned(), clock.now());
        registration.store(&paths).expect("written");
        let (holder, keeper) = (Holder::Account(name, Region::Us), Arc::new(keeper));
        let world = Self { home, paths, hub, life, keeper, clock, upstream, holder, client_id, witness, vault };
        let tokens = world.minted(seconds);
        world.put(&tokens);
        world
    }

    fn file(&self) -> PathBuf {
        self.paths.tokens(&AccountName::parse("ada").expect("a name"))
    }

    /// Gets a grant from the provider, as a login elsewhere would.
    fn minted(&self, seconds: i64) -> Tokens {
        let grant = self.upstream.mint(ADA, Region::Us, &self.client_id);
        let tokens = json!({
            "access_token": grant.access_token, "refresh_token": grant.refresh_token, "token_type": "Bearer",
            "scope": grant.scope, "expires_at": self.clock.now().as_second() + seconds,
        });
        Tokens::from_json(tokens.as_object().expect("an object")).expect("tokens")
    }

    /// Writes tokens as the Python tool does: a file beside, renamed over.
    fn put(&self, tokens: &Tokens) {
        let path = self.file();
        std::fs::create_dir_all(path.parent().expect("it has one")).expect("made");
        let beside = path.with_extension("json.tmp.1.1");
        std::fs::write(&beside, tokens.to_text().expose()).expect("written");
        std::fs::set_permissions(&beside, std::fs::Permissions::from_mode(0o600)).expect("ours");
        std::fs::rename(&beside, &path).expect("ours");
    }

    fn on_disk(&self) -> Tokens {
        read_tokens(&self.file(), self.home.path()).expect("good").expect("there")
    }

    fn bytes(&self) -> Vec<u8> {
        std::fs::read(self.file()).expect("there")
    }

    async fn token(&self) -> Result<Fresh, Failure> {
        self.keeper.token(&self.holder, 30).await
    }

    /// Asks for a token in a task of its own.
    fn call(&self) -> tokio::task::JoinHandle<Result<Fresh, Failure>> {
        let (keeper, holder) = (Arc::clone(&self.keeper), self.holder.clone());
        self.life.spawn(async move { keeper.token(&holder, 30).await })
    }

    fn posts(&self) -> usize {
        self.upstream.count("POST", TOKEN)
    }

    fn status(&self) -> AccountStatus {
        let mut status = serde_json::from_value(json!({
            "name": "ada", "type": "oauth_browser", "region": "us", "state": "ok", "expires_at": null, "detail": null,
        }))
        .expect("a status");
        self.keeper.show(&self.holder, &mut status);
        status
    }

    /// Does what is due, by the config as it is.
    fn tend(&self) {
        let store = Store::new(&self.paths, Arc::clone(&self.hub), self.clock.clone(), Arc::clone(&self.vault));
        self.keeper.tend(&store.current().config);
    }

    /// Looks at the files as the watch does, and waits for what is done about them.
    async fn look(&self) {
        let store = Store::new(&self.paths, Arc::clone(&self.hub), self.clock.clone(), Arc::clone(&self.vault));
        self.keeper.look(&store.current().config);
        self.settle().await;
    }

    /// Saves what can be saved, as the end of the daemon does. Returns the reasons for the rest.
    async fn secure(&self, patience: Duration) -> Vec<String> {
        let store = Store::new(&self.paths, Arc::clone(&self.hub), self.clock.clone(), Arc::clone(&self.vault));
        let left = self.keeper.secure(&store.current().config, patience).await;
        left.into_iter().map(|it| format!("{}: {}", it.account, it.detail)).collect()
    }

    /// Waits for what is refreshed or saved in the background.
    async fn settle(&self) {
        self.keeper.settle().await;
    }

    fn is_usable(&self, tokens: &Tokens) -> bool {
        tokens.refresh_token.as_ref().is_some_and(|token| self.upstream.is_usable_refresh(token.expose()))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_valid_token_is_served_and_an_expired_one_refreshed_once_for_all() {
    let world = Arc::new(World::with_grant(3600));
    let first = world.token().await.expect("valid");
    assert_eq!((world.posts(), first.generation), (0, 1));
    world.clock.pass(3600);
    let calls: Vec<_> = (0..200)
        .map(|_| {
            let world = Arc::clone(&world);
            world.life.clone().spawn(async move { world.token().await.expect("refreshed").token })
        })
        .collect();
    let mut tokens = Vec::new();
    for call in calls {
        tokens.push(call.await.expect("no panic"));
    }
    assert_eq!(world.posts(), 1);
    assert!(tokens.iter().all(|token| token.expose() == world.on_disk().access_token.expose()));
    assert_ne!(tokens[0].expose(), first.token.expose());
    assert_eq!(world.on_disk().client_id.as_deref(), Some(world.client_id.as_str()));
    assert!(world.upstream.problems().is_empty(), "{:?}", world.upstream.problems());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_that_leaves_stops_nothing() {
    let world = World::with_grant(0);
    let gate = Gate::new();
    world.upstream.fault("POST", TOKEN, Fault::Hold(gate.clone()).after_effect());
    let left = tokio::time::timeout(Duration::from_millis(1), world.token()).await;
    assert!(left.is_err(), "nobody answers yet");
    gate.wait_for_arrival(1);
    gate.release();
    world.settle().await;
    assert_eq!(world.posts(), 1);
    assert!(world.is_usable(&world.on_disk()), "the new grant is on disk");
    world.token().await.expect("valid");
    assert_eq!(world.posts(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_soon_ends_is_refreshed_behind_the_back_of_its_users() {
    let world = World::with_grant(3600);
    world.token().await.expect("valid");
    world.clock.pass(3550);
    let served = world.token().await.expect("valid");
    assert_eq!(served.generation, 1, "the old one, at once");
    world.settle().await;
    assert_eq!((world.posts(), world.token().await.expect("valid").generation), (1, 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accounts_in_use_are_kept_fresh_without_calls() {
    let world = World::with_grant(3600);
    world.tend();
    assert_eq!(world.posts(), 0, "nobody has used it");
    world.token().await.expect("valid");
    for _ in 0..23 {
        world.clock.pass(3595);
        world.tend();
        world.settle().await;
    }
    assert_eq!(world.posts(), 23);
    assert!(world.keeper.is_busy());
    world.clock.pass(2 * 3600);
    world.tend();
    world.settle().await;
    assert_eq!(world.posts(), 23, "not used for a day");
    assert!(!world.keeper.is_busy());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clocks_that_jump_neither_loop_nor_keep_a_dead_token() {
    for jump in [8 * 3600, -2 * 3600] {
        let world = World::with_grant(3600);
        world.token().await.expect("valid");
        world.clock.jump(jump);
        for _ in 0..50 {
            world.token().await.expect("valid");
            world.tend();
            world.settle().await;
        }
        assert_eq!(world.posts(), usize::from(jump > 0), "jump of {jump} s");
        // An hour later by any honest clock, the token of the beginning is dead.
        world.clock.pass(3601);
        world.upstream.advance(Duration::from_secs(3601));
        for _ in 0..50 {
            let fresh = world.token().await.expect("valid");
            assert!(world.upstream.is_valid_access(fresh.token.expose()), "jump of {jump} s");
            world.tend();
            world.settle().await;
        }
        assert_eq!(world.posts(), 1 + usize::from(jump > 0), "jump of {jump} s");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rivals_grant_is_adopted_and_never_overwritten() {
    let world = World::with_grant(3600);
    world.token().await.expect("valid");
    let theirs = world.minted(7200);
    world.put(&theirs);
    let fresh = world.token().await.expect("valid");
    assert_eq!((fresh.token.expose(), fresh.generation), (theirs.access_token.expose(), 2));
    // One that appears while we refresh the older one wins, too.
    world.clock.pass(7200);
    let gate = Gate::new();
    world.upstream.fault("POST", TOKEN, Fault::Hold(gate.clone()).after_effect());
    let refreshed = world.call();
    gate.wait_for_arrival(1);
    let login = world.minted(3600);
    world.put(&login);
    gate.release();
    let fresh = refreshed.await.expect("no panic").expect("a token");
    assert_eq!(fresh.token.expose(), login.access_token.expose());
    assert_eq!(world.on_disk().access_token.expose(), login.access_token.expose());
    assert_eq!(world.posts(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_spent_grant_that_comes_back_is_replaced() {
    let world = World::with_grant(0);
    let old = world.on_disk();
    world.token().await.expect("refreshed");
    let new = world.bytes();
    world.put(&old);
    assert_eq!(world.token().await.expect("ours").generation, 2);
    world.settle().await;
    assert_eq!((world.bytes(), world.posts()), (new, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invalid_grant_is_a_question_that_a_rival_may_answer() {
    let world = World::with_grant(0);
    let refused = world.on_disk();
    world.upstream.revoke_family(refused.refresh_token.expect("there is one").expose());
    let answer = world.minted(3600);
    let gate = Gate::new();
    world.upstream.fault("POST", TOKEN, Fault::Hold(gate.clone()).after_effect());
    let call = world.call();
    gate.wait_for_arrival(1);
    gate.release();
    world.put(&answer);
    let fresh = call.await.expect("no panic").expect("no login is asked for");
    assert_eq!(fresh.token.expose(), answer.access_token.expose());
    assert_eq!((world.posts(), world.status().state), (1, CredentialState::Ok));
}

/// The rival is a slow program between its own answer and its file.
#[tokio::test(start_paused = true)]
async fn a_rival_may_answer_late_and_not_for_ever() {
    for (request_ms, late_ms, counts) in [
        (1, 0, true),
        (1, 50, true),
        (1, 290, true),
        (1, 450, false),
        (400, 790, true),
        (400, 950, false),
        (5_000, 1_990, true),
        (5_000, 2_500, false),
    ] {
        let world = World::with_grant(0);
        let grant = world.keeper.grant(&world.holder);
        let refused = world.on_disk();
        let patience = question(Duration::from_millis(request_ms));
        let question = world.life.spawn(async move { is_answered(&grant, &refused, patience).await });
        tokio::task::yield_now().await;
        tokio::time::advance(Duration::from_millis(late_ms)).await;
        tokio::task::yield_now().await;
        assert_eq!(question.is_finished(), !counts, "{late_ms} ms after a request of {request_ms} ms");
        world.put(&world.minted(3600));
        assert_eq!(question.await.expect("no panic"), counts, "{late_ms} ms after a request of {request_ms} ms");
    }
}

#[tokio::test]
async fn a_slow_token_endpoint_is_waited_for() {
    let (world, gate) = (World::with_grant(0), Gate::new());
    world.upstream.fault("POST", TOKEN, Fault::Hold(gate.clone()).after_effect());
    let call = world.call();
    until("it is asked", || gate.arrived() == 1).await;
    leap(Duration::from_secs(14)).await;
    gate.release();
    let fresh = call.await.expect("no panic").expect("an answer, though a late one");
    assert_eq!((fresh.token.expose(), world.posts()), (world.on_disk().access_token.expose(), 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grant_that_is_refused_for_good_asks_for_a_login_and_changes_nothing() {
    let world = World::with_grant(0);
    let before = world.bytes();
    world.upstream.revoke_family(world.on_disk().refresh_token.expect("there is one").expose());
    for _ in 0..3 {
        let failure = world.token().await.expect_err("refused");
        assert_eq!(failure.kind, FailureKind::LoginRequired);
        assert_eq!(failure.next[0].command, "mp account login ada");
        assert!(failure.detail.contains("invalid_grant"), "{failure}");
        world.clock.pass(600);
        world.tend();
        world.settle().await;
    }
    assert_eq!((world.posts(), world.bytes()), (1, before));
    let status = world.status();
    assert_eq!((status.state, status.next.len()), (CredentialState::LoginRequired, 1));
    // A login elsewhere ends it at once.
    let login = world.minted(3600);
    world.put(&login);
    assert_eq!(world.token().await.expect("valid").token.expose(), login.access_token.expose());
    assert_eq!(world.status().state, CredentialState::Ok);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn weather_is_waited_out_and_the_old_token_served_meanwhile() {
    let world = World::with_grant(3600);
    world.token().await.expect("valid");
    world.clock.pass(3550);
    let forever = Fault::Status(503, json!({"error": "temporarily_unavailable"})).forever();
    world.upstream.fault("POST", TOKEN, forever);
    for _ in 0..20 {
        world.token().await.expect("the old one is valid");
        world.settle().await;
    }
    assert_eq!((world.posts(), world.status().state), (1, CredentialState::Backoff), "one try within the first second");
    world.clock.pass(50);
    for _ in 0..5 {
        let failure = world.token().await.expect_err("over");
        assert_eq!(failure.kind, FailureKind::TokenUnavailable);
        assert!(failure.detail.contains("503") && failure.retry_after_s.is_some(), "{failure}");
    }
    assert_eq!(world.posts(), 2);
    world.upstream.clear_faults();
    world.clock.pass(600);
    world.token().await.expect("healed");
    assert_eq!((world.posts(), world.status().state), (3, CredentialState::Ok));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn retry_after_is_obeyed() {
    let world = World::with_grant(0);
    world.upstream.fault("POST", TOKEN, Fault::RetryAfter(429, "120".to_owned()));
    let failure = world.token().await.expect_err("limited");
    assert_eq!(failure.retry_after_s, Some(120));
    world.clock.pass(119);
    world.token().await.expect_err("too early");
    assert_eq!(world.posts(), 1);
    world.clock.pass(1);
    world.token().await.expect("now");
    assert_eq!(world.posts(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_odd_answer_loses_the_grant() {
    for (what, fault) in Fault::odd_token_answers() {
        let world = World::with_grant(0);
        // Whoever leaves out the new refresh token must accept the old one.
        world.upstream.policy(|policy| policy.rotation = Rotation::Grace(Duration::from_secs(600)));
        world.upstream.fault("POST", TOKEN, fault);
        let first = world.token().await;
        assert!(world.is_usable(&world.on_disk()), "{what}: {first:?}");
        if let Err(failure) = &first {
            assert_eq!(failure.kind, FailureKind::TokenUnavailable, "{what}");
        }
        world.clock.pass(600);
        let fresh = world.token().await.unwrap_or_else(|failure| panic!("{what}: {failure}"));
        assert!(world.upstream.is_valid_access(fresh.token.expose()), "{what}");
        assert_eq!(world.status().state, CredentialState::Ok, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_of_weather_passes() {
    let others = [
        ("400", Fault::Status(400, json!({"error": "invalid_request"}))),
        ("407", Fault::Status(407, json!("proxy"))),
        ("500 invalid_grant", Fault::Status(500, json!({"error": "invalid_grant"}))),
    ];
    for (what, fault) in Fault::weather().into_iter().chain(others) {
        let world = World::with_grant(0);
        world.upstream.fault("POST", TOKEN, fault);
        let failure = world.token().await.expect_err(what);
        assert_eq!(failure.kind, FailureKind::TokenUnavailable, "{what}: {failure}");
        assert!(failure.detail.contains("token endpoint") && !failure.next.is_empty(), "{what}: {failure}");
        assert_eq!(world.status().state, CredentialState::Backoff, "{what}");
        world.clock.pass(10);
        world.token().await.unwrap_or_else(|failure| panic!("{what}: {failure}"));
        assert_eq!((world.posts(), world.upstream.count("GET", "/elsewhere")), (2, 0), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_401_makes_one_refresh_and_a_new_token_none() {
    let world = World::with_grant(3600);
    let dead = world.token().await.expect("valid");
    let rejected = |generation| world.keeper.rejected(&world.holder, generation);
    let newer = rejected(dead.generation).await.expect("refreshed").expect("newer");
    assert_eq!((newer.generation, world.posts()), (2, 1));
    assert_eq!(rejected(1).await.expect("there").map(|fresh| fresh.generation), Some(2));
    assert!(rejected(2).await.expect("no failure").is_none(), "it is brand-new");
    world.clock.pass(61);
    assert_eq!(rejected(2).await.expect("refreshed").map(|fresh| fresh.generation), Some(3));
    assert_eq!(world.posts(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_validity_than_the_provider_grants_is_no_reason_to_ask_again_and_again() {
    let world = World::with_grant(600);
    for _ in 0..10 {
        world.keeper.token(&world.holder, 24 * 3600).await.expect("the best there is");
    }
    assert_eq!(world.posts(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_logout_during_a_refresh_stays_a_logout() {
    let world = World::with_grant(0);
    let gate = Gate::new();
    world.upstream.fault("POST", TOKEN, Fault::Hold(gate.clone()).after_effect());
    let call = world.call();
    gate.wait_for_arrival(1);
    std::fs::remove_file(world.file()).expect("ours");
    gate.release();
    let failure = call.await.expect("no panic").expect_err("logged out");
    assert_eq!(failure.kind, FailureKind::LoginRequired);
    assert!(!world.file().exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grant_left_beside_the_file_by_a_crash_is_found() {
    let world = World::with_grant(0);
    let newer = world.minted(3600);
    let leftover = world.file().with_file_name(".tokens.json.mpd-999999-0.tmp");
    std::fs::write(&leftover, newer.to_text().expose()).expect("written");
    std::fs::set_permissions(&leftover, std::fs::Permissions::from_mode(0o600)).expect("ours");
    assert_eq!(world.token().await.expect("found").token.expose(), newer.access_token.expose());
    world.settle().await;
    assert_eq!(world.on_disk().access_token.expose(), newer.access_token.expose());
    assert!(!leftover.exists() && world.posts() == 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_client_that_minted_a_grant_refreshes_it() {
    let world = World::with_grant(0);
    world.token().await.expect("refreshed");
    // A login on another port registers another client in place of the first.
    let other = world.upstream.register_client(Region::Us, "http://localhost:19285/callback");
    let registration =
        Registration::new(other, Region::Us, "http://localhost:19285/callback".to_owned(), world.clock.now());
    registration.store(&world.paths).expect("written");
    world.clock.pass(3600);
    world.token().await.expect("refreshed as the first client");
    assert_eq!(world.posts(), 2);
    assert!(world.upstream.problems().is_empty(), "{:?}", world.upstream.problems());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grant_that_names_no_client_keeps_the_one_it_was_made_for() {
    let world = World::with_grant(3600);
    assert_eq!(world.on_disk().client_id, None);
    world.token().await.expect("valid");
    world.keeper.note_client(&world.holder, &world.client_id);
    world.keeper.note_client(&world.holder, "another");
    assert_eq!(world.on_disk().client_id.as_deref(), Some(world.client_id.as_str()));
    assert_eq!(world.token().await.expect("the same").generation, 1);
    let other = Registration::new("another".into(), Region::Us, REDIRECT.to_owned(), world.clock.now());
    other.store(&world.paths).expect("written");
    world.clock.pass(3600);
    world.token().await.expect("refreshed as the first client");
    assert!(world.upstream.problems().is_empty(), "{:?}", world.upstream.problems());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_registration_nothing_is_sent() {
    let world = World::with_grant(0);
    std::fs::remove_file(world.paths.oauth_client(Region::Us)).expect("ours");
    let failure = world.token().await.expect_err("nobody to refresh as");
    assert_eq!(failure.kind, FailureKind::LoginRequired);
    assert!(failure.detail.contains("client_us.json"), "{failure}");
    assert_eq!(world.posts(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bridge_is_refreshed_in_memory_alone() {
    let world = World::with_grant(3600);
    let tokens = world.minted(0);
    let path = world.home.path().join("bridge.json");
    let text = json!({"version": 2, "account": {"name": "ada", "type": "oauth_browser", "region": "us"},
        "tokens": serde_json::from_str::<serde_json::Value>(tokens.to_text().expose()).expect("JSON")});
    let bridge = Arc::new(bridge::parse(&path, text.to_string().as_bytes()).expect("a bridge"));
    let before = world.bytes();
    let holder = Holder::Bridge(bridge);
    for _ in 0..5 {
        let fresh = world.keeper.token(&holder, 30).await.expect("refreshed");
        assert!(world.upstream.is_valid_access(fresh.token.expose()));
    }
    assert_eq!((world.posts(), world.bytes(), path.exists()), (1, before, false));
    world.clock.pass(3600);
    world.keeper.token(&holder, 30).await.expect("refreshed from memory");
    assert_eq!(world.posts(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_file_says_when_a_token_ends() {
    let world = World::with_grant(3600);
    world.token().await.expect("valid");
    let mut edited = world.on_disk();
    edited.expires_at = world.clock.now();
    world.put(&edited);
    assert_eq!((world.token().await.expect("refreshed").generation, world.posts()), (2, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_file_does_not_take_away_what_is_known() {
    let world = World::with_grant(3600);
    world.token().await.expect("valid");
    std::fs::write(world.file(), "{\"access_tok").expect("ours");
    world.token().await.expect("still known");
    assert_eq!(world.status().state, CredentialState::Degraded, "until it is written again");
    world.settle().await;
    assert_eq!((world.status().state, world.posts()), (CredentialState::Ok, 0));
    std::fs::write(world.file(), "{\"access_tok").expect("ours");
    world.clock.pass(3600);
    world.token().await.expect("refreshed");
    assert!(world.is_usable(&world.on_disk()));
    assert_eq!(world.status().state, CredentialState::Ok);
}
