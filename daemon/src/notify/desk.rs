//! Decides what somebody is told of, and when. Pure.
//!
//! A loss is told once. What may pass by itself is told when it has lasted: a refresh that fails is tried again, and an editor saves a
//! config in the middle of a change. What was told is kept beside a mark of what it was about, so that a daemon that starts again does
//! not tell of the same loss.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use mp_proto::event::Event;
use serde::{Deserialize, Serialize};

/// Refreshes that have failed for so long do not pass by themselves.
const FAILING: Duration = Duration::from_secs(5 * 60);

/// A config that has been wrong for so long is not being edited.
const INVALID: Duration = Duration::from_secs(60);

/// At most so many notices in so long, whatever happens.
const MOST: (usize, Duration) = (6, Duration::from_secs(10 * 60));

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A person has to log in.
    LoginRequired,
    /// Something else does not pass by itself.
    Error,
}

impl Kind {
    /// Returns its word in the settings and the metrics, after `on_`.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::LoginRequired => "login_required",
            Self::Error => "error",
        }
    }
}

/// Something that somebody is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Notice {
    pub(super) kind: Kind,
    /// The event that it is about.
    pub(super) event: Event,
    pub(super) account: Option<String>,
    pub(super) reason: String,
    /// What to run.
    pub(super) command: Option<String>,
}

/// What was told, and a mark of what it was about: the file with the tokens, or the config, as it was then.
pub(super) type Told = BTreeMap<String, String>;

/// What was told, as it is kept.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    #[serde(default)]
    pub(super) told: Told,
}

/// What has been heard.
#[derive(Debug, Default)]
pub(super) struct Desk {
    told: Told,
    /// What may pass, since when, and the latest of it.
    pending: BTreeMap<String, (Duration, Notice)>,
    /// When the last notices were.
    recent: VecDeque<Duration>,
    is_changed: bool,
}

fn of_account(event: &str, account: &str) -> String {
    format!("{event} {account}")
}

/// The mark of what is not there.
pub(super) const GONE: &str = "none";

/// How the command begins that helps an account of the config; a bridge's is another, and it has no file.
const LOG_IN: &str = "mp account login ";

const LOGIN: &str = "login.required";
const TOKEN: &str = "token.failed";
const CONFIG: &str = "config.invalid";

impl Desk {
    /// Returns one that goes on from what was told before.
    pub(super) fn new(record: Record) -> Self {
        Self { told: record.told, ..Self::default() }
    }

    /// Hears of an event. `mark` returns the mark of an account, or of the config.
    pub(super) fn hear(
        &mut self,
        event: &Event,
        now: Duration,
        mark: impl Fn(Option<&str>) -> String,
    ) -> Option<Notice> {
        match event {
            Event::LoginRequired { account, detail, command } => {
                // Whatever failed before has come to this.
                self.forget(&of_account(TOKEN, account));
                let mark = mark(Some(account));
                if mark == GONE && command.starts_with(LOG_IN) {
                    // Its tokens were removed: somebody has logged out, and knows it.
                    return None;
                }
                let (reason, command) = (detail.clone(), Some(command.clone()));
                let notice = notice(Kind::LoginRequired, event, Some(account), reason, command);
                self.tell(of_account(LOGIN, account), mark, notice, now)
            }
            Event::TokenFailed { account, detail, .. } => {
                let command = Some("mp daemon status".to_owned());
                let notice = notice(Kind::Error, event, Some(account), detail.clone(), command);
                self.wait(of_account(TOKEN, account), notice, now);
                None
            }
            Event::ConfigInvalid { problems, .. } => {
                let reason =
                    problems.first().map_or_else(String::new, |first| format!("{}: {}", first.at, first.detail));
                let notice = notice(Kind::Error, event, None, reason, Some("mp daemon status".to_owned()));
                self.wait(CONFIG.to_owned(), notice, now);
                None
            }
            Event::ConfigChanged { .. } => {
                self.forget(CONFIG);
                None
            }
            Event::TokenRefreshed { account, .. }
            | Event::AccountRemoved { name: account }
            | Event::LoginCompleted { account: Some(account), problem: None, .. } => {
                self.forget(&of_account(LOGIN, account));
                self.forget(&of_account(TOKEN, account));
                None
            }
            _ => None,
        }
    }

