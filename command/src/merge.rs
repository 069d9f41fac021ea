//! `weighbridge merge`: from states to a report.

use crate::arguments::Merge;
use crate::error::Failure;
use crate::{evaluate, states};
use weighbridge::{Device, EvaluatorBuilder};

impl Merge {
    /// The report of all states together.
    pub fn run(&self) -> Result<String, Failure> {
        let states = states::read_all(&self.files)?;
        let files =
            || self.files.iter().map(|path| states::name(path)).collect::<Vec<_>>().join(", ");
        let Some((path, first)) = states.first() else {
            return Err(Failure::NoSamples { files: files() });
        };
        // The state by itself must make an evaluator: then what fails is what was asked for.
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
        states::merge(&mut evaluator, &states)?;
        let report = evaluator.result()?;
        if report.samples == 0 {
            return Err(Failure::NoSamples { files: files() });
        }
        if let Some(path) = &self.state_out {
            // Whatever is reported of it, it is what the states are.
            let mut state = evaluator.state()?;
            state.metrics.clone_from(&first.metrics);
            states::write(path, &state)?;
        }
        Ok(evaluate::printed(&report, self.format))
    }
}
