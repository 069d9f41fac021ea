//! The self-test of the kernels that read batches in buffers.
//!
//! Only a caller's device has buffers to read. When it is opened, the kernels convert small batches
//! of every kind, and the totals must equal those of the same batches on the host. The kernel for
//! long rows takes short ones too.

use super::conversion_cases::{Case, cases};
use super::self_test::compare_totals;
use crate::batch::{BatchScratch, HostBatch, Location, PrecisionLoss, ShapedBatch};
use crate::cpu;
use crate::cpu::InstructionSet;
use crate::error::Error;
use crate::gpu::device::connection::Connection;
use crate::gpu::engine::Engine;
use crate::gpu::source;
use crate::gpu::source::Module;
use crate::statistic::Totals;
use std::sync::Arc;
use wgpu::BufferUsages;

/// Fails if a conversion kernel of the device gives other totals than the CPU engine.
pub(in crate::gpu) fn run(connection: &Arc<Connection>) -> Result<(), Error> {
    for case in cases()? {
        compare(connection, &case, source::convert(false))?;
        if case.has_rows() {
            compare(connection, &case, source::convert(true))?;
        }
    }
    Ok(())
}

/// Fails if this conversion kernel gives other totals than the CPU engine.
pub(in crate::gpu) fn compare(
    connection: &Arc<Connection>,
    case: &Case,
    kernel: Module,
) -> Result<(), Error> {
    let Case { plan, class_weighting, contents, batch } = case;
    let usage = BufferUsages::STORAGE | BufferUsages::COPY_SRC;
    let [p, t, w, m, l] = contents.each_ref().map(|bytes| connection.filled(bytes, usage));
    let buffers = [p?, t?, w?, m?, l?];
    let Location::Device(batch) = batch(&buffers).location()? else {
        return Err(Error::internal("a batch of the self-test is not in buffers"));
    };
    let schema = batch.schema(plan, true)?;
    let mut engine = Engine::new(connection.clone(), plan)?;
    engine.replace_conversion(kernel)?;
    engine.add_buffers(&batch, schema, class_weighting)?;
    let read = engine.read(&batch)?;
    let Location::Host(batch) = read.batch().location()? else {
        return Err(Error::internal("a batch that was read back is not on the host"));
    };
    compare_totals(connection, plan, &expected(case, &batch)?, &engine.totals()?)
}

/// The CPU engine's totals.
fn expected(case: &Case, batch: &HostBatch<'_>) -> Result<Vec<Totals>, Error> {
    let Case { plan, class_weighting, .. } = case;
    let schema = batch.schema(plan)?;
    let samples = batch.samples(schema) / plan.outputs as usize;
    let BatchScratch { mut sequences, mut chunks } = BatchScratch::default();
    let batch = ShapedBatch::new(batch, schema, false, samples, &mut sequences)?;
    let mut totals = plan.empty_totals();
    for view in plan.views() {
        let mut chunks = batch.output(view, plan, class_weighting, &mut chunks);
        while let Some(chunk) = chunks.next_chunk(&mut PrecisionLoss::default()) {
            cpu::add(plan, &chunk, InstructionSet::BASELINE, view.total, &mut totals)?;
        }
    }
    totals.iter_mut().for_each(Totals::clear_faults_of_dropped);
    Ok(totals)
}
