//! What an agent must not see of an answer: passwords and keys that Mixpanel returns, and URLs that open something for whoever has them.

use serde_json::Value;

/// What stands in place of a secret.
const HIDDEN: &str = "(hidden)";

/// Fields that hold a secret, wherever they are.
const FIELDS: [&str; 12] = [
    "password",
    "secret",
    "api_secret",
    "api_key",
    "client_secret",
    "access_token",
    "refresh_token",
    "id_token",
    "authorization",
    "private_key",
    "secret_key",
    "service_account_secret",
];

/// Parts of the names of query parameters that make a URL a key.
const SIGNS: [&str; 5] = ["signature", "x-amz-", "x-goog-", "policy=", "token="];

/// Hides secrets in a value.
pub(super) fn hide(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let is_secret = FIELDS.contains(&name.to_ascii_lowercase().as_str());
                if is_secret && !(value.is_null() || value.is_boolean() || value == "") {
                    *value = HIDDEN.into();
                } else {
                    hide(value);
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(hide),
        Value::String(text) => {
            if let Some(short) = unsigned(text) {
                *text = short;
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Returns a signed URL without what signs it; none for a text that is no such URL.
fn unsigned(text: &str) -> Option<String> {
    let (url, query) = text.split_once('?')?;
    let is_url = url.starts_with("https://") || url.starts_with("http://");
    let query = query.to_ascii_lowercase();
    (is_url && SIGNS.iter().any(|sign| query.contains(sign))).then(|| format!("{url}?{HIDDEN}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn secrets_are_hidden_wherever_they_are() {
        let mut value = json!({
            "webhook": {"name": "n", "Password": "p", "auth_type": "basic", "secret": null, "has": {"api_secret": {"a": 1}}},
            "urls": ["https://h/x?a=1&X-Goog-Signature=abc", "https://h/x?a=1", "why?signature", "https://h/?Signature=x"],
            "refresh_token": false,
        });
        hide(&mut value);
        let expected = json!({
            "webhook": {"name": "n", "Password": HIDDEN, "auth_type": "basic", "secret": null, "has": {"api_secret": HIDDEN}},
            "urls": ["https://h/x?(hidden)", "https://h/x?a=1", "why?signature", "https://h/?(hidden)"],
            "refresh_token": false,
        });
        assert_eq!(value, expected);
    }
}
