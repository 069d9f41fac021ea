//! Per-sample values: the `f32` number a metric computes for one sample.
//!
//! Each is written twice by hand, as a Rust function here and as a WGSL function of the same name
//! in `shaders/kernel/value/`, with the same statements in the same order. Both take and return the bits
//! of `f32` numbers. Inputs are finite and flushed (subnormals and −0 are +0). A result is a number,
//! or [`UNDERFLOW`](super::bits::UNDERFLOW) where it is not zero but counts as zero, an infinity
//! where it overflowed, or [`OUTSIDE`](super::bits::OUTSIDE) for a sample outside the domain. Who
//! calls sees to weights, counts and faults; a value knows of none of them. A user's own is a
//! [`CustomValue`], whose results are brought into this form.

pub mod absolute_error;
pub mod absolute_truth;
pub mod brier;
pub mod brier_of_probabilities;
pub mod categorical_hinge;
pub mod correct;
pub mod cosine;
pub mod cross_entropy_of_probabilities;
mod custom;
pub mod divergence;
pub mod error;
pub mod gamma_deviance;
pub mod hinge;
pub mod huber;
pub mod identity;
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
pub mod top_k;
pub mod tweedie_deviance;
pub mod uniform_cross_entropy;
pub mod uniform_cross_entropy_of_probabilities;

pub(crate) use self::custom::is_identifier;
pub use self::custom::{CustomValue, RustFn};
use super::row;
use super::row::RowSummary;
use crate::exact::two_to;
use crate::statistic::ScoreKind;
use crate::task::MAX_CLASSES;
use std::ops::RangeInclusive;

/// What values are made of: samples of one prediction and one truth, and the rows of scores that
/// they were reduced from, if they were.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Samples<'a> {
    pub prediction: &'a [u32],
    pub truth: &'a [u32],
    pub rows: &'a [RowSummary],
}

