//! Tells people who do not watch: runs what `[settings.notify]` of the root's config says when a login is lost or something does not pass
//! by itself. A call never waits for it.
//!
//! [`desk`] decides, [`command`] runs. The settings are those of the storage root alone: neither a config that a caller names nor a
//! project's `.mixpanel.toml` has a say in what is run here.

mod command;
mod desk;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use mp_proto::event::Event;
use mp_proto::ids::AccountName;
use mp_proto::json::unarmed_text;
use mp_proto::secret::Secret;
use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc};
use tracing::{debug, info, warn};

use self::command::{Ended, Job, LIMIT};
use self::desk::{Desk, GONE, Kind, Notice, Record};
use crate::clock::Clock;
use crate::config::NotifySettings;
use crate::files::paths::Paths;
use crate::files::replace::replace;
use crate::hub::{Hub, Numbered};
use crate::life::Life;
use crate::meter::Meters;
use crate::store::Store;

/// Between two looks at what may pass by itself.
const LOOK: Duration = Duration::from_secs(1);

/// So many notices wait for those before them.
const QUEUE: usize = 16;

/// Longest text of a variable: what Mixpanel or a file says may be long, and a command line has limits.
const LONGEST: usize = 2000;

/// Tells people who do not watch.
pub struct Notifier {
    paths: Paths,
    store: Arc<Store>,
    clock: Arc<dyn Clock>,
    meters: Arc<Meters>,
    life: Life,
    events: broadcast::Receiver<Arc<Numbered>>,
}

/// A command on its way, and the kind of what it tells.
type Waiting = (Kind, Job);

impl Notifier {
    /// Returns what tells people of what the hub publishes.
    pub fn new(
        paths: Paths,
        store: Arc<Store>,
        hub: &Hub,
        clock: Arc<dyn Clock>,
        meters: Arc<Meters>,
        life: Life,
    ) -> Self {
        Self { events: hub.listen(), paths, store, clock, meters, life }
    }

    /// Tells until the daemon stops. Commands run in a task of their own, one after the other.
    pub async fn run(mut self) {
        let (sender, jobs) = mpsc::channel(QUEUE);
        self.life.spawn(work(jobs, self.paths.home().to_owned(), Arc::clone(&self.meters), self.life.clone()));
        let mut desk = Desk::new(self.read());
        loop {
            let heard = tokio::select! {
                biased;
                () = self.life.stopping() => return,
                heard = self.events.recv() => Some(heard),
                () = tokio::time::sleep(LOOK), if desk.is_waiting() => None,
            };
            let now = self.clock.elapsed();
            let notices = match heard {
                None => desk.due(now, |about| self.mark(about)),
                Some(Ok(event)) => match serde_json::from_str::<Event>(&event.json) {
                    Ok(event) => desk.hear(&event, now, |about| self.mark(about)).into_iter().collect(),
                    Err(_) => Vec::new(),
                },
                Some(Err(RecvError::Lagged(missed))) => {
                    warn!(missed, "events were missed by what tells of them");
                    Vec::new()
                }
                Some(Err(RecvError::Closed)) => return,
            };
            for notice in notices {
                self.tell(&notice, &sender);
            }
            if let Some(record) = desk.record() {
                self.keep(&record).await;
            }
        }
    }

    /// Sends the commands for a notice on their way. Without one, that it happened is noted all the same.
    fn tell(&self, notice: &Notice, sender: &mpsc::Sender<Waiting>) {
        let snapshot = self.store.last_good();
        for job in jobs(&snapshot.config.notify, notice, &self.paths, self.clock.now()) {
            if sender.try_send((notice.kind, job)).is_err() {
                self.meters.notified(notice.kind.word(), "limited");
                warn!(event = notice.event.name(), "a notice was left out: too many wait");
            }
        }
    }

    /// Returns a mark of the file with an account's tokens, or of the config: when it was written, and how long it is.
    fn mark(&self, account: Option<&str>) -> String {
        let path = match account.map(AccountName::parse) {
            Some(Ok(name)) => self.paths.tokens(&name),
            Some(Err(_)) => return GONE.to_owned(),
            None => self.paths.config(),
        };
        let found = std::fs::symlink_metadata(path).ok();
        let of =
            |found: std::fs::Metadata| Some((found.modified().ok()?.duration_since(UNIX_EPOCH).ok()?, found.len()));
        found.and_then(of).map_or_else(|| GONE.to_owned(), |(at, length)| format!("{}-{length}", at.as_nanos()))
    }

    fn file(&self) -> PathBuf {
        self.paths.root().join("notified.json")
    }

