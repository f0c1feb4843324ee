//! A call as it is typed: the words of the command line that makes it.

use serde_json::{Map, Value};

use crate::operation::{Kind, Operation, Param};

impl Operation {
    /// Returns the words of the command with these arguments, as far as a command line has them: what comes from a file is `FILE`, and a
    /// secret comes from standard input.
    pub fn line(&self, arguments: &Map<String, Value>) -> Vec<String> {
        let mut line: Vec<String> = self.command.iter().map(|word| (*word).to_owned()).collect();
        let given = |param: &&Param| arguments.get(param.name).is_some_and(|value| !value.is_null());
        let (bare, options): (Vec<&Param>, Vec<&Param>) =
            self.params.iter().filter(given).partition(|param| param.positional);
        for param in bare.into_iter().chain(options) {
            words(param, &arguments[param.name], &mut line);
        }
        line
    }

    /// Returns a command to paste that makes a call: `before` are flags of the session, `behind` are some more of its own.
    pub fn typed(&self, before: &str, arguments: &Map<String, Value>, behind: &str) -> String {
        let line: Vec<String> = self.line(arguments).iter().map(|word| quoted(word)).collect();
        format!("mp {before}{}{behind}", line.join(" "))
    }
}

/// Returns a word as a shell reads it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:,+@%".contains(c);
    let is_bare = !word.is_empty() && word.chars().all(is_plain);
    if is_bare { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

fn words(param: &Param, value: &Value, line: &mut Vec<String>) {
    let flag = format!("--{}", param.name.replace('_', "-"));
    match (param.kind, value) {
        (Kind::Flag | Kind::Toggle, value) if is(value, true) => line.push(flag),
        (Kind::Toggle, _) => line.push(flag.replacen("--", "--no-", 1)),
        (Kind::Flag, _) => {}
        (Kind::List | Kind::Names | Kind::Ints, Value::Array(_)) => line.extend([flag, value.to_string()]),
        (_, Value::Array(all)) if param.repeats => all.iter().for_each(|one| words(param, one, line)),
        (kind, value) => {
            let text = match (kind, value) {
                (Kind::Secret, _) => "-".to_owned(),
                (Kind::JsonFile | Kind::TextFile | Kind::File | Kind::Output, _) => "FILE".to_owned(),
                (_, Value::String(text)) => text.clone(),
                (_, other) => other.to_string(),
            };
            line.extend((!param.positional).then_some(flag));
            line.push(text);
        }
    }
}

/// Whether a value is a truth, which a command line has as a word.
fn is(value: &Value, truth: bool) -> bool {
    value.as_bool() == Some(truth) || value.as_str() == Some(if truth { "true" } else { "false" })
}

#[cfg(test)]
mod tests {
    use crate::nouns::find;
    use serde_json::json;

    fn line(id: &str, arguments: serde_json::Value) -> String {
        find(id).expect("a row").line(arguments.as_object().expect("an object")).join(" ")
    }

    #[test]
    fn a_call_is_typed_with_its_words_first() {
        assert_eq!(line("reports.resolve", json!({"run": true, "link": "x", "mode": null})), "reports resolve x --run");
        assert_eq!(line("metrics.delete", json!({"metric_ids": ["1", 2]})), "metrics delete 1 2");
        let graph = json!({"density": false, "user_properties": "true"});
        assert_eq!(line("inspect.schema-graph", graph), "inspect schema-graph --no-density --user-properties");
        let hidden = json!({"name": "n", "url": "u", "password": "hush"});
        assert_eq!(line("webhooks.create", hidden), "webhooks create --name n --url u --password -");
        let link = json!({"link": "it's/#x"});
        let typed =
            find("reports.resolve").expect("a row").typed("-p 7 ", link.as_object().expect("an object"), " --run");
        assert_eq!(typed, r"mp -p 7 reports resolve 'it'\''s/#x' --run");
        let ids = json!({"ids": [1, 2]});
        assert_eq!(line("dashboards.list", ids), "dashboards list --ids [1,2]");
    }
}