macro_rules! values {
    (
        samples { $($name:ident $variant:ident $reads:ident $domain:literal),* $(,)? }
        rows { $($row_name:ident $row_variant:ident $row_domain:literal),* $(,)? }
        vectors { $($pair_name:ident $pair_variant:ident $pair_domain:literal),* $(,)? }
    ) => {
        /// Which per-sample value.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ValueFn {
            $(#[doc = concat!("`", stringify!($name), "`.")] $variant,)*
            $(#[doc = concat!("`", stringify!($row_name), "`, of a row.")] $row_variant,)*
            $(#[doc = concat!("`", stringify!($pair_name), "`, of two vectors.")] $pair_variant,)*
            /// A value of a user's own.
            Custom(&'static CustomValue),
        }

        impl ValueFn {
            /// Every value of the library.
            pub const ALL: &[Self] = &[$(Self::$variant,)* $(Self::$row_variant,)* $(Self::$pair_variant),*];

            /// Values of one prediction and one truth.
            pub const OF_SAMPLES: &[Self] = &[$(Self::$variant),*];

            /// Values of a row of scores and its truth.
            pub const OF_ROWS: &[Self] = &[$(Self::$row_variant),*];

            /// Values of two rows, of predictions and of truths.
            pub const OF_VECTORS: &[Self] = &[$(Self::$pair_variant),*];

            /// Its name: that of the function, and of its files here and in `shaders/kernel/value/`.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => stringify!($name),)*
                    $(Self::$row_variant => stringify!($row_name),)*
                    $(Self::$pair_variant => stringify!($pair_name),)*
                    Self::Custom(own) => own.name,
                }
            }

            /// Its WGSL, and the path of the file, or the name of a user's own, for error messages.
            pub fn wgsl(self) -> (&'static str, &'static str) {
                macro_rules! file {
                    ($stem:ident) => { (
                        concat!("kernel/value/", stringify!($stem), ".wgsl"),
                        include_str!(concat!("../../../shaders/kernel/value/", stringify!($stem), ".wgsl")),
                    ) };
                }
                match self {
                    $(Self::$variant => file!($name),)*
                    $(Self::$row_variant => file!($row_name),)*
                    $(Self::$pair_variant => file!($pair_name),)*
                    Self::Custom(own) => (own.name, own.wgsl),
                }
            }

            /// Which inputs it looks at; a bad number in another is no fault in it.
            pub fn reads(self) -> Operands {
                match self {
                    $(Self::$variant => Operands::$reads,)*
                    $(Self::$row_variant)|* | $(Self::$pair_variant)|* => Operands::Both,
                    Self::Custom(own) => own.reads,
                }
            }

            /// Its domain in words, whatever the parameter.
            pub(crate) fn domain(self) -> &'static str {
                match self {
                    $(Self::$variant => $domain,)*
                    $(Self::$row_variant => $row_domain,)*
                    $(Self::$pair_variant => $pair_domain,)*
                    Self::Custom(own) => own.domain,
                }
            }

            /// The value of one sample; of a value of rows or vectors, 0.
            pub fn at(self, prediction: u32, truth: u32, parameter: u32) -> u32 {
                match self {
                    $(Self::$variant => $name::$name(prediction, truth, parameter),)*
                    $(Self::$row_variant)|* | $(Self::$pair_variant)|* => 0,
                    Self::Custom(own) => own.at(prediction, truth, parameter),
                }
            }

            /// The value of one row, or of two vectors; of a value of single predictions, 0.
            pub fn of_row(self, row: &RowSummary, parameter: u32) -> u32 {
                match self {
                    $(Self::$row_variant => $row_name::$row_name(row, parameter),)*
                    $(Self::$pair_variant => $pair_name::$pair_name(row, parameter),)*
                    _ => 0,
                }
            }

            /// The values of a block of samples; a loop per value, so that each vectorises.
            #[inline(always)]
            pub(crate) fn fill(self, samples: &Samples<'_>, parameter: u32, out: &mut [u32]) {
                let Samples { prediction, truth, rows } = samples;
                match self {
                    $(Self::$variant => {
                        let samples = out.iter_mut().zip(*prediction).zip(*truth);
                        for ((out, &p), &t) in samples {
                            *out = $name::$name(p, t, parameter);
                        }
                    })*
                    $(Self::$row_variant => {
                        for (out, row) in out.iter_mut().zip(*rows) {
                            *out = $row_name::$row_name(row, parameter);
                        }
                    })*
                    $(Self::$pair_variant => {
                        for (out, row) in out.iter_mut().zip(*rows) {
                            *out = $pair_name::$pair_name(row, parameter);
                        }
                    })*
                    Self::Custom(own) => {
                        let samples = out.iter_mut().zip(*prediction).zip(*truth);
                        for ((out, &p), &t) in samples {
                            *out = own.at(p, t, parameter);
                        }
                    }
                }
            }
        }
    };
}

