//! The number of classes and their names.

use crate::error::Failure;
use crate::input::{InputColumns, Source};
use crate::states;
use crate::words::count;
use std::cell::Cell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::Path;
use weighbridge::error::Input;
use weighbridge::{State, Task};

/// Names of classes, and the labels that stand for them.
#[derive(Debug)]
pub struct ClassNames {
    /// The names, in the order of the classes.
    pub names: Vec<String>,
    /// The class of every name, with and without the prefix of its column.
    classes: HashMap<String, u32>,
    /// Whether a name looks like a number or a boolean. Such labels are then names as well.
    look_like_values: bool,
    /// Whether the names belong in the report: they were given, or a label was one of them.
    used: Cell<bool>,
    /// A label whose rows are left out, and which is not a class.
    ignored: Option<String>,
    /// Whether a label was the ignored one.
    has_ignored: Cell<bool>,
}

/// Stands for an ignored label that is not a class. All types that labels are compared in can hold
/// it.
pub const IGNORED: i64 = -(1 << 53);

impl ClassNames {
    /// The names given with `--class-names`, or found in the labels; `None` if there are none.
    pub fn given(names: &[String]) -> Result<Option<Self>, Failure> {
        if names.is_empty() {
            return Ok(None);
        }
        let names: Vec<_> = names.iter().map(|name| name.trim().to_owned()).collect();
        let mut classes = HashMap::new();
        for (class, name) in (0..).zip(&names) {
            if name.is_empty() {
                return Err(Failure::EmptyName { class });
            }
            match classes.entry(name.clone()) {
                Entry::Vacant(vacant) => vacant.insert(class),
                Entry::Occupied(_) => return Err(Failure::RepeatedName { name: name.clone() }),
            };
        }
        let look_like_values = names.iter().any(|name| looks_like_value(name));
        // The report has these names even if all labels are numbers.
        Ok(Some(Self::new(names, classes, look_like_values, true)))
    }

    /// The names of the prediction columns, with and without the prefix that matched them; `None`
    /// if one of them may be meant as a number.
    pub fn from_columns(columns: &InputColumns) -> Option<Self> {
        let names = &columns.names;
        if names.len() < 2 || names.iter().any(|name| looks_like_value(name)) {
            return None;
        }
        let mut classes: HashMap<_, _> = names.iter().cloned().zip(0..).collect();
        if let Some(prefix) = &columns.prefix {
            for (class, name) in (0..).zip(names) {
                let suffix = name.strip_prefix(prefix).unwrap_or_default();
                if !suffix.is_empty() && !looks_like_value(suffix) {
                    classes.entry(suffix.to_owned()).or_insert(class);
                }
            }
        }
        Some(Self::new(names.clone(), classes, false, false))
    }

    fn new(
        names: Vec<String>,
        classes: HashMap<String, u32>,
        look_like_values: bool,
        used: bool,
    ) -> Self {
        let (used, has_ignored) = (Cell::new(used), Cell::new(false));
        Self { names, classes, look_like_values, used, ignored: None, has_ignored }
    }

    /// The class of a name, or [`IGNORED`]; `None` if the label is not a name.
    pub fn label(&self, label: &str) -> Option<i64> {
        if self.ignored.as_deref() == Some(label) {
            self.has_ignored.set(true);
            return Some(IGNORED);
        }
        let class = self.classes.get(label).copied();
        self.used.set(self.used.get() || class.is_some());
        class.map(i64::from)
    }

    /// The label in an option: a name or, unless names look like numbers, a number.
    pub fn option(&self, text: &str) -> Option<i64> {
        let number = || if self.look_like_values { None } else { text.parse().ok() };
        self.label(text).or_else(number)
    }

    /// Leaves out rows with a label that is not a class.
    pub fn ignore(&mut self, label: &str) {
        self.ignored = Some(label.to_owned());
    }

    /// Fails if the ignored label never occurred: it may be a misspelt class.
    pub fn check_ignored(&self, files: impl Fn() -> String) -> Result<(), Failure> {
        match &self.ignored {
            Some(label) if !self.has_ignored.get() => Err(Failure::NothingIgnored {
                files: files(),
                label: label.clone(),
                known: self.names.clone(),
            }),
            _ => Ok(()),
        }
    }

