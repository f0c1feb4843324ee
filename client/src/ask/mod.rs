//! `mp ask`: ad-hoc queries.

pub(crate) mod expression;
