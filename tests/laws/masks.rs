//! Masks, ignored labels and class weights, as laws of every metric: a masked sample is deleted,
//! whatever it contains, and a class weight multiplies the sample weight.

use crate::common::random::Random;
use crate::common::specs::{Inputs, specs};
use weighbridge::batch::FaultPolicy;
use weighbridge::error::UpdateError;
use weighbridge::report::Warning;
use weighbridge::{Batch, Device, Error, Evaluator, EvaluatorBuilder, State, Task, Undefined};

/// Classes of the multiclass task.
const CLASSES: u32 = 5;

/// The ignored label.
const IGNORED: i64 = -100;

/// An invalid weight: the bits that mark deleted samples in a masked batch.
const ALL_ONES: f32 = f32::from_bits(u32::MAX);

/// The tasks with one output per sample.
const TASKS: [Task; 4] = [Task::Regression, Task::Binary, Task::Multiclass, Task::Aggregation];

/// Every metric, over rows of probabilities in the multiclass task.
fn specs_of(task: Task) -> Vec<String> {
    let mut inputs = Inputs::ALL.iter().filter(|inputs| inputs.task() == task);
    let rows = inputs.clone().find(|inputs| inputs.rows());
    specs(*rows.or(inputs.next()).expect("inputs of a task"))
}

fn builder(task: Task) -> EvaluatorBuilder {
    Evaluator::builder(task).classes(CLASSES as usize).device(Device::Cpu)
}

/// A sample as a user may provide it; a deleted one may contain anything.
#[derive(Clone, Debug)]
struct Sample {
    prediction: Vec<f32>,
    truth: f64,
    weight: f32,
    counts: bool,
}

/// Columns of samples.
#[derive(Default)]
struct Data {
    prediction: Vec<f32>,
    truth: Vec<f64>,
    weight: Vec<f32>,
    mask: Vec<bool>,
}

impl Data {
    fn new(samples: &[Sample]) -> Self {
        let mut data = Self::default();
        for sample in samples {
            data.prediction.extend(&sample.prediction);
            data.truth.push(sample.truth);
            data.weight.push(sample.weight);
            data.mask.push(sample.counts);
        }
        data
    }

    fn batch(&self, task: Task) -> Batch<'_> {
        self.unweighted(task).weights(&self.weight)
    }

    fn unweighted(&self, task: Task) -> Batch<'_> {
        match task {
            Task::Aggregation => Batch::values(&self.prediction),
            _ => Batch::new(&self.prediction, &self.truth),
        }
    }
}

fn unit(random: &mut Random) -> f32 {
    (1 + random.below((1 << 20) - 1)) as f32 / (1 << 20) as f32
}

/// A row of probabilities in the multiclass task.
fn prediction(task: Task, random: &mut Random) -> Vec<f32> {
    let len = if task == Task::Multiclass { CLASSES } else { 1 };
    let row: Vec<_> = (0..len).map(|_| unit(random)).collect();
    let sum = if task == Task::Multiclass { row.iter().sum() } else { 1.0 };
    row.iter().map(|x| x / sum).collect()
}

/// Samples on which every metric is defined, and some deleted ones: their labels are ignored, or
/// they are masked and contain anything.
fn samples(task: Task, len: usize, random: &mut Random) -> Vec<Sample> {
    let junk = [f32::NAN, f32::INFINITY, f32::MAX, 1e-40, -3.0, ALL_ONES];
    let sample = |_| {
        let prediction = prediction(task, random);
        let top = (0..prediction.len()).max_by(|&a, &b| prediction[a].total_cmp(&prediction[b]));
        let mut sample = Sample {
            truth: match task {
                // Precision is high at some threshold of each class.
                Task::Multiclass if random.below(2) > 0 => top.unwrap_or_default() as f64,
                // These numbers are rounded to f32.
                Task::Regression | Task::Aggregation => 0.1 + f64::from(unit(random)),
                Task::Binary | Task::Multilabel => random.below(2) as f64,
                Task::Multiclass => random.below(CLASSES as usize) as f64,
            },
            prediction,
            weight: random.below(1025) as f32 / 256.0,
            counts: random.below(3) > 0,
        };
        if !sample.counts {
            let number = |random: &mut Random| junk[random.below(junk.len())];
            sample.prediction.iter_mut().for_each(|score| *score = number(random));
            sample.weight = number(random);
            sample.truth = match task {
                Task::Regression | Task::Aggregation => {
                    [f64::NAN, 1e300, 12_345.678_9][random.below(3)]
                }
                _ => [f64::NAN, -1.0, 77.0, 0.5, 1.0][random.below(5)],
            };
        }
        sample
    };
    (0..len).map(sample).collect()
}

