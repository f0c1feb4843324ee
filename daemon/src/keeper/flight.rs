//! A refresh: one at a time per grant, in a task of its own that nobody can stop by leaving.

use std::ffi::OsStr;
use std::sync::Arc;
use std::time::Duration;

use mp_proto::event::TokenCause;
use mp_proto::failure::{Failure, FailureKind};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;
use tracing::warn;

use super::Fresh;
use super::disk::{self, Saved, Turn};
use super::grant::{Grant, Need, Spend};
use crate::endpoint::{self, EndpointError};
use crate::fault;
use crate::identity::registration::Registration;
use crate::identity::tokens::Tokens;
use crate::server::app::App;

/// Requests of one refresh, at most. More than one only when other programs bring other grants.
const REQUESTS: usize = 4;

/// `invalid_grant` is a question: so long a rival may take from its own answer to its file.
const QUESTION: Duration = Duration::from_secs(2);

/// How long another program may hold the lock. Longer than the token endpoint may take, for that is what it waits for.
const TURN: Duration = Duration::from_secs(20);

/// Between two looks at a lock; the system has no wait for one that ends.
const LOOK: Duration = Duration::from_millis(10);

/// How a refresh ended.
pub(super) type Outcome = Result<Fresh, Box<Failure>>;

/// Where the outcome of a refresh is waited for.
pub(super) type Landing = watch::Receiver<Option<Outcome>>;

/// Starts a refresh, unless one is under way. Returns where to wait for it.
pub(super) fn start(app: &Arc<App>, flights: &TaskTracker, grant: &Arc<Grant>, need: Need) -> Landing {
    let (sender, landing) = watch::channel(None);
    if let Some(under_way) = grant.board(landing.clone()) {
        return under_way;
    }
    let (app, over) = (Arc::clone(app), Over(Arc::clone(grant)));
    flights.spawn(async move {
        let outcome = fly(&app, &over.0, need).await;
        // In this order: whoever learns the outcome may start the next one.
        drop(over);
        // Nobody may be waiting any more; the grant is saved all the same.
        let _ = sender.send(Some(outcome));
    });
    landing
}

/// Makes room for the next refresh, also after a panic.
struct Over(Arc<Grant>);

impl Drop for Over {
    fn drop(&mut self) {
        self.0.land();
    }
}

async fn fly(app: &Arc<App>, grant: &Arc<Grant>, need: Need) -> Outcome {
    let _turn = match take_turn(app, grant).await {
        Ok(turn) => turn,
        Err(cause) => return grant.weather(app, need, cause, None),
    };
    for _ in 0..REQUESTS {
        let old = match grant.to_spend(app, need)? {
            Spend::Nothing(fresh) => return Ok(fresh),
            Spend::SaveFirst(fresh, tokens) => {
                save_again(app, grant, tokens).await;
                return Ok(fresh);
            }
            Spend::Grant(tokens) => tokens,
        };
        match ask(app, grant, &old).await {
            Ok(new) => match bring_home(app, grant, &old, new).await {
                Home::Ours(fresh) if fresh.expires_at > app.clock.now() => return Ok(fresh),
                Home::Ours(_) => {
                    let cause = "the provider granted a token that has already ended".to_owned();
                    return grant.weather(app, need, cause, None);
                }
                Home::Theirs => {}
                Home::Gone(failure) => return Err(failure),
            },
            Err(Asked::Weather { cause, retry_after }) => return grant.weather(app, need, cause, retry_after),
            Err(Asked::NoClient(failure)) => return Err(failure),
            Err(Asked::Refused { why, client: None }) => {
                if !is_answered(app, grant, &old).await {
                    return Err(Box::new(grant.require_login(app, why, None)));
                }
            }
            // The refresh token may be as good as ever; it is the client that is not known.
            Err(Asked::Refused { why, client }) => return Err(Box::new(grant.require_login(app, why, client))),
        }
    }
    grant.weather(app, need, "other programs keep replacing the grant".to_owned(), None)
}

