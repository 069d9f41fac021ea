//! The accumulated state of an evaluator as plain data: mergeable, serialisable, comparable.

use crate::batch::PrecisionLoss;
use crate::error::{Error, StateError};
use crate::metric::Settings;
use crate::statistic::totals::merge_all;
use crate::statistic::{Family, Plan, Totals};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The accumulated state of an evaluator, and its configuration.
///
/// States are equal if their accumulated data are, bit for bit. The engine, the batches and their
/// order do not matter; neither do the order of requested metrics and the names of classes. Merging
/// is integer addition: associative and commutative.
///
/// # Serialised
///
/// Any format of [`serde`] works. The first field, `version`, is 2. States of other versions are
/// refused, since every change of the format or of a numeric result gets a new version. The other
/// fields are those below. In human-readable formats such as JSON, exact sums are text: hexadecimal
/// literals with all digits, `"-0x5p-3"` for −5 · 2^-3. In other formats they are byte strings: the
/// number of trailing zero bits (`u16`, little-endian), followed by the remaining integer (two's
/// complement, little-endian, as short as possible), in units of 2^-512; empty for zero.
///
/// [Stored scores](crate::statistic::scores), if metrics need them, make a state large: 8 bytes per
/// sample, or about twenty in text, and twice as much in double precision. They are two columns of
/// words, sorted by score, label and weight, so that they do not depend on the order of batches.
///
/// # Example
///
/// ```
/// use weighbridge::{Batch, Evaluator, State, Task};
///
/// let truth = [0.0_f32; 4];
/// let mut whole = Evaluator::new(Task::Regression)?;
/// whole.update(&Batch::new(&[1.0_f32, 2.0, 3.0, 4.0], &truth))?;
///
/// let mut first = Evaluator::new(Task::Regression)?;
/// let mut second = Evaluator::new(Task::Regression)?;
/// first.update(&Batch::new(&[4.0_f32], &truth[..1]))?;
/// second.update(&Batch::new(&[2.0_f32, 1.0, 3.0], &truth[..3]))?;
///
/// // From one process to another, or from one day to the next.
/// let text = serde_json::to_string(&second.state()?)?;
/// let second: State = serde_json::from_str(&text)?;
/// first.merge(&second)?;
/// assert_eq!(first.state()?, whole.state()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    version: Version,
    /// The task and the other settings of metrics.
    pub settings: Settings,
    /// The classes whose weight is not 1, in order, and their weights.
    pub class_weights: Vec<(u32, f64)>,
    /// The label whose samples are masked.
    pub ignore_index: Option<i64>,
    /// The names of the classes, or of the labels, if there are any.
    pub class_names: Option<Vec<String>>,
    /// The requested metrics, without custom values.
    pub metrics: Vec<String>,
    /// Names of the statistics, in the order of the totals, then the names of families other than
    /// outputs.
    pub statistics: Vec<String>,
    /// The totals of each output or label, then those of vectors and exact-match samples, and those
    /// of binary problems of classes.
    pub totals: Vec<Totals>,
    /// The loss of precision from narrowing inputs to `f32`, without the number of scores that
    /// became [ties](crate::report::Warning::TiedScores), for which all of them would be needed.
    pub precision_loss: PrecisionLoss,
}

impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        let settings = |state: &Self| {
            let Settings { task, classes, outputs, .. } = state.settings;
            (task, classes, outputs, state.ignore_index)
        };
        settings(self) == settings(other)
            && self.class_weights == other.class_weights
            && self.statistics == other.statistics
            && self.totals == other.totals
            && self.precision_loss == other.precision_loss
    }
}

/// The version of the state format.
const VERSION: u32 = 2;

/// Proof that a state has this version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Version;

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(VERSION)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            VERSION => Ok(Self),
            other => Err(D::Error::custom(format!(
                "it is a state of version {other}, but this build reads version {VERSION}"
            ))),
        }
    }
}

/// The evaluator configuration that its states contain.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub settings: Settings,
    pub class_weights: Vec<(u32, f64)>,
    pub ignore_index: Option<i64>,
    pub class_names: Option<Vec<String>>,
    pub metrics: Vec<String>,
}

