//! Event names are code because the range of dates ends today, and a plan that limits it is asked again within its limit.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};
use mp_catalog::{Bound, Operation, bind, find};
use mp_proto::failure::Failure;
use serde_json::Map;

use crate::call::reads::SharedAnswer;
use crate::operation::call::{Answered, Run};
use crate::operation::outgoing::build;

/// Before this, nobody had events.
const BEGINNING: Date = jiff::civil::date(2000, 1, 1);

/// Runs it.
///
/// # Errors
/// Those of its requests.
pub(crate) async fn run(run: &Run<'_>) -> Result<Answered, Failure> {
    run.take(names(run).await?)
}

/// Returns the names as Mixpanel sends them, also for other operations.
///
/// # Errors
/// Those of its requests.
pub(super) async fn names(run: &Run<'_>) -> Result<SharedAnswer, Failure> {
    let today = run.operations.clock.now().to_zoned(TimeZone::system()).date();
    match between(run, BEGINNING, today).await {
        Err(failure) => match allowed_days(&failure) {
            Some(days) => between(run, today.saturating_sub(days.days()), today).await,
            None => Err(failure),
        },
        named => named,
    }
}

async fn between(run: &Run<'_>, from: Date, to: Date) -> Result<SharedAnswer, Failure> {
    let row: &'static Operation = find("inspect.events").expect("a row of the catalog");
    let bound = bind(row, &Map::new()).expect("it takes no arguments");
    let dates = [("from_date".to_owned(), from.to_string()), ("to_date".to_owned(), to.to_string())];
    let bound = Bound { query: bound.query.into_iter().chain(dates).collect(), ..bound };
    run.ask(build(row, bound, run.session, run.session.workspace, run.tool)?).await
}

/// Returns how many days a plan allows, if that is why Mixpanel refused.
fn allowed_days(failure: &Failure) -> Option<i64> {
    failure.upstream.as_ref().filter(|said| said.status == 403)?;
    let (_, rest) = failure.detail.split_once("exceeds ")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let days: i64 = digits.parse().ok().filter(|days| Span::new().try_days(*days).is_ok())?;
    rest[digits.len()..].trim_start().starts_with("day").then_some(days)
}

#[cfg(test)]
mod tests {
    use super::*;
    use mp_proto::failure::{FailureKind, Upstream};

    #[test]
    fn a_limit_of_days_is_read_from_a_refusal() {
        let days = |status: u16, words: &str| {
            let mut failure =
                Failure::new(FailureKind::UpstreamRefused, format!("was refused. Mixpanel says: {words}"));
            failure.upstream = Some(Upstream { status, request_id: None });
            allowed_days(&failure)
        };
        assert_eq!(days(403, "Date range exceeds 90 days for your plan"), Some(90));
        assert_eq!(days(403, "exceeds 1 day"), Some(1));
        for other in
            ["Permission denied", "exceeds your plan", "exceeds 90 events", "exceeds 99999999999999999999 days"]
        {
            assert_eq!(days(403, other), None, "{other}");
        }
        assert_eq!(days(400, "exceeds 90 days"), None);
    }
}
