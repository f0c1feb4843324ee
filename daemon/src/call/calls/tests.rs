//! Requests to a fake Mixpanel with the limits of the real one.

use std::time::Duration;

use mp_proto::ids::{ProjectId, Region};
use mp_proto::plane::Plane;
use mp_sandbox::upstream::reply::Reply;
use mp_sandbox::upstream::{ADA, Fault, Gate, Meter, Upstream};
use reqwest::StatusCode;
use serde_json::json;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::*;
use crate::boot::base::Base;
use crate::call::request::{Query, Tool};
use crate::clock::SystemClock;
use crate::clock::tests::{leap, until};
use crate::identity::bases::CallerBases;

const PROJECT: u64 = 3_187_654;
const PATH: &str = "/us/query/segmentation";
const SOON: Duration = Duration::from_secs(60);

struct World {
    _home: tempfile::TempDir,
    services: Base,
    upstream: Upstream,
}

impl World {
    fn new() -> Self {
        let home = tempfile::tempdir().expect("a directory");
        let upstream = Upstream::start();
        upstream.add_service_account(Region::Us, "ada", "s3cret", ADA);
        for plane in ["query/segmentation", "engage", "export"] {
            upstream.on("*", &format!("/us/{plane}"), |_| Reply::json(200, &json!({"data": {}})));
        }
        let services = Base::of(home.path(), Arc::new(SystemClock), upstream.url());
        Self { _home: home, services, upstream }
    }

    /// Opens a request in a task of its own.
    fn call(&self, plane: Plane, tool: u32) -> JoinHandle<Result<OpenAnswer, Failure>> {
        let calls = self.services.calls.clone();
        self.services
            .life
            .spawn(async move { calls.open(&identity(), &request(plane, tool), Instant::now() + SOON).await })
    }

    async fn open(&self) -> Result<OpenAnswer, Failure> {
        self.call(Plane::Query, 1).await.expect("no panic")
    }

    fn running(&self) -> u64 {
        self.services.gates.status().iter().map(|budget| budget.running).sum()
    }
}

fn identity() -> Identity {
    let authorization = Authorization::Basic { username: "ada".to_owned(), secret: Secret::new("s3cret") };
    let (headers, bases) = (Vec::new(), CallerBases::default());
    Identity { name: "team".into(), region: Region::Us, authorization, headers, bases }
}

