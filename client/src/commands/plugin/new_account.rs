//! The account that `mp plugin account add` reads from stdin: one JSON object. Nothing of it is ever repeated in an error.

use std::fmt;
use std::io::Read;

use mp_proto::failure::{Failure, FailureKind, Problems};
use mp_proto::secret::Secret;
use mp_proto::wire::AccountAdd;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Longest input, in bytes: several times the longest secret.
const MAX: u64 = 256 * 1024;

/// Reads an account from stdin.
///
/// # Errors
/// When it is no such object, or members are missing or wrong; all of them are told.
pub(super) fn from_stdin() -> Result<AccountAdd, Failure> {
    let mut text = String::new();
    let read = std::io::stdin().lock().take(MAX + 1).read_to_string(&mut text);
    let text = Secret::new(text);
    read.map_err(|error| invalid(format!("the account could not be read from stdin: {error}")))?;
    if text.expose().len() as u64 > MAX {
        return Err(invalid(format!("stdin has more than {MAX} bytes, which is no account")));
    }
    parse(text.expose())
}

fn invalid(detail: impl Into<String>) -> Failure {
    Failure::new(FailureKind::InvalidArgument, detail)
}

/// A member: a text, nothing, or something else, of which nothing is kept. What a text is for is not known here, so each counts as secret.
#[derive(Default)]
enum Member {
    #[default]
    Absent,
    Text(Secret),
    Other,
}

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MemberVisitor)
    }
}

struct MemberVisitor;

impl<'de> Visitor<'de> for MemberVisitor {
    type Value = Member;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or null")
    }

    fn visit_str<E>(self, text: &str) -> Result<Member, E> {
        Ok(Member::Text(Secret::new(text)))
    }

    fn visit_string<E>(self, text: String) -> Result<Member, E> {
        Ok(Member::Text(Secret::new(text)))
    }

    fn visit_unit<E>(self) -> Result<Member, E> {
        Ok(Member::Absent)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Member, E> {
        Ok(Member::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Member, E> {
        Ok(Member::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Member, E> {
        Ok(Member::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Member, E> {
        Ok(Member::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Member, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Member::Other)
    }

    // Numbers come this way, too.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Member, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Member::Other)
    }
}

/// What is read; other members are ignored, as the contract has it.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Input {
    name: Member,
    r#type: Member,
    region: Member,
    default_project: Member,
    username: Member,
    secret: Member,
    token: Member,
    token_env: Member,
}

fn parse(text: &str) -> Result<AccountAdd, Failure> {
    // A list of the members' values would be read as an object, too.
    let is_object = text.trim_start().starts_with('{');
    let input = if is_object { serde_json::from_str::<Input>(text) } else { Ok(Input::default()) };
    // The error itself may quote what it could not read.
    let input = input.map_err(|error| {
        let detail = if error.is_data() { "a member stands there twice" } else { "this is not JSON" };
        invalid(format!("stdin:{}:{}: {detail}; expected one object", error.line(), error.column()))
    })?;
    if !is_object {
        return Err(invalid("stdin: expected one JSON object with `name`, `type` and `region`"));
    }
    let mut problems = Problems::default();
    let account = AccountAdd {
        name: required("name", input.name, &mut problems),
        r#type: required("type", input.r#type, &mut problems).unwrap_or_default(),
        region: required("region", input.region, &mut problems),
        default_project: plain("default_project", input.default_project, &mut problems),
        username: plain("username", input.username, &mut problems),
        secret: secret("secret", input.secret, &mut problems),
        token: secret("token", input.token, &mut problems),
        token_env: plain("token_env", input.token_env, &mut problems),
    };
    let refused = |problems| invalid("the account on stdin cannot be added").errors(problems);
    problems.check(Some(account)).map_err(refused)
}

fn required(name: &str, value: Member, problems: &mut Problems) -> Option<String> {
    if matches!(value, Member::Absent) {
        problems.add(name, "is missing");
    }
    plain(name, value, problems)
}

fn plain(name: &str, value: Member, problems: &mut Problems) -> Option<String> {
    secret(name, value, problems).map(|text| text.expose().to_owned())
}

fn secret(name: &str, value: Member, problems: &mut Problems) -> Option<Secret> {
    match value {
        Member::Absent => None,
        Member::Text(text) => Some(text),
        Member::Other => {
            problems.add(name, "is not a text");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        let failure = parse(text).expect_err("it is refused");
        assert_eq!(failure.kind, FailureKind::InvalidArgument);
        format!("{failure} {:?}", failure.errors)
    }

    #[test]
    fn an_object_becomes_an_account_and_unknown_members_do_not_matter() {
        let text = r#" {"name": "a", "type": "service_account", "region": "us", "default_project": null, "username": "u\u00e9",
            "secret": "s", "color": ["red", 5, {"x": 1.5}], "size": 7}"#;
        let account = parse(text).expect("an account");
        assert_eq!((account.name.as_deref(), account.r#type.as_str()), (Some("a"), "service_account"));
        assert_eq!((account.region.as_deref(), account.username.as_deref()), (Some("us"), Some("ué")));
        assert_eq!(account.secret.as_ref().map(Secret::expose), Some("s"));
        assert!(account.default_project.is_none() && account.token.is_none() && account.token_env.is_none());
    }

    #[test]
    fn all_that_is_missing_or_wrong_is_told_at_once() {
        let told = refused(r#"{"region": 5, "default_project": 7, "secret": ["CaNaRy"]}"#);
        for part in ["name", "type", "region", "default_project", "secret", "is missing", "is not a text"] {
            assert!(told.contains(part), "{part} is not in {told}");
        }
    }

    #[test]
    fn nothing_of_the_input_is_repeated() {
        for text in [
            "\"CaNaRy\"",
            "[\"CaNaRy\"]",
            "CaNaRy",
            "{\"secret\": \"CaNaRy",
            "{\"secret\": CaNaRy}",
            "{\"secret\": \"CaNaRy\", \"secret\": \"CaNaRy\"}",
            "{\"secret\": {\"CaNaRy\": 1}}",
            "{\"name\": \"a\"} CaNaRy",
            "",
        ] {
            let told = refused(text);
            assert!(!told.contains("CaNaRy"), "{told}");
        }
        assert!(refused("{\n\"secret\": x}").contains("stdin:2:"), "the place is told");
    }
}
