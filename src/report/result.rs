//! The values of a metric in a report.

use crate::error::Undefined;
use crate::metric::{Axes, Value};
use serde_json::{Map, Value as Json, json};

/// Both values of a metric.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricResult {
    /// The specification of the metric, as requested.
    pub spec: String,
    /// The meaning of rows and columns, if the value is a matrix.
    pub axes: Axes,
    /// The value with weight 1 for every sample.
    pub unweighted: Result<Value, Undefined>,
    /// The value with the weights of the samples.
    pub weighted: Result<Value, Undefined>,
}

impl MetricResult {
    /// Both values, with the names of their sides.
    pub(super) fn sides(&self) -> [(&'static str, &Result<Value, Undefined>); 2] {
        [("unweighted", &self.unweighted), ("weighted", &self.weighted)]
    }

    /// The entry in [`Report::to_json`](super::Report::to_json).
    pub(super) fn to_json(&self) -> Json {
        let mut entry = Map::new();
        let (mut undefined, mut intervals, mut thresholds) = (Map::new(), Map::new(), Map::new());
        for (side, value) in self.sides() {
            if let Ok(Value::Interval(number)) = value {
                intervals.insert(side.to_owned(), json!([number.low, number.high]));
            }
            if let Ok(Value::AtThreshold(number)) = value {
                thresholds.insert(side.to_owned(), json!(number.threshold));
            }
            let (value, reason) = match value {
                Ok(value) => value.to_json(),
                Err(reason) => (Json::Null, Some(reason.to_string().into())),
            };
            entry.insert(side.to_owned(), value);
            undefined.extend(reason.map(|reason| (side.to_owned(), reason)));
        }
        let more = [("undefined", undefined), ("interval", intervals), ("threshold", thresholds)];
        for (key, sides) in more.into_iter().filter(|(_, sides)| !sides.is_empty()) {
            entry.insert(key.to_owned(), sides.into());
        }
        entry.into()
    }
}