/// The state after some batches, as if there were no masked samples and no ignored label, and the
/// number of masked samples.
fn unseen(mut state: State) -> (State, u64) {
    state.ignore_index = None;
    let masked = state.totals[0].weights.masked;
    // In one-vs-one problems, samples of other classes are masked as well.
    for totals in &mut state.totals {
        totals.weights.masked -= masked;
        totals.weights.samples -= masked;
    }
    (state, masked)
}

const SIZES: &[usize] = &[0, 1, 7, 511, 513, 3000];

#[test]
fn masked_samples_are_deleted_from_both_values_of_every_metric() {
    for task in TASKS {
        let mut random = Random::new(17);
        for (spec, &len) in specs_of(task).iter().zip(SIZES.iter().cycle()) {
            let samples = samples(task, len, &mut random);
            let kept: Vec<_> = samples.iter().filter(|s| s.counts).cloned().collect();
            let ignored = |sample: &Sample| {
                let truth = if sample.counts { sample.truth } else { IGNORED as f64 };
                Sample { truth, ..sample.clone() }
            };
            let ignored: Vec<_> = samples.iter().map(ignored).collect();
            let [with, ignored, without] = [&samples, &ignored, &kept].map(|s| Data::new(s));
            let evaluator = |builder: EvaluatorBuilder| builder.metric(spec).build().unwrap();

            let mut expected = evaluator(builder(task));
            expected.update(&without.batch(task)).unwrap();
            let mut masked = evaluator(builder(task));
            masked.update(&with.batch(task).mask(&with.mask)).unwrap();
            let mut evaluators = vec![masked];
            if task.has_labels() {
                let mut ignoring = evaluator(builder(task).ignore_index(IGNORED));
                ignoring.update(&ignored.batch(task)).unwrap();
                evaluators.push(ignoring);
            }
            for mut evaluator in evaluators {
                let (state, masked) = unseen(evaluator.state().unwrap());
                assert_eq!(state, expected.state().unwrap(), "{spec}, {len} samples");
                assert_eq!(masked, (samples.len() - kept.len()) as u64, "{spec}");
                let [report, want] = [&mut evaluator, &mut expected].map(|e| e.result().unwrap());
                assert_eq!(report.entries, want.entries, "{spec}");
                assert_eq!(report.warnings, want.warnings, "{spec}");
                assert_eq!((report.samples, report.masked_samples), (want.samples, masked));
            }
        }
    }
}

/// This also holds for a batch full of counted faults.
#[test]
fn states_with_masks_do_not_depend_on_split_order_or_merges() {
    for task in TASKS {
        let mut random = Random::new(23);
        let build = || {
            let builder = builder(task).metrics(match task {
                Task::Regression => vec!["mean_squared_error", "max_error", "r2_score"],
                Task::Aggregation => vec!["mean", "minimum", "maximum"],
                _ => vec!["accuracy", "log_loss", "confusion_matrix", "expected_calibration_error"],
            });
            match task {
                Task::Regression | Task::Aggregation => builder,
                _ => builder.class_weights([(0, 0.3), (1, 0.0)]).ignore_index(1),
            }
            .build()
            .unwrap()
        };
        for len in [150, 2500] {
            let mut samples = samples(task, len, &mut random);
            samples.iter_mut().for_each(|sample| sample.counts ^= random.below(4) == 0);
            let update = |evaluator: &mut Evaluator, samples: &[Sample]| {
                let data = Data::new(samples);
                evaluator
                    .update(&data.batch(task).mask(&data.mask).on_fault(FaultPolicy::Count))
                    .unwrap();
            };
            let mut whole = build();
            update(&mut whole, &samples);
            let whole = whole.state().unwrap();
            assert!(
                whole.totals[0].weights.masked > 0 && whole.totals[0].weights.invalid_weight > 0
            );
            random.shuffle(&mut samples);
            let mut parts = [build(), build()];
            for (index, samples) in samples.chunks(len / 3).enumerate() {
                update(&mut parts[index % 2], samples);
            }
            let [mut first, mut second] = parts;
            first.merge(&second.state().unwrap()).unwrap();
            assert_eq!(first.state().unwrap(), whole);
            // Deleted samples could as well be absent, with faults or without.
            let kept = |s: &&Sample| s.counts && (!task.has_labels() || s.truth != 1.0);
            let kept: Vec<_> = samples.iter().filter(kept).cloned().collect();
            let mut without = build();
            update(&mut without, &kept);
            assert_eq!(unseen(whole).0, unseen(without.state().unwrap()).0);
        }
    }
}

