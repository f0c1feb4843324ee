//! The tools about the catalog: finding operations, and calling them.

use hyper::Method;
use hyper::header::HeaderMap;
use mp_catalog::dates::bind_on;
use mp_catalog::{Effect, Operation, OperationCall, Shape, all, find};
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::mend;
use mp_proto::routes::{OPERATION, fill};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::policy::Policy;
use super::tools::obstacle;
use crate::api::{Connection, Streamed, tallied, trailed, written};
use crate::operation::binding::somewhere;
use crate::transport::Piece;

/// So many operations are listed at once.
const ROWS: usize = 40;

/// So many bytes of a stream are read; the whole of it is for a file.
const READ: usize = 200_000;

/// Arguments of `find_operations`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Query {
    words: Option<String>,
    group: Option<String>,
    effect: Option<Effect>,
    id: Option<String>,
}

/// Arguments of `call_operation`.
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

/// Looks operations up.
pub(super) fn look(query: &Query, policy: Policy) -> Result<Value, Failure> {
    if let Some(id) = &query.id {
        return known(id).map(|operation| whole(operation, policy));
    }
    let words: Vec<String> =
        query.words.iter().flat_map(|words| words.split_whitespace()).map(str::to_lowercase).collect();
    let is_meant = |operation: &&'static Operation| {
        let text = text(operation);
        query.group.as_ref().is_none_or(|group| operation.command[0] == group)
            && query.effect.is_none_or(|effect| [operation.effect, operation.worst_effect()].contains(&effect))
            && words.iter().all(|word| text.contains(word.as_str()))
    };
    let mut found: Vec<&'static Operation> = all().filter(is_meant).collect();
    found.sort_by_key(|operation| !words.iter().all(|word| operation.id.contains(word.as_str())));
    let rows: Vec<Value> = found.iter().take(ROWS).map(|operation| brief(operation)).collect();
    let mut shown = json!({"operations": rows});
    if found.len() > ROWS {
        shown["more"] = (found.len() - ROWS).into();
        shown["next"] = "name a group or more words".into();
    }
    if found.is_empty() {
        shown["groups"] = crate::offer::callable_groups().into();
    }
    Ok(shown)
}

fn known(id: &str) -> Result<&'static Operation, Failure> {
    find(id).ok_or_else(|| {
        let detail = format!("there is no operation '{}'; find_operations lists them", id.escape_debug());
        Failure::new(FailureKind::InvalidArgument, detail)
    })
}

/// Returns the text that words are looked for in.
fn text(operation: &Operation) -> String {
    let schema = operation.input_schema();
    let names =
        schema.get("properties").and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name.as_str());
    let names: Vec<&str> = names.collect();
    format!("{} {} {} {}", operation.id, operation.summary, operation.detail, names.join(" ")).to_lowercase()
}

fn brief(operation: &Operation) -> Value {
    let schema = operation.input_schema();
    let required = schema.get("required").and_then(Value::as_array);
    let is_required = |name: &String| required.is_some_and(|names| names.iter().any(|known| known == name));
    let names = schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name);
    let arguments: Vec<String> =
        names.map(|name| if is_required(name) { name.clone() } else { format!("{name}?") }).collect();
    let shown = json!({
        "id": operation.id, "summary": operation.summary, "effect": operation.effect, "arguments": arguments.join(" "),
    });
    with_how(shown, operation)
}

/// Adds how a call destroys, where arguments decide that.
fn with_how(mut shown: Value, operation: &Operation) -> Value {
    if let Some(how) = operation.destroys_if() {
        shown["destroys_if"] = how.into();
    }
    shown
}

fn whole(operation: &Operation, policy: Policy) -> Value {
    let shown = json!({
        "id": operation.id, "summary": operation.summary, "detail": operation.detail, "effect": operation.effect,
        "arguments": operation.input_schema(),
    });
    let mut shown = with_how(shown, operation);
    if let Some(reason) = policy.refusal(operation.effect).or_else(|| obstacle(operation)) {
        shown["refused"] = reason.into();
        shown["instead"] = command(operation).into();
    }
    shown
}

fn command(operation: &Operation) -> String {
    format!("mp {}", operation.command.join(" "))
}

/// Returns an operation that may be called with some arguments.
///
/// # Errors
/// When the policy does not allow what the call does, or it cannot be told because the arguments are wrong.
pub(super) fn allowed(id: &str, arguments: &Map<String, Value>, policy: Policy) -> Result<&'static Operation, Failure> {
    let operation = known(id)?;
    let refused = |reason: String| {
        Failure::new(FailureKind::Forbidden, format!("{id} is not done here: {reason}"))
            .next(command(operation), "the user can run it in a terminal")
    };
    if let Some(reason) = policy.refusal(operation.effect).or_else(|| obstacle(operation)) {
        return Err(refused(reason.to_owned()));
    }
    if policy.refusal(operation.worst_effect()).is_none() {
        return Ok(operation);
    }
    // What cannot be weighed is not sent: a daemon that is newer may understand more of it.
    let bound = bind_on(operation, arguments, somewhere()).map_err(|wrong| {
        Failure::new(FailureKind::InvalidArgument, format!("arguments of {id} are wrong")).errors(wrong)
    })?;
    match (policy.refusal(operation.effect_of(&bound)), operation.destroys_if()) {
        (None, _) => Ok(operation),
        (Some(reason), Some(how)) => Err(refused(format!("{how}; {reason}"))),
        (Some(reason), None) => Err(refused(reason.to_owned())),
    }
}

