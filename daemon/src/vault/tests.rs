//! The vault over a safe that can be locked, absent, forgetful and silent.

use std::collections::BTreeMap;

use mp_proto::failure::FailureKind;
use mp_proto::ids::AccountName;

use super::*;

/// What a fake safe holds, and what is the matter with it.
#[derive(Default)]
pub(crate) struct Inside {
    pub(crate) secrets: BTreeMap<Key, String>,
    pub(crate) trouble: Option<Trouble>,
    /// It takes a secret, and gives back another one.
    pub(crate) is_forgetful: bool,
    /// Whoever asks it for what it keeps finds a fault of ours.
    pub(crate) is_faulty: bool,
    pub(crate) asked_user: usize,
    pub(crate) questions: usize,
}

/// A safe that tests look into.
#[derive(Clone, Default)]
pub(crate) struct Fake(pub(crate) Arc<Mutex<Inside>>);

impl Fake {
    /// Returns a vault over it; there is no other place.
    pub(crate) fn vault(&self) -> Arc<Vault> {
        let safe = self.clone();
        Arc::new(Vault::with(
            move |store| match store {
                SecretStore::Keyring => Ok(Box::new(safe.clone()) as Box<dyn Safe>),
                _ => Err(Trouble::Absent("there is no other".to_owned())),
            },
            Duration::from_millis(200),
        ))
    }

    /// Breaks it, or mends it. What is known of a trouble is forgotten after a while; a test does not wait.
    pub(crate) fn set(&self, vault: &Vault, trouble: Option<Trouble>) {
        self.0.lock().trouble = trouble;
        let mut held = vault.held.lock();
        held.troubles.values_mut().for_each(|(since, _)| *since -= AGAIN_IF_SILENT);
        held.missing.clear();
    }

    /// Returns what it holds.
    pub(crate) fn secrets(&self) -> BTreeMap<Key, String> {
        self.0.lock().secrets.clone()
    }

    fn open<T>(&self, work: impl FnOnce(&mut Inside) -> T) -> Result<T, Trouble> {
        let mut inside = self.0.lock();
        inside.questions += 1;
        match &inside.trouble {
            Some(trouble) => Err(trouble.clone()),
            None => Ok(work(&mut inside)),
        }
    }
}

impl Safe for Fake {
    fn get(&mut self, key: &Key) -> Result<Option<Secret>, Trouble> {
        self.open(|inside| inside.secrets.get(key).map(|text| Secret::new(text.clone())))
    }

    fn put(&mut self, key: &Key, secret: &Secret) -> Result<(), Trouble> {
        self.open(|inside| {
            let text = if inside.is_forgetful { String::new() } else { secret.expose().to_owned() };
            inside.secrets.insert(key.clone(), text);
        })
    }

    fn remove(&mut self, key: &Key) -> Result<bool, Trouble> {
        self.open(|inside| inside.secrets.remove(key).is_some())
    }

    fn keys(&mut self) -> Result<Vec<Key>, Trouble> {
        assert!(!self.0.lock().is_faulty, "a fault, for a test");
        self.open(|inside| inside.secrets.keys().cloned().collect())
    }

    fn check(&mut self) -> Result<(), Trouble> {
        self.open(|_| ())
    }

    fn ask_user(&mut self) -> Result<(), Trouble> {
        self.0.lock().asked_user += 1;
        Ok(())
    }
}

pub(crate) fn key(account: &str, kind: Kind) -> Key {
    Key::new(&AccountName::parse(account).expect("a name"), kind)
}

const KEYRING: SecretStore = SecretStore::Keyring;

#[test]
fn a_secret_is_read_once_and_any_text_comes_back() {
    let safe = Fake::default();
    let vault = safe.vault();
    for text in ["hush", "", "a\0b\r\n\u{feff}é😀", &"x".repeat(200_000)] {
        vault.put(KEYRING, &key("team", Kind::Secret), &Secret::new(text)).expect("kept");
        let before = safe.0.lock().questions;
        let found = vault.get(KEYRING, &key("team", Kind::Secret)).expect("there");
        assert_eq!((found.expose(), safe.0.lock().questions), (text, before), "from memory");
    }
    let fresh = safe.vault();
    assert_eq!(fresh.get(KEYRING, &key("team", Kind::Secret)).expect("there").expose().len(), 200_000);
    assert_eq!(fresh.get(KEYRING, &key("team", Kind::Token)).expect_err("no such kind"), Trouble::Missing);
    assert_eq!(fresh.get(KEYRING, &key("other", Kind::Secret)).expect_err("no such account"), Trouble::Missing);
}

