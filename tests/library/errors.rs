//! Produces every error of the library once and checks its message: what, where, what to do.
//!
//! Device errors (lost, refused) are produced in `src/gpu/tests`, where a device can be broken;
//! `every_variant_is_tested` lists them.

use crate::common::devices::devices;
use std::collections::BTreeSet;
use weighbridge::batch::{FaultPolicy, Inputs};
use weighbridge::error::{Input, StateError, UpdateError};
use weighbridge::statistic::{CustomValue, Moment, Statistic};
use weighbridge::{Batch, Device, Error, Evaluator, Precision, Task, Undefined, Window};

fn evaluator(task: Task, specs: &[&str]) -> Result<Evaluator, Error> {
    let builder = Evaluator::builder(task).classes(3).metrics(specs.iter().copied());
    builder.precision(Precision::Single).device(Device::Cpu).build()
}

fn refused(task: Task, batch: &Batch<'_>) -> Error {
    let mut evaluator = evaluator(task, &[]).expect("the default metrics");
    let before = evaluator.state();
    let error = evaluator.update(batch).expect_err("the batch is bad");
    assert_eq!(evaluator.state(), before, "changed by a refused batch: {error}");
    error
}

fn not_built(task: Task, spec: &str) -> Error {
    evaluator(task, &[spec]).expect_err("the spec is bad")
}

