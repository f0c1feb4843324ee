//! Corners: regions that change, bridges beside their accounts, providers that do not rotate, leftovers, and stops at the wrong moment.

use super::*;

fn name() -> AccountName {
    AccountName::parse("ada").expect("a name")
}

/// Returns the holder of a bridge file with these tokens.
fn bridge_of(world: &World, path: &str, tokens: &Tokens, region: &str) -> Holder {
    let path = world.home.path().join(path);
    let text = json!({"version": 2, "account": {"name": "ada", "type": "oauth_browser", "region": region},
        "tokens": serde_json::from_str::<serde_json::Value>(tokens.to_text().expose()).expect("JSON")});
    Holder::Bridge(Arc::new(bridge::parse(&path, text.to_string().as_bytes()).expect("a bridge")))
}

/// Gets a grant in the European region, as a login there would.
fn minted_in_europe(world: &World, seconds: i64) -> Tokens {
    let client = world.upstream.register_client(Region::Eu, REDIRECT);
    let grant = world.upstream.mint(ADA, Region::Eu, &client);
    let tokens = json!({
        "access_token": grant.access_token, "refresh_token": grant.refresh_token, "token_type": "Bearer", "scope": "",
        "client_id": client, "expires_at": world.clock.now().as_second() + seconds,
    });
    Tokens::from_json(tokens.as_object().expect("an object")).expect("tokens")
}

