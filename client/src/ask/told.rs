//! What the daemon finds wrong with arguments, in the words of whoever typed flags.

use mp_proto::failure::{Failure, FailureKind, Problem};

use super::form::Form;
use super::read::{Asked, refused, written};

/// Returns a failure of the daemon with the flags that its problems are about.
pub(super) fn told(form: &Form, asked: &Asked, failure: Failure) -> Failure {
    if failure.kind != FailureKind::InvalidArgument || failure.errors.is_empty() {
        return failure;
    }
    let mut told = refused(form, failure.errors.iter().map(|problem| in_flags(form, asked, problem)).collect());
    if !failure.next.is_empty() {
        told.next.clone_from(&failure.next);
    }
    Failure { account: failure.account, ..told }
}

/// Returns a problem with the flag in place of the argument. Where it is deeper inside, the path stands beside it.
pub(super) fn in_flags(form: &Form, asked: &Asked, problem: &Problem) -> Problem {
    let argument = problem.at.split(['.', '[']).next().unwrap_or_default();
    let by = asked.by.iter().find(|(known, _)| *known == argument).map(|(_, by)| by.clone());
    // What came as a whole was not typed as flags.
    let is_whole = by.is_none() && asked.arguments.contains_key(argument);
    let flag = || form.all().find(|flag| flag.argument == argument).map(|flag| written(flag, form));
    let by = if is_whole { Some("--args".to_owned()) } else { by.or_else(flag) };
    let at = match by {
        Some(by) if problem.at == argument && !is_whole => by,
        Some(by) => format!("{by} ({})", problem.at),
        None => problem.at.clone(),
    };
    Problem { at, detail: said(form, problem), ..problem.clone() }
}

/// Returns what is wrong in the words of flags, with what may have been meant and the word for programs, by which it is looked up.
fn said(form: &Form, problem: &Problem) -> String {
    let meant = match problem.suggestions.as_slice() {
        [] => String::new(),
        all => format!(" (did you mean {}?)", all.join(", ")),
    };
    let code = problem.code.as_ref().map(|code| format!(" [{code}]"));
    format!("{}{meant}{}", in_words(form, &problem.detail), code.unwrap_or_default())
}

/// Returns what is said of an argument with the flags of others in the place of their names, where a name can be nothing else.
fn in_words(form: &Form, detail: &str) -> String {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut told = detail.to_owned();
    for flag in form.all().filter(|flag| flag.argument.contains('_')) {
        let Some((head, rest)) = told.split_once(flag.argument) else { continue };
        if !head.ends_with(is_part) && !rest.starts_with(is_part) {
            told = format!("{head}{}{rest}", written(flag, form));
        }
    }
    told
}
