//! SharedAnswer reads against a fake Mixpanel that holds its answers back.

use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::AtomicUsize;

use mp_proto::ids::{AccountName, ProjectId, Region};
use mp_proto::plane::Plane;
use mp_proto::secret::Secret;
use mp_sandbox::upstream::reply::Reply;
use mp_sandbox::upstream::{ADA, Fault, Gate, SOL, Upstream};
use serde_json::json;
use tokio::task::JoinHandle;

use super::*;
use crate::boot::base::Base;
use crate::clock::tests::{TestClock, until};
use crate::hub::Notice;
use crate::identity::bases::CallerBases;
use crate::identity::{Authorization, Holder};

const NAMES: &str = "/us/query/events/names";

/// A daemon's parts, a fake Mixpanel that numbers its answers, and a clock that stands still.
struct World {
    home: tempfile::TempDir,
    services: Base,
    reads: Reads,
    clock: Arc<TestClock>,
    upstream: Upstream,
}

impl World {
    fn new() -> Self {
        let home = tempfile::tempdir().expect("a directory");
        let (upstream, clock) = (Upstream::start(), Arc::new(TestClock::at(1_900_000_000)));
        for (name, user) in [("ada", ADA), ("sol", SOL)] {
            upstream.add_service_account(Region::Us, name, "s3cret", user);
        }
        let answers = AtomicUsize::new(0);
        upstream.on("GET", NAMES, move |_| Reply::json(200, &json!(answers.fetch_add(1, Ordering::SeqCst) + 1)));
        let services = Base::of(home.path(), clock.clone(), upstream.url());
        let Base { calls, store, hub, .. } = &services;
        let reads = Reads::new(calls.clone(), Arc::clone(store), clock.clone(), hub);
        Self { home, services, reads, clock, upstream }
    }

    fn configure(&self, text: &str) {
        let path = self.services.paths.config();
        std::fs::create_dir_all(path.parent().expect("it has one")).expect("made");
        std::fs::write(&path, text).expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("ours");
    }

    fn asked(&self) -> usize {
        self.upstream.count("GET", NAMES)
    }

    async fn read(&self, freshness: Freshness) -> SharedAnswer {
        self.read_as(&identity("ada"), request(), freshness).await.expect("an answer")
    }

    async fn read_as(
        &self,
        identity: &Identity,
        request: Outgoing,
        freshness: Freshness,
    ) -> Result<SharedAnswer, Failure> {
        self.reads.read(identity, request, freshness).await
    }

    /// Reads in a task of its own.
    fn call(&self, freshness: Freshness) -> JoinHandle<Result<SharedAnswer, Failure>> {
        let reads = self.reads.clone();
        self.services.life.spawn(async move { reads.read(&identity("ada"), request(), freshness).await })
    }

    /// Holds the next answer back.
    fn hold(&self) -> Gate {
        let gate = Gate::new();
        self.upstream.fault("GET", NAMES, Fault::Hold(gate.clone()).after_effect());
        gate
    }

    fn joined(&self) -> u64 {
        self.reads.status().joined
    }
}

fn identity(username: &str) -> Identity {
    let authorization = Authorization::Basic { username: username.to_owned(), secret: Secret::new("s3cret") };
    let (headers, bases) = (Vec::new(), CallerBases::default());
    Identity { name: "team".into(), region: Region::Us, authorization, headers, bases }
}