/// Each error with its expected message.
fn errors() -> Vec<(Error, &'static str)> {
    let (two, three) = ([1.0_f32, 0.5], [1.0_f32, 0.0, 1.0]);
    let batch = Batch::new(&two, &two);
    let mut ours = evaluator(Task::Regression, &["mean_error"]).expect("a metric");
    let theirs = evaluator(Task::Regression, &["max_error"]).expect("a metric").state();
    let mut broken = ours.state().expect("a state");
    broken.totals.clear();
    let classes = |classes| {
        let builder = Evaluator::builder(Task::Multiclass).device(Device::Cpu);
        builder.metric("confusion_matrix").classes(classes).build().expect_err("refused")
    };
    let (scores, rows) = ([0.5_f32, 0.3, 0.2, 0.1, 0.2, 0.7], [0_u8, 1, 0, 0, 0, 1]);
    let log_loss = |batch: &Batch<'_>| {
        let mut evaluator = evaluator(Task::Multiclass, &["log_loss"]).expect("a metric");
        evaluator.update(batch).expect_err("classes have no probabilities")
    };
    let together = |specs: &[&str]| evaluator(Task::Multiclass, specs).expect_err("they conflict");
    let weighed = |task, weights: &[(usize, f64)]| {
        let builder = Evaluator::builder(task).classes(3).device(Device::Cpu);
        builder.class_weights(weights.iter().copied())
    };
    let not_weighed = |task, weights: &[(usize, f64)]| {
        weighed(task, weights).build().expect_err("the class weights are bad")
    };
    let mut heavy = weighed(Task::Binary, &[(1, 3e10)]).build().expect("an evaluator");
    let outputs = |task, outputs: Option<u32>| {
        let builder = Evaluator::builder(task).device(Device::Cpu);
        let builder =
            if let Some(outputs) = outputs { builder.outputs(outputs as usize) } else { builder };
        builder.build().expect_err("no such number")
    };
    vec![
        (
            outputs(Task::Multilabel, None),
            "the multilabel task needs the number of labels: set it with EvaluatorBuilder::outputs",
        ),
        (
            outputs(Task::Binary, Some(2)),
            "the binary task has one output per sample: only the regression and multilabel tasks \
             can have several",
        ),
        (
            outputs(Task::Regression, Some(0)),
            "the number of outputs is 0, but must be from 1 to \
                                              65536",
        ),
        (
            refused(Task::Multiclass, &Batch::new(&scores[..5], &[2_u8, 0])),
            "5 elements of predictions for 2 samples of 3 classes: there must be a row of 3 scores \
             per sample, or one class per sample",
        ),
        (
            refused(Task::Multiclass, &Batch::new(&scores, &rows[..5]).one_hot()),
            "the truth has 5 elements, which is not a multiple of the row width 3",
        ),
        (
            refused(Task::Regression, &Batch::values(&two)),
            "the regression task needs truths: give predictions and truths with Batch::new \
             instead of values",
        ),
        (
            refused(Task::Aggregation, &Batch::new(&two, &two)),
            "the aggregation task has no truths: give the values with Batch::values",
        ),
        (
            refused(Task::Binary, &Batch::new(&two, &rows[..2]).one_hot()),
            "one-hot and soft truths are supported only in the multiclass task; the binary task \
             needs one truth per prediction",
        ),
        (
            log_loss(&Batch::new(&[0_u8, 1], &[2_u8, 0])),
            "log_loss needs rows of 3 scores, but the predictions are classes: give 3 scores per \
             sample, or leave out metrics that need them",
        ),
        (
            together(&["log_loss:label_smoothing=0.1", "log_loss:label_smoothing=0.1:eps=0.01"]),
            "log_loss:label_smoothing=0.1 and log_loss:label_smoothing=0.1:eps=0.01 need \
             different sums over the same rows: give them the same parameters, or use an \
             evaluator for each",
        ),
        (
            refused(Task::Multiclass, &Batch::new(&scores, &[0_u8, 1, 0, 0, 1, 1]).one_hot()),
            "the truth in row 1 is not one-hot: one element must be 1 and all others 0",
        ),
        (
            not_built(Task::Multiclass, "top_k_accuracy:k=4"),
            "top_k_accuracy:k=4: k is \"4\", but must be at most the number of classes, 3",
        ),
        (
            refused(Task::Multiclass, &Batch::new(&[true; 6], &[2_u8, 0])),
            "prediction of type bool in the multiclass task: predictions must be numbers",
        ),
        (
            refused(Task::Regression, &batch.mask(&[true])),
            "1 element of a mask for 2 samples: there must be one per sample (if these are \
             sequences, set their length with Batch::sequence_length)",
        ),
        (
            refused(Task::Regression, &batch.sequence_length(2).lengths(&[3_u8])),
            "the length of sequence 0 is 3: it must be a whole number from 0 to 2",
        ),
        (
            not_weighed(Task::Regression, &[(0, 1.0)]),
            "class weights cannot be used in the regression task, which has no labels: use \
             weights per sample, or a mask",
        ),
        (
            weighed(Task::Regression, &[]).ignore_index(-100).build().expect_err("no labels"),
            "an ignored label cannot be used in the regression task, which has no labels: use \
             weights per sample, or a mask",
        ),
        (
            not_weighed(Task::Binary, &[(2, 1.0)]),
            "a weight is given for class 2, but the classes are 0 to 1",
        ),
        (
            not_weighed(Task::Multiclass, &[(0, 2.0), (3, 1.0)]),
            "a weight is given for class 3, but the classes are 0 to 2",
        ),
        (
            not_weighed(Task::Multiclass, &[(1, f64::NAN)]),
            "the weight of class 1 is NaN: weights must be finite, not negative and below 2^64",
        ),
        (
            not_weighed(Task::Multiclass, &[(0, 2.0), (1, 1.0), (0, 2.0)]),
            "class 0 is given two weights: there must be one per class",
        ),
        (
            heavy
                .update(&Batch::new(&two, &[0_u8, 1]).weights(&[3e10_f64, 1e10]))
                .expect_err("the product is bad"),
            "the weight in row 1 is 10000000000 times 30000000000 for class 1: the product must be \
             below 2^64",
        ),
        (
            refused(Task::Multiclass, &Batch::new(&[0_u8, 1], &[2_i64, 3])),
            "the truth in row 1 is 3: it must be a whole number from 0 to 2",
        ),
        (
            refused(Task::Multiclass, &Batch::new(&[0.0_f32, 0.5], &[2_i64, 3])),
            "the prediction in row 1 is 0.5: it must be a whole number from 0 to 2",
        ),
        (
            classes(1),
            "the number of classes is 1, but must be from 2 to 1048576: classes count from 0, so \
             it is one more than the largest class",
        ),
        (
            Evaluator::builder(Task::Binary)
                .class_names(["no", "yes", "maybe"])
                .build()
                .expect_err("3 names"),
            "3 names for 2 classes: there must be one for each",
        ),
        (
            classes(100_000),
            "a confusion matrix of 100000 classes would take 1.36 TB: it can have at most 2048 \
             classes; the other metrics of counts need no matrix",
        ),
        (
            Evaluator::new(Task::Multiclass).expect_err("no classes"),
            "the multiclass task needs the number of classes: set it with EvaluatorBuilder::classes",
        ),
        (
            refused(Task::Regression, &Batch::new(&two, &three)),
            "3 truths for 2 predictions: there must be one truth per prediction",
        ),
        (
            refused(Task::Regression, &batch.weights(&three)),
            "3 weights for 2 samples: there must be one weight per sample",
        ),
        (
            refused(Task::Regression, &batch.weights(&[0.5_f32, f32::INFINITY])),
            "the weight in row 1 is inf: weights must be finite, not negative and below 2^64",
        ),
        (
            refused(Task::Binary, &Batch::new(&two, &[1_i64, 7])),
            "the truth in row 1 is 7: it must be 0 or 1",
        ),
        (
            refused(Task::Regression, &Batch::new(&two, &[0.0_f64, -1e39])),
            "the truth in row 1 is -1e39: it does not fit an f32, which ends at 3.4e38",
        ),
        (
            refused(Task::Regression, &Batch::new(&[0.0_f32, f32::NAN], &two)),
            "the prediction in row 1 is NaN: it must be finite; mask the row, or count such faults \
             with on_fault(FaultPolicy::Count)",
        ),
        (
            refused(Task::Binary, &Batch::new(&[true, false], &two)),
            "prediction of type bool in the binary task: predictions must be numbers",
        ),
        (
            refused(Task::Regression, &batch.weights(&[true, false])),
            "weight of type bool in the regression task: weights must be numbers (a mask is not a \
             weight)",
        ),
        (
            not_built(Task::Regression, "mean_square_error"),
            "unknown metric \"mean_square_error\"; did you mean mean_squared_error?",
        ),
        (
            not_built(Task::Binary, "mean_error"),
            "metric mean_error is not available in the binary task; it is available in: regression",
        ),
        (
            not_built(Task::Binary, "accuracy:threshold=1e39"),
            "accuracy: threshold is \"1e39\", but must be a number from 0 to 1",
        ),
        (
            not_built(Task::Regression, "accuracy"),
            "metric accuracy is not available in the regression task; it is available in: binary, \
             multiclass, multilabel",
        ),
        (
            not_built(Task::Regression, "huber_loss:detla=1"),
            "huber_loss has no parameter \"detla\" in the regression task; it has delta, reduction",
        ),
        (
            not_built(Task::Regression, "pinball_loss:quantile=2"),
            "pinball_loss: quantile is \"2\", but must be a number from 0 to 1",
        ),
        (
            not_built(Task::Regression, "huber_loss:delta=1:delta=2"),
            "huber_loss: delta is given twice",
        ),
        (
            Evaluator::builder(Task::Regression).checkpoint_every(0).build().expect_err("never"),
            "a checkpoint every 0 updates: give 1 or more, or leave it out for none",
        ),
        (
            Window::new(evaluator(Task::Regression, &[]).expect("the standard metrics"), 0)
                .expect_err("no updates"),
            "a window of 0 updates: give 1 or more",
        ),
        (
            Evaluator::builder(Task::Binary)
                .threshold(1.0)
                .from_logits(true)
                .device(Device::Cpu)
                .build()
                .expect_err("an infinite logit"),
            "the threshold is 1, but must be a probability between 0 and 1, both excluded, since \
             predictions are logits",
        ),
        (
            theirs.and_then(|theirs| ours.merge(&theirs)).expect_err("other metrics"),
            "statistics: the state has maximum:absolute_error, but this evaluator has sum:error; \
             states can be merged only if made with the same task, metrics and settings",
        ),
        (
            ours.merge(&broken).expect_err("no totals"),
            "the state is inconsistent: it is damaged, or was edited by hand",
        ),
    ]
}

