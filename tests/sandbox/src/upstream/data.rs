//! What the projects hold, and how the data planes answer: what a test can set.

use super::lines::Volume;

/// How the data planes answer.
#[derive(Debug, Clone)]
pub struct Data {
    /// How much each day of each project holds.
    pub volume: Volume,
    /// Whether exports are compressed for those who accept it.
    pub gzip: bool,
    /// A line that comes after the others in an export: Mixpanel reports a failure so when the status is sent already.
    pub last_line: Option<String>,
    /// How many days a query may look back over, if that is limited.
    pub max_days: Option<i32>,
    /// How many profiles each project has.
    pub profiles: u64,
    /// How many of them are on a page.
    pub page_size: u64,
    /// How many annotations each project has.
    pub annotations: u64,
}

impl Default for Data {
    fn default() -> Self {
        Self {
            volume: Volume::Events(50),
            gzip: true,
            last_line: None,
            max_days: None,
            profiles: 25,
            page_size: 1000,
            annotations: 7,
        }
    }
}

/// What is tracked in each project.
pub(crate) const EVENTS: [&str; 6] = ["Sign Up", "Purchase", "Page View", "App Open", "Log In", "sign_in_failed"];

/// Returns a number that follows from the others and from nothing else (SplitMix64, folded over them).
pub(crate) fn mix(numbers: &[u64]) -> u64 {
    numbers.iter().fold(0x6d70_6431, |state, number| {
        let mut z = (state ^ number).wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    })
}
