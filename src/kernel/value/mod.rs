//! Per-sample values: the `f32` number that a metric computes for one sample.
//!
//! Each is written twice by hand: as a Rust function here, and as a WGSL function of the same name
//! in `shaders/kernel/value/`, with the same statements in the same order. Both take and return
//! the [`Bits`] of `f32` numbers. Inputs are finite and flushed (subnormals and −0 are +0). A
//! result is a number, [`UNDERFLOW`](super::bits::UNDERFLOW) if it is not zero but counts as zero,
//! an infinity if it overflowed, or [`OUTSIDE`](super::bits::OUTSIDE) for a sample outside the
//! domain. Weights, counts and faults are the caller's business.
//!
//! A new value takes two files and two lines: `NAME.rs` here, with the function and a `VALUE` that
//! declares everything else about it; its twin `NAME.wgsl`; and the `mod` line and its entry in the
//! list below. Users declare a value of their own as a [`CustomValue`]. Its results are converted
//! to the same form.

pub mod absolute_error;
pub mod absolute_truth;
pub mod brier;
pub mod brier_of_probabilities;
pub mod categorical_hinge;
pub mod correct;
pub mod cosine;
pub mod cross_entropy_of_probabilities;
mod custom;
mod definition;
pub mod divergence;
pub mod error;
pub mod gamma_deviance;
pub mod hinge;
pub mod huber;
pub mod identity;
mod inputs;
pub mod log_cosh;
pub mod log_loss;
pub mod log_loss_of_other_label;
pub mod logistic;
pub mod logit_brier;
pub mod logit_loss;
pub mod logit_loss_of_other_label;
pub mod max_probability;
pub mod max_softmax;
pub mod percentage_error;
pub mod poisson_deviance;
pub mod probability;
pub mod softmax_brier;
pub mod softmax_loss;
pub mod squared_error;
pub mod squared_hinge;
pub mod squared_log_error;
pub mod symmetric_percentage_error;
#[cfg(test)]
mod tests;
pub mod top_k;
pub mod tweedie_deviance;
pub mod uniform_cross_entropy;
pub mod uniform_cross_entropy_of_probabilities;

pub(crate) use self::custom::is_identifier;
pub use self::custom::{CustomValue, DoubleFn, RustFn};
pub use self::definition::{MathModule, Operands};
use self::definition::{ValueDef, ValueRange};
pub(crate) use self::inputs::{DoubleInputs, ValueInputs};
use self::inputs::{fill_rows, fill_samples};
#[cfg(feature = "gpu")]
use super::Fragment;
use super::bits::Bits;
use super::constant::Constant;
use super::row::RowSummary;
use super::row_f64::RowSummaryF64;
use super::row_needs::{RowNeeds, ScoreKind};
use crate::task::Task;
use std::fmt;
use std::ops::RangeInclusive;

/// A per-sample value and its parameter, such as δ of the Huber loss or the power of the Tweedie
/// deviance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ValueSpec {
    /// The value.
    pub function: ValueFn,
    /// Its parameter; 0 if it has none.
    pub parameter: Constant,
}

impl ValueSpec {
    /// Its domain in words, for samples outside it.
    pub fn domain(self) -> &'static str {
        let def = self.function.def();
        def.domain_for.map_or(def.domain, |domain| domain(self.parameter))
    }

    /// The parts of a row summary that it reads; none if it is not a value of rows.
    #[doc(hidden)]
    pub fn row_needs(self) -> RowNeeds {
        self.function.row_needs(self.parameter)
    }
}

/// Its name, and its parameter if that is not 0.
impl fmt::Display for ValueSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { function, parameter } = self;
        f.write_str(function.name())?;
        if *parameter == Constant::ZERO { Ok(()) } else { write!(f, ":{parameter}") }
    }
}

