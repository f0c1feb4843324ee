//! Logins against a strict fake of Mixpanel.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use mp_proto::context::Context;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::{AccountName, Region};
use mp_proto::wire::{LoginBody, LoginStart, LoginState};
use mp_sandbox::process::callback_ports;
use mp_sandbox::upstream::oauth::Consent;
use mp_sandbox::upstream::{ADA, SOL, Upstream, UserId, visit};

use super::attempt::Login;
use super::logins::{Logins, MAX_ENDED, forget_old};
use super::{plan, redirect};
use crate::boot::base::Base;
use crate::boot::services::{logins, users};
use crate::clock::tests::TestClock;
use crate::config::Lookup;
use crate::identity::removal;
use crate::identity::tokens::{Tokens, read_tokens};

/// One test at a time has the four ports: of this process, and then of all.
static PORTS: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Nothing here takes longer, unless it hangs.
const SOON: Duration = Duration::from_secs(20);

const ME: &str = "/us/app/me";
const REGISTER: &str = "/us/oauth/mcp/register/";

struct World {
    _turn: tokio::sync::MutexGuard<'static, ()>,
    _ports: std::fs::File,
    home: tempfile::TempDir,
    services: Base,
    logins: Logins,
    clock: Arc<TestClock>,
    upstream: Upstream,
}

impl World {
    /// Returns a world in which a user consents.
    async fn of(user: UserId) -> Self {
        let _turn = PORTS.lock().await;
        let _ports = tokio::task::spawn_blocking(callback_ports).await.expect("no panic");
        let home = tempfile::tempdir().expect("a directory");
        let upstream = Upstream::start();
        upstream.set_user(user);
        let clock = Arc::new(TestClock::at(1_900_000_000));
        let services = Base::of(home.path(), clock.clone(), upstream.url());
        std::fs::create_dir_all(services.paths.root()).expect("made");
        let logins = logins(&services, &users(&services));
        Self { _turn, _ports, home, services, logins, clock, upstream }
    }

    fn start_with(&self, start: &LoginStart, env: &[(&str, &str)]) -> Result<(Arc<Login>, bool), Failure> {
        let mut context = Context::default();
        for (name, value) in env {
            context.env.insert(*name, *value);
        }
        let plan = plan::plan(start, &context, &self.services.store.current(), self.services.store.file(None))?;
        self.logins.begin(plan)
    }

    /// Starts a browser login and waits for its URL.
    async fn start(&self, start: LoginStart) -> Arc<Login> {
        let (login, _) = self.start_with(&start, &[]).expect("is right");
        let body = login.look(None, SOON).await;
        assert_eq!(body.state, LoginState::WaitingForBrowser, "{body:?}");
        login
    }

    /// Opens the URL of a login as the user does, and returns where the provider sends the browser.
    async fn consent(&self, login: &Login) -> String {
        let url = login.body().authorize_url.expect("it waits");
        let answer = fetch(url).await;
        answer.1.expect("it is a redirect")
    }

    /// Logs in by paste and returns how it ended, or that a project has to be chosen.
    async fn paste(&self, start: LoginStart) -> Arc<Login> {
        let login = self.start(start).await;
        let back = self.consent(&login).await;
        login.deliver(&redirect::pasted(&back)).expect("is ours");
        login.look(None, SOON).await;
        login
    }

    /// All events so far, as they go out.
    fn events(&self) -> String {
        match self.services.hub.subscribe(Some(&self.services.hub.id(0))).0 {
            crate::hub::Opening::Resumed(events) => events.iter().map(|event| event.json.as_str()).collect(),
            other => panic!("{other:?}"),
        }
    }

    fn tokens(&self, account: &str) -> Option<Tokens> {
        read_tokens(&self.services.paths.tokens(&name(account)), self.home.path()).expect("good")
    }

    fn config(&self) -> String {
        std::fs::read_to_string(self.services.paths.config()).unwrap_or_default()
    }

    fn write_config(&self, text: &str) {
        use std::os::unix::fs::PermissionsExt;
        let path = self.services.paths.config();
        std::fs::write(&path, text).expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("ours");
    }

    /// Everything below a directory of the root.
    fn files(&self, below: &str) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.services.paths.root().join(below)).into_iter().flatten();
        entries.map(|entry| entry.expect("readable").path()).collect()
    }
}

fn name(text: &str) -> AccountName {
    AccountName::parse(text).expect("a name")
}

/// Status, `Location` and body.
async fn fetch(url: String) -> (u16, Option<String>, String) {
    let answer = tokio::task::spawn_blocking(move || visit::get(&url)).await.expect("no panic").expect("an answer");
    let location = answer.header("location").map(str::to_owned);
    (answer.status, location, String::from_utf8_lossy(&answer.body).into_owned())
}

