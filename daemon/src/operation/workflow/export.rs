//! Exports are code because they are streams of lines, not values.

mod profiles;

use std::collections::VecDeque;

use bytes::Bytes;
use futures_util::stream;
use mp_catalog::Workflow;
use mp_catalog::export;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::plane::Plane;

use crate::call::answer::OpenAnswer;
use crate::call::decoding::Asked;
use crate::call::lines::{Events, LineError};
use crate::call::request::{Faults, Outgoing, Query};
use crate::identity::Identity;
use crate::operation::call::{Ran, Run};

/// Runs an export.
///
/// # Errors
/// When its arguments are wrong, or Mixpanel does not begin to answer with what was asked for.
pub(crate) async fn run(run: Run<'_>) -> Result<Ran, Failure> {
    match run.operation.call.workflow {
        Some(Workflow::ExportProfiles) => profiles::run(run).await,
        _ => events(run).await,
    }
}

async fn events(run: Run<'_>) -> Result<Ran, Failure> {
    let asked = export::Events::read(run.arguments).map_err(|problems| run.wrong_arguments(problems))?;
    let project = run.session.project()?;
    let request = Outgoing {
        query: Query::Pairs(asked.query(project.as_str())),
        budget: Some(project.clone()),
        tool: run.tool,
        faults: if run.once { Faults::Told } else { Faults::Repeated },
        is_paced: run.is_paced,
        ..Outgoing::read(Plane::Export, "/export")
    };
    let identity = run.session.identity.clone();
    let opened = run.operations.calls.open_good(&identity, &request).await?;
    let events = if asked.raw { Events::raw() } else { Events::normalised() };
    let body = Body { opened, identity, request, events: Some(events), ready: VecDeque::new(), failure: None };
    Ok(Ran::Lines(Box::pin(stream::unfold(body, |mut body| async move { Some((body.next().await?, body)) }))))
}

/// A body of events on its way.
struct Body {
    opened: OpenAnswer,
    identity: Identity,
    request: Outgoing,
    /// None when the body has ended.
    events: Option<Events>,
    /// What can go on.
    ready: VecDeque<Bytes>,
    /// Why it ends when that has gone.
    failure: Option<Failure>,
}

impl Body {
    /// Returns the next lines. It asks for more only when what it has is gone, so a slow reader slows Mixpanel down.
    async fn next(&mut self) -> Option<Result<Bytes, Failure>> {
        loop {
            if let Some(lines) = self.ready.pop_front() {
                return Some(Ok(lines));
            }
            if let Some(failure) = self.failure.take() {
                return Some(Err(failure));
            }
            let events = self.events.as_mut()?;
            let taken = match self.opened.chunk().await {
                Ok(Some(part)) => events.take(part, &mut self.ready),
                Ok(None) => self.events.take().map_or(Ok(()), |events| events.end(&mut self.ready)),
                Err(failure) => {
                    (self.events, self.failure) = (None, Some(failure));
                    continue;
                }
            };
            if let Err(error) = taken {
                (self.events, self.failure) = (None, Some(self.odd(&error)));
            }
        }
    }

    /// Says what came in place of an event, in Mixpanel's own words if there are any.
    fn odd(&self, error: &LineError) -> Failure {
        let asked = Asked::about(&self.identity, &self.request, self.opened.credential.expose());
        let words = match error {
            LineError::NoEvent { text, .. } => asked.message(text.as_bytes()).or_else(|| asked.quoted(text)),
            LineError::Half { text, .. } => asked.quoted(text),
            LineError::TooLong { .. } => None,
        };
        let words = words.filter(|words| !words.is_empty()).map_or_else(String::new, |words| match error {
            LineError::Half { .. } => format!(": {words}"),
            _ => format!(". Mixpanel says: {words}"),
        });
        asked.failure(FailureKind::UpstreamInvalid, &format!("was answered 200, but {error}{words}"))
    }
}
