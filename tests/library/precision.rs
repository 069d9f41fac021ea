//! Double precision: what decides it, and that it is exact.

use crate::common::devices::devices;
use crate::common::random::Random;
use weighbridge::batch::FaultPolicy;
use weighbridge::error::{Error, StateError, UpdateError};
use weighbridge::report::{SamplePrecision, Warning};
use weighbridge::statistic::{Accumulator, Statistic};
use weighbridge::{Batch, Device, Evaluator, Precision, State, Task};

fn evaluator(task: Task, metrics: &[&str]) -> Evaluator {
    let builder = Evaluator::builder(task).metrics(metrics.iter().copied());
    builder.device(Device::Cpu).build().expect("an evaluator")
}

/// Regression on Unix times: in `f32`, an error of one minute is 0.
#[test]
fn unix_times_keep_their_seconds() {
    let truth: Vec<f64> = (0..1000).map(|i| 1_700_000_000.0 + f64::from(i) * 3600.0).collect();
    let prediction: Vec<f64> =
        truth.iter().zip(0..).map(|(t, i)| t + f64::from(i % 7) * 10.0 - 30.0).collect();
    let metrics = ["mean_squared_error", "mean_absolute_error", "max_error", "r2_score"];
    let mut evaluator = evaluator(Task::Regression, &metrics);
    evaluator.update(&Batch::new(&prediction, &truth)).unwrap();
    let report = evaluator.result().unwrap();
    let errors = (0..1000).map(|i| f64::from(i % 7) * 10.0 - 30.0);
    let square: f64 = errors.clone().map(|d| d * d).sum();
    assert_eq!(report.unweighted("mean_squared_error").unwrap(), square / 1000.0);
    let absolute: f64 = errors.map(f64::abs).sum();
    assert_eq!(report.unweighted("mean_absolute_error").unwrap(), absolute / 1000.0);
    assert_eq!(report.unweighted("max_error").unwrap(), 30.0);
    let spread: f64 = (0..1000).map(|i| (f64::from(i) - 499.5) * 3600.0).map(|d| d * d).sum();
    let r2 = report.unweighted("r2_score").unwrap();
    assert_eq!(r2, 1.0 - square / spread);
    assert!(report.warnings.is_empty(), "{:?}", report.warnings);
}

/// Probabilities that are one number in `f32`.
#[test]
fn crowded_probabilities_are_not_ties() {
    let scores: Vec<f64> = (0..100).map(|i| 1.0 - f64::from(100 - i) * 1e-12).collect();
    let labels: Vec<u8> = (0..100).map(|i| u8::from(i >= 50)).collect();
    let weights: Vec<f64> = (0..100).map(|i| 0.1 + f64::from(i) * 0.01).collect();
    let mut evaluator = evaluator(Task::Binary, &["roc_auc", "average_precision", "accuracy"]);
    evaluator.update(&Batch::new(&scores, &labels).weights(&weights)).unwrap();
    let report = evaluator.result().unwrap();
    assert_eq!(report.weighted("roc_auc").unwrap(), 1.0);
    assert_eq!(report.weighted("average_precision").unwrap(), 1.0);
    assert_eq!(report.unweighted("accuracy").unwrap(), 0.5);
}

/// The bits of a batch do not depend on threads, instruction sets, or the split into batches.
#[test]
fn every_split_gives_the_same_state() {
    let mut random = Random::new(5);
    let n = 70_000;
    let mut numbers = |low: i32, high: i32| -> Vec<f64> {
        (0..n).map(|_| f64::from(random.log_uniform(low, high)) * 1.000_000_000_1).collect()
    };
    let (prediction, truth) = (numbers(-20, 20), numbers(-20, 20));
    let weight: Vec<f64> = numbers(-10, 10).into_iter().map(f64::abs).collect();
    let build = || {
        let metrics =
            ["mean_squared_error", "log_cosh_error", "r2_score", "max_error", "huber_loss"];
        evaluator(Task::Regression, &metrics)
    };
    let mut whole = build();
    whole.update(&Batch::new(&prediction, &truth).weights(&weight)).unwrap();
    let mut split = build();
    for start in (0..n).step_by(777).collect::<Vec<_>>().into_iter().rev() {
        let range = start..n.min(start + 777);
        let batch = Batch::new(&prediction[range.clone()], &truth[range.clone()]);
        split.update(&batch.weights(&weight[range])).unwrap();
    }
    assert!(whole.state().unwrap() == split.state().unwrap());
    for instructions in weighbridge::InstructionSet::available() {
        let metrics =
            ["mean_squared_error", "log_cosh_error", "r2_score", "max_error", "huber_loss"];
        let builder = Evaluator::builder(Task::Regression).metrics(metrics);
        let mut other = builder.instructions(instructions).device(Device::Cpu).build().unwrap();
        other.update(&Batch::new(&prediction, &truth).weights(&weight)).unwrap();
        assert!(whole.state().unwrap() == other.state().unwrap(), "{}", instructions.name());
    }
}

