//! The format of numbers in tables and warnings.

/// Significant digits.
const DIGITS: usize = 6;

/// A number with [`DIGITS`] significant digits; an integer with all of its digits.
pub(crate) fn number(x: f64) -> String {
    let magnitude = x.abs();
    if x == x.trunc() && magnitude < 1e15 {
        format!("{x:.0}")
    } else if (1e-4..1e15).contains(&magnitude) {
        let integer_digits = magnitude.log10().floor() as i64 + 1;
        let decimals = (DIGITS as i64 - integer_digits).clamp(0, 10) as usize;
        format!("{x:.decimals$}")
    } else {
        format!("{x:.*e}", DIGITS - 1)
    }
}