macro_rules! values {
    (@named) => { false };
    (@named $clips:ident) => { true };
    (
        samples { $($name:ident $variant:ident $(clips $clips:ident)?),* $(,)? }
        rows { $($row_name:ident $row_variant:ident $(clips $row_clips:ident)?),* $(,)? }
        vectors {
            $($vector_name:ident $vector_variant:ident $(clips $vector_clips:ident)?),* $(,)?
        }
    ) => {
        /// A per-sample value.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ValueFn {
            $(#[doc = concat!("`", stringify!($name), "`.")] $variant,)*
            $(#[doc = concat!("`", stringify!($row_name), "`, of a row.")] $row_variant,)*
            $(#[doc = concat!("`", stringify!($vector_name), "`, of two vectors.")]
            $vector_variant,)*
            /// A custom value.
            Custom(&'static CustomValue),
        }

        // A value listed under the wrong heading does not compile.
        $(const _: () = assert!($name::VALUE.is_of_sample(), stringify!($name));)*
        $(const _: () = assert!($row_name::VALUE.is_of_row(), stringify!($row_name));)*
        $(const _: () = assert!($vector_name::VALUE.is_of_row(), stringify!($vector_name));)*

        // Nor does one that clips without naming the function, or the other way round.
        $(const _: () = assert!($name::VALUE.clips == values!(@named $($clips)?));)*
        $(const _: () = assert!($row_name::VALUE.clips == values!(@named $($row_clips)?));)*
        $(const _: () = assert!($vector_name::VALUE.clips == values!(@named $($vector_clips)?));)*

        impl ValueFn {
            /// Every value of the library.
            pub const ALL: &[Self] =
                &[$(Self::$variant,)* $(Self::$row_variant,)* $(Self::$vector_variant),*];

            /// Values of one prediction and one truth.
            pub const OF_SAMPLES: &[Self] = &[$(Self::$variant),*];

            /// Values of a row of scores and its truth.
            pub const OF_ROWS: &[Self] = &[$(Self::$row_variant),*];

            /// Values of two rows, of predictions and of truths.
            pub const OF_VECTORS: &[Self] = &[$(Self::$vector_variant),*];

            /// Its name, which its function and its files here and in `shaders/kernel/value/`
            /// share.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => stringify!($name),)*
                    $(Self::$row_variant => stringify!($row_name),)*
                    $(Self::$vector_variant => stringify!($vector_name),)*
                    Self::Custom(custom) => custom.name,
                }
            }

            /// The path of its WGSL file, or the name of a custom value, for error messages, and
            /// the text.
            pub fn wgsl(self) -> (&'static str, &'static str) {
                macro_rules! file {
                    ($stem:ident) => { (
                        concat!("kernel/value/", stringify!($stem), ".wgsl"),
                        include_str!(concat!(
                            "../../../shaders/kernel/value/", stringify!($stem), ".wgsl"
                        )),
                    ) };
                }
                match self {
                    $(Self::$variant => file!($name),)*
                    $(Self::$row_variant => file!($row_name),)*
                    $(Self::$vector_variant => file!($vector_name),)*
                    Self::Custom(custom) => (custom.name, custom.wgsl),
                }
            }

            /// Everything else that is declared about it.
            #[inline(always)]
            fn def(self) -> &'static ValueDef {
                match self {
                    $(Self::$variant => const { &$name::VALUE },)*
                    $(Self::$row_variant => const { &$row_name::VALUE },)*
                    $(Self::$vector_variant => const { &$vector_name::VALUE },)*
                    Self::Custom(custom) => &custom.def,
                }
            }

            /// The value of one sample; `None` for a value of rows or vectors.
            pub fn at(self, prediction: Bits, truth: Bits, parameter: Bits) -> Option<Bits> {
                match self {
                    $(Self::$variant => Some($name::$name(prediction, truth, parameter)),)*
                    $(Self::$row_variant)|* | $(Self::$vector_variant)|* => None,
                    Self::Custom(custom) => Some(custom.at(prediction, truth, parameter)),
                }
            }

            /// The value of one row, or of two vectors; `None` for a value of single predictions.
            #[doc(hidden)]
            pub fn of_row(self, row: &RowSummary, parameter: Bits) -> Option<Bits> {
                match self {
                    $(Self::$row_variant => Some($row_name::$row_name(row, parameter)),)*
                    $(Self::$vector_variant => Some($vector_name::$vector_name(row, parameter)),)*
                    $(Self::$variant)|* | Self::Custom(_) => None,
                }
            }

            /// The value of one sample in double precision; `None` for a value of rows or vectors.
            #[doc(hidden)]
            pub fn at_double(self, prediction: f64, truth: f64, parameter: f64) -> Option<f64> {
                match self {
                    $(Self::$variant => Some($name::double(prediction, truth, parameter)),)*
                    $(Self::$row_variant)|* | $(Self::$vector_variant)|* => None,
                    Self::Custom(custom) => Some(custom.at_double(prediction, truth, parameter)),
                }
            }

            /// The value of one row, or of two vectors, in double precision; `None` for a value of
            /// single predictions.
            #[doc(hidden)]
            pub fn of_double_row(self, row: &RowSummaryF64, parameter: f64) -> Option<f64> {
                match self {
                    $(Self::$row_variant => Some($row_name::double(row, parameter)),)*
                    $(Self::$vector_variant => Some($vector_name::double(row, parameter)),)*
                    $(Self::$variant)|* | Self::Custom(_) => None,
                }
            }

            /// Writes the values of a block of samples in double precision.
            #[inline(always)]
            pub(crate) fn fill_double(
                self,
                inputs: &DoubleInputs<'_>,
                parameter: f64,
                out: &mut [f64],
            ) {
                match self {
                    $(Self::$variant => {
                        fill_samples!(inputs, out, |p, t| $name::double(p, t, parameter));
                    })*
                    $(Self::$row_variant => {
                        fill_rows!(inputs, out, |row| $row_name::double(row, parameter));
                    })*
                    $(Self::$vector_variant => {
                        fill_rows!(inputs, out, |row| $vector_name::double(row, parameter));
                    })*
                    Self::Custom(custom) => {
                        fill_samples!(inputs, out, |p, t| custom.at_double(p, t, parameter));
                    }
                }
            }

            /// Number of samples of a block in double precision that it clips, among those for
            /// which `counts` is true.
            #[inline(always)]
            pub(crate) fn count_double_clipped(
                self,
                inputs: &DoubleInputs<'_>,
                parameter: f64,
                values: &[f64],
                counts: impl Fn(usize, f64) -> bool,
            ) -> u32 {
                match self {
                    $($(Self::$variant => {
                        const { assert!(!stringify!($clips).is_empty()) };
                        inputs.count_samples(values, counts, |p, t| {
                            $name::double_clips(p, t, parameter)
                        })
                    })?)*
                    $($(Self::$row_variant => {
                        const { assert!(!stringify!($row_clips).is_empty()) };
                        inputs.count_rows(values, counts, |row| {
                            $row_name::double_clips(row, parameter)
                        })
                    })?)*
                    $($(Self::$vector_variant => {
                        const { assert!(!stringify!($vector_clips).is_empty()) };
                        inputs.count_rows(values, counts, |row| {
                            $vector_name::double_clips(row, parameter)
                        })
                    })?)*
                    _ => 0,
                }
            }

            /// Writes the values of a block of samples.
            #[inline(always)]
            pub(crate) fn fill(self, inputs: &ValueInputs<'_>, parameter: Bits, out: &mut [Bits]) {
                match self {
                    $(Self::$variant => {
                        fill_samples!(inputs, out, |p, t| $name::$name(p, t, parameter));
                    })*
                    $(Self::$row_variant => {
                        fill_rows!(inputs, out, |row| $row_name::$row_name(row, parameter));
                    })*
                    $(Self::$vector_variant => {
                        fill_rows!(inputs, out, |row| $vector_name::$vector_name(row, parameter));
                    })*
                    Self::Custom(custom) => {
                        fill_samples!(inputs, out, |p, t| custom.at(p, t, parameter));
                    }
                }
            }

            /// Number of samples of a block that it clips, among those for which `counts` is true.
            /// `counts` takes the index of a sample and its value.
            #[inline(always)]
            pub(crate) fn count_clipped(
                self,
                inputs: &ValueInputs<'_>,
                parameter: Bits,
                values: &[Bits],
                counts: impl Fn(usize, Bits) -> bool,
            ) -> u32 {
                match self {
                    $($(Self::$variant => {
                        inputs.count_samples(values, counts, |p, t| $name::$clips(p, t, parameter))
                    })?)*
                    $($(Self::$row_variant => {
                        inputs.count_rows(values, counts, |row| {
                            $row_name::$row_clips(row, parameter)
                        })
                    })?)*
                    $($(Self::$vector_variant => {
                        inputs.count_rows(values, counts, |row| {
                            $vector_name::$vector_clips(row, parameter)
                        })
                    })?)*
                    _ => 0,
                }
            }
        }
    };
}

