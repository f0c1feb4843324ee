//! The names and numbers that identify things. Each has its rule here and is parsed once, at the edge.

use std::fmt;
use std::num::NonZeroU64;

use serde::{Deserialize, Deserializer, Serialize};

/// A value that does not obey the rule of its type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{value:?} is not {expected}")]
pub struct IdError {
    /// What was given.
    pub value: String,
    /// What would have been right, as the end of a sentence.
    pub expected: &'static str,
}

impl IdError {
    fn new(value: &str, expected: &'static str) -> Self {
        Self { value: value.chars().take(80).collect(), expected }
    }
}

/// The rule stands twice: as the code that keeps it, and as the pattern that documents show. The pattern is a `tt`: as a `literal` it would
/// reach utoipa in a wrapping that utoipa does not look into.
macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $expected:literal, $pattern:tt, $valid:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, pattern = $pattern))]
        pub struct $name(String);

        impl $name {
            /// The rule as a regular expression, for documents.
            pub const PATTERN: &'static str = $pattern;

            /// Returns the checked value.
            ///
            /// # Errors
            /// When the text breaks the rule of this type.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                let valid: fn(&str) -> bool = $valid;
                if valid(text) { Ok(Self(text.to_owned())) } else { Err(IdError::new(text, $expected)) }
            }

            /// Returns the text as it was given.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

text_id!(
    /// The key of an account in `config.toml` and the name of its directory below `accounts/`.
    AccountName,
    "an account name (1 to 64 of a-z, A-Z, 0-9, _ and -)",
    "^[A-Za-z0-9_-]{1,64}$",
    |text| (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
);

text_id!(
    /// The id of a Mixpanel project: digits, kept as text because files and URLs do.
    ProjectId,
    "a project id (digits only, such as 3187654)",
    "^[0-9]{1,32}$",
    |text| !text.is_empty() && text.len() <= 32 && text.bytes().all(|b| b.is_ascii_digit())
);

text_id!(
    /// The name of a saved target. Files may hold any non-empty text; new ones may not hold control characters.
    TargetName,
    "a target name (1 to 64 characters, no control characters, no space at either end)",
    r"^[^\s\u0000-\u001f\u007f-\u009f]([^\u0000-\u001f\u007f-\u009f]{0,62}[^\s\u0000-\u001f\u007f-\u009f])?$",
    |text| (1..=64).contains(&text.chars().count())
        && text.trim() == text
        && !text.chars().any(char::is_control)
);

/// The id of a workspace: a positive integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = i64, minimum = 1, maximum = 9223372036854775807i64))]
pub struct WorkspaceId(NonZeroU64);

impl WorkspaceId {
    /// What is expected of a number or a text, as the end of a sentence.
    pub const EXPECTED: &'static str = "a workspace id (a positive integer)";

    /// Returns the id, or nothing for zero, a negative number, or one that TOML's 64-bit integers cannot hold.
    pub fn new(value: i64) -> Option<Self> {
        u64::try_from(value).ok().and_then(NonZeroU64::new).map(Self)
    }

    /// Returns the id that decimal digits spell.
    ///
    /// # Errors
    /// When the text is anything else than a positive integer.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(IdError::new(text, Self::EXPECTED));
        }
        text.parse().ok().and_then(Self::new).ok_or_else(|| IdError::new(text, Self::EXPECTED))
    }

    /// Returns the number.
    pub fn get(self) -> u64 {
        self.0.get()
    }
}

impl fmt::Display for WorkspaceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for WorkspaceId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = i64::deserialize(deserializer)?;
        Self::new(value).ok_or_else(|| serde::de::Error::custom(IdError::new(&value.to_string(), Self::EXPECTED)))
    }
}

/// Each word is a `tt`, for the reason given at `text_id`.
macro_rules! word {
    ($(#[$doc:meta])* $name:ident, $expected:literal, { $($(#[$vdoc:meta])* $variant:ident = $text:tt),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// Every value, in the order in which documents list them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// What is expected of a text, as the end of a sentence.
            pub const EXPECTED: &'static str = $expected;

            /// Returns the value that the word names.
            ///
            /// # Errors
            /// When the word is none of them. Case matters, as it does for the Python tool.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err(IdError::new(text, Self::EXPECTED)),
                }
            }

            /// Returns the word used in files, on the wire and on the command line.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

word!(
    /// A data residency region. It decides every Mixpanel host.
    Region, "one of us, eu, in", {
        /// United States, `mixpanel.com`.
        Us = "us",
        /// European Union, `eu.mixpanel.com`.
        Eu = "eu",
        /// India, `in.mixpanel.com`.
        In = "in",
    }
);

word!(
    /// How an account authenticates.
    AccountType, "one of service_account, oauth_browser, oauth_token", {
        /// HTTP Basic with the user name and secret of a Mixpanel service account.
        ServiceAccount = "service_account",
        /// OAuth 2.0 authorization code with PKCE; tokens live in `accounts/NAME/tokens.json`.
        OauthBrowser = "oauth_browser",
        /// A bearer token given once, inline or by the name of an environment variable.
        OauthToken = "oauth_token",
    }
);

word!(
    /// Where secrets are kept.
    #[derive(Default)]
    SecretStore, "one of file, keyring, systemd-creds", {
        /// In the files of the storage root, which the Python tool reads, too.
        #[default]
        File = "file",
        /// In the keyring of the desktop: the Secret Service, or the Keychain of macOS.
        Keyring = "keyring",
        /// In files of the storage root that only this machine can decrypt, for this user alone: `systemd-creds --user`.
        SystemdCreds = "systemd-creds",
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_names_follow_the_rule_of_the_file() {
        for good in ["a", "Team_1-x", &"a".repeat(64)] {
            assert!(AccountName::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "a b", "../evil", "é", "a\n", &"a".repeat(65)] {
            assert!(AccountName::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn project_ids_are_ascii_digits() {
        assert!(ProjectId::parse("0012").is_ok());
        for bad in ["", "12a", " 1", "-1", "١٢"] {
            assert!(ProjectId::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn workspace_ids_are_positive_and_fit_a_toml_integer() {
        assert_eq!(WorkspaceId::parse("880102").map(WorkspaceId::get), Ok(880_102));
        for bad in ["0", "-5", "abc", "", "+1", "9223372036854775808"] {
            assert!(WorkspaceId::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn words_round_trip_through_text_and_json() {
        for region in Region::ALL {
            assert_eq!(Region::parse(region.as_str()).as_ref(), Ok(region));
            assert_eq!(serde_json::to_string(region).expect("a word serialises"), format!("\"{region}\""));
        }
        assert!(Region::parse("US").is_err());
    }

    #[test]
    fn an_id_error_names_the_value_and_the_rule() {
        let error = Region::parse("mars").expect_err("mars is no region");
        assert_eq!(error.to_string(), "\"mars\" is not one of us, eu, in");
    }
}
