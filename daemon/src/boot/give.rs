//! Hands socket and lock over to another daemon. Until that one serves, this one does: whatever becomes of the other, nobody notices.

use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::Duration;

use mp_proto::handover::{END, GONE, KEPT, READY, SERVING, YOURS};
use tokio::net::UnixStream;
use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;
use tracing::{info, warn};

use super::claim::Claim;
use crate::handover::Channel;
use crate::keeper::would_lose;
use crate::life::HANDED_OVER;
use crate::server::app::App;

/// How long the other daemon may take to be ready, and then to serve: a busy machine may not let it run at once.
const START: Duration = Duration::from_secs(10);

/// How long tokens that are in no file may take to be saved before this daemon goes on.
const SAVING: Duration = Duration::from_secs(3);

/// Hands over to whoever asks, one after the other, until one has taken over or the daemon stops.
pub(super) async fn give(app: Arc<App>, claim: Arc<Claim>, mut asked: Receiver<UnixStream>) {
    loop {
        let stream = tokio::select! {
            biased;
            () = app.life.stopping() => return,
            Some(stream) = asked.recv() => stream,
        };
        let mut channel = Channel::new(stream);
        match hand_over(&app, &claim, &mut channel).await {
            Ok(()) => return follow(&app, channel).await,
            Err(why) => {
                claim.keep();
                warn!(why, "this daemon was to hand over, and goes on");
                // Its end comes after what it was told.
                let _ = channel.say(&format!("{KEPT} {why}")).await;
            }
        }
    }
}

async fn hand_over(app: &App, claim: &Claim, channel: &mut Channel) -> Result<(), String> {
    let (socket, lock) = claim.descriptors().map_err(|error| error.to_string())?;
    channel.give(socket.as_fd(), lock.as_fd()).await.map_err(|error| error.to_string())?;
    drop((socket, lock));
    expect(channel, READY).await?;
    let at_risk = app.keeper.secure(&app.store.last_good().config, SAVING).await;
    if !at_risk.is_empty() {
        return Err(would_lose(&at_risk).detail);
    }
    if !claim.give() {
        return Err("it is stopping, or its socket is not where it was".to_owned());
    }
    channel.say(YOURS).await.map_err(|error| error.to_string())?;
    match timeout(START, channel.hear()).await {
        Ok(Ok(Some(word))) if word == SERVING => {}
        // It has everything but a processor, or it would have closed the connection.
        Err(_) => warn!("the daemon that takes over is slow"),
        Ok(heard) => return Err(format!("the daemon that was to take over ended ({heard:?})")),
    }
    claim.let_go();
    info!("handed over");
    app.life.request_stop(HANDED_OVER);
    app.life.closed().await;
    // Whoever does not hear it any more needs nothing more.
    let _ = channel.say(GONE).await;
    Ok(())
}

async fn expect(channel: &mut Channel, word: &str) -> Result<(), String> {
    match timeout(START, channel.hear()).await {
        Ok(Ok(Some(heard))) if heard == word => Ok(()),
        Ok(Ok(Some(heard))) => Err(format!("the daemon that was to take over said {heard:?}")),
        Ok(_) => Err("the daemon that was to take over ended".to_owned()),
        Err(_) => Err(format!("the daemon that was to take over was not ready within {} s", START.as_secs())),
    }
}

/// Ends soon if the daemon that has taken over ends for good. If that was killed, calls here still finish.
async fn follow(app: &App, mut channel: Channel) {
    tokio::select! {
        biased;
        _ = app.life.pressed() => {}
        heard = channel.hear() => {
            if matches!(&heard, Ok(Some(word)) if word == END) {
                app.life.request_stop("the daemon that has taken over ends");
            }
        }
    }
}