    fn read(&self) -> Record {
        // One that cannot be read is none: then something is told once more.
        let text = std::fs::read(self.file()).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    async fn keep(&self, record: &Record) {
        let (paths, path) = (self.paths.clone(), self.file());
        let text = serde_json::to_vec(record).unwrap_or_default();
        let kept = self.life.blocking(move || replace(&paths, &path, &text).map(drop).map_err(Into::into)).await;
        if let Err(failure) = kept {
            warn!(detail = failure.detail, "what was told could not be noted: it may be told again after a restart");
        }
    }
}

/// Runs commands, one after the other.
async fn work(mut jobs: mpsc::Receiver<Waiting>, home: PathBuf, meters: Arc<Meters>, life: Life) {
    loop {
        let (kind, job) = tokio::select! {
            biased;
            () = life.stopping() => return,
            next = jobs.recv() => match next {
                Some(next) => next,
                None => return,
            },
        };
        let (sender, done) = tokio::sync::oneshot::channel();
        let (program, at) = (job.words.first().cloned().unwrap_or_default(), home.clone());
        // A thread of its own: those that wait for the disk are few.
        let thread = std::thread::Builder::new().name("notify".to_owned());
        let started = thread.spawn(move || drop(sender.send(command::run(job, &at, LIMIT))));
        let ended = match started {
            Ok(_) => {
                done.await.unwrap_or_else(|_| (Ended::NotStarted("its thread was lost".to_owned()), String::new()))
            }
            Err(error) => (Ended::NotStarted(error.to_string()), String::new()),
        };
        let (event, outcome, program) = (kind.word(), ended.0.word(), program.display());
        meters.notified(event, outcome);
        match ended {
            (Ended::Done, output) => info!(event, %program, output, "a notice was given"),
            (Ended::Failed(why) | Ended::NotStarted(why), output) => {
                warn!(event, %program, why, output, "a notice failed");
            }
            (Ended::TimedOut, output) => {
                warn!(event, %program, limit_s = LIMIT.as_secs(), output, "a notice took too long and was ended");
            }
        }
    }
}

/// Returns what is to be run for a notice.
fn jobs(settings: &NotifySettings, notice: &Notice, paths: &Paths, now: jiff::Timestamp) -> Vec<Job> {
    let line = match notice.kind {
        Kind::LoginRequired => &settings.on_login_required,
        Kind::Error => &settings.on_error,
    };
    let by_command = line.as_ref().map(Secret::expose).map(command::shell);
    let by_desktop = settings.desktop.then(|| {
        let (title, text) = shown(notice);
        command::desktop(&title, &text)
    });
    if by_command.is_none() && by_desktop.is_none() {
        debug!(event = notice.event.name(), "nobody is to be told");
    }
    let all = by_command.into_iter().chain(by_desktop);
    all.map(|words| Job { words, variables: variables(notice, paths), input: input(notice, now) }).collect()
}

/// Returns title and text for a desktop. The text may have markup there.
fn shown(notice: &Notice) -> (String, String) {
    let title = match (notice.kind, &notice.account) {
        (Kind::LoginRequired, Some(account)) => format!("Mixpanel: log in again as {account}"),
        (_, Some(account)) => format!("Mixpanel: trouble with {account}"),
        (_, None) => "Mixpanel: trouble".to_owned(),
    };
    let next = notice.command.as_ref().map(|command| format!("\nRun: {command}")).unwrap_or_default();
    let text = format!("{}{next}", cut(&notice.reason));
    let marked = if cfg!(target_os = "macos") { text } else { text.replace('&', "&amp;").replace('<', "&lt;") };
    (title, marked)
}

fn variables(notice: &Notice, paths: &Paths) -> Vec<(&'static str, std::ffi::OsString)> {
    let texts = [
        ("MP_EVENT", Some(notice.event.name().to_owned())),
        ("MP_ACCOUNT", notice.account.clone()),
        ("MP_REASON", Some(cut(&notice.reason))),
        ("MP_COMMAND", notice.command.clone()),
    ];
    let texts = texts.into_iter().filter_map(|(name, text)| Some((name, text?.into())));
    texts.chain([("MP_STORAGE_DIR", paths.root().into())]).collect()
}

/// Returns the event as a line of JSON, with the time.
fn input(notice: &Notice, now: jiff::Timestamp) -> Vec<u8> {
    let mut event = serde_json::to_value(&notice.event).unwrap_or(Value::Null);
    event["at"] = json!(now);
    (unarmed_text(event.to_string()) + "\n").into_bytes()
}

/// Returns a text that can be a variable: without null characters, and not too long.
fn cut(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice(reason: &str) -> Notice {
        let (account, detail, command) = ("ada".to_owned(), reason.to_owned(), "mp account login ada".to_owned());
        let event = Event::LoginRequired { account, detail, command: command.clone() };
        let account = Some("ada".to_owned());
        Notice { kind: Kind::LoginRequired, event, account, reason: reason.to_owned(), command: Some(command) }
    }

    #[test]
    fn a_command_and_the_desktop_are_told_alike() {
        let paths = Paths::new("/h/.mp".into(), "/h".into());
        let settings = NotifySettings { on_login_required: Some(Secret::new("true")), on_error: None, desktop: true };
        let jobs = jobs(&settings, &notice("a\0 <b> & \"c\"\n"), &paths, jiff::Timestamp::UNIX_EPOCH);
        assert_eq!(jobs[0].words, ["/bin/sh", "-c", "true"]);
        assert!(jobs[1].words.last().is_some_and(|text| text == "a &lt;b> &amp; \"c\"\n\nRun: mp account login ada"));
        let names: Vec<_> = jobs[0].variables.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["MP_EVENT", "MP_ACCOUNT", "MP_REASON", "MP_COMMAND", "MP_STORAGE_DIR"]);
        let input: Value = serde_json::from_slice(&jobs[0].input).expect("JSON");
        assert_eq!((&input["type"], &input["at"]), (&json!("login.required"), &json!("1970-01-01T00:00:00Z")));
        assert_eq!(jobs[0].input.iter().filter(|byte| **byte == b'\n').count(), 1);
        let none = NotifySettings { on_error: Some(Secret::new("true")), ..NotifySettings::default() };
        assert!(super::jobs(&none, &notice(""), &paths, jiff::Timestamp::UNIX_EPOCH).is_empty());
    }

    #[test]
    fn a_long_reason_is_cut() {
        assert_eq!(cut(&"é".repeat(5000)).chars().count(), LONGEST);
    }
}
