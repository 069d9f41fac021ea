//! What the columns of a batch hold, by their lengths and types.

use super::{Batch, Column};
use crate::error::{Error, Input};
use crate::statistic::{Form, Plan, Task};

impl Batch<'_> {
    /// What the columns hold: fails if their lengths or types are wrong, whatever the values.
    pub(crate) fn form(&self, plan: &Plan) -> Result<Form, Error> {
        let (task, classes) = (plan.task, plan.classes as usize);
        let (prediction, truth) = (self.prediction.len(), self.truth.len());
        let rows = task == Task::Multiclass;
        if self.values == task.has_truth() {
            return Err(if self.values {
                Error::MissingTruth { task }
            } else {
                Error::NeedlessTruth { task }
            });
        }
        if self.one_hot && !rows {
            return Err(Error::RowsOfTruths { task });
        }
        if self.one_hot && !truth.is_multiple_of(classes) {
            return Err(Error::RowLength { input: Input::Truth, elements: truth, classes });
        }
        let outputs = plan.outputs as usize;
        for (input, elements) in [(Input::Prediction, prediction), (Input::Truth, truth)] {
            if !elements.is_multiple_of(outputs) {
                return Err(Error::RowLength { input, elements, classes: outputs });
            }
        }
        let samples = if self.one_hot { truth / classes } else { truth / outputs };
        let scores = rows && prediction != samples && prediction == samples * classes;
        if prediction != samples && rows && !scores {
            return Err(Error::RowsMismatch { prediction, samples, classes });
        }
        if prediction != truth && !rows {
            return Err(Error::LengthMismatch { prediction, truth });
        }
        if rows && !scores && samples > 0 && plan.reduction().rows {
            let needs = plan.statistics.iter().find(|s| s.reduction().rows);
            let value = needs.map(ToString::to_string).unwrap_or_default();
            return Err(Error::ScoresNeeded { value, classes });
        }
        // Samples as a whole have no weights for each of their outputs.
        let each = if plan.joint.is_empty() { outputs } else { 1 };
        match self.weight.map(|weight| weight.len()) {
            Some(weight) if weight != samples && weight != samples * each => {
                return Err(Error::WeightShape { samples, outputs: each, weight });
            }
            _ => {}
        }
        match self.mask.map(|mask| mask.len()) {
            Some(mask) if mask != samples && mask != samples * each => {
                return Err(Error::MaskLength { samples, outputs: each, mask });
            }
            _ => {}
        }
        let form = plan.form(scores);
        self.check_types(form)?;
        Ok(form)
    }

    fn check_types(&self, form: Form) -> Result<(), Error> {
        let wrong = |input, column: Column<'_>, expected| {
            Err(Error::WrongType { input, dtype: column.dtype(), task: form.task, expected })
        };
        if form.prediction_classes().is_none()
            && let Column::Bool(_) = self.prediction
        {
            return wrong(Input::Prediction, self.prediction, "predictions must be numbers");
        }
        match self.weight {
            Some(column @ Column::Bool(_)) => {
                wrong(Input::Weight, column, "weights must be numbers (a mask is not a weight)")
            }
            _ => Ok(()),
        }
    }

    /// Number of samples of a batch of this form, with one output.
    pub(crate) fn samples(&self, form: Form) -> usize {
        self.truth.len() / self.truth_width(form)
    }

    /// Number of elements that a truth has.
    pub(crate) fn truth_width(&self, form: Form) -> usize {
        if self.one_hot { form.classes as usize } else { form.truth_width() }
    }
}
