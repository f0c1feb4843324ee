//! Calls: many at once, what is asked for and remembered, and how they end.

use std::time::{Duration, Instant};

use mp_client::{AccountUpdate, FailureKind, LoginStart, LoginState, Method, NewAccount, Plane, Region, Secret};
use mp_proto::ids::Region as Site;
use mp_sandbox::upstream::reply::Reply;
use mp_sandbox::upstream::{ADA, Fault, Gate};
use mp_sandbox::wait::{eventually, stays};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{builder, client, runtime};
use crate::conformance::login::invitation;
use crate::grants::World;
use crate::login::{Stage, sent_back};
use crate::{SOON, configured, empty, programs};

const NAMES: &str = "/us/query/events/names";
const DASHBOARDS: &str = "projects/{project_id}/dashboards";

#[test]
fn fifty_tasks_over_an_expired_grant_refresh_once() {
    let world = World::with_grant(0);
    let _daemon = world.start();
    let ws = client(&world.home).workspace();
    let lengths = runtime().block_on(async {
        let mut tasks = JoinSet::new();
        for _ in 0..50 {
            let ws = ws.clone();
            tasks.spawn(async move { ws.run("dashboards.list", json!({})).await });
        }
        tasks.join_all().await
    });
    for answer in lengths {
        assert_eq!(answer.expect("an answer").as_array().map(Vec::len), Some(3));
    }
    assert_eq!(world.posts(), 1);
    assert_eq!(world.upstream.problems(), Vec::<String>::new());
}

#[test]
fn a_client_that_is_asked_by_hundreds_leaves_connections_to_others() {
    let world = World::with_grant(3600);
    let daemon = world.start();
    let gate = Gate::new();
    world.upstream.fault("GET", NAMES, Fault::Hold(gate.clone()));
    let (many, other) = (client(&world.home), client(&world.home));
    let runtime = runtime();
    let open = || runtime.block_on(other.status()).expect("it answers").connections;
    let mut tasks = JoinSet::new();
    for _ in 0..300 {
        let ws = many.workspace();
        tasks.spawn_on(async move { ws.run("inspect.events", json!({})).await }, runtime.handle());
    }
    gate.wait_for_arrival(1);
    // Those of the many, and the one that asks.
    eventually(SOON, "all that may be under way are", || open() == 65);
    stays(Duration::from_millis(200), "no more than that", || open() == 65);
    gate.release();
    let answers = runtime.block_on(tasks.join_all());
    assert!(answers.len() == 300 && answers.iter().all(Result::is_ok));
    eventually(SOON, "few are kept", || open() <= 9);
    assert_eq!(daemon.stop(), 0);
}

#[test]
fn a_variable_is_told_when_the_daemon_asks_and_remembered() {
    let home = configured();
    let _daemon = home.start();
    let with = builder(&home, &[("MP_CI_TOKEN", "ci-bearer")]).build().expect("a client");
    let minute = Duration::from_secs(60);
    runtime().block_on(async {
        for _ in 0..2 {
            let token = with.accounts().token("ci", minute).await.expect("a token").token.expect("a bearer");
            assert_eq!(token.expose(), "ci-bearer");
        }
        let ws = with.workspace().use_account("ci");
        let credential = ws.credential(minute).await.expect("a credential");
        assert_eq!(credential.token.as_ref().map(Secret::expose), Some("ci-bearer"));
        assert!(!format!("{with:?} {ws:?} {credential:?}").contains("ci-bearer"));
        assert_eq!(ws.token(minute).await.expect("a bearer").expose(), "ci-bearer");
        let service = ws.use_account("team");
        assert_eq!(service.credential(minute).await.expect("it has one").secret.expect("a secret").expose(), "hunter2");
        assert_eq!(service.token(minute).await.map_err(|failure| failure.kind).err(), Some(FailureKind::TokenMissing));
        let without = client(&home).accounts().token("ci", minute).await.expect_err("there is no variable");
        assert_eq!(without.kind, FailureKind::TokenMissing);
        assert!(without.detail.contains("MP_CI_TOKEN"), "{without}");
    });
}

#[test]
fn the_log_names_the_program_to_which_a_token_was_revealed() {
    let world = World::with_grant(3600);
    let daemon = world.start();
    let editor = builder(&world.home, &[]).name("editor/1.2").build().expect("a client");
    let token = runtime().block_on(editor.accounts().token("ada", Duration::ZERO)).expect("a token");
    assert!(token.token.is_some() && token.expires_at.is_some());
    eventually(SOON, "it is in the log", || {
        daemon.log().lines().any(|line| line.contains("token was revealed") && line.contains("editor/1.2"))
    });
}

