//! Numbers and names as messages say them.

use crate::task::Task;

/// A number in the fewest digits that identify it.
pub(crate) fn shortest_number(x: f64) -> String {
    let whole = x == x.trunc() && x.abs() < 1e15;
    if whole { format!("{x:.0}") } else { format!("{x:?}") }
}

/// An `f32` as a number and as bits.
pub(super) fn bits(bits: u32) -> String {
    format!("{:?} ({bits:#010x})", f32::from_bits(bits))
}

/// The names of all tasks.
pub(super) fn list_of_tasks() -> String {
    let names: Vec<_> = Task::ALL.iter().map(|task| task.name()).collect();
    match &names[..] {
        [others @ .., last] => format!("{} or {last}", others.join(", ")),
        [] => String::new(),
    }
}

/// A question, if a name is near.
pub(super) fn did_you_mean(nearest: &Option<String>) -> String {
    nearest.as_ref().map(|name| format!("; did you mean {name}?")).unwrap_or_default()
}

/// What else there may be one of, where samples have several outputs, or are steps of sequences.
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

/// What to do where a number of elements may be meant for sequences that were not spoken of.
pub(super) fn perhaps_sequences(elements: usize, samples: usize, steps: usize) -> &'static str {
    if steps == 1 && elements > 0 && elements < samples && samples.is_multiple_of(elements) {
        " (if these are sequences, say how long with Batch::sequence_length)"
    } else {
        ""
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
