//! The plots of a task, and the metrics that they show.

use super::confusion::MAX_ROWS;
use super::curve::{self, Kind};
use super::reliability;
use crate::arguments::Evaluate;
use crate::classes::ClassNames;
use crate::input::InputColumns;
use crate::terminal::warn;
use weighbridge::Task;
use weighbridge::metric::{self, MetricDef};

/// Curves are drawn from bins, so that memory does not grow with the file, unless the report has
/// the curve or its area: then the plot uses the same parameters.
const IN_BINS: &str = "bins=4096";

/// Most classes or labels whose curves are drawn.
const MAX_CURVES: usize = 16;

/// What a plot shows.
pub enum Subject {
    /// A curve; of one class or label, if there are several.
    Curve(&'static Kind, Option<usize>),
    Reliability,
    Confusion,
}

/// A plot to draw.
pub struct PlotSpec {
    pub subject: Subject,
    /// File name without extension.
    pub file: String,
    /// The metrics that it shows.
    pub specs: Vec<String>,
}

impl Subject {
    /// What the plot needs, for the warning if it cannot be drawn.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Curve(_, None) => "a curve needs samples of both labels with positive weight",
            Self::Curve(_, Some(_)) => {
                "a curve needs samples of the class and of others with positive weight"
            }
            Self::Reliability => {
                "it needs probabilities between 0 and 1; if predictions are logits, use --from-logits"
            }
            Self::Confusion => "a matrix needs finite predictions",
        }
    }
}

impl PlotSpec {
    /// The plots of a task with these prediction columns.
    pub fn all(
        options: &Evaluate,
        prediction: &InputColumns,
        names: Option<&ClassNames>,
    ) -> Vec<Self> {
        let task = options.task;
        let mut all = Vec::new();
        let mut add = |subject, file: &str, names: &[&str], default: Option<&str>| {
            let spec = |name: &&str| requested(options, task, name, names, default);
            let specs: Option<Vec<_>> = names.iter().map(spec).collect();
            all.extend(specs.map(|specs| Self { subject, file: file.to_owned(), specs }));
        };
        let curves = [(&curve::ROC, "roc"), (&curve::PRECISION_RECALL, "precision_recall")];
        if task == Task::Binary {
            for (kind, file) in curves {
                add(Subject::Curve(kind, None), file, &[kind.curve, kind.area], Some(IN_BINS));
            }
        }
        // Predicted classes have no probabilities.
        if task == Task::Binary || task == Task::Multiclass && prediction.width > 1 {
            add(Subject::Reliability, "reliability", &reliability::METRICS, None);
        }
        if task.has_labels() && task != Task::Binary && prediction.width > 1 {
            let of_each_class = curves.iter().flat_map(|(kind, file)| {
                curves_of_classes(options, task, kind, file, prediction.width)
            });
            all.extend(of_each_class);
        }
        if task.has_labels() {
            let classes = options.classes.unwrap_or_default() as usize;
            let named = names.map_or(0, |names| names.names.len());
            let rows = classes.max(named).max(prediction.width);
            all.extend(confusion(options, task, rows));
        }
        all
    }

    /// The title with the requested parameters.
    pub fn title(&self, title: &str) -> String {
        match self.specs.first().and_then(|spec| spec.split_once(':')) {
            Some((_, parameters)) => format!("{title} ({})", parameters.replace(':', ", ")),
            None => title.to_owned(),
        }
    }
}

/// A curve for each of several classes or labels.
fn curves_of_classes(
    options: &Evaluate,
    task: Task,
    kind: &'static Kind,
    file: &str,
    classes: usize,
) -> Vec<PlotSpec> {
    let Some(curve) = requested(options, task, kind.curve, &[kind.curve, kind.area], Some(IN_BINS))
    else {
        return Vec::new();
    };
    let is_kept = |parameter: &&str| !parameter.starts_with("average=");
    let parameters: Vec<_> = curve.split(':').skip(1).filter(is_kept).collect();
    let spec =
        |name: &str, average: &[&str]| [&[name], &parameters[..], average].concat().join(":");
    // Multiclass curves are never averaged.
    let average: &[&str] = if task == Task::Multilabel { &["average=none"] } else { &[] };
    let specs = vec![spec(kind.curve, average), spec(kind.area, &["average=none"])];
    if classes > MAX_CURVES {
        // Their metrics are not computed either.
        warn(&format!(
            "{} is not drawn: {classes} curves, and at most {MAX_CURVES} are drawn; -m {} --format \
             json reports all of them",
            kind.curve, specs[0]
        ));
        return Vec::new();
    }
    let of_class = |class: usize| PlotSpec {
        subject: Subject::Curve(kind, Some(class)),
        file: format!("{file}_{class}"),
        specs: specs.clone(),
    };
    (0..classes).map(of_class).collect()
}

/// The confusion matrix; at each threshold, if there are several.
fn confusion(options: &Evaluate, task: Task, rows: usize) -> Vec<PlotSpec> {
    const NAME: &str = "confusion_matrix";
    if rows > MAX_ROWS {
        warn(&format!(
            "{NAME} is not drawn: {rows} rows, and at most {MAX_ROWS} are drawn; -m {NAME} --format \
             json reports all of them"
        ));
        return Vec::new();
    }
    let specs = match options.thresholds.len() {
        0 | 1 => requested(options, task, NAME, &[NAME], None).into_iter().collect(),
        _ => options.at_thresholds(NAME),
    };
    let plot = |spec: String| {
        let file = spec.replace([':', '='], "_");
        PlotSpec { subject: Subject::Confusion, file, specs: vec![spec] }
    };
    specs.into_iter().map(plot).collect()
}

/// A metric with the parameters of the first requested metric among some; `None` if the library has
/// no metric of this name. If none of them is requested, the default parameter is used, if the
/// metric has it.
fn requested(
    options: &Evaluate,
    task: Task,
    name: &str,
    among: &[&str],
    default: Option<&str>,
) -> Option<String> {
    let metric = metric::of_task(task).find(|metric| metric.name == name)?;
    let is_match = |spec: &&String| {
        let mut parts = spec.split(':');
        parts.next().is_some_and(|name| among.contains(&name))
            // A partial area is not the area under the curve.
            && parts.all(|part| takes(metric, task, part) && !part.starts_with("max_fpr="))
    };
    let parameters = match options.metrics.iter().find(is_match).map(|spec| spec.split_once(':')) {
        Some(parameters) => parameters.map(|(_, parameters)| parameters),
        None => default.filter(|parameter| takes(metric, task, parameter)),
    };
    Some(match parameters {
        Some(parameters) => format!("{name}:{parameters}"),
        None => name.to_owned(),
    })
}

/// Whether a metric has a parameter, given as `key=value`.
fn takes(metric: &MetricDef, task: Task, parameter: &str) -> bool {
    let key = parameter.split('=').next();
    metric.parameters_in(task, 1).iter().any(|known| Some(known.name()) == key)
}