/// Errors of custom values, with their expected messages.
fn errors_of_values() -> Vec<(Error, &'static str)> {
    static TAKEN: CustomValue = CustomValue::new("squared_error", "", |_, _, _| 0);
    static MINE: CustomValue = CustomValue::new(
        "mine",
        "fn mine(prediction: u32, truth: u32, parameter: u32) -> u32 {
             return differrence(prediction, truth);
         }",
        difference_of,
    );
    fn difference_of(prediction: u32, truth: u32, _parameter: u32) -> u32 {
        weighbridge::kernel::bits::difference(prediction, truth)
    }
    let build =
        |value| Evaluator::builder(Task::Regression).value(value).device(Device::Cpu).build();
    let mut errors = vec![(
        build(&TAKEN).expect_err("the name is taken"),
        "a custom value cannot be named \"squared_error\": it is the name of a value of the \
         library",
    )];
    // A build without the GPU engine does not parse WGSL.
    if cfg!(feature = "gpu") {
        errors.push((
            build(&MINE).expect_err("a word that is none"),
            "the custom value mine, line 2: no definition in scope for identifier: `differrence`",
        ));
    }
    errors
}

/// The variant's name, as `Debug` prints it.
fn variant(debug: &str) -> String {
    debug.chars().take_while(|c| c.is_alphanumeric()).collect()
}

