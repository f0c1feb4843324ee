//! Old text and a change to new text. Pure, so that an edit can be redone when another program was faster.
//!
//! An edit touches the blocks it is about and nothing else: comments, order and the problems of other blocks stay. What it touched
//! must be without a problem afterwards. Several changes are made one after the other on the text.

mod account;
mod arguments;
mod change;
mod document;
mod editor;
mod error;
mod login;
#[cfg(test)]
mod properties;
mod secrets;
mod target;
#[cfg(test)]
mod tests;

use self::editor::Editor;

pub use change::Change;
pub use editor::Edited;
pub use error::EditError;
pub use login::{LoggedIn, LoginProjectChange};
pub use secrets::SecretPlace;

/// Applies a change to the text of a config file.
///
/// # Errors
/// When the file cannot be edited, or the change is refused; the text stays as it is.
pub fn edit(text: &str, change: &Change) -> Result<Edited, EditError> {
    let mut editor = Editor::open(text)?;
    editor.apply(change)?;
    editor.finish()
}
