//! `weighbridge devices`.

use crate::error::Failure;
use crate::words::count;
use weighbridge::{Device, Evaluator, InstructionSet, Task};

/// Longest outcome of a self-test: drivers may print whole shaders.
#[cfg(feature = "gpu")]
const MAX_CHARACTERS: usize = 300;

/// The CPU engine, all GPU adapters, and the device that `auto` selects.
pub fn list() -> Result<String, Failure> {
    let set = InstructionSet::widest().name();
    let threads = count(rayon::current_num_threads(), "thread");
    let auto = Evaluator::builder(Task::Regression).device(Device::Auto).build()?.device();
    Ok(format!(
        "cpu  {set}, {threads}\n{}\n`--device auto` selects the {}: {}\n",
        gpus(),
        auto.engine,
        auto.name
    ))
}

/// A line for each adapter: its name, kind and driver, and the outcome of its self-test.
#[cfg(feature = "gpu")]
fn gpus() -> String {
    use crate::words::{one_line, shortened};
    use weighbridge::gpu::{adapters, backend_restriction, self_test};
    let line = |adapter| {
        let outcome = match self_test(&adapter) {
            Ok(()) => "self-test passed".to_owned(),
            Err(error) => shortened(&one_line(&error.to_string()), MAX_CHARACTERS),
        };
        let kind = if adapter.software { "software" } else { "hardware" };
        format!("gpu  {adapter}, {kind}: {outcome}\n")
    };
    let lines: String = adapters().into_iter().map(line).collect();
    match backend_restriction() {
        Some(restriction) => format!("{lines}gpu  {restriction}\n"),
        None if lines.is_empty() => "gpu  none found\n".to_owned(),
        None => lines,
    }
}

#[cfg(not(feature = "gpu"))]
fn gpus() -> String {
    "gpu  not available: this build does not have the feature gpu\n".to_owned()
}
