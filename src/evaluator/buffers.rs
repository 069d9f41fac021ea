//! Batches in buffers on the device.

use super::Evaluator;
use super::update::add_to_shadow;
use crate::batch::{Batch, BufferBatch, Location};
use crate::error::{Error, UpdateError};
use crate::statistic::Schema;

/// Records the work that adds a batch in buffers.
pub(super) fn encode(
    evaluator: &mut Evaluator,
    encoder: &mut wgpu::CommandEncoder,
    batch: &Batch<'_>,
) -> Result<(), Error> {
    let Location::Device(batch) = batch.location()? else {
        return Err(UpdateError::HostBatchInEncoder.into());
    };
    if evaluator.checked {
        return Err(UpdateError::CheckedEncoder.into());
    }
    let (schema, samples) = prepare_device_batch(evaluator, &batch)?;
    let Evaluator { gpu: Some(gpu), class_weighting, .. } = evaluator else {
        return Err(UpdateError::BuffersOnCpu.into());
    };
    gpu.encode_buffers(encoder, &batch, schema, class_weighting)?;
    evaluator.score_memory_in_use.count(samples);
    Ok(())
}

/// Adds a batch in buffers on the device.
pub(super) fn update_on_device(
    evaluator: &mut Evaluator,
    batch: &BufferBatch<'_>,
) -> Result<(), Error> {
    let (schema, samples) = prepare_device_batch(evaluator, batch)?;
    let Evaluator { gpu: Some(gpu), class_weighting, .. } = evaluator else {
        return Err(UpdateError::BuffersOnCpu.into());
    };
    let read = evaluator.checked.then(|| gpu.read(batch)).transpose()?;
    gpu.add_buffers(batch, schema, class_weighting)?;
    evaluator.score_memory_in_use.count(samples);
    let Some(read) = read else { return Ok(()) };
    match read.batch().location()? {
        Location::Host(batch) => add_to_shadow(evaluator, &batch, schema),
        Location::Device(_) => Ok(()),
    }
}

/// Checks a batch in buffers and makes room for its scores. Returns its schema and number of
/// samples.
fn prepare_device_batch(
    evaluator: &mut Evaluator,
    batch: &BufferBatch<'_>,
) -> Result<(Schema, u64), Error> {
    let schema = batch.schema(&evaluator.plan, evaluator.checked)?;
    if evaluator.gpu.is_none() {
        return Err(UpdateError::BuffersOnCpu.into());
    }
    let samples = batch.samples(schema, evaluator.plan.outputs as usize) as u64;
    evaluator.make_room(samples)?;
    Ok((schema, samples))
}
