//! What the projects hold, and how the data planes answer: what a test can set.

use super::lines::Volume;

/// How the data planes answer.
#[derive(Debug, Clone)]
pub struct Data {
    /// How much each day of each project holds.
    pub volume: Volume,
    /// Whether exports are compressed for those who accept it.
    pub gzip: bool,
    /// Whether every hundredth event of an export has an odd value.
    pub odd: bool,
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
            odd: false,
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

/// What events have: name, type, values.
pub(crate) const PROPERTIES: [(&str, &str, &[&str]); 12] = [
    ("country", "string", &["US", "DE", "IN", "JP"]),
    ("amount", "number", &["19.9", "49", "5"]),
    ("$browser", "string", &["Chrome", "Safari", "Firefox"]),
    (
        "cart",
        "object",
        &[r#"{"sku": "A-1", "price": 19.9, "gift": false}"#, r#"{"sku": "B-2", "price": 5, "gift": true}"#],
    ),
    ("plan", "string", &["free", "pro", "enterprise"]),
    ("$city", "string", &["Berlin", "São Paulo", "New York"]),
    ("is_first", "boolean", &["true", "false"]),
    ("tags", "list", &[r#"["sale", "new"]"#]),
    ("since", "datetime", &["2024-12-01T10:00:00", "2025-01-01T00:00:00"]),
    ("$os", "string", &["iOS", "Android", "macOS"]),
    ("referrer", "string", &["google.com", "example.com"]),
    ("page", "string", &["/", "/cart", "/checkout"]),
];

/// The saved reports of each project: id, type, name.
pub(crate) const BOOKMARKS: [(u64, &str, &str); 4] = [
    (101, "insights", "Sign ups"),
    (102, "funnels", "Checkout"),
    (103, "retention", "Come back"),
    (104, "flows", "After sign up"),
];

/// The cohorts of each project: id, name, description, whether it is visible.
pub(crate) const COHORTS: [(u64, &str, &str, u64); 2] =
    [(3301, "Paying customers", "Paid at least once", 1), (3302, "Churned", "", 0)];

/// Returns a number that follows from the others and from nothing else (SplitMix64, folded over them).
pub(crate) fn mix(numbers: &[u64]) -> u64 {
    numbers.iter().fold(0x6d70_6431, |state, number| {
        let mut z = (state ^ number).wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    })
}

/// The same for texts.
pub(crate) fn mix_texts(texts: &[&str]) -> u64 {
    let fold = |text: &&str| text.bytes().fold(text.len() as u64, |state, byte| mix(&[state, u64::from(byte)]));
    mix(&texts.iter().map(fold).collect::<Vec<_>>())
}
