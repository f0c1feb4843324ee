//! Questions as tools: of each family the few arguments that most questions need, in types that every host takes. Whatever else a
//! question has stands in `more`, as `get_ask_schema` shows it.

use mp_catalog::{Operation, OperationCall, find};
use mp_proto::failure::{Failure, FailureKind, Problem};
use rmcp::model::JsonObject;
use serde_json::{Value, json};

use crate::ask::tests_of;

/// A family of questions as a tool.
pub(super) struct Question {
    pub(super) tool: &'static str,
    pub(super) title: &'static str,
    pub(super) about: &'static str,
    /// The operation that answers.
    pub(super) id: &'static str,
    /// Its own arguments: name, kind, and what it is.
    fields: &'static [Field],
    /// What a range of days has is asked for, too.
    has_days: bool,
    /// Questions that are asked like this: arguments of the operation.
    pub(super) examples: &'static [(&'static str, &'static str)],
}

type Field = (&'static str, Kind, &'static str);

/// The type of an argument.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Texts,
    Whole,
    Flag,
    Word(&'static [&'static str]),
    Object,
}

const WHERE: Field = ("where", Kind::Text, "Tests: plan = \"pro\" and age > 30 and country in (\"DE\", \"FR\")");
const GROUP_BY: Field = ("group_by", Kind::Texts, "Properties to break down by");
const UNITS: &[&str] = &["hour", "day", "week", "month", "quarter"];

/// What every range of days has.
const DAYS: [Field; 3] = [
    ("from_date", Kind::Text, "YYYY-MM-DD"),
    ("to_date", Kind::Text, "YYYY-MM-DD"),
    ("last", Kind::Whole, "Days, in place of dates [default: 30]"),
];

/// What every question has.
const ALWAYS: [Field; 2] =
    [("more", Kind::Object, "Further arguments: get_ask_schema"), ("dry_run", Kind::Flag, "Only check it")];

