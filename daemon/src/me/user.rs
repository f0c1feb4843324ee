//! Who an identity is, as `/me` said, and since when that is known.

use jiff::Timestamp;
use serde_json::{Map, Value};

/// A cached answer counts for a day, as it does for the Python tool.
const LIFE_S: f64 = 86_400.0;

/// Who an identity is, as `/me` said.
#[derive(Debug, Default)]
pub struct Me {
    /// Numeric id of the user.
    pub user_id: Option<i64>,
    /// Mail address of the user.
    pub user_email: Option<String>,
    /// When it was stored, in seconds since the epoch.
    pub(super) cached_at: Option<f64>,
    /// The answer.
    pub(super) fields: Map<String, Value>,
}

impl Me {
    /// Sets when the answer came.
    pub(super) fn cached_at(mut self, now: Timestamp) -> Self {
        self.cached_at = Some(seconds(now));
        self
    }

    /// Returns when the answer came; the start of time when nobody knows.
    pub(super) fn came_at(&self) -> f64 {
        self.cached_at.unwrap_or(f64::NEG_INFINITY)
    }

    pub(super) fn is_fresh(&self, now: Timestamp) -> bool {
        self.cached_at.is_none_or(|cached_at| now.as_second() as f64 - cached_at <= LIFE_S)
    }
}

/// Returns a time as the cache has it.
pub(super) fn seconds(now: Timestamp) -> f64 {
    now.as_microsecond() as f64 / 1e6
}
