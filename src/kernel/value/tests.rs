//! Tests of the facts that values declare.

use super::*;
use crate::kernel::bits::{ONE, OUTSIDE};
use crate::kernel::row;

/// Numbers of all kinds, as values get them: finite and flushed.
fn inputs() -> Vec<f32> {
    let sizes = [0.0, f32::MIN_POSITIVE, 1e-20, 0.25, 0.5, 0.999, 1.0, 1.5, 3.0, 1e20, f32::MAX];
    sizes.iter().flat_map(|&size| [size, -size + 0.0]).collect()
}

#[test]
fn values_stay_within_their_declared_range() {
    for &function in ValueFn::OF_SAMPLES {
        for range in function.parameter_ranges() {
            let parameters = [*range.start(), *range.end()].map(f32::to_bits);
            let (numbers, labels) = (inputs(), [0.0, 1.0]);
            let takes_labels = matches!(function.def().domain, "any score" | "any class")
                || function.name().contains("log_loss");
            let truths: &[f32] = if takes_labels { &labels } else { &numbers };
            for (p, t) in numbers.iter().flat_map(|&p| truths.iter().map(move |&t| (p, t))) {
                for parameter in parameters {
                    let bits = function.at(p.to_bits(), t.to_bits(), parameter);
                    let bits = bits.expect("a value of samples");
                    let (inside, negative) = (bits != OUTSIDE, bits >> 31 == 1);
                    let case = format!("{} of {p:e}, {t:e}: {bits:#x}", function.name());
                    assert!(!inside || !negative || function.may_be_negative(), "{case}");
                    assert!(!inside || bits <= ONE || !function.is_probability(), "{case}");
                }
            }
        }
    }
}

#[test]
fn values_that_clip_have_a_wgsl_function_for_it() {
    for function in ValueFn::ALL {
        let (file, wgsl) = function.wgsl();
        let declared = wgsl.contains(&format!("fn {}_clips(", function.name()));
        assert_eq!(function.may_clip(), declared, "{file}");
    }
}

#[test]
fn values_are_listed_under_the_kind_of_their_rows() {
    let task = |function: &ValueFn| function.task_of_rows();
    assert!(ValueFn::OF_SAMPLES.iter().all(|function| task(function).is_none()));
    assert!(ValueFn::OF_ROWS.iter().all(|function| task(function) == Some(Task::Multiclass)));
    assert!(ValueFn::OF_VECTORS.iter().all(|function| task(function) == Some(Task::Regression)));
}

#[test]
fn clipped_samples_and_rows_are_counted_by_their_own_function() {
    let min_probability = 0.25_f32.to_bits();
    let prediction = [0.1_f32, 0.9, 0.5, 0.2, 0.8].map(f32::to_bits);
    let truth = [1.0_f32, 0.0, 1.0, 1.0, 1.0].map(f32::to_bits);
    let flags = [row::ROW_CLIPPED, 0, row::ROW_CLIPPED, row::ROW_CLIPPED, 0];
    let rows = flags.map(|flags| RowSummary { flags, truth_score: ONE, ..Default::default() });
    let inputs = ValueInputs { prediction: &prediction, truth: &truth, rows: &rows };
    let count = |function: ValueFn| {
        // The third value says that its sample does not count.
        let counts = |index, value| value != OUTSIDE && index < 5;
        function.count_clipped(&inputs, min_probability, &[0, 0, OUTSIDE, 0, 0], counts)
    };
    assert_eq!(count(ValueFn::LogLoss), 3); // 0.1, 1 - 0.9, 0.2
    assert_eq!(count(ValueFn::LogLossOfOtherLabel), 1); // 1 - 0.8
    assert_eq!(count(ValueFn::Divergence), 2);
    assert_eq!(count(ValueFn::CrossEntropyOfProbabilities), 0); // no truth score below
    assert_eq!(count(ValueFn::Brier), 0);
}

#[test]
fn a_value_of_the_other_shape_is_none() {
    assert_eq!(ValueFn::TopK.at(0, 0, ONE), None);
    assert_eq!(ValueFn::Cosine.at(0, 0, 0), None);
    assert_eq!(ValueFn::Error.of_row(&RowSummary::default(), 0), None);
}

#[test]
fn math_modules_come_with_those_that_they_are_built_on() {
    assert_eq!(ValueFn::Error.math_modules(), []);
    assert_eq!(ValueFn::LogLoss.math_modules(), [MathModule::Float]);
    assert_eq!(ValueFn::GammaDeviance.math_modules(), &MathModule::ALL[..2]);
    assert_eq!(ValueFn::TopK.math_modules(), MathModule::ALL);
}