/// The families.
pub(super) const QUESTIONS: [Question; 5] = [
    Question {
        tool: "ask_insights",
        title: "Ask for a trend",
        about: "Count events over time or in total, or measure their properties, broken down and filtered",
        id: "ask.insights",
        fields: &[
            ("events", Kind::Texts, "Names"),
            (
                "math",
                Kind::Text,
                "total, unique, dau, wau, mau, sessions; of math_property average, median, min, max, p90 … [default: total]",
            ),
            ("math_property", Kind::Text, "Numeric property"),
            ("formula", Kind::Text, "Over the events, A being the first: B/A*100"),
            ("unit", Kind::Word(UNITS), "[default: day]"),
            ("mode", Kind::Word(&["timeseries", "total", "table"]), "[default: timeseries]"),
            GROUP_BY,
            WHERE,
        ],
        has_days: true,
        examples: &[
            (
                "How many people signed up each week, by country?",
                r#"{"events": ["Sign Up"], "math": "unique", "unit": "week", "group_by": ["country"], "last": 90}"#,
            ),
            (
                "Average order value of customers on the pro plan",
                r#"{"events": ["Purchase"], "math": "average", "math_property": "amount", "where": [{"property": "plan", "op": "equals", "value": "pro"}], "mode": "total"}"#,
            ),
            (
                "Purchases per sign-up, in percent",
                r#"{"events": ["Sign Up", "Purchase"], "formula": "B/A*100", "formula_label": "bought, %"}"#,
            ),
            (
                "One event measured in two ways",
                r#"{"events": [{"event": "Purchase", "math": "unique"}, {"event": "Purchase", "math": "p90", "property": "amount"}]}"#,
            ),
        ],
    },
    Question {
        tool: "ask_funnel",
        title: "Ask for a conversion",
        about: "Count how many users go through steps, and where they are lost",
        id: "ask.funnel",
        fields: &[
            ("steps", Kind::Texts, "Events, 2 at least"),
            ("conversion_window", Kind::Whole, "Time for all steps [default: 14]"),
            (
                "conversion_window_unit",
                Kind::Word(&["second", "minute", "hour", "day", "week", "month", "session"]),
                "[default: day]",
            ),
            ("mode", Kind::Word(&["steps", "trends", "table"]), "[default: steps]"),
            GROUP_BY,
            WHERE,
        ],
        has_days: true,
        examples: &[
            (
                "Where do people give up on the way to a purchase?",
                r#"{"steps": ["View Item", "Add to Cart", "Purchase"], "conversion_window": 7}"#,
            ),
            (
                "Conversion per browser, within an hour",
                r#"{"steps": ["Sign Up", "Purchase"], "conversion_window": 1, "conversion_window_unit": "hour", "group_by": ["$browser"]}"#,
            ),
            (
                "A step with a filter of its own",
                r#"{"steps": ["View Item", {"event": "Purchase", "filters": [{"property": "amount", "op": "greater_than", "value": 100}]}]}"#,
            ),
        ],
    },
    Question {
        tool: "ask_retention",
        title: "Ask for retention",
        about: "Count how many users come back, by when they came first",
        id: "ask.retention",
        fields: &[
            ("born_event", Kind::Text, "First event"),
            ("return_event", Kind::Text, "The event that counts as a return"),
            ("retention_unit", Kind::Word(&["day", "week", "month"]), "[default: week]"),
            GROUP_BY,
            WHERE,
        ],
        has_days: true,
        examples: &[
            (
                "Do users come back weekly after they signed up?",
                r#"{"born_event": "Sign Up", "return_event": "Login", "retention_unit": "week", "last": 90}"#,
            ),
            (
                "After 1, 3, 7 and 30 days, per plan",
                r#"{"born_event": "Sign Up", "return_event": "Login", "retention_unit": "day", "bucket_sizes": [1, 3, 7, 30], "group_by": ["plan"]}"#,
            ),
        ],
    },
    Question {
        tool: "ask_flow",
        title: "Ask for ways",
        about: "Show which ways users take to and from an event",
        id: "ask.flow",
        fields: &[
            ("event", Kind::Texts, "Events"),
            ("forward", Kind::Whole, "Steps after it, 0 to 5 [default: 3]"),
            ("reverse", Kind::Whole, "Steps before it [default: 0]"),
            ("mode", Kind::Word(&["sankey", "paths", "tree"]), "[default: sankey]"),
            WHERE,
        ],
        has_days: true,
        examples: &[
            ("What do users do after they sign up?", r#"{"event": ["Sign Up"], "forward": 3}"#),
            (
                "The commonest ways to a purchase",
                r#"{"event": ["Purchase"], "forward": 0, "reverse": 4, "mode": "paths"}"#,
            ),
        ],
    },
    Question {
        tool: "ask_users",
        title: "Ask for users",
        about: "Count users, or list profiles, by what they are and did",
        id: "ask.users",
        fields: &[
            ("mode", Kind::Word(&["aggregate", "profiles"]), "Count, or list [default: aggregate]"),
            WHERE,
            ("cohort", Kind::Whole, "Id of a cohort that they are in"),
            ("properties", Kind::Texts, "Of profiles: these"),
            ("sort_by", Kind::Text, "Property"),
            ("search", Kind::Text, "Text in a profile"),
            ("distinct_id", Kind::Text, "One user"),
            ("limit", Kind::Whole, "Most profiles [default: 1]"),
        ],
        has_days: false,
        examples: &[
            (
                "How many users are on the pro plan?",
                r#"{"where": [{"property": "plan", "op": "equals", "value": "pro"}]}"#,
            ),
            (
                "The ten with the highest lifetime value",
                r#"{"mode": "profiles", "sort_by": "ltv", "properties": ["$email", "ltv"], "limit": 10}"#,
            ),
        ],
    },
];

/// Returns the question that is a tool.
pub(super) fn question(tool: &str) -> Option<&'static Question> {
    QUESTIONS.iter().find(|question| question.tool == tool)
}