/// Columns are converted in chunks, and a long batch is divided among threads.
#[test]
fn long_batches_are_masked_at_the_right_rows() {
    let len = (1 << 18) + 70_000;
    let (prediction, truth) = (vec![3.5_f32; len], vec![0.1_f64; len]);
    let mask: Vec<_> = (0..len).map(|row| row % 7 != 3 && row < len - 1000).collect();
    let mut weight: Vec<_> = (0..len).map(|row| (row % 13) as f64).collect();
    weight[3] = f64::NAN;
    weight[len - 1] = -1.0;
    let mut evaluator = builder(Task::Regression).metric("mean_squared_error").build().unwrap();
    evaluator.update(&Batch::new(&prediction, &truth).weights(&weight).mask(&mask)).unwrap();
    let state = evaluator.state().unwrap();
    let kept = mask.iter().filter(|&&counts| counts).count() as u64;
    assert_eq!(state.totals[0].weights.masked, len as u64 - kept);
    assert_eq!(state.precision_loss.double_samples, kept);
    let sum: f64 = weight.iter().zip(&mask).filter(|(_, counts)| **counts).map(|(w, _)| w).sum();
    assert_eq!(state.totals[0].weights.sum.to_f64(), sum);
    // An error names the row of an invalid sample that is not masked.
    let row = len - 1001;
    weight[row] = f64::INFINITY;
    let batch = Batch::new(&prediction, &truth).weights(&weight).mask(&mask);
    assert!(mask[row]);
    let error = evaluator.update(&batch).unwrap_err();
    assert_eq!(error, Error::Update(UpdateError::InvalidWeight { row, weight: f64::INFINITY }));
}

#[test]
fn values_are_equal_with_a_mask_and_no_weights() {
    for task in TASKS {
        let mut random = Random::new(5);
        let data = Data::new(&samples(task, 700, &mut random));
        for spec in specs_of(task) {
            let mut evaluator = builder(task).metric(&spec).build().unwrap();
            evaluator.update(&data.unweighted(task).mask(&data.mask)).unwrap();
            let entry = &evaluator.result().unwrap().entries[0];
            assert_eq!(format!("{:?}", entry.weighted), format!("{:?}", entry.unweighted));
            assert!(entry.weighted.is_ok(), "{spec}: {:?}", entry.weighted);
        }
    }
}

#[test]
fn fully_masked_batches_have_no_samples() {
    let mut evaluator = builder(Task::Binary).ignore_index(255).build().unwrap();
    evaluator.update(&Batch::new(&[f32::NAN; 3], &[255_u8; 3])).unwrap();
    evaluator.update(&Batch::new(&[0.5_f32; 2], &[1_u8; 2]).mask(&[false; 2])).unwrap();
    let report = evaluator.result().unwrap();
    assert_eq!((report.samples, report.masked_samples, report.weight_sum), (0, 5, 0.0));
    for entry in &report.entries {
        assert_eq!(entry.unweighted, Err(Undefined::NoSamples), "{}", entry.spec);
        assert_eq!(entry.weighted, Err(Undefined::NoSamples), "{}", entry.spec);
    }
    let table = report.to_string();
    assert!(table.starts_with("0 samples,") && table.contains(", 5 masked\n"), "{table}");
    assert_eq!(report.to_json()["masked_samples"], 5);
}