#[test]
fn a_deadline_ends_a_call_and_nothing_else() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let gate = Gate::new();
    world.upstream.fault("GET", NAMES, Fault::Hold(gate.clone()));
    let hasty = builder(&world.home, &[]).deadline(Duration::from_millis(300)).build().expect("a client");
    let begun = Instant::now();
    let runtime = runtime();
    let late = runtime.block_on(hasty.operations().run("inspect.events", json!({}))).expect_err("it is held");
    assert_eq!(late.kind, FailureKind::Timeout);
    assert!(late.detail.contains("300ms") && begun.elapsed() < SOON, "{late}");
    gate.release();
    assert!(runtime.block_on(hasty.session().resolve()).is_ok());
}

#[test]
fn a_restart_and_another_runtime_do_not_disturb_a_client() {
    let home = configured();
    let first = home.start();
    let client = client(&home);
    let using = |name: &str| runtime().block_on(client.accounts().use_(name)).expect("it exists").account;
    assert_eq!(using("ci").as_deref(), Some("ci"));
    assert_eq!(using("team").as_deref(), Some("team"));
    let shared = runtime();
    let keep = || shared.block_on(client.accounts().use_("ci")).expect("a change is sent once").account;
    keep();
    assert_eq!(first.stop(), 0);
    let _second = home.start();
    assert_eq!(keep().as_deref(), Some("ci"));
}

#[test]
fn a_daemon_is_started_when_that_is_wanted() {
    let home = empty();
    let runtime = runtime();
    let none = runtime.block_on(builder(&home, &[]).connect()).expect_err("nobody listens");
    assert_eq!((none.kind, home.daemon()), (FailureKind::Unreachable, None));
    let relative = builder(&home, &[]).autostart(true).program("mpd").connect();
    assert!(runtime.block_on(relative).is_err_and(|failure| failure.detail.contains("absolute")));
    let starting = builder(&home, &[]).autostart(true).program(programs().mpd);
    // Many find none at the same moment, and nobody's task is kept from its work meanwhile.
    let versions = runtime.block_on(async {
        let mut tasks = JoinSet::new();
        for _ in 0..8 {
            tasks.spawn(starting.clone().connect());
        }
        let mut instances = Vec::new();
        for client in tasks.join_all().await {
            instances.push(client.expect("a daemon").version().await.expect("it answers").instance);
        }
        instances
    });
    assert!(versions.iter().all(|instance| *instance == versions[0]), "{versions:?}");
    let (pid, _) = home.daemon().expect("it runs");
    mp_sandbox::process::terminate(pid);
    // A child that nobody collects would count as running.
    eventually(SOON, "it is collected", || !mp_sandbox::process::is_running(pid));
}

#[test]
fn accounts_are_added_changed_and_removed() {
    let home = configured();
    let _daemon = home.start();
    runtime().block_on(async {
        let accounts = client(&home).accounts();
        let new = NewAccount::service_account("sa.new", Secret::new("s3cret")).named("new").region(Region::Eu);
        let added = accounts.add(new).await.expect("it is good");
        assert_eq!((added.name.as_str(), added.region, added.username.as_deref()), ("new", Region::Eu, Some("sa.new")));
        let update = AccountUpdate { default_project: Some("42".into()), ..AccountUpdate::default() };
        accounts.update("new", &update).await.expect("it is good");
        assert_eq!(
            accounts.show("new").await.expect("it is there").default_project.map(|id| id.to_string()).as_deref(),
            Some("42")
        );
        let taken = NewAccount::oauth_browser().named("new").region(Region::Us);
        assert_eq!(accounts.add(taken).await.map_err(|failure| failure.kind).err(), Some(FailureKind::AccountExists));
        assert_eq!(accounts.remove("new").await.expect("it is free").removed.as_str(), "new");
        assert_eq!(
            accounts.remove("team").await.map_err(|failure| failure.kind).err(),
            Some(FailureKind::AccountInUse)
        );
        let orphaned = accounts.remove_with_references("team").await.expect("it is gone").orphaned_targets;
        assert_eq!(orphaned, ["ecom"]);
        let names: Vec<String> =
            accounts.list().await.expect("a list").iter().map(|one| one.name.to_string()).collect();
        assert_eq!(names, ["ci", "personal"]);
    });
}