impl Question {
    fn fields(&self) -> impl Iterator<Item = &'static Field> {
        let days: &[Field] = if self.has_days { &DAYS } else { &[] };
        self.fields.iter().chain(days).chain(&ALWAYS)
    }

    /// Returns the properties of its schema.
    pub(super) fn properties(&self) -> JsonObject {
        let property = |(name, kind, about): &Field| ((*name).to_owned(), kind.schema(about));
        self.fields().map(property).collect()
    }

    /// Returns the operation that answers.
    ///
    /// # Errors
    /// Never: a test looks for all of them.
    pub(super) fn operation(&self) -> Result<&'static Operation, Failure> {
        find(self.id).ok_or_else(|| Failure::new(FailureKind::Internal, format!("there is no {}", self.id)))
    }

    /// Returns the call that asks it.
    ///
    /// # Errors
    /// When what the tool itself takes is wrong.
    pub(super) fn call(&self, mut given: JsonObject) -> Result<OperationCall, Failure> {
        let mut problems = Vec::new();
        let dry_run = match given.shift_remove("dry_run") {
            None | Some(Value::Null) => false,
            Some(Value::Bool(is_wanted)) => is_wanted,
            Some(_) => {
                problems.push(Problem::new("dry_run", "must be true or false"));
                false
            }
        };
        match given.shift_remove("more") {
            None | Some(Value::Null) => {}
            Some(Value::Object(more)) => {
                for (name, value) in more {
                    if given.contains_key(&name) {
                        problems.push(Problem::new(format!("more.{name}"), "stands beside `more`, too"));
                    }
                    given.insert(name, value);
                }
            }
            Some(_) => problems.push(Problem::new("more", "must be an object, as get_ask_schema shows it")),
        }
        if let Some(text) = given.get("where").and_then(Value::as_str).map(str::to_owned) {
            match self.tests(&text) {
                Ok(Some(tests)) => drop(given.insert("where".to_owned(), tests)),
                Ok(None) => {}
                Err(problem) => problems.push(Problem::new("where", problem)),
            }
        }
        if problems.is_empty() {
            return Ok(OperationCall { arguments: given, dry_run, ..OperationCall::default() });
        }
        let detail = format!("{} cannot be asked like this", self.tool);
        Err(Failure::new(FailureKind::InvalidArgument, detail).errors(problems))
    }

    /// Reads `where` as a text; none where it is a selector in Mixpanel's own words, which users can be asked by.
    fn tests(&self, text: &str) -> Result<Option<Value>, String> {
        if !self.has_days && (text.contains("properties[") || text.contains("user[")) {
            return Ok(None);
        }
        tests_of(text).map(|tests| Some(tests.into()))
    }
}

impl Kind {
    fn schema(self, about: &str) -> Value {
        let mut schema = match self {
            Self::Text => json!({"type": "string"}),
            Self::Texts => json!({"type": "array", "items": {"type": "string"}}),
            Self::Whole => json!({"type": "integer"}),
            Self::Flag => json!({"type": "boolean"}),
            Self::Word(words) => json!({"type": "string", "enum": words}),
            Self::Object => json!({"type": "object", "properties": {}}),
        };
        schema["description"] = about.into();
        schema
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(tool: &str, given: Value) -> Result<OperationCall, Failure> {
        question(tool).expect("a tool").call(given.as_object().expect("an object").clone())
    }

    #[test]
    fn what_is_listed_is_true() {
        for question in &QUESTIONS {
            let schema = Value::Object(question.operation().expect("a row").input_schema());
            for (name, kind, _) in question.fields().filter(|(name, ..)| !ALWAYS.iter().any(|(one, ..)| one == name)) {
                let field = schema["properties"].get(name).unwrap_or_else(|| panic!("{}: {name}", question.tool));
                if let Kind::Word(words) = kind {
                    let known = field.to_string();
                    assert!(words.iter().all(|word| known.contains(&format!("\"{word}\""))), "{name}: {known}");
                }
            }
            for (about, example) in question.examples {
                let arguments: JsonObject = serde_json::from_str(example).expect("JSON");
                let today = "2025-06-30".parse().expect("a day");
                let family = question.operation().expect("a row").asks.expect("a family");
                let built = mp_catalog::ask::build(family, &arguments, today);
                assert!(built.is_ok(), "{about}: {:?}", built.err());
            }
        }
    }

    #[test]
    fn arguments_become_those_of_the_operation() {
        let call = asked(
            "ask_insights",
            json!({"events": ["a"], "where": "plan = \"pro\" and age > 30", "more": {"rolling": 3}, "dry_run": true}),
        );
        let call = call.expect("a good question");
        assert!(call.dry_run && !call.link);
        assert_eq!(call.arguments["rolling"], 3);
        assert_eq!(call.arguments["where"].as_array().map(Vec::len), Some(2), "{:?}", call.arguments);
        let selector = json!({"where": "properties[\"plan\"] == \"pro\""});
        assert_eq!(
            asked("ask_users", selector.clone()).expect("a selector").arguments,
            *selector.as_object().expect("an object")
        );
        let filters = json!({"steps": ["a", "b"], "where": [{"property": "x", "op": "is_set"}]});
        assert_eq!(asked("ask_funnel", filters.clone()).expect("filters").arguments["where"], filters["where"]);
    }

    #[test]
    fn all_that_is_wrong_is_told_where_it_is() {
        let wrong = json!({"events": ["a"], "where": "plan = ", "more": {"events": ["b"]}, "dry_run": "yes"});
        let failure = asked("ask_insights", wrong).expect_err("all of it");
        let at: Vec<&str> = failure.errors.iter().map(|problem| problem.at.as_str()).collect();
        assert_eq!(at, ["dry_run", "more.events", "where"]);
        assert_eq!(asked("ask_flow", json!({"more": [1]})).expect_err("no object").errors[0].at, "more");
    }
}