/// The variants of an enum in its source.
fn variants(name: &str, source: &str) -> BTreeSet<String> {
    let (_, body) = source.split_once(&format!("pub enum {name} {{")).expect("the enum");
    let (body, _) = body.split_once("\n}\n").expect("its end");
    let lines = body.lines().filter_map(|line| line.strip_prefix("    "));
    lines.filter(|line| line.starts_with(char::is_uppercase)).map(variant).collect()
}

#[test]
fn names_of_tasks_are_read_as_they_are_printed() {
    for task in Task::ALL {
        assert_eq!(task.to_string().parse(), Ok(*task));
    }
    let error = "ranking".parse::<Task>().expect_err("no such task");
    let sentence = "unknown task \"ranking\": it must be regression, binary, multiclass, \
                    multilabel or aggregation";
    assert_eq!(Error::from(error).to_string(), sentence);
}

#[test]
fn messages_say_what_and_where() {
    for (error, sentence) in errors().into_iter().chain(errors_of_values()) {
        assert_eq!(error.to_string(), sentence, "{error:?}");
    }
}

#[test]
fn every_variant_is_tested() {
    // Tested elsewhere: environment variables and missing adapters in the command's tests; lost,
    // failed and refused devices, devices too small for a state, and disagreement in src/gpu/tests
    // and src/evaluator; custom values, buffers, soft truths and stored scores in their own tests.
    let elsewhere = [
        "InvalidEnvironment",
        "NoAdapter",
        "Lost",
        "Failed",
        "SelfTestFailed",
        "EnginesDisagree",
        "StateTooLarge",
        "ValueTwinsDiffer",
        "ValueLoopsTooLong",
        "InvalidValueWgsl",
        "MixedSources",
        "BuffersOnCpu",
        "BuffersInDouble",
        "WeightTooSmall",
        "HostBatchInEncoder",
        "CheckedEncoder",
        "InvalidBuffer",
        "SampleTooLarge",
        "SoftTruthsBesideClasses",
        "SoftTruthsUnsupported",
        "SoftTruthsConflict",
        "InvalidDistribution",
        "ScoreMemoryFull",
        "InvalidFallbackBins",
        "SpacingWithoutBins",
        "TooManyCurves",
        "BinsTooLarge",
        "PartialSequence",
        "LengthCount",
    ];
    let errors = errors().into_iter().chain(errors_of_values());
    // `Debug` prints the phase around the variant.
    let inner = |debug: String| variant(debug.split_once('(').expect("a phase").1);
    let here = errors.map(|(error, _)| inner(format!("{error:?}")));
    let found: BTreeSet<_> = here.chain(elsewhere.map(str::to_owned)).collect();
    let phases = [
        ("BuildError", include_str!("../../src/error/build.rs")),
        ("UpdateError", include_str!("../../src/error/update.rs")),
        ("StateError", include_str!("../../src/error/state.rs")),
        ("DeviceError", include_str!("../../src/error/device.rs")),
    ];
    let all: BTreeSet<_> =
        phases.iter().flat_map(|(name, source)| variants(name, source)).collect();
    assert_eq!(found, all);
}

