//! Adding batches on the host.

use super::engines::Engines;
use crate::batch::{
    BatchScratch, Chunk, ChunkScratch, ClassWeighting, HostBatch, Losses, PrecisionLoss,
    ShapedBatch,
};
use crate::cpu::{self, InstructionSet, Samples};
use crate::error::Error;
use crate::gpu;
use crate::kernel::row_needs::RowNeeds;
use crate::statistic::totals::merge_all;
use crate::statistic::{
    Accumulator, Operands, Plan, Schema, Statistic, Task, Total, Totals, ValueFn, Weights,
};

/// Totals with more cells are not created for each batch.
const MANY_CELLS: usize = 1 << 14;

/// The statistic with which the rounding errors of narrowed inputs are compared.
const ABSOLUTE_ERROR: Statistic = Statistic::sum(ValueFn::AbsoluteError);

/// Adds a batch that is on the host.
pub(super) fn update_from_host(engines: &mut Engines, batch: &HostBatch<'_>) -> Result<(), Error> {
    let schema = batch.schema(&engines.plan)?;
    let samples = batch.samples(schema) / engines.plan.outputs as usize;
    let double = engines.precision.is_double(batch, schema);
    let has_room = engines.has_room(samples as u64, double)?;
    let mut scratch = std::mem::take(&mut engines.scratch);
    let added = add_from_host(engines, batch, schema, samples, double, has_room, &mut scratch);
    engines.scratch = scratch;
    engines.precision_loss.merge(&added?);
    engines.score_memory.count(samples as u64, double);
    if let Some(range) = &mut engines.logit_range {
        range.add(batch, schema);
    }
    Ok(())
}

fn add_from_host(
    engines: &mut Engines,
    batch: &HostBatch<'_>,
    schema: Schema,
    samples: usize,
    double: bool,
    has_room: bool,
    scratch: &mut BatchScratch,
) -> Result<PrecisionLoss, Error> {
    let BatchScratch { sequences, chunks } = scratch;
    let batch = ShapedBatch::new(batch, schema, double, samples, sequences)?;
    if !has_room {
        // Scores are not dropped for a batch that is refused.
        batch.check_values(&engines.plan, &engines.class_weighting, chunks)?;
        engines.drop_scores();
    }
    let Engines { plan, class_weighting, instructions, gpu, checked, .. } = engines;
    let Engines { host_totals, cpu_shadow, narrowed_scores, .. } = engines;
    if double {
        let instructions = *instructions;
        let adder = DoubleAdder { plan, class_weighting, instructions, totals: host_totals };
        return adder.add(&batch, chunks);
    }
    let totals = match (&gpu, checked) {
        (None, _) => Some(host_totals),
        (Some(_), true) => Some(cpu_shadow),
        (Some(_), false) => None,
    };
    let begin = |gpu| gpu::PendingBatch::begin(gpu, samples, schema);
    let mut pending = gpu.as_deref_mut().map(begin).transpose()?;
    let adder = ChunkAdder { plan, class_weighting, instructions: *instructions, totals };
    let precision_loss = adder.add(&batch, pending.as_mut(), chunks)?;
    if let Some(pending) = pending {
        pending.commit(samples);
    }
    if let Some(scores) = narrowed_scores.as_mut().filter(|_| samples > 0) {
        scores.add(&batch, plan, class_weighting, chunks);
    }
    Ok(precision_loss)
}

/// Adds a batch on the device, after it was read back, to the totals with which the device's are
/// compared.
#[cfg(feature = "gpu")]
pub(super) fn add_to_shadow(
    engines: &mut Engines,
    batch: &HostBatch<'_>,
    schema: Schema,
) -> Result<(), Error> {
    let samples = batch.samples(schema) / engines.plan.outputs as usize;
    let Engines { plan, class_weighting, instructions, cpu_shadow, scratch, .. } = engines;
    let BatchScratch { sequences, chunks } = scratch;
    let batch = ShapedBatch::new(batch, schema, false, samples, sequences)?;
    let (instructions, totals) = (*instructions, Some(cpu_shadow));
    // The device counts the loss of precision of its batches.
    ChunkAdder { plan, class_weighting, instructions, totals }.add(&batch, None, chunks).map(drop)
}

