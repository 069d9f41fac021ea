//! Typed, validated views of prediction, truth and weight for one `update`.

mod check;
mod column;
mod piece;

pub use column::Column;
pub(crate) use column::{Element, with_column};
pub use piece::Narrowing;
pub(crate) use piece::{Buffers, Piece};

use crate::error::Error;

/// What happens to weights and labels that cannot be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FaultRule {
    /// `update` fails, names the row, and adds nothing of the batch.
    #[default]
    Reject,
    /// The sample is left out, the fault is counted, and the values it touches are `Undefined`:
    /// the rule for data that the host cannot check without waiting for the device.
    Count,
}

/// Prediction, truth and, optionally, weight of some samples, in the same order.
///
/// # Shapes and types
///
/// One element per sample in each. Predictions are `f32`, or `f64` (or integers), narrowed to
/// `f32`. In the regression task truths are the same; in the binary task they are labels 0 and 1
/// of any element type. In the multiclass task both are classes, whole numbers from 0 to K − 1 of any
/// element type. Weights are `f32` or `f64`, finite, not negative and below 2^64. Without
/// weights every sample has weight 1.
///
/// # Example
///
/// ```
/// use weighbridge::Batch;
///
/// let scores = [0.9_f32, 0.2];
/// let labels = [1_u8, 0];
/// let batch = Batch::new(&scores, &labels).weights(&[2.0_f32, 0.5]);
/// assert_eq!(batch.len(), 2);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    pub(crate) prediction: Column<'a>,
    pub(crate) truth: Column<'a>,
    pub(crate) weight: Option<Column<'a>>,
    pub(crate) fault_rule: FaultRule,
}

impl<'a> Batch<'a> {
    /// Samples of weight 1.
    pub fn new(prediction: impl Into<Column<'a>>, truth: impl Into<Column<'a>>) -> Self {
        Self {
            prediction: prediction.into(),
            truth: truth.into(),
            weight: None,
            fault_rule: FaultRule::default(),
        }
    }

    /// Gives each sample its weight.
    pub fn weights(self, weight: impl Into<Column<'a>>) -> Self {
        Self { weight: Some(weight.into()), ..self }
    }

    /// Counts invalid weights and labels instead of refusing the batch.
    pub fn count_faults(self) -> Self {
        Self { fault_rule: FaultRule::Count, ..self }
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.prediction.len()
    }

    /// Whether there are no samples.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether numbers are narrowed, so that some may not fit an `f32`.
    pub(crate) fn is_narrowed(&self) -> bool {
        [Some(self.prediction), Some(self.truth), self.weight]
            .into_iter()
            .flatten()
            .any(|column| matches!(column, Column::F64(_)))
    }

    /// Fails if lengths differ.
    fn check_shape(&self) -> Result<(), Error> {
        let (samples, truth) = (self.len(), self.truth.len());
        if truth != samples {
            return Err(Error::LengthMismatch { prediction: samples, truth });
        }
        match self.weight.map(|weight| weight.len()) {
            Some(weight) if weight != samples => Err(Error::WeightShape { samples, weight }),
            _ => Ok(()),
        }
    }
}
