//! The store with real files.

use super::*;
use crate::clock::SystemClock;
use crate::hub::Opening;
use std::os::unix::fs::PermissionsExt;

const TEAM: &str = "[active]\naccount = \"team\"\n\n[accounts.team]\ntype = \"oauth_browser\"\nregion = \"us\"\n";

struct World {
    dir: tempfile::TempDir,
    store: Store,
    hub: Arc<Hub>,
}

impl World {
    fn new(config: &str) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let paths = Paths::new(dir.path().to_owned(), dir.path().to_owned());
        let hub = Arc::new(Hub::new("i".into()));
        let world = |store| Self { dir, store, hub: Arc::clone(&hub) };
        std::fs::write(paths.config(), config).expect("written");
        std::fs::set_permissions(paths.config(), std::fs::Permissions::from_mode(0o600)).expect("private");
        world(Store::new(&paths, Arc::clone(&hub), Arc::new(SystemClock)))
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
