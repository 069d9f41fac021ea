//! `weighbridge merge`: from states to a report.

use crate::arguments::Merge;
use crate::error::Failure;
use crate::{evaluate, states};
use weighbridge::{Device, EvaluatorBuilder};

impl Merge {
    /// The report of all states together.
    pub fn run(&self) -> Result<String, Failure> {
        let states = states::read_all(&self.files)?;
        let no_samples = || {
            let files: Vec<_> = self.files.iter().map(|path| states::name(path)).collect();
            Failure::NoSamples { files: files.join(", ") }
        };
        let (path, first) = states.first().ok_or_else(no_samples)?;
        // An evaluator is built from the state alone first, so that a later failure is the fault of
        // the requested metrics and not of the state.
        let alone = EvaluatorBuilder::from(first).device(Device::Cpu).build();
        let held = alone.and_then(|mut evaluator| evaluator.state());
        let held = held.map_err(|error| states::refused(path, &error))?;
        for metric in &self.metrics {
            let mut evaluator =
                EvaluatorBuilder::from(first).metric(metric).device(Device::Cpu).build()?;
            if evaluator.state()?.statistics != held.statistics {
                let (file, metric) = (states::name(path), metric.clone());
                return Err(Failure::NotInState { file, metric, known: first.metrics.clone() });
            }
        }
        let builder = EvaluatorBuilder::from(first).metrics(&self.metrics);
        let mut evaluator = builder.device(Device::Cpu).build()?;
        states::merge(&mut evaluator, &states, &states::name(path))?;
        let report = evaluator.result()?;
        if report.samples == 0 {
            return Err(no_samples());
        }
        if let Some(path) = &self.state_out {
            // The metrics of the states are kept, whichever of them are reported here.
            let mut state = evaluator.state()?;
            state.metrics.clone_from(&first.metrics);
            states::write(path, &state)?;
        }
        Ok(evaluate::format_report(&report, self.format))
    }
}