impl ValueFn {
    /// The values that its own function calls.
    pub fn calls(self) -> &'static [Self] {
        match self {
            Self::Brier => &[Self::SquaredError],
            Self::SquaredHinge => &[Self::Hinge],
            Self::LogLossOfOtherLabel => &[Self::LogLoss],
            Self::LogitLossOfOtherLabel => &[Self::LogitLoss],
            _ => &[],
        }
    }

    /// A call of its WGSL function.
    pub fn call(self, arguments: &str) -> String {
        match self {
            Self::Custom(own) => own.call(arguments),
            _ => format!("{}({arguments})", self.name()),
        }
    }

    /// Whether it may be negative.
    pub fn may_be_negative(self) -> bool {
        match self {
            Self::Custom(own) => own.may_be_negative(),
            _ => matches!(self, Self::Error | Self::Identity | Self::Cosine | Self::Divergence),
        }
    }

    /// Whether every value in its domain lies between 0 and 1.
    pub fn is_probability(self) -> bool {
        matches!(self, Self::Probability | Self::Logistic | Self::MaxSoftmax | Self::MaxProbability)
    }

    /// Whether it takes the scores of rows for probabilities, which should sum to 1.
    pub fn is_of_probabilities(self) -> bool {
        self == Self::Divergence || self.row_needs(0).scores == ScoreKind::Probabilities
    }

    /// The libraries of arithmetic that its own function calls, and those that they stand on.
    pub fn libraries(self) -> &'static [MathModule] {
        match self {
            Self::Logistic
            | Self::LogitBrier
            | Self::LogLoss
            | Self::LogitLoss
            | Self::PercentageError
            | Self::SymmetricPercentageError
            | Self::LogCosh => &[MathModule::Float],
            Self::SquaredLogError
            | Self::PoissonDeviance
            | Self::GammaDeviance
            | Self::TweedieDeviance => &[MathModule::Float, MathModule::Double],
            Self::CategoricalHinge
            | Self::SoftmaxLoss
            | Self::UniformCrossEntropy
            | Self::MaxSoftmax
            | Self::SoftmaxBrier
            | Self::CrossEntropyOfProbabilities
            | Self::UniformCrossEntropyOfProbabilities
            | Self::MaxProbability
            | Self::BrierOfProbabilities
            | Self::Cosine
            | Self::Divergence => MathModule::ALL,
            Self::Custom(own) => own.needs(),
            _ => &[],
        }
    }

    /// Whether it clips inputs of some samples, which its function NAME_clips tells.
    pub fn may_clip(self) -> bool {
        matches!(
            self,
            Self::LogLoss
                | Self::LogLossOfOtherLabel
                | Self::CrossEntropyOfProbabilities
                | Self::Divergence
        )
    }

    /// Whether it clips this sample, whose prediction lies in its domain.
    #[inline(always)]
    pub fn clips(self, prediction: u32, truth: u32, parameter: u32) -> bool {
        match self {
            Self::LogLoss => log_loss::log_loss_clips(prediction, truth, parameter),
            Self::LogLossOfOtherLabel => {
                log_loss_of_other_label::log_loss_of_other_label_clips(prediction, truth, parameter)
            }
            _ => false,
        }
    }

    /// Whether it clips this row, whose scores lie in its domain.
    #[inline(always)]
    pub fn clips_row(self, row: &RowSummary, parameter: u32) -> bool {
        match self {
            Self::CrossEntropyOfProbabilities => {
                cross_entropy_of_probabilities::cross_entropy_of_probabilities_clips(row, parameter)
            }
            Self::Divergence => divergence::divergence_clips(row, parameter),
            _ => false,
        }
    }

    /// The parameters for which the value's promises hold, in ascending ranges; 0 alone for a value
    /// without one.
    pub fn parameter_ranges(self) -> Vec<RangeInclusive<f32>> {
        match self {
            Self::Huber => vec![two_to(-60) as f32..=two_to(60) as f32],
            Self::LogLoss
            | Self::LogLossOfOtherLabel
            | Self::CrossEntropyOfProbabilities
            | Self::UniformCrossEntropyOfProbabilities
            | Self::Divergence => vec![two_to(-120) as f32..=0.5],
            Self::TopK => vec![1.0..=MAX_CLASSES as f32],
            Self::TweedieDeviance => {
                vec![-4.0..=-two_to(-60) as f32, 1_f32.next_up()..=4.0]
            }
            Self::Custom(own) => vec![own.parameter_range()],
            _ => vec![0.0..=0.0],
        }
    }

    /// Whether the value's promises hold for this parameter.
    pub fn takes(self, parameter: f32) -> bool {
        self.parameter_ranges().iter().any(|range| range.contains(&parameter))
    }
}

/// Arithmetic that is written twice like a value, and that values are built from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MathModule {
    /// [`float`](super::float): elementary functions.
    Float,
    /// [`pair`](super::double): numbers of two parts. It stands on [`Float`](Self::Float).
    Double,
    /// [`row`]: what rows are reduced to. It stands on both others.
    Row,
}

