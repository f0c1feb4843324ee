//! A refresh: one at a time per grant, in a task of its own that nobody can stop by leaving.

use std::ffi::OsStr;
use std::sync::Arc;
use std::time::Duration;

use mp_proto::event::TokenCause;
use mp_proto::failure::Failure;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;
use tracing::warn;

use super::carried;
use super::disk::{self, Saved};
use super::fresh::{Fresh, Landing, Outcome};
use super::grant::state::Need;
use super::grant::{Grant, Spend};
use super::kept::Kept;
use crate::endpoint::error::EndpointError;
use crate::fault;
use crate::files::replace::Room;
use crate::hub::Notice;
use crate::identity::registration::Registration;
use crate::identity::tokens::Tokens;
use crate::lock::Locked;

/// Requests of one refresh, at most. More than one only when other programs bring other grants.
const REQUESTS: usize = 4;

/// `invalid_grant` is a question: a rival may have been faster, and be about to write what it got. It has the same way to the provider,
/// so it needs no more than twice the time that our request took; a program that is only just started takes no less than the first of
/// these, and nobody waits for longer than the second. What comes later still is adopted when it is seen.
const QUESTION: (Duration, Duration) = (Duration::from_millis(300), Duration::from_secs(2));

/// So long after a file was found missing or damaged it is looked at again before it is written: another program may be half-way
/// through writing it, and who has read the config is told a little later.
const SECOND_LOOK: Duration = Duration::from_millis(100);

/// How long another program may hold the lock. Longer than the token endpoint may take, for that is what it waits for.
const TURN: Duration = Duration::from_secs(20);

/// Between two looks at a lock; the system has no wait for one that ends.
const LOOK: Duration = Duration::from_millis(50);