/// Waits for the lock of the token file. Each look at it is short, and none of the threads that wait for the disk waits for it.
async fn take_turn(app: &App, grant: &Grant) -> Result<Option<Turn>, String> {
    let Some(path) = &grant.file else { return Ok(None) };
    let begun = Instant::now();
    // Without a file there is nothing to refresh, and no directory to lock.
    while path.exists() {
        match disk::try_turn(path) {
            Ok(Some(turn)) => return Ok(Some(turn)),
            Ok(None) if begun.elapsed() >= TURN => {
                return Err(format!("another program has held the lock of the tokens for {} s", TURN.as_secs()));
            }
            Ok(None) if app.stop.is_cancelled() => {
                return Err("another program holds the lock of the tokens, and the daemon stops".to_owned());
            }
            Ok(None) => tokio::time::sleep(LOOK).await,
            Err(error) => return Err(format!("the lock of the tokens could not be had: {error}")),
        }
    }
    Ok(None)
}

/// Why the provider gave nothing.
enum Asked {
    Refused { why: String, client: Option<String> },
    Weather { cause: String, retry_after: Option<Duration> },
    NoClient(Box<Failure>),
}

/// Asks for new tokens, as the client that the grant was made for; where that is not known, as the one that is registered now.
async fn ask(app: &App, grant: &Grant, old: &Tokens) -> Result<Arc<Tokens>, Asked> {
    let registered = Registration::read(&app.paths, grant.region).map(|registration| registration.client_id);
    let mut clients: Vec<String> = old.client_id.clone().into_iter().chain(registered).collect();
    clients.dedup();
    let path = app.paths.oauth_client(grant.region);
    let detail = format!("{} names no client to refresh as", path.display());
    let mut last = Asked::NoClient(Box::new(grant.login_required(&detail)));
    for client_id in clients {
        point("asked");
        match endpoint::refresh(app, grant.region, &client_id, old).await {
            Ok(tokens) => {
                point("granted");
                return Ok(Arc::new(tokens));
            }
            Err(EndpointError::Refused { code, status }) => {
                let why = format!("Mixpanel refused to refresh the token ({code}, status {status})");
                let client = Some(client_id).filter(|_| code != "invalid_grant");
                last = Asked::Refused { why, client };
            }
            Err(EndpointError::Weather { cause, retry_after }) => return Err(Asked::Weather { cause, retry_after }),
        }
    }
    Err(last)
}

/// Passes a fault point that is no write.
fn point(name: &str) {
    // Only a write can fail for lack of space.
    let _ = fault::point(OsStr::new("tokens.json"), name);
}

/// Where new tokens ended up.
enum Home {
    Ours(Fresh),
    Theirs,
    Gone(Box<Failure>),
}

/// Puts new tokens on disk, and only then into use. Where the disk refuses, they are used all the same: the old ones are spent.
async fn bring_home(app: &Arc<App>, grant: &Arc<Grant>, old: &Arc<Tokens>, new: Arc<Tokens>) -> Home {
    if grant.file.is_none() {
        let fresh = grant.granted(app, Some(old), &new);
        grant.kept_in_memory(app);
        return Home::Ours(fresh);
    }
    grant.saving(Some(&new));
    match write(app, grant, Some(Arc::clone(old)), Arc::clone(&new)).await {
        Ok(Saved::Ours) => {
            let fresh = grant.granted(app, Some(old), &new);
            grant.saved(app, TokenCause::Refreshed);
            Home::Ours(fresh)
        }
        Ok(Saved::Theirs(theirs)) => {
            grant.overtaken(app, Some(&new), theirs);
            Home::Theirs
        }
        Ok(Saved::Gone) => Home::Gone(Box::new(grant.forgotten())),
        Err(failure) => {
            let fresh = grant.granted(app, Some(old), &new);
            grant.not_saved(app, failure.detail);
            Home::Ours(fresh)
        }
    }
}