    /// Returns whether something may have to be told later.
    pub(super) fn is_waiting(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Returns what has lasted for too long by now.
    pub(super) fn due(&mut self, now: Duration, mark: impl Fn(Option<&str>) -> String) -> Vec<Notice> {
        let patience = |key: &str| if key == CONFIG { INVALID } else { FAILING };
        let ripe = |(key, (since, _)): &(&String, &(Duration, Notice))| now.saturating_sub(*since) >= patience(key);
        let keys: Vec<String> = self.pending.iter().filter(ripe).map(|(key, _)| key.clone()).collect();
        let mut due = Vec::new();
        for key in keys {
            if let Some((_, notice)) = self.pending.remove(&key) {
                let mark = mark(notice.account.as_deref());
                due.extend(self.tell(key, mark, notice, now));
            }
        }
        due
    }

    /// Returns what is to be kept of what was told, if that has changed.
    pub(super) fn record(&mut self) -> Option<Record> {
        std::mem::take(&mut self.is_changed).then(|| Record { told: self.told.clone() })
    }

    fn wait(&mut self, key: String, notice: Notice, now: Duration) {
        if self.told.contains_key(&key) {
            return;
        }
        match self.pending.get_mut(&key) {
            Some((_, latest)) => *latest = notice,
            None => drop(self.pending.insert(key, (now, notice))),
        }
    }

    fn tell(&mut self, key: String, mark: String, notice: Notice, now: Duration) -> Option<Notice> {
        if self.told.get(&key) == Some(&mark) {
            return None;
        }
        while self.recent.front().is_some_and(|then| now.saturating_sub(*then) >= MOST.1) {
            self.recent.pop_front();
        }
        if self.recent.len() >= MOST.0 {
            // It is not noted as told: if it happens again later, it is news.
            return None;
        }
        self.recent.push_back(now);
        self.told.insert(key, mark);
        self.is_changed = true;
        Some(notice)
    }

    fn forget(&mut self, key: &str) {
        self.pending.remove(key);
        self.is_changed |= self.told.remove(key).is_some();
    }
}

fn notice(kind: Kind, event: &Event, account: Option<&String>, reason: String, command: Option<String>) -> Notice {
    Notice { kind, event: event.clone(), account: account.cloned(), reason, command }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn required(account: &str) -> Event {
        let (detail, command) = ("refused".to_owned(), format!("mp account login {account}"));
        Event::LoginRequired { account: account.to_owned(), detail, command }
    }

    fn failed() -> Event {
        let retry_at = jiff::Timestamp::UNIX_EPOCH;
        Event::TokenFailed { account: "ada".to_owned(), detail: "no answer".to_owned(), retry_at }
    }

    fn refreshed() -> Event {
        let (expires_at, cause) = (jiff::Timestamp::UNIX_EPOCH, mp_proto::event::TokenCause::Adopted);
        Event::TokenRefreshed { account: "ada".to_owned(), generation: 2, expires_at, cause }
    }

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn same(_: Option<&str>) -> String {
        "one".to_owned()
    }

    #[test]
    fn a_loss_is_told_once_and_the_next_one_again() {
        let mut desk = Desk::default();
        let told = desk.hear(&required("ada"), at(0), same).expect("it is news");
        assert_eq!(
            (told.kind, told.account.as_deref(), told.reason.as_str()),
            (Kind::LoginRequired, Some("ada"), "refused")
        );
        assert_eq!(told.command.as_deref(), Some("mp account login ada"));
        assert_eq!(desk.hear(&required("ada"), at(1), same), None);
        assert!(desk.hear(&required("bob"), at(1), same).is_some(), "another account is another loss");
        desk.hear(&refreshed(), at(2), same);
        assert!(desk.hear(&required("ada"), at(3), same).is_some());
    }

    #[test]
    fn a_daemon_that_starts_again_tells_of_another_loss_only() {
        let mut desk = Desk::default();
        desk.hear(&required("ada"), at(0), same);
        let record = desk.record().expect("it has changed");
        assert_eq!(desk.record(), None);
        let mut next = Desk::new(record);
        assert_eq!(next.hear(&required("ada"), at(0), same), None);
        assert!(next.hear(&required("ada"), at(1), |_| "two".to_owned()).is_some(), "somebody had logged in meanwhile");
    }

    #[test]
    fn a_logout_is_no_loss() {
        let gone = |_: Option<&str>| GONE.to_owned();
        let mut desk = Desk::default();
        assert_eq!(desk.hear(&required("ada"), at(0), gone), None);
        let (account, detail) = ("ada".to_owned(), "refused".to_owned());
        let bridge =
            Event::LoginRequired { account, detail, command: "mp account export-bridge --account ada".to_owned() };
        assert!(desk.hear(&bridge, at(0), gone).is_some(), "a bridge has no file");
    }

    #[test]
    fn what_passes_is_not_told() {
        let mut desk = Desk::default();
        assert_eq!(desk.hear(&failed(), at(0), same), None);
        assert!(desk.is_waiting() && desk.due(at(299), same).is_empty());
        desk.hear(&refreshed(), at(299), same);
        assert!(desk.due(at(400), same).is_empty() && !desk.is_waiting());
        desk.hear(&failed(), at(400), same);
        desk.hear(&failed(), at(600), same);
        let due = desk.due(at(700), same);
        assert_eq!(due.iter().map(|notice| notice.kind).collect::<Vec<_>>(), [Kind::Error]);
        desk.hear(&failed(), at(701), same);
        assert!(!desk.is_waiting(), "it was told");
        assert!(desk.hear(&required("ada"), at(702), same).is_some(), "that is another thing");
    }

    #[test]
    fn a_config_that_is_being_edited_is_not_told_and_one_that_stays_wrong_is() {
        let invalid =
            Event::ConfigInvalid { revision: 2, problems: vec![mp_proto::failure::Problem::new("c:1:1", "odd")] };
        let mut desk = Desk::default();
        desk.hear(&invalid, at(0), same);
        desk.hear(&Event::ConfigChanged { revision: 3 }, at(59), same);
        assert!(desk.due(at(61), same).is_empty());
        desk.hear(&invalid, at(100), same);
        let due = desk.due(at(160), same);
        assert_eq!(due.first().map(|notice| notice.reason.as_str()), Some("c:1:1: odd"));
        assert_eq!(due.first().and_then(|notice| notice.account.clone()), None);
    }

    #[test]
    fn there_is_no_storm() {
        let mut desk = Desk::default();
        let told = (0..100).filter(|number| desk.hear(&required(&format!("a{number}")), at(*number), same).is_some());
        assert_eq!(told.count(), MOST.0);
        assert!(
            desk.hear(&required("a99"), at(700), same).is_some(),
            "what was left out is news when it happens again"
        );
    }
}
