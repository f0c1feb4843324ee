//! The fields of an account, in a block of the config or in a bridge file: checked by one rule, and worded by whoever reads the file.

use mp_proto::ids::{AccountName, AccountType, IdError, ProjectId, Region};

use super::account::{Account, COMMON_KEYS, Credential, Needs, TypeRules, rules_of};
use super::problem::Located;

/// A key with its value, which may be a secret.
pub(crate) struct Field<'a> {
    pub(crate) key: &'a str,
    pub(crate) value: FieldValue<'a>,
    /// Offset of the key.
    pub(crate) key_at: usize,
    /// Offset of the value.
    pub(crate) value_at: usize,
    /// Line of the value.
    pub(crate) line: usize,
}

/// What stands under a key. All keys of an account hold strings.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum FieldValue<'a> {
    /// A string.
    Text(&'a str),
    /// Something else, such as "an integer".
    Other(&'static str),
    /// The null of JSON, which means that the key is not there.
    Null,
}

/// Something wrong with a field.
#[derive(Debug)]
pub(crate) struct FieldProblem<'a> {
    /// The key.
    pub(crate) key: &'a str,
    /// Its offset, or its value's; none for one that is missing.
    pub(crate) at: Option<usize>,
    /// What is wrong.
    pub(crate) wrong: Wrong,
    /// The type whose credential it is about; none for what all types have.
    pub(crate) credential: Option<&'static TypeRules>,
}

/// What can be wrong with a field.
#[derive(Debug)]
pub(crate) enum Wrong {
    /// It is missing.
    Missing {
        /// What should be there.
        expected: &'static str,
    },
    /// It is no string.
    NoText {
        /// What it is.
        found: &'static str,
        /// What should be there.
        expected: &'static str,
    },
    /// It breaks the rule of its kind.
    Rule {
        /// How.
        error: IdError,
        /// What should be there.
        expected: &'static str,
    },
    /// It is empty.
    Empty {
        /// What should be there.
        expected: &'static str,
    },
    /// A name that is not that of the block.
    OtherName(AccountName),
    /// No account of this type has such a key; of an unknown type: no account at all.
    Unknown(Option<AccountType>),
    /// There is another key, too, of those that exclude each other.
    Both {
        /// All of these.
        keys: String,
    },
    /// There is none of those of which there must be one.
    Neither {
        /// All of these.
        keys: String,
    },
}

/// Checks the fields of an account and tells everything that is wrong with them. An account whose name was refused has none here, and
/// is none whatever its fields are.
///
/// # Errors
/// All problems.
pub(crate) fn check<'a>(
    name: Option<&AccountName>,
    line: usize,
    fields: &'a [Field<'a>],
) -> Result<Account, Vec<FieldProblem<'a>>> {
    let mut checker = Checker { fields, credential: None, problems: Vec::new() };
    let kind = checker.parse("type", AccountType::EXPECTED, true, AccountType::parse).map(|(kind, _)| kind);
    checker.refuse_unknown(name, kind);
    let region = checker.parse("region", Region::EXPECTED, true, Region::parse);
    let project = checker.parse("default_project", "a string of digits, such as \"3187654\"", false, ProjectId::parse);
    let credential = kind.and_then(|kind| checker.credential(kind));
    match (name, region, credential) {
        (Some(name), Some((region, _)), Some(credential)) if checker.problems.is_empty() => {
            let default_project = project.map(|(value, line)| Located { value, line });
            let kept = match &credential {
                Credential::Kept(kept) => Some(kept.store),
                _ => None,
            };
            Ok(Account { name: name.clone(), region, default_project, credential, kept, line })
        }
        _ => Err(checker.problems),
    }
}

struct Checker<'a> {
    fields: &'a [Field<'a>],
    /// The type whose credential is just being checked.
    credential: Option<&'static TypeRules>,
    problems: Vec<FieldProblem<'a>>,
}

impl<'a> Checker<'a> {
    fn field(&self, key: &str) -> Option<&'a Field<'a>> {
        self.fields.iter().find(|field| field.key == key && field.value != FieldValue::Null)
    }

    fn problem(&mut self, key: &'a str, at: Option<usize>, wrong: Wrong) {
        self.problems.push(FieldProblem { key, at, wrong, credential: self.credential });
    }

