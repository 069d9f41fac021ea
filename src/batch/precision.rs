//! The precision in which batches on the host are computed.

use super::{Column, HostBatch};
use crate::error::UnknownName;
use crate::statistic::Schema;
use std::fmt;
use std::str::FromStr;

/// The precision in which batches of slices are computed.
///
/// In single precision, numbers are `f32`, and the evaluator's device does the work. In double
/// precision they are `f64`, and the CPU engine does the work, whatever the device. Both add to the
/// same exact state. Batches in buffers are always in single precision.
///
/// # Example
///
/// ```
/// use weighbridge::{Batch, Evaluator, Precision, Task};
///
/// // f32 numbers near 1.7e9 are 128 apart.
/// let (prediction, truth) = ([1_700_000_060.0_f64], [1_700_000_000.0_f64]);
/// let error = |precision| {
///     let builder = Evaluator::builder(Task::Regression).metric("mean_absolute_error");
///     let mut evaluator = builder.precision(precision).build()?;
///     evaluator.update(&Batch::new(&prediction, &truth))?;
///     Ok::<_, Box<dyn std::error::Error>>(evaluator.result()?.unweighted("mean_absolute_error")?)
/// };
/// assert_eq!(error(Precision::Auto)?, 60.0);
/// assert_eq!(error(Precision::Single)?, 0.0); // with a warning in the report
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    /// Double precision if the predictions, the truths or the weights of a batch are `f64`, or
    /// integers of 32 or 64 bits, and are not classes. Otherwise single precision. The types alone
    /// decide, so the split into batches does not matter.
    #[default]
    Auto,
    /// Single precision: `f64` and integers are narrowed to `f32`. Scores that differ may become
    /// ties, which changes curves; the report then says
    /// [how many distinct scores are left](crate::report::Warning::TiedScores).
    Single,
    /// Double precision: `f32` is widened.
    Double,
}

impl Precision {
    /// Every precision.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Single, Self::Double];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Single => "single",
            Self::Double => "double",
        }
    }

    /// Whether a batch of this schema is computed in double precision.
    pub(crate) fn is_double(self, batch: &HostBatch<'_>, schema: Schema) -> bool {
        let numbers = [
            Some(batch.inputs.prediction).filter(|_| schema.prediction_classes().is_none()),
            batch.inputs.truth.filter(|_| schema.truth_classes().is_none()),
            batch.inputs.weight,
        ];
        match self {
            Self::Auto => numbers.iter().flatten().any(Column::may_round),
            Self::Single => false,
            Self::Double => true,
        }
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Precision {
    type Err = UnknownName;

    /// Reads the [`name`](Self::name) of a precision.
    fn from_str(name: &str) -> Result<Self, UnknownName> {
        let known = Self::ALL.into_iter().find(|precision| precision.name() == name);
        known.ok_or_else(|| UnknownName::new("precision", name, &Self::ALL.map(Self::name)))
    }
}
