//! The format of numbers in tables and warnings.

/// Significant digits.
const DIGITS: usize = 6;

/// A number with [`DIGITS`] significant digits; an integer with all of its digits.
pub(crate) fn number(x: f64) -> String {
    let magnitude = x.abs();
    if x == x.trunc() && magnitude < 1e15 {
        format!("{x:.0}")
    } else if (1e-4..1e15).contains(&magnitude) {
        let decimals = (DIGITS as i32 - 1 - exponent(x)).clamp(0, 10) as usize;
        format!("{x:.decimals$}")
    } else {
        format!("{x:.*e}", DIGITS - 1)
    }
}

/// An interval whose ends are rounded outwards: as shown, it still contains the exact one.
pub(crate) fn interval(low: f64, high: f64) -> String {
    let shown = |x: f64| number(x).parse().unwrap_or(x);
    // Half a unit of the last digit turns rounding to nearest into rounding outwards.
    let half = |x: f64| 10_f64.powi(exponent(x) + 1 - DIGITS as i32) / 2.0;
    let low = if shown(low) > low { low - half(low) } else { low };
    let high = if shown(high) < high { high + half(high) } else { high };
    format!("[{}, {}]", number(low), number(high))
}

/// The power of ten of the first digit.
fn exponent(x: f64) -> i32 {
    x.abs().log10().floor() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_rounded_outwards() {
        assert_eq!(interval(0.0, 1.0), "[0, 1]");
        assert_eq!(interval(0.25, 0.5), "[0.250000, 0.500000]");
        assert_eq!(interval(1.0 - 1e-12, 1.0), "[0.999999, 1]");
        assert_eq!(interval(1.0 / 3.0, 2.0 / 3.0), "[0.333333, 0.666667]");
        assert_eq!(interval(0.1 + 3e-8, 0.2 + 3e-8), "[0.100000, 0.200001]");
        assert_eq!(interval(-2.0 / 3.0, -1.0 / 3.0), "[-0.666667, -0.333333]");
        assert_eq!(interval(1.234_567_8e-9, 1.234_561_2e20), "[1.23456e-9, 1.23457e20]");
    }
}