impl ValueFn {
    /// A call of its WGSL function.
    pub fn call(self, arguments: &str) -> String {
        match self {
            Self::Custom(custom) => custom.call(arguments),
            _ => format!("{}({arguments})", self.name()),
        }
    }

    /// The WGSL of the values that its function calls.
    #[cfg(feature = "gpu")]
    pub(crate) fn calls(self) -> &'static [Fragment] {
        self.def().calls
    }

    /// The math modules that its function calls, and those that they are built on.
    pub fn math_modules(self) -> &'static [MathModule] {
        MathModule::with_dependencies(self.def().modules)
    }

    /// The inputs that it reads. A NaN or infinity in the other input is not a fault.
    pub fn reads(self) -> Operands {
        self.def().operands
    }

    /// Whether it can be negative.
    pub fn may_be_negative(self) -> bool {
        self.def().range == ValueRange::Any
    }

    /// Whether it is a probability: every value in its domain is between 0 and 1.
    pub fn is_probability(self) -> bool {
        self.def().range == ValueRange::Probability
    }

    /// Whether it clips inputs of some samples. Its WGSL then has a function `NAME_clips`.
    pub fn may_clip(self) -> bool {
        self.def().clips
    }

    /// The ranges of parameters that it accepts, in ascending order; 0 alone for a value without a
    /// parameter.
    pub fn parameter_ranges(self) -> Vec<RangeInclusive<f32>> {
        self.def().parameters.ranges()
    }

    /// Whether it accepts this parameter.
    pub fn takes(self, parameter: Constant) -> bool {
        let takes = |number: f64| {
            self.parameter_ranges().iter().any(|range| {
                (f64::from(*range.start())..=f64::from(*range.end())).contains(&number)
            })
        };
        takes(parameter.single.into()) && takes(parameter.double)
    }

    /// The parts of a row summary that it reads; none if it is not a value of rows.
    #[doc(hidden)]
    pub fn row_needs(self, parameter: Constant) -> RowNeeds {
        self.def().row_needs.map(|needs| needs(parameter)).unwrap_or_default()
    }

    /// The task of the rows that it reads, if it is a value of rows.
    pub fn task_of_rows(self) -> Option<Task> {
        let RowNeeds { rows, scores, .. } = self.row_needs(Constant::ZERO);
        let task = if scores == ScoreKind::Vectors { Task::Regression } else { Task::Multiclass };
        rows.then_some(task)
    }

    /// Whether it takes the elements of rows for probabilities, which should sum to 1.
    pub fn is_of_probabilities(self) -> bool {
        self.row_needs(Constant::ZERO).are_probabilities()
    }

    /// Whether it can be combined with soft truths: it is defined for them, or it is not a value of
    /// rows.
    pub fn accepts_soft_truths(self) -> bool {
        self.def().row_needs.is_none() || self.def().accepts_soft_truths
    }
}

