//! Gates under load, on tokio's paused time.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use jiff::SignedDuration;
use proptest::prelude::*;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::advance;
use tokio_util::task::TaskTracker;

use super::*;
use crate::clock::tests::TestClock;
use jiff::Timestamp;
use mp_proto::ids::{ProjectId, Region};

const AGENT: Tool = Tool(1);
const PERSON: Tool = Tool(2);
const SOON: Duration = Duration::from_secs(590);

/// A clock that goes with tokio's.
struct TokioClock(Instant);

impl Clock for TokioClock {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::try_from(self.elapsed()).expect("short")
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed() + Duration::from_secs(10_000)
    }
}

/// Gates, and what goes through them.
struct World {
    gates: Gates,
    tasks: TaskTracker,
    inside: AtomicUsize,
    most: AtomicUsize,
    /// Who went in, in order.
    order: Mutex<Vec<Tool>>,
}

impl World {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            gates: Gates::new(Arc::new(TokioClock(Instant::now()))),
            tasks: TaskTracker::new(),
            inside: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
            order: Mutex::default(),
        })
    }

    fn enters(self: &Arc<Self>, tool: Tool) -> Inside {
        let inside = self.inside.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(inside, Ordering::SeqCst);
        self.order.lock().push(tool);
        Inside(Arc::clone(self))
    }

    /// Goes through in a task of its own, and stays inside until it is let go.
    fn call(self: &Arc<Self>, tool: Tool, until_let_go: &Arc<Semaphore>) -> JoinHandle<Result<(), Failure>> {
        let (world, let_go) = (Arc::clone(self), Arc::clone(until_let_go));
        self.tasks.spawn(async move {
            let permit = world.gates.enter(&query(), Manner::plain(tool, Instant::now() + SOON), |_| ()).await?;
            let inside = world.enters(tool);
            let_go.acquire().await.expect("open").forget();
            drop((inside, permit));
            Ok(())
        })
    }

    fn order(&self) -> Vec<Tool> {
        self.order.lock().clone()
    }

    async fn settle(&self) {
        for _ in 0..200 {
            tokio::task::yield_now().await;
        }
    }

    /// Lets time pass, and everybody notice it.
    async fn pass(&self, time: Duration) {
        advance(time).await;
        self.settle().await;
    }

    fn row(&self) -> BudgetStatus {
        self.gates.status().pop().expect("one budget is used")
    }
}

/// Counts one that is inside. It is dropped before its permit.
struct Inside(Arc<World>);

impl Drop for Inside {
    fn drop(&mut self) {
        self.0.inside.fetch_sub(1, Ordering::SeqCst);
    }
}

fn budget(family: Family) -> Budget {
    Budget { region: Region::Us, project: ProjectId::parse("7").expect("digits"), family, base: None }
}

fn query() -> Budget {
    budget(Family::Query)
}

async fn enter(world: &World) -> Permit {
    world.gates.enter(&query(), Manner::plain(AGENT, Instant::now() + SOON), |_| ()).await.expect("a turn")
}

#[tokio::test(start_paused = true)]
async fn five_run_and_a_person_with_one_query_is_not_behind_an_agent_with_fifty() {
    let (world, let_go) = (World::new(), Arc::new(Semaphore::new(0)));
    let agent: Vec<_> = (0..50).map(|_| world.call(AGENT, &let_go)).collect();
    world.settle().await;
    let person = world.call(PERSON, &let_go);
    world.settle().await;
    let row = world.row();
    assert_eq!((row.running, row.waiting, row.concurrent, row.used, row.hourly), (5, 46, 5, 5, 60));
    let_go.add_permits(1);
    world.settle().await;
    assert_eq!(world.order()[5], PERSON, "the next turn is the person's");
    let_go.add_permits(50);
    person.await.expect("no panic").expect("a turn");
    for call in agent {
        call.await.expect("no panic").expect("a turn");
    }
    assert_eq!(world.most.load(Ordering::SeqCst), 5);
    assert_eq!((world.row().running, world.row().waiting, world.row().used), (0, 0, 51));
    world.pass(state::HOUR).await;
    assert!(world.gates.status().is_empty() && world.gates.0.lock().gates.is_empty(), "it is forgotten");
}

