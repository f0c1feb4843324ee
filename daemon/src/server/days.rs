//! Days that a call says in words, such as `yesterday`: which days they are follows from the time zone of the session's project.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use mp_catalog::{Operation, dates, export};
use mp_proto::failure::Failure;
use serde_json::{Map, Value};

use crate::notes;
use crate::server::app::App;
use crate::server::call::Caller;
use crate::session::Session;

/// Puts dates in the places of words, and notes what became of them.
///
/// # Errors
/// When there are words, and the session cannot be opened.
pub(crate) async fn resolve(
    app: &App,
    caller: &Caller,
    operation: &Operation,
    arguments: &mut Map<String, Value>,
) -> Result<(), Failure> {
    export::complete(operation, arguments);
    if !dates::has_words(operation, arguments) {
        return Ok(());
    }
    let session = app.sessions.open(&caller.0)?;
    let (today, zone) = today(app, &session).await;
    for (name, word, day) in dates::resolve(operation, arguments, today) {
        notes::add(&format!("{name} {word} is {day} ({zone})"));
    }
    Ok(())
}

/// Returns which day it is for the project, and where: that of UTC if its time zone cannot be found out.
async fn today(app: &App, session: &Session) -> (Date, String) {
    let name = match &session.project {
        Some(chosen) => app.users.of_session(session, false).await.ok().and_then(|me| {
            let project = me.projects().into_iter().find(|project| project.id == *chosen);
            project.and_then(|project| project.timezone)
        }),
        None => None,
    };
    let known = name.and_then(|name| Some((TimeZone::get(&name).ok()?, name)));
    let (zone, name) =
        known.unwrap_or_else(|| (TimeZone::UTC, "UTC, for the project's time zone is not known".to_owned()));
    (zone.to_datetime(app.clock.now()).date(), name)
}
