//! Numbers and names in messages.

/// A number in the fewest digits that identify it.
pub(crate) fn shortest_number(x: f64) -> String {
    let whole = x == x.trunc() && x.abs() < 1e15;
    if whole { format!("{x:.0}") } else { format!("{x:?}") }
}

/// An `f32` as a number and as bits.
pub(super) fn bits(bits: u32) -> String {
    format!("{:?} ({bits:#010x})", f32::from_bits(bits))
}

/// A number of things: `1 sample`, `2 samples`.
pub(super) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// A number of bytes with a unit and three digits, such as `1.5 kB` or `32 GB`.
pub(super) fn size(bytes: u64) -> String {
    let units = [("kB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("PB", 1e15), ("EB", 1e18)];
    let Some((unit, size)) = units.into_iter().rfind(|(_, size)| bytes as f64 >= *size) else {
        return count(bytes as usize, "byte");
    };
    let value = bytes as f64 / size;
    let decimals = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
    let text = format!("{value:.decimals$}");
    let text = if decimals > 0 { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text} {unit}")
}

/// A question, if there is a similar name.
pub(super) fn did_you_mean(nearest: &Option<String>) -> String {
    nearest.as_ref().map(|name| format!("; did you mean {name}?")).unwrap_or_default()
}

/// Other shapes that are accepted, where samples have several outputs, or are steps of sequences.
pub(super) fn or_each(outputs: usize, steps: usize) -> String {
    let mut others = String::new();
    if outputs > 1 {
        others += &format!(", or one for each of their {outputs} outputs");
    }
    if steps > 1 {
        others += &format!(", or one per sequence of {steps} steps");
    }
    others
}

/// Advice where a number of elements may be meant for sequences, but their length is not set.
pub(super) fn perhaps_sequences(elements: usize, samples: usize, steps: usize) -> &'static str {
    if steps == 1 && elements > 0 && elements < samples && samples.is_multiple_of(elements) {
        " (if these are sequences, set their length with Batch::sequence_length)"
    } else {
        ""
    }
}

/// What a label must be, given the number of classes.
pub fn expected_label(classes: u32) -> String {
    if classes == 2 {
        "0 or 1".to_owned()
    } else {
        format!("a whole number from 0 to {}", classes.saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units_and_few_digits() {
        for (number, text) in [
            (1, "1 byte"),
            (48, "48 bytes"),
            (1500, "1.5 kB"),
            (2048, "2.05 kB"),
            (32_000_000_000, "32 GB"),
            (2 << 30, "2.15 GB"),
            (800_000_000_000, "800 GB"),
            (u64::MAX, "18.4 EB"),
        ] {
            assert_eq!(size(number), text);
        }
    }
}
