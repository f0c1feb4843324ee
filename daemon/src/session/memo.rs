//! What was made of the same files before: sessions, and answers about them. Resolving is pure: the same context on the same files is the
//! same session, and the same answer, byte for byte.
//!
//! Only plain contexts are kept. Variables may be secrets and live for one request; another account may have a `/me` of its own.

use parking_lot::Mutex;
use std::sync::Arc;

use mp_proto::context::Context;

use crate::config::snapshot::Snapshot;
use crate::identity::bridge::Bridge;

/// How many are kept: tools on one machine ask from a handful of directories.
const CAPACITY: usize = 16;

/// The files that something was made of. They are compared by identity: a file that was read again is another one.
#[derive(Clone)]
pub struct Ingredients {
    /// The config.
    pub snapshot: Arc<Snapshot>,
    /// The bridge.
    pub bridge: Option<Arc<Bridge>>,
}

/// What was made, by context.
pub struct Memo<T>(Mutex<Vec<(Context, Ingredients, T)>>);

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl Ingredients {
    fn are(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.snapshot, &other.snapshot) && same(self.bridge.as_ref(), other.bridge.as_ref())
    }
}

/// Returns whether both are the same thing, or both are none.
pub fn same<T>(one: Option<&Arc<T>>, other: Option<&Arc<T>>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => Arc::ptr_eq(one, other),
        (None, None) => true,
        _ => false,
    }
}

/// Returns whether a context brings no variables and chooses no account, so that its answer may be kept.
pub fn is_plain(context: &Context) -> bool {
    context.env.is_empty() && context.account.is_none() && context.target.is_none() && !context.exact
}

/// Compares two plain contexts.
fn asks_the_same(one: &Context, other: &Context) -> bool {
    one.project == other.project && one.workspace == other.workspace && one.cwd == other.cwd
}

impl<T: Clone> Memo<T> {
    /// Returns what was made of the same, if it is kept.
    pub fn get(&self, context: &Context, ingredients: &Ingredients) -> Option<T> {
        if !is_plain(context) {
            return None;
        }
        let kept = self.0.lock();
        let found = kept.iter().find(|(known, of, _)| asks_the_same(known, context) && of.are(ingredients));
        found.map(|(_, _, made)| made.clone())
    }

    /// Keeps what was made, in place of something older for the same context.
    pub fn keep(&self, context: &Context, ingredients: Ingredients, made: T) {
        if !is_plain(context) {
            return;
        }
        let mut kept = self.0.lock();
        // Nothing of an older config stays here, for it may hold a secret that its owner has removed.
        kept.retain(|(known, of, _)| {
            Arc::ptr_eq(&of.snapshot, &ingredients.snapshot) && !asks_the_same(known, context)
        });
        if kept.len() == CAPACITY {
            kept.remove(0);
        }
        kept.push((context.clone(), ingredients, made));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot() -> Ingredients {
        Ingredients { snapshot: Arc::new(Snapshot::new(1, "/c".into(), Ok(None))), bridge: None }
    }

    fn at(cwd: &str) -> Context {
        Context { cwd: Some(cwd.to_owned()), ..Context::default() }
    }

    #[test]
    fn an_answer_is_found_by_what_it_was_made_of() {
        let (memo, files) = (Memo::<&str>::default(), snapshot());
        memo.keep(&at("/a"), files.clone(), "a");
        assert_eq!(memo.get(&at("/a"), &files), Some("a"));
        assert!(memo.get(&at("/b"), &files).is_none(), "another context");
        assert!(memo.get(&at("/a"), &snapshot()).is_none(), "the same content, but read again");
    }

    #[test]
    fn variables_and_other_accounts_are_never_kept_and_never_answered() {
        let mut secret = at("/a");
        secret.env.insert("MP_PROJECT_ID", "7");
        let other = Context { account: Some("other".into()), ..at("/a") };
        let target = Context { target: Some("web".into()), ..at("/a") };
        for context in [secret, other, target] {
            let (memo, files) = (Memo::<&str>::default(), snapshot());
            memo.keep(&context, files.clone(), "7");
            assert!(memo.0.lock().is_empty());
            memo.keep(&at("/a"), files.clone(), "a");
            assert!(memo.get(&context, &files).is_none());
        }
    }

    #[test]
    fn an_older_config_is_let_go() {
        let (memo, old, new) = (Memo::<&str>::default(), snapshot(), snapshot());
        memo.keep(&at("/a"), old.clone(), "old");
        let weak = Arc::downgrade(&old.snapshot);
        drop(old);
        memo.keep(&at("/b"), new, "new");
        assert!(weak.upgrade().is_none());
    }

    #[test]
    fn the_number_of_answers_is_bounded() {
        let (memo, files) = (Memo::<&str>::default(), snapshot());
        for number in 0..CAPACITY * 3 {
            memo.keep(&at(&format!("/{number}")), files.clone(), "x");
            memo.keep(&at(&format!("/{number}")), files.clone(), "y");
        }
        assert_eq!(memo.0.lock().len(), CAPACITY);
    }
}
