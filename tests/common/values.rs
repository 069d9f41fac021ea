//! Every per-sample value, with a parameter that it can take.

use weighbridge::statistic::{Function, SampleValue};

pub fn values() -> impl Iterator<Item = SampleValue> + Clone {
    Function::ALL.iter().map(|&function| SampleValue { function, parameter: parameter(function) })
}

/// 0 for a value without a parameter; else one near 3/4.
fn parameter(function: Function) -> f32 {
    let range = function.parameter_range();
    if range.contains(&0.0) { 0.0 } else { 0.75_f32.clamp(*range.start(), *range.end()) }
}
