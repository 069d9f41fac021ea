//! Whether the twins of values of users' own give the same results, sample by sample; and the way to
//! run functions of a pair of numbers on a device.

use super::connection::Connection;
use super::own::alone;
use super::self_test::{LIMITS, SplitMix};
use crate::error::Error;
use crate::statistic::Plan;
use crate::statistic::bits::{FIELD_MAX, field, flushed, magnitude};
use crate::statistic::float::SIGN;
use wgpu::util::{BufferInitDescriptor, DeviceExt};
use wgpu::{
    BindGroupDescriptor, BindGroupEntry, BufferUsages, ComputePassDescriptor,
    ComputePipelineDescriptor, ShaderModuleDescriptor, ShaderSource,
};

/// Threads of a workgroup.
const GROUP: usize = 64;

/// Samples that twins are compared on.
const SAMPLES: usize = 1 << 13;

/// Fails with the first input for which the twins of a value of a user's own differ.
pub(super) fn compare(connection: &Connection, plan: &Plan) -> Result<(), Error> {
    for (value, parameter) in plan.custom_values() {
        let (name, parameter) = (value.name(), parameter.to_bits());
        let compared = (value.clone(), parameter, plan.form(false));
        if connection.compared().contains(&compared) {
            continue;
        }
        let mut module = alone(value);
        // No name of a user's begins with an underscore.
        let kernel = format!(
            "@group(0) @binding(0) var<storage, read> _inputs: array<vec2<u32>>;\n\
             @group(0) @binding(1) var<storage, read_write> _results: array<u32>;\n\
             @compute @workgroup_size({GROUP})\n\
             fn main(@builtin(global_invocation_id) _id: vec3<u32>) {{\n\
             \x20   zero = _given[0];\n    let _sample = _inputs[_id.x];\n\
             \x20   _results[_id.x] = {name}(_sample.x, _sample.y, _given[1]);\n}}\n"
        );
        module.push("(kernel)", &kernel);
        let inputs = inputs(plan);
        let results = run(connection, &module.wgsl, &inputs, parameter, SAMPLES)
            .map_err(|error| module.located(error))?;
        for (&[prediction, truth], &wgsl) in inputs.iter().zip(&results) {
            let rust = value.raw(prediction, truth, parameter);
            if value.canonical(rust) != value.canonical(wgsl) {
                let adapter = connection.adapter.name.clone();
                let error =
                    Error::TwinsDiffer { name, adapter, prediction, truth, parameter, rust, wgsl };
                return Err(error);
            }
        }
        connection.compared().push(compared);
    }
    Ok(())
}

/// What a module makes of inputs: `words` results. It binds the inputs at 0, the results at 1, and
/// at 2 a zero and a parameter; each of its threads, 64 to a workgroup, takes one of the inputs.
pub(super) fn run(
    connection: &Connection,
    wgsl: &str,
    inputs: &[[u32; 2]],
    parameter: u32,
    words: usize,
) -> Result<Vec<u32>, Error> {
    debug_assert!(inputs.len().is_multiple_of(GROUP));
    let Connection { device, queue, .. } = connection;
    let module = connection.guarded(|| {
        device.create_shader_module(ShaderModuleDescriptor {
            label: Some("functions"),
            source: ShaderSource::Wgsl(wgsl.into()),
        })
    })?;
    let pipeline = connection.pipeline(&ComputePipelineDescriptor {
        label: Some("functions"),
        layout: None,
        module: &module,
        entry_point: Some("main"),
        compilation_options: Default::default(),
        cache: None,
    })?;
    // Poisoned, so that a result that was never written does not look like one.
    let poison = vec![0xa5; 4 * words];
    let given = [0, parameter];
    let buffer = |contents: &[u8], usage| {
        device.create_buffer_init(&BufferInitDescriptor { label: None, contents, usage })
    };
    let (submission, readback) = connection.guarded(|| {
        let buffers = [
            buffer(bytemuck::cast_slice(inputs), BufferUsages::STORAGE),
            buffer(&poison, BufferUsages::STORAGE | BufferUsages::COPY_SRC),
            buffer(bytemuck::cast_slice(&given), BufferUsages::STORAGE),
        ];
        let readback = buffer(&poison, BufferUsages::MAP_READ | BufferUsages::COPY_DST);
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
        pass.set_pipeline(&pipeline);
        pass.set_bind_group(0, &bind_group, &[]);
        pass.dispatch_workgroups((inputs.len() / GROUP) as u32, 1, 1);
        drop(pass);
        encoder.copy_buffer_to_buffer(&buffers[1], 0, &readback, 0, poison.len() as u64);
        let submission = queue.submit([encoder.finish()]);
        (submission, readback)
    })?;
    let (sender, mut receiver) = futures::channel::oneshot::channel();
    connection.guarded(|| {
        readback.map_async(wgpu::MapMode::Read, .., move |result| {
            let _ = sender.send(result); // the receiver waits below, or has given up
        });
    })?;
    let mapped = connection.wait_for(Some(submission), || receiver.try_recv().ok().flatten())?;
    mapped.map_err(|error| connection.failed(error))?;
    let view = readback.get_mapped_range(..).map_err(|error| connection.failed(error))?;
    Ok(bytemuck::pod_collect_to_vec(&view))
}

/// Samples of every kind that a plan's columns can hold: first plain ones, in quarters from -2 to 2,
/// each against each; then limits, each against each; then any.
fn inputs(plan: &Plan) -> Vec<[u32; 2]> {
    let mut random = SplitMix(0x0074_7769_6e73);
    let plain: Vec<_> = (-8..=8_i8).map(|quarters| (f32::from(quarters) / 4.0).to_bits()).collect();
    let limits = LIMITS.iter().flat_map(|&limit| {
        let limit = magnitude(limit).min(f32::MAX.to_bits());
        [limit, limit | SIGN]
    });
    let limits: Vec<_> = limits.collect();
    let square = |numbers: Vec<u32>| -> Vec<[u32; 2]> {
        numbers
            .iter()
            .flat_map(|&first| numbers.iter().map(move |&second| [first, second]))
            .collect()
    };
    let mut samples = square(plain);
    samples.extend(square(limits));
    for sample in samples.len()..SAMPLES {
        let mut number = |kind: usize| match kind {
            0 => random.near_one(),
            1 => random.near_zero(),
            2 => random.of_any_size(),
            _ => random.next(),
        };
        let (first, second) = (number(sample % 4), number(sample / 4 % 5));
        // Or the prediction itself, or what is close to it.
        let close = first.wrapping_add(second % 5).wrapping_sub(2);
        samples.push([first, if sample / 4 % 5 == 4 { close } else { second }]);
    }
    let mut regular = |bits: u32, classes: Option<u32>| match classes {
        Some(classes) => ((random.next() % classes) as f32).to_bits(),
        None if field(bits) == FIELD_MAX => 0,
        None => flushed(bits),
    };
    let [predictions, truths] =
        [plan.form(false).prediction_classes(), plan.form(false).truth_classes()];
    samples.into_iter().map(|[p, t]| [regular(p, predictions), regular(t, truths)]).collect()
}
