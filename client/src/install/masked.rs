//! Entries of others as they are shown: what may be secret is not.

use serde_json::Value;

/// Returns an entry of somebody else on one line, without what may be secret.
pub(super) fn masked(key: &str, value: &Value) -> String {
    let is_secret = |word: &str| {
        let word = word.to_ascii_lowercase();
        ["token", "secret", "password", "authorization", "bearer", "key=", "api-key", "apikey"]
            .iter()
            .any(|part| word.contains(part))
    };
    match value {
        Value::Object(members) => {
            let inner = |(name, value): (&String, &Value)| {
                let hides = is_secret(name) || ["env", "environment", "headers", "http_headers"].contains(&key);
                let value = if hides { "\"***\"".to_owned() } else { masked(name, value) };
                format!("{}: {value}", Value::from(name.as_str()))
            };
            format!("{{{}}}", members.iter().map(inner).collect::<Vec<_>>().join(", "))
        }
        Value::Array(elements) => {
            let before = std::iter::once(&Value::Null).chain(elements);
            let inner = |(before, value): (&Value, &Value)| {
                if before.as_str().is_some_and(is_secret) { "\"***\"".to_owned() } else { masked(key, value) }
            };
            format!("[{}]", before.zip(elements).map(inner).collect::<Vec<_>>().join(", "))
        }
        Value::String(text) if is_secret(text) => "\"***\"".to_owned(),
        _ => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_may_be_secret_is_not_shown() {
        let entry = json!({"command": "npx", "args": ["-y", "x", "--header", "Authorization: Bearer s3cret", "--token", "s3cret"],
            "env": {"A": "s3cret"}, "headers": {"X-B": "s3cret"}, "url": "https://x.example/?key=s3cret", "api_token": "s3cret", "n": [1]});
        let shown = masked("", &entry);
        assert!(!shown.contains("s3cret"), "{shown}");
        assert!(shown.contains("npx") && shown.contains("\"--token\"") || shown.contains("***"), "{shown}");
    }
}
