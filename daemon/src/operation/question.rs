//! What is asked: the body that was made of a call's arguments, and what is wanted beside the answer. Pure.

use jiff::civil::Date;
use mp_catalog::ask::{Built, Family, Fault, build};
use mp_catalog::{Operation, OperationCall};
use mp_proto::failure::{Failure, FailureKind, Problem};

/// A question.
#[derive(Debug)]
pub(crate) struct Question {
    /// Its kind.
    pub(crate) family: Family,
    /// What is sent.
    pub(crate) built: Built,
    /// Whether a link to the same report is wanted.
    pub(crate) link: bool,
}

impl Question {
    /// Returns what a call asks; none of a row that asks nothing. `today` is the day of a caller that does not tell its own.
    ///
    /// # Errors
    /// With all that is wrong with the arguments, and with what is wanted beside them.
    pub(crate) fn of(operation: &Operation, call: &OperationCall, today: Date) -> Result<Option<Self>, Failure> {
        let family = operation.asks;
        let mut problems = Vec::new();
        if family.is_none() && call.dry_run {
            problems.push(Problem::new("dry_run", "is only for ask: this operation has no parameters to show"));
        }
        if call.link && !family.is_some_and(|family| family != Family::Users) {
            let why = if family.is_some() { "is not for users: they are no report" } else { "is only for ask" };
            problems.push(Problem::new("link", why));
        }
        let built = match family.map(|family| build(family, &call.arguments, call.today.unwrap_or(today))) {
            Some(Ok(built)) => Some(built),
            Some(Err(faults)) => {
                problems.extend(faults.into_iter().map(problem));
                None
            }
            None => None,
        };
        if !problems.is_empty() {
            let detail = format!("arguments of {} are wrong", operation.id);
            return Err(Failure::new(FailureKind::InvalidArgument, detail).errors(problems));
        }
        Ok(family.zip(built).map(|(family, built)| Self { family, built, link: call.link }))
    }
}

/// Returns a fault of arguments as callers see it.
pub(crate) fn problem(fault: Fault) -> Problem {
    Problem::new(fault.at, fault.detail).code(fault.code).suggestions(fault.suggestions)
}

#[cfg(test)]
mod tests {
    use super::*;
    use mp_catalog::find;

    fn asked(id: &str, call: &OperationCall) -> Result<Option<Question>, Vec<String>> {
        let at = |failure: Failure| failure.errors.into_iter().map(|problem| problem.at).collect();
        Question::of(find(id).expect("a row"), call, Date::constant(2025, 1, 31)).map_err(at)
    }

    fn call(arguments: serde_json::Value) -> OperationCall {
        OperationCall { arguments: arguments.as_object().cloned().unwrap_or_default(), ..OperationCall::default() }
    }

    #[test]
    fn what_is_wanted_beside_an_answer_is_checked_with_the_arguments() {
        let good = call(serde_json::json!({"params": {"sections": {}}}));
        let linked = OperationCall { link: true, ..good.clone() };
        assert!(asked("ask.insights", &linked).is_ok_and(|question| question.is_some_and(|question| question.link)));
        assert!(asked("dashboards.list", &call(serde_json::json!({}))).is_ok_and(|question| question.is_none()));
        let all = OperationCall { dry_run: true, link: true, ..good };
        assert_eq!(asked("dashboards.list", &all).expect_err("both"), ["dry_run", "link"]);
        assert_eq!(asked("ask.users", &all).expect_err("no report"), ["link"]);
        let none = OperationCall { link: true, ..call(serde_json::json!({"x": 1})) };
        assert!(asked("ask.users", &none).expect_err("wrong").len() > 1);
    }
}
