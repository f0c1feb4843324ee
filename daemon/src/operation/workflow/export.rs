//! Exports are code because they are streams of lines, not values.

mod profiles;

use std::collections::VecDeque;

use bytes::Bytes;
use futures_util::stream;
use jiff::tz::TimeZone;
use mp_catalog::Workflow;
use mp_catalog::export;
use mp_proto::failure::{Failure, FailureKind, Problem};
use mp_proto::plane::Plane;
use serde::de::IgnoredAny;

use crate::call::answer::OpenAnswer;
use crate::call::decoding::Asked;
use crate::call::lines::{Events, LineError, Manners, Zones};
use crate::call::request::{Faults, Outgoing, Query};
use crate::identity::Identity;
use crate::operation::call::{Lines, Ran, Run, Told};

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
    let zones = zones(&run, &asked)?;
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
    let manners = Manners { raw: asked.raw, strict: run.strict || asked.strict, on_bad_line: asked.on_bad_line };
    let (events, told) = (Some(Events::new(manners).in_zones(zones)), Told::default());
    let (ready, failure) = (VecDeque::new(), None);
    let body = Body { opened, identity, request, events, told: Told::clone(&told), ready, failure };
    let parts = stream::unfold(body, |mut body| async move { Some((body.next().await?, body)) });
    Ok(Ran::Lines(Lines { parts: Box::pin(parts), told, is_raw: asked.raw }))
}

/// Returns the zones that are named.
fn zones(run: &Run<'_>, asked: &export::Events) -> Result<Zones, Failure> {
    let mut problems = Vec::new();
    let mut named = |at: &str, name: &Option<String>| {
        let name = name.as_deref().filter(|name| !name.eq_ignore_ascii_case("utc"))?;
        let zone = TimeZone::get(name).ok();
        if zone.is_none() {
            problems.push(Problem::new(
                at,
                format!("must be a time zone such as Europe/Berlin, project or utc; '{name}' is none"),
            ));
        }
        zone
    };
    let zones = Zones { stored: named("stored_in", &asked.stored_in), shown: named("timezone", &asked.timezone) };
    if problems.is_empty() { Ok(zones) } else { Err(run.wrong_arguments(problems)) }
}

/// A body of events on its way.
struct Body {
    opened: OpenAnswer,
    identity: Identity,
    request: Outgoing,
    /// None when the body has ended.
    events: Option<Events>,
    /// What was mended and left out.
    told: Told,
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
                Ok(None) => {
                    let ended = events.end(&mut self.ready);
                    *self.told.lock() = events.tally();
                    self.events = None;
                    ended
                }
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
        let quoted = |text: &str| asked.quoted(text).filter(|text| !text.is_empty());
        let more = match error {
            LineError::NoEvent { why, text, shown, .. } => match said(&asked, text) {
                Some(words) => format!(". Mixpanel says: {words}"),
                // What begins like a sentence is one.
                None if text.starts_with(|c: char| c.is_alphabetic()) => {
                    quoted(text).map_or_else(String::new, |words| format!(". Mixpanel says: {words}"))
                }
                None => {
                    let shown = quoted(shown).unwrap_or_default();
                    format!(
                        " ({why}): {shown} (--on-bad-line skip leaves such lines out, --on-bad-line FILE keeps them)"
                    )
                }
            },
            LineError::Half { text, .. } => quoted(text).map_or_else(String::new, |text| format!(": {text}")),
            LineError::Odd { shown, .. } => {
                format!(", which --strict refuses: {}", quoted(shown).unwrap_or_default())
            }
            LineError::TooLong { .. } => String::new(),
        };
        asked.failure(FailureKind::UpstreamInvalid, &format!("was answered 200, but {error}{more}"))
    }
}

/// Returns Mixpanel's words in the place of an event: those of JSON or of a page. All else is shown as it is.
fn said(asked: &Asked<'_>, text: &str) -> Option<String> {
    let is_told = text.starts_with('<') || serde_json::from_str::<IgnoredAny>(text).is_ok();
    is_told.then(|| asked.message(text.as_bytes()))?
}
