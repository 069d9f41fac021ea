//! How many loop steps an adapter lets a thread take.
//!
//! lavapipe gives all loops of a thread 65,535 steps together, and then runs every later loop once,
//! without an error. The kernels of the library stay below that. Custom values with loops are given
//! fewer samples per thread.

use super::probe::Probe;
use crate::error::{DeviceError, Error};
use crate::gpu::device::connection::Connection;

/// Steps of the test: more than any thread takes.
const STEPS: u32 = 1 << 17;

/// Steps that a thread of any kernel of the library may take: those of the reduction of a row of
/// 2^20 classes, and of its sums.
const NEEDED: u32 = 40_000;

/// Each step changes a number, so that no compiler can leave the loop out.
const KERNEL: &str = "
@group(0) @binding(0) var<storage, read_write> results: array<u32>;
@group(0) @binding(1) var<storage, read> given: array<u32>;
@compute @workgroup_size(1)
fn main() {
    var number = given[1];
    var steps = 0u;
    for (; steps < given[0]; steps++) {
        number = number * 1664525u + 1013904223u;
    }
    results[0] = steps;
    results[1] = number;
}
";

/// The number of steps after which the adapter cuts loops; none if it does not.
///
/// # Errors
///
/// A device that fails, or that cuts the loops of the library's kernels.
pub fn measure(connection: &Connection) -> Result<Option<u32>, Error> {
    let seed = 1;
    let results = Probe::new(connection, KERNEL)?.run(&[], 2, &[&[STEPS, seed]], 1)?;
    let next = |number: u32, _| number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    if results == [STEPS, (0..STEPS).fold(seed, next)] {
        return Ok(None);
    }
    let steps = results[0];
    if !(NEEDED..STEPS).contains(&steps) || results[1] != (0..steps).fold(seed, next) {
        let (adapter, what) = (connection.name.clone(), format!("a loop ends after {steps} steps"));
        return Err(DeviceError::SelfTestFailed { adapter, what }.into());
    }
    Ok(Some(steps))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gpu::tests::adapters::test_connections;

    #[test]
    fn the_limit_of_lavapipe_is_found() {
        for connection in test_connections() {
            let measured = measure(&connection).expect("a measurement");
            assert_eq!(measured.is_some(), connection.name.contains("llvmpipe"), "{measured:?}");
            assert_eq!(measured, connection.loop_steps());
        }
    }
}
