//! The error bounds of row values, as stated in their files.

use weighbridge::statistic::ValueFn;

/// In units of the last place of an `f32`.
pub fn bound_of_rows(function: ValueFn) -> f64 {
    match function {
        ValueFn::TopK | ValueFn::MaxProbability => 0.0,
        ValueFn::CategoricalHinge | ValueFn::CrossEntropyOfProbabilities => 1.0,
        ValueFn::MaxSoftmax => 3.0,
        ValueFn::UniformCrossEntropyOfProbabilities => 3.0,
        ValueFn::SoftmaxLoss | ValueFn::UniformCrossEntropy | ValueFn::BrierOfProbabilities => 4.0,
        ValueFn::SoftmaxBrier => 6.0,
        _ => unreachable!("no value of rows"),
    }
}

/// The bounds for rows of many classes whose terms are all rounded in the same direction.
///
/// A sum of such terms is off by 1.2 · 2^-23 relative, like each term, and by 0.5 · 2^-23 for its
/// own rounding; e^(runner-up − top), by 2^-23; their product, by 0.5 · 2^-23: together 3.2 ·
/// 2^-23, or 6.4 ulp where a significand is nearly 2. A logarithm adds 0.9 ulp to that, a sum and a
/// quotient 1.5. A Brier score is made of squares of both: twice 2 · 2^-23 of a share of the
/// others, twice 1.7 · 2^-23 of a sum, and three roundings, 8.9 · 2^-23.
#[allow(dead_code, reason = "not every test uses such rows")]
pub fn bound_of_alike_rows(function: ValueFn) -> f64 {
    match function {
        ValueFn::SoftmaxLoss | ValueFn::MaxSoftmax => 8.0,
        ValueFn::SoftmaxBrier => 18.0,
        _ => bound_of_rows(function),
    }
}