#[test]
fn sequences_and_their_lengths_are_checked() {
    let four = [0.5_f32; 4];
    let batch = Batch::new(&four, &four);
    let sentences = [
        (batch.sequence_length(3), "4 samples cannot be divided into sequences of 3 steps"),
        (batch.sequence_length(0), "4 samples cannot be divided into sequences of 0 steps"),
        (
            batch.sequence_length(2).lengths(&[1_u32]),
            "1 length for 2 sequences of 2 steps: there must be one per sequence",
        ),
        (
            batch.sequence_length(2).lengths(&[1_u32, 1, 1]),
            "3 lengths for 2 sequences of 2 steps: there must be one per sequence",
        ),
        (
            batch.sequence_length(2).lengths(&[2_i32, -1]),
            "the length of sequence 1 is -1: it must be a whole number from 0 to 2",
        ),
        (
            batch.sequence_length(2).lengths(&[2.0_f32, 1.0]),
            "length of type f32 in the regression task: lengths must be whole numbers",
        ),
        (
            batch.sequence_length(2).weights(&[1.0_f32, 1.0, 1.0]),
            "3 weights for 4 samples: there must be one weight per sample, or one per sequence of 2 \
             steps",
        ),
        (
            batch.weights(&[1.0_f32, 1.0]),
            "2 weights for 4 samples: there must be one weight per sample (if these are sequences, \
             set their length with Batch::sequence_length)",
        ),
    ];
    for (batch, sentence) in sentences {
        assert_eq!(refused(Task::Regression, &batch).to_string(), sentence);
    }
}

#[test]
fn undefined_values_have_reasons() {
    let reasons = [
        (Undefined::NoSamples, "no samples"),
        (Undefined::ZeroWeights, "all weights are zero"),
        (Undefined::NonFinite { count: 3 }, "NaN or infinity in 3 of the samples"),
        (
            Undefined::Overflow { count: 3 },
            "the value of 3 of the samples is too large: above 3.4e38, or 3.9e115 in double precision",
        ),
        (
            Undefined::OutsideDomain { count: 3, domain: "predictions from 0 to 1".to_owned() },
            "inputs outside the domain (predictions from 0 to 1) in 3 of the samples",
        ),
        (
            Undefined::InvalidWeight { count: 3 },
            "a weight that is negative, NaN, infinite, or 2^64 or more in 3 of the samples",
        ),
        (Undefined::InvalidLabel { count: 3 }, "a label that is not a class in 3 of the samples"),
        (
            Undefined::ZeroDenominator { reason: "no predicted positives".to_owned() },
            "division by zero: no predicted positives",
        ),
        (Undefined::OneLabel { label: 1 }, "all samples of positive weight have label 1"),
        (Undefined::OneClass { class: 2 }, "all samples of positive weight are of class 2"),
        (Undefined::AbsentClass { class: 2 }, "no sample of positive weight is of class 2"),
        (
            Undefined::Unreached { rate: "precision".to_owned(), min: "0.9".to_owned() },
            "no threshold reaches a precision of 0.9",
        ),
        (
            Undefined::ScoresDropped,
            "there was not enough memory for all scores, so none were stored",
        ),
        (
            Undefined::Internal { reason: "sum:error was read, but not declared".to_owned() },
            "internal error: sum:error was read, but not declared; please report this",
        ),
        (Undefined::Constant { input: Input::Truth }, "truth is constant"),
        (
            Undefined::Label { label: 1, reason: Undefined::ZeroWeights.into() },
            "label 1: all weights are zero",
        ),
        (
            Undefined::Class { class: 3, reason: Undefined::ZeroWeights.into() },
            "class 3: all weights are zero",
        ),
        (
            Undefined::Output { output: 2, reason: Undefined::NoSamples.into() },
            "output 2: no samples",
        ),
    ];
    let names: BTreeSet<_> =
        reasons.iter().map(|(reason, _)| variant(&format!("{reason:?}"))).collect();
    assert_eq!(names, variants("Undefined", include_str!("../../src/error/undefined.rs")));
    for (reason, sentence) in reasons {
        assert_eq!(reason.to_string(), sentence);
    }
}

#[test]
fn states_from_files_may_contain_any_counts() {
    let mut evaluator = evaluator(Task::Binary, &["accuracy"]).expect("a metric");
    evaluator.update(&Batch::new(&[0.9_f32], &[1_u8])).expect("a batch");
    let mut state = evaluator.state().expect("a state");
    state.totals[0].weights.samples = u64::MAX;
    state.totals[0].statistics[0].faults.underflow = u64::MAX;
    evaluator.merge(&state).expect("a state of the same plan");
    assert_eq!(evaluator.state().expect("a state").totals[0].weights.samples, u64::MAX);
}

