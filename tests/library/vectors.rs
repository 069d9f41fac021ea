//! Values of whole samples: the outputs of a sample are the elements of a vector, as is its truth.

use crate::common::random::Random;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};
use weighbridge::error::{BuildError, StateError, UpdateError};
use weighbridge::internals::kernel::number_of_units;
use weighbridge::report::Warning;
use weighbridge::statistic::{Statistic, ValueFn, ValueSpec};
use weighbridge::{Batch, Device, Error, Evaluator, Precision, Report, Task, Undefined};

fn evaluator(outputs: usize, specs: &[&str]) -> Evaluator {
    let builder = Evaluator::builder(Task::Regression).outputs(outputs);
    builder
        .metrics(specs.iter().copied())
        .precision(Precision::Single)
        .device(Device::Cpu)
        .build()
        .expect("an evaluator")
}

fn report(outputs: usize, specs: &[&str], batch: &Batch<'_>) -> Report {
    let mut evaluator = evaluator(outputs, specs);
    evaluator.update(batch).expect("a batch");
    evaluator.result().expect("a report")
}

fn value(spec: &str, [prediction, truth]: &[Vec<f32>; 2]) -> f64 {
    report(prediction.len(), &[spec], &Batch::new(prediction, truth)).unweighted(spec).expect(spec)
}

fn exact(x: f32) -> BigRational {
    BigRational::from_float(x).expect("a number")
}

fn unit(random: &mut Random) -> f64 {
    (1 + random.below((1 << 30) - 1)) as f64 / (1 << 30) as f64
}

/// The distance from an `f32` number of this size to the next.
fn ulp(x: f64) -> f64 {
    2_f64.powi((x.abs().log2().floor() as i32).max(-126) - 23)
}

/// Pairs of rows: of either sign, of any magnitude, nearly parallel, nearly orthogonal.
fn directions(random: &mut Random, len: usize, turn: usize) -> [Vec<f32>; 2] {
    type Number = fn(&mut Random) -> f32;
    let plain: Number = |random| (2.0 * unit(random) - 1.0) as f32;
    let of_any_size: Number =
        |random| (2.0 * unit(random) - 1.0) as f32 * (random.below(200) as f32 - 90.0).exp2();
    let row =
        |random: &mut Random, number: Number| (0..len).map(|_| number(random)).collect::<Vec<_>>();
    let first = row(random, if turn % 4 == 1 { of_any_size } else { plain });
    let second = match turn % 4 {
        0 => row(random, plain),
        1 => row(random, of_any_size),
        3 if len == 1 => row(random, plain),
        2 => first.iter().map(|x| x * (1.0 + 1e-4 * plain(random))).collect(),
        _ => {
            // The last element makes the product zero, up to its rounding.
            let mut second = row(random, plain);
            let products = first.iter().zip(&second).take(len - 1);
            let sum: f64 = products.map(|(&x, &y)| f64::from(x) * f64::from(y)).sum();
            second[len - 1] = (-sum / f64::from(first[len - 1])) as f32;
            second
        }
    };
    [first, second]
}

#[test]
fn cosines_are_within_3_ulp() {
    let mut random = Random::new(41);
    let mut worst = 0.0_f64;
    for (len, turns) in [(1, 40), (2, 400), (3, 400), (10, 200), (64, 100), (1000, 20)] {
        for turn in 0..turns {
            let rows = directions(&mut random, len, turn);
            let sum = |[a, b]: [&Vec<f32>; 2]| -> BigRational {
                a.iter().zip(b).map(|(&a, &b)| exact(a) * exact(b)).sum()
            };
            let [p, t] = [&rows[0], &rows[1]];
            let (product, squares) = (sum([p, t]), sum([p, p]) * sum([t, t]));
            // The square of the cosine as a fraction, which cannot overflow or underflow.
            let size = (product.clone() * &product / squares).to_f64().expect("a fraction").sqrt();
            let expected = if product.is_negative() { -size } else { size };
            let found = value("cosine_similarity", &rows);
            // Less than 2^-104 of each product is truncated.
            let cut = len as f64 * 2_f64.powi(-104);
            let error = ((found - expected).abs() - cut).max(0.0) / ulp(expected);
            assert!(error <= 3.0, "{len}, {turn}: {found} and {expected}, {error} ulp, {rows:?}");
            worst = worst.max(error);
        }
    }
    println!("{worst:.3} ulp");
    assert_eq!(value("cosine_similarity", &[vec![3e38, 3e38], vec![1e-30, 1e-30]]), 1.0);
    assert_eq!(value("cosine_similarity", &[vec![1.0, 2.0], vec![-2.0, -4.0]]), -1.0);
    assert_eq!(value("cosine_similarity", &[vec![1.0, 0.0], vec![0.0, 7.0]]), 0.0);
}

