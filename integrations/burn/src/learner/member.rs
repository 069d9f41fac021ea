//! A single value as a metric of burn's dashboard, from an evaluator that many values share.

use super::Side;
use crate::batch::TensorBatch;
use crate::error::Error;
use crate::evaluator::TensorEvaluator;
use burn::tensor::{ExecutionError, TensorReadError};
use burn::train::metric::{
    Metric, MetricAttributes, MetricMetadata, MetricName, Numeric, NumericAttributes, NumericEntry,
    SerializedEntry, format_float,
};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use weighbridge::metric::{Better, ResolvedMetric};
use weighbridge::report::ReportError;
use weighbridge::{Report, Undefined};

/// Decimals of the displayed values.
const PRECISION: usize = 4;

/// An evaluator, and its progress in the epoch.
#[derive(Debug)]
pub(super) struct Stream {
    evaluator: TensorEvaluator,
    position: Position,
    report: Option<Report>,
    /// Why a batch of this epoch is missing.
    failure: Option<String>,
}

/// Number of completed epochs, and of batches in the present one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Position {
    epoch: u64,
    batch: u64,
}

impl Stream {
    pub fn new(evaluator: TensorEvaluator) -> Self {
        Self { evaluator, position: Position::default(), report: None, failure: None }
    }

    /// Starts a new epoch if `epoch` is later than the present one.
    fn enter(&mut self, epoch: u64) -> Result<(), Error> {
        if epoch > self.position.epoch {
            self.evaluator.reset()?;
            self.position = Position { epoch, batch: 0 };
            (self.report, self.failure) = (None, None);
        }
        Ok(())
    }

    /// Adds a batch, if this member is the first to deliver it.
    fn update(&mut self, member: Position, batch: &TensorBatch) -> Result<(), Error> {
        self.enter(member.epoch)?;
        if member != self.position {
            return Ok(());
        }
        self.position.batch += 1;
        self.report = None;
        let updated = self.evaluator.update(batch);
        if let Err(error) = &updated {
            self.failure.get_or_insert_with(|| error.to_string());
        }
        updated
    }

    /// A value of the epoch so far, or why it is undefined.
    fn value(&mut self, member: Position, spec: &str, side: Side) -> Result<Shown, String> {
        self.enter(member.epoch).map_err(|error| error.to_string())?;
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        let report = match self.report.take() {
            Some(report) => report,
            None => self.evaluator.result().map_err(|error| error.to_string())?,
        };
        let report = self.report.insert(report);
        let value = match side {
            Side::Unweighted => report.unweighted(spec),
            Side::Weighted => report.weighted(spec),
        };
        match value {
            Ok(value) => Ok(Ok(value)),
            Err(ReportError::Undefined { reason, .. }) => Ok(Err(reason)),
            Err(ReportError::NotANumber { spec }) => Err(Error::NotANumber { spec }.to_string()),
            Err(missing) => Err(missing.to_string()),
        }
    }
}

/// A value, or why it is undefined.
type Shown = Result<f64, Undefined>;

/// One value of the evaluator that all members of a stream share. burn passes every batch to every
/// metric of a split, and ends their epochs together. The first member to receive a batch adds it.
#[derive(Clone, Debug)]
pub(super) struct Member {
    stream: Arc<Mutex<Stream>>,
    position: Position,
    spec: String,
    side: Side,
    name: MetricName,
    higher_is_better: bool,
    /// The value of the last computed epoch; NaN if there is none or if it is undefined.
    value: f64,
}

impl Member {
    pub fn new(stream: &Arc<Mutex<Stream>>, spec: &ResolvedMetric, side: Side) -> Self {
        // burn uses the name as a file name, and some file systems do not allow colons.
        let metric = spec.text.replace(':', " ");
        let name = match side {
            Side::Unweighted => metric,
            Side::Weighted => format!("{metric} (weighted)"),
        };
        let (stream, position) = (stream.clone(), Position::default());
        Self {
            stream,
            position,
            spec: spec.text.clone(),
            side,
            name: MetricName::new(name),
            higher_is_better: spec.definition.better != Better::Lower,
            value: f64::NAN,
        }
    }

    fn stream(&self) -> MutexGuard<'_, Stream> {
        self.stream.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Metric for Member {
    type Input = TensorBatch;

    fn name(&self) -> MetricName {
        self.name.clone()
    }

    fn attributes(&self) -> MetricAttributes {
        NumericAttributes { unit: None, higher_is_better: self.higher_is_better }.into()
    }

    fn update(
        &mut self,
        batch: &TensorBatch,
        _: &MetricMetadata,
    ) -> Result<SerializedEntry, TensorReadError> {
        let updated = self.stream().update(self.position, batch);
        self.position.batch += 1;
        updated.map_err(|error| failed(error.to_string()))?;
        // A value per batch would have to wait for the device.
        Ok(SerializedEntry::not_available(None))
    }

    fn compute(&mut self) -> Result<SerializedEntry, TensorReadError> {
        let shown = self.stream().value(self.position, &self.spec, self.side).map_err(failed)?;
        let text = match &shown {
            Ok(value) => format_float(*value, PRECISION),
            Err(reason) => format!("undefined ({reason})"),
        };
        self.value = shown.unwrap_or(f64::NAN);
        let serialized = self.final_value().serialize();
        Ok(SerializedEntry::new(format!("epoch {text} - batch N/A"), serialized))
    }

    fn clear(&mut self) {
        self.position = Position { epoch: self.position.epoch + 1, batch: 0 };
        self.value = f64::NAN;
    }
}

impl Numeric for Member {
    fn value(&self) -> Option<NumericEntry> {
        None
    }

    fn running_value(&self) -> Option<NumericEntry> {
        None
    }

    /// Marked as final, because burn would otherwise average over batches.
    fn final_value(&self) -> NumericEntry {
        NumericEntry::Final(self.value)
    }
}

fn failed(reason: String) -> TensorReadError {
    ExecutionError::WithContext { reason }.into()
}
