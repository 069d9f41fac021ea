//! Samples for every task and every kind of prediction: ordinary ones, and ones that are only valid
//! with weight 0.

use crate::common::random::Random;
use crate::common::specs::{CLASSES, Inputs};
use weighbridge::Task;

/// One row.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// The scores of all classes; a single prediction is the first element.
    pub prediction: [f32; CLASSES],
    /// A label or a class; a number in the regression task.
    pub truth: f32,
    pub weight: f32,
}

/// Generates scores independently; only the first is used for a single prediction.
pub fn scores(mut score: impl FnMut() -> f32) -> [f32; CLASSES] {
    std::array::from_fn(|_| score())
}

/// Valid samples of many kinds: lengths around the CPU engine's blocks, ties, many orders of
/// magnitude, constants. Weights are 0 to 4 in steps of 2^-8, so that small multiples are exact;
/// the first is positive.
pub fn samples(inputs: Inputs, random: &mut Random) -> Vec<Sample> {
    let len = [1, 2, 5, 60, 400, 1024, 2500][random.below(7)];
    let kind = random.below(5);
    let number = |random: &mut Random| match (inputs, kind) {
        (Inputs::Classes, _) => random.below(CLASSES) as f32,
        (_, 0) => random.below(9) as f32 / 8.0,
        (Inputs::Vectors, 1) => random.below(2) as f32,
        (Inputs::Binary | Inputs::Probabilities | Inputs::Labels | Inputs::Vectors, _) => {
            random.below(1 << 20) as f32 / (1 << 20) as f32
        }
        (_, 1) => random.below(1 << 24) as f32 / (1 << 20) as f32 - 8.0,
        (_, 2) => {
            let mantissa = random.below(1 << 24) as f32 - (1 << 23) as f32;
            mantissa * (random.below(60) as f32 - 50.0).exp2()
        }
        (_, 3) => (random.below(1 << 20) + 1) as f32 * (random.below(30) as f32 - 25.0).exp2(),
        _ => 3.0 + random.below(1 + len / 100) as f32,
    };
    let mut samples: Vec<_> = (0..len)
        .map(|_| {
            let prediction = scores(|| number(random));
            let weight = random.below(1025) as f32 / 256.0;
            let truth = match inputs.task() {
                Task::Regression | Task::Aggregation => number(random),
                Task::Multiclass => random.below(CLASSES) as f32,
                Task::Binary | Task::Multilabel => {
                    random.below(if kind == 3 { 1 } else { 2 }) as f32
                }
            };
            let weight = if random.below(4) == 0 { 0.0 } else { weight };
            Sample { prediction, truth, weight }
        })
        .collect();
    samples[0].weight = 1.5;
    samples
}

/// Possible contents of a row of weight zero: NaN, infinities, numbers whose error or square
/// overflows, subnormals, numbers outside a domain, invalid labels.
pub fn junk(inputs: Inputs, random: &mut Random) -> Sample {
    let numbers = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN, 1e-40, -3.0];
    let truth = match inputs.task() {
        Task::Regression | Task::Aggregation => numbers[random.below(numbers.len())],
        Task::Multiclass => [-1.0, 5.0, 0.0, 1.0][random.below(4)],
        Task::Binary | Task::Multilabel => [-1.0, 2.0, 0.0, 1.0][random.below(4)],
    };
    let prediction = scores(|| numbers[random.below(numbers.len())]);
    Sample { prediction, truth, weight: 0.0 }
}

/// Samples on which every metric is defined.
pub fn plain(inputs: Inputs) -> Vec<Sample> {
    let mut random = Random::new(3);
    let sample = |index| {
        let mut class = |classes| random.below(classes) as f32;
        let mut score = || (1.0 + class((1 << 16) - 1)) / (1 << 16) as f32;
        let [prediction, truth] = match inputs {
            Inputs::Regression => [scores(&mut score), scores(|| 0.5 + class(2))],
            Inputs::Vectors => [scores(&mut score), scores(|| 0.25 + class(2) / 2.0)],
            Inputs::Binary | Inputs::Labels => [scores(&mut score), scores(|| class(2))],
            Inputs::Values => [scores(|| 8.0 * score() - 4.0), scores(|| 0.0)],
            Inputs::Classes => [scores(|| class(CLASSES)), scores(|| class(CLASSES))],
            Inputs::Probabilities => [scores(&mut score), scores(|| class(CLASSES))],
            Inputs::Logits => [scores(|| 8.0 * score() - 4.0), scores(|| class(CLASSES))],
        };
        let (mut prediction, truth) = (prediction, truth[0]);
        if inputs.rows() {
            // Mostly correct, so that precision is high at some threshold of each class.
            let chosen = if index % 8 > 0 { truth as usize } else { index % CLASSES };
            for (class, score) in prediction.iter_mut().enumerate() {
                *score = match (inputs, class == chosen) {
                    (Inputs::Logits, true) => *score + 3.0,
                    (Inputs::Logits, false) => *score,
                    (_, true) => 0.5 + *score / 2.0,
                    (_, false) => 0.75 * *score,
                };
            }
        }
        Sample { prediction, truth, weight: 0.5 + class(8) }
    };
    let mut samples: Vec<_> = (0..500).map(sample).collect();
    let truth = if inputs.task() == Task::Regression { 0.75 } else { 1.0 };
    samples[0] = Sample { truth, ..samples[0] };
    samples
}

/// The same samples with the best possible predictions. For vectors, the best of each output.
pub fn perfect(inputs: Inputs) -> Vec<Sample> {
    let best = |sample: Sample| {
        let Sample { truth, .. } = sample;
        let right = |value: f32| move |class| if class == truth as usize { value } else { 0.0 };
        let prediction = match inputs {
            Inputs::Regression | Inputs::Classes => [truth; CLASSES],
            Inputs::Vectors => [truth, truth / 2.0, 1.0 - truth, 0.0, 0.0],
            Inputs::Binary => [truth; CLASSES],
            Inputs::Labels => [truth, 1.0 - truth, 0.0, 0.0, 0.0],
            Inputs::Values => sample.prediction,
            Inputs::Probabilities => std::array::from_fn(right(1.0)),
            Inputs::Logits => std::array::from_fn(right(64.0)),
        };
        Sample { prediction, ..sample }
    };
    plain(inputs).into_iter().map(best).collect()
}

/// A prediction from arbitrary bits: a class if predictions are classes. Probabilities are
/// arbitrary numbers, but half of the samples are within the domain.
pub fn any_prediction(inputs: Inputs, bits: u32) -> [f32; CLASSES] {
    let mut random = Random::new(bits.into());
    match inputs {
        Inputs::Classes => [(bits % CLASSES as u32) as f32; CLASSES],
        Inputs::Regression | Inputs::Binary | Inputs::Values | Inputs::Labels => {
            [f32::from_bits(bits); CLASSES]
        }
        Inputs::Probabilities | Inputs::Vectors if bits & 1 == 0 => {
            scores(|| random.below(1025) as f32 / 1024.0)
        }
        Inputs::Probabilities | Inputs::Logits | Inputs::Vectors => {
            scores(|| f32::from_bits(random.bits() as u32))
        }
    }
}
