//! The precision of the samples of a report.

use serde::{Serialize, Serializer};
use std::fmt;

/// The precision in which the samples were computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SamplePrecision {
    /// All in single precision.
    Single,
    /// All in double precision.
    Double,
    /// This many in double precision, and others in single precision.
    Mixed {
        /// Number of samples in double precision, without masked ones.
        double: u64,
    },
}

impl SamplePrecision {
    /// The precision of `samples` samples, `double` of which are in double precision.
    pub(crate) fn new(samples: u64, double: u64) -> Self {
        match double {
            0 => Self::Single,
            _ if double == samples => Self::Double,
            _ => Self::Mixed { double },
        }
    }
}

/// `single`, `double` or `mixed`.
impl fmt::Display for SamplePrecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Single => "single",
            Self::Double => "double",
            Self::Mixed { .. } => "mixed",
        })
    }
}

impl Serialize for SamplePrecision {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
