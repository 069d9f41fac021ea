//! Labels in options: class numbers, or names if the classes have names.

use crate::arguments::Evaluate;
use crate::classes::{ClassNames, IGNORED};
use crate::error::Failure;
use weighbridge::Task;

/// The labels of `--class-weight` and `--ignore-index`.
pub struct Labels {
    /// Classes and their weights.
    pub class_weights: Vec<(u32, f64)>,
    /// The label whose rows are left out.
    pub ignored: Option<i64>,
}

impl Labels {
    /// Looks up the labels. A label to ignore that is not a class is added to `names`.
    pub fn find(options: &Evaluate, names: Option<&mut ClassNames>) -> Result<Self, Failure> {
        // The names of the multilabel task name labels; its classes are 0 and 1.
        let mut names = names.filter(|_| options.task != Task::Multilabel);
        let mut class_weights = Vec::new();
        for (text, weight) in &options.class_weights {
            let class = match &names {
                Some(names) => names.option(text),
                None => text.parse().ok(),
            };
            let class = class.and_then(|class: i64| u32::try_from(class).ok());
            let class = class.ok_or_else(|| Failure::UnknownClass {
                option: "class-weight",
                text: text.clone(),
                known: names.as_ref().map_or_else(Vec::new, |names| names.names.clone()),
            })?;
            class_weights.push((class, *weight));
        }
        let ignored = match (&options.ignore_index, &mut names) {
            (None, _) => None,
            (Some(text), Some(names)) => Some(names.option(text).unwrap_or_else(|| {
                names.ignore(text);
                IGNORED
            })),
            (Some(text), None) => Some(text.parse().map_err(|_| Failure::UnknownClass {
                option: "ignore-index",
                text: text.clone(),
                known: Vec::new(),
            })?),
        };
        Ok(Self { class_weights, ignored })
    }

    /// Whether samples with a label are left out.
    pub fn is_ignored(&self, label: Option<i64>) -> bool {
        self.ignored.is_some() && label == self.ignored
    }

    /// Whether `--class-weight` gives a label a weight above zero.
    pub fn has_weight(&self, label: Option<i64>) -> bool {
        let mut weightless = self.class_weights.iter().filter(|(_, weight)| *weight as f32 == 0.0);
        !weightless.any(|&(class, _)| label == Some(class.into()))
    }
}