/// Pairs of distributions: random, nearly equal, with zeros, far apart, equal.
fn distributions(random: &mut Random, len: usize, turn: usize) -> [Vec<f32>; 2] {
    let row = |random: &mut Random, power: i32| {
        let sizes: Vec<_> = (0..len).map(|_| unit(random).powi(power)).collect();
        let sum: f64 = sizes.iter().sum();
        sizes.iter().map(|size| (size / sum) as f32).collect::<Vec<f32>>()
    };
    let prediction = row(random, 1 + turn as i32 % 4);
    let truth = match turn % 5 {
        0 => row(random, 1),
        1 => {
            let near = prediction.iter().map(|p| p * (1.0 + 1e-3 * (unit(random) - 0.5) as f32));
            near.map(|t| t.min(1.0)).collect()
        }
        2 => {
            let mut near = prediction.clone();
            let moved = near[0].min(near[len - 1]) * 1e-6;
            (near[0], near[len - 1]) = ((near[0] + moved).min(1.0), near[len - 1] - moved);
            near
        }
        3 => (0..len).map(|k| if k == turn % len { 1.0 } else { 0.0 }).collect(),
        _ => row(random, 12),
    };
    [prediction, truth]
}

/// t ln(t/p) − t + p, without cancellation.
fn half_deviance(p: f64, t: f64) -> f64 {
    let u = (p - t) / t;
    if t == 0.0 {
        p
    } else if u.abs() < 1e-2 {
        // u²/2 − u³/3 + …
        t * (2..12).map(|n| (-u).powi(n) / f64::from(n)).sum::<f64>()
    } else {
        t * (u - u.ln_1p())
    }
}

#[test]
fn divergences_are_within_4_ulp_of_their_terms() {
    const EPS: f32 = f32::EPSILON;
    let mut random = Random::new(43);
    let mut worst = 0.0_f64;
    for (len, turns) in [(1, 50), (2, 500), (3, 500), (10, 300), (64, 100), (1000, 50)] {
        for turn in 0..turns {
            let rows = distributions(&mut random, len, turn);
            let pairs = || rows[0].iter().map(|p| p.max(EPS)).zip(rows[1].iter().copied());
            let deviances: f64 = pairs().map(|(p, t)| half_deviance(p.into(), t.into())).sum();
            let difference: BigRational = pairs().map(|(p, t)| exact(t) - exact(p)).sum();
            let difference = if difference.is_zero() { 0.0 } else { difference.to_f64().unwrap() };
            let found = value("kl_divergence", &rows);
            let expected = deviances + difference;
            let error = (found - expected).abs() / ulp(deviances + difference.abs());
            let error = if found == expected { 0.0 } else { error };
            assert!(error <= 4.0, "{len}, {turn}: {found} and {expected}, {error} ulp, {rows:?}");
            worst = worst.max(error);
        }
    }
    println!("{worst:.3} ulp");
    let certain = [vec![0.25, 0.75], vec![0.0, 1.0]];
    assert!((value("kl_divergence", &certain) + 0.75_f64.ln()).abs() < 1e-7);
    assert_eq!(value("kl_divergence", &[vec![0.25, 0.75], vec![0.25, 0.75]]), 0.0);
}

#[test]
fn outputs_keep_their_values_beside_vector_values() {
    let (prediction, truth) = ([0.5_f32, 0.5, 0.25, 0.75], [1.0_f32, 0.0, 0.5, 0.5]);
    let specs = ["mean_squared_error", "cosine_similarity", "max_error:average=none"];
    let batch = Batch::new(&prediction, &truth);
    let together = report(2, &specs, &batch.weights(&[1.0_f32, 3.0]));
    for spec in specs {
        let alone = report(2, &[spec], &batch.weights(&[1.0_f32, 3.0]));
        assert_eq!(alone.entries, [together.get(spec).unwrap().clone()]);
        assert_eq!((alone.samples, alone.weight_sum), (together.samples, together.weight_sum));
    }
    assert_eq!(together.samples, 2);
}

#[test]
fn vectors_have_one_weight() {
    let (prediction, truth, weight) = ([0.5_f32; 6], [0.25_f32; 6], [1.0_f32; 6]);
    let batch = Batch::new(&prediction, &truth).weights(&weight);
    for spec in ["cosine_similarity", "kl_divergence"] {
        let refused = evaluator(3, &["mean_error", spec]).update(&batch);
        assert_eq!(
            refused,
            Err(Error::Update(UpdateError::WeightShape {
                samples: 2,
                outputs: 1,
                steps: 1,
                weight: 6
            }))
        );
    }
    evaluator(3, &["mean_error"]).update(&batch).expect("weights of elements");
}

