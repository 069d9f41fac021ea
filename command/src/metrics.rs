//! `weighbridge metrics`.

use weighbridge::Task;
use weighbridge::metric::{self, Better, MetricDef, Parameter};

const HEADER: &str = "\
Metrics for -m, as name[:key=value]... Without -m, the metrics marked * are reported.
In formulas, w is the sample weight (1 in unweighted values).
";

/// All metrics, or those of one task: name, formula, summary and parameters.
pub fn list(task: Option<Task>) -> String {
    let width = metric::all().map(|metric| metric.name.len()).max().unwrap_or_default();
    let tasks = Task::ALL.iter().copied().filter(|known| task.is_none_or(|task| task == *known));
    let mut text = HEADER.to_owned();
    for task in tasks {
        text.push_str(&format!("\n{task}: {}\n", metric::symbols(task)));
        metric::of_task(task).for_each(|metric| text.push_str(&describe(task, metric, width)));
    }
    text
}

fn describe(task: Task, metric: &MetricDef, width: usize) -> String {
    let star = if metric.is_default { '*' } else { ' ' };
    let MetricDef { name, summary, formula, .. } = metric;
    let mut text = format!("{star} {name:width$}  {formula}\n{:width$}    {summary}", "");
    text.extend(direction(metric).map(|direction| format!(" ({direction})")));
    text.push('\n');
    for parameter in metric.parameters_in(task, 1) {
        text.push_str(&format!("{:width$}    :{}\n", "", describe_parameter(parameter)));
    }
    text
}

fn describe_parameter(parameter: &dyn Parameter) -> String {
    let default = match parameter.default() {
        Some(default) => format!("default {default}"),
        None => "optional".to_owned(),
    };
    let (name, summary, range) = (parameter.name(), parameter.summary(), parameter.range());
    format!("{name}=  {summary}; {range}, {default}")
}

/// Which values are better, and the range of values; `None` if a metric has neither.
fn direction(metric: &MetricDef) -> Option<String> {
    let better = match metric.better {
        Better::Higher => Some("higher is better".to_owned()),
        Better::Lower => Some("lower is better".to_owned()),
        Better::Neither => None,
    };
    let range = match metric.range {
        [f64::NEG_INFINITY, f64::INFINITY] => None,
        [min, f64::INFINITY] => Some(format!("at least {min}")),
        [f64::NEG_INFINITY, max] => Some(format!("at most {max}")),
        [min, max] => Some(format!("from {min} to {max}")),
    };
    let parts: Vec<_> = better.into_iter().chain(range).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}
