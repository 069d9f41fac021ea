//! Numbers and names as messages say them.

/// A number in as few digits as tell it from every other.
pub(crate) fn number(x: f64) -> String {
    let whole = x == x.trunc() && x.abs() < 1e15;
    if whole { format!("{x:.0}") } else { format!("{x:?}") }
}

/// An `f32` as a number and as bits.
pub(super) fn bits(bits: u32) -> String {
    format!("{:?} ({bits:#010x})", f32::from_bits(bits))
}

/// A question, if a name is near.
pub(super) fn did_you_mean(nearest: &Option<String>) -> String {
    nearest.as_ref().map(|name| format!("; did you mean {name}?")).unwrap_or_default()
}

/// What else there may be one of, where samples have several outputs.
pub(super) fn or_each_output(outputs: usize) -> String {
    if outputs > 1 {
        format!(", or one for each of their {outputs} outputs")
    } else {
        String::new()
    }
}

/// The classes of a number of them in words.
pub fn classes_from_zero(classes: u32) -> String {
    if classes == 2 {
        "0 or 1".to_owned()
    } else {
        format!("whole numbers from 0 to {}", classes - 1)
    }
}
