//! What the columns of a batch hold, by their lengths and types.

use super::{Column, HostBatch, TruthEncoding};
use crate::error::{Error, Input, SequenceError, SoftTruthError};
use crate::statistic::{Plan, Schema, Task};

/// The numbers of elements of a batch's columns, wherever they are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub prediction: usize,
    /// That of the predictions where there are values alone.
    pub truth: usize,
    pub weight: Option<usize>,
    pub mask: Option<usize>,
    pub lengths: Option<usize>,
    pub steps: usize,
    pub truth_encoding: TruthEncoding,
    pub is_values_only: bool,
}

impl Shape {
    /// What the columns hold: fails if their lengths are wrong, whatever the values.
    pub fn schema(&self, plan: &Plan) -> Result<Schema, Error> {
        let (task, classes) = (plan.task, plan.classes as usize);
        let &Self { prediction, truth, steps, .. } = self;
        let rows = task == Task::Multiclass;
        if self.is_values_only == task.has_truth() {
            return Err(if self.is_values_only {
                Error::MissingTruth { task }
            } else {
                Error::NeedlessTruth { task }
            });
        }
        let (truth_rows, soft) =
            (self.truth_encoding.are_rows(), self.truth_encoding == TruthEncoding::Soft);
        if truth_rows && !rows {
            return Err(Error::RowsOfTruths { task });
        }
        if truth_rows && !truth.is_multiple_of(classes) {
            return Err(Error::RowLength { input: Input::Truth, elements: truth, classes });
        }
        let outputs = plan.outputs as usize;
        for (input, elements) in [(Input::Prediction, prediction), (Input::Truth, truth)] {
            if !elements.is_multiple_of(outputs) {
                return Err(Error::RowLength { input, elements, classes: outputs });
            }
        }
        let samples = if truth_rows { truth / classes } else { truth / outputs };
        // A soft truth is one beside scores, even where there are no samples to tell by.
        let scores = rows && prediction == samples * classes && (soft || prediction != samples);
        if prediction != samples && rows && !scores {
            return Err(Error::RowsMismatch { prediction, samples, classes });
        }
        if prediction != truth && !rows {
            return Err(Error::LengthMismatch { prediction, truth });
        }
        if rows && !scores && samples > 0 && plan.reduction().rows {
            let value = plan.first_that_needs_rows().unwrap_or_default();
            return Err(Error::ScoresNeeded { value, classes });
        }
        if soft && !scores {
            return Err(SoftTruthError::ClassPredictions { classes }.into());
        }
        if soft {
            plan.check_soft_truths()?;
        }
        if steps == 0 || !samples.is_multiple_of(steps) {
            return Err(SequenceError::PartOfSequence { samples, steps }.into());
        }
        let sequences = samples / steps;
        // Samples as a whole have no weights for each of their outputs.
        let outputs = if plan.has_wholes() { 1 } else { outputs };
        let fits = |elements: usize| [sequences, samples, samples * outputs].contains(&elements);
        if let Some(weight) = self.weight.filter(|&weight| !fits(weight)) {
            return Err(Error::WeightShape { samples, outputs, steps, weight });
        }
        if let Some(mask) = self.mask.filter(|&mask| !fits(mask)) {
            return Err(Error::MaskLength { samples, outputs, steps, mask });
        }
        if let Some(lengths) = self.lengths.filter(|&lengths| lengths != sequences) {
            return Err(SequenceError::Lengths { lengths, sequences, steps }.into());
        }
        Ok(Schema { soft, ..plan.schema(scores) })
    }
}

impl HostBatch<'_> {
    /// What the columns hold: fails if their lengths or types are wrong, whatever the values.
    pub(crate) fn schema(&self, plan: &Plan) -> Result<Schema, Error> {
        let shape = Shape {
            prediction: self.prediction.len(),
            truth: self.truth.len(),
            weight: self.weight.map(|weight| weight.len()),
            mask: self.mask.map(<[bool]>::len),
            lengths: self.lengths.map(|lengths| lengths.len()),
            steps: self.steps,
            truth_encoding: self.truth_encoding,
            is_values_only: self.is_values_only,
        };
        let schema = shape.schema(plan)?;
        self.check_types(schema)?;
        Ok(schema)
    }

    fn check_types(&self, schema: Schema) -> Result<(), Error> {
        let wrong = |input, column: Column<'_>, expected| {
            Err(Error::WrongType { input, dtype: column.dtype(), task: schema.task, expected })
        };
        if schema.prediction_classes().is_none()
            && let Column::Bool(_) = self.prediction
        {
            return wrong(Input::Prediction, self.prediction, "predictions must be numbers");
        }
        if let Some(lengths) = self.lengths.filter(|lengths| !lengths.is_whole()) {
            return wrong(Input::Lengths, lengths, "lengths must be whole numbers");
        }
        match self.weight {
            Some(column @ Column::Bool(_)) => {
                wrong(Input::Weight, column, "weights must be numbers (a mask is not a weight)")
            }
            _ => Ok(()),
        }
    }

    /// Number of samples of a batch of this form, with one output.
    pub(crate) fn samples(&self, schema: Schema) -> usize {
        self.truth.len() / self.truth_width(schema)
    }

    /// Number of elements that a truth has.
    pub(crate) fn truth_width(&self, schema: Schema) -> usize {
        if self.truth_encoding.are_rows() { schema.classes as usize } else { schema.truth_width() }
    }
}