fn leftover(world: &World, file: &str, tokens: &Tokens) -> PathBuf {
    let path = world.file().with_file_name(file);
    std::fs::write(&path, tokens.to_text().expose()).expect("written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("ours");
    path
}

fn set_mode(world: &World, mode: u32) {
    std::fs::set_permissions(world.file(), std::fs::Permissions::from_mode(mode)).expect("ours");
}

/// Refreshes while the file cannot be written, for it is open to others when the answer comes.
async fn refreshed_but_not_saved(world: &World) -> Fresh {
    let gate = Gate::new();
    world.upstream.fault("POST", TOKEN, Fault::Hold(gate.clone()).after_effect());
    let call = world.call();
    gate.wait_for_arrival(1);
    set_mode(world, 0o644);
    gate.release();
    call.await.expect("no panic").expect("served from memory")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grant_of_the_former_region_never_touches_the_new_one() {
    let world = World::with_grant(3600);
    world.token().await.expect("valid");
    let login = minted_in_europe(&world, 3000);
    world.keeper.log_in(&name(), Region::Eu, login.clone()).await.expect("stored");
    for _ in 0..3 {
        world.clock.pass(1490);
        world.tend();
        world.settle().await;
    }
    assert_eq!(world.on_disk().access_token.expose(), login.access_token.expose());
    assert_eq!((world.posts(), world.upstream.problems()), (0, Vec::<String>::new()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bridge_and_the_account_it_came_from_share_one_grant() {
    let world = World::with_grant(3600);
    world.token().await.expect("valid");
    let holder = bridge_of(&world, "mixpanel_auth.json", &world.on_disk(), "us");
    for round in 1..=3 {
        world.clock.pass(3600);
        let bridged = world.keeper.token(&holder, 30).await.expect("refreshed");
        let own = world.token().await.expect("the same");
        assert_eq!((bridged.token.expose(), world.posts()), (own.token.expose(), round));
    }
    assert!(world.is_usable(&world.on_disk()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn copies_of_a_bridge_file_share_one_grant() {
    let world = World::with_grant(3600);
    let tokens = world.minted(0);
    for path in ["p/b.json", "p/./b.json", "q/b.json"] {
        let holder = bridge_of(&world, path, &tokens, "us");
        world.keeper.token(&holder, 30).await.unwrap_or_else(|failure| panic!("{path}: {failure}"));
    }
    assert_eq!(world.posts(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bridge_file_of_another_account_is_another_grant() {
    let world = World::with_grant(3600);
    let holder = bridge_of(&world, "b.json", &world.minted(3600), "us");
    world.keeper.token(&holder, 30).await.expect("valid");
    let theirs = minted_in_europe(&world, 0);
    let holder = bridge_of(&world, "b.json", &theirs, "eu");
    let client = theirs.client_id.clone().expect("it names one");
    let registration = Registration::new(client, Region::Eu, REDIRECT.to_owned(), world.clock.now());
    registration.store(&world.paths).expect("written");
    world.keeper.token(&holder, 30).await.expect("refreshed in its own region");
    assert_eq!((world.posts(), world.upstream.count("POST", "/eu/oauth/token/")), (0, 1));
    assert_eq!(world.upstream.problems(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bridges_are_let_go_when_there_are_many() {
    let world = World::with_grant(3600);
    let refreshed = bridge_of(&world, "refreshed.json", &world.minted(0), "us");
    world.keeper.token(&refreshed, 30).await.expect("refreshed");
    for number in 0..super::super::BRIDGES * 3 {
        let holder = bridge_of(&world, &format!("{number}.json"), &world.minted(3600), "us");
        world.keeper.token(&holder, 30).await.expect("valid");
        world.clock.pass(1);
    }
    assert!(world.keeper.all().len() <= super::super::BRIDGES + 1);
    world.keeper.token(&refreshed, 30).await.expect("its grant is nowhere else, so it was kept");
    assert_eq!(world.posts(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_there_before_a_login_does_not_come_back() {
    let world = World::with_grant(3600);
    world.token().await.expect("valid");
    world.put(&world.minted(3600));
    world.token().await.expect("adopted");
    let login = world.minted(3600);
    world.keeper.log_in(&name(), Region::Us, login.clone()).await.expect("stored");
    world.clock.pass(24 * 3600);
    world.upstream.revoke_family(login.refresh_token.as_ref().expect("there is one").expose());
    assert_eq!(world.token().await.expect_err("revoked").kind, FailureKind::LoginRequired);
    assert_eq!(world.on_disk().access_token.expose(), login.access_token.expose());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_refresh_tokens_are_not_replaced_a_shorter_life_is_no_reason_to_go_back() {
    let world = World::with_grant(10 * 3600);
    world.upstream.policy(|policy| {
        policy.rotation = Rotation::Never;
        policy.revoke_access_on_rotation = true;
    });
    let dead = world.token().await.expect("valid");
    world.upstream.expire_access_tokens();
    let newer = world.keeper.rejected(&world.holder, dead.generation).await.expect("refreshed");
    let newer = newer.expect("newer");
    assert!(world.upstream.is_valid_access(newer.token.expose()));
    assert_eq!(world.on_disk().access_token.expose(), newer.token.expose());
    assert_eq!((world.token().await.expect("valid").generation, world.posts()), (newer.generation, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_saves_what_could_not_be_saved_before() {
    let world = World::with_grant(0);
    refreshed_but_not_saved(&world).await;
    assert_eq!(world.status().state, CredentialState::Degraded);
    set_mode(&world, 0o600);
    // What the end of the daemon does. The token may have ended by then: it is saved all the same, and not refreshed.
    world.clock.pass(4000);
    assert_eq!(world.secure(Duration::ZERO).await, [""; 0]);
    assert!(world.is_usable(&world.on_disk()));
    assert_eq!(world.posts(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_mends_a_file_that_is_open_to_others() {
    let world = World::with_grant(3600);
    set_mode(&world, 0o644);
    let login = world.minted(3600);
    world.keeper.log_in(&name(), Region::Us, login.clone()).await.expect("stored");
    let mode = std::fs::metadata(world.file()).expect("there").permissions().mode() & 0o777;
    assert_eq!((mode, world.on_disk().access_token.expose()), (0o600, login.access_token.expose()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_several_leftovers_the_newest_counts() {
    let world = World::with_grant(0);
    let (older, newest) = (world.minted(3000), world.minted(3600));
    leftover(&world, ".tokens.json.mpd-999999-1.tmp", &older);
    leftover(&world, ".tokens.json.mpd-999999-2.tmp", &newest);
    assert_eq!(world.token().await.expect("found").token.expose(), newest.access_token.expose());
    world.settle().await;
    assert_eq!(world.on_disk().access_token.expose(), newest.access_token.expose());
    assert_eq!(world.posts(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn noting_a_client_loses_no_leftover_and_no_other_file() {
    let world = World::with_grant(0);
    let newer = world.minted(3600);
    leftover(&world, ".tokens.json.mpd-999999-0.tmp", &newer);
    let in_the_making = leftover(&world, &format!(".me.json.mpd-{}-77.tmp", std::process::id()), &newer);
    world.keeper.note_client(&world.holder, &world.client_id);
    assert_eq!(world.token().await.expect("found").token.expose(), newer.access_token.expose());
    world.settle().await;
    assert_eq!(world.on_disk().access_token.expose(), newer.access_token.expose());
    assert!(in_the_making.exists(), "another file's temporary file is not ours to remove");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_adopted_token_is_not_taken_for_one_of_ours() {
    let world = World::with_grant(0);
    world.token().await.expect("refreshed");
    world.put(&world.minted(7200));
    let theirs = world.token().await.expect("adopted");
    world.upstream.revoke_access(theirs.token.expose());
    let newer = world.keeper.rejected(&world.holder, theirs.generation).await.expect("refreshed");
    assert!(newer.is_some_and(|newer| world.upstream.is_valid_access(newer.token.expose())));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_401_during_a_save_still_gets_a_newer_token() {
    let world = World::with_grant(0);
    let dead = refreshed_but_not_saved(&world).await;
    world.clock.pass(100);
    world.upstream.expire_access_tokens();
    // A flight that only tries to save is under way when the 401 comes.
    world.tend();
    let newer = world.keeper.rejected(&world.holder, dead.generation).await.expect("refreshed");
    assert!(newer.is_some_and(|newer| newer.generation > dead.generation));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_client_is_forgiven_when_another_one_is_registered() {
    let world = World::with_grant(0);
    let right = Registration::read(&world.paths, Region::Us).expect("there");
    let wrong = Registration::new("nobody".into(), Region::Us, REDIRECT.to_owned(), world.clock.now());
    wrong.store(&world.paths).expect("written");
    for _ in 0..3 {
        assert_eq!(world.token().await.expect_err("unknown client").kind, FailureKind::LoginRequired);
    }
    assert_eq!(world.posts(), 1);
    right.store(&world.paths).expect("written");
    world.token().await.expect("the grant was good all the time");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_without_a_life_are_asked_for_ever_more_rarely() {
    let world = World::with_grant(0);
    world.upstream.policy(|policy| policy.access_life = Duration::ZERO);
    for _ in 0..40 {
        assert_eq!(world.token().await.expect_err("none that lasts").kind, FailureKind::TokenUnavailable);
        world.clock.pass(3);
    }
    assert!(world.posts() < 10, "{} requests in two minutes", world.posts());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_refreshes_in_a_loop_does_not_hammer_the_provider() {
    let world = World::with_grant(3600);
    for _ in 0..100 {
        world.keeper.refresh(&world.holder, None).await.expect("refreshed");
    }
    assert_eq!(world.posts(), 1);
    world.clock.pass(2);
    assert!(world.keeper.refresh(&world.holder, None).await.expect("refreshed").1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_wins_over_a_refresh_under_way() {
    let world = World::with_grant(0);
    let gate = Gate::new();
    world.upstream.fault("POST", TOKEN, Fault::Hold(gate.clone()).after_effect());
    let call = world.call();
    gate.wait_for_arrival(1);
    let login = world.minted(3600);
    let (keeper, tokens) = (Arc::clone(&world.keeper), login.clone());
    let stored = world.life.spawn(async move { keeper.log_in(&name(), Region::Us, tokens).await });
    gate.release();
    call.await.expect("no panic").expect("either of the two");
    stored.await.expect("no panic").expect("stored");
    assert_eq!(world.token().await.expect("valid").token.expose(), login.access_token.expose());
    assert_eq!(world.on_disk().access_token.expose(), login.access_token.expose());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_that_others_hold_delays_no_other_account() {
    let world = World::with_grant(0);
    let mut locks = Vec::new();
    for number in 0..40 {
        let name = AccountName::parse(&format!("a{number}")).expect("a name");
        let path = world.paths.tokens(&name);
        std::fs::create_dir_all(path.parent().expect("it has one")).expect("made");
        std::fs::write(&path, world.minted(0).to_text().expose()).expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("ours");
        let lock = std::fs::File::create(format!("{}.lock", path.display())).expect("made");
        lock.lock().expect("locked");
        locks.push(lock);
        let (keeper, holder) = (Arc::clone(&world.keeper), Holder::Account(name, Region::Us));
        world.life.spawn(async move { keeper.token(&holder, 30).await });
    }
    let own = tokio::time::timeout(Duration::from_secs(10), world.token()).await.expect("nobody is in the way");
    own.expect("refreshed");
    world.life.request_stop("test");
    world.settle().await;
    drop(locks);
}
