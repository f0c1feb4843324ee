//! Faults by chance: so many in a hundred requests, by dice that fall the same in each run.

use super::data::mix;
use super::faults::{Fault, Plan};
use super::server::Received;

/// How much goes wrong on paths that begin so.
#[derive(Debug, Clone)]
pub struct Weather {
    /// How the paths begin.
    pub path_prefix: String,
    /// Each fault with its share, in a thousand.
    pub faults: Vec<(Fault, u64)>,
    /// Where the dice begin.
    pub seed: u64,
}

impl Weather {
    /// Returns what goes wrong with a request, if anything does.
    pub(crate) fn strike(&self, received: &Received) -> Option<Plan> {
        if !received.path.starts_with(&self.path_prefix) {
            return None;
        }
        let mut roll = mix(&[self.seed, received.number as u64]) % 1000;
        let struck = self.faults.iter().find(|(_, share)| {
            let is_hit = roll < *share;
            roll = roll.wrapping_sub(*share);
            is_hit
        });
        struck.map(|(fault, _)| Plan::from(fault.clone()))
    }
}
