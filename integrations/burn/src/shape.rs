//! Checks that the shapes of tensors match.

use crate::error::Error;
use weighbridge::Task;
use weighbridge::batch::TruthEncoding;
use weighbridge::error::Input;
use weighbridge::metric::Settings;

/// The shape of a batch's samples: (N), or (B, T) if they are the steps of sequences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Samples {
    /// The input that the shape was read from, and its own shape.
    shown: (Input, Vec<usize>),
    /// The shape of all samples.
    shape: Vec<usize>,
    /// Outputs or labels per sample.
    outputs: usize,
}

impl Samples {
    /// The samples of a batch of values, without truths.
    pub fn of_values(values: Vec<usize>) -> Self {
        Self { shape: values.clone(), shown: (Input::Prediction, values), outputs: 1 }
    }

    /// The samples of a batch with truths. Fails if the predictions do not match the truths.
    pub fn of_truths(
        prediction: Vec<usize>,
        truth: Vec<usize>,
        truth_encoding: TruthEncoding,
        settings: &Settings,
    ) -> Result<Self, Error> {
        let (classes, outputs) = (settings.classes as usize, settings.outputs as usize);
        let rows = match settings.task {
            _ if truth_encoding.are_rows() => Some(classes),
            Task::Multilabel => Some(outputs),
            Task::Regression if outputs > 1 => Some(outputs),
            _ => None,
        };
        let shape = match (rows, truth.as_slice()) {
            (None, shape) => shape.to_vec(),
            (Some(width), [shape @ .., last]) if *last == width && !shape.is_empty() => {
                shape.to_vec()
            }
            (Some(width), _) => {
                return Err(Error::Shape {
                    input: Input::Truth,
                    found: truth,
                    reference: Input::Prediction,
                    shape: prediction,
                    expected: format!("rows must have {width} elements, in the last dimension"),
                });
            }
        };
        let samples = Self { shape, outputs, shown: (Input::Truth, truth) };
        let fits = match settings.task {
            Task::Multiclass => vec![samples.rows(classes), samples.shape.clone()],
            _ => vec![samples.shown.1.clone()],
        };
        samples.check(Input::Prediction, &prediction, &fits)?;
        Ok(samples)
    }

    /// Fails if weights or a mask of this shape do not match the samples.
    pub fn check_weights(&self, input: Input, found: &[usize]) -> Result<(), Error> {
        let mut fits = vec![self.shape.clone()];
        if self.shape.len() > 1 {
            fits.push(self.shape[..1].to_vec());
        }
        if self.outputs > 1 {
            fits.push(self.rows(self.outputs));
        }
        self.check(input, found, &fits)
    }

    /// Fails if lengths of this shape are not one per sequence.
    pub fn check_lengths(&self, found: &[usize]) -> Result<(), Error> {
        self.check(Input::Lengths, found, &[self.shape[..1].to_vec()])
    }

    /// Samples per sequence.
    pub fn steps(&self) -> usize {
        self.shape.iter().skip(1).product::<usize>().max(1)
    }

    /// Whether there are no samples.
    pub fn is_empty(&self) -> bool {
        self.shape.contains(&0)
    }

    fn rows(&self, width: usize) -> Vec<usize> {
        [&self.shape[..], &[width]].concat()
    }

    fn check(&self, input: Input, found: &[usize], fits: &[Vec<usize>]) -> Result<(), Error> {
        if fits.iter().any(|shape| shape == found) {
            return Ok(());
        }
        let fits: Vec<_> = fits.iter().map(|shape| format!("{shape:?}")).collect();
        let (reference, shape) = self.shown.clone();
        Err(Error::Shape {
            input,
            found: found.to_vec(),
            reference,
            shape,
            expected: format!("it must be {} (nothing is broadcast)", fits.join(" or ")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(task: Task, classes: u32, outputs: u32) -> Settings {
        Settings { from_logits: true, classes, outputs, ..Settings::new(task) }
    }

    fn samples(task: Task, prediction: &[usize], truth: &[usize]) -> Result<Samples, String> {
        let outputs = if task == Task::Multilabel { 3 } else { 1 };
        let settings = settings(task, 10, outputs);
        Samples::of_truths(prediction.to_vec(), truth.to_vec(), TruthEncoding::Labels, &settings)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_steps_of_sequences_are_the_dimensions_after_the_first() {
        let steps = |task, prediction: &[usize], truth: &[usize]| {
            samples(task, prediction, truth).map(|samples| samples.steps())
        };
        assert_eq!(steps(Task::Binary, &[6], &[6]), Ok(1));
        assert_eq!(steps(Task::Regression, &[6, 4], &[6, 4]), Ok(4));
        assert_eq!(steps(Task::Multiclass, &[6, 10], &[6]), Ok(1));
        assert_eq!(steps(Task::Multiclass, &[6, 4, 10], &[6, 4]), Ok(4));
        assert_eq!(steps(Task::Multiclass, &[6, 4], &[6, 4]), Ok(4));
        assert_eq!(steps(Task::Multilabel, &[6, 3], &[6, 3]), Ok(1));
        assert_eq!(steps(Task::Multilabel, &[6, 4, 3], &[6, 4, 3]), Ok(4));
        assert_eq!(steps(Task::Multiclass, &[6, 4, 5, 10], &[6, 4, 5]), Ok(20));
        assert_eq!(Samples::of_values(vec![6, 4]).steps(), 4);
    }

    #[test]
    fn nothing_is_broadcast() {
        let cases = [
            (
                samples(Task::Regression, &[6, 1], &[6]).map(drop),
                "the predictions have shape [6, 1], but the truths have [6]: it must be [6] \
                 (nothing is broadcast)",
            ),
            (
                samples(Task::Multiclass, &[6, 9], &[6]).map(drop),
                "the predictions have shape [6, 9], but the truths have [6]: it must be [6, 10] \
                 or [6] (nothing is broadcast)",
            ),
            (
                samples(Task::Multilabel, &[6], &[6]).map(drop),
                "the truths have shape [6], but the predictions have [6]: rows must have 3 \
                 elements, in the last dimension",
            ),
        ];
        for (result, message) in cases {
            assert_eq!(result, Err(message.to_owned()));
        }
    }

    #[test]
    fn weights_have_the_first_dimensions() {
        let fits = |samples: &Samples, shape: &[usize]| {
            samples.check_weights(Input::Weight, shape).is_ok()
        };
        let samples = samples(Task::Multilabel, &[6, 4, 3], &[6, 4, 3]).unwrap();
        assert!(fits(&samples, &[6]) && fits(&samples, &[6, 4]) && fits(&samples, &[6, 4, 3]));
        assert!(!fits(&samples, &[4]) && !fits(&samples, &[6, 1]) && !fits(&samples, &[6, 3]));
        assert!(!fits(&samples, &[24]) && !fits(&samples, &[1]));
        assert!(samples.check_lengths(&[6]).is_ok() && samples.check_lengths(&[6, 4]).is_err());
    }

    #[test]
    fn one_hot_and_soft_truths_have_a_row_for_each_sample() {
        let settings = settings(Task::Multiclass, 3, 1);
        for encoding in [TruthEncoding::OneHot, TruthEncoding::Soft] {
            let of = |truth: &[usize]| {
                Samples::of_truths(vec![6, 4, 3], truth.to_vec(), encoding, &settings)
            };
            assert_eq!(of(&[6, 4, 3]).unwrap().steps(), 4);
            assert!(of(&[6, 4]).is_err() && of(&[3]).is_err());
        }
    }
}
