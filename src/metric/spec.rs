//! Metrics as users request them: a name and parameters, as text or typed.

use super::arguments::Arguments;
use super::list::{all, find_anywhere, unknown_metric};
use super::parameter::ParameterValue;
use crate::error::Error;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A metric with parameters, as it is requested: text of the form `name[:key=value]...`.
///
/// There is a constructor for each metric and a method for each parameter, as in
/// [`fbeta_score()`](super::fbeta_score)`.beta(2.0)`; the text itself does as well. `Display`
/// prints the text, which is the key of the metric in reports, and [`serde`] writes it.
///
/// Which parameters a metric has depends on the task. So [`EvaluatorBuilder::build`] checks a
/// specification, and [`FromStr`] fails only on one that is wrong in every task.
///
/// [`EvaluatorBuilder::build`]: crate::EvaluatorBuilder::build
///
/// # Example
///
/// ```
/// use weighbridge::metric::{Average, MetricSpec, accuracy, fbeta_score};
/// use weighbridge::{Batch, Evaluator, Task};
///
/// let fbeta = fbeta_score().beta(2.0).average(Average::Micro);
/// assert_eq!(fbeta.to_string(), "fbeta_score:beta=2:average=micro");
/// assert_eq!("fbeta_score:beta=2:average=micro".parse::<MetricSpec>()?, fbeta);
///
/// let mut evaluator = Evaluator::builder(Task::Multiclass)
///     .classes(3)
///     .metric(accuracy())
///     .metric(&fbeta)
///     .metric("f1_score:average=none")
///     .build()?;
/// evaluator.update(&Batch::new(&[0_u8, 2, 1, 1], &[0_u8, 1, 1, 1]))?;
/// let report = evaluator.result()?;
/// assert_eq!(report.weighted(&fbeta)?, 0.75);
/// assert_eq!(report.weighted("accuracy")?, 0.75);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MetricSpec {
    text: String,
}

impl MetricSpec {
    /// The text, `name[:key=value]...`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The name of the metric.
    pub fn name(&self) -> &str {
        self.text.split(':').next().unwrap_or_default()
    }

    /// The same metric with a parameter, instead of its former value if it has one.
    pub(super) fn with(&self, key: &str, value: impl ParameterValue) -> Self {
        let is_other = |part: &&str| part.split('=').next() != Some(key);
        let mut parts: Vec<&str> = self.text.split(':').take(1).collect();
        parts.extend(self.text.split(':').skip(1).filter(is_other));
        let part = value.text().map(|value| format!("{key}={value}"));
        parts.extend(part.as_deref());
        Self { text: parts.join(":") }
    }
}

impl fmt::Display for MetricSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for MetricSpec {
    type Err = Error;

    /// Reads `name[:key=value]...`.
    ///
    /// # Errors
    ///
    /// [`BuildError::UnknownMetric`](crate::error::BuildError::UnknownMetric), or of the first task
    /// that has the metric
    /// [`BuildError::UnknownParameter`](crate::error::BuildError::UnknownParameter) or
    /// [`BuildError::InvalidParameter`](crate::error::BuildError::InvalidParameter), if it is
    /// invalid in all tasks.
    fn from_str(text: &str) -> Result<Self, Error> {
        let spec = Self::from(text);
        let parsed = find_anywhere(spec.name()).map(|(metric, settings)| {
            let parameters = metric.parameters_in(settings.task, settings.outputs);
            Arguments::parse(metric.name, parameters, text, settings)
        });
        // Valid if it is valid in any task, else the first error.
        match parsed.reduce(|first, next| first.or_else(|error| next.map_err(|_| error))) {
            Some(parsed) => parsed.map(|_| Self::from(text)),
            None => Err(unknown_metric(spec.name(), all())),
        }
    }
}

impl AsRef<str> for MetricSpec {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

/// Any text, which [`EvaluatorBuilder::build`](crate::EvaluatorBuilder::build) checks.
impl From<&str> for MetricSpec {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned() }
    }
}