/// Statistics of the same names in another task, or totals of a different kind than their names.
#[test]
fn states_that_only_look_compatible_are_refused() {
    use weighbridge::statistic::{Accumulator, ValueFn};
    let build = |task| {
        let builder = Evaluator::builder(task).statistics([Statistic::sum(ValueFn::Error)]);
        builder.device(Device::Cpu).build().expect("a statistic")
    };
    let (mut regression, mut binary) = (build(Task::Regression), build(Task::Binary));
    let mut state = binary.state().expect("a state");
    let refused = |result| matches!(result, Err(Error::State(StateError::Mismatch { .. })));
    assert!(refused(regression.merge(&state)));
    state.totals[0].statistics[0].content = Accumulator::Maximum(Default::default());
    assert_eq!(binary.merge(&state), Err(Error::State(StateError::Inconsistent)));
    state.totals[0].statistics.clear();
    assert_eq!(binary.merge(&state), Err(Error::State(StateError::Inconsistent)));
}

#[test]
fn errors_name_the_row_wherever_it_is() {
    for row in [0, 1023, 1024, 5000] {
        let (prediction, mut weight) = (vec![1.0_f32; 5001], vec![1.0_f32; 5001]);
        weight[row] = -2.0;
        let batch = Batch::new(&prediction, &prediction).weights(&weight);
        let error = refused(Task::Regression, &batch);
        assert_eq!(error, Error::Update(UpdateError::InvalidWeight { row, weight: -2.0 }));
    }
}

#[test]
fn the_first_of_several_faulty_rows_is_named() {
    let (prediction, weight) = ([1e39_f64, 1.0, 1.0, 1e39], [1.0_f64, -1.0, -2.0, 1.0]);
    let error = |rows: std::ops::Range<usize>| {
        let (prediction, weight) = (&prediction[rows.clone()], &weight[rows]);
        refused(Task::Regression, &Batch::new(prediction, weight).weights(weight))
    };
    let too_large =
        Error::Update(UpdateError::TooLarge { input: Input::Prediction, row: 0, value: 1e39 });
    assert_eq!(error(0..4), too_large);
    assert_eq!(error(1..4), Error::Update(UpdateError::InvalidWeight { row: 0, weight: -1.0 }));
}

#[test]
fn converting_in_chunks_changes_nothing() {
    let len = (1 << 18) + 1000;
    let column = |step: usize| -> Vec<f32> { (0..len).map(|i| (i * step % 997) as f32).collect() };
    let wide = |column: &[f32]| -> Vec<f64> { column.iter().map(|&x| x.into()).collect() };
    let (prediction, truth, weight) = (column(7), column(11), column(13));
    let mut narrow = evaluator(Task::Regression, &[]).expect("the standard metrics");
    narrow.update(&Batch::new(&prediction, &truth).weights(&weight)).expect("a batch");
    let [p, t, w] = [&prediction, &truth, &weight].map(|column| wide(column));
    let mut converted = evaluator(Task::Regression, &[]).expect("the standard metrics");
    converted.update(&Batch::new(&p, &t).weights(&w)).expect("a batch");
    let totals = |evaluator: &mut Evaluator| evaluator.state().expect("a state").totals;
    assert!(totals(&mut narrow) == totals(&mut converted));
}

