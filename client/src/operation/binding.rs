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

/// Returns a failure of the daemon in the words of whoever typed the command: arguments are options for them.
pub(super) fn told(operation: &Operation, failure: Failure) -> Failure {
    let is_argument = |problem: &Problem| operation.params.iter().any(|param| param.name == problem.at);
    let is_about_arguments = failure.kind == FailureKind::InvalidArgument
        && !failure.errors.is_empty()
        && failure.errors.iter().all(is_argument);
    if !is_about_arguments {
        return failure;
    }
    let mut told = refused(operation, failure.errors);
    if !failure.next.is_empty() {
        told.next = failure.next;
    }
    Failure { account: failure.account, ..told }
}

/// Most single problems that a person is shown of an answer of Mixpanel.
const MOST_SHOWN: usize = 10;

/// Returns a failure with as many of its problems as a person reads; programs get all of them.
pub(super) fn shortened(mut failure: Failure, is_for_programs: bool) -> Failure {
    let more = failure.errors.len().saturating_sub(MOST_SHOWN);
    if more > 0 && failure.upstream.is_some() && !is_for_programs {
        failure.errors.truncate(MOST_SHOWN);
        failure.errors.push(Problem::new("…", format!("{more} more; -f json shows all")));
    }
    failure
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
            problem.detail = in_options(operation, &problem.detail);
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

/// What stands before the name of an argument in what is said of another.
const BEFORE_NAMES: [&str; 4] = ["with ", "or ", "needs ", "before "];

/// Returns what is said of an argument with the options of others in the place of their names.
fn in_options(operation: &Operation, detail: &str) -> String {
    let mut told = detail.to_owned();
    for param in operation.params {
        for before in BEFORE_NAMES {
            let named = format!("{before}{}", param.name);
            let is_whole = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
            if let Some((head, rest)) = told.split_once(&named)
                && is_whole(rest)
            {
                told = format!("{head}{before}{}{rest}", typed(param));
            }
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use mp_catalog::find;
    use mp_proto::failure::Upstream;

    #[test]
    fn what_the_daemon_finds_is_told_in_options() {
        let operation = find("reports.link").expect("a row");
        let wrong = |problems: Vec<Problem>| {
            Failure::new(FailureKind::InvalidArgument, "arguments of reports.link are wrong").errors(problems)
        };
        let one = told(operation, wrong(vec![Problem::new("params_file", "cannot go with params")]));
        assert_eq!(one.detail, "--params-file cannot go with --params");
        assert_eq!(one.next[0].command, "mp reports link --help");
        let kept = wrong(vec![Problem::new("params", "or params_file must be given")]).next("mp x", "that");
        let kept = told(operation, kept);
        assert_eq!(
            (kept.detail.as_str(), kept.next[0].command.as_str()),
            ("--params or --params-file must be given", "mp x")
        );
        let other = Failure::new(FailureKind::InvalidArgument, "no").errors(vec![Problem::new("body", "x")]);
        assert_eq!(told(operation, other.clone()), other);
    }

    #[test]
    fn a_person_is_shown_the_first_ten_records() {
        let records: Vec<Problem> = (0..12).map(|at| Problem::new(format!("record {at}"), "bad")).collect();
        let mut failure = Failure::new(FailureKind::UpstreamRefused, "was refused").errors(records);
        failure.upstream = Some(Upstream { status: 400, request_id: None });
        assert_eq!(shortened(failure.clone(), true).errors.len(), 12);
        let shown = shortened(failure, false).errors;
        assert_eq!((shown.len(), shown[10].detail.as_str()), (11, "2 more; -f json shows all"));
    }
}
