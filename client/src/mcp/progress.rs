//! Progress: whoever waits longer than a moment is told what for, again and again, until the result is there. What keeps a call waiting
//! at Mixpanel is the daemon's to say.

use std::convert::Infallible;
use std::pin::pin;
use std::time::Duration;

use hyper::header::HeaderValue;
use mp_proto::routes::STATUS;
use mp_proto::visible;
use mp_proto::wire::StatusBody;
use rmcp::model::ProgressNotificationParam;
use tokio::time::{Instant, sleep};

use super::asker::Asker;
use super::conversation::Conversation;
use crate::api::Connection;

/// So long nobody has to be told anything.
const SILENCE: Duration = Duration::from_secs(1);

/// Time between two notes. Hosts give up after 10 s at the least, and a note may be late.
const STEP: Duration = Duration::from_secs(3);

/// What the daemon is given to say what is waited for.
const ANSWER: Duration = Duration::from_millis(500);

/// Does some work, and tells meanwhile that it goes on, if the other side wants to know.
pub(super) async fn beside<T>(asker: &Asker, conversation: &Conversation, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    tokio::select! {
        biased;
        done = &mut work => done,
        never = tell(asker, conversation) => match never {},
    }
}

async fn tell(asker: &Asker, conversation: &Conversation) -> Infallible {
    let Some(token) = asker.token() else { return std::future::pending().await };
    let begun = Instant::now();
    let mut daemon = conversation.watcher();
    let mut pause = SILENCE;
    loop {
        sleep(pause).await;
        pause = STEP;
        let what = match waited_for(&mut daemon, asker.call()).await {
            Some(wait) => wait,
            None => asker.doing(),
        };
        let seconds = begun.elapsed().as_secs_f64();
        let message = format!("{}; {seconds:.0} s so far", visible::line(&what));
        let note = ProgressNotificationParam::new(token.clone(), seconds).with_message(message);
        // Whoever has left does not wait for it.
        let _ = asker.peer().notify_progress(note).await;
    }
}

/// Returns what a call waits for at Mixpanel, with what is used of the limit; none when it does not wait, or nobody knows.
async fn waited_for(daemon: &mut Connection, call: &HeaderValue) -> Option<String> {
    let call = call.to_str().ok()?;
    let status = daemon.get_within::<StatusBody>(STATUS, ANSWER).await.ok()?.body;
    let wait = status.waits.into_iter().find(|wait| wait.calls.iter().any(|one| one == call))?;
    let busy: Vec<String> = status
        .limits
        .iter()
        .filter(|limit| limit.waiting > 0 || limit.closed_for_s.is_some())
        .map(|limit| {
            format!(
                "{} of project {}: {} of {} run at once, {} of {} used of the hour",
                limit.family.as_str(),
                limit.project,
                limit.running,
                limit.concurrent,
                limit.used,
                limit.hourly
            )
        })
        .collect();
    Some(if busy.is_empty() { wait.detail } else { format!("{} ({})", wait.detail, busy.join("; ")) })
}
