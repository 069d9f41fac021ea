//! A constant of a computation, such as a threshold, in both precisions.

use super::bits::Bits;
use std::fmt;

/// A constant of a computation, such as the parameter of a value or a threshold: the number that
/// batches in single precision use, and the number that batches in double precision use.
///
/// It is usually made from one number, which single precision rounds to the nearest `f32`. Only
/// defaults that depend on the precision, such as the machine epsilon, consist of two numbers.
///
/// # Example
///
/// ```
/// use weighbridge::statistic::Constant;
///
/// assert_eq!(Constant::from(0.1).single, 0.1_f32);
/// assert_eq!(Constant::from(0.1).double, 0.1_f64);
/// assert_eq!(Constant::from(0.1).to_string(), "0.1");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Constant {
    /// In single precision.
    pub single: f32,
    /// In double precision.
    pub double: f64,
}

impl Constant {
    /// Zero, the parameter of values without a parameter.
    pub const ZERO: Self = Self::new(0.0);

    /// The machine epsilon.
    pub const EPSILON: Self = Self { single: f32::EPSILON, double: f64::EPSILON };

    /// A number, rounded to the nearest `f32` in single precision.
    pub const fn new(number: f64) -> Self {
        Self { single: number as f32, double: number }
    }

    /// The bits of the number in single precision.
    pub const fn bits(self) -> Bits {
        self.single.to_bits()
    }

    /// Whether both numbers are finite.
    pub fn is_finite(self) -> bool {
        self.single.is_finite() && self.double.is_finite()
    }
}

impl From<f64> for Constant {
    fn from(number: f64) -> Self {
        Self::new(number)
    }
}

impl From<f32> for Constant {
    fn from(number: f32) -> Self {
        Self { single: number, double: number.into() }
    }
}

/// The shortest text that identifies the number; both numbers if the first is not the second,
/// rounded to `f32`.
impl fmt::Display for Constant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let &Self { single, double } = self;
        if single.is_nan() || f64::from(single) == double {
            single.fmt(f)
        } else if double as f32 == single {
            double.fmt(f)
        } else {
            write!(f, "{single}|{double}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_text_tells_constants_apart() {
        let text = |constant: Constant| constant.to_string();
        assert_eq!(text(0.5.into()), "0.5");
        assert_eq!(text(0.1.into()), "0.1");
        assert_eq!(text(1e-40_f32.into()), "0.0000000000000000000000000000000000000001");
        assert_eq!(text(Constant::EPSILON), "0.00000011920929|0.0000000000000002220446049250313");
        // Both round to the same f32.
        assert_ne!(text(0.1.into()), text((0.1_f64.next_up()).into()));
    }
}