fn problem(body: &LoginBody) -> &str {
    body.problem.as_ref().map_or("", |problem| problem.code.as_str())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_login_survives_strays_and_stores_all_of_it() {
    let world = World::of(SOL).await;
    let login = world.start(LoginStart::default()).await;
    let redirect = login.body().redirect_uri.expect("it waits");
    let port: u16 =
        redirect.trim_end_matches("/callback").rsplit(':').next().expect("a port").parse().expect("a number");
    let _idle = std::net::TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    let host = redirect.trim_end_matches("/callback").to_owned();
    for (path, expected) in [
        ("/favicon.ico", 404),
        ("/callback", 400),
        ("/callback?code=x&state=wrong", 400),
        ("/callback?error=e&state=wrong", 400),
        ("/callback?code=x", 400),
    ] {
        assert_eq!(fetch(format!("{host}{path}")).await.0, expected, "{path}");
    }
    assert_eq!(login.body().state, LoginState::WaitingForBrowser);
    let back = world.consent(&login).await;
    let (status, _, page) = fetch(back.clone()).await;
    assert_eq!(status, 200, "{page}");
    assert!(page.contains("Logged in") && page.contains("sol@example.com") && page.contains("solo-ltd"), "{page}");
    let body = login.look(None, SOON).await;
    assert_eq!(body.state, LoginState::Done, "{body:?}");
    let result = body.result.expect("done");
    assert_eq!((result.user_id, result.user_email.as_deref()), (Some(43), Some("sol@example.com")));
    let stored = world.tokens("solo-ltd").expect("stored");
    assert_eq!(result.expires_at, Some(stored.expires_at));
    assert!(world.upstream.is_valid_access(stored.access_token.expose()));
    let snapshot = world.services.store.current();
    assert_eq!(snapshot.persisted().account.as_deref(), Some("solo-ltd"));
    assert_eq!(snapshot.persisted().project, result.project);
    assert!(world.services.paths.me(&name("solo-ltd")).exists());
    assert_eq!((world.upstream.count("POST", REGISTER), world.upstream.count("GET", ME)), (1, 1));
    assert_eq!(world.upstream.problems(), Vec::<String>::new());
    assert_eq!(world.logins.open(), 0);
    let events = world.events();
    for name in ["login.started", "account.added", "session.changed", "me.changed", "login.completed"] {
        assert!(events.contains(&format!("\"type\":\"{name}\"")), "{name}: {events}");
    }
    let shown = serde_json::to_string(&login.body()).expect("plain data") + &events;
    let code = back.split("code=").nth(1).and_then(|rest| rest.split('&').next()).expect("a code");
    for secret in [stored.access_token.expose(), code] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_login_of_the_same_user_refreshes_the_account_it_finds() {
    let world = World::of(SOL).await;
    assert_eq!(world.paste(LoginStart::default()).await.body().state, LoginState::Done);
    let first = world.tokens("solo-ltd").expect("stored").access_token;
    world.clock.pass(3 * 24 * 3600);
    let again = world.paste(LoginStart::default()).await.body();
    assert_eq!((again.state, again.account), (LoginState::Done, Some(name("solo-ltd"))), "{:?}", again.problem);
    assert_ne!(world.tokens("solo-ltd").expect("stored").access_token.expose(), first.expose());
    assert_eq!(world.upstream.count("POST", REGISTER), 1, "the registration is used again");
    let other = world.paste(LoginStart { name: Some("mine".into()), ..LoginStart::default() }).await.body();
    assert_eq!(other.account, Some(name("mine")));
    assert_eq!(world.services.store.current().config.accounts.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_paste_leaves_the_login_open() {
    let world = World::of(SOL).await;
    let login = world.start(LoginStart { no_browser: true, ..LoginStart::default() }).await;
    for wrong in ["", "hello", "code=x&state=y", "https://example.com/?code=x"] {
        let failure = login.deliver(&redirect::pasted(wrong)).expect_err("is wrong");
        assert!(!failure.detail.contains("hello"), "{failure}");
    }
    let back = world.consent(&login).await;
    login.deliver(&redirect::pasted(&format!(" {back}#_=_ \n"))).expect("is ours");
    login.deliver(&redirect::pasted(&back)).expect("the same again is no error");
    assert_eq!(login.look(None, SOON).await.state, LoginState::Done);
    assert!(login.deliver(&redirect::pasted(&back)).is_err(), "it is over");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_ends_the_login_at_once() {
    let world = World::of(SOL).await;
    world.upstream.set_consent(Consent::Deny);
    let login = world.start(LoginStart::default()).await;
    let back = world.consent(&login).await;
    let (status, _, page) = fetch(back).await;
    assert_eq!(status, 400);
    assert!(page.contains("Login failed") && page.contains("access_denied"), "{page}");
    let body = login.look(None, SOON).await;
    assert_eq!((body.state, problem(&body)), (LoginState::Failed, "login_denied"));
    assert_eq!((world.config(), world.files("accounts")), (String::new(), Vec::new()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_project_is_chosen_among_several() {
    let world = World::of(ADA).await;
    let login = world.paste(LoginStart::default()).await;
    let body = login.body();
    assert_eq!(body.state, LoginState::ChooseProject, "{body:?}");
    assert!(body.projects.len() > 1);
    assert_eq!(login.choose("999999").expect_err("is none of them").kind, FailureKind::ProjectNotFound);
    assert!(world.files("accounts").is_empty(), "nothing is stored before the choice");
    let chosen =
        body.projects.iter().find(|one| one.domain.as_deref() == Some("mixpanel.com")).expect("in us").id.clone();
    login.choose(chosen.as_str()).expect("is one of them");
    let done = login.look(None, SOON).await;
    assert_eq!(done.state, LoginState::Done, "{done:?}");
    assert_eq!(done.result.and_then(|result| result.project), Some(chosen));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_wait_ends_by_the_clock_by_a_cancel_or_with_the_daemon() {
    let world = World::of(SOL).await;
    let slow = world.start(LoginStart::default()).await;
    world.clock.pass(301);
    let body = slow.look(Some(u64::MAX), SOON).await;
    assert_eq!((body.state, problem(&body)), (LoginState::Failed, "login_failed"));
    let cancelled = world.start(LoginStart::default()).await;
    let early = cancelled.look(Some(cancelled.body().revision), Duration::from_millis(1)).await;
    assert_eq!(early.state, LoginState::WaitingForBrowser, "nothing is new");
    cancelled.cancel();
    let body = cancelled.look(Some(u64::MAX), SOON).await;
    assert!(body.problem.is_some_and(|problem| problem.detail.contains("cancelled")));
    let left = world.start(LoginStart::default()).await;
    assert_eq!(world.logins.open(), 1);
    world.services.life.request_stop("test");
    let body = left.look(Some(u64::MAX), SOON).await;
    assert!(body.problem.is_some_and(|problem| problem.detail.contains("stopped (test)")));
    assert!(world.start_with(&LoginStart::default(), &[]).is_err_and(|failure| failure.kind == FailureKind::Stopping));
    tokio::time::timeout(SOON, world.services.life.end(SOON * 2)).await.expect("no task is left");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_asks_for_the_same_joins_and_old_logins_are_forgotten() {
    let world = World::of(SOL).await;
    let login = world.start(LoginStart::default()).await;
    let (same, is_new) = world.start_with(&LoginStart::default(), &[]).expect("is right");
    assert!(!is_new && same.id() == login.id());
    let eu = LoginStart { region: Some("eu".into()), ..LoginStart::default() };
    assert!(world.start_with(&eu, &[]).expect("is right").1, "another request");
    login.cancel();
    login.look(Some(u64::MAX), SOON).await;
    assert!(world.start_with(&LoginStart::default(), &[]).expect("is right").1, "that one has ended");
    assert!(world.logins.find(&login.id()).is_some());
    world.clock.pass(601);
    assert!(world.logins.find(&login.id()).is_none());
    let mut all: Vec<_> = (0..MAX_ENDED + 5).map(|_| Arc::new(Login::new(login.plan.clone()))).collect();
    all.iter()
        .skip(1)
        .for_each(|one| one.end(&world.logins.services, Err(Failure::new(FailureKind::LoginFailed, "over"))));
    let (open, newest) = (all[0].id(), all[MAX_ENDED + 4].id());
    forget_old(&mut all, world.services.clock.now());
    assert_eq!((all.len(), all[0].id(), all[MAX_ENDED].id()), (MAX_ENDED + 1, open, newest), "the oldest go first");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_that_cannot_be_written_down_leaves_no_tokens() {
    let world = World::of(SOL).await;
    let login = world.start(LoginStart { name: Some("mine".into()), ..LoginStart::default() }).await;
    let back = world.consent(&login).await;
    // A directory of that name can be neither read nor replaced.
    std::fs::create_dir(world.services.paths.config()).expect("made");
    login.deliver(&redirect::pasted(&back)).expect("is ours");
    let body = login.look(None, SOON).await;
    assert_eq!(body.state, LoginState::Failed);
    assert!(world.files("accounts").is_empty(), "{:?}", world.files("accounts"));
}

/// Looking finds no file there, and writing one fails, also for root.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_of_an_account_that_does_not_come_about_are_taken_back() {
    let world = World::of(SOL).await;
    let file = world.services.store.file(Some(std::path::Path::new("/proc/self/task/config.toml")));
    let leftover = world.services.paths.me(&name("kept"));
    std::fs::create_dir_all(leftover.parent().expect("it has one")).expect("made");
    std::fs::write(&leftover, "{}").expect("written");
    for account in ["mine", "kept"] {
        let start = LoginStart { name: Some(account.into()), ..LoginStart::default() };
        let plan = plan::plan(&start, &Context::default(), &world.services.store.look(&file), Arc::clone(&file));
        let (login, _) = world.logins.begin(plan.expect("is right")).expect("begun");
        login.look(None, SOON).await;
        let back = world.consent(&login).await;
        login.deliver(&redirect::pasted(&back)).expect("is ours");
        let body = login.look(None, SOON).await;
        assert_eq!((body.state, problem(&body)), (LoginState::Failed, "storage"), "{body:?}");
    }
    assert!(!world.services.paths.account_dir(&name("mine")).exists(), "it was ours");
    assert!(leftover.exists() && world.tokens("kept").is_none(), "the directory was not");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn new_tokens_leave_the_rest_of_an_account_alone() {
    let world = World::of(SOL).await;
    let config = "# mine\n[active]\naccount = \"other\"\nworkspace = 3\n\n[accounts.sol] # him\ntype = \"oauth_browser\"\nregion = \"us\"\n";
    world.write_config(config);
    let login = world.paste(LoginStart { account: Some("sol".into()), ..LoginStart::default() }).await;
    let body = login.body();
    assert_eq!(body.state, LoginState::Done, "{body:?}");
    let result = body.result.expect("done");
    assert!(result.tokens_path.is_some_and(|path| path.ends_with("/.mp/accounts/sol/tokens.json")));
    assert!(result.client_path.is_some_and(|path| path.ends_with("/.mp/oauth/client_us.json")));
    let project = result.project.expect("the smallest one");
    assert_eq!(world.config(), format!("{config}default_project = \"{project}\"\n"));
    assert!(world.tokens("sol").is_some() && !world.services.paths.me(&name("sol")).exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_changes_during_its_login_keeps_its_tokens() {
    let world = World::of(SOL).await;
    let config = "[accounts.sol]\ntype = \"oauth_browser\"\nregion = \"us\"\n";
    world.write_config(config);
    let login = world.start(LoginStart { account: Some("sol".into()), ..LoginStart::default() }).await;
    let back = world.consent(&login).await;
    world.write_config(&config.replace("us", "eu"));
    login.deliver(&redirect::pasted(&back)).expect("is ours");
    let body = login.look(None, SOON).await;
    assert_eq!((body.state, problem(&body)), (LoginState::Failed, "invalid_value"));
    assert!(world.tokens("sol").is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_account_finds_its_region_and_a_wrong_secret_replaces_nothing() {
    let world = World::of(SOL).await;
    world.upstream.add_service_account(Region::Eu, "svc", "good", SOL);
    let bare = LoginStart { name: Some("svc".into()), ..LoginStart::default() };
    let env = |secret| [("MP_USERNAME", "svc"), ("MP_SECRET", secret)];
    let (login, _) = world.start_with(&bare, &env("good")).expect("is right");
    let body = login.look(None, SOON).await;
    assert_eq!((body.state, body.region), (LoginState::Done, Some(Region::Eu)), "{:?}", body.problem);
    assert_eq!(body.notes, ["us: 401", "eu: ok"]);
    let before = world.config();
    let (login, _) = world.start_with(&bare, &env("bad")).expect("is right");
    let body = login.look(None, SOON).await;
    assert_eq!((body.state, problem(&body)), (LoginState::Failed, "credential_refused"));
    assert_eq!(world.config(), before);
    let nobody = LoginStart { name: Some("x".into()), ..LoginStart::default() };
    let (login, _) = world.start_with(&nobody, &env("bad")).expect("is right");
    let body = login.look(None, SOON).await;
    assert_eq!(problem(&body), "region_not_found");
    assert_eq!(body.problem.map(|problem| problem.errors.len()), Some(3));
    assert!(matches!(world.services.store.current().config.account("x"), Lookup::Missing));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_is_removed_during_its_login_leaves_no_tokens() {
    let world = World::of(SOL).await;
    assert_eq!(world.paste(LoginStart::default()).await.body().state, LoginState::Done);
    let tokens = world.services.paths.tokens(&name("solo-ltd"));
    let lock = std::fs::File::create(format!("{}.lock", tokens.display())).expect("made");
    lock.lock().expect("free");
    let login = world.start(LoginStart { account: Some("solo-ltd".into()), ..LoginStart::default() }).await;
    let back = world.consent(&login).await;
    login.deliver(&redirect::pasted(&back)).expect("the right answer");
    world.upstream.wait_for("GET", ME, 2);
    // It waits for the lock now, or will.
    let file = world.services.store.file(None);
    let removal = crate::config::edit::Change::RemoveAccount { name: "solo-ltd".into(), force: true };
    world.services.store.edit(&file, &removal).expect("removed");
    removal::account_directory(&world.services.paths.account_dir(&name("solo-ltd"))).expect("removed");
    drop(lock);
    let body = login.look(Some(u64::MAX), SOON).await;
    assert_eq!((body.state, problem(&body)), (LoginState::Failed, "account_not_found"));
    assert!(!tokens.exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_as_another_user_takes_the_names_of_the_former_one_away() {
    let world = World::of(SOL).await;
    assert_eq!(world.paste(LoginStart::default()).await.body().state, LoginState::Done);
    world.upstream.set_user(ADA);
    let again = world.paste(LoginStart { account: Some("solo-ltd".into()), ..LoginStart::default() }).await.body();
    assert_eq!(again.state, LoginState::Done, "{:?}", again.problem);
    assert!(again.notes.iter().any(|note| note.contains("sol@") && note.contains("ada@")), "{:?}", again.notes);
    let adas = world.tokens("solo-ltd").expect("stored");
    world.upstream.set_user(SOL);
    let bare = world.paste(LoginStart::default()).await.body();
    assert_ne!(bare.account, Some(name("solo-ltd")), "it is hers now");
    assert_eq!(world.tokens("solo-ltd").expect("still there").access_token.expose(), adas.access_token.expose());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_token_in_the_same_variable_is_another_login() {
    let world = World::of(SOL).await;
    let gate = mp_sandbox::upstream::Gate::new();
    world.upstream.fault("GET", ME, mp_sandbox::upstream::Fault::Hold(gate.clone()));
    let start = LoginStart { token_env: Some("CI".into()), region: Some("us".into()), ..LoginStart::default() };
    let (one, _) = world.start_with(&start, &[("CI", "token-of-one")]).expect("begun");
    gate.wait_for_arrival(1);
    let (two, is_new) = world.start_with(&start, &[("CI", "token-of-two")]).expect("begun");
    assert!(is_new && one.id() != two.id());
    let (again, is_new) = world.start_with(&start, &[("CI", "token-of-one")]).expect("joined");
    assert!(!is_new && one.id() == again.id());
    gate.release();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_on_the_way_is_told_and_the_next_login_works() {
    use mp_sandbox::upstream::Fault;
    for (route, name) in [(REGISTER, "the client"), ("/us/oauth/token/", "the code"), (ME, "who it is")] {
        for (what, fault) in Fault::weather() {
            let world = World::of(SOL).await;
            // Reads are repeated, so that two must fail; a code cannot be used twice.
            let times = if route == ME { 5 } else { 1 };
            let method = if route == ME { "GET" } else { "POST" };
            world.upstream.fault(method, route, fault.times(times));
            let (login, _) = world.start_with(&LoginStart::default(), &[]).expect("is right");
            let mut body = login.look(None, SOON).await;
            if body.state == LoginState::WaitingForBrowser {
                let back = world.consent(&login).await;
                login.deliver(&redirect::pasted(&back)).expect("the right answer");
                // The retries of a read take their time.
                body = login.look(Some(u64::MAX), SOON).await;
            }
            assert_eq!((body.state, problem(&body)), (LoginState::Failed, "login_failed"), "{route} {what}");
            let told = body.problem.as_ref().map(|problem| problem.detail.clone()).unwrap_or_default();
            assert!(told.contains(name), "{route} {what}: {told}");
            let next = body.problem.is_some_and(|problem| !problem.next.is_empty());
            assert!(next, "{route} {what}: {told}");
            assert!(world.tokens("solo-ltd").is_none(), "{route} {what}");
            world.upstream.clear_faults();
            let again = world.paste(LoginStart::default()).await.body();
            assert_eq!(again.state, LoginState::Done, "{route} {what}: {:?}", again.problem);
        }
    }
}
