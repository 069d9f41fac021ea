//! Which pictures a task has, and the metrics that they are made of.

use super::confusion::MAX_ROWS;
use super::curve::{self, Kind};
use super::{MAX_OUTPUTS, reliability, warn};
use crate::arguments::Evaluate;
use crate::classes::ClassNames;
use crate::input::InputColumns;
use weighbridge::Task;
use weighbridge::metric::{self, MetricDef};

/// How scores of curves are kept unless the report has the curve or its area too, which then are the same
/// in both: so that memory does not grow with the file. Points of a curve in bins are those at their ends.
const IN_BINS: &str = "bins=4096";

/// What a picture shows.
pub enum Subject {
    /// A curve, of one of several classes or labels.
    Curve(&'static Kind, Option<usize>),
    Reliability,
    Confusion,
}

/// A picture to be drawn.
pub struct Wanted {
    pub subject: Subject,
    /// The name of its file, without extension.
    pub file: String,
    /// The metrics that it is made of.
    pub specs: Vec<String>,
}

impl Subject {
    /// What to do where it cannot be drawn.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Curve(_, None) => "a curve needs samples of both labels, of weight above zero",
            Self::Curve(_, Some(_)) => {
                "a curve needs samples of the class and of others, of weight above zero"
            }
            Self::Reliability => {
                "it needs probabilities between 0 and 1, or --from-logits if predictions are logits"
            }
            Self::Confusion => "a matrix needs predictions that are numbers",
        }
    }
}

impl Wanted {
    /// The pictures of a task with such predictions, as far as the library has the metrics.
    pub fn all(
        given: &Evaluate,
        prediction: &InputColumns,
        names: Option<&ClassNames>,
    ) -> Vec<Self> {
        let task = Task::from(given.task);
        let mut all = Vec::new();
        let mut add = |subject, file: &str, names: &[&str], otherwise: Option<&str>| {
            let spec = |name: &&str| as_asked(given, task, name, names, otherwise);
            let specs: Option<Vec<_>> = names.iter().map(spec).collect();
            all.extend(specs.map(|specs| Self { subject, file: file.to_owned(), specs }));
        };
        let curves = [(&curve::ROC, "roc"), (&curve::PRECISION_RECALL, "precision_recall")];
        if task == Task::Binary {
            for (kind, file) in curves {
                add(Subject::Curve(kind, None), file, &[kind.curve, kind.area], Some(IN_BINS));
            }
        }
        // Predicted classes come without probabilities.
        if task == Task::Binary || task == Task::Multiclass && prediction.width > 1 {
            add(Subject::Reliability, "reliability", &reliability::METRICS, None);
        }
        if task.has_labels() && task != Task::Binary && prediction.width > 1 {
            let of_class = curves
                .iter()
                .flat_map(|(kind, file)| of_classes(given, task, kind, file, prediction.width));
            all.extend(of_class);
        }
        if task.has_labels() {
            let classes = given.classes.unwrap_or_default() as usize;
            let named = names.map_or(0, |names| names.names.len());
            let rows = classes.max(named).max(prediction.width);
            all.extend(confusion(given, task, rows));
        }
        all
    }

    /// A title, with the parameters that the picture was asked for with.
    pub fn title(&self, title: &str) -> String {
        match self.specs.first().and_then(|spec| spec.split_once(':')) {
            Some((_, parameters)) => format!("{title} ({})", parameters.replace(':', ", ")),
            None => title.to_owned(),
        }
    }
}

/// A curve for each of several classes or labels.
fn of_classes(
    given: &Evaluate,
    task: Task,
    kind: &'static Kind,
    file: &str,
    classes: usize,
) -> Vec<Wanted> {
    let Some(curve) = as_asked(given, task, kind.curve, &[kind.curve, kind.area], Some(IN_BINS))
    else {
        return Vec::new();
    };
    let own = |part: &&str| !part.starts_with("average=");
    let parameters: Vec<_> = curve.split(':').skip(1).filter(own).collect();
    let spec =
        |name: &str, average: &[&str]| [&[name], &parameters[..], average].concat().join(":");
    // The curves of classes stand side by side as they are.
    let average: &[&str] = if task == Task::Multilabel { &["average=none"] } else { &[] };
    let specs = vec![spec(kind.curve, average), spec(kind.area, &["average=none"])];
    if classes > MAX_OUTPUTS {
        // All of them would have to be measured.
        warn(&format!(
            "{} is not drawn: there are {classes} curves, and pictures of at most {MAX_OUTPUTS}; the \
             report has all of them with -m {} --format json",
            kind.curve, specs[0]
        ));
        return Vec::new();
    }
    let wanted = |class: usize| Wanted {
        subject: Subject::Curve(kind, Some(class)),
        file: format!("{file}_{class}"),
        specs: specs.clone(),
    };
    (0..classes).map(wanted).collect()
}

/// The confusion matrix, at each threshold if there are several.
fn confusion(given: &Evaluate, task: Task, rows: usize) -> Vec<Wanted> {
    const NAME: &str = "confusion_matrix";
    if rows > MAX_ROWS {
        warn(&format!(
            "{NAME} is not drawn: it has {rows} rows, and a picture at most {MAX_ROWS}; the report \
             has all of them with -m {NAME} --format json"
        ));
        return Vec::new();
    }
    let specs = match given.thresholds.len() {
        0 | 1 => as_asked(given, task, NAME, &[NAME], None).into_iter().collect(),
        _ => given.at_thresholds(NAME),
    };
    let wanted = |spec: String| {
        let file = spec.replace([':', '='], "_");
        Wanted { subject: Subject::Confusion, file, specs: vec![spec] }
    };
    specs.into_iter().map(wanted).collect()
}

/// A metric of a task, with the parameters of the first metric among some that was asked for; none if
/// the library has no such metric. Where none was asked for, the parameter is the one given here, if it has
/// that.
fn as_asked(
    given: &Evaluate,
    task: Task,
    name: &str,
    among: &[&str],
    otherwise: Option<&str>,
) -> Option<String> {
    let metric = metric::of_task(task).find(|metric| metric.name == name)?;
    let asked = |spec: &&String| {
        let mut parts = spec.split(':');
        parts.next().is_some_and(|name| among.contains(&name))
            // The area of a part is not that of the curve.
            && parts.all(|part| takes(metric, task, part) && !part.starts_with("max_fpr="))
    };
    let parameters = match given.metrics.iter().find(asked).map(|spec| spec.split_once(':')) {
        Some(parameters) => parameters.map(|(_, parameters)| parameters),
        None => otherwise.filter(|parameter| takes(metric, task, parameter)),
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