/// Invalid truths of score rows: a label of each kind and one-hot rows of each kind, in the second
/// of three samples.
#[test]
fn truths_of_score_rows_are_checked() {
    let scores = [0.5_f32; 9];
    let label = |label: &str| {
        Error::Update(UpdateError::InvalidLabel {
            input: Input::Truth,
            row: 1,
            label: label.to_owned(),
            classes: 3,
        })
    };
    assert_eq!(refused(Task::Multiclass, &Batch::new(&scores, &[0_u32, 3, 1])), label("3"));
    assert_eq!(refused(Task::Multiclass, &Batch::new(&scores, &[0_i32, -1, 1])), label("-1"));
    assert_eq!(refused(Task::Multiclass, &Batch::new(&scores, &[0.0_f32, 1.5, 1.0])), label("1.5"));
    let nan = [0.0_f64, f64::NAN, 1.0];
    assert_eq!(refused(Task::Multiclass, &Batch::new(&scores, &nan)), label("NaN"));
    let malformed = [
        [0.0_f32, 0.0, 0.0],
        [1.0, 1.0, 0.0],
        [0.5, 0.5, 0.0],
        [2.0, 0.0, 0.0],
        [f32::NAN, 1.0, 0.0],
        [-1.0, 1.0, 0.0],
    ];
    for row in malformed {
        let truth = [[1.0, 0.0, 0.0], row, [0.0, -0.0, 1.0]].concat();
        let batch = Batch::new(&scores, &truth).one_hot();
        assert_eq!(
            refused(Task::Multiclass, &batch),
            Error::Update(UpdateError::InvalidOneHot { row: 1 }),
            "{row:?}"
        );
        // The first invalid row of positive weight is named.
        let truth_after = [row, row, [0.0, 0.0, 1.0]].concat();
        let after = Batch::new(&scores, &truth_after).one_hot().weights(&[0.0_f32, 1.0, 1.0]);
        assert_eq!(
            refused(Task::Multiclass, &after),
            Error::Update(UpdateError::InvalidOneHot { row: 1 }),
            "{row:?}"
        );
        // With weight 0 it is not a fault there; with predicted classes it is one as well.
        let mut evaluator = evaluator(Task::Multiclass, &["accuracy"]).expect("a metric");
        evaluator.update(&batch.weights(&[1.0_f32, 0.0, 1.0])).expect("deleted");
        evaluator
            .update(&Batch::new(&[0_u8, 0, 2], &truth).one_hot().on_fault(FaultPolicy::Count))
            .expect("counted");
        let reason = Undefined::InvalidLabel { count: 2 };
        let entry = &evaluator.result().expect("a report").entries[0];
        assert_eq!(entry.unweighted, Err(reason), "{row:?}");
        let reason = Undefined::InvalidLabel { count: 1 };
        assert_eq!(entry.weighted, Err(reason), "{row:?}");
    }
}

/// NaN and infinities are refused with their row in every numeric input, of 32 or 64 bits. In
/// samples of weight 0 they make the unweighted value undefined; in masked samples they are not
/// read.
#[test]
fn non_finite_numbers_are_refused_where_they_count() {
    let finite = [0.5_f32, 0.25, 0.125];
    for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let bad = [0.5_f32, value, 0.125];
        let wide = bad.map(f64::from);
        let row_is_named = |task, batch: &Batch<'_>, expected: Input| match refused(task, batch) {
            Error::Update(UpdateError::NotFinite { input, row: 1, value: found }) => {
                assert_eq!(input, expected);
                assert!(found == f64::from(value) || found.is_nan() && value.is_nan(), "{found}");
            }
            other => panic!("{other}"),
        };
        let (regression, aggregation) = (Task::Regression, Task::Aggregation);
        row_is_named(regression, &Batch::new(&bad, &finite), Input::Prediction);
        row_is_named(regression, &Batch::new(&wide, &finite), Input::Prediction);
        row_is_named(regression, &Batch::new(&finite, &bad), Input::Truth);
        row_is_named(regression, &Batch::new(&finite, &wide), Input::Truth);
        row_is_named(Task::Binary, &Batch::new(&bad, &[0_u8, 1, 1]), Input::Prediction);
        row_is_named(aggregation, &Batch::values(&bad), Input::Prediction);
        let scores = [0.2_f32, 0.3, 0.5, value, 0.3, 0.5];
        row_is_named(Task::Multiclass, &Batch::new(&scores, &[0_u8, 1]), Input::Prediction);
        // Also if no statistic reads them.
        let moment = Statistic::Moment(Moment::Truth);
        let builder = Evaluator::builder(regression).device(Device::Cpu).statistics([moment]);
        let mut of_truths = builder.build().expect("a statistic");
        let error = of_truths.update(&Batch::new(&bad, &finite)).expect_err("it is not finite");
        assert!(matches!(error, Error::Update(UpdateError::NotFinite { row: 1, .. })), "{error}");

        let mut evaluator = evaluator(regression, &["mean_error"]).expect("a metric");
        let batch = Batch::new(&bad, &bad);
        evaluator.update(&batch.mask(&[true, false, true])).expect("a masked row");
        assert_eq!(evaluator.result().expect("a report").unweighted("mean_error"), Ok(0.0));
        evaluator.update(&batch.weights(&[1.0_f32, 0.0, 1.0])).expect("a row of weight 0");
        let entry = evaluator.result().expect("a report").entries.remove(0);
        assert_eq!(entry.unweighted, Err(Undefined::NonFinite { count: 1 }));
        assert!(entry.weighted.is_ok());
        evaluator.update(&batch.on_fault(FaultPolicy::Count)).expect("a fault that is counted");
        let entry = evaluator.result().expect("a report").entries.remove(0);
        assert_eq!(entry.weighted, Err(Undefined::NonFinite { count: 1 }));
    }
}

