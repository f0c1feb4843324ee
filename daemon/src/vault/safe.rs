//! A place that keeps secrets. Its calls wait for others: they are made by the clerk's thread alone.

use mp_proto::secret::Secret;

use super::key::Key;
use super::trouble::Trouble;

/// A place that keeps the secrets of one storage root.
pub trait Safe: Send {
    /// Returns a secret; none when there is none under this key.
    ///
    /// # Errors
    /// When the place cannot be opened.
    fn get(&mut self, key: &Key) -> Result<Option<Secret>, Trouble>;

    /// Keeps a secret in place of the one that is there.
    ///
    /// # Errors
    /// When the place cannot be opened, or does not take it.
    fn put(&mut self, key: &Key, secret: &Secret) -> Result<(), Trouble>;

    /// Removes a secret, and returns whether there was one.
    ///
    /// # Errors
    /// When the place cannot be opened, or does not let it go.
    fn remove(&mut self, key: &Key) -> Result<bool, Trouble>;

    /// Returns the keys of all that is kept.
    ///
    /// # Errors
    /// When the place cannot be asked.
    fn keys(&mut self) -> Result<Vec<Key>, Trouble>;

    /// Finds out whether a secret could be put there now.
    ///
    /// # Errors
    /// When it could not.
    fn check(&mut self) -> Result<(), Trouble>;

    /// Lets the place ask its user for the password. Does not wait for it.
    ///
    /// # Errors
    /// When nobody can be asked.
    fn ask_user(&mut self) -> Result<(), Trouble>;
}
