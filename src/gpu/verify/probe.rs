//! Runs a module once with separate buffers and returns the words that it writes, to test the
//! contents of modules.

use crate::error::Error;
use crate::gpu::device::connection::Connection;
use crate::gpu::device::readback::read_back;
use crate::gpu::dispatch::pipelines::pipeline;
use wgpu::util::{BufferInitDescriptor, DeviceExt};
use wgpu::{
    BindGroupDescriptor, BindGroupEntry, BufferUsages, ComputePassDescriptor, ComputePipeline,
};

/// A compiled module.
pub(in crate::gpu) struct Probe<'a> {
    connection: &'a Connection,
    pipeline: ComputePipeline,
}

impl<'a> Probe<'a> {
    pub fn new(connection: &'a Connection, wgsl: &str) -> Result<Self, Error> {
        Ok(Self { connection, pipeline: pipeline(connection, wgsl, None)? })
    }

    /// Returns the output of `main`, which binds `inputs`, `result_words` words of results, and
    /// `parameters` (storage or uniform).
    pub fn run(
        &self,
        inputs: &[&[u32]],
        result_words: usize,
        parameters: &[&[u32]],
        groups: u32,
    ) -> Result<Vec<u32>, Error> {
        let Self { connection, pipeline } = self;
        let Connection { device, .. } = connection;
        let buffer = |contents: &[u32], usage| {
            let contents = bytemuck::cast_slice(contents);
            device.create_buffer_init(&BufferInitDescriptor { label: None, contents, usage })
        };
        // Poisoned, so that a result that was never written is recognised.
        let poison = vec![0xa5a5_a5a5; result_words];
        let results = connection.guarded(|| {
            let results = buffer(&poison, BufferUsages::STORAGE | BufferUsages::COPY_SRC);
            let either = BufferUsages::STORAGE | BufferUsages::UNIFORM;
            let inputs = inputs.iter().map(|words| buffer(words, BufferUsages::STORAGE));
            let parameters = parameters.iter().map(|words| buffer(words, either));
            let buffers: Vec<_> = inputs.chain([results.clone()]).chain(parameters).collect();
            let resources = buffers.iter().map(|buffer| buffer.as_entire_binding());
            let entries: Vec<_> = resources
                .zip(0..)
                .map(|(resource, binding)| BindGroupEntry { binding, resource })
                .collect();
            let bind_group = device.create_bind_group(&BindGroupDescriptor {
                label: None,
                layout: &pipeline.get_bind_group_layout(0),
                entries: &entries,
            });
            let mut encoder = device.create_command_encoder(&Default::default());
            let mut pass = encoder.begin_compute_pass(&ComputePassDescriptor::default());
            pass.set_pipeline(pipeline);
            pass.set_bind_group(0, &bind_group, &[]);
            pass.dispatch_workgroups(groups, 1, 1);
            drop(pass);
            connection.submit(encoder);
            results
        })?;
        let bytes = read_back(connection, &results, 0..results.size())?;
        Ok(bytemuck::pod_collect_to_vec(&bytes))
    }
}