/// Both engines refuse the same batches, and add nothing of them.
#[test]
fn non_finite_numbers_are_refused_on_every_device() {
    let scores = [0.2_f32, 0.3, 0.5, 0.1, f32::NAN, 0.5, 0.6, 0.2, 0.2];
    for device in devices() {
        // Rows of scores, read by a sum of values, by counts, and by one-vs-rest curves.
        for spec in ["log_loss", "confusion_matrix", "roc_auc", "roc_auc:multi_class=ovo"] {
            let builder = Evaluator::builder(Task::Multiclass).classes(3).metric(spec);
            let mut evaluator = builder.device(device.clone()).build().expect("a metric");
            let (good, bad) = (&scores[..3], &scores);
            evaluator.update(&Batch::new(good, &[0_u8])).expect("finite scores");
            let before = evaluator.state();
            let refused = evaluator.update(&Batch::new(bad, &[0_u8, 1, 2]));
            assert!(
                matches!(
                    refused,
                    Err(Error::Update(UpdateError::NotFinite {
                        input: Input::Prediction,
                        row: 1,
                        ..
                    }))
                ),
                "{spec}: {refused:?}"
            );
            assert_eq!(evaluator.state(), before, "{spec}");
        }
    }
}

/// Labels may have the type of slice indices.
#[test]
fn pointer_sized_labels_equal_fixed_size_labels() {
    let scores = [0.9_f32, 0.2, 0.6];
    let state = |labels: weighbridge::Column<'_>| {
        let mut evaluator = evaluator(Task::Binary, &["accuracy"]).expect("a metric");
        evaluator.update(&Batch::new(&scores, labels)).expect("a batch");
        evaluator.state().expect("a state")
    };
    let expected = state((&[1_u8, 0, 0]).into());
    assert_eq!(state((&[1_usize, 0, 0]).into()), expected);
    assert_eq!(state((&vec![1_isize, 0, 0]).into()), expected);
    let error = refused(Task::Binary, &Batch::new(&scores, &[0_isize, -1, 0]));
    assert_eq!(error.to_string(), "the truth in row 1 is -1: it must be 0 or 1");
}

/// Masks must be boolean, also in a batch made of columns.
#[test]
fn masks_of_numbers_are_refused() {
    let mut inputs = Inputs::new((&[1.0_f32, 2.0]).into());
    inputs.mask = Some((&[1.0_f32, 0.0]).into());
    let error = refused(Task::Aggregation, &Batch::from_inputs(inputs)).to_string();
    let sentence = "mask of type f32 in the aggregation task: a mask must be bool (fractions are \
                    weights)";
    assert_eq!(error, sentence);
}

/// A score row is too large if any of its numbers is.
#[test]
fn score_rows_with_a_number_too_large_are_named() {
    let scores = [[0.5_f64, 0.25, 0.25], [0.5, -1e39, 0.5]].concat();
    let error = refused(Task::Multiclass, &Batch::new(&scores, &[0_u8, 1]));
    assert_eq!(
        error,
        Error::Update(UpdateError::TooLarge { input: Input::Prediction, row: 1, value: -1e39 })
    );
}

#[test]
fn statistics_of_another_number_of_classes_are_refused() {
    for statistic in [Statistic::Margins { classes: 2 }, Statistic::Matrix { classes: 4 }] {
        let builder = Evaluator::builder(Task::Multiclass).classes(3).device(Device::Cpu);
        let error = builder.statistics([statistic]).build().expect_err("3 classes").to_string();
        assert!(error.ends_with("but must be the number of classes, 3"), "{error}");
    }
}
