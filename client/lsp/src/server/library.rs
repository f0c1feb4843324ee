//! The thread that asks the daemon, so that no key press ever waits for it.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::path::PathBuf;
use std::pin::Pin;
use std::time::{Duration, Instant, SystemTime};

use crossbeam_channel::Sender;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use mp_client::{Client, ConfigMistake, Event, Events, Failure, FailureKind, Happened, Switch};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::knowledge::{Facts, Knowledge, Owner, Shelf, Source, now};

/// What somebody wants to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wish {
    /// All of a project; anew, if it must not be a kept answer.
    Look(bool),
    /// The properties of an event.
    Properties(String),
    /// Values of a property.
    Values(Option<String>, String),
    /// How often events came.
    Volumes(Vec<String>),
    /// An entry of the lexicon, with the properties that the code has.
    Create(String, Vec<(String, &'static str)>),
    /// What would be wrong with a config of this text: the document, its version, the text.
    Check(String, i32, Unshown),
}

/// A text that may hold secrets, and so is never shown.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Unshown(pub(crate) String);

impl std::fmt::Debug for Unshown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// What came of it.
#[derive(Debug)]
pub(crate) enum News {
    /// All of a project.
    Known { owner: Owner, knowledge: Knowledge, at: u64, missing: Vec<String> },
    /// Nothing has changed since it was looked at.
    Same,
    /// The properties of an event.
    Properties(String, Vec<String>),
    /// Values of a property.
    Values(Option<String>, String, Vec<String>),
    /// How often events came.
    Volumes(BTreeMap<String, u64>),
    /// An entry was made.
    Created(String),
    /// What is wrong with a config: the document, its version, and each place with what is wrong there.
    Checked(String, i32, Vec<ConfigMistake>),
    /// It could not be had.
    Failed(Wish, Failure),
    /// It was left, for the sake of what Mixpanel allows in an hour.
    Left(Wish),
}

/// A message of the thread.
#[derive(Debug)]
pub(crate) enum Told {
    /// What came of a wish for a choice.
    News(Switch, Box<News>),
    /// Another account or project may be in force now.
    Moved,
    /// An account is gone.
    Removed(String),
    /// The accounts and targets that there are.
    Names(Vec<String>, Vec<String>),
}

/// How many requests of an hour single events and properties may take, of the 60 that Mixpanel allows all tools together.
const HOURLY: usize = 20;

/// How many wishes are asked for at once.
const AT_ONCE: usize = 3;

/// How long it takes until a daemon that was not there is looked for again.
const PAUSE: Duration = Duration::from_secs(30);

/// How long it takes until a look that failed is tried again.
const AGAIN: Duration = Duration::from_secs(60);

/// How long nothing happens until it is told that something did.
const SETTLED: Duration = Duration::from_millis(250);

/// How long what is known of a project is good enough when somebody comes back to it, in seconds: so long the daemon keeps answers, too.
const YOUNG: u64 = 300;

/// What an editor's session has at hand.
#[derive(Debug)]
pub(crate) struct Library {
    wishes: UnboundedSender<(Switch, Wish)>,
}

impl Library {
    /// Starts the thread. It ends when the library is dropped.
    ///
    /// # Errors
    /// When the system has no thread, or flags and variables are wrong.
    pub(crate) fn start(told: Sender<Told>, directory: Option<PathBuf>) -> std::io::Result<Self> {
        let (wishes, wanted) = unbounded_channel();
        let thread = std::thread::Builder::new().name("daemon".to_owned());
        thread.spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            if let Ok(runtime) = runtime {
                runtime.block_on(Desk::new(told, directory).run(wanted));
            }
        })?;
        Ok(Self { wishes })
    }

    /// Asks for something. What came of it is told later.
    pub(crate) fn wish(&self, choice: &Switch, wish: Wish) {
        // The thread ends with this object alone.
        let _ = self.wishes.send((choice.clone(), wish));
    }
}

type Work = Pin<Box<dyn Future<Output = (Switch, News)>>>;

