//! Every value of rows, with a parameter that it can take.

use crate::values::parameters;
use weighbridge::statistic::{Function, SampleValue};

pub fn values_of_rows() -> impl Iterator<Item = SampleValue> + Clone {
    values_of(Function::OF_ROWS)
}

/// The same of some values.
pub fn values_of(functions: &[Function]) -> impl Iterator<Item = SampleValue> + Clone {
    let usual = |function: Function| parameters(function)[0];
    functions.iter().map(move |&function| SampleValue { function, parameter: usual(function) })
}