/// Starts a refresh, unless one is under way. Returns where to wait for it.
pub(super) fn start(flights: &TaskTracker, grant: &Arc<Grant>, need: Need) -> Landing {
    let (sender, landing) = watch::channel(None);
    if let Some(under_way) = grant.board(landing.clone()) {
        return under_way;
    }
    let over = Over(Arc::clone(grant));
    flights.spawn(async move {
        let outcome = fly(&over.0, need).await;
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

async fn fly(grant: &Arc<Grant>, need: Need) -> Outcome {
    let _turn = match lock_file(grant).await {
        Ok(turn) => turn,
        Err(cause) => return grant.weather(need, cause, None),
    };
    if matches!(grant.to_spend(need)?, Spend::SaveFirst(..)) && grant.is_broken() {
        tokio::time::sleep(SECOND_LOOK).await;
        grant.reconsider();
    }
    for _ in 0..REQUESTS {
        let old = match grant.to_spend(need)? {
            Spend::Nothing(fresh) => return Ok(fresh),
            Spend::SaveFirst(fresh, tokens) => {
                save_again(grant, tokens).await;
                return Ok(fresh);
            }
            Spend::Grant(tokens) => tokens,
        };
        let room = match make_room(grant, &old).await {
            Ok(room) => room,
            Err(cause) => match grant.without_room(need, &cause) {
                Some(outcome) => return outcome,
                None => None,
            },
        };
        let begun = Instant::now();
        match ask(grant, &old).await {
            Ok(new) => match put_into_use(grant, &old, new, room).await {
                Stored::Ours(fresh) if fresh.expires_at > grant.services.clock.now() => return Ok(fresh),
                Stored::Ours(_) => {
                    let cause = "the provider granted a token that has already ended".to_owned();
                    return grant.weather(need, cause, None);
                }
                Stored::Theirs => {}
                Stored::Gone(failure) => return Err(failure),
            },
            Err(Asked::Weather { cause, retry_after }) => return grant.weather(need, cause, retry_after),
            Err(Asked::NoClient(failure)) => return Err(failure),
            Err(Asked::Refused { why, client: None }) => {
                if !is_answered(grant, &old, question(begun.elapsed())).await {
                    return Err(Box::new(grant.require_login(why, None)));
                }
            }
            // The refresh token may be as good as ever; it is the client that is not known.
            Err(Asked::Refused { why, client }) => return Err(Box::new(grant.require_login(why, client))),
        }
    }
    grant.weather(need, "other programs keep replacing the grant".to_owned(), None)
}

/// Makes sure that new tokens can be stored before the old ones are spent. A bridge's stay in memory.
async fn make_room(grant: &Arc<Grant>, old: &Arc<Tokens>) -> Result<Option<Room>, String> {
    let Some(path) = grant.file.clone() else { return Ok(None) };
    let (owner, old) = (Arc::clone(grant), Arc::clone(old));
    let work = move || {
        let kept = Kept::of(&owner.services.vault, &owner.name);
        disk::make_room(&owner.services.paths, &path, &kept, &old).map_err(Failure::from)
    };
    grant.services.life.blocking(work).await.map(Some).map_err(|failure| failure.detail)
}

/// Waits for the lock of the token file. Each look at it is short, and none of the threads that wait for the disk waits for it.
async fn lock_file(grant: &Grant) -> Result<Option<Locked>, String> {
    let Some(path) = &grant.file else { return Ok(None) };
    let begun = Instant::now();
    // Without a file there is nothing to refresh, and no directory to lock.
    while path.exists() {
        match disk::try_lock_file(path) {
            Ok(Some(turn)) => return Ok(Some(turn)),
            Ok(None) if begun.elapsed() >= TURN => {
                return Err(format!("another program has held the lock of the tokens for {} s", TURN.as_secs()));
            }
            Ok(None) if grant.services.life.is_pressed() => {
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
async fn ask(grant: &Grant, old: &Tokens) -> Result<Arc<Tokens>, Asked> {
    let registered = Registration::read(&grant.services.paths, grant.region).map(|registration| registration.client_id);
    let mut clients: Vec<String> = old.client_id.clone().into_iter().chain(registered).collect();
    clients.dedup();
    let path = grant.services.paths.oauth_client(grant.region);
    let detail = format!("{} names no client to refresh as", path.display());
    let mut last = Asked::NoClient(Box::new(grant.login_required(&detail)));
    for client_id in clients {
        point("asked");
        match refresh(grant, &client_id, old).await {
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

/// Sends one request to the token endpoint, and counts it.
async fn refresh(grant: &Grant, client_id: &str, old: &Tokens) -> Result<Tokens, EndpointError> {
    let begun = Instant::now();
    let answer = grant.services.endpoint.refresh(grant.region, client_id, old).await;
    let outcome = match &answer {
        Ok(_) => "granted",
        Err(EndpointError::Refused { .. }) => "refused",
        Err(EndpointError::Weather { .. }) => "failed",
    };
    grant.services.meters.refreshed(outcome, begun.elapsed());
    answer
}

/// Passes a fault point that is no write.
fn point(name: &str) {
    // Only a write can fail for lack of space.
    let _ = fault::point(OsStr::new("tokens.json"), name);
}

/// Where new tokens ended up.
enum Stored {
    Ours(Fresh),
    Theirs,
    Gone(Box<Failure>),
}

/// Puts new tokens on disk, and only then into use. Where the disk refuses, they are used all the same: the old ones are spent.
async fn put_into_use(grant: &Arc<Grant>, old: &Arc<Tokens>, new: Arc<Tokens>, room: Option<Room>) -> Stored {
    if grant.file.is_none() {
        return Stored::Ours(put_into_bridges(grant, old, &new).await);
    }
    grant.saving(Some(&new));
    match write(grant, Some(Arc::clone(old)), Arc::clone(&new), room).await {
        Ok(Saved::Ours) => {
            let fresh = grant.granted(Some(old), &new);
            grant.saved(TokenCause::Refreshed);
            // What of it failed is logged, and tried again when the file is used.
            let _ = carried::write_back(grant, Some(old), &new).await;
            Stored::Ours(fresh)
        }
        Ok(Saved::Theirs(theirs)) => {
            grant.overtaken(Some(&new), theirs);
            Stored::Theirs
        }
        Ok(Saved::Gone) => Stored::Gone(Box::new(grant.forgotten())),
        Err(failure) => {
            let fresh = grant.granted(Some(old), &new);
            grant.not_saved(failure.detail);
            Stored::Ours(fresh)
        }
    }
}

/// The same, for a grant that only bridge files carry.
async fn put_into_bridges(grant: &Arc<Grant>, old: &Arc<Tokens>, new: &Arc<Tokens>) -> Fresh {
    let written = carried::write_back(grant, Some(old), new).await;
    let fresh = grant.granted(Some(old), new);
    match written {
        // Where refresh tokens are not replaced, the one in the file is as good as ever.
        Err(detail) if grant.hash(old) != grant.hash(new) => grant.not_saved(detail),
        _ => grant.carried(),
    }
    fresh
}

/// Writes the current tokens, which the disk does not have yet.
async fn save_again(grant: &Arc<Grant>, tokens: Arc<Tokens>) {
    if grant.file.is_none() {
        return match carried::write_back(grant, None, &tokens).await {
            Ok(()) => grant.saved(TokenCause::Restored),
            Err(detail) => grant.not_saved(detail),
        };
    }
    match write(grant, None, tokens, None).await {
        Ok(Saved::Ours) => grant.saved(TokenCause::Restored),
        Ok(Saved::Theirs(theirs)) => grant.overtaken(None, theirs),
        Ok(Saved::Gone) => drop(grant.forgotten()),
        Err(failure) => grant.not_saved(failure.detail),
    }
}

async fn write(
    grant: &Arc<Grant>,
    spent: Option<Arc<Tokens>>,
    tokens: Arc<Tokens>,
    room: Option<Room>,
) -> Result<Saved, Failure> {
    let owner = Arc::clone(grant);
    let work = move || {
        let (paths, grant) = (&owner.services.paths, &owner);
        disk::save(paths, &paths.tokens(&grant.name), grant, spent.as_deref(), &tokens, room).map_err(Failure::from)
    };
    grant.services.life.blocking(work).await
}

/// Returns how long a refusal is in question that took so long to come.
pub(super) fn question(request: Duration) -> Duration {
    (request * 2).clamp(QUESTION.0, QUESTION.1)
}

/// Finds out whether a refusal only services that another program was faster: its grant appears, or one that lost a race is still there.
pub(super) async fn is_answered(grant: &Grant, refused: &Tokens, question: Duration) -> bool {
    let begun = Instant::now();
    let mut pause = LOOK;
    while grant.file.is_some() {
        if grant.has_moved_on(refused) {
            return true;
        }
        if begun.elapsed() >= question {
            break;
        }
        // The rival tells nobody when it has written; a file watch may be late or absent.
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_millis(100));
    }
    grant.fall_back(refused)
}

/// Writes into a token file which client its grant was made for, if it does not say. Blocks for the disk alone: a file that is being
/// refreshed just now will say it by itself.
pub(super) fn note_client(grant: &Grant, client_id: &str) {
    let Some(path) = grant.file.as_ref().filter(|path| path.exists()) else { return };
    let Ok(Some(_turn)) = disk::try_lock_file(path) else { return };
    // Looks at the file, and at what a crash may have left beside it.
    let Ok(tokens) = grant.tokens() else { return };
    if tokens.client_id.is_some() || grant.is_unsaved() {
        return;
    }
    let mut tokens = (*tokens).clone();
    tokens.client_id = Some(client_id.to_owned());
    match disk::save(&grant.services.paths, path, grant, None, &tokens, None) {
        Ok(Saved::Ours) => grant.is_of_client(client_id),
        Ok(Saved::Theirs(_) | Saved::Gone) => {}
        Err(error) => warn!(account = %grant.name, %error, "the client of a grant could not be noted"),
    }
}

/// Stores the tokens of a login.
///
/// # Errors
/// When they cannot be written.
pub(super) async fn log_in(grant: Arc<Grant>, tokens: Tokens) -> Result<(), Failure> {
    let tokens = Arc::new(tokens);
    // Without the lock, if it cannot be had: a login wins over whatever is refreshed there.
    let _turn = lock_file(&grant).await;
    grant.begin_anew();
    grant.saving(Some(&tokens));
    let (owner, new) = (Arc::clone(&grant), Arc::clone(&tokens));
    let put = move || {
        let paths = &owner.services.paths;
        let kept = Kept::of(&owner.services.vault, &owner.name);
        disk::put(paths, &paths.tokens(&owner.name), &kept, &new).map_err(Failure::from)
    };
    if let Err(failure) = grant.services.life.blocking(put).await {
        grant.saving(None);
        return Err(failure);
    }
    grant.granted(None, &tokens);
    grant.saved(TokenCause::Adopted);
    grant.services.hub.tell(Notice::Accounts);
    Ok(())
}
