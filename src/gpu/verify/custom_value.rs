//! Checks that the Rust and WGSL functions of custom values give the same results for every sample.

use super::custom_wgsl::alone;
use super::probe::Probe;
use super::vectors::{LIMITS, SplitMix};
use crate::error::{BuildError, Error};
use crate::gpu::device::connection::{Compared, Connection};
use crate::gpu::dispatch::kernels::THREAD_SAMPLES;
use crate::kernel::bits::{FIELD_MAX, field, flushed, magnitude};
use crate::kernel::float::SIGN;
use crate::statistic::{CustomValue, Plan};

/// Threads of a workgroup.
const GROUP: usize = 64;

/// Number of samples on which both functions are compared.
const SAMPLES: usize = 1 << 13;

/// Loop steps of a thread of a pass besides those of custom values: over samples, limbs and cells.
const OTHER_STEPS: u32 = 1 << 13;

/// Samples that a thread loads at once.
const QUAD: u32 = 4;

// Every thread of a workgroup has a sample, and all pairs of 17 multiples of 1/4 and of the limits
// of both signs are among the samples.
const _: () = assert!(SAMPLES.is_multiple_of(GROUP));
const _: () = assert!(17 * 17 + (2 * LIMITS.len()).pow(2) <= SAMPLES);

/// Fails with the first input for which the two functions of a custom value differ.
pub(in crate::gpu) fn compare(connection: &Connection, plan: &Plan) -> Result<(), Error> {
    for (value, parameter) in plan.custom_values() {
        let (name, parameter) = (value.name(), parameter.bits());
        if find(connection, plan, value, parameter).is_some() {
            continue;
        }
        let mut module = alone(value);
        // Names in custom WGSL cannot start with an underscore.
        let kernel = format!(
            "@group(0) @binding(0) var<storage, read> _inputs: array<vec2<u32>>;\n\
             @group(0) @binding(1) var<storage, read_write> _results: array<u32>;\n\
             @compute @workgroup_size({GROUP})\n\
             fn main(@builtin(global_invocation_id) _id: vec3<u32>) {{\n\
             \x20   zero = _given[0];\n    let _sample = _inputs[_id.x];\n\
             \x20   _results[_id.x] = {name}(_sample.x, _sample.y, _given[1]);\n\
             \x20   var _rest = 0u;\n    for (; _rest < _given[2]; _rest++) {{}}\n\
             \x20   _results[{SAMPLES}u + _id.x] = _rest;\n}}\n"
        );
        module.push("(kernel)", &kernel);
        let inputs = inputs(plan);
        // The steps that are left when a value is computed tell how many it took.
        let limit = connection.loop_steps().unwrap_or(0);
        let groups = (SAMPLES / GROUP) as u32;
        let results = Probe::new(connection, &module.wgsl)
            .and_then(|probe| {
                let given = [0, parameter, limit];
                probe.run(&[inputs.as_flattened()], 2 * SAMPLES, &[&given], groups)
            })
            .map_err(|error| module.located(error))?;
        for (&[prediction, truth], &wgsl) in inputs.iter().zip(&results) {
            let rust = value.raw(prediction, truth, parameter);
            if value.canonical(rust) != value.canonical(wgsl) {
                let adapter = connection.name.clone();
                return Err(BuildError::ValueTwinsDiffer {
                    name,
                    adapter,
                    prediction,
                    truth,
                    parameter,
                    rust,
                    wgsl,
                }
                .into());
            }
        }
        let rest = results[SAMPLES..].iter().min().copied().unwrap_or(0);
        let loop_steps = limit.saturating_sub(rest);
        let (value, schema) = (value.clone(), plan.schema(false));
        connection.compared().push(Compared { value, parameter, schema, loop_steps });
    }
    Ok(())
}

/// The largest number of samples that a thread may take, given the loops of the custom values of a
/// plan.
///
/// # Errors
///
/// A value whose loops are too long for the device.
pub(in crate::gpu) fn thread_samples(connection: &Connection, plan: &Plan) -> Result<usize, Error> {
    let Some(limit) = connection.loop_steps() else { return Ok(THREAD_SAMPLES) };
    let mut all_steps = 0;
    for (value, parameter) in plan.custom_values() {
        let compared = find(connection, plan, value, parameter.bits());
        let steps = compared.map_or(0, |compared| compared.loop_steps);
        all_steps += steps;
        if limit.saturating_sub(OTHER_STEPS) / (all_steps + 1) < QUAD {
            let (name, adapter) = (value.name(), connection.name.clone());
            return Err(BuildError::ValueLoopsTooLong { name, steps, adapter, limit }.into());
        }
    }
    // Loops over samples count, too.
    let samples = limit.saturating_sub(OTHER_STEPS) / (all_steps + 2) / QUAD * QUAD;
    Ok((samples.max(QUAD) as usize).min(THREAD_SAMPLES))
}

/// A comparison that was made before.
fn find(
    connection: &Connection,
    plan: &Plan,
    value: &CustomValue,
    parameter: u32,
) -> Option<Compared> {
    let schema = plan.schema(false);
    let compared = connection.compared();
    let mut compared = compared.iter();
    let is_this = |other: &&Compared| {
        other.value == *value && other.parameter == parameter && other.schema == schema
    };
    compared.find(is_this).cloned()
}

/// Samples of every kind that a plan's columns can hold: first all pairs of multiples of 1/4 from
/// -2 to 2, then all pairs of limits, then random bits.
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
        // The prediction itself, or a number close to it.
        let close = first.wrapping_add(second % 5).wrapping_sub(2);
        samples.push([first, if sample / 4 % 5 == 4 { close } else { second }]);
    }
    let mut regular = |bits: u32, classes: Option<u32>| match classes {
        Some(classes) => ((random.next() % classes) as f32).to_bits(),
        None if field(bits) == FIELD_MAX => 0,
        None => flushed(bits),
    };
    let [predictions, truths] =
        [plan.schema(false).prediction_classes(), plan.schema(false).truth_classes()];
    samples.into_iter().map(|[p, t]| [regular(p, predictions), regular(t, truths)]).collect()
}