struct Desk {
    told: Sender<Told>,
    client: Result<Client, Failure>,
    shelf: Option<Shelf>,
    /// What may wait.
    queue: VecDeque<(Switch, Wish)>,
    /// When single events and properties were asked for, by project.
    spent: HashMap<String, VecDeque<Instant>>,
    sources: HashMap<String, Source>,
    /// What was looked at, and when.
    looked: HashMap<String, (Owner, u64)>,
    /// When it is told that something has moved: a switch is several events.
    moved: Option<tokio::time::Instant>,
    /// Whether a look has failed since.
    has_failed: bool,
}

/// Returns a choice as a key.
pub(crate) fn key(choice: &Switch) -> String {
    format!("{choice:?}")
}

impl Desk {
    fn new(told: Sender<Told>, directory: Option<PathBuf>) -> Self {
        let mut builder = Client::builder().name(concat!("mp-lsp/", env!("CARGO_PKG_VERSION")));
        if let Some(directory) = directory {
            builder = builder.directory(directory);
        }
        let shelf = Shelf::of_this_process();
        Self {
            told,
            client: builder.build(),
            shelf,
            queue: VecDeque::new(),
            spent: HashMap::new(),
            sources: HashMap::new(),
            looked: HashMap::new(),
            moved: None,
            has_failed: false,
        }
    }

    async fn run(mut self, mut wanted: UnboundedReceiver<(Switch, Wish)>) {
        let mut events = self.client.as_ref().ok().map(stream);
        let mut again: Option<tokio::time::Instant> = None;
        let mut works: FuturesUnordered<Work> = FuturesUnordered::new();
        loop {
            while works.len() < AT_ONCE
                && let Some((choice, wish)) = self.queue.pop_front()
            {
                if let Some(work) = self.begin(choice, wish) {
                    works.push(work);
                }
            }
            tokio::select! {
                biased;
                next = wanted.recv() => match next {
                    Some((choice, wish)) => self.take(choice, wish),
                    None => return,
                },
                Some((choice, news)) = works.next() => self.tell(choice, news),
                event = next_of(&mut events) => match event {
                    Some(event) => self.happened(&event),
                    None => {
                        events = None;
                        again = Some(tokio::time::Instant::now() + PAUSE);
                    }
                },
                () = until(self.moved) => {
                    self.moved = None;
                    self.has_failed = false;
                    let _ = self.told.send(Told::Moved);
                }
                () = until(again) => {
                    again = None;
                    // Whoever has stopped the daemon does not want it back for the sake of its events.
                    events = Client::builder().autostart(false).build().ok().as_ref().map(stream);
                }
            }
        }
    }

    fn tell(&mut self, choice: Switch, news: News) {
        match &news {
            News::Known { owner, at, .. } => drop(self.looked.insert(key(&choice), (owner.clone(), *at))),
            // It is tried again: a network comes back, and so does a daemon.
            News::Failed(Wish::Look(_), _) => {
                self.has_failed = true;
                self.moved = Some(tokio::time::Instant::now() + AGAIN);
            }
            _ => {}
        }
        if self.told.send(Told::News(choice, Box::new(news))).is_err() {
            self.queue.clear();
        }
    }

    fn take(&mut self, choice: Switch, wish: Wish) {
        let entry = (choice, wish);
        if self.queue.contains(&entry) {
            return;
        }
        match entry.1 {
            // What is under the cursor goes before what is somewhere in a file.
            Wish::Look(_) | Wish::Values(..) | Wish::Create(..) | Wish::Check(..) => self.queue.push_front(entry),
            Wish::Properties(_) | Wish::Volumes(_) => self.queue.push_back(entry),
        }
    }

    fn happened(&mut self, event: &Event) {
        match event {
            Event::Snapshot { accounts, targets, .. } => {
                let _ = self.told.send(Told::Names(accounts.clone(), targets.clone()));
                if let Some(shelf) = &self.shelf {
                    shelf.tidy(accounts, SystemTime::now());
                }
                if self.has_failed {
                    self.moved = Some(tokio::time::Instant::now() + SETTLED);
                }
                return;
            }
            Event::AccountRemoved { name } => {
                if let Some(shelf) = &self.shelf {
                    shelf.forget(name);
                }
                let _ = self.told.send(Told::Removed(name.clone()));
            }
            _ => {}
        }
        self.sources.clear();
        self.moved = Some(tokio::time::Instant::now() + SETTLED);
    }

