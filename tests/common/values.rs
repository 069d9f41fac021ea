//! Every per-sample value of one prediction and one truth, with a parameter that it can take.

use weighbridge::statistic::{Function, SampleValue};

pub fn values() -> impl Iterator<Item = SampleValue> + Clone {
    Function::OF_SAMPLES
        .iter()
        .map(|&function| SampleValue { function, parameter: parameter(function) })
}

/// The same for values of rows of scores.
pub fn values_of_rows() -> impl Iterator<Item = SampleValue> + Clone {
    let rows = Function::OF_ROWS.iter();
    rows.map(|&function| SampleValue { function, parameter: parameter(function) })
}

/// 0 for a value without a parameter; else the one nearest to 3/4.
fn parameter(function: Function) -> f32 {
    let range = function.parameter_range();
    if range.contains(&0.0) { 0.0 } else { 0.75_f32.clamp(*range.start(), *range.end()) }
}
