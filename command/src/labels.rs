//! Labels on the command line: numbers, or names where classes have them.

use crate::arguments::Evaluate;
use crate::classes::{ClassNames, IGNORED};
use crate::error::Failure;
use weighbridge::Task;

/// What is said of labels on the command line.
pub struct Labels {
    /// Weights of some classes.
    pub class_weights: Vec<(u32, f64)>,
    /// The label whose rows do not count.
    pub ignored: Option<i64>,
}

impl Labels {
    /// Finds the labels. One to ignore that is no class becomes known to `names`.
    pub fn find(given: &Evaluate, names: Option<&mut ClassNames>) -> Result<Self, Failure> {
        let task = Task::from(given.task);
        // Names of several labels are none of classes, which are 0 and 1.
        let mut names = names.filter(|_| task != Task::Multilabel);
        let mut class_weights = Vec::new();
        for (text, weight) in &given.class_weights {
            let class = match &names {
                Some(names) => names.option(text),
                None => text.parse().ok(),
            };
            let class: Option<u32> = class.and_then(|class: i64| class.try_into().ok());
            let class = class.ok_or_else(|| Failure::OptionOfNoClass {
                option: "class-weight",
                text: text.clone(),
                known: names.as_ref().map_or_else(Vec::new, |names| names.names.clone()),
            })?;
            class_weights.push((class, *weight));
        }
        let ignored = match (&given.ignore_index, &mut names) {
            (None, _) => None,
            (Some(text), Some(names)) => Some(names.option(text).unwrap_or_else(|| {
                names.ignore(text);
                IGNORED
            })),
            (Some(text), None) => Some(text.parse().map_err(|_| Failure::OptionOfNoClass {
                option: "ignore-index",
                text: text.clone(),
                known: Vec::new(),
            })?),
        };
        Ok(Self { class_weights, ignored })
    }

    /// Whether samples of a label do not count.
    pub fn ignore(&self, label: Option<i64>) -> bool {
        self.ignored.is_some() && label == self.ignored
    }

    /// Whether samples of a label weigh something.
    pub fn weigh(&self, label: Option<i64>) -> bool {
        let mut weightless = self.class_weights.iter().filter(|(_, weight)| *weight as f32 == 0.0);
        !weightless.any(|&(class, _)| label == Some(class.into()))
    }
}
