//! Answers about sessions that were rendered before.

use std::sync::Arc;

use bytes::Bytes;
use mp_proto::context::Context;

use crate::me::user::Me;
use crate::session::memo::{Ingredients, Memo, same};

/// A rendered answer.
#[derive(Clone)]
pub struct Rendered {
    /// The body.
    pub body: Bytes,
    /// What is said beside it.
    pub notes: Vec<String>,
}

/// Rendered answers, each with the cached `/me` that it was made of, which is compared by identity, too.
#[derive(Default)]
pub struct SessionMemo(Memo<(Option<Arc<Me>>, Rendered)>);

impl SessionMemo {
    /// Returns the answer that was rendered from the same, if it is kept.
    pub fn get(&self, context: &Context, ingredients: &Ingredients, me: Option<&Arc<Me>>) -> Option<Rendered> {
        let (of, rendered) = self.0.get(context, ingredients)?;
        same(of.as_ref(), me).then_some(rendered)
    }

    /// Keeps an answer, in place of an older one for the same context.
    pub fn keep(&self, context: &Context, ingredients: Ingredients, me: Option<Arc<Me>>, rendered: Rendered) {
        self.0.keep(context, ingredients, (me, rendered));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::snapshot::Snapshot;

    #[test]
    fn another_me_is_another_answer() {
        let (memo, context) = (SessionMemo::default(), Context::default());
        let files = Ingredients { snapshot: Arc::new(Snapshot::new(1, "/c".into(), Ok(None))), bridge: None };
        let (me, again) = (Arc::new(Me::default()), Arc::new(Me::default()));
        let rendered = |text: &'static str| Rendered { body: Bytes::from_static(text.as_bytes()), notes: Vec::new() };
        let found = |me: Option<&Arc<Me>>| memo.get(&context, &files, me).map(|rendered| rendered.body);
        memo.keep(&context, files.clone(), Some(Arc::clone(&me)), rendered("a"));
        assert_eq!(found(Some(&me)), Some(Bytes::from_static(b"a")));
        assert_eq!((found(Some(&again)), found(None)), (None, None));
        memo.keep(&context, files.clone(), None, rendered("b"));
        assert_eq!((found(Some(&me)), found(None)), (None, Some(Bytes::from_static(b"b"))));
    }
}
