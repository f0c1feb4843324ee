//! Days that a call says in words, such as `yesterday`: which days they are follows from the time zone of the session's project. So does
//! that zone itself, where a call names it so.

use jiff::tz::TimeZone;
use mp_catalog::{Operation, dates, export};
use mp_proto::failure::{Failure, FailureKind};
use serde_json::{Map, Value};

use crate::notes;
use crate::server::app::App;
use crate::server::call::Caller;
use crate::session::Session;

/// Arguments that name a time zone, and the word for that of the project.
const ZONES: [&str; 2] = ["timezone", "stored_in"];
const PROJECT: &str = "project";

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
    let of_project: Vec<&str> =
        ZONES.into_iter().filter(|name| arguments.get(*name) == Some(&PROJECT.into())).collect();
    if of_project.is_empty() && !dates::has_words(operation, arguments) {
        return Ok(());
    }
    let session = app.sessions.open(&caller.0)?;
    let known = zone(app, &session).await;
    for name in of_project {
        let Some((_, zone)) = &known else {
            let detail =
                format!("{name}: the time zone of the project could not be found out; name it, such as US/Pacific");
            return Err(Failure::new(FailureKind::InvalidArgument, detail));
        };
        arguments.insert(name.to_owned(), zone.clone().into());
    }
    let unknown = || (TimeZone::UTC, "UTC, for the project's time zone is not known".to_owned());
    let (zone, name) = known.unwrap_or_else(unknown);
    let (today, zone) = (zone.to_datetime(app.clock.now()).date(), name);
    for (name, word, day) in dates::resolve(operation, arguments, today) {
        notes::add(&format!("{name} {word} is {day} ({zone})"));
    }
    Ok(())
}

/// Returns the time zone of the session's project, and its name, if it can be found out.
async fn zone(app: &App, session: &Session) -> Option<(TimeZone, String)> {
    let chosen = session.project.as_ref()?;
    let me = app.users.of_session(session, false).await.ok()?;
    let project = me.projects().into_iter().find(|project| project.id == *chosen)?;
    let name = project.timezone?;
    Some((TimeZone::get(&name).ok()?, name))
}
