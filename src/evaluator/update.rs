//! How batches are added.

use super::error_context::asked;
use super::{Evaluator, merge};
use crate::batch::{Batch, FaultRule, HostBatch, Narrowing, Piece, Place};
use crate::cpu;
use crate::error::Error;
use crate::statistic::{Content, Form, Function, Plan, Statistic, Total, Totals};

/// Cells from which on totals are not made anew for each batch.
const MANY_CELLS: usize = 1 << 14;

/// What the roundings of narrowed inputs are held against.
const ABSOLUTE_ERROR: Statistic = Statistic::sum(Function::AbsoluteError);

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
        match batch.place()? {
            Place::Host(batch) => self.update_from_host(&batch)?,
            #[cfg(feature = "gpu")]
            Place::Device(batch) => self.update_on_device(&batch)?,
        }
        self.save()
    }

    /// Adds a batch that is on the host.
    fn update_from_host(&mut self, batch: &HostBatch<'_>) -> Result<(), Error> {
        let form = batch.form(&self.plan).map_err(|error| asked(error, &self.specs))?;
        self.add_each_step(batch, form, true)
    }

    /// Adds a batch whose samples may be steps of sequences; `sends` it to the device, if that is not
    /// where it comes from.
    pub(super) fn add_each_step(
        &mut self,
        batch: &HostBatch<'_>,
        form: Form,
        sends: bool,
    ) -> Result<(), Error> {
        let samples = batch.truth.len() / batch.truth_width(form) / self.plan.outputs as usize;
        let full = sends && !self.has_room(samples as u64)?;
        let mut repeated = std::mem::take(&mut self.repeated);
        let each_step = batch.each_step(samples, &mut repeated);
        let added = each_step.and_then(|batch| {
            if full {
                // Nothing is dropped for a batch that is refused.
                self.check_values(&batch, form)?;
                self.drop_scores()?;
            }
            self.add(&batch, form, sends)
        });
        self.repeated = repeated;
        if let Some(gpu) = self.gpu.as_mut().filter(|_| sends) {
            if added.is_ok() { gpu.commit(samples) } else { gpu.abandon() }
        }
        if sends && added.is_ok() {
            self.memory.count(samples as u64);
        }
        added
    }

    /// Fails if a batch holds what is refused.
    fn check_values(&mut self, batch: &HostBatch<'_>, form: Form) -> Result<(), Error> {
        if batch.fault_rule != FaultRule::Reject {
            return Ok(());
        }
        let Self { plan, weighing, gathered, .. } = self;
        for output in 0..plan.looks() {
            let (batch, weighing) = batch.output(output, plan, weighing, gathered);
            batch.check_values(plan.form_of(output, form), &weighing)?;
        }
        Ok(())
    }

    /// Adds samples that have a weight and a mask each, if any.
    fn add(&mut self, batch: &HostBatch<'_>, form: Form, sends: bool) -> Result<(), Error> {
        let reject = batch.fault_rule == FaultRule::Reject;
        let many_cells = self.plan.all_cells() > MANY_CELLS;
        if self.gpu.is_some() || many_cells {
            self.check_values(batch, form)?;
        }
        let Self { plan, weighing, instructions, gpu, checked, buffers, gathered, .. } = self;
        let Self { host, check, .. } = self;
        // What the CPU engine adds is kept apart until it is known to be sound. Totals of many cells
        // are not made anew for each batch: theirs is checked beforehand.
        let mut apart = if many_cells { Vec::new() } else { plan.empty_totals() };
        let totals = match (many_cells, gpu.is_some()) {
            (false, _) => &mut apart,
            (true, false) => host,
            (true, true) => check,
        };
        let mut narrowing = Narrowing::default();
        // Only inputs that narrowing may round are held against their errors.
        let mut errors = batch.may_round(form.task).then(|| {
            let plan = Plan::new(form.task, [ABSOLUTE_ERROR]);
            let totals = Totals::empty(&plan);
            (plan, totals)
        });
        for output in 0..plan.looks() {
            let (batch, weighing) = batch.output(output, plan, weighing, gathered);
            let form = plan.form_of(output, form);
            let (mut start, samples) = (0, batch.samples(form));
            while start < samples {
                let piece = batch.piece(form, &weighing, start, buffers, &mut narrowing);
                if let Some((plan, totals)) = &mut errors
                    && !form.has_vectors()
                {
                    let weight = piece.weight.filter(|_| piece.masked);
                    let unweighted = Piece { weight, ..piece };
                    cpu::accumulate(plan, &unweighted, *instructions, totals);
                }
                if gpu.is_none() || *checked {
                    cpu::add(plan, &piece, *instructions, output, totals);
                }
                if let Some(gpu) = gpu.as_mut().filter(|_| sends) {
                    gpu.add(&piece, output)?;
                }
                start += piece.len();
            }
            totals.iter_mut().for_each(Totals::forget_dropped);
            // The CPU engine finds faults on its way, so a second pass is only needed to name them.
            let unchecked = reject && gpu.is_none() && !many_cells;
            if unchecked && (batch.is_narrowed() || has_faults(&totals[output])) {
                batch.check_values(form, &weighing)?;
            }
        }
        if !many_cells {
            let target = if gpu.is_some() { check } else { host };
            merge(target, &apart);
        }
        if let Some((_, errors)) = errors
            && let [Total { content: Content::Sum(sum), faults }] = errors.statistics[..]
        {
            let left_out = faults.nonfinite.unweighted + faults.overflow.unweighted;
            narrowing.absolute_error = sum.unweighted;
            narrowing.samples = errors.weights.unmasked() - left_out;
        }
        // A device says itself what it narrowed.
        if sends {
            self.narrowing.merge(&narrowing);
        }
        Ok(())
    }
}

/// Whether a host batch with these totals must be refused.
fn has_faults(totals: &Totals) -> bool {
    totals.weights.invalid_weight > 0 || totals.weights.invalid_label.weighted > 0
}
