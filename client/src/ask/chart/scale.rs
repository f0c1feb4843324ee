//! Round numbers along an axis, and how they are written.

use crate::ask::figures::{grouped, rounded};

/// A range of numbers that begins and ends with round ones, and the step between those.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) step: f64,
}

impl Scale {
    /// Returns the scale of some numbers: with zero, so that twice as much is twice as high, and with no more than so many steps.
    pub(super) fn of(numbers: impl Iterator<Item = f64>, most: usize) -> Self {
        let (low, high) = numbers.fold((0.0_f64, 0.0_f64), |(low, high), number| (low.min(number), high.max(number)));
        let span = if high > low { high - low } else { 1.0 };
        let high = if high > low { high } else { low + 1.0 };
        let least = span / most.max(1) as f64;
        let power = 10_f64.powf(least.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|times| times * power).into_iter().find(|step| *step >= least * 0.999_999);
        let step = step.unwrap_or(10.0 * power);
        Self { low: (low / step).floor() * step, high: (high / step).ceil() * step, step }
    }

    /// Returns the round numbers, from below.
    pub(super) fn ticks(&self) -> Vec<f64> {
        let count = ((self.high - self.low) / self.step).round().clamp(0.0, 1000.0) as usize;
        (0..=count).map(|at| self.low + self.step * at as f64).collect()
    }

    /// Returns where a number is: 0 below, 1 above.
    pub(super) fn place(&self, number: f64) -> f64 {
        ((number - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }

    /// Returns how a round number is written: all of them with the same unit and as many digits as they differ in.
    pub(super) fn label(&self, number: f64, is_percent: bool) -> String {
        let number = if number.abs() < self.step / 1e6 { 0.0 } else { number };
        if is_percent {
            let digits = digits_of(self.step * 100.0);
            return format!("{:.digits$}%", number * 100.0);
        }
        let largest = self.high.abs().max(self.low.abs());
        const UNITS: [(f64, &str); 4] = [(1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K")];
        let unit = UNITS.into_iter().find(|(size, _)| largest >= *size * 10.0 && largest < 1e16);
        match unit {
            Some((size, letter)) if number != 0.0 => {
                format!("{:.*}{letter}", digits_of(self.step / size), number / size)
            }
            Some(_) => "0".to_owned(),
            None if !(1e-4..1e16).contains(&largest) => rounded(number),
            None => grouped(&format!("{:.*}", digits_of(self.step), number)),
        }
    }
}

/// Returns how many digits behind the point a round step has.
fn digits_of(step: f64) -> usize {
    let digits = (-step.log10()).ceil();
    if digits > 0.0 { digits.min(9.0) as usize } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_has_zero_and_round_numbers() {
        let labels = |numbers: &[f64], most, is_percent| {
            let scale = Scale::of(numbers.iter().copied(), most);
            scale.ticks().into_iter().map(|tick| scale.label(tick, is_percent)).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(labels(&[3.0, 5.0], 5, false), "0 1 2 3 4 5");
        assert_eq!(labels(&[97.0], 4, false), "0 50 100");
        assert_eq!(labels(&[-30.0, 90.0], 4, false), "-50 0 50 100");
        assert_eq!(labels(&[12_000.0], 4, false), "0 5K 10K 15K");
        assert_eq!(labels(&[4_200.0], 4, false), "0 2,000 4,000 6,000");
        assert_eq!(labels(&[2.5e7], 5, false), "0 5M 10M 15M 20M 25M");
        assert_eq!(labels(&[0.42], 5, true), "0% 10% 20% 30% 40% 50%");
        assert_eq!(labels(&[0.003], 3, true), "0.0% 0.1% 0.2% 0.3%");
        assert_eq!(labels(&[0.25], 5, false), "0.00 0.05 0.10 0.15 0.20 0.25");
        assert_eq!(labels(&[0.0], 4, false), "0.0 0.5 1.0");
        assert_eq!(labels(&[], 4, false), "0.0 0.5 1.0");
        assert_eq!(labels(&[-5.0], 5, false), "-5 -4 -3 -2 -1 0");
        for odd in [f64::MAX, 1e300, 1e-300, f64::MIN] {
            assert!(!labels(&[odd], 4, false).is_empty());
        }
    }
}