/// Widening single precision gives the same exact sums where values are exact.
#[test]
fn single_and_double_batches_add_to_the_same_state() {
    let (prediction, truth) = ([0.5_f32, 0.25, 0.75, 1.0], [1_u8, 0, 0, 1]);
    let weight = [1.0_f32, 2.0, 0.5, 3.0];
    let widened: Vec<f64> = prediction.iter().map(|&x| x.into()).collect();
    let metrics = ["accuracy", "brier_score", "roc_auc", "average_precision"];
    let mut single = evaluator(Task::Binary, &metrics);
    single.update(&Batch::new(&prediction, &truth).weights(&weight)).unwrap();
    let mut double = evaluator(Task::Binary, &metrics);
    double.update(&Batch::new(&widened, &truth).weights(&weight)).unwrap();
    let (one, other) = (single.result().unwrap(), double.result().unwrap());
    for metric in metrics {
        assert_eq!(one.weighted(metric), other.weighted(metric), "{metric}");
    }
    // In both orders, the mix has the same state.
    single.update(&Batch::new(&widened, &truth).weights(&weight)).unwrap();
    double.update(&Batch::new(&prediction, &truth).weights(&weight)).unwrap();
    assert!(single.state().unwrap() == double.state().unwrap());
    let text = serde_json::to_string(&single.state().unwrap()).unwrap();
    assert!(serde_json::from_str::<State>(&text).unwrap() == single.state().unwrap());
}

/// Once there are scores of both precisions, those of `f32` are the numbers that they were.
#[test]
fn stored_scores_of_both_precisions_keep_their_labels_and_weights() {
    let mut evaluator = evaluator(Task::Binary, &["roc_auc"]);
    let third = 1.0 / 3.0;
    let (single, double) = ([0.1_f32, 0.9], [0.1_f64, third]);
    evaluator.update(&Batch::new(&single, &[1_u8, 0]).weights(&[0.7_f32, 5.0])).unwrap();
    evaluator.update(&Batch::new(&double, &[0_u8, 1]).weights(&[third, 3.0])).unwrap();
    let state = evaluator.state().unwrap();
    let Accumulator::Scores(scores) = &state.totals[0].statistics[0].content else { panic!() };
    let found: Vec<_> = scores.samples().map(|s| (s.score, s.label, s.weight)).collect();
    let [tenth, most] = single.map(f64::from);
    let expected = [(0.1, 0, third), (tenth, 1, 0.7_f32.into()), (third, 1, 3.0), (most, 0, 5.0)];
    assert_eq!(found, expected);

    // No engine stores a weight with bits below the unit of weights, 2^-190.
    let text = serde_json::to_string(&state).unwrap();
    let words = [third.to_bits(), 2_f64.powi(-191).to_bits()].map(|word| word.to_string());
    assert!(text.contains(&words[0]));
    let broken: State = serde_json::from_str(&text.replace(&words[0], &words[1])).unwrap();
    let error = Evaluator::from_state(&broken).map(|_| ()).expect_err("no such state");
    assert_eq!(error, Error::State(StateError::Inconsistent));
}

