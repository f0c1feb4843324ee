//! What the caller is told beside the answer, collected while its call is served: it goes along whatever becomes of the call, be it
//! refused or answered by a stream.
//!
//! Notes belong to the task that serves the call. What runs in another task on its behalf has its own ways to tell something.

use std::cell::RefCell;
use std::future::Future;

tokio::task_local! {
    static NOTES: RefCell<Vec<String>>;
}

/// Serves a call, and returns what came of it with what was noted meanwhile.
pub async fn collect<T>(work: impl Future<Output = T>) -> (T, Vec<String>) {
    let noted = async {
        let done = work.await;
        (done, NOTES.with(RefCell::take))
    };
    NOTES.scope(RefCell::default(), noted).await
}

/// Notes something for the caller whose call is being served, once. Outside of a call nobody is there to be told.
pub fn add(note: &str) {
    let _ = NOTES.try_with(|notes| {
        let mut notes = notes.borrow_mut();
        if !notes.iter().any(|known| known == note) {
            notes.push(note.to_owned());
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn notes_go_with_the_call_that_made_them_and_are_told_once() {
        let call = |note: &'static str| {
            collect(async move {
                add(note);
                tokio::task::yield_now().await;
                add(note);
                note.len()
            })
        };
        let (one, other) = tokio::join!(call("one"), call("other"));
        assert_eq!((one, other), ((3, vec!["one".to_owned()]), (5, vec!["other".to_owned()])));
        add("to nobody");
    }
}