/// In the caller's weights, the bits that mark deleted samples are an ordinary NaN.
#[test]
fn a_weight_with_all_bits_set_is_not_a_mask() {
    let weight = [1.0, ALL_ONES, f32::NAN];
    let batch = Batch::new(&[1.0_f32; 3], &[0.0_f32; 3]).weights(&weight);
    for (batch, masked) in
        [(batch, 0), (batch.mask(&[true; 3]), 0), (batch.mask(&[false, true, true]), 1)]
    {
        let mut evaluator = builder(Task::Regression).build().unwrap();
        let error = evaluator.update(&batch).unwrap_err();
        assert!(
            matches!(error, Error::Update(UpdateError::InvalidWeight { row: 1, .. })),
            "{error}"
        );
        evaluator.update(&batch.on_fault(FaultPolicy::Count)).unwrap();
        let weights = evaluator.state().unwrap().totals[0].weights;
        assert_eq!((weights.samples, weights.masked, weights.invalid_weight), (3, masked, 2));
    }
}

#[test]
fn labels_are_ignored_in_truths_of_every_type() {
    let masked = |label: i64, truth: Batch<'_>| {
        let mut evaluator = builder(Task::Multiclass).ignore_index(label).build().unwrap();
        evaluator.update(&truth.on_fault(FaultPolicy::Count)).unwrap();
        evaluator.state().unwrap().totals[0].weights.masked
    };
    let p = [0_u32; 3];
    assert_eq!(masked(-100, Batch::new(&p, &[-100.0_f32, 0.0, f32::NAN])), 1);
    assert_eq!(masked(-100, Batch::new(&p, &[-100.0_f64, -100.5, -100.0])), 2);
    assert_eq!(masked(0, Batch::new(&p, &[-0.0_f32, 0.0, 1.0])), 2);
    assert_eq!(masked(1, Batch::new(&p, &[true, false, true])), 2);
    assert_eq!(masked(255, Batch::new(&p, &[255_u8, 0, 1])), 1);
    assert_eq!(masked(-1, Batch::new(&p, &[255_u8, 0, 1])), 0);
    assert_eq!(masked(-1, Batch::new(&p, &[-1_i32, 0, 1])), 1);
    assert_eq!(masked(4, Batch::new(&p, &[4_u32, 0, 4])), 2);
    assert_eq!(masked(u32::MAX.into(), Batch::new(&p, &[u32::MAX, 0, 4])), 1);
    assert_eq!(masked(i64::MIN, Batch::new(&p, &[i64::MIN, i64::MIN + 1, 4])), 1);
    assert_eq!(masked(i64::MAX, Batch::new(&p, &[i64::MAX, i64::MAX - 1, 4])), 1);
    assert_eq!(masked(i64::MAX, Batch::new(&p, &[i64::MAX as u64, 1 << 63, u64::MAX])), 1);
    assert_eq!(masked(-1, Batch::new(&p, &[u64::MAX, 1, 2])), 0);
    // Neither 2^53 + 1 nor i64::MAX is representable in f64.
    assert_eq!(masked((1 << 53) + 1, Batch::new(&p, &[9_007_199_254_740_992.0_f64; 3])), 0);
    assert_eq!(masked(i64::MAX, Batch::new(&p, &[9_223_372_036_854_775_807.0_f64; 3])), 0);
    // One-hot rows are compared by class; malformed rows have no class.
    let rows = [0_u8, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(masked(2, Batch::new(&p, &rows).one_hot()), 1);
    assert_eq!(masked(u32::MAX.into(), Batch::new(&p, &rows).one_hot()), 0);
    assert_eq!(masked(-100, Batch::new(&p, &rows).one_hot()), 0);
}

