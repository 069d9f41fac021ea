//! Text in plots: its width, and numbers in few digits.

use kuva::render::layout::{ComputedLayout, Layout};

/// Longest name that is drawn in full.
const MAX_CHARACTERS: usize = 24;

/// Width of a digit in ems.
pub const DIGIT: f64 = 0.64;

/// The width of the widest text in pixels, at least two ems.
pub fn widest(texts: &[String], size: u32) -> f64 {
    let layout = Layout::new((0.0, 1.0), (0.0, 1.0));
    let layout = layout.with_tick_size(size).with_y_categories(texts.to_vec());
    ComputedLayout::from_layout(&layout).y_tick_label_px
}

/// A name that can be drawn: shortened if it is long, and without characters that XML does not
/// allow.
pub fn name(text: &str) -> String {
    let in_line = |c: char| match c {
        c if c.is_control() => c.escape_default().to_string(),
        '\u{fffe}' | '\u{ffff}' => '\u{fffd}'.to_string(),
        c => c.to_string(),
    };
    let text: String = text.chars().map(in_line).collect();
    crate::words::shortened(&text, MAX_CHARACTERS)
}

/// The number at a tick of an axis of length `span`.
pub fn tick(x: f64, span: f64) -> String {
    let trimmed = |digits: &str| {
        if digits.contains('.') {
            digits.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            digits.to_owned()
        }
    };
    if x == 0.0 || x.abs() < 1e-9 * span {
        return "0".to_owned();
    }
    if (1e7..1e12).contains(&x.abs()) && x.abs() > 1e3 * span {
        return format!("{x:.0}"); // ticks differ in late digits
    }
    if (1e-3..1e7).contains(&x.abs()) {
        return trimmed(&format!("{x:.6}"));
    }
    let scientific = format!("{x:.3e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    format!("{}e{exponent}", trimmed(mantissa))
}

/// A number in a cell, with about three digits and at most six characters.
pub fn short(x: f64) -> String {
    let magnitude = x.abs();
    let three = |x: f64| match x.abs() {
        ..9.995 => format!("{x:.2}"),
        ..99.95 => format!("{x:.1}"),
        _ => format!("{x:.0}"),
    };
    match magnitude {
        _ if x == x.trunc() && magnitude < 1e4 => format!("{x:.0}"),
        1e-2..1.0 => format!("{x:.3}"),
        1.0..9999.5 => three(x),
        9999.5..999.5e3 => format!("{}k", three(x / 1e3)),
        999.5e3..999.5e6 => format!("{}M", three(x / 1e6)),
        999.5e6..999.5e9 => format!("{}G", three(x / 1e9)),
        _ => format!("{x:.0e}"),
    }
}

/// A number in a small cell, with about two digits and at most five characters.
pub fn shortest(x: f64) -> String {
    let two = |x: f64| if x.abs() < 9.95 { format!("{x:.1}") } else { format!("{x:.0}") };
    match x.abs() {
        _ if x == x.trunc() && x.abs() < 1e3 => format!("{x:.0}"),
        ..0.05 => "<0.1".to_owned(),
        0.05..999.5 => two(x),
        999.5..999.5e3 => format!("{}k", two(x / 1e3)),
        999.5e3..999.5e6 => format!("{}M", two(x / 1e6)),
        999.5e6..999.5e9 => format!("{}G", two(x / 1e9)),
        _ => format!("{x:.0e}"),
    }
}

/// A number in a legend.
pub fn value(x: f64) -> String {
    if (1e-3..1e7).contains(&x.abs()) || x == 0.0 { format!("{x:.4}") } else { format!("{x:.3e}") }
}

#[cfg(test)]
mod tests {
    use super::{short, shortest, tick};

    #[test]
    fn numbers_are_short() {
        let formatted = |x: f64| (short(x), shortest(x));
        let cases = [
            (0.0, "0", "0"),
            (0.2049, "0.205", "0.2"),
            (1e-5, "1e-5", "<0.1"),
            (9.997, "10.0", "10"),
            (46.0, "46", "46"),
            (46.12, "46.1", "46"),
            (3909.77, "3910", "3.9k"),
            (9999.9, "10.0k", "10k"),
            (12_394.7, "12.4k", "12k"),
            (999_900.0, "1.00M", "1.0M"),
            (2_905_624.0, "2.91M", "2.9M"),
            (1e12, "1e12", "1e12"),
        ];
        for (x, three, two) in cases {
            assert_eq!(formatted(x), (three.to_owned(), two.to_owned()));
        }
        for x in (0..400).map(|i| 10_f64.powf(f64::from(i) / 20.0 - 10.0) * 1.37) {
            assert!(short(x).len() <= 6 && shortest(x).len() <= 5, "{:?}", formatted(x));
        }
    }

    #[test]
    fn ticks_have_as_many_digits_as_they_need() {
        let ticks = [0.0, 0.1 + 0.2, -150.0, 1e6, 2.5e7, 3e-4, 0.005].map(|x| tick(x, 1e3 * x));
        assert_eq!(ticks, ["0", "0.3", "-150", "1000000", "2.5e7", "3e-4", "0.005"]);
        assert_eq!([100_000_200.0, 1e-17].map(|x| tick(x, 1000.0)), ["100000200", "0"]);
    }
}
