//! How batches are added.

use super::{Evaluator, merge};
use crate::batch::{Batch, Chunk, FaultPolicy, HostBatch, Location, PrecisionLoss};
use crate::cpu;
use crate::error::Error;
use crate::statistic::{Accumulator, Reduction, Schema, Statistic, Total, Totals, ValueFn};

/// Cells from which on totals are not made anew for each batch.
const MANY_CELLS: usize = 1 << 14;

/// What the roundings of narrowed inputs are compared with.
const ABSOLUTE_ERROR: Statistic = Statistic::sum(ValueFn::AbsoluteError);

impl Evaluator {
    /// Adds a batch.
    ///
    /// On the GPU this copies a batch of slices into staging memory and submits the work; it waits only
    /// when the bounded staging memory is full. A batch in buffers is read where it is, and nothing is
    /// waited for; in the steady state, when the same buffers come again, nothing is allocated either.
    /// To that end an evaluator holds on to the buffers of the last 16 batches, at most, that came
    /// more than once.
    ///
    /// # Errors
    ///
    /// Shapes, types, invalid weights and labels, no memory for stored scores, as [`Error`] lists them;
    /// nothing of the batch is then added, and the evaluator goes on. A device that fails: if part of the
    /// batch is on it by then, [`state`](Self::state) and [`result`](Self::result) fail until a
    /// [`reset`](Self::reset).
    pub fn update(&mut self, batch: &Batch<'_>) -> Result<(), Error> {
        match batch.location()? {
            Location::Host(batch) => self.update_from_host(&batch)?,
            #[cfg(feature = "gpu")]
            Location::Device(batch) => self.update_on_device(&batch)?,
        }
        self.save()
    }

    /// Adds a batch that is on the host.
    fn update_from_host(&mut self, batch: &HostBatch<'_>) -> Result<(), Error> {
        let schema = batch.schema(&self.plan)?;
        self.add_each_step(batch, schema, true)
    }

    /// Adds a batch whose samples may be steps of sequences; `sends` it to the device, if that is not
    /// where it comes from.
    pub(super) fn add_each_step(
        &mut self,
        batch: &HostBatch<'_>,
        schema: Schema,
        sends: bool,
    ) -> Result<(), Error> {
        let samples = batch.truth.len() / batch.truth_width(schema) / self.plan.outputs as usize;
        let full = sends && !self.has_room(samples as u64)?;
        let mut sequence_scratch = std::mem::take(&mut self.sequence_scratch);
        let broadcast_over_steps = batch.broadcast_over_steps(samples, &mut sequence_scratch);
        let added = broadcast_over_steps.and_then(|batch| {
            if full {
                // Nothing is dropped for a batch that is refused.
                self.check_values(&batch, schema)?;
                self.drop_scores()?;
            }
            self.add(&batch, schema, sends)
        });
        self.sequence_scratch = sequence_scratch;
        if let Some(gpu) = self.gpu.as_mut().filter(|_| sends) {
            if added.is_ok() { gpu.commit(samples) } else { gpu.abandon() }
        }
        if sends && added.is_ok() {
            self.score_memory_in_use.count(samples as u64);
        }
        added
    }

    /// Fails if a batch holds what is refused.
    fn check_values(&mut self, batch: &HostBatch<'_>, schema: Schema) -> Result<(), Error> {
        if batch.fault_policy != FaultPolicy::Reject {
            return Ok(());
        }
        let Self { plan, class_weighting, output_scratch, .. } = self;
        for view in plan.views() {
            let (batch, class_weighting) =
                batch.output(view, plan, class_weighting, output_scratch);
            batch.check_values(view.schema(plan, schema), &class_weighting)?;
        }
        Ok(())
    }

    /// Adds samples that have a weight and a mask each, if any.
    fn add(&mut self, batch: &HostBatch<'_>, schema: Schema, sends: bool) -> Result<(), Error> {
        let reject = batch.fault_policy == FaultPolicy::Reject;
        let many_cells = self.plan.all_cells() > MANY_CELLS;
        if self.gpu.is_some() || many_cells {
            self.check_values(batch, schema)?;
        }
        let Self {
            plan, class_weighting, instructions, gpu, checked, buffers, output_scratch, ..
        } = self;
        let Self { host_totals, cpu_shadow, .. } = self;
        // What the CPU engine adds is kept apart until it is known to be sound. Totals of many cells
        // are not made anew for each batch: theirs is checked beforehand.
        let mut pending = if many_cells { Vec::new() } else { plan.empty_totals() };
        let totals = match (many_cells, gpu.is_some()) {
            (false, _) => &mut pending,
            (true, false) => host_totals,
            (true, true) => cpu_shadow,
        };
        let mut precision_loss = PrecisionLoss::default();
        // Only inputs that narrowing may round are compared with their errors.
        let mut errors = batch.may_round(schema.task).then(|| {
            let statistics = &[ABSOLUTE_ERROR];
            let job = cpu::Job { statistics, reduction: Reduction::default() };
            (job, Totals::empty(statistics))
        });
        for view in plan.views() {
            let (batch, class_weighting) =
                batch.output(view, plan, class_weighting, output_scratch);
            let schema = view.schema(plan, schema);
            let (mut start, samples) = (0, batch.samples(schema));
            while start < samples {
                let chunk =
                    batch.chunk(schema, &class_weighting, start, buffers, &mut precision_loss);
                if let Some((job, totals)) = &mut errors
                    && !schema.has_vectors()
                {
                    let weight = chunk.weight.filter(|_| chunk.masked);
                    let unweighted = Chunk { weight, ..chunk };
                    cpu::accumulate(*job, &unweighted, *instructions, totals);
                }
                if gpu.is_none() || *checked {
                    cpu::add(plan, &chunk, *instructions, view.total, totals);
                }
                if let Some(gpu) = gpu.as_mut().filter(|_| sends) {
                    gpu.add(&chunk, view.total)?;
                }
                start += chunk.len();
            }
            totals.iter_mut().for_each(Totals::clear_faults_of_dropped);
            // The CPU engine finds faults on its way, so a second pass is only needed to name them.
            let unchecked = reject && gpu.is_none() && !many_cells;
            if unchecked && (batch.is_narrowed() || has_faults(&totals[view.total])) {
                batch.check_values(schema, &class_weighting)?;
            }
        }
        if !many_cells {
            let target = if gpu.is_some() { cpu_shadow } else { host_totals };
            merge(target, &pending);
        }
        if let Some((_, errors)) = errors
            && let [Total { content: Accumulator::Sum(sum), faults }] = errors.statistics[..]
        {
            let left_out = faults.nonfinite.unweighted + faults.overflow.unweighted;
            precision_loss.absolute_error = sum.unweighted;
            precision_loss.samples = errors.weights.unmasked() - left_out;
        }
        // A device says itself what it narrowed.
        if sends {
            self.precision_loss.merge(&precision_loss);
        }
        Ok(())
    }
}

/// Whether a host batch with these totals must be refused.
fn has_faults(totals: &Totals) -> bool {
    totals.weights.invalid_weight > 0 || totals.weights.invalid_label.weighted > 0
}
