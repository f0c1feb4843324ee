//! Secrets: masked in `Debug`, wiped on drop, and readable only through [`Secret::expose`].

use std::fmt;
use std::sync::Arc;

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serializer};

// Clones share the text; the last one wipes it.
/// A password, token or code. It has no `Display`, no `Serialize` and no `PartialEq`.
#[derive(Clone)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
pub struct Secret(Arc<SecretString>);

impl Secret {
    /// Takes ownership of a secret text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Arc::new(SecretString::from(text.into())))
    }

    /// Returns the text. A search for this name is the review list of every place a secret leaves its type.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Returns whether the text is empty, which needs no exposure.
    pub fn is_empty(&self) -> bool {
        self.0.expose_secret().is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// A text that reveals a secret, on its way to whoever may see it. Masked in `Debug`, wiped on drop.
pub struct Revealing(Zeroizing<Vec<u8>>);

impl Revealing {
    /// Takes ownership of a text.
    pub fn new(text: Vec<u8>) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl AsRef<[u8]> for Revealing {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Revealing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

/// `serialize_with` of the few fields that must carry a secret over the socket.
///
/// # Errors
/// Those of the serializer.
pub fn revealed<S: Serializer>(secret: &Option<Secret>, serializer: S) -> Result<S::Ok, S::Error> {
    match secret {
        Some(secret) => serializer.serialize_some(secret.expose()),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_the_text() {
        let secret = Secret::new("s3cr3t");
        assert_eq!(format!("{secret:?} {:?}", Some(&secret)), "*** Some(***)");
        assert_eq!(format!("{:?}", Revealing::new(b"s3cr3t".to_vec())), "***");
    }
}
