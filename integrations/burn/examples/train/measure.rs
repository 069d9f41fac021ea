//! Computes metrics on the device, or on the host from predictions that are read back.

use crate::digits::Batch;
use burn::prelude::*;
use std::error::Error;
use std::num::NonZero;
use std::time::{Duration, Instant};
use weighbridge::{Evaluator, EvaluatorBuilder, Report, State};
use weighbridge_burn::{Gpu, TensorBatch, TensorEvaluator};

/// Number of batches that are added at a time.
const HELD: NonZero<usize> = NonZero::new(16).unwrap();

/// Where metrics are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On the device, from the tensors themselves.
    Device,
    /// On the host, from predictions that are read back after each step.
    Host,
    /// Not at all.
    Nowhere,
}

enum Engine {
    Device(TensorEvaluator),
    Host(Evaluator),
    Nowhere,
}

/// Metrics of a split, and the time that the training loop has spent on them.
pub struct Measure {
    engine: Engine,
    pub spent: Duration,
}

impl Measure {
    pub fn new(
        location: Place,
        gpu: &Gpu,
        builder: EvaluatorBuilder,
    ) -> Result<Self, Box<dyn Error>> {
        let engine = match location {
            Place::Device => Engine::Device(gpu.evaluator(builder)?.hold(HELD)),
            Place::Host => Engine::Host(builder.device(weighbridge::Device::Cpu).build()?),
            Place::Nowhere => Engine::Nowhere,
        };
        Ok(Self { engine, spent: Duration::ZERO })
    }

    pub fn update(&mut self, logits: &Tensor<2>, batch: &Batch) -> Result<(), Box<dyn Error>> {
        // Work that burn has deferred is done first, so that it is not timed as work of the
        // metrics.
        if let Engine::Device(metrics) = &self.engine
            && metrics.held() + 1 == HELD.get()
        {
            logits.device().sync()?;
        }
        let start = Instant::now();
        match &mut self.engine {
            Engine::Device(metrics) => {
                metrics.update(&TensorBatch::new(logits, &batch.labels).weights(&batch.weights))?;
            }
            Engine::Host(metrics) => {
                let logits = logits.clone().try_into_data()?.try_into_vec::<f32>()?;
                let samples = weighbridge::Batch::new(&logits, &batch.host_labels);
                metrics.update(&samples.weights(&batch.host_weights))?;
            }
            Engine::Nowhere => {}
        }
        self.spent += start.elapsed();
        Ok(())
    }

    /// The values of the epoch so far; none if metrics are not computed.
    pub fn report(&mut self) -> Result<Option<Report>, Box<dyn Error>> {
        let start = Instant::now();
        let report = match &mut self.engine {
            Engine::Device(metrics) => Some(metrics.result()?),
            Engine::Host(metrics) => Some(metrics.result()?),
            Engine::Nowhere => None,
        };
        self.spent += start.elapsed();
        Ok(report)
    }

    /// Begins an epoch.
    pub fn reset(&mut self) -> Result<(), Box<dyn Error>> {
        self.spent = Duration::ZERO;
        match &mut self.engine {
            Engine::Device(metrics) => metrics.reset()?,
            Engine::Host(metrics) => metrics.reset()?,
            Engine::Nowhere => {}
        }
        Ok(())
    }

    /// The state that was accumulated on the device.
    pub fn state(&mut self) -> Result<Option<State>, Box<dyn Error>> {
        let Engine::Device(metrics) = &mut self.engine else { return Ok(None) };
        Ok(Some(metrics.state()?))
    }
}
