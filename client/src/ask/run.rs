//! Runs a query: one call of its operation, and the answer as it is wanted.

use std::process::ExitCode;

use hyper::Method;
use mp_proto::deadline::UPSTREAM;
use mp_proto::failure::{Failure, Problem};
use mp_proto::routes::{OPERATION, fill};
use serde_json::{Value, json};

use super::form::Form;
use super::read::{Asked, read};
use super::shown;
use super::told::{in_flags, told};
use crate::browser;
use crate::call::Call;
use crate::command::Invocation;
use crate::operation::source::Stdin;
use crate::output::{Usual, spinner};
use crate::report;

/// Runs a query of a family.
///
/// # Errors
/// When what was typed makes none, or those of the route.
pub(crate) async fn run(form: &'static Form, at: Invocation<'_>) -> Result<ExitCode, Failure> {
    let today = jiff::Zoned::now().date();
    let asked = read(form, at.arguments, Stdin::of_this_process(), today)?;
    let mut call = at.call_showing(Usual::Data)?;
    call.allow(UPSTREAM);
    if !call.quiet {
        asked.notes.iter().for_each(|note| report::note(note));
    }
    let is_given = |id: &str| form.has_link && at.arguments.get_flag(id);
    let (is_dry, opens) = (at.arguments.get_flag("show-params"), is_given("open"));
    let body = json!({
        "arguments": asked.arguments,
        "dry_run": is_dry,
        "link": !is_dry && (opens || is_given("link")),
        "strict": at.arguments.get_flag("strict"),
        "today": today.to_string(),
    });
    let answer = ask(&mut call, form, &body).await.map_err(|failure| told(form, &asked, failure))?;
    warn(&call, form, &asked, &answer);
    if is_dry {
        let params = answer.get("params").unwrap_or(&Value::Null);
        call.output.show(params, || crate::output::pretty(params))?;
        return Ok(ExitCode::SUCCESS);
    }
    shown::show(&mut call, form, &answer)?;
    if let Some(link) = answer.get("link").and_then(Value::as_str).filter(|_| opens) {
        browser::open(link, &call.environment, None).settle();
    }
    Ok(ExitCode::SUCCESS)
}

/// Calls the operation of a family. What the daemon says beside the answer is printed when nothing moves on that line any more.
async fn ask(call: &mut Call<'_>, form: &Form, body: &Value) -> Result<Value, Failure> {
    let path = fill(OPERATION, &format!("ask.{}", form.name));
    let answer = call.daemon.call::<Value>(Method::POST, &path, Some(body));
    let _held = report::hold();
    Ok(spinner::beside(call.quiet, answer).await?.body)
}

/// Says what the daemon warns of.
fn warn(call: &Call<'_>, form: &Form, asked: &Asked, answer: &Value) {
    let warnings = answer.get("warnings").and_then(Value::as_array).into_iter().flatten();
    for warning in warnings.filter(|_| !call.quiet) {
        let text = |name: &str| warning.get(name).and_then(Value::as_str).unwrap_or_default();
        let problem = in_flags(form, asked, &Problem::new(text("at"), text("detail")));
        report::note(&format!("{}: {}", problem.at, problem.detail));
    }
}
