//! `weighbridge metrics` and `weighbridge devices`.

use crate::error::Failure;
use weighbridge::metric::{self, MetricDef, Parameter};
use weighbridge::{Device, Evaluator, InstructionSet, Task};

const TASKS: &[Task] = Task::ALL;

/// Every metric by task: name, parameters, formula.
pub fn metrics(task: Option<Task>) -> String {
    let mut text = "\
Metrics, as given to -m: name[:key=value]... The standard set (*) is reported without -m.
In formulas w is the weight, 1 in unweighted values.
"
    .to_owned();
    let width = metric::all().map(|metric| metric.name.len()).max().unwrap_or_default();
    for task in TASKS.iter().copied().filter(|t| task.is_none_or(|task| task == *t)) {
        text.push_str(&format!("\n{task}: {}\n", metric::symbols(task)));
        metric::of_task(task).for_each(|metric| text.push_str(&paragraph(task, metric, width)));
    }
    text
}

fn paragraph(task: Task, metric: &MetricDef, width: usize) -> String {
    let star = if metric.standard { '*' } else { ' ' };
    let MetricDef { name, summary, formula, .. } = metric;
    let mut text = format!("{star} {name:width$}  {formula}\n{:width$}    {summary}", "");
    text.push('\n');
    for parameter in metric.parameters_in(task, 1) {
        text.push_str(&format!("{:width$}    :{}\n", "", describe(parameter)));
    }
    text
}

fn describe(parameter: &Parameter) -> String {
    let Parameter { name, default, summary, .. } = parameter;
    let default = match default {
        Some(default) => format!("{} if not given", parameter.text(*default)),
        None => "optional".to_owned(),
    };
    let range = parameter.range();
    format!("{name}=  {summary}; {range}, {default}")
}

/// What can do the work, and what `auto` picks.
pub fn devices() -> Result<String, Failure> {
    let set = InstructionSet::widest().name();
    let threads = rayon::current_num_threads();
    let mut text = format!("cpu  {set}, {threads} threads\n");
    text.push_str(&gpus());
    let picked = Evaluator::builder(Task::Regression).device(Device::Auto).build()?.device();
    text.push_str(&format!("\nauto picks the {}: {}\n", picked.engine, picked.name));
    Ok(text)
}

/// A line for each adapter: its name, kind and driver, and the outcome of its self-test.
#[cfg(feature = "gpu")]
fn gpus() -> String {
    use weighbridge::gpu::{adapters, self_test};
    let line = |adapter| {
        let outcome = match self_test(&adapter) {
            Ok(()) => "self-test passed".to_owned(),
            Err(error) => error.to_string(),
        };
        let kind = if adapter.software { "software" } else { "hardware" };
        format!("gpu  {adapter}, {kind}: {outcome}\n")
    };
    let lines: String = adapters().into_iter().map(line).collect();
    if lines.is_empty() { "gpu  none on this machine\n".to_owned() } else { lines }
}

#[cfg(not(feature = "gpu"))]
fn gpus() -> String {
    "gpu  none: this build lacks the feature gpu\n".to_owned()
}
