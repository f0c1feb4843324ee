//! One request to Mixpanel as somebody: what it is made of, its turn, the answer, and what tools share of it.

pub(crate) mod address;
pub(crate) mod answer;
pub(crate) mod calls;
pub(crate) mod decoding;
pub(crate) mod exchange;
pub(crate) mod fingerprint;
pub mod gate;
pub(crate) mod headers;
pub(crate) mod large;
pub(crate) mod ledger;
pub(crate) mod lines;
pub(crate) mod packed;
pub(crate) mod path;
pub(crate) mod quota;
pub mod reads;
pub(crate) mod refusal;
pub mod request;
pub(crate) mod retry;
pub(crate) mod wait;
pub(crate) mod waits;

/// A token that ends sooner is not handed out, in seconds: the call it is for takes time too.
pub const MIN_VALID_S: u64 = 30;