#[test]
fn what_does_not_come_back_as_it_was_is_not_kept() {
    let safe = Fake::default();
    safe.0.lock().is_forgetful = true;
    let vault = safe.vault();
    let put = vault.put(KEYRING, &key("team", Kind::Secret), &Secret::new("hush"));
    assert_eq!(put.expect_err("another text came back"), Trouble::Altered);
}

#[test]
fn a_locked_keyring_asks_its_user_once_and_is_tried_again_later() {
    let safe = Fake::default();
    let vault = safe.vault();
    vault.put(KEYRING, &key("team", Kind::Secret), &Secret::new("hush")).expect("kept");
    let fresh = safe.vault();
    safe.set(&fresh, Some(Trouble::Locked));
    for _ in 0..3 {
        assert_eq!(fresh.get(KEYRING, &key("team", Kind::Secret)).expect_err("locked"), Trouble::Locked);
    }
    assert_eq!(safe.0.lock().questions, 3, "a put, its reading back, and one question for three calls");
    safe.set(&fresh, Some(Trouble::Locked));
    assert!(fresh.get(KEYRING, &key("team", Kind::Secret)).is_err());
    safe.set(&fresh, None);
    assert_eq!(fresh.get(KEYRING, &key("team", Kind::Secret)).expect("unlocked").expose(), "hush");
    assert_eq!(safe.0.lock().asked_user, 1);
    assert_eq!(fresh.trouble(KEYRING), None);
    let failure = Trouble::Locked.of_reading(KEYRING, &key("team", Kind::Secret));
    assert_eq!(failure.kind, FailureKind::TokenUnavailable);
    assert_eq!(failure.next[0].command, "mp daemon secrets --unlock");
}

#[test]
fn nobody_waits_long_for_a_place_that_says_nothing_and_the_second_not_at_all() {
    let safe = Fake::default();
    let vault = safe.vault();
    // Whoever holds this keeps the safe from answering.
    let inside = safe.0.lock();
    let begun = Instant::now();
    assert!(matches!(vault.get(KEYRING, &key("team", Kind::Secret)), Err(Trouble::Silent(_))));
    assert!(begun.elapsed() < Duration::from_secs(5));
    for _ in 0..3 {
        assert!(matches!(vault.get(KEYRING, &key("team", Kind::Secret)), Err(Trouble::Silent(_))));
    }
    vault.held.lock().troubles.values_mut().for_each(|(since, _)| *since -= AGAIN);
    assert!(matches!(vault.get(KEYRING, &key("team", Kind::Secret)), Err(Trouble::Silent(_))));
    assert!(begun.elapsed() < Duration::from_millis(390), "one has waited for all");
    vault.held.lock().troubles.clear();
    let begun = Instant::now();
    assert!(matches!(vault.get(KEYRING, &key("ci", Kind::Token)), Err(Trouble::Silent(_))));
    assert!(begun.elapsed() < Duration::from_millis(150), "it is known to be stuck");
    drop(inside);
}

#[test]
fn a_fault_of_ours_is_no_silence_of_the_keyring_and_the_next_call_is_served() {
    let safe = Fake::default();
    let vault = safe.vault();
    safe.0.lock().is_faulty = true;
    assert!(matches!(vault.keys(KEYRING), Err(Trouble::Other(_))));
    safe.0.lock().is_faulty = false;
    let begun = Instant::now();
    while vault.check(KEYRING).is_err() {
        assert!(begun.elapsed() < Duration::from_secs(10), "its thread has ended by now");
        std::thread::yield_now();
    }
    assert!(vault.keys(KEYRING).expect("another thread").is_empty());
}

#[test]
fn only_what_config_files_need_changes_the_stamp() {
    let vault = Fake::default().vault();
    let stamps =
        [(Kind::Grant, "a"), (Kind::Secret, "a"), (Kind::Secret, "a"), (Kind::Secret, "b")].map(|(kind, text)| {
            vault.put(KEYRING, &key("team", kind), &Secret::new(text)).expect("kept");
            vault.stamp()
        });
    assert_eq!(stamps, [0, 1, 1, 2]);
}
