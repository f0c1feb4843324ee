//! What an export is asked for, and how a range of days is cut into parts that are fetched side by side. Pure: both ends use it.

mod bad_line;
mod days;
mod events;
mod profiles;

pub use bad_line::{BAD_LINE, OnBadLine};
pub use days::{Days, complete, most_parts, split};
pub use events::Events;
pub use profiles::Profiles;
