//! A batch on the host whose shapes fit a plan, split into chunks for the engines.

use super::check_values::check_values;
use super::chunk::ConversionScratch;
use super::class_weighting::SampleWeights;
use super::outputs::OutputScratch;
use super::sequences::SequenceScratch;
use super::{
    Chunk, ClassWeighting, Column, DoubleChunk, Element, FaultPolicy, HostBatch, Losses,
    PrecisionLoss, with_column,
};
use crate::error::Error;
use crate::statistic::{Plan, Schema, View};
use std::borrow::Cow;

/// Memory that is reused from batch to batch.
#[derive(Debug, Default)]
pub(crate) struct BatchScratch {
    pub sequences: SequenceScratch,
    pub chunks: ChunkScratch,
}

/// Memory that is reused from chunk to chunk.
#[derive(Debug, Default)]
pub(crate) struct ChunkScratch {
    output: OutputScratch,
    conversion: ConversionScratch,
}

/// A batch whose shapes and types fit a plan, with a weight and a mask for each sample, if it has
/// weights and masks. Its values are not checked yet: the engines find faults while adding it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ShapedBatch<'a> {
    batch: HostBatch<'a>,
    schema: Schema,
    /// Whether it is computed in double precision.
    double: bool,
}

/// The samples of one output, in chunks.
pub(crate) struct OutputChunks<'a> {
    batch: HostBatch<'a>,
    schema: Schema,
    class_weighting: Cow<'a, ClassWeighting>,
    double: bool,
    scratch: &'a mut ConversionScratch,
    /// The first sample of the next chunk.
    next: usize,
}

impl<'a> ShapedBatch<'a> {
    /// The batch of a schema, of which it has `samples`.
    ///
    /// # Errors
    ///
    /// [`UpdateError::InvalidLength`](crate::error::UpdateError::InvalidLength), unless faults are
    /// counted.
    pub fn new(
        batch: &HostBatch<'a>,
        schema: Schema,
        double: bool,
        samples: usize,
        scratch: &'a mut SequenceScratch,
    ) -> Result<Self, Error> {
        Ok(Self { batch: scratch.broadcast(batch, samples)?, schema, double })
    }

    /// Whether its inputs are regression inputs of types that narrowing may round.
    pub fn may_round(&self) -> bool {
        self.batch.may_round(self.schema.task)
    }

    /// The predictions.
    pub fn prediction(&self) -> Column<'a> {
        self.batch.inputs.prediction
    }

    /// The samples of one of a plan's views.
    pub fn output<'b>(
        &'b self,
        view: View,
        plan: &Plan,
        class_weighting: &'b ClassWeighting,
        scratch: &'b mut ChunkScratch,
    ) -> OutputChunks<'b> {
        let ChunkScratch { output: outputs, conversion } = scratch;
        let (batch, class_weighting) =
            outputs.output(&self.batch, self.double, view, plan, class_weighting);
        let schema = view.schema(plan, self.schema);
        let double = self.double;
        OutputChunks { batch, schema, class_weighting, double, scratch: conversion, next: 0 }
    }

    /// Fails, naming the first row, if an output has invalid data, unless faults are counted.
    pub fn check_values(
        &self,
        plan: &Plan,
        class_weighting: &ClassWeighting,
        scratch: &mut ChunkScratch,
    ) -> Result<(), Error> {
        plan.views()
            .try_for_each(|view| self.output(view, plan, class_weighting, scratch).check_values())
    }
}

impl OutputChunks<'_> {
    /// The schema of the samples.
    pub fn schema(&self) -> Schema {
        self.schema
    }

    /// Whether numbers are narrowed, so that some may not fit an `f32`.
    pub fn is_narrowed(&self) -> bool {
        self.batch.is_narrowed()
    }

    /// Fails, naming the first row, if a sample has invalid data, unless faults are counted.
    pub fn check_values(&self) -> Result<(), Error> {
        match self.batch.fault_policy {
            FaultPolicy::Reject => check_values(&self.samples(), self.schema),
            FaultPolicy::Count => Ok(()),
        }
    }

    /// Calls `f` with every prediction of the samples that are not masked, before the prediction is
    /// narrowed, and with its index in the row, which is 0 without rows.
    pub fn for_each_prediction(&self, mut f: impl FnMut(usize, f64)) {
        let (samples, width) = (self.samples(), self.schema.prediction_width());
        let may_mask = samples.may_mask();
        with_column!(self.batch.inputs.prediction, slice => {
            for (index, row) in slice.chunks_exact(width).enumerate() {
                if !may_mask || !samples.is_masked(index) {
                    row.iter().enumerate().for_each(|(column, x)| f(column, x.real()));
                }
            }
        });
    }

    /// All samples in double precision. What their conversion loses goes to `losses`.
    pub fn double_chunk<'b>(&'b self, losses: &'b Losses) -> DoubleChunk<'b> {
        DoubleChunk::new(self.schema, self.samples(), losses)
    }

    fn samples(&self) -> SampleWeights<'_> {
        SampleWeights::new(self.batch, self.schema, &self.class_weighting, self.double)
    }

    /// The next samples in the engines' form, all of them if nothing needs conversion; none at the
    /// end.
    ///
    /// The largest roundings of narrowing go to `precision_loss`.
    pub fn next_chunk(&mut self, precision_loss: &mut PrecisionLoss) -> Option<Chunk<'_>> {
        if self.next >= self.batch.samples(self.schema) {
            return None;
        }
        let class_weighting = &self.class_weighting;
        let samples = SampleWeights::new(self.batch, self.schema, class_weighting, self.double);
        let chunk = self.scratch.chunk(samples, self.schema, self.next, precision_loss);
        self.next += chunk.len();
        Some(chunk)
    }
}
