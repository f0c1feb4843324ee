//! The business context is code because the organization of a project may have to be found first, and its text has another path.

use mp_catalog::{Effect, context, results};
use mp_proto::failure::{Failure, FailureKind};
use serde_json::Value;

use crate::call::request::Outgoing;
use crate::me::user::Me;
use crate::operation::call::{Answered, Run};

/// Longest text, in characters.
const LONGEST: usize = 50_000;

/// Runs it.
///
/// # Errors
/// When the text is wrong, the organization cannot be told, or those of the requests.
pub(crate) async fn run(run: &Run<'_>) -> Result<Answered, Failure> {
    let mut bound = run.bound.clone();
    check(run)?;
    if let (Some(file), Some(body)) = (run.text("file"), bound.body.as_mut()) {
        body.insert("content".to_owned(), file.into());
    }
    let organization = if run.text("level") == Some("organization") { Some(organization(run).await?) } else { None };
    let mut request = run.request(bound).await?;
    if let Some(id) = organization {
        request = Outgoing { path: format!("/organizations/{id}/business-context"), ..request };
    }
    let answer = run.ask(request).await?;
    let content = results((*answer.value).clone());
    let content = content.get("content").ok_or_else(|| run.odd("an answer without 'content'"))?;
    let value = match organization {
        Some(id) => context("organization", content, id.into(), Value::Null),
        None => context("project", content, Value::Null, run.session.project()?.as_str().into()),
    };
    Ok(Answered { value, notes: Vec::new(), age: None })
}

fn check(run: &Run<'_>) -> Result<(), Failure> {
    if run.operation.effect != Effect::Write {
        return Ok(());
    }
    let (name, text) = match (run.text("content"), run.text("file")) {
        (Some(_), Some(_)) => return Err(run.wrong("file", "cannot go with content")),
        (None, None) => return Err(run.wrong("content", "or file must be given")),
        (Some(text), None) => ("content", text),
        (None, Some(text)) => ("file", text),
    };
    let length = text.chars().count();
    if length > LONGEST {
        return Err(run.wrong(name, &format!("must not be longer than {LONGEST} characters; it has {length}")));
    }
    Ok(())
}

/// Returns the organization that was named, else that of the project, else the only one.
async fn organization(run: &Run<'_>) -> Result<i64, Failure> {
    if let Some(id) = run.bound.arguments.get("organization_id").and_then(Value::as_i64) {
        return Ok(id);
    }
    let project = run.session.project()?;
    let of_project = |me: &Me| {
        let of = me.projects().into_iter().find(|one| one.id == *project).and_then(|one| one.organization_id);
        of.or_else(|| match me.organizations().as_slice() {
            [only] => only.id.parse().ok(),
            _ => None,
        })
    };
    let known = run.operations.users.known(run.session).and_then(|me| of_project(&me));
    match known {
        Some(id) => Ok(id),
        None => of_project(&*run.operations.users.of_session(run.session, false).await?).ok_or_else(|| {
            let detail = format!("the organization of project {project} is not known");
            Failure::new(FailureKind::NeedsProject, detail)
                .next(run.again("", " --organization-id ID"), "say which organization")
        }),
    }
}
