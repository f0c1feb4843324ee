//! Whether what was typed makes a call: all problems are told at once, before anything is asked.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use mp_catalog::dates::bind_on;
use mp_catalog::{Bound, Kind, Operation};
use mp_proto::failure::{Failure, FailureKind, Problem};

use super::arguments::{Typed, typed};

/// Binds what was typed. What could not be read and what is wrong are told together.
///
/// # Errors
/// When it does not make a call.
pub(super) fn bound(operation: &Operation, typed: &Typed) -> Result<Bound, Failure> {
    let mut problems = typed.problems.clone();
    if let Some(file) = operation.params.iter().find(|param| param.kind == Kind::File && param.required)
        && typed.upload.is_none()
        && !problems.has(file.name)
    {
        problems.add(file.name, "must be given");
    }
    let bound = match bind_on(operation, &typed.arguments, somewhere()) {
        Ok(bound) => Some(bound),
        Err(wrong) => {
            let new: Vec<Problem> = wrong.into_iter().filter(|problem| !problems.has(&problem.at)).collect();
            problems.extend(new);
            None
        }
    };
    problems.check(bound).map_err(|mut problems| {
        // In the order in which the command lists them.
        problems.sort_by_key(|problem| operation.params.iter().position(|param| param.name == problem.at));
        refused(operation, problems)
    })
}

/// Returns which day it is where it is earliest and where it is latest: what words for days mean is the daemon's to say, who knows the
/// time zone of the project.
pub(crate) fn somewhere() -> [Date; 2] {
    let now = Timestamp::now();
    [-12, 14].map(|hours| TimeZone::fixed(Offset::constant(hours)).to_datetime(now).date())
}

/// Returns the failure of problems, which name the options as they are typed.
pub(crate) fn refused(operation: &Operation, mut problems: Vec<Problem>) -> Failure {
    for problem in &mut problems {
        if let Some(param) = operation.params.iter().find(|param| param.name == problem.at) {
            problem.at = typed(param);
        }
    }
    let command = operation.command.join(" ");
    let failure = match problems.as_slice() {
        [one] => Failure::new(FailureKind::InvalidArgument, format!("{} {}", one.at, one.detail)),
        _ => {
            Failure::new(FailureKind::InvalidArgument, format!("mp {command} cannot be run like this")).errors(problems)
        }
    };
    failure.next(format!("mp {command} --help"), "see what it takes")
}
