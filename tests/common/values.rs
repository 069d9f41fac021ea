//! Every per-sample value of one prediction and one truth, and parameters that it can take.

use weighbridge::statistic::{Function, SampleValue};

/// Every value, with a usual parameter.
pub fn values() -> impl Iterator<Item = SampleValue> + Clone {
    let usual = |function: Function| parameters(function)[0];
    let all = Function::OF_SAMPLES.iter();
    all.map(move |&function| SampleValue { function, parameter: usual(function) })
}

/// Parameters of a value: a usual one first, then others and hard ones, and the limits of its
/// ranges; 0 for a value without one.
pub fn parameters(function: Function) -> Vec<f32> {
    let chosen: &[f32] = match function {
        Function::Huber => &[1.0, 0.1, 20.0],
        Function::LogLoss | Function::FlippedLogLoss => &[f32::EPSILON, 0.01],
        Function::LikelihoodLoss | Function::MeanLikelihoodLoss => &[0.01, f32::EPSILON],
        Function::TopK => &[2.0],
        Function::TweedieDeviance => {
            &[1.5, -0.5, 3.0, 1.0001, 1.1, 1.9, 1.9999, 2.0, 2.000_000_2, 2.5]
        }
        _ => return vec![0.0],
    };
    let limits = function.parameter_ranges().into_iter();
    let limits = limits.flat_map(|range| [*range.start(), *range.end()]);
    chosen.iter().copied().chain(limits).collect()
}