/// Weights below 2^-138 have bits at places of their own.
#[test]
fn curves_of_the_smallest_weights_are_exact() {
    let mut evaluator = evaluator(Task::Binary, &["roc_auc"]);
    // The large weight makes it impossible to multiply all of them by a power of two.
    let weight = [2_f64.powi(-138), 2_f64.powi(63), 2_f64.powi(-189)];
    evaluator.update(&Batch::new(&[0.1_f64, 0.2, 0.3], &[0_u8, 1, 0]).weights(&weight)).unwrap();
    // 1 / (1 + 2^-51), rounded.
    assert_eq!(evaluator.result().unwrap().weighted("roc_auc"), Ok(1.0 - 2_f64.powi(-51)));
}

/// Maxima and extremes of both precisions are compared as the numbers they are, on every device.
#[test]
fn the_largest_and_the_smallest_come_from_batches_of_either_precision() {
    let third = 1.0 / 3.0;
    // In `f32` a third is larger.
    let single = third as f32;
    assert!(f64::from(single) > third);
    let (just_below, just_above) = (f64::from(single).next_down(), f64::from(single).next_up());
    for device in devices() {
        for double in [just_below, just_above, -just_above, 1e-30, -0.0] {
            let builder = Evaluator::builder(Task::Aggregation).metrics(["minimum", "maximum"]);
            let mut evaluator = builder.device(device.clone()).build().unwrap();
            let of_errors = Evaluator::builder(Task::Regression).metric("max_error");
            let mut errors = of_errors.device(device.clone()).build().unwrap();
            let (singles, doubles) = ([single, 0.0], [double, 0.0]);
            // The second number has no weight.
            let (weight, other) = ([1.0_f32, 0.0], [1.0_f64, 0.0]);
            evaluator.update(&Batch::values(&singles).weights(&weight)).unwrap();
            evaluator.update(&Batch::values(&doubles).weights(&other)).unwrap();
            errors.update(&Batch::new(&singles, &[0.0_f32; 2]).weights(&weight)).unwrap();
            errors.update(&Batch::new(&doubles, &[0.0_f64; 2]).weights(&other)).unwrap();
            let (report, of_errors) = (evaluator.result().unwrap(), errors.result().unwrap());
            let both = [double, f64::from(single)];
            let [smallest, largest] =
                [both.into_iter().fold(1.0, f64::min), both.into_iter().fold(-1.0, f64::max)];
            let what = format!("{double:e} on {device:?}");
            assert_eq!(report.weighted("minimum"), Ok(smallest), "{what}");
            assert_eq!(report.weighted("maximum"), Ok(largest), "{what}");
            assert_eq!(report.unweighted("minimum"), Ok(smallest.min(0.0)), "{what}");
            assert_eq!(report.unweighted("maximum"), Ok(largest), "{what}");
            let error = double.abs().max(single.into());
            assert_eq!(of_errors.weighted("max_error"), Ok(error), "{what}");
        }
    }
}

/// Types decide, not values.
#[test]
fn the_types_of_columns_decide_the_precision() {
    let third = [1.0_f64 / 3.0];
    let mean = |batch: Batch<'_>, precision| {
        let builder = Evaluator::builder(Task::Regression).metric("mean_error");
        let mut evaluator = builder.precision(precision).device(Device::Cpu).build().unwrap();
        evaluator.update(&batch).unwrap();
        evaluator.result().unwrap().unweighted("mean_error").unwrap()
    };
    let single = f64::from(third[0] as f32);
    assert_eq!(mean(Batch::new(&third, &[0_u8]), Precision::Auto), third[0]);
    assert_eq!(mean(Batch::new(&third, &[0_u8]), Precision::Single), single);
    assert_eq!(mean(Batch::new(&[third[0] as f32], &[0_u8]), Precision::Double), single);
    // One column is enough, whichever it is.
    let ones = [1.0_f32];
    assert_eq!(mean(Batch::new(&ones, &third), Precision::Auto), 1.0 - third[0]);
    let precision = |batch: Batch<'_>| {
        let builder = Evaluator::builder(Task::Multiclass).classes(2).metric("accuracy");
        let mut evaluator = builder.device(Device::Cpu).build().unwrap();
        evaluator.update(&batch).unwrap();
        evaluator.result().unwrap().precision
    };
    let classes = Batch::new(&[1_i64], &[1_i64]);
    assert_eq!(precision(classes), SamplePrecision::Single);
    assert_eq!(precision(classes.weights(&ones)), SamplePrecision::Single);
    assert_eq!(precision(classes.weights(&third)), SamplePrecision::Double);
    // 32- and 64-bit integers in real-valued roles.
    assert_eq!(mean(Batch::new(&[16_777_217_i32], &[0_i32]), Precision::Auto), 16_777_217.0);
    assert_eq!(mean(Batch::new(&[1_i64 << 53], &[1_i64]), Precision::Auto), 2_f64.powi(53) - 1.0);
}

