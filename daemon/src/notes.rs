//! What the caller is told beside the answer, collected while its call is served: it goes along whatever becomes of the call, be it
//! refused or answered by a stream. So does the format that the user prefers, by the config that the call used.
//!
//! Notes belong to the task that serves the call. What runs in another task on its behalf has its own ways to tell something.

use std::cell::{Cell, RefCell};
use std::future::Future;

tokio::task_local! {
    static NOTES: RefCell<Vec<String>>;
    static FORMAT: Cell<Option<&'static str>>;
}

/// What is told beside an answer.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Noted {
    /// For people.
    pub notes: Vec<String>,
    /// The format in which the user wants lists at a terminal.
    pub format: Option<&'static str>,
}

/// Serves a call, and returns what came of it with what was noted meanwhile.
pub async fn collect<T>(work: impl Future<Output = T>) -> (T, Noted) {
    let noted = async {
        let done = work.await;
        (done, Noted { notes: NOTES.with(RefCell::take), format: FORMAT.with(Cell::get) })
    };
    FORMAT.scope(Cell::default(), NOTES.scope(RefCell::default(), noted)).await
}

/// Notes the format that the config of the call being served prefers.
pub fn prefer(format: Option<&'static str>) {
    let _ = FORMAT.try_with(|preferred| preferred.set(format));
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
                prefer(Some(note));
                note.len()
            })
        };
        let (one, other) = tokio::join!(call("one"), call("other"));
        let noted = |note: &'static str| Noted { notes: vec![note.to_owned()], format: Some(note) };
        assert_eq!((one, other), ((3, noted("one")), (5, noted("other"))));
        add("to nobody");
        prefer(None);
    }
}
