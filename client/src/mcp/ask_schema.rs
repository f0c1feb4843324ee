//! The tool that shows all that a family of questions takes: first what it has, then, by name, what its fields refer to.

use mp_proto::failure::{Failure, FailureKind};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::ask::{QUESTIONS, Question};

/// Arguments of `get_ask_schema`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    family: String,
    part: Option<String>,
}

/// Shows a schema, or a part of it.
///
/// # Errors
/// When there is no such family or part.
pub(super) fn show(wanted: &Wanted) -> Result<Value, Failure> {
    let family = wanted.family.trim();
    let is_meant = |question: &&Question| {
        question.id == family || question.id.strip_prefix("ask.") == Some(family) || question.tool == family
    };
    let question = QUESTIONS.iter().find(is_meant).ok_or_else(|| {
        let known: Vec<&str> = QUESTIONS.iter().filter_map(|question| question.id.strip_prefix("ask.")).collect();
        unknown("family", family, &known)
    })?;
    let mut schema = question.operation()?.input_schema();
    match wanted.part.as_deref() {
        None | Some("") => {
            let parts = schema.shift_remove("$defs").unwrap_or_default();
            Ok(outline(question, schema, &parts))
        }
        Some("all") => Ok(json!({"family": family, "schema": schema})),
        Some(part) => {
            let parts = schema.get("$defs").and_then(Value::as_object).cloned().unwrap_or_default();
            let name = part.rsplit('/').next().unwrap_or_default();
            let found = parts
                .get(name)
                .ok_or_else(|| unknown("part", part, &parts.keys().map(String::as_str).collect::<Vec<_>>()))?;
            Ok(json!({"family": family, "part": name, "schema": found}))
        }
    }
}

fn outline(question: &Question, schema: Map<String, Value>, parts: &Value) -> Value {
    let about = |(name, part): (&String, &Value)| (name.clone(), part["description"].clone());
    let parts: Map<String, Value> = parts.as_object().into_iter().flatten().map(about).collect();
    let example = |(about, arguments): &(&str, &str)| json!({"question": about, "arguments": serde_json::from_str::<Value>(arguments).unwrap_or_default()});
    let examples: Vec<Value> = question.examples.iter().map(example).collect();
    json!({
        "tool": question.tool, "schema": schema, "parts": parts, "examples": examples,
        "notes": "A $ref names a part: get it by `part`. What is no text or list of texts goes into `more`. `where` may also be a \
                  text, such as plan = \"pro\" and age > 30 and not in cohort 12 and did \"Login\" >= 5. dry_run checks a question \
                  without asking it",
    })
}

fn unknown(what: &str, given: &str, known: &[&str]) -> Failure {
    let detail = format!("{what}: there is no '{}'; expected one of {}", given.escape_debug(), known.join(", "));
    Failure::new(FailureKind::InvalidArgument, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(family: &str, part: Option<&str>) -> Result<Value, Failure> {
        show(&Wanted { family: family.to_owned(), part: part.map(str::to_owned) })
    }

    #[test]
    fn a_schema_is_read_part_by_part_or_whole() {
        for question in &QUESTIONS {
            let family = question.id.strip_prefix("ask.").expect("a family");
            let first = shown(family, None).expect("known");
            assert!(first.to_string().len() < 12_000, "{family}: {}", first.to_string().len());
            assert!(first["examples"].as_array().is_some_and(|examples| examples.len() > 1));
            for (name, about) in first["parts"].as_object().expect("parts") {
                let part = shown(family, Some(name)).expect("a part");
                assert!(part["schema"].is_object() && about.is_string(), "{family} {name}");
                assert!(shown(family, Some(&format!("#/$defs/{name}"))).is_ok());
            }
            let all = shown(question.tool, Some("all")).expect("whole");
            assert!(all["schema"]["$defs"].is_object());
        }
        let unknown = shown("insight", None).expect_err("no such family");
        assert!(unknown.detail.contains("insights"), "{unknown}");
        assert!(shown("flow", Some("Nonsense")).expect_err("no such part").detail.contains("Anchor"));
    }
}