    fn refuse_unknown(&mut self, name: Option<&AccountName>, kind: Option<AccountType>) {
        let known = known_keys(kind);
        for field in self.fields {
            match (field.key, name) {
                ("name", Some(name)) if field.value != FieldValue::Text(name.as_str()) => {
                    self.problem(field.key, Some(field.value_at), Wrong::OtherName(name.clone()));
                }
                ("name", _) => {}
                (key, _) if known.contains(&key) => {}
                (key, _) => self.problem(key, Some(field.key_at), Wrong::Unknown(kind)),
            }
        }
    }

    /// Returns the text of a field with its line.
    fn text(&mut self, key: &'static str, expected: &'static str, required: bool) -> Option<(&'a str, usize)> {
        match self.field(key) {
            Some(Field { value: FieldValue::Text(text), line, .. }) => return Some((text, *line)),
            Some(Field { value: FieldValue::Other(found), value_at, .. }) => {
                self.problem(key, Some(*value_at), Wrong::NoText { found, expected });
            }
            _ if required => self.problem(key, None, Wrong::Missing { expected }),
            _ => {}
        }
        None
    }

    fn parse<T>(
        &mut self,
        key: &'static str,
        expected: &'static str,
        required: bool,
        parse: fn(&str) -> Result<T, IdError>,
    ) -> Option<(T, usize)> {
        let (text, line) = self.text(key, expected, required)?;
        let at = self.field(key).map(|field| field.value_at);
        parse(text)
            .map_err(|error| self.problem(key, at, Wrong::Rule { error, expected }))
            .ok()
            .map(|value| (value, line))
    }

    fn credential(&mut self, kind: AccountType) -> Option<Credential> {
        let rules = rules_of(kind);
        self.credential = Some(rules);
        let mut texts = Vec::new();
        for key in rules.keys {
            let text = self.text(key.name, key.in_file, rules.needs == Needs::All);
            if let (Some(("", _)), false) = (text, key.may_be_empty) {
                let at = self.field(key.name).map(|field| field.value_at);
                self.problem(key.name, at, Wrong::Empty { expected: key.in_file });
            }
            texts.extend(text.map(|(text, _)| (key.name, text)));
        }
        if rules.needs == Needs::One {
            self.exactly_one(rules)?;
        }
        Credential::of_texts(kind, |key| texts.iter().find(|(name, _)| *name == key).map(|(_, text)| *text))
    }

    fn exactly_one(&mut self, rules: &'static TypeRules) -> Option<()> {
        let present: Vec<_> = rules.keys.iter().filter_map(|key| self.field(key.name)).collect();
        match (present.as_slice(), rules.keys) {
            ([_], _) => return Some(()),
            ([_, .., last], _) => self.problem(last.key, Some(last.key_at), Wrong::Both { keys: rules.names("") }),
            ([], [first, ..]) => self.problem(first.name, None, Wrong::Neither { keys: rules.names("") }),
            ([], []) => {}
        }
        None
    }
}

/// Returns the keys that accounts of a type, or of any type, may have.
fn known_keys(kind: Option<AccountType>) -> Vec<&'static str> {
    let kinds = kind.as_ref().map_or(AccountType::ALL, std::slice::from_ref);
    let own = kinds.iter().flat_map(|kind| rules_of(*kind).keys).map(|key| key.name);
    COMMON_KEYS.into_iter().chain(own).collect()
}

impl FieldProblem<'_> {
    /// Returns what is wrong, in the words of the config. A text that breaks its rule is quoted; those that may be secret have no rule.
    pub(crate) fn in_config(&self) -> String {
        let key = self.key;
        match &self.wrong {
            Wrong::Missing { expected } => format!("{key} is missing: expected {expected}"),
            Wrong::NoText { found, expected } => format!("{key} is {found}: expected {expected}"),
            Wrong::Rule { error, expected } => format!("{key} is {:?}: expected {expected}", error.value),
            Wrong::Empty { expected } => format!("{key} is empty: expected {expected}"),
            Wrong::OtherName(name) => {
                format!("name differs from the key of the block: expected \"{name}\", or no name")
            }
            Wrong::Unknown(kind) => {
                let owner = kind.map_or("an account".to_owned(), |kind| format!("a {kind} account"));
                format!("unknown key {key:?}: {owner} has {}", known_keys(*kind).join(", "))
            }
            Wrong::Both { keys } => format!("{keys} are both set: expected exactly one of them"),
            Wrong::Neither { keys } => format!("{key} is missing: expected exactly one of {keys}"),
        }
    }
}