#[test]
fn class_weights_multiply_sample_weights() {
    for task in [Task::Binary, Task::Multiclass] {
        let mut random = Random::new(31);
        let class_weights = [(0, 0.3), (1, 3.0)];
        let factor = |truth: f64| match truth as u32 {
            0 => 0.3_f32,
            1 => 3.0,
            _ => 1.0,
        };
        for spec in specs_of(task) {
            let mut samples = samples(task, 200, &mut random);
            samples.retain(|sample| sample.counts);
            let data = Data::new(&samples);
            let ones = vec![1.0_f32; data.weight.len()];
            for weight in [Some(&data.weight), None] {
                let unmasked = Batch::new(&data.prediction, &data.truth);
                let unmasked = weight.map_or(unmasked, |weight| unmasked.weights(weight));
                let product = weight.unwrap_or(&ones).iter().zip(&data.truth);
                let product: Vec<f32> = product.map(|(w, &truth)| w * factor(truth)).collect();
                let by_hand = Batch::new(&data.prediction, &data.truth).weights(&product);
                let one_hot: Vec<u8> = data
                    .truth
                    .iter()
                    .flat_map(|&t| (0..CLASSES).map(move |class| u8::from(t as u32 == class)))
                    .collect();
                let hot = Batch::new(&data.prediction, &one_hot).one_hot();
                let hot = weight.map_or(hot, |weight| hot.weights(weight));

                let state = |builder: EvaluatorBuilder, batch: Batch<'_>| {
                    let mut evaluator = builder.metric(&spec).build().unwrap();
                    evaluator.update(&batch).unwrap();
                    let state = evaluator.state().unwrap();
                    (state.totals, state.precision_loss)
                };
                let expected = state(builder(task), by_hand);
                let build = || builder(task).class_weights(class_weights);
                assert_eq!(state(build(), unmasked), expected, "{spec}");
                assert_eq!(
                    state(build(), unmasked.mask(&vec![true; ones.len()])),
                    expected,
                    "{spec}"
                );
                if task == Task::Multiclass {
                    assert_eq!(state(build(), hot), expected, "{spec}, one-hot");
                }
            }
        }
    }
}

/// The weight in the state, after multiplication by the class weight.
fn product(weight: f32, class_weight: f64) -> (f64, u64, u64, u64) {
    let builder = builder(Task::Binary).class_weights([(1, class_weight)]);
    let mut evaluator = builder.build().unwrap();
    evaluator
        .update(&Batch::new(&[0.7_f32], &[1_u8]).weights(&[weight]).on_fault(FaultPolicy::Count))
        .unwrap();
    let state = evaluator.state().unwrap();
    let (weights, small) = (state.totals[0].weights, state.precision_loss.lossy_weights);
    (weights.sum.to_f64(), weights.zero_weight, weights.invalid_weight, small)
}

#[test]
fn products_of_weights_have_the_same_limits_on_every_device() {
    let power = |exponent: i32| 2_f64.powi(exponent);
    let weight = |exponent: i32| power(exponent) as f32;
    // A class weight of 1 leaves the weight unchanged, even if it is subnormal.
    assert_eq!(product(weight(-149), 1.0), (power(-149), 0, 0, 0));
    assert_eq!(product(0.1, 1.0), (0.1_f32.into(), 0, 0, 0));
    // Rounded once.
    assert_eq!(product(0.1, 0.3), ((0.1_f32 * 0.3_f32).into(), 0, 0, 0));
    // A subnormal factor, or a product below 2^-125, becomes zero and is reported.
    assert_eq!(product(weight(-127), power(20)), (0.0, 1, 0, 1));
    assert_eq!(product(weight(20), power(-127)), (0.0, 1, 0, 1));
    assert_eq!(product(1.0, 1e-60), (0.0, 1, 0, 1));
    assert_eq!(product(weight(-65), power(-60)), (power(-125), 0, 0, 0));
    assert_eq!(product(weight(-66), power(-60)), (0.0, 1, 0, 1));
    assert_eq!(product(weight(-66).next_up(), power(-60)), (0.0, 1, 0, 1));
    // A weight of zero stays zero, and nothing is reported as lost.
    assert_eq!(product(0.0, 5.0), (0.0, 1, 0, 0));
    assert_eq!(product(-0.0, 5.0), (0.0, 1, 0, 0));
    assert_eq!(product(5.0, 0.0), (0.0, 1, 0, 0));
    assert_eq!(product(weight(-149), 0.0), (0.0, 1, 0, 0));
    // 2^64 is not a valid weight, and invalid weights stay invalid.
    assert_eq!(product(weight(40), power(23)), (power(63), 0, 0, 0));
    assert_eq!(product(weight(40), power(24)), (0.0, 0, 1, 0));
    assert_eq!(product(weight(63), power(63)), (0.0, 0, 1, 0));
    for weight in [f32::NAN, -1.0, f32::INFINITY, weight(64)] {
        assert_eq!(product(weight, 0.0), (0.0, 0, 1, 0), "{weight}");
    }
}