impl MathModule {
    /// Every library.
    pub const ALL: &[Self] = &[Self::Float, Self::Double, Self::Row];

    /// Its WGSL, and the path of the file for error messages.
    pub fn wgsl(self) -> (&'static str, &'static str) {
        match self {
            Self::Float => {
                ("kernel/float.wgsl", include_str!("../../../shaders/kernel/float.wgsl"))
            }
            Self::Double => {
                ("kernel/double.wgsl", include_str!("../../../shaders/kernel/double.wgsl"))
            }
            Self::Row => ("kernel/row.wgsl", include_str!("../../../shaders/kernel/row.wgsl")),
        }
    }

    /// The constants that its WGSL needs.
    pub fn constants(self) -> &'static [(&'static str, u32)] {
        match self {
            Self::Float => super::float::CONSTANTS,
            Self::Double => super::double::CONSTANTS,
            Self::Row => row::CONSTANTS,
        }
    }
}

/// Which inputs a statistic looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operands {
    /// The prediction alone.
    Prediction,
    /// The truth alone.
    Truth,
    /// Both.
    Both,
}

impl Operands {
    /// Whether the prediction is looked at.
    pub fn prediction(self) -> bool {
        self != Self::Truth
    }

    /// Whether the truth is looked at.
    pub fn truth(self) -> bool {
        self != Self::Prediction
    }
}

// One line a value: its file stem here and in shaders/kernel/value/, its variant, which inputs it reads (a
// value of rows or vectors: both), its domain.
values! {
    samples {
        error Error Both "any number",
        absolute_error AbsoluteError Both "any number",
        squared_error SquaredError Both "any number",
        huber Huber Both "any number",
        absolute_truth AbsoluteTruth Truth "any number",
        identity Identity Prediction "any number",
        percentage_error PercentageError Both "truths other than 0, or predictions of 0 where they are 0",
        symmetric_percentage_error SymmetricPercentageError Both "any number",
        squared_log_error SquaredLogError Both "predictions and truths above -1",
        log_cosh LogCosh Both "any number",
        poisson_deviance PoissonDeviance Both "predictions above 0 and truths of 0 or more",
        gamma_deviance GammaDeviance Both "predictions and truths above 0",
        tweedie_deviance TweedieDeviance Both "predictions above 0",
        hinge Hinge Both "any score",
        squared_hinge SquaredHinge Both "any score",
        brier Brier Both "predictions from 0 to 1",
        probability Probability Prediction "predictions from 0 to 1",
        logistic Logistic Prediction "any score",
        logit_brier LogitBrier Both "any score",
        log_loss LogLoss Both "predictions from 0 to 1",
        log_loss_of_other_label LogLossOfOtherLabel Both "predictions from 0 to 1",
        logit_loss LogitLoss Both "any score",
        logit_loss_of_other_label LogitLossOfOtherLabel Both "any score",
        correct Correct Both "any class",
    }
    rows {
        top_k TopK "any scores",
        categorical_hinge CategoricalHinge "any scores",
        softmax_loss SoftmaxLoss "any scores",
        uniform_cross_entropy UniformCrossEntropy "any scores",
        max_softmax MaxSoftmax "any scores",
        softmax_brier SoftmaxBrier "any scores",
        cross_entropy_of_probabilities CrossEntropyOfProbabilities "predictions from 0 to 1",
        uniform_cross_entropy_of_probabilities UniformCrossEntropyOfProbabilities "predictions from 0 to 1",
        max_probability MaxProbability "predictions from 0 to 1",
        brier_of_probabilities BrierOfProbabilities "predictions from 0 to 1",
    }
    vectors {
        cosine Cosine "rows that are not all zeros",
        divergence Divergence "predictions and truths from 0 to 1",
    }
}
