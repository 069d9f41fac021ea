//! Metrics: each declares the statistics that it needs and computes a value from their totals.
//!
//! A metric is a [`MetricDef`] in the `METRICS` of one file, and that file is one line in the list
//! of its topic. The command's help, the tables in the documentation, constructors, tests and
//! benchmarks are generated from the list.

pub mod aggregation;
mod arguments;
mod average;
mod binary_problems;
pub mod calibration;
pub mod classification;
mod constructors;
pub mod curve;
pub(crate) mod custom_value;
mod definition;
mod list;
mod multioutput;
mod names;
mod parameter;
mod reduction;
pub mod regression;
mod resolved;
mod setters;
mod settings;
mod spec;
mod symbols;
mod value;
mod view;

pub(crate) use self::arguments::Arguments;
pub use self::average::Average;
pub(crate) use self::average::{
    AVERAGE, CLASS_AVERAGE, COUNT_AVERAGE, CURVE_AVERAGE, OUTPUT_AVERAGE,
};
pub(crate) use self::binary_problems::MULTI_CLASS;
pub use self::binary_problems::MultiClass;
pub use self::calibration::bins::BinStrategy;
pub(crate) use self::classification::binary_counts::THRESHOLD;
pub(crate) use self::classification::class_counts::ABSENT;
pub use self::classification::class_counts::AbsentClass;
pub use self::classification::cohen_kappa::KappaWeights;
pub use self::constructors::*;
pub use self::curve::ranking::BinSpacing;
pub(crate) use self::curve::ranking::{HISTOGRAM_BINS, SPACING};
pub use self::definition::{Axes, Better, Law, MetricDef, MetricFamily};
pub use self::list::{all, of_task};
pub use self::parameter::Parameter;
pub(crate) use self::parameter::{Key, Range, UndeclaredParameter, ZERO_DIVISION};
pub(crate) use self::reduction::REDUCTION;
pub use self::reduction::Reduction;
pub use self::resolved::ResolvedMetric;
pub use self::settings::Settings;
pub use self::spec::MetricSpec;
pub use self::symbols::symbols;
pub use self::value::{AtThreshold, Interval, Value};
pub(crate) use self::view::TotalsView;
