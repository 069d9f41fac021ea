//! The bind group layouts of all kernels, created once per device.

use crate::batch::INPUTS;
use wgpu::{
    BindGroupLayout, BindGroupLayoutDescriptor, BindGroupLayoutEntry, BindingType,
    BufferBindingType, PipelineLayout, PipelineLayoutDescriptor, ShaderStages,
};

/// The bind group layouts of the kernels, in group 0. Columns have dynamic offsets.
#[derive(Debug)]
pub(in crate::gpu) struct Layouts {
    /// For a pass: prediction, truth, weight, state, parameters.
    pub pass: (BindGroupLayout, PipelineLayout),
    /// For the reduction of rows: prediction, truth, rows, parameters, state.
    pub rows: (BindGroupLayout, PipelineLayout),
    /// For the conversion kernel: the inputs, class weights, converted columns, state, parameters.
    pub convert: (BindGroupLayout, PipelineLayout),
    /// For a pass that stores scores, also group 1: the stored scores.
    pub stored: (BindGroupLayout, PipelineLayout),
    /// For the sort kernels: source, destination, counts, their sums, the step.
    pub sort: (BindGroupLayout, PipelineLayout),
}

impl Layouts {
    /// Creates the layouts. The device reports errors as it does for other work.
    pub fn new(device: &wgpu::Device) -> Self {
        let fixed = |ty| (ty, false);
        let read = fixed(BufferBindingType::Storage { read_only: true });
        let write = fixed(BufferBindingType::Storage { read_only: false });
        let uniform = fixed(BufferBindingType::Uniform);
        let column = (read.0, true);
        let pass = layout(device, None, &[column, column, column, write, uniform]);
        let inputs = [read; INPUTS];
        let convert = [inputs.as_slice(), &[read, write, write, uniform]].concat();
        Self {
            stored: layout(device, Some(&pass.0), &[write]),
            pass,
            sort: layout(device, None, &[read, write, write, write, (uniform.0, true)]),
            rows: layout(device, None, &[column, column, write, uniform, write]),
            convert: layout(device, None, &convert),
        }
    }
}

/// The layout of a group, and of pipelines that bind it, after another group if there is one.
fn layout(
    device: &wgpu::Device,
    first: Option<&BindGroupLayout>,
    types: &[(BufferBindingType, bool)],
) -> (BindGroupLayout, PipelineLayout) {
    let entry = |(binding, &(ty, has_dynamic_offset))| BindGroupLayoutEntry {
        binding,
        visibility: ShaderStages::COMPUTE,
        ty: BindingType::Buffer { ty, has_dynamic_offset, min_binding_size: None },
        count: None,
    };
    let entries: Vec<_> = (0..).zip(types).map(entry).collect();
    let bind_group_layout = device.create_bind_group_layout(&BindGroupLayoutDescriptor {
        label: Some("weighbridge"),
        entries: &entries,
    });
    let groups: Vec<_> = first.into_iter().chain([&bind_group_layout]).map(Some).collect();
    let pipeline_layout = device.create_pipeline_layout(&PipelineLayoutDescriptor {
        label: Some("weighbridge"),
        bind_group_layouts: &groups,
        immediate_size: 0,
    });
    (bind_group_layout, pipeline_layout)
}
