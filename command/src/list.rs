//! `weighbridge metrics` and `weighbridge devices`.

use crate::error::Failure;
use weighbridge::metric::{self, Better, MetricDef, Parameter};
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
    text.extend(direction(metric).map(|direction| format!(" ({direction})")));
    text.push('\n');
    for parameter in metric.parameters_in(task, 1) {
        text.push_str(&format!("{:width$}    :{}\n", "", describe(parameter)));
    }
    text
}

fn describe(parameter: &dyn Parameter) -> String {
    let default = match parameter.default() {
        Some(default) => format!("{default} by default"),
        None => "optional".to_owned(),
    };
    let (name, summary, range) = (parameter.name(), parameter.summary(), parameter.range());
    format!("{name}=  {summary}; {range}, {default}")
}

/// Which values are better, and the range of values; nothing for values that have neither.
fn direction(metric: &MetricDef) -> Option<String> {
    let better = match metric.better {
        Better::Higher => Some("higher is better"),
        Better::Lower => Some("lower is better"),
        Better::Neither => None,
    };
    let range = match metric.range {
        [f64::NEG_INFINITY, f64::INFINITY] => None,
        [min, f64::INFINITY] => Some(format!("at least {min}")),
        [f64::NEG_INFINITY, max] => Some(format!("at most {max}")),
        [min, max] => Some(format!("from {min} to {max}")),
    };
    let parts: Vec<_> = better.map(str::to_owned).into_iter().chain(range).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
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
