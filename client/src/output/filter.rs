//! `--jq`: a filter in the language of jq, compiled before anything is asked, run by jaq.

use jaq_core::load::{Arena, File, Loader};
use jaq_core::native::{bome, run, v};
use jaq_core::{Compiler, Ctx, Vars, data};
use jaq_json::{Map, Val, read};
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::json::ascii_json;
use serde_json::Value;

use super::format::Format;
use super::text::{compact, pretty};

/// What jq has and jaq has not.
const MISSING: &str = r#"
def INDEX(stream; key): reduce stream as $row ({}; . + {($row | key | tostring): $row});
def INDEX(key): INDEX(.[]; key);
def IN(values): . as $x | any(values; . == $x);
def IN(source; values): any(source; IN(values));
def leaf_paths: paths(scalars);
def toarray: if isarray then . else [.] end;
def cells($what): if isarray then .[] else error("cannot write \(tojson) as \($what): it is not an array") end;
def cell(text; $what):
  if . == null then ""
  elif isstring then text
  elif isarray or isobject then error("cannot write \(tojson) as a cell of \($what)")
  else tostring end;
def @csv: [cells("csv") | cell("\"" + (split("\"") | join("\"\"")) + "\""; "csv")] | join(",");
def escaped($from; $to): split($from) | join($to);
def @tsv:
  [cells("tsv")
    | cell(escaped("\\"; "\\\\") | escaped("\t"; "\\t") | escaped("\n"; "\\n") | escaped("\r"; "\\r"); "tsv")]
  | join("\t");
"#;

/// Variables that jq sets.
const VARIABLES: [&str; 2] = ["$ENV", "$__loc__"];

/// A compiled filter.
pub(crate) struct Filter(jaq_core::compile::Filter<jaq_core::Native<data::JustLut<Val>>>);

fn invalid(detail: impl Into<String>) -> Failure {
    Failure::new(FailureKind::InvalidArgument, detail)
}