    /// Whether labels that are numbers or booleans are names.
    pub fn look_like_values(&self) -> bool {
        self.look_like_values
    }

    /// Refuses states whose classes have other names.
    pub fn check_states(&self, states: &[(&Path, State)], other: &str) -> Result<(), Failure> {
        for (path, state) in states {
            if let Some(theirs) = state.class_names.as_ref().filter(|theirs| **theirs != self.names)
            {
                let (ours, theirs) = (self.names.join(", "), theirs.join(", "));
                return Err(states::differ(path, other, "names of classes", ours, theirs));
            }
        }
        Ok(())
    }

    /// Names for the report; `None` if no label was a name.
    pub fn for_report(&self) -> Option<Vec<String>> {
        self.used.get().then(|| self.names.clone())
    }
}

/// Whether a label may be meant as a number or a boolean.
pub fn looks_like_value(text: &str) -> bool {
    text.parse::<f64>().is_ok() || ["true", "false"].contains(&text.to_ascii_lowercase().as_str())
}

/// A number of classes, and where it comes from.
struct ClassCount {
    classes: u32,
    origin: String,
}

/// The number of classes of the multiclass task. Fails if it is specified nowhere, or differently
/// in two places.
pub fn number(
    classes: Option<u32>,
    names: &[String],
    source: &Source,
    inputs: &[InputColumns],
) -> Result<u32, Failure> {
    let option =
        classes.map(|classes| ClassCount { classes, origin: format!("--classes is {classes}") });
    let names = (!names.is_empty()).then(|| ClassCount {
        classes: names.len() as u32,
        origin: format!("--class-names has {}", count(names.len(), "name")),
    });
    let rows = inputs.iter().filter(|columns| columns.width > 1).map(|columns| ClassCount {
        classes: columns.width as u32,
        origin: wide_input(source, columns.width, columns.input),
    });
    let mut counts = option.into_iter().chain(names).chain(rows);
    let first = counts.next().ok_or(Failure::MissingClasses)?;
    match counts.find(|other| other.classes != first.classes) {
        None => Ok(first.classes),
        Some(second) => Err(Failure::ClassesDiffer { first: first.origin, second: second.origin }),
    }
}

fn wide_input(source: &Source, width: usize, input: Input) -> String {
    format!("{} has {} for the {input}", source.name(), count(width, "column"))
}

/// Fails if an input has several columns although the task takes one, or if the numbers of columns
/// of the inputs do not match.
pub fn check_widths(
    task: Task,
    names: &[String],
    source: &Source,
    inputs: &[InputColumns],
) -> Result<(), Failure> {
    let file = source.name();
    // 0 for an input without columns.
    let [prediction, truth, weight] = [Input::Prediction, Input::Truth, Input::Weight]
        .map(|input| InputColumns::find(inputs, input).map_or(0, |columns| columns.width));
    let takes_several = matches!(task, Task::Regression | Task::Multilabel) && prediction > 1;
    if weight > 1 && !(takes_several && weight == prediction) {
        let outputs = if takes_several { prediction } else { 1 };
        return Err(Failure::Weights { file, width: weight, outputs });
    }
    match task {
        Task::Binary | Task::Aggregation if prediction > 1 => {
            Err(Failure::OneColumn { file, input: Input::Prediction, width: prediction, task })
        }
        Task::Binary if truth > 1 => {
            Err(Failure::OneColumn { file, input: Input::Truth, width: truth, task })
        }
        Task::Multiclass | Task::Aggregation => Ok(()),
        Task::Multilabel if !names.is_empty() && names.len() != prediction => {
            Err(Failure::ClassesDiffer {
                first: format!("--class-names has {}", count(names.len(), "name")),
                second: wide_input(source, prediction, Input::Prediction),
            })
        }
        _ if prediction != truth => Err(Failure::OutputsDiffer { file, prediction, truth }),
        _ => Ok(()),
    }
}
