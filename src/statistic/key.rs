//! Numbers as integers in the same order.

use serde::{Deserialize, Serialize};

/// A number as an integer, so that the larger of two keys is the key of the larger number. The key
/// 0 is below those of all numbers, and means that there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(u64);

impl Key {
    /// No number.
    pub const NONE: Self = Self(0);

    /// The key of a number that is not NaN. Both zeros have the same key.
    #[inline(always)]
    pub fn new(number: f64) -> Self {
        // The sum turns -0 into 0.
        let bits = (number + 0.0).to_bits();
        Self(if bits >> 63 == 1 { !bits } else { bits | 1 << 63 })
    }

    /// The key of a magnitude in the order of magnitudes, in which zero is none.
    #[inline(always)]
    pub fn of_magnitude(magnitude: f64) -> Self {
        if magnitude == 0.0 { Self::NONE } else { Self::new(magnitude) }
    }

    /// The number.
    #[inline(always)]
    pub fn number(self) -> Option<f64> {
        let bits = if self.0 >> 63 == 1 { self.0 ^ 1 << 63 } else { !self.0 };
        (self != Self::NONE).then(|| f64::from_bits(bits))
    }

    /// The key of the same number in the reverse order.
    #[inline(always)]
    pub fn reversed(self) -> Self {
        if self == Self::NONE { Self::NONE } else { Self(!self.0) }
    }

    /// Whether it is the key of a finite number, or of none.
    pub(crate) fn is_valid(self) -> bool {
        self.number().is_none_or(|number| number.is_finite() && Self::new(number) == self)
    }

    /// Whether it is the [reversed](Self::reversed) key of a finite number, or none.
    pub(crate) fn is_valid_reversed(self) -> bool {
        // The largest integer is not the reverse of any key, but its own reverse is none.
        self.reversed().is_valid() && (self.reversed() == Self::NONE) == (self == Self::NONE)
    }

    /// The integer.
    #[inline(always)]
    pub(crate) fn integer(self) -> u64 {
        self.0
    }

    /// The key with this integer.
    #[inline(always)]
    pub(crate) fn from_integer(integer: u64) -> Self {
        Self(integer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_in_the_order_of_numbers() {
        let tiny = f64::from_bits(1);
        let numbers = [f64::MIN, -1.0, -tiny, 0.0, tiny, 1.0, f64::MAX];
        for pair in numbers.windows(2) {
            let keys = [Key::NONE, Key::new(pair[0]), Key::new(pair[1])];
            assert!(keys.is_sorted_by(|a, b| a < b), "{pair:?}");
            assert!(keys[1].reversed() > keys[2].reversed() && keys[2].reversed() > Key::NONE);
            assert_eq!(keys[1].number(), Some(pair[0]));
            assert!(keys.iter().all(|key| key.is_valid() && key.reversed().is_valid_reversed()));
        }
        assert_eq!(Key::new(-0.0), Key::new(0.0));
        let invalid = [f64::INFINITY, f64::NEG_INFINITY, f64::NAN].map(Key::new);
        assert!(!invalid.iter().any(|key| key.is_valid()));
        assert!(!invalid.iter().any(|key| key.reversed().is_valid_reversed()));
        assert!(!Key::from_integer(!(1 << 63)).is_valid(), "-0");
        assert!(!Key::from_integer(1 << 63).is_valid_reversed(), "-0");
        assert!(!Key::from_integer(u64::MAX).is_valid_reversed(), "none, but not 0");
    }
}
