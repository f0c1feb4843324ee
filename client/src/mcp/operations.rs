//! Calling operations: each tool runs those of one effect, which follows from the operation and its arguments.

use hyper::Method;
use hyper::header::HeaderMap;
use mp_catalog::dates::bind_on;
use mp_catalog::{Effect, Operation, OperationCall, Shape};
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::mend;
use mp_proto::routes::{OPERATION, fill};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::asker::Asker;
use super::find::known;
use super::policy::{Policy, command, obstacle};
use super::rows::tool_of;
use crate::api::{Connection, Streamed, tallied, trailed, written};
use crate::operation::binding::somewhere;
use crate::transport::Piece;

/// So many bytes of a stream are read; the whole of it is for a file.
const READ: usize = 200_000;

/// Arguments of `read_operation` and its like.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    pub(super) id: String,
    #[serde(default)]
    pub(super) arguments: Map<String, Value>,
    pub(super) project: Option<String>,
    pub(super) workspace: Option<i64>,
    #[serde(default)]
    pub(super) refresh: bool,
    #[serde(default)]
    pub(super) dry_run: bool,
    #[serde(default)]
    pub(super) link: bool,
}

/// Returns an operation that may be called with some arguments by the tool for an effect.
///
/// # Errors
/// When the policy does not allow what the call does, another tool is for it, or it cannot be told because the arguments are wrong.
pub(super) fn allowed(wanted: &Wanted, tool: Effect, policy: Policy) -> Result<&'static Operation, Failure> {
    let id = wanted.id.as_str();
    let operation = known(id)?;
    let refused = |reason: String| {
        Failure::new(FailureKind::Forbidden, format!("{id} is not done here: {reason}"))
            .next(command(operation), "the user can run it in a terminal")
    };
    if let Some(reason) = policy.refusal(operation.effect).or_else(|| obstacle(operation)) {
        return Err(refused(reason.to_owned()));
    }
    let effect = effect(operation, wanted)?;
    match (policy.refusal(effect), operation.destroys_if()) {
        (None, _) => {}
        (Some(reason), Some(how)) => return Err(refused(format!("{how}; {reason}"))),
        (Some(reason), None) => return Err(refused(reason.to_owned())),
    }
    if effect == tool {
        return Ok(operation);
    }
    let what = match effect {
        Effect::Read => "only reads",
        Effect::Write => "changes something",
        Effect::Destroy => "destroys",
    };
    let how = operation.destroys_if().filter(|_| effect == Effect::Destroy && operation.effect != effect);
    let how = how.map_or_else(String::new, |how| format!(" ({how})"));
    let detail = format!("{id} {what} with these arguments{how}: call {} with the same arguments", tool_of(effect));
    Err(Failure::new(FailureKind::InvalidArgument, detail))
}

/// Returns what a call does.
fn effect(operation: &Operation, wanted: &Wanted) -> Result<Effect, Failure> {
    if wanted.link && operation.asks.is_some() && !wanted.dry_run {
        // What is asked is stored as a report.
        return Ok(Effect::Write);
    }
    if operation.effect == operation.worst_effect() {
        return Ok(operation.effect);
    }
    // What cannot be weighed is not sent: a daemon that is newer may understand more of it.
    let bound = bind_on(operation, &wanted.arguments, somewhere()).map_err(|wrong| {
        Failure::new(FailureKind::InvalidArgument, format!("arguments of {} are wrong", operation.id)).errors(wrong)
    })?;
    Ok(operation.effect_of(&bound))
}

/// Runs an operation, and returns its answer and what is to be said beside it.
///
/// # Errors
/// Those of the route.
pub(super) async fn run(
    daemon: &mut Connection,
    operation: &Operation,
    call: OperationCall,
    asker: &Asker,
) -> Result<(Value, Vec<String>), Failure> {
    let path = fill(OPERATION, operation.id);
    asker.does(format!("Mixpanel is asked: {}", operation.id));
    if operation.reply.shape == Shape::Lines {
        return lines(daemon, operation, path, &call, asker).await;
    }
    let answer = daemon.call::<Value>(Method::POST, &path, Some(&call)).await?;
    Ok((answer.body, Vec::new()))
}