#[test]
fn sums_of_statistics_are_those_of_big_rationals() {
    let mut evaluator = Evaluator::builder(Task::Regression)
        .statistics([Statistic::sum(weighbridge::statistic::ValueFn::Identity)])
        .device(Device::Cpu)
        .build()
        .unwrap();
    let prediction = [1e100_f64, 1.0, -1e100, 2_f64.powi(-200)];
    let weight = [2_f64.powi(63), 0.1, 2_f64.powi(63), 2_f64.powi(-100)];
    evaluator.update(&Batch::new(&prediction, &[0.0_f64; 4]).weights(&weight)).unwrap();
    let state = evaluator.state().unwrap();
    let Accumulator::Sum(sum) = state.totals[0].statistics[0].content else { panic!() };
    let mut expected = [weighbridge::ExactSum::ZERO; 2];
    for (&p, &w) in prediction.iter().zip(&weight) {
        expected[0].add(p).unwrap();
        expected[1].add_product(w, p).unwrap();
    }
    assert_eq!([sum.unweighted, sum.weighted], expected);
}

/// The same of many samples, over narrow and wide ranges, with every instruction set.
#[test]
fn sums_of_many_samples_lose_no_bit() {
    let mut random = Random::new(9);
    let n = 5000;
    for span in [1, 8, 40, 90] {
        let mut numbers = || -> Vec<f64> {
            let number = |_| f64::from(random.log_uniform(-span, span)) * 1.000_000_000_1;
            (0..n).map(number).collect()
        };
        let (prediction, weight) = (numbers(), numbers());
        let weight: Vec<f64> = weight.into_iter().map(|w| w.abs().min(1e18)).collect();
        let mut expected = [weighbridge::ExactSum::ZERO; 4];
        for (&p, &w) in prediction.iter().zip(&weight) {
            expected[0].add(p).unwrap();
            expected[1].add_product(w, p).unwrap();
            expected[2].add(w).unwrap();
            expected[3].add_product(w, w).unwrap();
        }
        for instructions in weighbridge::InstructionSet::available() {
            let mut evaluator = Evaluator::builder(Task::Regression)
                .statistics([Statistic::sum(weighbridge::statistic::ValueFn::Identity)])
                .instructions(instructions)
                .device(Device::Cpu)
                .build()
                .unwrap();
            let truth = vec![0.0_f64; n];
            evaluator.update(&Batch::new(&prediction, &truth).weights(&weight)).unwrap();
            let totals = &evaluator.state().unwrap().totals[0];
            let Accumulator::Sum(sum) = totals.statistics[0].content else { panic!() };
            let weights = [totals.weights.sum, totals.weights.square_sum];
            let found = [sum.unweighted, sum.weighted, weights[0], weights[1]];
            assert!(found == expected, "2^±{span}, {}", instructions.name());
        }
    }
}

/// A truth that counts as zero is no reason to leave out its prediction.
#[test]
fn sums_of_predictions_do_not_depend_on_the_size_of_truths() {
    let mut evaluator = evaluator(Task::Regression, &["concordance_correlation"]);
    let (prediction, truth, weight) = ([1.0_f64, 2.0, 6.0], [1e-50_f64, 2.0, 4.0], [2.0_f64; 3]);
    evaluator.update(&Batch::new(&prediction, &truth).weights(&weight)).unwrap();
    let report = evaluator.result().unwrap();
    // Σp = 9, Σt = 6, Σp² = 41, Σt² = 20, Σpt = 28: 2 · 30 / (42 + 24 + 3²).
    assert_eq!(report.unweighted("concordance_correlation"), Ok(0.8));
    assert_eq!(report.weighted("concordance_correlation"), Ok(0.8));
}