/// Adds the chunks of a batch on the host.
struct ChunkAdder<'a> {
    plan: &'a Plan,
    class_weighting: &'a ClassWeighting,
    instructions: InstructionSet,
    /// The totals that the CPU engine adds to; none if the device works alone.
    totals: Option<&'a mut Vec<Totals>>,
}

impl ChunkAdder<'_> {
    /// Adds a batch, and copies it to `device` if there is one. Returns the loss of precision.
    ///
    /// A batch that is refused leaves the totals unchanged: the CPU engine adds it to separate
    /// totals until it is known to be valid. Totals of many cells are not created for each batch:
    /// such a batch is checked first, and so is every batch if there is a device.
    fn add(
        self,
        batch: &ShapedBatch<'_>,
        mut device: Option<&mut gpu::PendingBatch<'_>>,
        scratch: &mut ChunkScratch,
    ) -> Result<PrecisionLoss, Error> {
        let Self { plan, class_weighting, instructions, mut totals } = self;
        let in_place = plan.all_cells() > MANY_CELLS;
        let checks_first = in_place || device.is_some();
        if checks_first {
            batch.check_values(plan, class_weighting, scratch)?;
        }
        let mut batch_totals = (!in_place && totals.is_some()).then(|| plan.empty_totals());
        let mut rounding = Rounding::new(batch);
        let mut precision_loss = PrecisionLoss::default();
        for view in plan.views() {
            let mut totals = batch_totals.as_mut().or(totals.as_deref_mut());
            let mut chunks = batch.output(view, plan, class_weighting, scratch);
            while let Some(chunk) = chunks.next_chunk(&mut precision_loss) {
                if let Some(rounding) = &mut rounding {
                    rounding.add_single(&chunk, instructions)?;
                }
                if let Some(totals) = &mut totals {
                    cpu::add(plan, &chunk, instructions, view.total, totals)?;
                }
                if let Some(device) = &mut device {
                    device.add(&chunk, view.total)?;
                }
            }
            let Some(totals) = totals else { continue };
            // The CPU engine finds faults while it adds, so a second pass is only needed to
            // describe them.
            let problems = &totals[plan.problem_totals()];
            let mut concerned = totals[view.total..=view.total].iter().chain(problems);
            let is_suspicious = chunks.is_narrowed()
                || concerned.any(has_faults)
                || !reads_all_numbers(plan, chunks.schema());
            if !checks_first && is_suspicious {
                chunks.check_values()?;
            }
            // Only these have new faults; to visit all would be quadratic in the number of outputs.
            totals[view.total].clear_faults_of_dropped();
            totals[plan.problem_totals()].iter_mut().for_each(Totals::clear_faults_of_dropped);
        }
        if let (Some(batch_totals), Some(totals)) = (batch_totals, totals) {
            merge_all(totals, &batch_totals)?;
        }
        if let Some(rounding) = rounding {
            rounding.finish(&mut precision_loss)?;
        }
        Ok(precision_loss)
    }
}

/// Adds a batch in double precision to the totals of the CPU engine.
struct DoubleAdder<'a> {
    plan: &'a Plan,
    class_weighting: &'a ClassWeighting,
    instructions: InstructionSet,
    totals: &'a mut Vec<Totals>,
}

