//! Every value of rows of scores, with a parameter that it can take.

use crate::values::parameters;
use weighbridge::statistic::{Function, SampleValue};

pub fn values_of_rows() -> impl Iterator<Item = SampleValue> + Clone {
    let usual = |function: Function| parameters(function)[0];
    let rows = Function::OF_ROWS.iter();
    rows.map(move |&function| SampleValue { function, parameter: usual(function) })
}