#[test]
fn a_product_of_weights_that_is_too_large_is_refused_with_its_row() {
    // 2^62 times 4 is 2^64, which is not a valid weight; 2^62 times 2 is, and so is 2^62 in the
    // other class.
    let weight = 2_f32.powi(62);
    for (class_weight, truth, refused) in [(4.0, 1_u8, true), (2.0, 1, false), (4.0, 0, false)] {
        let build = || builder(Task::Binary).class_weights([(1, class_weight)]).metric("accuracy");
        let mut evaluator = build().build().unwrap();
        let truth = [0_u8, truth];
        let weights = [1.0, weight];
        let batch = Batch::new(&[0.7_f32; 2], &truth).weights(&weights);
        let found = evaluator.update(&batch);
        match refused {
            true => {
                assert!(
                    matches!(
                        found,
                        Err(Error::Update(UpdateError::WeightProductTooLarge { row: 1, .. }))
                    ),
                    "{found:?}"
                );
            }
            false => assert_eq!(found, Ok(())),
        }
    }
}

#[test]
fn weights_lost_in_a_product_are_reported() {
    let build = || builder(Task::Binary).class_weights([(1, 1e-60)]).ignore_index(0);
    let mut evaluator = build().build().unwrap();
    evaluator.update(&Batch::new(&[0.7_f32; 4], &[1_u8, 1, 0, 0])).unwrap();
    evaluator.update(&Batch::new(&[0.7_f32; 2], &[1_u8, 0]).weights(&[1.0_f64, 1e-60])).unwrap();
    let warnings = evaluator.result().unwrap().warnings;
    assert_eq!(warnings, [Warning::SmallWeights { count: 3 }]);
}

#[test]
fn classes_of_weight_zero_are_deleted_from_weighted_values() {
    for task in [Task::Binary, Task::Multiclass] {
        let mut evaluator =
            builder(task).class_weights([(1, 0.0)]).metric("accuracy").build().unwrap();
        let prediction = match task {
            Task::Binary => vec![0.2, f32::NAN, 0.9],
            _ => vec![0.0, f32::NAN, 1.0],
        };
        evaluator.update(&Batch::new(&prediction, &[0_u8, 1, 0])).unwrap();
        let report = evaluator.result().unwrap();
        assert_eq!(report.weighted("accuracy"), Ok(0.5), "{task}");
        assert!(report.entries[0].unweighted.is_err(), "{task}");
        assert_eq!((report.samples, report.zero_weight_samples), (3, 1));
    }
}

/// Faults in masked samples are ignored; other faults are named by their row in the batch.
#[test]
fn the_first_unmasked_fault_is_named() {
    let mut evaluator = builder(Task::Multiclass)
        .class_weights([(2, 1e10)])
        .ignore_index(-100)
        .metric("accuracy")
        .build()
        .unwrap();
    let truth = [77_i64, -100, 2, 9, 2];
    let weight = [1.0_f32, -1.0, 1e10, 1.0, 1.0];
    let (prediction, mut mask) = ([0_u8, 99, 0, 0, 50], [false, true, true, true, true]);
    let mut refused = |mask: &[bool]| {
        let batch = Batch::new(&prediction, &truth).weights(&weight);
        evaluator.update(&batch.mask(mask)).unwrap_err()
    };
    let product = Error::Update(UpdateError::WeightProductTooLarge {
        row: 2,
        weight: 1e10,
        class: 2,
        class_weight: 1e10,
    });
    assert_eq!(refused(&mask), product);
    mask[2] = false;
    assert!(matches!(refused(&mask), Error::Update(UpdateError::InvalidLabel { row: 3, .. })));
    mask[3] = false;
    assert!(matches!(refused(&mask), Error::Update(UpdateError::InvalidLabel { row: 4, .. })));
    mask[4] = false;
    evaluator.update(&Batch::new(&prediction, &truth).weights(&weight).mask(&mask)).unwrap();
    assert_eq!(evaluator.result().unwrap().masked_samples, 5);
}
