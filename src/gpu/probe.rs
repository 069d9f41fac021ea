//! A module with buffers of its own: for tests of what modules hold.

use super::connection::Connection;
use wgpu::util::{BufferInitDescriptor, DeviceExt};
use wgpu::{
    BindGroupDescriptor, BindGroupEntry, BufferUsages, ComputePassDescriptor, ComputePipeline,
    ComputePipelineDescriptor, PipelineCompilationOptions, ShaderModuleDescriptor, ShaderSource,
};

/// A module that is compiled.
pub(super) struct Probe<'a> {
    connection: &'a Connection,
    pipeline: ComputePipeline,
}

impl<'a> Probe<'a> {
    pub fn new(connection: &'a Connection, wgsl: &str) -> Self {
        let device = &connection.device;
        let module = device.create_shader_module(ShaderModuleDescriptor {
            label: Some("probe"),
            source: ShaderSource::Wgsl(wgsl.into()),
        });
        let pipeline = device.create_compute_pipeline(&ComputePipelineDescriptor {
            label: Some("probe"),
            layout: None,
            module: &module,
            entry_point: Some("main"),
            compilation_options: PipelineCompilationOptions {
                zero_initialize_workgroup_memory: false,
                ..Default::default()
            },
            cache: None,
        });
        Self { connection, pipeline }
    }

    /// What `main` writes: it binds `inputs`, results of so many words, parameters if there are any, and
    /// zeros.
    pub fn run(
        &self,
        inputs: &[&[u32]],
        result_words: usize,
        parameters: Option<[u32; 4]>,
        groups: u32,
    ) -> Vec<u32> {
        let Connection { device, queue, .. } = self.connection;
        let buffer = |contents: &[u32], usage| {
            let contents = bytemuck::cast_slice(contents);
            device.create_buffer_init(&BufferInitDescriptor { label: None, contents, usage })
        };
        // Poisoned, so that a result that was never written does not look like one.
        let poison = vec![0xa5a5_a5a5; result_words];
        let results = buffer(&poison, BufferUsages::STORAGE | BufferUsages::COPY_SRC);
        let readback = buffer(&poison, BufferUsages::MAP_READ | BufferUsages::COPY_DST);
        let parameters = parameters.map(|words| buffer(&words, BufferUsages::UNIFORM));
        let zeros = buffer(&[0; 64], BufferUsages::STORAGE);
        let inputs = inputs.iter().map(|input| buffer(input, BufferUsages::STORAGE));
        let buffers: Vec<_> =
            inputs.chain([results.clone()]).chain(parameters).chain([zeros]).collect();
        let entries: Vec<_> = buffers
            .iter()
            .zip(0..)
            .map(|(buffer, binding)| BindGroupEntry {
                binding,
                resource: buffer.as_entire_binding(),
            })
            .collect();
        let bind_group = device.create_bind_group(&BindGroupDescriptor {
            label: None,
            layout: &self.pipeline.get_bind_group_layout(0),
            entries: &entries,
        });
        let mut encoder = device.create_command_encoder(&Default::default());
        let mut pass = encoder.begin_compute_pass(&ComputePassDescriptor::default());
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &bind_group, &[]);
        pass.dispatch_workgroups(groups, 1, 1);
        drop(pass);
        encoder.copy_buffer_to_buffer(&results, 0, &readback, 0, 4 * result_words as u64);
        let submission = queue.submit([encoder.finish()]);
        readback.map_async(wgpu::MapMode::Read, .., |result| result.expect("mapped memory"));
        self.connection.wait(submission).expect("work that ends");
        let view = readback.get_mapped_range(..).expect("mapped memory");
        bytemuck::pod_collect_to_vec(&view)
    }
}