// One line for each value: the stem of its files here and in shaders/kernel/value/, its variant,
// and, if it clips, the function that decides which samples.
values! {
    samples {
        error Error,
        absolute_error AbsoluteError,
        squared_error SquaredError,
        huber Huber,
        absolute_truth AbsoluteTruth,
        identity Identity,
        percentage_error PercentageError,
        symmetric_percentage_error SymmetricPercentageError,
        squared_log_error SquaredLogError,
        log_cosh LogCosh,
        poisson_deviance PoissonDeviance,
        gamma_deviance GammaDeviance,
        tweedie_deviance TweedieDeviance,
        hinge Hinge,
        squared_hinge SquaredHinge,
        brier Brier,
        probability Probability,
        logistic Logistic,
        logit_brier LogitBrier,
        log_loss LogLoss clips log_loss_clips,
        log_loss_of_other_label LogLossOfOtherLabel clips log_loss_of_other_label_clips,
        logit_loss LogitLoss,
        logit_loss_of_other_label LogitLossOfOtherLabel,
        correct Correct,
    }
    rows {
        top_k TopK,
        categorical_hinge CategoricalHinge,
        softmax_loss SoftmaxLoss,
        uniform_cross_entropy UniformCrossEntropy,
        max_softmax MaxSoftmax,
        softmax_brier SoftmaxBrier,
        cross_entropy_of_probabilities CrossEntropyOfProbabilities
            clips cross_entropy_of_probabilities_clips,
        uniform_cross_entropy_of_probabilities UniformCrossEntropyOfProbabilities,
        max_probability MaxProbability,
        brier_of_probabilities BrierOfProbabilities,
    }
    vectors {
        cosine Cosine,
        divergence Divergence clips divergence_clips,
    }
}