/// Weights that a power of two would bring into the range are refused, with that power.
#[test]
fn weights_that_are_too_small_are_refused_if_that_can_be_mended() {
    let update = |weights: &[f64]| {
        let mut evaluator = evaluator(Task::Regression, &["mean_error"]);
        let ones = vec![1.0_f64; weights.len()];
        let updated = evaluator.update(&Batch::new(&ones, &ones).weights(weights));
        updated.map(|()| evaluator.result().unwrap())
    };
    let error = update(&[1e-60, 3e-70, 2e-65]).expect_err("too small").to_string();
    let sentence = "the weight in row 1 is 3e-70: weights in double precision have all of their \
                    digits from 2.9e-42 on, so multiply all weights by 2^93, which changes no \
                    ratio";
    assert_eq!(error, sentence);
    let scaled = [1e-60, 3e-70, 2e-65].map(|weight| weight * 2_f64.powi(93));
    assert_eq!(update(&scaled).unwrap().warnings, []);
    // No power of two helps: digits are lost, with a warning.
    let report = update(&[1e-60, 1e18, 0.0]).unwrap();
    assert_eq!(report.warnings, [Warning::SmallWeights { count: 1 }]);
    assert_eq!(report.zero_weight_samples, 2);
    assert_eq!(report.weight_sum, 1e18);
    let error = update(&[2_f64.powi(64)]).expect_err("too large").to_string();
    assert!(error.contains("below 2^64"), "{error}");
}

/// A class weight of 0, or a small one, is no remedy.
#[test]
fn class_weights_do_not_make_invalid_weights_valid() {
    let weight = [-1.0_f64, 2_f64.powi(64), f64::NAN, f64::INFINITY, 2.0];
    for class_weight in [0.0, 0.25] {
        let builder = Evaluator::builder(Task::Binary).metric("accuracy").device(Device::Cpu);
        let mut evaluator = builder.class_weights([(1, class_weight)]).build().unwrap();
        let batch = Batch::new(&[0.9_f64; 5], &[1_u8; 5]).weights(&weight);
        evaluator.update(&batch.on_fault(FaultPolicy::Count)).unwrap();
        let weights = evaluator.state().unwrap().totals[0].weights;
        let counts = (weights.invalid_weight, weights.zero_weight, weights.sum.to_f64());
        assert_eq!(counts, (4, u64::from(class_weight == 0.0), 2.0 * class_weight));
    }
}

/// A sample whose weight vanishes when it is multiplied by that of its class may hold anything.
#[test]
fn products_of_weights_that_count_as_zero_excuse_faults() {
    let builder = Evaluator::builder(Task::Binary).metric("accuracy").device(Device::Cpu);
    let mut evaluator = builder.class_weights([(1, 2_f64.powi(-60))]).build().unwrap();
    let weight = [2_f64.powi(-138), 1.0];
    evaluator.update(&Batch::new(&[f64::NAN, 0.9], &[1_u8, 0]).weights(&weight)).unwrap();
    let report = evaluator.result().unwrap();
    assert_eq!(report.weighted("accuracy"), Ok(0.0));
    assert_eq!(report.warnings, [Warning::SmallWeights { count: 1 }]);
}

#[test]
fn labels_of_any_type_are_classes_or_invalid() {
    let invalid = |batch: Batch<'_>| {
        let mut evaluator = evaluator(Task::Binary, &["accuracy", "brier_score"]);
        evaluator.update(&batch.on_fault(FaultPolicy::Count)).unwrap();
        let state = evaluator.state().unwrap();
        assert_eq!(state.precision_loss.double_samples, 4);
        state.totals[0].weights.invalid_label.unweighted
    };
    let scores = [0.25_f64; 4];
    assert_eq!(invalid(Batch::new(&scores, &[0.0_f64, 0.5, 1.0, -0.5])), 2);
    assert_eq!(invalid(Batch::new(&scores, &[0.0_f32, 1.5, f32::NAN, 1.0])), 2);
    assert_eq!(invalid(Batch::new(&scores, &[0_i32, -1, 2, 1])), 2);
    assert_eq!(invalid(Batch::new(&scores, &[1_i64, 1 << 32, -(1 << 32), 0])), 2);
    assert_eq!(invalid(Batch::new(&scores, &[1_u64, (1 << 32) + 1, u64::MAX, 0])), 2);
    assert_eq!(invalid(Batch::new(&scores, &[0_u8, 1, 2, 255])), 2);
}

