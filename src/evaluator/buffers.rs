//! Batches in buffers on the device.

use super::engines::Engines;
use super::update::add_to_shadow;
use crate::batch::{Batch, BufferBatch, Location, Precision};
use crate::error::{Error, UpdateError};
use crate::statistic::Schema;

/// Records the work that adds a batch in buffers.
pub(super) fn encode(
    engines: &mut Engines,
    encoder: &mut wgpu::CommandEncoder,
    batch: &Batch<'_>,
) -> Result<(), Error> {
    let Location::Device(batch) = batch.location()? else {
        return Err(UpdateError::HostBatchInEncoder.into());
    };
    if engines.checked {
        return Err(UpdateError::CheckedEncoder.into());
    }
    let (schema, samples) = prepare_device_batch(engines, &batch)?;
    let Engines { gpu: Some(gpu), class_weighting, .. } = engines else {
        return Err(UpdateError::BuffersOnCpu.into());
    };
    gpu.encode_buffers(encoder, &batch, schema, class_weighting)?;
    engines.score_memory.count(samples, false);
    engines.skip_narrowed_scores(samples);
    Ok(())
}

/// Adds a batch in buffers on the device.
pub(super) fn update_on_device(
    engines: &mut Engines,
    batch: &BufferBatch<'_>,
) -> Result<(), Error> {
    let (schema, samples) = prepare_device_batch(engines, batch)?;
    let Engines { gpu: Some(gpu), class_weighting, .. } = engines else {
        return Err(UpdateError::BuffersOnCpu.into());
    };
    let read = engines.checked.then(|| gpu.read(batch)).transpose()?;
    gpu.add_buffers(batch, schema, class_weighting)?;
    engines.score_memory.count(samples, false);
    engines.skip_narrowed_scores(samples);
    let Some(read) = read else { return Ok(()) };
    match read.batch().location()? {
        Location::Host(batch) => add_to_shadow(engines, &batch, schema),
        Location::Device(_) => {
            Err(Error::internal("a batch that was read back is not on the host"))
        }
    }
}

/// Checks a batch in buffers and makes room for its scores. Returns its schema and number of
/// samples.
fn prepare_device_batch(
    engines: &mut Engines,
    batch: &BufferBatch<'_>,
) -> Result<(Schema, u64), Error> {
    let schema = batch.schema(&engines.plan, engines.checked)?;
    if engines.gpu.is_none() {
        return Err(UpdateError::BuffersOnCpu.into());
    }
    if engines.precision == Precision::Double {
        return Err(UpdateError::BuffersInDouble.into());
    }
    let samples = batch.samples(schema, engines.plan.outputs as usize) as u64;
    engines.make_room(samples, false)?;
    Ok((schema, samples))
}