/// Reads the beginning of a stream. Leaving it ends it upstream, too.
async fn lines(
    daemon: &mut Connection,
    operation: &Operation,
    path: String,
    call: &OperationCall,
    asker: &Asker,
) -> Result<(Value, Vec<String>), Failure> {
    let request = Streamed {
        method: Method::POST,
        path,
        headers: HeaderMap::new(),
        body: Some(written(call)?),
        refusals_fail: true,
    };
    let mut stream = daemon.stream(request).await?;
    let mut notes = Vec::new();
    let mut text = Vec::new();
    while text.len() < READ {
        match stream.next().await {
            Ok(Some(Piece::Bytes(bytes))) => {
                text.extend_from_slice(&bytes);
                asker.does(format!("{} is read, {} kB so far", operation.id, text.len() / 1000));
            }
            Ok(Some(Piece::Trailers(trailers))) => {
                if let Some(failure) = trailed(&trailers) {
                    return Err(failure);
                }
                let told = tallied(&trailers);
                notes.extend(told.mended.note().into_iter().chain(told.bad_note(None)));
            }
            Ok(None) => break,
            Err(error) => {
                return Err(Failure::new(FailureKind::UpstreamUnreachable, format!("the stream broke off: {error}")));
            }
        }
    }
    if text.len() >= READ {
        // The last line may be half of one.
        text.truncate(text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1));
        notes.push(format!("there may be more than these; `{} -o FILE` writes all of them", command(operation)));
    }
    let rows = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    // Raw lines are as they were sent.
    let rows = rows.map(|row| mend::read(row).map(|(value, _)| value)).collect::<Result<Vec<Value>, _>>();
    let rows = rows.map_err(|error| Failure::new(FailureKind::Internal, format!("a line is no JSON: {error}")))?;
    Ok((Value::Array(rows), notes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const POLICY: Policy = Policy { read_only: false, allow_destructive: false };
    const BOLD: Policy = Policy { allow_destructive: true, ..POLICY };
    const CAREFUL: Policy = Policy { read_only: true, ..POLICY };

    fn call(id: &str, arguments: Value, tool: Effect, policy: Policy) -> Result<&'static str, Failure> {
        let wanted: Wanted = serde_json::from_value(json!({"id": id, "arguments": arguments})).expect("arguments");
        allowed(&wanted, tool, policy).map(|operation| operation.id)
    }

    #[test]
    fn each_tool_runs_what_has_its_effect_and_names_the_other() {
        use Effect::{Destroy, Read, Write};
        let nothing = || json!({});
        assert!(call("dashboards.list", nothing(), Read, POLICY).is_ok());
        assert!(call("dashboards.create", nothing(), Write, POLICY).is_ok());
        assert!(call("dashboards.delete", nothing(), Destroy, BOLD).is_ok());
        for (id, tool, right) in [
            ("dashboards.list", Write, "read_operation"),
            ("dashboards.list", Destroy, "read_operation"),
            ("dashboards.create", Read, "write_operation"),
            ("dashboards.create", Destroy, "write_operation"),
            ("dashboards.delete", Read, "destroy_operation"),
            ("dashboards.delete", Write, "destroy_operation"),
        ] {
            let refused = call(id, nothing(), tool, BOLD).expect_err("another tool");
            assert!(refused.kind == FailureKind::InvalidArgument && refused.detail.contains(right), "{id}: {refused}");
        }
        for tool in [Read, Write, Destroy] {
            let refused = call("dashboards.delete", nothing(), tool, POLICY).expect_err("it destroys");
            assert_eq!(
                (refused.kind, refused.next[0].command.as_str()),
                (FailureKind::Forbidden, "mp dashboards delete")
            );
            assert!(
                call("dashboards.create", nothing(), tool, CAREFUL)
                    .is_err_and(|why| why.detail.contains("--read-only"))
            );
        }
        assert!(call("lookup-tables.upload", nothing(), Write, POLICY).is_err());
    }

    #[test]
    fn arguments_decide_which_tool_a_call_is_for() {
        use Effect::{Destroy, Read, Write};
        let id = "schemas.create-bulk";
        let truncating = || json!({"entries": [], "truncate": true});
        assert_eq!(call(id, json!({"entries": []}), Write, POLICY), Ok(id));
        let refused = call(id, truncating(), Write, POLICY).expect_err("it destroys");
        assert_eq!(refused.kind, FailureKind::Forbidden);
        assert!(
            refused.detail.contains("with truncate") && refused.detail.contains("--allow-destructive"),
            "{refused}"
        );
        let refused = call(id, truncating(), Write, BOLD).expect_err("it is for another tool");
        assert!(refused.detail.contains("destroy_operation") && refused.detail.contains("truncate"), "{refused}");
        assert_eq!(call(id, truncating(), Destroy, BOLD), Ok(id));
        assert!(
            call(id, json!({"entries": []}), Destroy, BOLD).is_err_and(|why| why.detail.contains("write_operation"))
        );
        assert_eq!(
            call(id, json!({"entries": []}), Write, CAREFUL).expect_err("it changes").kind,
            FailureKind::Forbidden
        );
        // What this client does not understand may be what destroys.
        let unknown = call(id, json!({"entries": [], "wipe": true}), Write, POLICY).expect_err("it cannot be weighed");
        assert_eq!((unknown.kind, unknown.errors[0].at.as_str()), (FailureKind::InvalidArgument, "wipe"));
        let linked = json!({"id": "ask.insights", "arguments": {"events": ["a"]}, "link": true});
        let linked: Wanted = serde_json::from_value(linked).expect("arguments");
        assert!(allowed(&linked, Read, POLICY).is_err_and(|why| why.detail.contains("write_operation")));
        assert!(allowed(&linked, Write, POLICY).is_ok());
        assert!(allowed(&linked, Read, CAREFUL).is_err_and(|why| why.kind == FailureKind::Forbidden));
    }
}