/// Any text, which [`EvaluatorBuilder::build`](crate::EvaluatorBuilder::build) checks.
impl From<String> for MetricSpec {
    fn from(text: String) -> Self {
        Self { text }
    }
}

/// Any text, which [`EvaluatorBuilder::build`](crate::EvaluatorBuilder::build) checks.
impl From<&String> for MetricSpec {
    fn from(text: &String) -> Self {
        Self { text: text.clone() }
    }
}

impl From<&MetricSpec> for MetricSpec {
    fn from(spec: &MetricSpec) -> Self {
        spec.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::{BinSpacing, Parameter, of_task, roc_auc};
    use crate::task::Task;

    #[test]
    fn text_comes_back_as_it_was() {
        for metric in all() {
            assert_eq!(metric.name.parse::<MetricSpec>().unwrap().to_string(), metric.name);
        }
        let text = "roc_auc:bins=64:spacing=uniform";
        assert_eq!(text.parse::<MetricSpec>().unwrap().to_string(), text);
        let spec = roc_auc().bins(64).spacing(BinSpacing::Uniform);
        assert_eq!(spec.to_string(), text);
        let json = serde_json::to_string(&spec).unwrap();
        assert_eq!(json, format!("\"{text}\""));
        assert_eq!(serde_json::from_str::<MetricSpec>(&json).unwrap(), spec);
    }

    #[test]
    fn the_last_value_of_a_parameter_counts() {
        let spec = roc_auc().bins(64).max_fpr(0.5).bins(4096);
        assert_eq!(spec.to_string(), "roc_auc:max_fpr=0.5:bins=4096");
    }

    #[test]
    fn text_that_is_wrong_in_every_task_is_refused() {
        let error = |text: &str| text.parse::<MetricSpec>().unwrap_err().to_string();
        assert!(error("acuracy").contains("accuracy"), "{}", error("acuracy"));
        assert!(error("accuracy:beta=1").contains("beta"));
        assert!(error("f1_score:average=mean").contains("average"));
        // A threshold in the binary task, an average in the multiclass one.
        for text in ["f1_score:threshold=0.25", "f1_score:average=micro", "mean_error:average=none"]
        {
            assert_eq!(text.parse::<MetricSpec>().unwrap().as_str(), text);
        }
    }

    /// Lines of documentation of at most 100 characters.
    fn doc(indent: &str, paragraphs: &[String]) -> String {
        let mut lines = Vec::new();
        for (index, paragraph) in paragraphs.iter().enumerate() {
            if index > 0 {
                lines.push(String::new());
            }
            let mut line = String::new();
            for word in paragraph.split(' ') {
                let len = line.chars().count() + 1 + word.chars().count();
                if !line.is_empty() && indent.len() + 4 + len > 100 {
                    lines.push(std::mem::take(&mut line));
                }
                line += if line.is_empty() { "" } else { " " };
                line += word;
            }
            lines.push(line);
        }
        lines
            .iter()
            .map(|line| format!("{indent}/// {line}").trim_end().to_owned() + "\n")
            .collect()
    }

    fn sentence(text: &str) -> String {
        let mut letters = text.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        first.chain(letters).collect::<String>() + "."
    }

    /// A function for each name of a metric.
    fn constructors() -> String {
        let mut names: Vec<&str> = Vec::new();
        all().map(|metric| metric.name).for_each(|name| {
            if !names.contains(&name) {
                names.push(name);
            }
        });
        let constructor = |name: &str| {
            let mut metrics = all().filter(|metric| metric.name == name).peekable();
            let summary = sentence(metrics.peek().unwrap().summary);
            let tasks: Vec<_> = metrics.flat_map(|metric| metric.tasks).map(|t| t.name()).collect();
            let noun = if tasks.len() == 1 { "Task" } else { "Tasks" };
            let tasks = format!("{noun}: {}.", tasks.join(", "));
            let doc = doc("", &[summary, tasks]);
            format!(
                "\n{doc}pub fn {name}() -> MetricSpec {{\n    MetricSpec::from(\"{name}\")\n}}\n"
            )
        };
        names.into_iter().map(constructor).collect()
    }

    /// Every parameter of every metric in every task, and the metric.
    fn parameters() -> Vec<(&'static dyn Parameter, &'static str)> {
        let tasks = Task::ALL.iter().flat_map(|&task| [(task, 1), (task, 2)]);
        let mut found: Vec<(&'static dyn Parameter, &'static str)> = Vec::new();
        for (task, outputs) in tasks {
            for metric in of_task(task) {
                for parameter in metric.parameters_in(task, outputs) {
                    found.push((parameter, metric.name));
                }
            }
        }
        found
    }

    /// A method for each name of a parameter, whose type is the same for all metrics.
    fn methods() -> String {
        let all = parameters();
        let mut names: Vec<_> = all.iter().map(|(parameter, _)| parameter.name()).collect();
        names.sort_unstable();
        names.dedup();
        let method = |name: &str| {
            let of_name: Vec<_> = all.iter().filter(|(known, _)| known.name() == name).collect();
            let type_name = of_name[0].0.type_name();
            let mut meanings: Vec<(String, Vec<&str>)> = Vec::new();
            for (parameter, metric) in &of_name {
                assert_eq!(parameter.type_name(), type_name, "{name} of {metric}");
                let text = format!("{}; {}", parameter.summary(), parameter.range());
                match meanings.iter_mut().find(|(known, _)| *known == text) {
                    Some((_, metrics)) if metrics.contains(metric) => {}
                    Some((_, metrics)) => metrics.push(metric),
                    None => meanings.push((text, vec![metric])),
                }
            }
            let is_one = meanings.len() == 1;
            let paragraph = |(text, metrics): (String, Vec<&str>)| match is_one {
                true => sentence(&text),
                false => sentence(&format!("Of {}: {text}", metrics.join(", "))),
            };
            let doc = doc("    ", &meanings.into_iter().map(paragraph).collect::<Vec<_>>());
            format!(
                "\n{doc}    pub fn {name}(self, value: {type_name}) -> Self {{\n        \
                 self.with(\"{name}\", value)\n    }}\n"
            )
        };
        let methods: String = names.into_iter().map(method).collect();
        format!("\nimpl MetricSpec {{\n{}}}\n", methods.trim_start_matches('\n'))
    }

    /// Compares a file with what is generated, or writes it if `WEIGHBRIDGE_UPDATE` is set.
    fn compare_or_write(file: &str, current: &str, generated: &str) {
        if std::env::var_os("WEIGHBRIDGE_UPDATE").is_some() {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/metric/");
            std::fs::write(format!("{folder}{file}"), generated).unwrap();
        } else {
            assert_eq!(generated, current, "set WEIGHBRIDGE_UPDATE to update {file}");
        }
    }

    /// The table of metrics cannot drift apart from `constructors.rs` and `setters.rs`.
    #[test]
    fn constructors_and_setters_are_those_of_the_table() {
        let head = "\
//! A constructor for each metric.
//!
//! Generated from the list of metrics: `WEIGHBRIDGE_UPDATE=1 cargo test --lib constructors` writes
//! it.

use super::MetricSpec;
";
        let generated = format!("{head}{}", constructors());
        compare_or_write("constructors.rs", include_str!("constructors.rs"), &generated);
        let head = "\
//! A method for each parameter of a metric.
//!
//! Generated from the list of metrics: `WEIGHBRIDGE_UPDATE=1 cargo test --lib constructors` writes
//! it.

use super::{
    AbsentClass, Average, BinSpacing, BinStrategy, KappaWeights, MetricSpec, MultiClass, Reduction,
};
";
        let generated = format!("{head}{}", methods());
        compare_or_write("setters.rs", include_str!("setters.rs"), &generated);
    }
}
