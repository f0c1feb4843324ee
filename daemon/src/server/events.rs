//! `GET /v1/events`: Server-Sent Events. A reader that is too slow is told `lagged` and cut off; it costs the daemon nothing.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::sse::{Event as Frame, KeepAlive, Sse};
use futures_util::stream;
use hyper::HeaderMap;
use mp_proto::event::Event;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::json::unarmed_text;
use tokio::sync::broadcast::{self, error::RecvError};

use crate::hub::{Hub, Numbered, OpenStream, Opening};
use crate::server::app::App;
use crate::server::call::Parameters;
use crate::server::reply::Answer;
use crate::store::announcement;

/// A comment this often shows both sides that the stream lives.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// What a listener may ask for.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct Wanted {
    types: Option<String>,
}

impl Wanted {
    /// Streams end with these, whatever was asked for.
    const ALWAYS: [&'static str; 3] = ["reset", "lagged", "daemon.stopping"];

    fn check(&self) -> Result<(), Failure> {
        let wanted = self.types.iter().flat_map(|types| types.split(',')).map(str::trim);
        let unknown: Vec<&str> = wanted.filter(|name| !Event::NAMES.contains(name)).collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let detail = format!("types={} is not known; expected some of {}", unknown.join(","), Event::NAMES.join(", "));
        Err(Failure::new(FailureKind::InvalidArgument, detail))
    }

    fn includes(&self, name: &str) -> bool {
        let Some(types) = &self.types else { return true };
        Self::ALWAYS.contains(&name) || types.split(',').any(|wanted| wanted.trim() == name)
    }
}

/// The share of the connections that streams may have. They last, and a call, be it to stop, has to come through.
const SHARE: (u64, u64) = (3, 4);

/// `GET /v1/events`.
pub(crate) async fn stream(
    State(app): State<Arc<App>>,
    Parameters(wanted): Parameters<Wanted>,
    headers: HeaderMap,
) -> Answer {
    wanted.check()?;
    let most = app.limits.connections() * SHARE.0 / SHARE.1;
    if app.hub.streams() >= most {
        let detail = format!("{most} event streams are open; the other connections are kept for calls");
        return Err(Failure { retry_after_s: Some(1), ..Failure::new(FailureKind::TooManyConnections, detail) }.into());
    }
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let (opening, receiver, open) = app.hub.subscribe(last);
    let mut listener =
        Listener { hub: Arc::clone(&app.hub), wanted, waiting: VecDeque::new(), receiver, ended: false, _open: open };
    listener.open(&app, opening);
    if app.life.is_stopping() {
        listener.end(&Event::DaemonStopping { reason: app.life.reason().to_owned() });
    }
    let frames = stream::unfold(listener, |mut listener| async move {
        let frame = listener.next().await?;
        Some((Ok::<_, Infallible>(frame), listener))
    });
    Ok(Sse::new(frames).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response())
}

struct Listener {
    hub: Arc<Hub>,
    wanted: Wanted,
    waiting: VecDeque<Frame>,
    receiver: broadcast::Receiver<Arc<Numbered>>,
    ended: bool,
    _open: OpenStream,
}

impl Listener {
    /// Puts what comes first into the queue.
    fn open(&mut self, app: &App, opening: Opening) {
        match opening {
            Opening::Resumed(missed) => {
                for event in missed {
                    self.take(&event);
                }
            }
            Opening::Fresh(seq) => self.show_state(app, seq),
            Opening::Reset(seq) => {
                let reason = "the event to resume after is not known here any more".to_owned();
                self.waiting.push_back(unnumbered(&Event::Reset { reason }));
                self.show_state(app, seq);
            }
        }
    }

    fn show_state(&mut self, app: &App, seq: u64) {
        let snapshot = announcement::snapshot_event(&app.store.last_good());
        self.waiting.push_back(unnumbered(&snapshot).id(self.hub.id(seq)));
    }

    fn take(&mut self, event: &Numbered) {
        if self.wanted.includes(event.name) {
            self.waiting.push_back(Frame::default().event(event.name).id(self.hub.id(event.seq)).data(&event.json));
        }
        self.ended |= event.name == "daemon.stopping";
    }

    fn end(&mut self, event: &Event) {
        self.waiting.push_back(unnumbered(event));
        self.ended = true;
    }

    async fn next(&mut self) -> Option<Frame> {
        loop {
            if let Some(frame) = self.waiting.pop_front() {
                return Some(frame);
            }
            if self.ended {
                return None;
            }
            match self.receiver.recv().await {
                Ok(event) => self.take(&event),
                Err(RecvError::Lagged(missed)) => self.end(&Event::Lagged { missed }),
                Err(RecvError::Closed) => return None,
            }
        }
    }
}

fn unnumbered(event: &Event) -> Frame {
    let json = unarmed_text(serde_json::to_string(event).expect("events are plain data"));
    Frame::default().event(event.name()).data(json)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listener(hub: &Arc<Hub>, types: Option<&str>) -> Listener {
        let (_, receiver, open) = hub.subscribe(None);
        let wanted = Wanted { types: types.map(str::to_owned) };
        Listener { hub: Arc::clone(hub), wanted, waiting: VecDeque::new(), receiver, ended: false, _open: open }
    }

    async fn all(mut listener: Listener) -> Vec<String> {
        let mut shown = Vec::new();
        while let Some(frame) = listener.next().await {
            shown.push(format!("{frame:?}"));
        }
        shown
    }

    #[tokio::test]
    async fn a_reader_that_falls_behind_is_told_and_cut_off() {
        let hub = Arc::new(Hub::new("i".into()));
        let slow = listener(&hub, None);
        for revision in 0..mp_proto::event::QUEUE as u64 * 2 {
            hub.publish(&Event::ConfigChanged { revision });
        }
        let shown = all(slow).await;
        assert_eq!(shown.len(), 1, "{shown:?}");
        assert!(shown[0].contains("lagged"), "{shown:?}");
    }

    #[tokio::test]
    async fn only_the_wanted_types_come_and_the_end_always_does() {
        let hub = Arc::new(Hub::new("i".into()));
        let picky = listener(&hub, Some("account.added, account.removed"));
        hub.publish(&Event::ConfigChanged { revision: 1 });
        hub.publish(&Event::AccountRemoved { name: "team".into() });
        hub.publish(&Event::DaemonStopping { reason: "SIGTERM".into() });
        let shown = all(picky).await;
        assert_eq!(shown.len(), 2, "{shown:?}");
        assert!(shown[0].contains("account.removed") && shown[1].contains("daemon.stopping"), "{shown:?}");
    }
}