/// Runs an operation, and returns its answer and what is to be said beside it.
pub(super) async fn run(
    daemon: &mut Connection,
    operation: &Operation,
    call: OperationCall,
) -> Result<(Value, Vec<String>), Failure> {
    let path = fill(OPERATION, operation.id);
    if operation.reply.shape == Shape::Lines {
        return lines(daemon, operation, path, &call).await;
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
            Ok(Some(Piece::Bytes(bytes))) => text.extend_from_slice(&bytes),
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

    const POLICY: Policy = Policy { read_only: false, allow_destructive: false };

    fn ids(query: Query) -> Vec<String> {
        let found = look(&query, POLICY).expect("a good query");
        let rows = found["operations"].as_array().expect("a list").iter();
        rows.filter_map(|row| row["id"].as_str()).map(str::to_owned).collect()
    }

    #[test]
    fn operations_are_found_by_words_group_and_effect() {
        assert_eq!(
            ids(Query { words: Some("bulk DASHBOARDS".into()), ..Query::default() })[0],
            "dashboards.bulk-delete"
        );
        let group = Query { group: Some("webhooks".into()), effect: Some(Effect::Destroy), ..Query::default() };
        assert_eq!(ids(group), ["webhooks.delete"]);
        let none = look(&Query { words: Some("zebra".into()), ..Query::default() }, POLICY).expect("good");
        assert!(none["groups"].as_array().is_some_and(|groups| groups.len() > 10));
        let all = look(&Query::default(), POLICY).expect("good");
        assert_eq!(all["operations"].as_array().map(Vec::len), Some(ROWS));
        assert!(all["more"].as_u64().is_some_and(|more| more > 100));
    }

    #[test]
    fn one_is_shown_whole_with_what_stands_in_its_way() {
        let one = |id: &str, policy| look(&Query { id: Some(id.into()), ..Query::default() }, policy);
        let shown = one("dashboards.delete", POLICY).expect("a row");
        assert!(shown["refused"].as_str().is_some_and(|why| why.contains("--allow-destructive")), "{shown}");
        assert_eq!(shown["arguments"]["required"], json!(["dashboard_id"]));
        let allowed_now = one("dashboards.delete", Policy { allow_destructive: true, ..POLICY }).expect("a row");
        assert_eq!(allowed_now["refused"], Value::Null);
        assert!(one("lookup-tables.upload", POLICY).expect("a row")["refused"].is_string());
        assert!(one("dashboard.list", POLICY).is_err());
        assert!(allowed("dashboards.list", &Map::new(), POLICY).is_ok());
        let refused = allowed("dashboards.delete", &Map::new(), POLICY).expect_err("it destroys");
        assert_eq!((refused.kind, refused.next[0].command.as_str()), (FailureKind::Forbidden, "mp dashboards delete"));
    }

    #[test]
    fn arguments_decide_whether_a_call_is_allowed() {
        let call = |arguments: Value, policy| {
            let arguments = arguments.as_object().expect("an object").clone();
            allowed("schemas.create-bulk", &arguments, policy).map(|row| row.id)
        };
        let bold = Policy { allow_destructive: true, ..POLICY };
        let truncating = || json!({"entries": [], "truncate": true});
        assert_eq!(call(json!({"entries": []}), POLICY), Ok("schemas.create-bulk"));
        let refused = call(truncating(), POLICY).expect_err("it destroys");
        assert_eq!(refused.kind, FailureKind::Forbidden);
        assert!(
            refused.detail.contains("with truncate") && refused.detail.contains("--allow-destructive"),
            "{refused}"
        );
        assert_eq!(call(truncating(), bold), Ok("schemas.create-bulk"));
        let careful = Policy { read_only: true, ..POLICY };
        assert_eq!(call(json!({"entries": []}), careful).expect_err("it changes").kind, FailureKind::Forbidden);
        // What this client does not understand may be what destroys.
        let unknown = call(json!({"entries": [], "wipe": true}), POLICY).expect_err("it cannot be weighed");
        assert_eq!((unknown.kind, unknown.errors[0].at.as_str()), (FailureKind::InvalidArgument, "wipe"));
        let found =
            look(&Query { effect: Some(Effect::Destroy), group: Some("schemas".into()), ..Query::default() }, POLICY);
        let found = found.expect("good")["operations"].to_string();
        assert!(found.contains("schemas.create-bulk") && found.contains("destroys_if"), "{found}");
    }
}