#[tokio::test(start_paused = true)]
async fn who_leaves_the_queue_costs_nobody_a_turn() {
    let (world, let_go) = (World::new(), Arc::new(Semaphore::new(0)));
    let running: Vec<_> = (0..5).map(|_| world.call(AGENT, &let_go)).collect();
    world.settle().await;
    let waiting: Vec<_> = (0..20).map(|_| world.call(AGENT, &let_go)).collect();
    world.settle().await;
    for (at, call) in waiting.iter().enumerate() {
        if at != 13 {
            call.abort();
        }
    }
    world.settle().await;
    assert_eq!(world.row().waiting, 1);
    // Running ones that are dropped in the middle give their permits back, too.
    running[0].abort();
    world.settle().await;
    assert_eq!((world.row().running, world.row().waiting, world.order().len()), (5, 0, 6));
}

#[tokio::test(start_paused = true)]
async fn a_permit_for_one_that_has_gone_goes_to_the_next_and_does_not_count() {
    let world = World::new();
    let mut held: Vec<_> = futures_util::future::join_all((0..5).map(|_| enter(&world))).await;
    let (budget, until) = (query(), Instant::now() + SOON);
    let mut gone = Box::pin(world.gates.enter(&budget, Manner::plain(AGENT, until), |_| ()));
    assert!(futures_util::poll!(&mut gone).is_pending());
    let mut next = Box::pin(world.gates.enter(&budget, Manner::plain(AGENT, until), |_| ()));
    assert!(futures_util::poll!(&mut next).is_pending());
    // The permit is on its way to the first, which is never polled again.
    drop(held.pop());
    assert!(futures_util::poll!(&mut next).is_pending());
    drop(gone);
    assert!(futures_util::poll!(&mut next).is_ready());
    assert_eq!(world.row().used, 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_that_race_and_leave_never_exceed_the_limit_and_all_others_get_their_turn() {
    let world = World::new();
    for round in 0..20_u32 {
        let calls: Vec<_> = (0..60_u32)
            .map(|number| {
                let world = Arc::clone(&world);
                let tool = Tool(number % 7);
                let task = Arc::clone(&world).tasks.spawn(async move {
                    let _permit = world
                        .gates
                        .enter(&query(), Manner::plain(tool, Instant::now() + SOON), |_| ())
                        .await
                        .expect("a turn");
                    let _inside = world.enters(tool);
                    for _ in 0..(number % 5) {
                        tokio::task::yield_now().await;
                    }
                });
                (number, task)
            })
            .collect();
        for (number, call) in calls {
            // Some leave: before their turn, in it, or after it.
            if (number + round) % 3 == 0 {
                call.abort();
            }
            match call.await {
                Ok(()) => {}
                Err(error) => assert!(error.is_cancelled(), "{error}"),
            }
        }
        let row = world.gates.status().pop();
        assert_eq!(row.map_or((0, 0), |row| (row.running, row.waiting)), (0, 0), "round {round}");
    }
    assert_eq!(world.inside.load(Ordering::SeqCst), 0);
    assert!(world.most.load(Ordering::SeqCst) <= 5, "{:?}", world.most);
}

#[tokio::test(start_paused = true)]
async fn a_429_closes_the_gate_for_all_and_one_goes_first_when_it_opens() {
    let (world, let_go) = (World::new(), Arc::new(Semaphore::new(0)));
    let first = enter(&world).await;
    assert_eq!(first.was_refused(Some(30), Quota::default()), Duration::from_secs(30));
    let calls: Vec<_> = (0..8).map(|_| world.call(AGENT, &let_go)).collect();
    world.settle().await;
    assert_eq!((world.row().closed_for_s, world.row().running, world.row().waiting), (Some(30), 0, 8));
    world.pass(Duration::from_millis(29_990)).await;
    assert_eq!((world.row().closed_for_s, world.row().running), (Some(1), 0), "not before");
    world.pass(Duration::from_millis(20)).await;
    assert_eq!((world.row().closed_for_s, world.row().running), (None, 1), "one goes first");
    world.pass(Duration::from_secs(5)).await;
    assert_eq!(world.row().running, 1, "and the others wait for how it fares");
    // It ends without an answer, so another one goes first.
    let_go.add_permits(1);
    world.settle().await;
    assert_eq!((world.row().running, world.row().waiting), (1, 6));
    let_go.add_permits(7);
    for call in calls {
        call.await.expect("no panic").expect("a turn");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_gives_the_full_width_back_and_another_429_closes_it_for_longer() {
    let world = World::new();
    let dice = |pause: Duration, seconds: u64| {
        let (least, most) = (Duration::from_secs(seconds), Duration::from_millis(seconds * 1100));
        assert!(pause >= least && pause <= most, "{pause:?}");
    };
    let together: Vec<_> = futures_util::future::join_all((0..5).map(|_| enter(&world))).await;
    for permit in together {
        dice(permit.was_refused(None, Quota::default()), 1);
    }
    for seconds in [2, 4, 8] {
        let begun = Instant::now();
        let permit = world
            .gates
            .enter(&query(), Manner { is_again: true, ..Manner::plain(AGENT, begun + SOON) }, |_| ())
            .await
            .expect("a turn");
        assert!(begun.elapsed() >= Duration::from_secs(seconds / 2));
        dice(permit.was_refused(None, Quota::default()), seconds);
    }
    let first = enter(&world).await;
    first.was_answered(Quota::default(), true);
    let begun = Instant::now();
    let others: Vec<_> = futures_util::future::join_all((0..4).map(|_| enter(&world))).await;
    assert_eq!((begun.elapsed(), others.len()), (Duration::ZERO, 4));
    dice(first.was_refused(None, Quota::default()), 1);
}

#[tokio::test(start_paused = true)]
async fn no_wait_is_asked_for_and_none_is_kept() {
    let world = World::new();
    let begun = Instant::now();
    for _ in 0..4 {
        assert_eq!(enter(&world).await.was_refused(Some(0), Quota::default()), Duration::ZERO);
    }
    assert_eq!(begun.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn who_cannot_wait_so_long_hears_so_at_once_and_when() {
    let world = World::new();
    let early = {
        let world = Arc::clone(&world);
        let running: Vec<_> = futures_util::future::join_all((0..5).map(|_| enter(&world))).await;
        let task = Arc::clone(&world);
        let early = world.tasks.spawn(async move {
            task.gates.enter(&query(), Manner::plain(PERSON, Instant::now() + SOON), |_| ()).await
        });
        world.settle().await;
        for permit in running {
            permit.was_refused(Some(3600), Quota::default());
        }
        early
    };
    let begun = Instant::now();
    let late = world.gates.enter(&query(), Manner::plain(AGENT, Instant::now() + SOON), |_| ()).await;
    for refused in [early.await.expect("no panic"), late] {
        let failure = refused.expect_err("it cannot wait for an hour");
        assert_eq!((failure.kind, failure.retry_after_s), (FailureKind::RateLimited, Some(3600)));
        let expected = "a query of project 7 (us) is refused by Mixpanel until 1970-01-01T03:46:40Z, and 0 more wait";
        assert_eq!(failure.detail, expected);
    }
    assert_eq!(begun.elapsed(), Duration::ZERO);
    assert_eq!(world.row().waiting, 0);
    let other = Budget { project: ProjectId::parse("8").expect("digits"), ..query() };
    assert!(
        world.gates.enter(&other, Manner::plain(AGENT, Instant::now()), |_| ()).await.is_ok(),
        "another project is another budget"
    );
    assert!(world.gates.enter(&budget(Family::Export), Manner::plain(AGENT, Instant::now()), |_| ()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn who_has_no_turn_before_its_deadline_hears_who_had() {
    let world = World::new();
    let _running: Vec<_> = futures_util::future::join_all((0..5).map(|_| enter(&world))).await;
    let begun = Instant::now();
    let refused = world.gates.enter(&query(), Manner::plain(PERSON, begun + Duration::from_secs(9)), |_| ()).await;
    let failure = refused.expect_err("nobody leaves");
    assert_eq!((failure.kind, begun.elapsed().as_secs()), (FailureKind::RateLimited, 9));
    assert_eq!(failure.detail, "a query of project 7 (us) had no turn within 9 s: 5 of 5 run, and 0 more wait");
    assert_eq!(world.row().waiting, 0);
}

#[tokio::test(start_paused = true)]
async fn exports_start_three_a_second() {
    let world = World::new();
    let begun = Instant::now();
    let budget = budget(Family::Export);
    let mut held = Vec::new();
    for _ in 0..10 {
        held.push(world.gates.enter(&budget, Manner::plain(AGENT, begun + SOON), |_| ()).await.expect("a turn"));
    }
    assert_eq!(begun.elapsed().as_millis(), 3300);
}

#[tokio::test(start_paused = true)]
async fn limits_apply_at_once_to_those_who_wait() {
    let (world, let_go) = (World::new(), Arc::new(Semaphore::new(0)));
    world.gates.set_limits(&Limits { query_concurrent: 1, ..Limits::default() });
    let calls: Vec<_> = (0..4).map(|_| world.call(AGENT, &let_go)).collect();
    world.settle().await;
    assert_eq!(world.row().running, 1);
    world.gates.set_limits(&Limits { query_concurrent: 3, ..Limits::default() });
    world.settle().await;
    assert_eq!((world.row().running, world.row().concurrent), (3, 3));
    let_go.add_permits(4);
    for call in calls {
        call.await.expect("no panic").expect("a turn");
    }
}

#[tokio::test(start_paused = true)]
async fn a_gate_opens_by_the_clock_that_goes_on_while_the_machine_sleeps() {
    let clock = Arc::new(TestClock::at(1_900_000_000));
    let gates = Gates::new(clock.clone());
    let (budget, until) = (query(), Instant::now() + SOON);
    gates
        .enter(&budget, Manner::plain(AGENT, until), |_| ())
        .await
        .expect("a turn")
        .was_refused(Some(300), Quota::default());
    let mut waiting = Box::pin(gates.enter(&budget, Manner::plain(AGENT, until), |_| ()));
    assert!(timeout_at(Instant::now() + Duration::from_secs(20), &mut waiting).await.is_err());
    clock.jump(3600);
    assert!(timeout_at(Instant::now() + Duration::from_secs(20), &mut waiting).await.is_err(), "nobody can set it");
    clock.pass(300);
    let woken = Instant::now();
    waiting.await.expect("a turn");
    assert!(woken.elapsed() <= LOOK, "{:?}", woken.elapsed());
}

/// What happens to a gate.
#[derive(Debug, Clone)]
enum Step {
    Come(u32),
    Leave(prop::sample::Index),
    End(prop::sample::Index),
    Answer(prop::sample::Index),
    Refuse(prop::sample::Index, Option<u64>),
    Pass(u64),
    Limit(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let index = any::<prop::sample::Index>;
    prop_oneof![
        4 => (0..4_u32).prop_map(Step::Come),
        1 => index().prop_map(Step::Leave),
        2 => index().prop_map(Step::End),
        2 => index().prop_map(Step::Answer),
        1 => (index(), prop::option::of(0..20_u64)).prop_map(|(at, told)| Step::Refuse(at, told)),
        1 => (0..5_u64).prop_map(Step::Pass),
        1 => (1..7_u64).prop_map(Step::Limit),
    ]
}

/// Does what the steps say, and returns whether in the end everybody who waited has had a turn.
async fn live(steps: Vec<Step>) {
    let world = World::new();
    let mut limit = 5;
    let mut waiting: Vec<(Arc<AtomicBool>, JoinHandle<Permit>)> = Vec::new();
    let mut inside: Vec<Permit> = Vec::new();
    for step in steps {
        match step {
            Step::Come(tool) => {
                let (task, has_entered) = (Arc::clone(&world), Arc::new(AtomicBool::new(false)));
                let entered = Arc::clone(&has_entered);
                let call = world.tasks.spawn(async move {
                    let permit = task
                        .gates
                        .enter(&query(), Manner::plain(Tool(tool), Instant::now() + 100 * SOON), |_| ())
                        .await;
                    entered.store(true, Ordering::SeqCst);
                    permit.expect("nothing is closed for so long")
                });
                waiting.push((has_entered, call));
            }
            Step::Leave(at) if !waiting.is_empty() => waiting.swap_remove(at.index(waiting.len())).1.abort(),
            Step::End(at) if !inside.is_empty() => drop(inside.swap_remove(at.index(inside.len()))),
            Step::Answer(at) if !inside.is_empty() => {
                inside[at.index(inside.len())].was_answered(Quota::default(), true)
            }
            Step::Refuse(at, told) if !inside.is_empty() => {
                inside.swap_remove(at.index(inside.len())).was_refused(told, Quota::default());
            }
            Step::Pass(seconds) => advance(Duration::from_secs(seconds)).await,
            Step::Limit(to) => {
                limit = to;
                world.gates.set_limits(&Limits { query_concurrent: to, ..Limits::default() });
            }
            _ => {}
        }
        world.settle().await;
        let (entered, still): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|(has_entered, _)| has_entered.load(Ordering::SeqCst));
        let before = inside.len();
        for (_, call) in entered {
            inside.push(call.await.expect("no panic"));
        }
        waiting = still;
        assert!(inside.len() == before || inside.len() as u64 <= limit, "{} of {limit}", inside.len());
        let row = world.gates.status().pop();
        let counted = row.map_or((0, 0), |row| (row.running, row.waiting));
        assert_eq!(counted, (inside.len() as u64, waiting.len() as u64));
    }
    drop(inside);
    // Each gives its permit back as soon as it has it.
    let rest = waiting.into_iter().map(|(_, call)| async { drop(call.await.expect("no panic")) });
    futures_util::future::join_all(rest).await;
    assert_eq!(world.gates.status().pop().map_or((0, 0), |row| (row.running, row.waiting)), (0, 0));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn whatever_happens_the_limit_holds_and_everybody_has_a_turn(steps in prop::collection::vec(step(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.expect("it can be built").block_on(live(steps));
    }
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_the_hour_is_told_when_to_come_again_and_is_expected() {
    let world = World::new();
    world.gates.set_limits(&Limits { export_reserve: 58, ..Limits::default() });
    let paced = || Manner { is_paced: true, ..Manner::plain(AGENT, Instant::now() + SOON) };
    for _ in 0..2 {
        drop(world.gates.enter(&query(), paced(), |_| ()).await.expect("a free slot"));
    }
    assert!(!world.gates.is_expecting());
    let refused = world.gates.enter(&query(), paced(), |_| ()).await.expect_err("no free slot");
    assert_eq!(refused.retry_after_s, Some(3610));
    assert!(
        refused.detail.contains("Mixpanel allows 60 in an hour, of which 58 are kept for other tools"),
        "{}",
        refused.detail
    );
    assert!(world.gates.is_expecting());
    drop(enter(&world).await);
    assert_eq!((world.row().used, world.row().reserve), (3, 58), "others find room");
    world.pass(Duration::from_secs(3609)).await;
    assert!(world.gates.enter(&query(), paced(), |_| ()).await.is_err() && world.gates.is_expecting());
    world.pass(Duration::from_secs(2)).await;
    assert!(world.gates.enter(&query(), paced(), |_| ()).await.is_ok());
    world.pass(Duration::from_secs(3700)).await;
    assert!(!world.gates.is_expecting());
}
