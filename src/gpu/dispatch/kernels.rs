//! The kernels of a plan, recorded into a compute pass.

use super::bindings::Bindings;
use super::pipelines::Pipelines;
use crate::error::Error;
use crate::gpu::layout;
use crate::gpu::layout::{GROUP_SAMPLES, Layout, Pass, ROW_GROUP};
use crate::gpu::scores::slots::ScoreSlots;
use crate::statistic::{Plan, Schema};
use wgpu::{BindGroup, ComputePass, ComputePipeline};

/// Samples per thread that amortize the work at the end of its workgroup.
pub(in crate::gpu) const THREAD_SAMPLES: usize = 128;

/// The largest number of workgroups of a dispatch: enough to fill the largest devices.
const MAX_GROUPS: usize = 2048;

/// The largest number of workgroups where threads may not take more samples.
pub(in crate::gpu) const MAX_LIMITED_GROUPS: usize = 65535;

/// The kernels over samples of a schema.
pub(in crate::gpu) struct Kernels<'a> {
    pub layout: &'a Layout,
    pub pipelines: &'a Pipelines,
    pub schema: Schema,
    pub plan: &'a Plan,
    /// The largest number of samples of a thread; more than [`THREAD_SAMPLES`] are taken only if
    /// this is [`THREAD_SAMPLES`].
    pub thread_samples: usize,
}

impl Kernels<'_> {
    /// Records the reduction of rows, if samples are rows, and the passes of a view and of binary
    /// problems. Passes that store scores are recorded only if there are places for them.
    pub fn dispatch(
        &self,
        pass: &mut ComputePass<'_>,
        bindings: &Bindings,
        slots: &ScoreSlots,
        samples: usize,
    ) -> Result<(), Error> {
        let &Self { layout, pipelines, schema, plan, thread_samples } = self;
        let is_limited = thread_samples < THREAD_SAMPLES;
        let max_groups = if is_limited { MAX_LIMITED_GROUPS } else { MAX_GROUPS };
        let view = slots.view;
        match (&pipelines.rows, &bindings.rows) {
            (Some(pipeline), Some(rows)) => {
                // A workgroup takes one row at a time per team.
                let teams = ROW_GROUP / layout::team(schema.classes);
                let tiles = samples.div_ceil(teams as usize);
                pass.set_pipeline(pipeline);
                pass.set_bind_group(0, rows, &bindings.offsets[..2]);
                pass.dispatch_workgroups(tiles.clamp(1, MAX_GROUPS) as u32, 1, 1);
            }
            (None, None) => {}
            _ => return Err(Error::internal("the reduction of rows lacks its kernel or its rows")),
        }
        let [prediction, truth, weight] = bindings.offsets;
        // Each has an element for every family.
        let families = layout.families(plan).zip(&pipelines.families).enumerate();
        for (index, ((family, layout), pipelines)) in families {
            let slots = slots.of_family(index);
            if pipelines.is_empty() {
                continue; // the family does not take samples of this schema
            }
            let rows = if family.kind.is_view() {
                if !family.totals.contains(&view) {
                    continue;
                }
                // The passes read the reduced rows instead of the predictions.
                let prediction = if schema.rows { 0 } else { prediction };
                pass.set_bind_group(0, &bindings.passes, &[prediction, truth, weight]);
                1
            } else {
                let problems = bindings.problems.as_ref();
                let problems =
                    problems.ok_or_else(|| Error::internal("binary problems have no bindings"))?;
                pass.set_bind_group(0, problems, &[0, prediction, weight]);
                family.totals.len() as u32
            };
            let group = layout.group as usize;
            let groups = samples.div_ceil(group * thread_samples).clamp(1, max_groups);
            let group_samples = samples.div_ceil(groups);
            let is_too_long = is_limited && group_samples > group * thread_samples;
            if is_too_long || group_samples > GROUP_SAMPLES as usize {
                return Err(Error::internal(format!("{samples} samples in one dispatch")));
            }
            dispatch_passes(pass, pipelines, &layout.passes, slots, [groups as u32, rows]);
        }
        Ok(())
    }
}

/// Records passes of `groups` workgroups in each of `rows` rows, or in as many for each copy.
/// Passes that store scores are recorded once per slot.
fn dispatch_passes(
    pass: &mut ComputePass<'_>,
    pipelines: &[ComputePipeline],
    passes: &[Pass],
    slots: &[Option<BindGroup>],
    [groups, rows]: [u32; 2],
) {
    for (pipeline, Pass { stores, copies, .. }) in pipelines.iter().zip(passes) {
        pass.set_pipeline(pipeline);
        if !stores {
            pass.dispatch_workgroups(groups, rows * copies, 1);
            continue;
        }
        for slot in slots.iter().flatten() {
            pass.set_bind_group(1, slot, &[]);
            pass.dispatch_workgroups(groups, 1, 1);
        }
    }
}
