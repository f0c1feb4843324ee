//! `--jq`: a filter in the language of jq, compiled before anything is asked, run by jaq.

use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Vars, data, unwrap_valr};
use jaq_json::{Val, read};
use mp_proto::context::ascii_json;
use mp_proto::failure::{Failure, FailureKind};
use serde_json::Value;

use super::{Format, pretty};

/// A compiled filter.
pub struct Filter(jaq_core::compile::Filter<jaq_core::Native<data::JustLut<Val>>>);

fn invalid(detail: impl Into<String>) -> Failure {
    Failure::new(FailureKind::InvalidArgument, detail)
}

impl Filter {
    /// Compiles a filter.
    ///
    /// # Errors
    /// When it is no valid filter, naming the part that is not understood.
    pub fn compile(code: &str) -> Result<Self, Failure> {
        let arena = Arena::default();
        let definitions = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
        let modules = Loader::new(definitions).load(&arena, File { code, path: () }).map_err(|errors| {
            let places: Vec<String> = errors.iter().map(|(_, error)| describe_load(error)).collect();
            invalid(format!("--jq: {}", places.join("; ")))
        })?;
        let functions = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
        let compiled = Compiler::default().with_funs(functions).compile(modules).map_err(|errors| {
            let unknown =
                errors.iter().flat_map(|(_, errors)| errors).map(|(name, _)| format!("{name} is not defined"));
            invalid(format!("--jq: {}", unknown.collect::<Vec<_>>().join("; ")))
        })?;
        Ok(Self(compiled))
    }

    /// Runs the filter: no result is `[]`, one is itself, several are a list; as lines, each result is one.
    ///
    /// # Errors
    /// When the filter fails on this value.
    pub fn run(&self, value: &Value, format: Format) -> Result<String, Failure> {
        let input = read::parse_single(value.to_string().as_bytes())
            .map_err(|error| Failure::new(FailureKind::Internal, format!("--jq could not read the answer: {error}")))?;
        let context = Ctx::<data::JustLut<Val>>::new(&self.0.lut, Vars::new([]));
        let mut results = Vec::new();
        for result in self.0.id.run((context, input)).map(unwrap_valr) {
            let result = result.map_err(|error| invalid(format!("--jq: {error}")))?;
            results.push(serde_json::from_str(&result.to_string()).unwrap_or_else(|_| Value::from(result.to_string())));
        }
        let text = match (format, results.len()) {
            (Format::Jsonl, _) => results.iter().map(|result: &Value| format!("{result}\n")).collect(),
            (_, 1) => pretty(&results[0]),
            _ => pretty(&Value::Array(results)),
        };
        Ok(text.lines().map(ascii_json).collect::<Vec<_>>().join("\n"))
    }
}

fn describe_load(error: &jaq_core::load::Error<&str>) -> String {
    use jaq_core::load::Error;
    let near = |rest: &str| rest.chars().take(20).collect::<String>();
    match error {
        Error::Io(_) => "modules cannot be loaded here".to_owned(),
        Error::Lex(errors) => {
            errors.iter().map(|(_, rest)| format!("not understood at {:?}", near(rest))).collect::<Vec<_>>().join("; ")
        }
        Error::Parse(errors) => errors
            .iter()
            .map(|(expected, rest)| format!("expected {} at {:?}", expected.as_str(), near(rest)))
            .collect::<Vec<_>>()
            .join("; "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn run(code: &str, value: &Value) -> String {
        Filter::compile(code).and_then(|filter| filter.run(value, Format::Json)).expect("a good filter")
    }

    #[test]
    fn none_one_and_several_results() {
        let list = json!([{"n": "é"}, {"n": "b"}]);
        assert_eq!(run(".[] | select(.n == \"x\")", &list), "[]");
        assert_eq!(run("length", &list), "2");
        assert_eq!(run(".[].n", &list), "[\n  \"\\u00e9\",\n  \"b\"\n]");
    }

    #[test]
    fn mistakes_are_found_before_anything_is_asked() {
        for bad in [".[", "nosuch", "| x", "{"] {
            let error = Filter::compile(bad).err().expect("is refused");
            assert!(error.kind == FailureKind::InvalidArgument && error.detail.starts_with("--jq: "), "{bad}: {error}");
        }
    }

    #[test]
    fn a_filter_that_fails_on_the_value_says_so() {
        let failed = Filter::compile(".a.b").and_then(|filter| filter.run(&json!("text"), Format::Json));
        assert!(failed.is_err_and(|error| error.detail.contains("--jq")));
    }
}
