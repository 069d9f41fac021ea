//! A batch whose columns are all slices on the host.

use super::column::Column;
use super::fault_policy::FaultPolicy;
use super::inputs::Inputs;
use super::schema::{Shape, check_types};
use super::truth_encoding::TruthEncoding;
use crate::error::Error;
use crate::statistic::{Plan, Schema, Task};

/// A batch on the host.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HostBatch<'a> {
    pub inputs: Inputs<Column<'a>>,
    /// Samples of a sequence.
    pub sequence_length: usize,
    pub truth_encoding: TruthEncoding,
    pub fault_policy: FaultPolicy,
}

impl<'a> HostBatch<'a> {
    /// The schema of the columns: fails if their lengths or types are wrong. Values are not read.
    pub fn schema(&self, plan: &Plan) -> Result<Schema, Error> {
        let shape = Shape {
            elements: self.inputs.map(|_, column| column.len()),
            sequence_length: self.sequence_length,
            truth_encoding: self.truth_encoding,
        };
        let schema = shape.schema(plan)?;
        check_types(&self.inputs, schema)?;
        Ok(schema)
    }

    /// The truths; where there are none, the predictions.
    pub fn truth(&self) -> Column<'a> {
        *self.inputs.truth_or_prediction()
    }

    /// The mask.
    pub fn mask(&self) -> Option<&'a [bool]> {
        match self.inputs.mask {
            Some(Column::Bool(mask)) => Some(mask),
            // `schema` rejects masks of other types.
            _ => None,
        }
    }

    /// Number of samples of a batch of this schema, with one output.
    pub fn samples(&self, schema: Schema) -> usize {
        self.truth().len() / self.truth_width(schema)
    }

    /// Number of elements that a truth has.
    pub fn truth_width(&self, schema: Schema) -> usize {
        if self.truth_encoding.are_rows() { schema.classes as usize } else { schema.truth_width() }
    }

    /// Whether numbers are narrowed, so that some may not fit an `f32`.
    pub fn is_narrowed(&self) -> bool {
        let columns = [Some(self.inputs.prediction), self.inputs.truth, self.inputs.weight];
        columns.into_iter().flatten().any(|column| matches!(column, Column::F64(_)))
    }

    /// Whether regression inputs have types that narrowing may round. This depends on types alone,
    /// not on values, since the state must not depend on the split into batches.
    pub fn may_round(&self, task: Task) -> bool {
        let may_round = self.inputs.prediction.may_round() || self.truth().may_round();
        task == Task::Regression && may_round
    }
}
