//! Grants that are kept in a keyring: fresh as those in files, and never lost to it.

use mp_proto::ids::SecretStore;

use super::*;
use crate::identity::tokens::{kept_in, mark};
use crate::vault::key::Kind;
use crate::vault::tests::{Fake, key};
use crate::vault::trouble::Trouble;

/// A world whose new secrets go to a keyring, and the keyring.
fn kept(seconds: i64) -> (World, Fake) {
    let safe = Fake::default();
    let vault = safe.vault();
    vault.set_wanted(SecretStore::Keyring);
    (World::over(seconds, |_| vault), safe)
}

fn text(tokens: &Tokens) -> String {
    tokens.to_text().expose().to_owned()
}

impl World {
    /// Returns the keeper of a daemon that is started anew.
    fn again(&self, vault: Arc<Vault>) -> Keeper {
        vault.set_wanted(self.vault.wanted());
        let mixpanel = Arc::new(Mixpanel::new(Some(self.upstream.url()), Default::default()));
        let endpoint = Endpoint::new(mixpanel, self.clock.clone());
        let (clock, hub, life) = (self.clock.clone(), Arc::clone(&self.hub), self.life.clone());
        Keeper::new(self.paths.clone(), endpoint, vault, clock, hub, life, Default::default())
    }
}

impl Fake {
    fn grant(&self) -> String {
        self.secrets().get(&key("ada", Kind::Grant)).cloned().unwrap_or_default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refreshed_grant_is_in_the_keyring_and_the_file_says_so() {
    let (world, safe) = kept(0);
    let fresh = world.token().await.expect("refreshed");
    assert_eq!(kept_in(&world.bytes()), Some(SecretStore::Keyring));
    assert!(safe.grant().contains(fresh.token.expose()));
    assert_eq!(world.status().state, CredentialState::Ok);
    // Another daemon finds it there.
    let again = world.again(safe.vault());
    let found = again.token(&world.holder, 30).await.expect("from the keyring");
    assert_eq!((found.token.expose(), world.posts()), (fresh.token.expose(), 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_stored_moves_both_ways_and_is_the_same_grant() {
    let (world, safe) = kept(3600);
    let before = text(&world.on_disk());
    let first = world.token().await.expect("in the file").generation;
    assert_eq!(world.keeper.relocate().len(), 1);
    assert_eq!(
        (world.bytes(), safe.grant()),
        (mark(SecretStore::Keyring).expose().as_bytes().to_vec(), before.clone())
    );
    assert_eq!(world.token().await.expect("in the keyring").generation, first, "nobody is told of a new one");
    assert!(world.keeper.relocate().is_empty());
    world.vault.set_wanted(SecretStore::File);
    assert!(world.keeper.relocate().iter().all(|one| one.failure.is_none()));
    assert_eq!((text(&world.on_disk()), safe.secrets().len()), (before, 0));
    assert_eq!(world.token().await.expect("in the file").generation, first);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_spent_while_the_keyring_could_not_take_the_answer() {
    let (world, safe) = kept(3600);
    world.keeper.relocate();
    world.token().await.expect("known since it was new");
    safe.set(&world.vault, Some(Trouble::Locked));
    world.clock.pass(3600 - 40);
    let fresh = world.token().await.expect("it is valid still");
    world.settle().await;
    assert_eq!((world.posts(), fresh.generation), (0, 1));
    assert!(world.status().detail.expect("a reason").contains("the keyring is locked"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_keyring_that_vanishes_in_the_middle_of_a_refresh_gets_the_grant_later() {
    let (world, safe) = kept(3600);
    world.keeper.relocate();
    world.clock.pass(3600);
    let gate = Gate::new();
    world.upstream.fault("POST", TOKEN, Fault::Hold(gate.clone()).after_effect());
    let call = world.call();
    until("it is asked", || gate.arrived() == 1).await;
    safe.set(&world.vault, Some(Trouble::Absent("it has gone".to_owned())));
    gate.release();
    let fresh = call.await.expect("no panic").expect("served from memory");
    let status = world.status();
    assert_eq!(status.state, CredentialState::Degraded);
    assert!(status.detail.expect("a reason").ends_with("it has gone"));
    assert!(
        !safe.grant().contains(fresh.token.expose()) && kept_in(&world.bytes()).is_some(),
        "nor does the file have it"
    );
    assert_eq!(world.secure(Duration::ZERO).await.len(), 1, "an end would lose it");
    safe.set(&world.vault, None);
    assert!(world.secure(Duration::from_secs(5)).await.is_empty());
    assert!(safe.grant().contains(fresh.token.expose()));
    assert_eq!((world.status().state, world.posts()), (CredentialState::Ok, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_by_the_python_tool_is_adopted_and_then_kept() {
    let (world, safe) = kept(3600);
    world.keeper.relocate();
    world.token().await.expect("the first");
    let theirs = world.minted(7200);
    world.put(&theirs);
    assert_eq!(world.token().await.expect("adopted").token.expose(), theirs.access_token.expose());
    assert_eq!(world.keeper.relocate().len(), 1);
    assert_eq!(safe.grant(), text(&theirs));
    assert_eq!(world.token().await.expect("kept").token.expose(), theirs.access_token.expose());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_logout_takes_the_grant_out_of_the_keyring() {
    let (world, safe) = kept(3600);
    world.keeper.relocate();
    let account = AccountName::parse("ada").expect("a name");
    assert!(world.keeper.log_out(&account).expect("out"));
    assert!(safe.secrets().is_empty() && !world.file().exists());
    assert_eq!(world.token().await.expect_err("logged out").kind, FailureKind::LoginRequired);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_goes_to_the_keyring_or_to_the_file_where_there_is_none() {
    let (world, safe) = kept(3600);
    let account = AccountName::parse("ada").expect("a name");
    let login = world.minted(3600);
    world.keeper.log_in(&account, Region::Us, login.clone()).await.expect("kept");
    assert_eq!((safe.grant(), kept_in(&world.bytes())), (text(&login), Some(SecretStore::Keyring)));
    safe.set(&world.vault, Some(Trouble::Absent("no bus".to_owned())));
    let other = world.minted(3600);
    world.keeper.log_in(&account, Region::Us, other.clone()).await.expect("stored");
    assert_eq!(text(&world.on_disk()), text(&other));
    safe.set(&world.vault, Some(Trouble::Locked));
    let failure = world.keeper.log_in(&account, Region::Us, world.minted(3600)).await.expect_err("locked");
    assert!(failure.detail.contains("the keyring is locked"), "{}", failure.detail);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_keyring_is_told_and_had_again_as_soon_as_it_is_open() {
    let (world, safe) = kept(3600);
    world.keeper.relocate();
    let vault = safe.vault();
    safe.set(&vault, Some(Trouble::Locked));
    let later = world.again(Arc::clone(&vault));
    let failure = later.token(&world.holder, 30).await.expect_err("locked");
    assert_eq!(failure.kind, FailureKind::TokenUnavailable);
    assert!(failure.detail.contains("the keyring is locked"), "{}", failure.detail);
    assert_eq!(kept_in(&world.bytes()), Some(SecretStore::Keyring), "nothing is written over it");
    safe.set(&vault, None);
    later.token(&world.holder, 30).await.expect("open again");
}