impl Filter {
    /// Compiles a filter.
    ///
    /// # Errors
    /// When it is no valid filter, naming the part that is not understood.
    pub(crate) fn compile(code: &str) -> Result<Self, Failure> {
        let arena = Arena::default();
        let missing = jaq_core::load::parse(MISSING, |parser| parser.defs()).expect("a test parses it");
        let definitions = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs()).chain(missing);
        let modules = Loader::new(definitions).load(&arena, File { code, path: () }).map_err(|errors| {
            let places: Vec<String> = errors.iter().map(|(_, error)| describe_load(error)).collect();
            invalid(format!("--jq: {}", places.join("; ")))
        })?;
        // jaq's own `env` panics on a variable that is not UTF-8.
        let functions = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
        let functions = functions.filter(|(name, ..)| *name != "env").chain([run(("env", v(0), |_| bome(Ok(env()))))]);
        let compiler = Compiler::default().with_funs(functions).with_global_vars(VARIABLES);
        let compiled = compiler.compile(modules).map_err(|errors| {
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
    pub(crate) fn run(&self, value: &Value, format: Format) -> Result<String, Failure> {
        let input = read::parse_single(value.to_string().as_bytes())
            .map_err(|error| Failure::new(FailureKind::Internal, format!("--jq could not read the answer: {error}")))?;
        let variables = Vars::new([env(), location()]);
        let context = Ctx::<data::JustLut<Val>>::new(&self.0.lut, variables);
        let mut results: Vec<Value> = Vec::new();
        for result in self.0.id.run((context, input)) {
            match result.map_err(|stop| stop.get_err().map_err(jaq_core::Exn::get_halt)) {
                Ok(result) => results.push(plain(&result)),
                Err(Ok(error)) => return Err(invalid(format!("--jq: {error}"))),
                Err(Err(Ok(0))) => break,
                Err(Err(halted)) => return Err(invalid(format!("--jq: stopped by halt({})", halted.unwrap_or(1)))),
            }
        }
        let text = match (format, results.len()) {
            (Format::Jsonl, _) => results.iter().map(|result| format!("{}\n", compact(result))).collect(),
            (_, 1) => pretty(&results[0]),
            _ => pretty(&Value::Array(results)),
        };
        Ok(text.lines().map(ascii_json).collect::<Vec<_>>().join("\n"))
    }
}

/// The environment as jq shows it. What is not text is left out.
fn env() -> Val {
    let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((Val::from(name.into_string().ok()?), Val::from(value.into_string().ok()?)))
    };
    Val::obj(std::env::vars_os().filter_map(text).collect::<Map>())
}

/// `$__loc__` of a filter that is one line, as a command line's is.
fn location() -> Val {
    let fields = [("file", Val::from("<top-level>".to_owned())), ("line", Val::from(1_usize))];
    Val::obj(fields.into_iter().map(|(name, value)| (Val::from(name.to_owned()), value)).collect::<Map>())
}

/// Returns a result as JSON. What JSON cannot say, jq prints like this too: NaN as null, the infinities as the largest numbers.
fn plain(result: &Val) -> Value {
    match result {
        Val::Null => Value::Null,
        Val::Bool(value) => Value::Bool(*value),
        Val::Num(number) => {
            let text = number.to_string();
            serde_json::from_str(&text).unwrap_or_else(|_| number_of(text.parse().unwrap_or(f64::NAN)))
        }
        Val::BStr(bytes) | Val::TStr(bytes) => Value::String(String::from_utf8_lossy(bytes).into_owned()),
        Val::Arr(entries) => entries.iter().map(plain).collect(),
        Val::Obj(fields) => fields.iter().map(|(name, value)| (name_of(name), plain(value))).collect(),
    }
}

fn number_of(number: f64) -> Value {
    if number.is_nan() { Value::Null } else { Value::from(number.clamp(f64::MIN, f64::MAX)) }
}

fn name_of(name: &Val) -> String {
    match name {
        Val::BStr(bytes) | Val::TStr(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        other => other.to_string(),
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
    fn lines_are_spelled_as_without_a_filter() {
        let list = json!([{"id": 1, "name": "é"}, {"id": 2, "name": "b"}]);
        let shown = Filter::compile(".[]").and_then(|filter| filter.run(&list, Format::Jsonl));
        assert_eq!(shown.as_deref(), Ok("{\"id\": 1, \"name\": \"\\u00e9\"}\n{\"id\": 2, \"name\": \"b\"}"));
    }

    #[test]
    fn numbers_keep_their_digits() {
        for digits in ["12345678901234567890", "-12345678901234567890", "1.0", "1.10", "0.1", "9007199254740993"] {
            let value: Value = serde_json::from_str(&format!(r#"{{"n": {digits}}}"#)).expect("JSON");
            assert_eq!(run(".n", &value), digits);
            assert_eq!(run("[.n]", &value), format!("[\n  {digits}\n]"));
            assert_eq!(run(".", &value), format!("{{\n  \"n\": {digits}\n}}"));
        }
    }

    #[test]
    fn mistakes_are_found_before_anything_is_asked() {
        for bad in [".[", "nosuch", "| x", "{"] {
            let error = Filter::compile(bad).err().expect("is refused");
            assert!(error.kind == FailureKind::InvalidArgument && error.detail.starts_with("--jq: "), "{bad}: {error}");
        }
    }

    #[test]
    fn what_jaq_lacks_is_there() {
        let rows = json!([["a\"b", 1, null, true], ["t\tn\n\\", 2.5, "", false]]);
        assert_eq!(run(".[0] | @csv", &rows), r#""\"a\"\"b\",1,,true""#);
        assert_eq!(run(".[1] | @tsv", &rows), r#""t\\tn\\n\\\\\t2.5\t\tfalse""#);
        assert_eq!(run("@csv \"x=\\([1, 2])\"", &rows), r#""x=1,2""#);
        assert_eq!(run("INDEX(.[1]) | keys", &rows), "[\n  \"1\",\n  \"2.5\"\n]");
        assert_eq!(run("[.[0][1] | IN(1, 2)]", &rows), "[\n  true\n]");
        assert_eq!(run("$__loc__.line", &rows), "1");
        assert_eq!(run("[$ENV, env | type]", &rows), "[\n  \"object\",\n  \"object\"\n]");
    }

    #[test]
    fn what_json_cannot_say_is_printed_as_jq_does() {
        assert_eq!(run("[nan, infinite] | map(isnan), .", &json!(null)).matches("null").count(), 1);
        assert_eq!(run("{a: -infinite}", &json!(null)), "{\n  \"a\": -1.7976931348623157e+308\n}");
    }

    #[test]
    fn halt_ends_the_filter_and_not_the_program() {
        assert_eq!(run("1, halt, 2", &json!(null)), "1");
        let failed = Filter::compile("halt(3)").and_then(|filter| filter.run(&json!(null), Format::Json));
        assert!(failed.is_err_and(|error| error.detail.contains("halt(3)")));
    }

    #[test]
    fn a_filter_that_fails_on_the_value_says_so() {
        let failed = Filter::compile(".a.b").and_then(|filter| filter.run(&json!("text"), Format::Json));
        assert!(failed.is_err_and(|error| error.detail.contains("--jq")));
    }
}