/// The largest weight is valid alone, and refused with the weight of its class.
#[test]
fn class_weights_cannot_make_weights_too_large() {
    let largest = 2_f64.powi(64).next_down();
    let update = |class_weight: f64| {
        let builder = Evaluator::builder(Task::Binary).metric("accuracy").device(Device::Cpu);
        let mut evaluator = builder.class_weights([(1, class_weight)]).build().unwrap();
        evaluator.update(&Batch::new(&[0.9_f64], &[1_u8]).weights(&[largest]))?;
        Ok(evaluator.result().unwrap().weight_sum)
    };
    assert_eq!(update(1.0), Ok(largest));
    let Err(Error::Update(UpdateError::WeightProductTooLarge { row: 0, .. })) = update(2.0) else {
        panic!("{:?}", update(2.0))
    };
}

/// Integers beyond 2^53 are rounded, with a warning if that matters.
#[test]
fn large_integers_are_rounded_with_a_warning() {
    let large = 1 << 60;
    let signed = [[large + 1, 7], [large, 7_i64]];
    let unsigned = signed.map(|column| column.map(i64::unsigned_abs));
    let batches = [
        Batch::new(&signed[0], &signed[1]),
        Batch::new(&unsigned[0], &unsigned[1]),
        Batch::new(&unsigned[1], &unsigned[0]),
    ];
    for batch in batches {
        let mut evaluator = evaluator(Task::Regression, &["mean_error"]);
        evaluator.update(&batch).unwrap();
        let report = evaluator.result().unwrap();
        assert_eq!(report.unweighted("mean_error"), Ok(0.0));
        let [Warning::PrecisionLoss { largest_rounding, .. }] = report.warnings[..] else {
            panic!("{:?}", report.warnings)
        };
        assert_eq!(largest_rounding, 1.0);
    }
}

#[test]
fn clipped_and_unnormalized_probabilities_are_counted() {
    let warnings = |task, spec: &str, batch: Batch<'_>| {
        let builder = Evaluator::builder(task).classes(2).metric(spec).device(Device::Cpu);
        let mut evaluator = builder.build().unwrap();
        evaluator.update(&batch).unwrap();
        evaluator.result().unwrap().warnings
    };
    let rows = [0.0_f64, 1.0, 0.5, 0.25, 0.5, 0.5];
    let values = || vec!["log_loss".to_owned()];
    let clipped = Warning::Clipped { values: values(), count: 1 };
    let unnormalized = Warning::Unnormalized { values: values(), count: 1 };
    let found = warnings(Task::Multiclass, "log_loss", Batch::new(&rows, &[0_u8, 1, 1]));
    assert_eq!(found, [clipped, unnormalized]);
    // A probability of eps is not clipped.
    let scores = [0.25_f64, 0.75];
    assert_eq!(warnings(Task::Binary, "log_loss:eps=0.25", Batch::new(&scores, &[1_u8, 0])), []);
}

#[test]
fn reports_say_the_precision_of_their_samples() {
    let mut evaluator = evaluator(Task::Regression, &["mean_error"]);
    assert_eq!(evaluator.result().unwrap().precision, SamplePrecision::Single);
    let mask = [true, true, false];
    evaluator.update(&Batch::new(&[1.0_f64; 3], &[0.0_f64; 3]).mask(&mask)).unwrap();
    let report = evaluator.result().unwrap();
    assert_eq!(report.precision, SamplePrecision::Double);
    assert_eq!(report.to_json()["precision"], "double");
    assert!(report.to_string().contains("; double precision"), "{report}");
    evaluator.update(&Batch::new(&[1.0_f32], &[0.0_f32])).unwrap();
    let report = evaluator.result().unwrap();
    assert_eq!(report.precision, SamplePrecision::Mixed { double: 2 });
    assert!(report.to_string().contains("; 2 of the samples in double precision"), "{report}");
}