#[test]
fn undefined_vectors_are_counted() {
    let nan = f32::NAN;
    let prediction = [0.5_f32, 0.5, 0.0, 0.0, 0.25, 0.75, nan, 1.0];
    let truth = [0.5_f32, 0.5, 1.0, 0.0, 1.5, -0.5, 0.5, 0.5];
    let weight = [1.0_f32, 0.0, 0.0, 0.0];
    let batch = Batch::new(&prediction, &truth).weights(&weight);
    let specs = ["cosine_similarity", "kl_divergence", "mean_error"];
    let found = report(2, &specs, &batch);
    assert_eq!(found.weighted("cosine_similarity"), Ok(1.0));
    assert_eq!(found.weighted("kl_divergence"), Ok(0.0));
    let reasons: Vec<_> = found.entries.iter().map(|entry| entry.unweighted.clone()).collect();
    let nonfinite = Err(Undefined::NonFinite { count: 1 });
    let reason = Undefined::NonFinite { count: 1 }.into();
    let of_output = Err(Undefined::Output { output: 0, reason });
    assert_eq!(reasons, [nonfinite.clone(), nonfinite, of_output]);

    // Without the NaN: a row of zeros has no direction, and a row outside [0, 1] has no divergence.
    let batch = Batch::new(&prediction[..6], &truth[..6]);
    let found = report(2, &specs, &batch);
    let outside = |spec: &str| match &found.get(spec).expect("an entry").unweighted {
        Err(Undefined::OutsideDomain { count, .. }) => *count,
        other => panic!("{spec}: {other:?}"),
    };
    assert_eq!(["cosine_similarity", "kl_divergence"].map(outside), [1, 1]);
    assert!(found.unweighted("mean_error").is_ok());
}

#[test]
fn clipped_predictions_and_sums_other_than_1_are_reported() {
    let prediction = [0.0_f32, 1.0, 1.0, 0.0, 0.5, 0.25];
    let truth = [0.5_f32, 0.5, 1.0, 0.0, 0.5, 0.5];
    let found = report(2, &["kl_divergence", "mean_error"], &Batch::new(&prediction, &truth));
    let values = || vec!["kl_divergence".to_owned()];
    let clipped = Warning::Clipped { values: values(), count: 1 };
    let unnormalized = Warning::UnnormalizedOutputs { values: values(), count: 1 };
    assert_eq!(found.warnings, [clipped, unnormalized]);
    assert_eq!(
        found.warnings[1].to_string(),
        "the predictions or the truths of 1 of the samples do not sum to 1 in kl_divergence: divide \
         them by their sum"
    );
    let expected = 0.5 * (0.5_f64.ln() + (0.5 / f64::from(f32::EPSILON)).ln()) + 0.5 * 2_f64.ln();
    assert!((found.unweighted("kl_divergence").unwrap() - expected / 3.0).abs() < 1e-6);
}

#[test]
fn clipped_predictions_in_double_precision_count_as_the_least_that_counts() {
    let spec = "kl_divergence:eps=0.25";
    let builder = Evaluator::builder(Task::Regression).outputs(2).metric(spec);
    let mut evaluator = builder.device(Device::Cpu).build().unwrap();
    evaluator.update(&Batch::new(&[0.0_f64, 1.0], &[0.75_f64, 0.25])).unwrap();
    let report = evaluator.result().unwrap();
    let expected = 0.75 * 3_f64.ln() + 0.25 * 0.25_f64.ln();
    let found = report.unweighted(spec).unwrap();
    assert!((found - expected).abs() < 1e-15, "{found}, not {expected}");
    let values = vec![spec.to_owned()];
    assert_eq!(report.warnings, [Warning::Clipped { values, count: 1 }]);
}

