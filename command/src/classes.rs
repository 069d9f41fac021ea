//! How many classes there are, and what they are called.

use crate::error::Failure;
use crate::input::{InputColumns, Source};
use crate::states;
use std::cell::Cell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::Path;
use weighbridge::error::{Input, StateError};
use weighbridge::{Error, State, Task};

/// Names of classes, and the classes of labels that are names.
#[derive(Debug)]
pub struct ClassNames {
    /// In the order of the classes.
    pub names: Vec<String>,
    /// Every name, and what else stands for it.
    classes: HashMap<String, u32>,
    /// Whether names look like numbers or truth values, so that such labels are names as well.
    look_like_values: bool,
    /// Whether a label was a name.
    used: Cell<bool>,
    /// A label that is no class, and whose rows do not count.
    ignored: Option<String>,
    /// Whether a label was that.
    has_ignored: Cell<bool>,
}

/// What stands for the label that is ignored and no class. It is a number of every type that labels
/// are compared in.
pub const IGNORED: i64 = -(1 << 53);

impl ClassNames {
    /// Names as they are given; none if none are.
    pub fn given(names: &[String]) -> Result<Option<Self>, Failure> {
        if names.is_empty() {
            return Ok(None);
        }
        let mut classes = HashMap::new();
        for (class, name) in (0..).zip(names) {
            if name.trim().is_empty() {
                return Err(Failure::EmptyName { class });
            }
            match classes.entry(name.trim().to_owned()) {
                Entry::Vacant(vacant) => vacant.insert(class),
                Entry::Occupied(_) => {
                    return Err(Failure::RepeatedName { name: name.trim().to_owned() });
                }
            };
        }
        let names: Vec<_> = names.iter().map(|name| name.trim().to_owned()).collect();
        let look_like_values = names.iter().any(|name| looks_like_value(name));
        // They name the classes in the report even if labels are numbers.
        Ok(Some(Self::new(names, classes, look_like_values, true)))
    }

    /// Names of columns of predictions, as classes; none if one of them may be meant as a number.
    pub fn of_columns(part: &InputColumns) -> Option<Self> {
        let rest = |name: &str| Some(name.strip_prefix(part.prefix.as_ref()?)?.to_owned());
        let names = &part.names;
        let rests: Vec<_> = names.iter().map(|name| rest(name).unwrap_or_default()).collect();
        if names.len() < 2 || names.iter().any(|name| looks_like_value(name)) {
            return None;
        }
        let mut classes: HashMap<_, _> = names.iter().cloned().zip(0..).collect();
        for (class, rest) in (0..).zip(rests) {
            if !rest.is_empty() && !looks_like_value(&rest) {
                classes.entry(rest).or_insert(class);
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

    /// The class of a label that is a name, or what stands for the one that is ignored.
    pub fn label(&self, label: &str) -> Option<i64> {
        if self.ignored.as_deref() == Some(label) {
            self.has_ignored.set(true);
            return Some(IGNORED);
        }
        let class = self.classes.get(label).copied();
        self.used.set(self.used.get() | class.is_some());
        class.map(i64::from)
    }

    /// The label that an option names: a name or, unless names look like them, a number.
    pub fn option(&self, text: &str) -> Option<i64> {
        let number = || if self.look_like_values { None } else { text.parse().ok() };
        self.label(text).or_else(number)
    }

    /// Says that rows of a label that is no class do not count.
    pub fn ignore(&mut self, label: &str) {
        self.ignored = Some(label.to_owned());
    }

    /// Fails if no label was the one that is to be ignored: it may be a misspelt class.
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

    /// Whether numbers and truth values are names, if they are anything.
    pub fn look_like_values(&self) -> bool {
        self.look_like_values
    }

    /// Refuses states whose classes have other names.
    pub fn check_states(&self, states: &[(&Path, State)]) -> Result<(), Failure> {
        for (path, state) in states {
            if let Some(theirs) = state.class_names().filter(|theirs| *theirs != self.names) {
                let (ours, theirs) = (self.names.join(", "), theirs.join(", "));
                let error =
                    Error::State(StateError::Mismatch { what: "names of classes", ours, theirs });
                return Err(states::refused(path, &error));
            }
        }
        Ok(())
    }

    /// Names for the report; none if no label was one.
    pub fn for_report(&self) -> Option<Vec<String>> {
        self.used.get().then(|| self.names.clone())
    }
}

/// Whether a label may be meant as a number or a truth value.
pub fn looks_like_value(text: &str) -> bool {
    text.parse::<f64>().is_ok() || ["true", "false"].contains(&text.to_ascii_lowercase().as_str())
}

/// Something that tells the number of classes, and how to say so.
type Config = (u32, String);

/// The number of classes of the multiclass task. Fails if several sources of it differ, or none
/// tells it.
pub fn number(
    classes: Option<u32>,
    names: &[String],
    source: &Source,
    parts: &[InputColumns],
) -> Result<u32, Failure> {
    let wide = parts.iter().filter(|part| part.width > 1).map(|part| {
        let words = format!("{} has {} columns for the {}", source.name(), part.width, part.input);
        (part.width as u32, words)
    });
    let names = (!names.is_empty()).then(|| {
        let count = names.len() as u32;
        (count, format!("--class-names gives {count} names"))
    });
    let given = classes.map(|classes| (classes, format!("--classes is {classes}")));
    let told: Vec<Config> = given.into_iter().chain(names).chain(wide).collect();
    let Some((classes, first)) = told.first() else { return Err(Failure::MissingClasses) };
    match told.iter().find(|(other, _)| other != classes) {
        None => Ok(*classes),
        Some((_, second)) => {
            Err(Failure::ClassesDiffer { first: first.clone(), second: second.clone() })
        }
    }
}

/// Fails if there are several columns where the task takes one, or not as many where it takes any
/// number.
pub fn check_widths(
    task: Task,
    names: &[String],
    source: &Source,
    parts: &[InputColumns],
) -> Result<(), Failure> {
    let file = source.name();
    // 0 where there is no such input.
    let [prediction, truth, weight] = [Input::Prediction, Input::Truth, Input::Weight]
        .map(|input| InputColumns::of(parts, input).map_or(0, |part| part.width));
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
                first: format!("--class-names gives {} names", names.len()),
                second: format!("{file} has {prediction} columns for the prediction"),
            })
        }
        _ if prediction != truth => Err(Failure::OutputsDiffer { file, prediction, truth }),
        _ => Ok(()),
    }
}
