//! The inputs, as messages call them.

use serde::{Deserialize, Serialize};
use std::fmt;

/// One of the inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Input {
    /// What the model said.
    Prediction,
    /// What is true.
    Truth,
    /// How much the sample counts.
    Weight,
    /// Whether the sample counts.
    Mask,
    /// How many steps of a sequence count.
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