fn request(plane: Plane, tool: u32) -> Outgoing {
    let path = if plane == Plane::Query { "/segmentation" } else { "" };
    let query = Query::Pairs(vec![("project_id".to_owned(), PROJECT.to_string())]);
    let budget = ProjectId::parse(&PROJECT.to_string()).ok();
    Outgoing { query, budget, tool: Tool(tool), ..Outgoing::read(plane, path) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forty_queries_of_all_tools_never_exceed_what_mixpanel_allows() {
    let (world, gate) = (World::new(), Gate::new());
    world.upstream.fault("*", "/us/", Fault::Hold(gate.clone()).times(5));
    let planes = [Plane::Query, Plane::Engage];
    let calls: Vec<_> = (0..40_u32).map(|number| world.call(planes[number as usize % 2], number % 3)).collect();
    until("35 wait", || gate.arrived() == 5 && world.services.gates.status()[0].waiting == 35).await;
    gate.release();
    let whole = calls.into_iter().map(async |call| {
        let mut opened = call.await.expect("no panic").expect("an answer");
        (opened.status, opened.rest(100).await.expect("a whole body").is_some())
    });
    let whole = futures_util::future::join_all(whole).await;
    assert!(whole.iter().all(|one| *one == (StatusCode::OK, true)), "{whole:?}");
    assert_eq!(world.upstream.requests().len(), 40, "none was refused, so none was repeated");
    assert_eq!((world.upstream.peak(Meter::Query, Region::Us, PROJECT), world.running()), (5, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_turn_lasts_until_the_body_is_read_or_dropped() {
    let world = World::new();
    let mut held = Vec::new();
    for _ in 0..5 {
        held.push(world.open().await.expect("an answer"));
    }
    let waiting = world.call(Plane::Engage, 2);
    until("it waits", || world.services.gates.status()[0].waiting == 1).await;
    assert_eq!((world.running(), world.upstream.requests().len()), (5, 5));
    let seen = Instant::now();
    let mut first = held.remove(0);
    let at_least = seen.elapsed();
    while first.chunk().await.expect("a whole body").is_some() {}
    let sixth = waiting.await.expect("no panic").expect("an answer");
    assert!(sixth.waited >= at_least, "{:?}", sixth.waited);
    drop((held, sixth));
    assert_eq!(world.running(), 0, "though one whose body is at its end is still there");
}

#[tokio::test]
async fn a_429_without_a_wait_is_repeated_three_times_at_once() {
    let world = World::new();
    world.upstream.fault("GET", PATH, Fault::RetryAfter(429, "0".to_owned()).times(4));
    assert_eq!(world.open().await.expect("an answer").status, 429);
    assert_eq!((world.upstream.count("GET", PATH), world.upstream.faults_left()), (4, 0));
    assert_eq!(world.open().await.expect("an answer").status, 200);
}

#[tokio::test]
async fn one_429_is_waited_for_by_all_and_counted_once() {
    let world = World::new();
    world.upstream.fault("GET", PATH, Fault::RetryAfter(429, "1".to_owned()));
    assert_eq!(world.open().await.expect("an answer").status, 200);
    let at: Vec<_> = world.upstream.requests().iter().map(|request| request.at).collect();
    assert!(at.len() == 2 && at[1] - at[0] >= Duration::from_secs(1), "{at:?}");
    assert_eq!(world.services.gates.status()[0].used, 1, "Mixpanel does not count what it refuses");
}

#[tokio::test]
async fn a_closed_gate_refuses_at_once_who_cannot_wait_so_long() {
    let world = World::new();
    world.upstream.fault("GET", PATH, Fault::RetryAfter(429, "600".to_owned()));
    let refused = world.open().await.expect("Mixpanel's own answer");
    assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (429, Some("600")));
    let failure = world.open().await.expect_err("it is closed");
    assert_eq!((failure.kind, failure.account.as_deref()), (FailureKind::RateLimited, Some("team")));
    assert!(failure.retry_after_s.is_some_and(|seconds| (598..=600).contains(&seconds)), "{failure:?}");
    assert_eq!(world.upstream.count("GET", PATH), 1);
}

#[tokio::test]
async fn a_silent_mixpanel_is_given_up_when_its_patience_ends_or_the_deadline_comes() {
    for (deadline_s, given_up_s, said) in [(590, 135, "nothing came for 135 s"), (50, 50, "no answer within 50 s")] {
        let (world, gate) = (World::new(), Gate::new());
        world.upstream.fault("GET", "/us/app/me", Fault::Hold(gate.clone()));
        let calls = world.services.calls.clone();
        let call = world.services.life.spawn(async move {
            let deadline = Instant::now() + Duration::from_secs(deadline_s);
            calls.open(&identity(), &Outgoing::read(Plane::App, "/me"), deadline).await
        });
        until("it is asked", || gate.arrived() == 1).await;
        tokio::time::pause();
        let begun = Instant::now();
        let failure = call.await.expect("no panic").expect_err("it is silent");
        // What passed before counts, too.
        assert_eq!((failure.kind, begun.elapsed().as_secs().abs_diff(given_up_s) <= 5), (FailureKind::Timeout, true));
        assert!(failure.detail.ends_with(said), "{}", failure.detail);
        tokio::time::resume();
    }
}

#[tokio::test]
async fn who_sends_a_long_body_is_not_kept_waiting_meanwhile() {
    let (world, gate) = (World::new(), Gate::new());
    world.upstream.fault("POST", "/us/app/upload", Fault::Hold(gate.clone()));
    let (sender, receiver) = mpsc::channel(1);
    let parts = futures_util::stream::unfold(receiver, async |mut receiver| {
        let part = receiver.recv().await?;
        Some((Ok::<_, std::io::Error>(part), receiver))
    });
    let payload = Payload::Stream(Mutex::new(Some(reqwest::Body::wrap_stream(parts))));
    let calls = world.services.calls.clone();
    let call = world.services.life.spawn(async move {
        let upload = Outgoing { method: reqwest::Method::POST, payload, ..Outgoing::read(Plane::App, "/upload") };
        calls.open(&identity(), &upload, Instant::now() + 100 * SOON).await
    });
    let begun = Instant::now();
    for _ in 0..3 {
        sender.send("part").await.expect("it is being sent");
        until("it is sent", || sender.capacity() == 1).await;
        leap(Duration::from_secs(100)).await;
    }
    drop(sender);
    tokio::time::pause();
    let failure = call.await.expect("no panic").expect_err("it is silent in the end");
    let passed = begun.elapsed().as_secs();
    // The last part went after 200 s.
    assert!(failure.detail.ends_with("nothing came for 135 s"), "{failure:?}");
    assert!((330..=340).contains(&passed), "{passed} s");
}