    fn begin(&mut self, choice: Switch, wish: Wish) -> Option<Work> {
        let client = match &self.client {
            Ok(client) => client.clone(),
            Err(failure) => {
                let failure = failure.clone();
                self.tell(choice, News::Failed(wish, failure));
                return None;
            }
        };
        let known = self.sources.get(&key(&choice)).cloned();
        if let Wish::Look(fresh) = wish {
            let shelf = self.shelf.clone();
            let before = self.looked.get(&key(&choice)).cloned().filter(|_| !fresh);
            return Some(Box::pin(async move {
                let news = look(&client, &choice, fresh, before, shelf.as_ref()).await;
                (choice, news.unwrap_or_else(|failure| News::Failed(Wish::Look(fresh), failure)))
            }));
        }
        if let Wish::Check(uri, version, text) = wish {
            return Some(Box::pin(async move {
                let news = match client.check_config(&text.0).await {
                    Ok(mistakes) => News::Checked(uri, version, mistakes),
                    Err(failure) => News::Failed(Wish::Check(uri, version, text), failure),
                };
                (choice, news)
            }));
        }
        if !matches!(wish, Wish::Create(..)) && !self.may_spend(&choice) {
            self.tell(choice, News::Left(wish));
            return None;
        }
        Some(Box::pin(async move {
            let source = match known {
                Some(source) => Ok(source),
                None => Source::find(&client, &choice).await,
            };
            let news = match source {
                Ok(source) => answer(&source, wish).await,
                Err(failure) => News::Failed(wish, failure),
            };
            (choice, news)
        }))
    }

    /// Whether one more request may go out for single events and properties.
    fn may_spend(&mut self, choice: &Switch) -> bool {
        let spent = self.spent.entry(key(choice)).or_default();
        let now = Instant::now();
        while spent.front().is_some_and(|at| now.duration_since(*at) > Duration::from_secs(3600)) {
            spent.pop_front();
        }
        let may = spent.len() < HOURLY;
        if may {
            spent.push_back(now);
        }
        may
    }
}

/// Asks for all of a project, and keeps it.
/// `before` is what was looked at last, unless all is to be asked for anew.
async fn look(
    client: &Client,
    choice: &Switch,
    fresh: bool,
    before: Option<(Owner, u64)>,
    shelf: Option<&Shelf>,
) -> Result<News, Failure> {
    let source = Source::find(client, choice).await?;
    if before.as_ref().is_some_and(|(owner, at)| *owner == source.owner && now().saturating_sub(*at) < YOUNG) {
        return Ok(News::Same);
    }
    let (facts, missing): (Facts, Vec<String>) = source.facts(fresh).await?;
    let at = now();
    if let Some(shelf) = shelf {
        // It is only for the next start.
        let _ = shelf.write(choice, &source.owner, &facts, at);
    }
    Ok(News::Known { owner: source.owner, knowledge: Knowledge::of(&facts), at, missing })
}

async fn answer(source: &Source, wish: Wish) -> News {
    let answered = match &wish {
        Wish::Properties(event) => source.properties(event).await.map(|names| News::Properties(event.clone(), names)),
        Wish::Values(event, property) => source
            .values(event.as_deref(), property)
            .await
            .map(|values| News::Values(event.clone(), property.clone(), values)),
        Wish::Volumes(events) => source.volumes(events).await.map(News::Volumes),
        Wish::Create(event, properties) => {
            source.create(event, "", properties).await.map(|()| News::Created(event.clone()))
        }
        Wish::Look(_) | Wish::Check(..) => Err(Failure::new(FailureKind::Internal, "this is asked for elsewhere")),
    };
    answered.unwrap_or_else(|failure| News::Failed(wish, failure))
}

fn stream(client: &Client) -> Events {
    client.events().types([
        "snapshot",
        "session.changed",
        "config.changed",
        "account.added",
        "account.changed",
        "account.removed",
        "login.completed",
    ])
}

/// Returns the next event; none when there is no daemon. Without a stream it waits for ever.
async fn next_of(events: &mut Option<Events>) -> Option<Event> {
    let Some(events) = events else { return std::future::pending().await };
    loop {
        match events.next().await {
            Some(Ok(numbered)) => {
                if let Happened::Known(event) = numbered.event {
                    return Some(event);
                }
            }
            Some(Err(_)) | None => return None,
        }
    }
}

async fn until(at: Option<tokio::time::Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