#[test]
fn a_test_and_a_refresh_say_what_mixpanel_says() {
    let world = World::with_grant(3600);
    world.upstream.add_service_account(Site::Us, "sa.ada", "right", ADA);
    let _daemon = world.start();
    runtime().block_on(async {
        let accounts = client(&world.home).accounts();
        let wrong = NewAccount::service_account("sa.ada", Secret::new("wrong")).named("team").region(Region::Us);
        accounts.add(wrong).await.expect("nobody is asked");
        let tested = accounts.test("team").await.expect("a refusal is an answer");
        assert_eq!(
            (tested.ok, tested.problem.map(|problem| problem.code)),
            (false, Some("credential_refused".to_owned()))
        );
        assert!(accounts.test("ada").await.expect("an answer").ok);
        let refreshed = accounts.refresh("ada", None).await.expect("a new token");
        assert!(refreshed.refreshed);
        let newer = accounts.refresh("ada", Some(refreshed.generation - 1)).await.expect("an answer");
        assert_eq!((newer.refreshed, world.posts()), (false, 1));
        assert!(accounts.logout("ada").await.expect("it was logged in").removed);
        let needs = client(&world.home).operations().run("dashboards.list", json!({})).await.expect_err("no token");
        assert_eq!((needs.kind, needs.account.as_deref()), (FailureKind::LoginRequired, Some("ada")));
    });
}

#[test]
fn mixpanels_own_api_answers_as_it_is() {
    let world = World::with_grant(3600);
    let path = "/us/app/projects/3187654/things";
    world
        .upstream
        .on("PATCH", path, |request| Reply::json(418, &json!({"got": request.json(), "q": request.parameter("a b")})));
    let _daemon = world.start();
    let ws = client(&world.home).workspace();
    runtime().block_on(async {
        let answer = ws.api(Plane::App, Method::GET, DASHBOARDS).send().await.expect("an answer");
        let listed: Value = answer.json().expect("JSON");
        assert_eq!((answer.status.as_u16(), listed["results"].as_array().map(Vec::len)), (200, Some(3)));
        let call = ws.api(Plane::App, Method::PATCH, "projects/{project_id}/things").query("a b", "c&d");
        let teapot = call.json(&json!({"title": "New"})).expect("JSON").send().await.expect("a refusal is an answer");
        let told: Value = teapot.json().expect("JSON");
        assert_eq!((teapot.status.as_u16(), &told["got"]["title"], &told["q"]), (418, &json!("New"), &json!("c&d")));
        assert!(teapot.json::<Vec<u8>>().is_err_and(|failure| failure.kind == FailureKind::UpstreamInvalid));
        let mut stream = ws.api(Plane::App, Method::GET, DASHBOARDS).stream().await.expect("an answer").body;
        let mut length = 0;
        while let Some(part) = stream.next().await {
            length += part.expect("it is whole").len();
        }
        assert_eq!(length, answer.body.len());
        let gone = ws.use_account("ghost").api(Plane::App, Method::GET, "me").send().await.expect_err("the daemon's");
        assert_eq!(gone.kind, FailureKind::AccountNotFound);
    });
}

#[test]
fn a_login_is_begun_joined_pasted_and_finished() {
    let stage = Stage::with(&[]);
    let client = client(&stage.home);
    runtime().block_on(async {
        let start = LoginStart { name: Some("me".into()), project: Some("3187654".into()), ..LoginStart::default() };
        let mut login = client.logins().start(&start).await.expect("it begins");
        assert_eq!((login.state(), login.is_joined()), (LoginState::WaitingForBrowser, false));
        let mut joined = client.logins().start(&start).await.expect("it is open");
        assert_eq!((joined.id() == login.id(), joined.is_joined()), (true, true));
        let wrong =
            login.finish_by_paste("http://localhost/?code=x&state=y").await.expect_err("it is not of this login");
        assert!(!wrong.detail.contains("code=x"), "{wrong}");
        let url = sent_back(&invitation(login.authorize_url().expect("an address")).expect("one for a person"));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { (joined.wait_change().await, joined.finish().await) });
        login.finish_by_paste(url).await.expect("it is of this login");
        let result = login.finish().await.expect("it is done");
        assert_eq!(result.user_email.as_deref(), Some("ada@example.com"));
        let (changed, finished) = tasks.join_next().await.expect("a task").expect("no panic");
        assert!(changed.is_ok() && finished.is_ok_and(|result| result.user_id.is_some()));
        let mut second = client.logins().again("me").await.expect("it begins");
        assert_eq!(second.cancel().await.expect("it is ours"), LoginState::Failed);
        assert_eq!(second.finish().await.expect_err("it was cancelled").kind.exit_code(), 2);
        assert_eq!(
            client.logins().find("nothing").await.map(drop).map_err(|failure| failure.kind),
            Err(FailureKind::LoginNotFound)
        );
    });
}
