//! Every row value, with a valid parameter.

use super::values::parameters;
use weighbridge::statistic::{ValueFn, ValueSpec};

pub fn values_of_rows() -> impl Iterator<Item = ValueSpec> + Clone {
    values_of(ValueFn::OF_ROWS)
}

/// These values, each with a typical parameter.
pub fn values_of(functions: &[ValueFn]) -> impl Iterator<Item = ValueSpec> + Clone {
    let usual = |function: ValueFn| parameters(function)[0];
    functions.iter().map(move |&function| ValueSpec { function, parameter: usual(function).into() })
}