fn request() -> Outgoing {
    let query = Query::Pairs(vec![("project_id".to_owned(), "7".to_owned())]);
    let budget = Some(ProjectId::parse("7").expect("digits"));
    Outgoing { query, budget, ..Outgoing::read(Plane::Query, "/events/names") }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_callers_are_one_call_and_those_who_leave_end_it_for_nobody() {
    let world = World::new();
    let gate = world.hold();
    let calls: Vec<_> = (0..50).map(|_| world.call(Freshness::Now)).collect();
    until("all have joined", || world.joined() == 49 && gate.arrived() == 1).await;
    for call in &calls[..25] {
        call.abort();
    }
    gate.release();
    for call in calls.into_iter().skip(25) {
        let shared = call.await.expect("not aborted").expect("an answer");
        assert_eq!((&*shared.value, shared.age), (&json!(1), None));
    }
    assert_eq!(world.asked(), 1);
    assert_eq!(world.read(Freshness::Now).await.value, Arc::new(json!(2)), "the next one asks anew");
    assert!(world.reads.0.lock().flights.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_all_have_left_ends() {
    let world = World::new();
    let _gate = world.hold();
    let calls: Vec<_> = (0..3).map(|_| world.call(Freshness::Kept)).collect();
    until("all wait", || world.joined() == 2 && world.asked() == 1).await;
    for call in calls {
        call.abort();
        assert!(call.await.is_err_and(|error| error.is_cancelled()));
    }
    assert!(world.reads.0.lock().flights.is_empty());
    let running = world.services.gates.status().iter().map(|budget| budget.running).sum::<u64>();
    assert_eq!(running, 0, "its permit was given back");
    assert_eq!(world.read(Freshness::Kept).await.age, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_wants_news_does_not_join_what_began_before_and_others_like_it_do() {
    let world = World::new();
    let gates = [world.hold(), world.hold()];
    let early = world.call(Freshness::Kept);
    until("it is asked", || gates[0].arrived() == 1).await;
    let news = [world.call(Freshness::Renewed), world.call(Freshness::Renewed)];
    until("the news are asked for, once", || gates[1].arrived() == 1 && world.joined() == 1).await;
    // Who comes now shares the newer one, whatever it wants.
    let late = world.call(Freshness::Now);
    until("it has joined", || world.joined() == 2).await;
    gates[1].release();
    for call in news.into_iter().chain([late]) {
        assert_eq!(*call.await.expect("no panic").expect("an answer").value, json!(2));
    }
    gates[0].release();
    assert_eq!(*early.await.expect("no panic").expect("an answer").value, json!(1));
    assert_eq!(world.asked(), 2);
}

#[tokio::test]
async fn what_changes_rarely_is_kept_for_five_minutes_unless_news_are_wanted() {
    let world = World::new();
    for (passed, freshness, expected, age) in [
        (0, Freshness::Now, 1, None),
        (0, Freshness::Kept, 2, None),
        (200, Freshness::Kept, 2, Some(200)),
        (0, Freshness::Now, 3, None),
        (99, Freshness::Kept, 2, Some(299)),
        (0, Freshness::Renewed, 4, None),
        (299, Freshness::Kept, 4, Some(299)),
        (1, Freshness::Kept, 5, None),
    ] {
        world.clock.pass(passed);
        let shared = world.read(freshness).await;
        let age = age.map(Duration::from_secs);
        assert_eq!((&*shared.value, shared.age), (&json!(expected), age), "{passed} {freshness:?}");
    }
    let status = world.reads.status();
    assert_eq!((status.entries, status.bytes, status.hits), (1, 1, 3));
    world.services.hub.tell(Notice::Data);
    assert_eq!(world.read(Freshness::Kept).await.value, Arc::new(json!(6)));
    world.configure("[settings.limits]\ndiscovery_s = 0\n");
    for expected in [7, 8] {
        assert_eq!(world.read(Freshness::Kept).await.value, Arc::new(json!(expected)), "nothing is kept");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_asked_before_everything_was_forgotten_is_kept_for_nobody() {
    let world = World::new();
    let gate = world.hold();
    let early = world.call(Freshness::Kept);
    until("it is asked", || gate.arrived() == 1).await;
    world.services.hub.tell(Notice::Data);
    assert_eq!(*world.read(Freshness::Kept).await.value, json!(2), "nobody joins it");
    gate.release();
    early.await.expect("no panic").expect("an answer");
    assert_eq!(*world.read(Freshness::Kept).await.value, json!(2));
}

#[tokio::test]
async fn two_who_differ_in_anything_share_nothing() {
    let world = World::new();
    let other = |change: fn(&mut Identity)| {
        let mut identity = identity("ada");
        change(&mut identity);
        identity
    };
    let with = |change: fn(&mut Outgoing)| {
        let mut request = request();
        change(&mut request);
        request
    };
    let mut asked = vec![
        (identity("ada"), request()),
        (identity("sol"), request()),
        (other(|one| one.headers.push(("X-Cluster".into(), Secret::new("1")))), request()),
        (other(|one| one.headers.push(("X-Cluster".into(), Secret::new("2")))), request()),
    ];
    let changes: [fn(&mut Outgoing); 6] = [
        |one| one.query = Query::Pairs(vec![("project_id".to_owned(), "8".to_owned())]),
        |one| one.query = Query::Raw("project_id=7".to_owned()),
        |one| one.budget = ProjectId::parse("8").ok(),
        |one| one.path.push_str("/more"),
        |one| one.payload = Payload::Json(json!({"a": 1})),
        |one| drop(one.headers.insert("accept", "text/plain".parse().expect("a value"))),
    ];
    asked.extend(changes.map(|change| (identity("ada"), with(change))));
    for round in 0..2 {
        for (number, (identity, request)) in asked.iter_mut().enumerate() {
            let again = Outgoing { headers: request.headers.clone(), ..Outgoing::read(Plane::Query, &request.path) };
            let payload = match &request.payload {
                Payload::Json(json) => Payload::Json(json.clone()),
                _ => Payload::None,
            };
            let again = Outgoing { query: request.query.clone(), budget: request.budget.clone(), payload, ..again };
            let shared = world.read_as(identity, again, Freshness::Kept).await.expect("an answer");
            assert_eq!((&*shared.value, shared.age.is_some()), (&json!(number + 1), round > 0));
        }
    }
}

#[tokio::test]
async fn another_login_of_the_same_account_sees_nothing_of_the_former() {
    let world = World::new();
    let client = world.upstream.register_client(Region::Us, "http://localhost:19284/callback");
    let (name, now) = (AccountName::parse("ada").expect("a name"), world.services.clock.now().as_second());
    let log_in = |user| {
        let grant = world.upstream.mint(user, Region::Us, &client);
        let tokens = json!({
            "access_token": grant.access_token, "refresh_token": grant.refresh_token, "token_type": "Bearer",
            "scope": grant.scope, "expires_at": now + 3600,
        });
        let path = world.services.paths.tokens(&name);
        std::fs::create_dir_all(path.parent().expect("it has one")).expect("made");
        std::fs::write(&path, tokens.to_string()).expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("ours");
    };
    let grant = Authorization::Grant(Holder::Account(name.clone(), Region::Us));
    let identity = Identity { authorization: grant, ..identity("ada") };
    let answer = async || world.read_as(&identity, request(), Freshness::Kept).await.map(|shared| shared.value);
    log_in(ADA);
    assert_eq!(answer().await, Ok(Arc::new(json!(1))));
    assert_eq!(answer().await, Ok(Arc::new(json!(1))));
    // By another program, which tells nobody.
    log_in(SOL);
    assert_eq!(answer().await, Ok(Arc::new(json!(2))));
    std::fs::remove_file(world.services.paths.tokens(&name)).expect("it is there");
    assert!(answer().await.is_err(), "somebody logged out");
    drop(world.home);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failures_are_shared_by_those_who_wait_and_never_kept() {
    let world = World::new();
    let gate = Gate::new();
    world.upstream.fault("GET", NAMES, Fault::Status(500, json!({"error": "not today"})).held(&gate));
    let calls = [world.call(Freshness::Kept), world.call(Freshness::Kept)];
    until("both wait", || world.joined() == 1 && gate.arrived() == 1).await;
    gate.release();
    for call in calls {
        let failure = call.await.expect("no panic").expect_err("a fault");
        assert!(failure.kind == FailureKind::UpstreamFault && failure.detail.contains("not today"), "{failure:?}");
    }
    assert_eq!(world.asked(), 1);
    assert_eq!(world.read(Freshness::Kept).await.age, None);
}

#[tokio::test]
async fn an_answer_that_breaks_in_the_middle_is_asked_for_once_more() {
    let world = World::new();
    world.upstream.fault("GET", NAMES, Fault::CutOff);
    assert_eq!(*world.read(Freshness::Now).await.value, json!(2));
    world.upstream.fault("GET", NAMES, Fault::CutOff.times(2));
    let broken = world.read_as(&identity("ada"), request(), Freshness::Now).await;
    assert!(broken.is_err_and(|failure| failure.detail.contains("cut off")));
    world.upstream.fault("GET", NAMES, Fault::CutOff);
    let once = Outgoing { repeatable: false, ..request() };
    assert!(world.read_as(&identity("ada"), once, Freshness::Now).await.is_err());
    assert_eq!((world.asked(), world.upstream.faults_left()), (5, 0));
}
