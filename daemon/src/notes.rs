//! What the caller is told beside the answer, collected while its call is served: it goes along whatever becomes of the call, be it
//! refused or answered by a stream. So does the format that the user prefers, by the config that the call used.
//!
//! Notes belong to the task that serves the call. What runs in another task on its behalf has its own ways to tell something.

use std::cell::{Cell, RefCell};
use std::future::Future;

use mp_proto::mend::Mended;

tokio::task_local! {
    static NOTED: Noted;
}

/// What was noted for one call.
#[derive(Default)]
struct Noted {
    notes: RefCell<Vec<String>>,
    mended: RefCell<Mended>,
    format: Cell<Option<&'static str>>,
}

/// What is told beside an answer.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// For people.
    pub notes: Vec<String>,
    /// The format in which the user wants lists at a terminal.
    pub format: Option<&'static str>,
}

impl Noted {
    fn told(&self) -> Told {
        let mut notes = self.notes.take();
        notes.extend(self.mended.take().note().map(|note| format!("{note}: --strict refuses such answers")));
        Told { notes, format: self.format.get() }
    }
}

/// Serves a call, and returns what came of it with what was noted meanwhile.
pub async fn collect<T>(work: impl Future<Output = T>) -> (T, Told) {
    let noted = async {
        let done = work.await;
        (done, NOTED.with(Noted::told))
    };
    NOTED.scope(Noted::default(), noted).await
}

/// Notes the format that the config of the call being served prefers.
pub fn prefer(format: Option<&'static str>) {
    let _ = NOTED.try_with(|noted| noted.format.set(format));
}

/// Notes something for the caller whose call is being served, once. Outside of a call nobody is there to be told.
pub fn add(note: &str) {
    let _ = NOTED.try_with(|noted| {
        let mut notes = noted.notes.borrow_mut();
        if !notes.iter().any(|known| known == note) {
            notes.push(note.to_owned());
        }
    });
}

/// Notes for the caller that some of an answer was mended. Of all answers that a call needs, it is told once.
pub fn mended(what: &Mended) {
    let _ = NOTED.try_with(|noted| noted.mended.borrow_mut().join(what));
}

/// Returns what was mended so far for the call that is being served, and forgets it.
pub fn take_mended() -> Mended {
    NOTED.try_with(|noted| noted.mended.take()).unwrap_or_default()
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
        let noted = |note: &'static str| Told { notes: vec![note.to_owned()], format: Some(note) };
        assert_eq!((one, other), ((3, noted("one")), (5, noted("other"))));
        add("to nobody");
        prefer(None);
    }

    #[tokio::test]
    async fn what_was_mended_is_one_note_unless_it_was_taken() {
        let call = |is_taken: bool| {
            collect(async move {
                for _ in 0..2 {
                    let mut what = Mended::default();
                    mp_proto::mend::mend(b"NaN", |odd| what.add(odd));
                    mended(&what);
                }
                if is_taken { take_mended().values } else { 0 }
            })
        };
        let said = "2 values were mended (NaN or infinity: 2): --strict refuses such answers";
        let told = |notes| Told { notes, format: None };
        assert_eq!(call(false).await, (0, told(vec![said.to_owned()])));
        assert_eq!(call(true).await, (2, told(Vec::new())));
        mended(&Mended::default());
        assert_eq!(take_mended(), Mended::default());
    }
}