/// Writes the current tokens, which the disk does not have yet.
async fn save_again(app: &Arc<App>, grant: &Arc<Grant>, tokens: Arc<Tokens>) {
    match write(app, grant, None, tokens).await {
        Ok(Saved::Ours) => grant.saved(app, TokenCause::Restored),
        Ok(Saved::Theirs(theirs)) => grant.overtaken(app, None, theirs),
        Ok(Saved::Gone) => drop(grant.forgotten()),
        Err(failure) => grant.not_saved(app, failure.detail),
    }
}

async fn write(
    app: &Arc<App>,
    grant: &Arc<Grant>,
    spent: Option<Arc<Tokens>>,
    tokens: Arc<Tokens>,
) -> Result<Saved, Failure> {
    let (owner, grant) = (Arc::clone(app), Arc::clone(grant));
    let written = app.tasks.spawn_blocking(move || {
        let path = owner.paths.tokens(&grant.name);
        disk::save(&owner.paths, &path, &grant, spent.as_deref(), &tokens).map_err(Failure::from)
    });
    written.await.unwrap_or_else(|_| Err(lost()))
}

fn lost() -> Failure {
    Failure::new(FailureKind::Internal, "writing the tokens was interrupted; the log says more")
}

/// Finds out whether a refusal only means that another program was faster: its grant appears, or one that lost a race is still there.
pub(super) async fn is_answered(app: &App, grant: &Grant, refused: &Tokens) -> bool {
    let begun = Instant::now();
    let mut pause = Duration::from_millis(5);
    while grant.file.is_some() {
        if grant.has_moved_on(app, refused) {
            return true;
        }
        if begun.elapsed() >= QUESTION {
            break;
        }
        // The rival tells nobody when it has written; a file watch may be late or absent.
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_millis(100));
    }
    grant.fall_back(app, refused)
}

/// Writes into a token file which client its grant was made for, if it does not say. Blocks for the disk alone: a file that is being
/// refreshed just now will say it by itself.
pub(super) fn note_client(app: &App, grant: &Grant, client_id: &str) {
    let Some(path) = grant.file.as_ref().filter(|path| path.exists()) else { return };
    let Ok(Some(_turn)) = disk::try_turn(path) else { return };
    // Looks at the file, and at what a crash may have left beside it.
    let Ok(tokens) = grant.tokens(app) else { return };
    if tokens.client_id.is_some() || grant.is_unsaved() {
        return;
    }
    let mut tokens = (*tokens).clone();
    tokens.client_id = Some(client_id.to_owned());
    match disk::save(&app.paths, path, grant, None, &tokens) {
        Ok(Saved::Ours) => grant.is_of_client(client_id),
        Ok(Saved::Theirs(_) | Saved::Gone) => {}
        Err(error) => warn!(account = %grant.name, %error, "the client of a grant could not be noted"),
    }
}

/// Stores the tokens of a login.
///
/// # Errors
/// When they cannot be written.
pub(super) async fn log_in(app: &Arc<App>, grant: Arc<Grant>, tokens: Tokens) -> Result<(), Failure> {
    let tokens = Arc::new(tokens);
    // Without the lock, if it cannot be had: a login wins over whatever is refreshed there.
    let _turn = take_turn(app, &grant).await;
    grant.begin_anew();
    grant.saving(Some(&tokens));
    let (owner, new) = (Arc::clone(app), Arc::clone(&tokens));
    let path = app.paths.tokens(&grant.name);
    let written = app.tasks.spawn_blocking(move || disk::put(&owner.paths, &path, &new).map_err(Failure::from));
    if let Err(failure) = written.await.unwrap_or_else(|_| Err(lost())) {
        grant.saving(None);
        return Err(failure);
    }
    grant.granted(app, None, &tokens);
    grant.saved(app, TokenCause::Adopted);
    Ok(())
}
