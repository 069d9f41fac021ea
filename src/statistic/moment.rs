//! Moments: products of inputs, kept without loss.

/// A product of up to two inputs, kept without loss: 48 bits of mantissa.
///
/// Inputs below 2^-51 count as zero (and are counted as underflow), so that the last bit of a
/// product times a weight lies within an exact sum; inputs of 2^64 or more overflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The truth.
    Truth,
    /// The prediction.
    Prediction,
    /// The truth, squared.
    TruthSquare,
    /// The prediction, squared.
    PredictionSquare,
    /// Prediction × truth.
    Product,
}

/// One of the factors of a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factor {
    /// The constant 1.
    One,
    /// The prediction.
    Prediction,
    /// The truth.
    Truth,
}

impl Moment {
    /// Every moment.
    pub const ALL: &[Self] =
        &[Self::Truth, Self::Prediction, Self::TruthSquare, Self::PredictionSquare, Self::Product];

    /// Its two factors.
    pub fn factors(self) -> [Factor; 2] {
        match self {
            Self::Truth => [Factor::Truth, Factor::One],
            Self::Prediction => [Factor::Prediction, Factor::One],
            Self::TruthSquare => [Factor::Truth, Factor::Truth],
            Self::PredictionSquare => [Factor::Prediction, Factor::Prediction],
            Self::Product => [Factor::Prediction, Factor::Truth],
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Truth => "truth",
            Self::Prediction => "prediction",
            Self::TruthSquare => "truth_square",
            Self::PredictionSquare => "prediction_square",
            Self::Product => "product",
        }
    }
}
