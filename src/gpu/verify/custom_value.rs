//! Checks that the Rust and WGSL functions of custom values give the same results for every sample.

use super::custom_wgsl::alone;
use super::probe::Probe;
use super::vectors::{LIMITS, SplitMix};
use crate::error::{BuildError, Error};
use crate::gpu::device::connection::Connection;
use crate::kernel::bits::{FIELD_MAX, field, flushed, magnitude};
use crate::kernel::float::SIGN;
use crate::statistic::Plan;

/// Threads of a workgroup.
const GROUP: usize = 64;

/// Number of samples on which both functions are compared.
const SAMPLES: usize = 1 << 13;

// Every thread of a workgroup has a sample, and all pairs of 17 multiples of 1/4 and of the limits
// of both signs are among the samples.
const _: () = assert!(SAMPLES.is_multiple_of(GROUP));
const _: () = assert!(17 * 17 + (2 * LIMITS.len()).pow(2) <= SAMPLES);

/// Fails with the first input for which the two functions of a custom value differ.
pub(in crate::gpu) fn compare(connection: &Connection, plan: &Plan) -> Result<(), Error> {
    for (value, parameter) in plan.custom_values() {
        let (name, parameter) = (value.name(), parameter.to_bits());
        let compared = (value.clone(), parameter, plan.schema(false));
        if connection.compared().contains(&compared) {
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
             \x20   _results[_id.x] = {name}(_sample.x, _sample.y, _given[1]);\n}}\n"
        );
        module.push("(kernel)", &kernel);
        let inputs = inputs(plan);
        let groups = (SAMPLES / GROUP) as u32;
        let results = Probe::new(connection, &module.wgsl)
            .and_then(|probe| {
                probe.run(&[inputs.as_flattened()], SAMPLES, &[&[0, parameter]], groups)
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
        connection.compared().push(compared);
    }
    Ok(())
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
