//! The store with real files.

use super::*;
use crate::clock::SystemClock;
use crate::hub::Opening;
use crate::vault::key::Kind;
use crate::vault::tests::{Fake, key};
use crate::vault::trouble::Trouble;
use mp_proto::ids::SecretStore;
use mp_proto::secret::Secret;
use std::os::unix::fs::PermissionsExt;

const TEAM: &str = "[active]\naccount = \"team\"\n\n[accounts.team]\ntype = \"oauth_browser\"\nregion = \"us\"\n";

struct World {
    dir: tempfile::TempDir,
    store: Store,
    hub: Arc<Hub>,
}

impl World {
    fn new(config: &str) -> Self {
        Self::over(config, |paths| Arc::new(Vault::new(paths)))
    }

    /// Returns a world whose config speaks of secrets that are kept here.
    fn with_keyring(config: &str, vault: &Arc<Vault>) -> Self {
        Self::over(config, |_| Arc::clone(vault))
    }

    fn over(config: &str, vault: impl FnOnce(&Paths) -> Arc<Vault>) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let paths = Paths::new(dir.path().to_owned(), dir.path().to_owned());
        let hub = Arc::new(Hub::new("i".into()));
        let world = |store| Self { dir, store, hub: Arc::clone(&hub) };
        std::fs::write(paths.config(), config).expect("written");
        std::fs::set_permissions(paths.config(), std::fs::Permissions::from_mode(0o600)).expect("private");
        world(Store::new(&paths, Arc::clone(&hub), Arc::new(SystemClock), vault(&paths)))
    }

    fn write(&self, config: &str) {
        std::fs::write(self.dir.path().join("config.toml"), config).expect("written");
    }

    /// The names of the events so far.
    fn events(&self) -> Vec<&'static str> {
        match self.hub.subscribe(Some("i-0")).0 {
            Opening::Resumed(events) => events.iter().map(|event| event.name).collect(),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn equal_content_is_no_new_revision_and_no_event() {
    let world = World::new(TEAM);
    let before = world.store.current();
    world.write(TEAM);
    assert!(Arc::ptr_eq(&before, &world.store.current()));
    assert_eq!(world.events(), Vec::<&str>::new());
}

#[test]
fn a_change_is_told_by_what_it_means() {
    let world = World::new(TEAM);
    world.write(&TEAM.replace("\"us\"", "\"eu\"").replace("account = \"team\"\n", "account = \"x\"\n"));
    world.store.current();
    assert_eq!(world.events(), ["config.changed", "account.changed", "session.changed"]);
    world.write("");
    world.store.current();
    assert_eq!(world.events()[3..], ["config.changed", "account.removed", "session.changed"]);
}

#[test]
fn a_broken_file_is_told_and_the_last_good_one_stays_for_those_who_only_look() {
    let world = World::new(TEAM);
    world.write("not = [toml");
    assert!(!world.store.current().is_usable());
    assert_eq!(world.store.last_good().config.accounts.len(), 1);
    world.write(&TEAM.replace("us", "in"));
    assert!(world.store.current().is_usable());
    assert_eq!(world.events(), ["config.invalid", "config.changed", "account.changed"]);
}

#[test]
fn an_edit_is_in_the_snapshot_that_it_returns() {
    let world = World::new(TEAM);
    let file = world.store.file(None);
    let change = Change::UseProject { account: None, project: "7".into() };
    let (snapshot, _) = world.store.edit(&file, &change).expect("a good change");
    assert_eq!(snapshot.persisted().project.map(|id| id.to_string()).as_deref(), Some("7"));
    assert!(Arc::ptr_eq(&snapshot, &world.store.current()));
    let (again, _) = world.store.edit(&file, &change).expect("nothing to do");
    assert!(Arc::ptr_eq(&snapshot, &again));
}

#[test]
fn a_linked_file_is_read_and_edited_where_it_is() {
    let world = World::new(TEAM);
    let (link, target) = (world.dir.path().join("config.toml"), world.dir.path().join("dotfiles/mp.toml"));
    std::fs::create_dir(world.dir.path().join("dotfiles")).expect("made");
    std::fs::rename(&link, &target).expect("moved");
    std::os::unix::fs::symlink("dotfiles/mp.toml", &link).expect("linked");
    assert!(world.store.current().is_good(), "{:?}", world.store.current().problems());
    std::fs::write(&target, TEAM.replace("us", "eu")).expect("written");
    assert_eq!(&*world.store.current().text, TEAM.replace("us", "eu"));
    let change = Change::UseProject { account: None, project: "7".into() };
    let (snapshot, _) = world.store.edit(&world.store.file(None), &change).expect("a good change");
    assert_eq!(&*snapshot.text, std::fs::read_to_string(&target).expect("there"));
    assert_eq!(std::fs::read_link(&link).expect("it is still a link").to_str(), Some("dotfiles/mp.toml"));
    assert_eq!(std::fs::metadata(&target).expect("there").permissions().mode() & 0o777, 0o600);
    std::fs::rename(&target, world.dir.path().join("away")).expect("moved");
    let lost = world.store.current();
    assert!(!lost.is_usable() && lost.problems()[0].detail.contains("dotfiles/mp.toml is not there"), "{lost:?}");
    assert!(world.store.edit(&world.store.file(None), &change).is_err(), "a link to nothing is a mistake");
    std::fs::rename(world.dir.path().join("away"), &target).expect("moved");
    assert!(world.store.current().is_good());
    std::fs::remove_file(&link).expect("removed");
    assert!(world.store.current().config.accounts.is_empty(), "no file at all is an empty one");
}

#[test]
fn the_number_of_remembered_files_is_bounded() {
    let world = World::new(TEAM);
    for number in 0..OTHERS * 2 {
        world.store.file(Some(&world.dir.path().join(format!("{number}.toml"))));
    }
    assert_eq!(world.store.others.lock().len(), OTHERS);
}

const KEYRING: &str = "[settings]\nsecret_store = \"keyring\"\n\n[accounts.team]\ntype = \"service_account\"\nregion = \"us\"\n\
                       username = \"u\"\nsecret = \"hush\" # rotated\n";

fn add(name: &str, secret: &str) -> Change {
    let text = |text: &str| Some(text.to_owned());
    Change::AddAccount(mp_proto::wire::AccountAdd {
        name: text(name),
        r#type: "service_account".to_owned(),
        region: text("us"),
        default_project: None,
        username: text("u"),
        secret: Some(Secret::new(secret)),
        token: None,
        token_env: None,
    })
}

fn secret_in(snapshot: &Snapshot, name: &str) -> Option<String> {
    snapshot.config.accounts[name].credential.secret().map(|secret| secret.expose().to_owned())
}

#[test]
fn a_new_secret_never_reaches_the_file_and_is_there_at_once() {
    let safe = Fake::default();
    let vault = safe.vault();
    let world = World::with_keyring(KEYRING, &vault);
    let (snapshot, edited) = world.store.edit(&world.store.file(None), &add("new", "hush-new")).expect("added");
    assert_eq!((secret_in(&snapshot, "new").as_deref(), edited.notes.len()), (Some("hush-new"), 0));
    assert!(!snapshot.text.contains("hush-new") && snapshot.text.contains("secret = \"hush\" # rotated"));
    assert_eq!(safe.secrets().values().collect::<Vec<_>>(), ["hush-new"]);
    // Another one in its place changes nothing in the file, and counts at once.
    let update = mp_proto::wire::AccountUpdate { secret: Some(Secret::new("hush-newer")), ..Default::default() };
    let update = Change::UpdateAccount { name: "new".to_owned(), update };
    let (after, _) = world.store.edit(&world.store.file(None), &update).expect("updated");
    assert_eq!((secret_in(&after, "new").as_deref(), &after.text), (Some("hush-newer"), &snapshot.text));
    assert!(after.revision > snapshot.revision);
    let removal = Change::RemoveAccount { name: "new".to_owned(), force: false };
    world.store.edit(&world.store.file(None), &removal).expect("removed");
    assert!(vault.keys(SecretStore::Keyring).expect("asked in turn").is_empty(), "it went with its account");
}

#[test]
fn an_edit_that_fails_leaves_what_is_kept_as_it_was() {
    let safe = Fake::default();
    let vault = safe.vault();
    let world = World::with_keyring(KEYRING, &vault);
    let file = world.store.file(None);
    world.store.edit(&file, &add("new", "hush-new")).expect("added");
    let text = world.store.current().text.clone();
    let (before, mut replaced) = (parse(&text), Replaced::new());
    let edited = |change: &Change| edit(&text, change).expect("a good change");
    let update = mp_proto::wire::AccountUpdate { secret: Some(Secret::new("hush-newer")), ..Default::default() };
    let update = Change::UpdateAccount { name: "new".to_owned(), update };
    world.store.keep(&before, edited(&update), &mut replaced).expect("kept");
    world.store.keep(&before, edited(&add("other", "hush-other")), &mut replaced).expect("kept");
    assert_eq!(safe.secrets().values().collect::<Vec<_>>(), ["hush-newer", "hush-other"]);
    world.store.restore(replaced);
    assert_eq!(vault.keys(SecretStore::Keyring).expect("asked in turn").len(), 1);
    assert_eq!(safe.secrets().values().collect::<Vec<_>>(), ["hush-new"]);
    assert_eq!(secret_in(&world.store.current(), "new").as_deref(), Some("hush-new"));
}

#[test]
fn where_there_is_no_keyring_the_secret_is_in_the_file_and_that_is_said() {
    let safe = Fake::default();
    let vault = safe.vault();
    safe.set(&vault, Some(Trouble::Absent("there is no session bus".to_owned())));
    let world = World::with_keyring(KEYRING, &vault);
    let (snapshot, edited) = world.store.edit(&world.store.file(None), &add("new", "hush-new")).expect("added");
    assert!(
        snapshot.text.contains("hush-new") && edited.notes[0].contains("there is no session bus"),
        "{:?}",
        edited.notes
    );
    // Once there is one, it goes there.
    safe.set(&vault, None);
    assert_eq!(world.store.move_secrets().expect("moved").len(), 2);
    assert!(!world.store.current().text.contains("hush"));
}

#[test]
fn a_locked_keyring_refuses_what_is_new_and_nothing_else() {
    let safe = Fake::default();
    let vault = safe.vault();
    safe.set(&vault, Some(Trouble::Locked));
    let world = World::with_keyring(KEYRING, &vault);
    let file = world.store.file(None);
    let refused = world.store.edit(&file, &add("new", "hush-new")).expect_err("locked");
    assert_eq!(refused.kind, FailureKind::TokenUnavailable);
    assert!(!world.store.current().text.contains("new"));
    world.store.edit(&file, &Change::UseAccount { name: "team".to_owned() }).expect("needs no keyring");
}

#[test]
fn secrets_move_both_ways_and_one_that_cannot_stays_and_says_why() {
    let safe = Fake::default();
    let vault = safe.vault();
    let text =
        format!("{KEYRING}\n[accounts.ci]\ntype = \"oauth_token\"\nregion = \"eu\"\ntoken = \"t\u{1F600}\\n\"\n");
    let world = World::with_keyring(&text, &vault);
    let file = world.store.file(None);
    assert_eq!(world.store.move_secrets().expect("moved").len(), 2);
    let kept = world.store.current();
    assert_eq!(
        (secret_in(&kept, "team").as_deref(), secret_in(&kept, "ci").as_deref()),
        (Some("hush"), Some("t\u{1F600}\n"))
    );
    assert!(!kept.text.contains("hush") && kept.text.contains("# rotated"));
    assert!(world.store.move_secrets().expect("nothing to do").is_empty());
    // By an editor: a newer one wins, and goes the way of the others.
    world.write(&kept.text.replace("\"(in the keyring: mp daemon secrets)\"", "\"hush-edited\""));
    assert_eq!(secret_in(&world.store.current(), "team").as_deref(), Some("hush-edited"));
    world.store.move_secrets().expect("moved");
    assert_eq!(safe.secrets()[&key("team", Kind::Secret)], "hush-edited");
    world.store.edit(&file, &Change::SetSecretStore(SecretStore::File)).expect("set");
    safe.0.lock().secrets.remove(&key("ci", Kind::Token));
    let fresh = World::with_keyring(&world.store.current().text, &safe.vault());
    let moved = fresh.store.move_secrets().expect("as far as it goes");
    let failures: Vec<_> = moved.iter().map(|one| (one.key.account.as_str(), one.failure.is_some())).collect();
    assert_eq!(failures, [("ci", true), ("team", false)]);
    let back = fresh.store.current();
    assert!(
        back.text.contains("\"hush-edited\" # rotated") && back.text.contains("MP_TOKEN_IN_KEYRING"),
        "{}",
        back.text
    );
    assert!(safe.secrets().is_empty(), "what was moved is there no more");
}

#[test]
fn a_secret_that_cannot_be_had_is_told_and_had_as_soon_as_it_can() {
    let safe = Fake::default();
    let vault = safe.vault();
    safe.0.lock().secrets.insert(key("team", Kind::Secret), "hush".to_owned());
    safe.set(&vault, Some(Trouble::Locked));
    let world = World::with_keyring(&KEYRING.replace("\"hush\"", "\"(in the keyring: mp daemon secrets)\""), &vault);
    let locked = world.store.current();
    assert!(locked.is_good(), "the file is as it should be");
    let crate::config::Credential::Kept(kept) = &locked.config.accounts["team"].credential else {
        panic!("it is locked")
    };
    assert!(kept.failure("team").detail.contains("the keyring is locked"));
    assert_eq!(world.store.current().revision, locked.revision, "nothing new is nothing new");
    safe.set(&vault, None);
    assert_eq!(secret_in(&world.store.current(), "team").as_deref(), Some("hush"));
    let questions = safe.0.lock().questions;
    world.store.current();
    assert_eq!(safe.0.lock().questions, questions, "it is asked for once");
}
