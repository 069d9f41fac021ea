//! Which pictures a task has, and the metrics that they are made of.

use super::confusion::MOST_ROWS;
use super::curve::{self, Kind};
use super::{reliability, warn};
use crate::arguments::Evaluate;
use crate::classes::ClassNames;
use crate::input::Part;
use weighbridge::Task;
use weighbridge::metric::{self, Definition};

/// How scores of curves are kept unless the report has the curve or its area too, which then are the same
/// in both: so that memory does not grow with the file. Points of a curve in bins are those at their ends.
const IN_BINS: &str = "bins=4096";

/// What a picture shows.
pub enum Subject {
    Curve(&'static Kind),
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
            Self::Curve(_) => "a curve needs samples of both labels, of weight above zero",
            Self::Reliability => {
                "it needs probabilities between 0 and 1, or --from-logits if predictions are logits"
            }
            Self::Confusion => "a matrix needs predictions that are numbers",
        }
    }
}

impl Wanted {
    /// The pictures of a task with such predictions, as far as the library has the metrics.
    pub fn all(given: &Evaluate, prediction: &Part, names: Option<&ClassNames>) -> Vec<Self> {
        let task = Task::from(given.task);
        let mut all = Vec::new();
        let mut add = |subject, file: &str, names: &[&str], otherwise: Option<&str>| {
            let spec = |name: &&str| as_asked(given, task, name, names, otherwise);
            let specs: Option<Vec<_>> = names.iter().map(spec).collect();
            all.extend(specs.map(|specs| Self { subject, file: file.to_owned(), specs }));
        };
        if task == Task::Binary {
            for (kind, file) in
                [(&curve::ROC, "roc"), (&curve::PRECISION_RECALL, "precision_recall")]
            {
                add(Subject::Curve(kind), file, &[kind.curve, kind.area], Some(IN_BINS));
            }
        }
        // Predicted classes come without probabilities.
        if task == Task::Binary || task == Task::Multiclass && prediction.width > 1 {
            add(Subject::Reliability, "reliability", &reliability::METRICS, None);
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

/// The confusion matrix, at each threshold if there are several.
fn confusion(given: &Evaluate, task: Task, rows: usize) -> Vec<Wanted> {
    const NAME: &str = "confusion_matrix";
    if rows > MOST_ROWS {
        warn(&format!(
            "{NAME} is not drawn: it has {rows} rows, and a picture at most {MOST_ROWS}; the report \
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
fn takes(metric: &Definition, task: Task, parameter: &str) -> bool {
    let key = parameter.split('=').next();
    metric.parameters_in(task, 1).iter().any(|known| Some(known.name) == key)
}