impl DoubleAdder<'_> {
    /// Adds a batch, and returns the loss of precision. A batch that is refused leaves the totals
    /// unchanged.
    fn add(
        self,
        batch: &ShapedBatch<'_>,
        scratch: &mut ChunkScratch,
    ) -> Result<PrecisionLoss, Error> {
        let Self { plan, class_weighting, instructions, totals } = self;
        let in_place = plan.all_cells() > MANY_CELLS;
        if in_place {
            batch.check_values(plan, class_weighting, scratch)?;
        }
        let mut batch_totals = (!in_place).then(|| plan.empty_totals());
        let losses = Losses::default();
        // Integers beyond 2^53 are rounded.
        let mut rounding = None::<Rounding>;
        let samples =
            |totals: &[Totals]| totals.first().map_or(0, |first| first.weights.unmasked());
        let samples_before = if in_place { samples(totals) } else { 0 };
        for view in plan.views() {
            let totals = batch_totals.as_mut().unwrap_or(totals);
            let output = batch.output(view, plan, class_weighting, scratch);
            let chunk = output.double_chunk(&losses);
            cpu::add(plan, &chunk, instructions, view.total, totals)?;
            let schema = output.schema();
            let is_rounded = losses.roundings() != [0.0; 2] && schema.task == Task::Regression;
            if is_rounded && !schema.rows {
                rounding.get_or_insert_default().add(&chunk, instructions)?;
            }
            let problems = &totals[plan.problem_totals()];
            let mut concerned = totals[view.total..=view.total].iter().chain(problems);
            let is_suspicious = losses.weights() > 0
                || concerned.any(has_faults)
                || !reads_all_numbers(plan, output.schema());
            if !in_place && is_suspicious {
                output.check_values()?;
            }
            totals[view.total].clear_faults_of_dropped();
            totals[plan.problem_totals()].iter_mut().for_each(Totals::clear_faults_of_dropped);
        }
        let double_samples = samples(batch_totals.as_ref().unwrap_or(totals)) - samples_before;
        if let Some(batch_totals) = batch_totals {
            merge_all(totals, &batch_totals)?;
        }
        let [prediction, truth] = losses.roundings();
        let lossy_weights = losses.weights();
        let mut precision_loss = PrecisionLoss {
            prediction,
            truth,
            lossy_weights,
            double_samples,
            ..Default::default()
        };
        if let Some(rounding) = rounding {
            rounding.finish(&mut precision_loss)?;
        }
        Ok(precision_loss)
    }
}

/// The errors of regression inputs that narrowing may round, with which the rounding errors are
/// compared.
struct Rounding {
    totals: Totals,
}

impl Default for Rounding {
    fn default() -> Self {
        Self { totals: Totals::empty(&[ABSOLUTE_ERROR]) }
    }
}

impl Rounding {
    /// None if narrowing rounds nothing.
    fn new(batch: &ShapedBatch<'_>) -> Option<Self> {
        batch.may_round().then(Self::default)
    }

    /// Adds the errors of all samples that are not masked, with equal weight.
    fn add_single(&mut self, chunk: &Chunk<'_>, instructions: InstructionSet) -> Result<(), Error> {
        if chunk.schema.has_vectors() {
            return Ok(());
        }
        let weight = chunk.weight.filter(|_| chunk.masked);
        self.add(&Chunk { weight, ..*chunk }, instructions)
    }

    fn add<S: Samples>(&mut self, samples: &S, instructions: InstructionSet) -> Result<(), Error> {
        let job = cpu::Job { statistics: &[ABSOLUTE_ERROR], row_needs: RowNeeds::default() };
        cpu::accumulate(job, samples, instructions, &mut self.totals)
    }

    fn finish(self, precision_loss: &mut PrecisionLoss) -> Result<(), Error> {
        let Totals { statistics, weights, .. } = self.totals;
        let [Total { content: Accumulator::Sum(sum), faults }] = &statistics[..] else {
            return Err(Error::internal(format!("{ABSOLUTE_ERROR} has no sum")));
        };
        let left_out = faults.nonfinite.unweighted + faults.overflow.unweighted;
        precision_loss.absolute_error = sum.unweighted;
        precision_loss.samples = weights.unmasked() - left_out;
        Ok(())
    }
}

/// Whether a host batch with these totals must be refused.
fn has_faults(totals: &Totals) -> bool {
    let Weights { invalid_weight, invalid_label, .. } = &totals.weights;
    let mut statistics = totals.statistics.iter();
    *invalid_weight > 0
        || invalid_label.weighted > 0
        || statistics.any(|total| total.faults.nonfinite.weighted > 0)
}

/// Whether a statistic reads every number of samples of a schema, so that its faults include all
/// nonfinite numbers.
fn reads_all_numbers(plan: &Plan, schema: Schema) -> bool {
    let is_read = |reads: fn(Operands) -> bool| {
        let mut statistics = plan.view_statistics.iter().filter(|statistic| statistic.fits(schema));
        statistics.any(|statistic| reads(statistic.reads()))
    };
    let problems_read_scores = schema.rows && plan.has_binary_problems();
    let truth_is_number = schema.task.has_truth() && schema.truth_classes().is_none();
    (schema.prediction_classes().is_some() || problems_read_scores || is_read(Operands::prediction))
        && (!truth_is_number || is_read(Operands::truth))
}
