//! Every per-sample value of one prediction and one truth, with possible parameters.

use weighbridge::statistic::{ValueFn, ValueSpec};

/// Every value, with a typical parameter.
pub fn values() -> impl Iterator<Item = ValueSpec> + Clone {
    let usual = |function: ValueFn| parameters(function)[0];
    let all = ValueFn::OF_SAMPLES.iter();
    all.map(move |&function| ValueSpec { function, parameter: usual(function).into() })
}

/// Parameters of a value: a typical one first, then others, difficult ones, and the limits of the
/// range. 0 for a value without a parameter.
pub fn parameters(function: ValueFn) -> Vec<f32> {
    let chosen: &[f32] = match function {
        ValueFn::Huber => &[1.0, 0.1, 20.0],
        ValueFn::LogLoss | ValueFn::LogLossOfOtherLabel => &[f32::EPSILON, 0.01],
        ValueFn::CrossEntropyOfProbabilities | ValueFn::UniformCrossEntropyOfProbabilities => {
            &[0.01, f32::EPSILON]
        }
        ValueFn::TopK => &[2.0],
        ValueFn::TweedieDeviance => {
            &[1.5, -0.5, 3.0, 1.0001, 1.1, 1.9, 1.9999, 2.0, 2.000_000_2, 2.5]
        }
        _ => return vec![0.0],
    };
    let limits = function.parameter_ranges().into_iter();
    let limits = limits.flat_map(|range| [*range.start(), *range.end()]);
    chosen.iter().copied().chain(limits).collect()
}