impl State {
    pub(crate) fn new(
        config: &Config,
        plan: &Plan,
        mut totals: Vec<Totals>,
        precision_loss: PrecisionLoss,
    ) -> Self {
        totals.iter_mut().for_each(Totals::sort_scores);
        let Config { settings, class_weights, ignore_index, class_names, metrics } = config.clone();
        Self {
            version: Version,
            settings,
            class_weights,
            ignore_index,
            class_names,
            metrics,
            statistics: names(plan),
            totals,
            precision_loss,
        }
    }

    /// Number of added samples, including masked and faulty ones.
    pub(crate) fn samples(&self) -> u64 {
        self.totals.first().map_or(0, |totals| totals.weights.samples)
    }

    /// Whether it has stored scores in double precision.
    pub(crate) fn has_double_scores(&self) -> bool {
        self.totals.iter().any(Totals::has_double_scores)
    }

    /// Sorts stored scores into canonical order.
    pub(crate) fn sort_scores(&mut self) {
        self.totals.iter_mut().for_each(Totals::sort_scores);
    }

    /// Adds a state of the same evaluator.
    pub(crate) fn add(&mut self, other: &Self) -> Result<(), Error> {
        merge_all(&mut self.totals, &other.totals)?;
        self.precision_loss.merge(&other.precision_loss);
        Ok(())
    }

    /// Fails if the state cannot be added to the state of an evaluator with this configuration.
    pub(crate) fn check(&self, config: &Config, plan: &Plan) -> Result<(), Error> {
        let (ours, theirs) = (&config.settings, &self.settings);
        let mut settings = vec![
            ("task", ours.task.to_string(), theirs.task.to_string()),
            ("number of classes", ours.classes.to_string(), theirs.classes.to_string()),
            ("number of outputs", ours.outputs.to_string(), theirs.outputs.to_string()),
            ("class weights", weights(&config.class_weights), weights(&self.class_weights)),
            ("ignored label", label(config.ignore_index), label(self.ignore_index)),
            ("statistics", names(plan).join(", "), self.statistics.join(", ")),
        ];
        // Classes without names match any names.
        if let (Some(ours), Some(theirs)) = (&config.class_names, &self.class_names) {
            settings.push(("names of classes", ours.join(", "), theirs.join(", ")));
        }
        if let Some((what, ours, theirs)) =
            settings.into_iter().find(|(_, ours, theirs)| ours != theirs)
        {
            return Err(StateError::Mismatch { what, ours, theirs }.into());
        }
        let are_valid = |Family { statistics, totals, .. }: &Family| {
            self.totals[totals.clone()].iter().all(|totals| totals.is_valid_for(statistics))
        };
        let is_consistent =
            self.totals.len() == plan.number_of_totals() && plan.families.iter().all(are_valid);
        if is_consistent { Ok(()) } else { Err(Error::State(StateError::Inconsistent)) }
    }
}

fn weights(weights: &[(u32, f64)]) -> String {
    let weights: Vec<_> =
        weights.iter().map(|(class, weight)| format!("{class}={weight}")).collect();
    if weights.is_empty() { "all 1".to_owned() } else { weights.join(",") }
}

fn label(label: Option<i64>) -> String {
    label.map_or_else(|| "none".to_owned(), |label| label.to_string())
}

/// Names of the statistics that all views of a batch have, then of families of whole samples, then
/// of the statistics of binary problems.
fn names(plan: &Plan) -> Vec<String> {
    let views = plan.view_statistics.iter();
    let kinds = plan.families.iter().map(|family| family.kind);
    let wholes = kinds.filter(|kind| kind.is_of_whole_samples());
    let problems = plan.families.iter().filter(|family| !family.kind.is_view());
    let problems = problems.flat_map(|Family { kind, statistics, .. }| {
        statistics.iter().map(move |statistic| format!("{kind}:{statistic}"))
    });
    let names = views.map(ToString::to_string).chain(wholes.map(|kind| kind.to_string()));
    names.chain(problems).collect()
}