#[test]
fn masks_delete_vectors_and_states_do_not_depend_on_the_split() {
    let mut random = Random::new(47);
    let (outputs, samples) = (5, 1500);
    let rows: Vec<_> = (0..samples).map(|turn| distributions(&mut random, outputs, turn)).collect();
    let [prediction, truth] = [0, 1].map(|side| {
        let rows = rows.iter().flat_map(|rows| &rows[side]);
        rows.copied().collect::<Vec<f32>>()
    });
    let weight: Vec<_> = (0..samples).map(|_| random.below(9) as f32 / 4.0).collect();
    let mask: Vec<_> = (0..samples).map(|_| random.below(3) > 0).collect();
    let specs = ["cosine_similarity", "kl_divergence", "mean_squared_error"];
    let state = |step: usize| {
        let mut evaluator = evaluator(outputs, &specs);
        for start in (0..samples).step_by(step) {
            let samples = start..samples.min(start + step);
            let elements = outputs * samples.start..outputs * samples.end;
            let batch = Batch::new(&prediction[elements.clone()], &truth[elements]);
            let batch = batch.weights(&weight[samples.clone()]).mask(&mask[samples]);
            evaluator.update(&batch).expect("a batch");
        }
        evaluator.state().expect("a state")
    };
    let whole = state(samples);
    assert_eq!(state(1), whole);
    assert_eq!(state(511), whole);

    let kept = |column: &[f32], width: usize| -> Vec<f32> {
        let rows = column.chunks(width).zip(&mask).filter(|(_, counts)| **counts);
        rows.flat_map(|(row, _)| row.iter().copied()).collect()
    };
    let [prediction, truth] = [&prediction, &truth].map(|column| kept(column, outputs));
    let weight = kept(&weight, 1);
    let mut evaluator = evaluator(outputs, &specs);
    evaluator.update(&Batch::new(&prediction, &truth).weights(&weight)).expect("a batch");
    let mut unmasked = evaluator.state().expect("a state");
    for (unmasked, whole) in unmasked.totals.iter_mut().zip(&whole.totals) {
        unmasked.weights.masked = whole.weights.masked;
        unmasked.weights.samples += whole.weights.masked;
    }
    assert_eq!(unmasked, whole);
}

#[test]
fn evaluators_have_one_eps_and_merge_only_with_the_same_eps() {
    let state = |spec: &str| evaluator(2, &[spec]).state().expect("a state");
    let refused = evaluator(2, &["kl_divergence"]).merge(&state("kl_divergence:eps=0.25"));
    assert!(matches!(refused, Err(Error::State(StateError::Mismatch { .. }))), "{refused:?}");
    let both = ["kl_divergence", "kl_divergence:eps=0.25"];
    let refused = Evaluator::builder(Task::Regression).outputs(2).metrics(both).build();
    assert!(
        matches!(refused, Err(Error::Build(BuildError::ConflictingMetrics { .. }))),
        "{refused:?}"
    );
}

#[test]
fn values_of_vectors_belong_to_the_regression_task() {
    for &function in ValueFn::OF_VECTORS {
        let parameter = *function.parameter_ranges()[0].end();
        let statistic = Statistic::Sum(ValueSpec { function, parameter: parameter.into() });
        for &task in Task::ALL {
            let checked = statistic.check(task);
            assert_eq!(checked.is_ok(), task == Task::Regression, "{statistic} in {task}");
        }
    }
}

#[test]
fn sums_are_rounded_once_and_flushed_elements_are_reported() {
    // Just above the midpoint of two numbers: rounded to `f64` first, it would be the midpoint.
    let units = (((1_i128 << 24) + 1) << 40) + 1;
    let above = ((1 << 24) + 2) as f32 * 2_f32.powi(40);
    assert_eq!(f32::from_bits(number_of_units(units)), above);
    assert_eq!(f32::from_bits(number_of_units(-units)), -above);
    assert_eq!(number_of_units(0), 0);
    for (prediction, truth) in [([1e-40_f32, 1.0], [1.0_f32; 2]), ([1.0; 2], [1.0, -1e-40])] {
        let found = report(2, &["cosine_similarity"], &Batch::new(&prediction, &truth));
        let values = vec!["cosine_similarity".to_owned()];
        assert_eq!(found.warnings, [Warning::Underflow { values, count: 1 }]);
        let expected = f64::from(0.5_f32.sqrt());
        assert!((found.unweighted("cosine_similarity").unwrap() - expected).abs() < 1e-7);
    }
}

#[test]
fn a_number_too_large_in_a_vector_is_named_with_its_sample() {
    let prediction = [1.0_f64; 9];
    for element in 0..9 {
        let mut truth = [1.0_f64; 9];
        truth[element] = 1e300;
        for [prediction, truth] in [[&prediction, &truth], [&truth, &prediction]] {
            let batch = Batch::new(prediction, truth);
            for specs in [&["cosine_similarity"][..], &["cosine_similarity", "mean_error"]] {
                let row = element / 3;
                let refused = evaluator(3, specs).update(&batch.weights(&[1.0_f32; 3]));
                let Err(Error::Update(UpdateError::TooLarge { row: found, .. })) = refused else {
                    panic!("{element}: {refused:?}")
                };
                assert_eq!(found, row, "{element}");
                // It is allowed in a sample of weight zero and in a masked one.
                let mut weight = [1.0_f32; 3];
                weight[row] = 0.0;
                evaluator(3, specs).update(&batch.weights(&weight)).expect("no weight");
                let mask = [0, 1, 2].map(|index| index != row);
                evaluator(3, specs).update(&batch.mask(&mask)).expect("a mask");
            }
        }
    }
}
