//! One value for each input of a batch, such as its column, its length or its buffer.

use crate::error::Input;
use std::convert::Infallible;

/// All inputs, in the order of their fields.
const ALL_INPUTS: [Input; 5] =
    [Input::Prediction, Input::Truth, Input::Weight, Input::Mask, Input::Lengths];

/// Number of inputs.
pub(crate) const INPUTS: usize = ALL_INPUTS.len();

/// One `T` for each input of a batch.
///
/// A new input is a field here, its [`Input`], its place in the methods below, which list all
/// fields so that the compiler finds them, and the code that reads it.
///
/// # Example
///
/// ```
/// use weighbridge::batch::Inputs;
/// use weighbridge::error::Input;
///
/// let mut lengths = Inputs::new(6);
/// lengths.weight = Some(3);
/// let names: Vec<_> = lengths.iter().map(|(input, length)| (input, *length)).collect();
/// assert_eq!(names, [(Input::Prediction, 6), (Input::Weight, 3)]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Inputs<T> {
    /// Predictions, or values in the aggregation task.
    pub prediction: T,
    /// Truths; none in the aggregation task.
    pub truth: Option<T>,
    /// Weights; none if every sample has weight 1.
    pub weight: Option<T>,
    /// Which samples count; none if all do.
    pub mask: Option<T>,
    /// How many steps of each sequence count; none if all do.
    pub lengths: Option<T>,
    // The key of a group, for metrics within groups such as queries, is to be the next field.
}

impl<T> Inputs<T> {
    /// The inputs of a batch of predictions alone.
    pub fn new(prediction: T) -> Self {
        Self { prediction, truth: None, weight: None, mask: None, lengths: None }
    }

    /// Whether there are truths.
    pub fn has_truth(&self) -> bool {
        self.truth.is_some()
    }

    /// The truth; where there is none, the prediction.
    pub(crate) fn truth_or_prediction(&self) -> &T {
        self.truth.as_ref().unwrap_or(&self.prediction)
    }

    /// References to all inputs.
    pub fn as_ref(&self) -> Inputs<&T> {
        Inputs {
            prediction: &self.prediction,
            truth: self.truth.as_ref(),
            weight: self.weight.as_ref(),
            mask: self.mask.as_ref(),
            lengths: self.lengths.as_ref(),
        }
    }

    /// The inputs that are present, each with its name.
    pub fn iter(&self) -> impl Iterator<Item = (Input, &T)> {
        let all = ALL_INPUTS.into_iter().zip(self.as_ref().into_array());
        all.filter_map(|(input, item)| Some((input, item?)))
    }

    /// Applies `f` to each input.
    pub fn map<U>(self, mut f: impl FnMut(Input, T) -> U) -> Inputs<U> {
        let Ok(mapped) = self.try_map(|input, item| Ok::<_, Infallible>(f(input, item)));
        mapped
    }

    /// Applies `f` to each input.
    ///
    /// # Errors
    ///
    /// The first error of `f`.
    pub fn try_map<U, E>(
        self,
        mut f: impl FnMut(Input, T) -> Result<U, E>,
    ) -> Result<Inputs<U>, E> {
        let Self { prediction, truth, weight, mask, lengths } = self;
        let prediction = f(Input::Prediction, prediction)?;
        let mut optional =
            |input: Input, item: Option<T>| item.map(|item| f(input, item)).transpose();
        Ok(Inputs {
            prediction,
            truth: optional(Input::Truth, truth)?,
            weight: optional(Input::Weight, weight)?,
            mask: optional(Input::Mask, mask)?,
            lengths: optional(Input::Lengths, lengths)?,
        })
    }

    /// Pairs of the inputs that are present in both.
    pub fn zip<U>(self, other: Inputs<U>) -> Inputs<(T, U)> {
        Inputs {
            prediction: (self.prediction, other.prediction),
            truth: self.truth.zip(other.truth),
            weight: self.weight.zip(other.weight),
            mask: self.mask.zip(other.mask),
            lengths: self.lengths.zip(other.lengths),
        }
    }

    /// All inputs, in the order of the fields.
    pub(crate) fn into_array(self) -> [Option<T>; INPUTS] {
        let Self { prediction, truth, weight, mask, lengths } = self;
        [Some(prediction), truth, weight, mask, lengths]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_input_keeps_its_name_and_its_place() {
        let mut inputs = Inputs::new(0_usize);
        inputs.truth = Some(1);
        inputs.weight = Some(2);
        inputs.mask = Some(3);
        inputs.lengths = Some(4);
        assert_eq!(inputs.into_array(), [0, 1, 2, 3, 4].map(Some));
        let named = inputs.map(|input, index| (input, index));
        for (index, (input, &(name, place))) in named.iter().enumerate() {
            assert_eq!((input, index), (name, place));
            assert_eq!(ALL_INPUTS[index], input);
            assert_eq!(input as usize, index, "shaders number inputs in this order");
        }
        let failed = inputs.try_map(|input, index| if index < 3 { Ok(index) } else { Err(input) });
        assert_eq!(failed, Err(Input::Mask));
        inputs.mask = None;
        let pairs = inputs.zip(Inputs { truth: None, ..inputs });
        let pairs: Vec<_> = pairs.iter().map(|(input, pair)| (input, *pair)).collect();
        let expected =
            [(Input::Prediction, (0, 0)), (Input::Weight, (2, 2)), (Input::Lengths, (4, 4))];
        assert_eq!(pairs, expected);
    }
}
