//! The inputs of a batch, as messages name them.

use serde::{Deserialize, Serialize};
use std::fmt;

/// An input of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Input {
    /// The predictions.
    Prediction,
    /// The truths.
    Truth,
    /// The weights.
    Weight,
    /// The mask, which says whether samples count.
    Mask,
    /// The lengths of sequences.
    Lengths,
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Prediction => "prediction",
            Self::Truth => "truth",
            Self::Weight => "weight",
            Self::Mask => "mask",
            Self::Lengths => "length",
        })
    }
}
