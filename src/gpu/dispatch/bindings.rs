//! The bind groups of a plan's kernels over the same samples.

use crate::error::Error;
use crate::gpu::device::connection::Connection;
use crate::gpu::device::layouts::Layouts;
use wgpu::{
    BindGroup, BindGroupDescriptor, BindGroupEntry, BindGroupLayout, BindingResource, Buffer,
};

/// Alignment in bytes of the sections of a buffer: the strictest alignment of bindings.
pub(in crate::gpu) const ALIGNMENT_BYTES: u64 = 256;

/// The bind groups of the kernels over the same samples.
#[derive(Debug)]
pub(in crate::gpu) struct Bindings {
    /// For the passes.
    pub passes: BindGroup,
    /// For the passes of one-vs-rest and one-vs-one curves.
    pub problems: Option<BindGroup>,
    /// For the reduction of rows, whose result the passes read.
    pub rows: Option<BindGroup>,
    /// Distance in bytes from the start of the bindings of prediction, truth and weight to their
    /// data.
    pub offsets: [u32; 3],
}

impl Bindings {
    /// The same bindings with other offsets.
    pub fn at(self, offsets: [u32; 3]) -> Self {
        Self { offsets, ..self }
    }

    /// Binds prediction, truth, weight, the state, parameters and, if samples are rows, a buffer
    /// for reduced rows, from which one-vs-rest and one-vs-one curves are computed.
    pub fn new(
        connection: &Connection,
        layouts: &Layouts,
        columns: [BindingResource<'_>; 3],
        state: &Buffer,
        parameters: BindingResource<'_>,
        rows: Option<&Buffer>,
        has_problems: bool,
    ) -> Result<Self, Error> {
        let [prediction, truth, weight] = columns;
        let layout = &layouts.pass.0;
        let state = state.as_entire_binding();
        let Some(rows) = rows else {
            let resources = [prediction, truth, weight, state, parameters];
            let passes = bind(connection, layout, resources)?;
            return Ok(Self { passes, problems: None, rows: None, offsets: [0; 3] });
        };
        let rows = rows.as_entire_binding();
        let [second, third] = [&truth, &rows].map(Clone::clone);
        let inputs = [prediction.clone(), second, third, parameters.clone(), state.clone()];
        let reduction = bind(connection, &layouts.rows.0, inputs)?;
        // One-vs-rest passes read the scores again, and take the truths from the reduced rows.
        let [first, third, fourth, fifth] = [&rows, &weight, &state, &parameters].map(Clone::clone);
        let problems = [first, prediction, third, fourth, fifth];
        let problems = has_problems.then(|| bind(connection, layout, problems)).transpose()?;
        let passes = bind(connection, layout, [rows, truth, weight, state, parameters])?;
        Ok(Self { passes, problems, rows: Some(reduction), offsets: [0; 3] })
    }
}

/// A bind group of resources in the order of their binding numbers.
pub(in crate::gpu) fn bind<'a>(
    connection: &Connection,
    layout: &BindGroupLayout,
    resources: impl IntoIterator<Item = BindingResource<'a>>,
) -> Result<BindGroup, Error> {
    let entries: Vec<_> = resources
        .into_iter()
        .zip(0..)
        .map(|(resource, binding)| BindGroupEntry { binding, resource })
        .collect();
    let label = Some("samples");
    connection.bind_group(&BindGroupDescriptor { label, layout, entries: &entries })
}
