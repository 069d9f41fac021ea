//! The schema of a batch, from the lengths and types of its columns.

use super::{Column, Inputs, TruthEncoding};
use crate::error::{Error, Input, UpdateError};
use crate::statistic::{Plan, Schema, Task};

/// The numbers of elements of a batch's columns, wherever they are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub elements: Inputs<usize>,
    pub sequence_length: usize,
    pub truth_encoding: TruthEncoding,
}

impl Shape {
    /// The schema of the columns: fails if their lengths are wrong. Values are not read.
    pub fn schema(&self, plan: &Plan) -> Result<Schema, Error> {
        let (task, classes) = (plan.task, plan.classes as usize);
        let &Self { elements, sequence_length: steps, .. } = self;
        let (prediction, truth) = (elements.prediction, *elements.truth_or_prediction());
        let rows = task == Task::Multiclass;
        match (elements.has_truth(), task.has_truth()) {
            (false, true) => return Err(UpdateError::MissingTruth { task }.into()),
            (true, false) => return Err(UpdateError::UnexpectedTruth { task }.into()),
            _ => {}
        }
        let (truth_rows, soft) =
            (self.truth_encoding.are_rows(), self.truth_encoding == TruthEncoding::Soft);
        if truth_rows && !rows {
            return Err(UpdateError::TruthRowsUnsupported { task }.into());
        }
        if truth_rows && !truth.is_multiple_of(classes) {
            return Err(
                UpdateError::PartialRow { input: Input::Truth, elements: truth, classes }.into()
            );
        }
        let outputs = plan.outputs as usize;
        for (input, elements) in [(Input::Prediction, prediction), (Input::Truth, truth)] {
            if !elements.is_multiple_of(outputs) {
                return Err(UpdateError::PartialRow { input, elements, classes: outputs }.into());
            }
        }
        let samples = if truth_rows { truth / classes } else { truth / outputs };
        // Soft truths come with scores; without samples, the lengths do not show it.
        let scores = rows && prediction == samples * classes && (soft || prediction != samples);
        if prediction != samples && rows && !scores {
            return Err(UpdateError::PredictionShape { prediction, samples, classes }.into());
        }
        if prediction != truth && !rows {
            return Err(UpdateError::LengthMismatch { prediction, truth }.into());
        }
        if rows
            && !scores
            && samples > 0
            && let Some(value) = plan.first_that_needs_rows()
        {
            return Err(UpdateError::ScoresNeeded { value, classes }.into());
        }
        if soft && !scores {
            return Err(UpdateError::SoftTruthsBesideClasses { classes }.into());
        }
        if soft {
            plan.check_soft_truths()?;
        }
        if steps == 0 || !samples.is_multiple_of(steps) {
            return Err(UpdateError::PartialSequence { samples, steps }.into());
        }
        let sequences = samples / steps;
        // A whole sample has one weight, not one per output.
        let outputs = if plan.has_whole_samples() { 1 } else { outputs };
        let fits = |elements: usize| [sequences, samples, samples * outputs].contains(&elements);
        if let Some(weight) = elements.weight.filter(|&weight| !fits(weight)) {
            return Err(UpdateError::WeightShape { samples, outputs, steps, weight }.into());
        }
        if let Some(mask) = elements.mask.filter(|&mask| !fits(mask)) {
            return Err(UpdateError::MaskShape { samples, outputs, steps, mask }.into());
        }
        if let Some(lengths) = elements.lengths.filter(|&lengths| lengths != sequences) {
            return Err(UpdateError::LengthCount { lengths, sequences, steps }.into());
        }
        Ok(Schema { soft, ..plan.schema(scores) })
    }
}

/// Fails if a column on the host has a type that its input cannot have.
pub(super) fn check_types(inputs: &Inputs<Column<'_>>, schema: Schema) -> Result<(), Error> {
    let wrong = |input, column: Column<'_>, expected| {
        Err(Error::Update(UpdateError::WrongType {
            input,
            dtype: column.dtype(),
            task: schema.task,
            expected,
        }))
    };
    if schema.prediction_classes().is_none()
        && let Column::Bool(_) = inputs.prediction
    {
        return wrong(Input::Prediction, inputs.prediction, "predictions must be numbers");
    }
    if let Some(lengths) = inputs.lengths.filter(|lengths| !lengths.is_whole()) {
        return wrong(Input::Lengths, lengths, "lengths must be whole numbers");
    }
    if let Some(mask) = inputs.mask.filter(|mask| !matches!(mask, Column::Bool(_))) {
        return wrong(Input::Mask, mask, "a mask must be bool (fractions are weights)");
    }
    match inputs.weight {
        Some(column @ Column::Bool(_)) => {
            wrong(Input::Weight, column, "weights must be numbers (a mask is not a weight)")
        }
        _ => Ok(()),
    }
}
