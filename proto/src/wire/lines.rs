//! What is told at the end of a stream of lines.

use serde::{Deserialize, Serialize};

use crate::mend::{Mended, counted};

/// What became of lines that were not as they should be: the trailer [`crate::routes::LINES_TRAILER`], as JSON.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinesTally {
    /// What was mended.
    #[serde(default)]
    pub mended: Mended,
    /// Lines that were left out, for they were no events, or profiles.
    #[serde(default)]
    pub bad: u64,
}

impl LinesTally {
    /// Returns whether all was well.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Counts what was counted elsewhere.
    pub fn join(&mut self, other: &Self) {
        self.mended.join(&other.mended);
        self.bad += other.bad;
    }

    /// Says of what was mended how to have it otherwise; none when nothing was.
    pub fn mended_note(&self) -> Option<String> {
        let note = self.mended.note()?;
        Some(format!("{note}: --raw passes lines untouched, --strict refuses such values"))
    }

    /// Says how many lines were left out, and where they are; none when there were none.
    pub fn bad_note(&self, file: Option<&str>) -> Option<String> {
        if self.bad == 0 {
            return None;
        }
        let lines = counted(self.bad, "bad line");
        let (was, is) = if self.bad == 1 { ("was", "is") } else { ("were", "are") };
        Some(match file {
            Some(file) => format!("{lines} {is} in {file}"),
            None => format!("{lines} {was} left out: --on-bad-line FILE keeps them"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mend::mend;

    #[test]
    fn a_tally_is_told_in_words_and_as_json() {
        let mut tally = LinesTally { bad: 1, ..LinesTally::default() };
        mend(b"[\"\x01\", NaN]", |odd| tally.mended.add(odd));
        tally.mended.lines = 1;
        let text = serde_json::to_string(&tally).expect("plain data");
        assert_eq!(serde_json::from_str::<LinesTally>(&text).expect("its own"), tally);
        assert!(serde_json::from_str::<LinesTally>("{}").expect("old ones").is_empty() && !tally.is_empty());
        let said = "2 values of 1 line were mended (raw control character: 1, NaN or infinity: 1): --raw passes lines untouched, \
                    --strict refuses such values";
        assert_eq!(tally.mended_note().as_deref(), Some(said));
        assert_eq!(tally.bad_note(None).as_deref(), Some("1 bad line was left out: --on-bad-line FILE keeps them"));
        tally.join(&tally.clone());
        assert_eq!(tally.bad_note(Some("odd.txt")).as_deref(), Some("2 bad lines are in odd.txt"));
        assert_eq!((LinesTally::default().bad_note(None), LinesTally::default().mended_note()), (None, None));
    }
}
