//! Errors of the command, each with the sentence that the user reads.

use crate::words::{count, list, one_line, size};
use std::fmt;
use weighbridge::Task;
use weighbridge::error::{BuildError, Input, UpdateError};

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("cannot open {file}: {reason}")]
    Open { file: String, reason: String },

    #[error("{file} is a directory: name the files in it")]
    Directory { file: String },

    #[error(
        "{file} is a pipe or a device: only regular files can be read, because they are read twice"
    )]
    NotAFile { file: String },

    #[error("{file} has an unknown extension: expected {known}")]
    UnknownExtension { file: String, known: String },

    #[error("cannot read {file} as {format}: {reason}")]
    Unreadable { file: String, format: &'static str, reason: String },

    #[error(
        "{file} has no column {column:?} for the {input}{}: it has {}",
        nearest.as_ref().map(|name| format!(" (did you mean {name:?}?)")).unwrap_or_default(),
        columns(known)
    )]
    MissingColumn {
        file: String,
        column: String,
        input: Input,
        nearest: Option<String>,
        known: Vec<String>,
    },

    #[error("{file} has {count} columns named {column:?}, so the {input} is ambiguous")]
    AmbiguousColumn { file: String, column: String, input: Input, count: usize },

    #[error(
        "{file} has no column that starts with {prefix:?} for the {input}: it has {}",
        columns(known)
    )]
    UnmatchedPrefix { file: String, prefix: String, input: Input, known: Vec<String> },

    #[error("{file}: column {column:?} is listed twice for the {input}")]
    RepeatedColumn { file: String, column: String, input: Input },

    #[error(
        "{file}: {pattern:?} for the {input} also matches column {column:?}, which is the {other}: \
         list the columns of the {input} by name"
    )]
    SharedColumn { file: String, pattern: String, input: Input, column: String, other: Input },

    #[error(
        "{file}, column {column:?}: it contains rows of {width} numbers, so it must be the only \
         column of the {input}"
    )]
    RowsBesideColumns { file: String, column: String, input: Input, width: usize },

    #[error(
        "{file} and {first} have different columns for the {input}: {} in {file}, {} in {first}",
        list(ours),
        list(theirs)
    )]
    OtherColumns {
        file: String,
        first: String,
        input: Input,
        ours: Vec<String>,
        theirs: Vec<String>,
    },

    #[error(
        "{file} has {width} columns for the {input}, but the {task} task takes one: {}",
        match (task, input) {
            (Task::Aggregation, _) => "run it once for each column",
            (_, Input::Truth) => "labels 0 and 1",
            _ => "the score of label 1",
        }
    )]
    OneColumn { file: String, input: Input, width: usize, task: Task },

    #[error(
        "{file} has {} for the prediction and {truth} for the truth: the numbers must be equal",
        count(*prediction, "column")
    )]
    OutputsDiffer { file: String, prediction: usize, truth: usize },

    #[error(
        "{file}: column {:?} of the {} would be paired with {:?} of the {}, but their names differ: \
         list the columns of both by name, in the same order",
        columns[0], inputs[0], columns[1], inputs[1]
    )]
    Unpaired { file: String, inputs: [Input; 2], columns: [String; 2] },

    #[error(
        "{file} has {width} columns for the weight: give one weight per sample{}",
        if *outputs > 1 {
            format!(", or one for each of the {outputs} prediction columns")
        } else {
            String::new()
        }
    )]
    Weights { file: String, width: usize, outputs: usize },

    #[error(
        "{file} has {width} columns for the weight, but one of the metrics is computed from whole \
         samples: give one weight per sample, or choose other metrics with -m"
    )]
    WholeSamples { file: String, width: usize },

    #[error("{second}, but {first}: there must be one for each class")]
    ClassesDiffer { first: String, second: String },

    #[error("the name of class {class} in --class-names is empty")]
    EmptyName { class: u32 },

    #[error("--class-names contains {name:?} twice")]
    RepeatedName { name: String },

    #[error(
        "--class-names has {}, but the binary task needs two: of label 0 and of label 1",
        count(*names, "name")
    )]
    BinaryNames { names: usize },

    #[error("--threshold is {threshold} twice")]
    RepeatedThreshold { threshold: f64 },

    #[error(
        "--from-logits needs a prediction column for each class, but column {column:?} of {file} \
         contains classes"
    )]
    LogitsOfClasses { file: String, column: String },

    #[error(
        "{file}, column {column:?}: it contains lists of variable length, but every row of the \
         {input} must have the same length: write fixed-size lists (in PyArrow, \
         pa.list_(pa.float64(), K))"
    )]
    Lists { file: String, column: String, input: Input },

    #[error("{file}, column {column:?}: it contains {content}, but the {input} must be {expected}")]
    WrongType {
        file: String,
        column: String,
        input: Input,
        content: String,
        expected: &'static str,
    },

    #[error(
        "{file}: column {first:?} has {first_rows} rows, but column {second:?} has {second_rows}"
    )]
    UnequalLengths {
        file: String,
        first: String,
        first_rows: u64,
        second: String,
        second_rows: u64,
    },

    #[error("{place}: {fault} ({})", place.numbering())]
    Cell { place: Place, fault: CellFault },

    #[error("no samples: there are no rows in {files}")]
    NoSamples { files: String },

    #[error("all weights are zero in column {column:?} of {files}")]
    ZeroWeights { column: String, files: String },

    #[error("all weights are zero: --class-weight gives weight 0 to every class in {files}")]
    ZeroClassWeights { files: String },

    #[error(
        "no samples: --ignore-index leaves out every row of {files}, because column {column:?} is \
         always {label}"
    )]
    AllIgnored { files: String, column: String, label: String },

    #[error(
        "--ignore-index is {label:?}, which is neither a class nor a label in {files}: the classes \
         are {}",
        list(known)
    )]
    NothingIgnored { files: String, label: String, known: Vec<String> },

    #[error("--{option}: {text:?} is {}", not_a_class(known))]
    UnknownClass { option: &'static str, text: String, known: Vec<String> },

    #[error("--truth is not available in the {task} task: its values are given with --prediction")]
    NeedlessTruth { task: Task },

    #[cfg(feature = "plot")]
    #[error(
        "--plot is not available in the {task} task: there is no truth to compare predictions with"
    )]
    NothingToPlot { task: Task },

    #[error("--{option} is not available in the {task} task: it has no labels")]
    LabelsOnly { option: &'static str, task: Task },

    #[error("--{option} is only available in the binary and multilabel tasks")]
    BinaryOnly { option: &'static str },

    #[error("--{option} is only available in the multiclass task")]
    MulticlassOnly { option: &'static str },

    #[error(
        "the multiclass task needs --classes K, the number of classes, or --class-names, unless \
         there is a prediction column for each class or all labels are names"
    )]
    MissingClasses,

    #[error(
        "{file} has more than {max} different labels: if all of them are classes, list them with \
         --class-names"
    )]
    TooManyNames { file: String, max: usize },

    #[error(
        "the scores of {} need {}, but --score-memory is {}: raise it, set --fallback-bins, or \
         request bins from the start, as in -m roc_auc:bins=4096",
        count(*samples as usize, "sample"), size(*bytes), size(*limit)
    )]
    ScoreMemory { samples: u64, bytes: u64, limit: u64 },

    #[error("unknown metric {name:?}: `weighbridge metrics` lists all")]
    UnknownMetric { name: String },

    #[error("--fallback-bins is {bins}, but must be between 2 and {max}")]
    FallbackBins { bins: u32, max: u32 },

    #[error("{}", one_line(&.0.to_string()))]
    Library(weighbridge::Error),

    #[error("cannot read {file} as a state: {reason}")]
    NotAState { file: String, reason: String },

    #[error("{file}: {}", one_line(reason))]
    State { file: String, reason: String },

    #[error(
        "cannot merge {file} with {other}: different {what} ({theirs} in {file}, {ours} in {other}); \
         both need the same task, metrics and settings"
    )]
    StatesDiffer { file: String, other: String, what: &'static str, theirs: String, ours: String },

    #[error(
        "cannot report {metric} from {file}: it was accumulated for {}; run evaluate with -m {metric}",
        if known.is_empty() { "no metrics".to_owned() } else { known.join(", ") }
    )]
    NotInState { file: String, metric: String, known: Vec<String> },

    #[error("cannot write {file}: {reason}")]
    Unwritten { file: String, reason: String },

    #[error("cannot write to stdout: {reason}")]
    Output { reason: String },
}

/// Errors of the library, in terms of the options where the library speaks of its own functions.
impl From<weighbridge::Error> for Failure {
    fn from(error: weighbridge::Error) -> Self {
        use weighbridge::Error::{Build, Update};
        match error {
            Update(UpdateError::ScoreMemoryFull { samples, bytes, limit }) => {
                Self::ScoreMemory { samples, bytes, limit }
            }
            Build(BuildError::InvalidFallbackBins { bins, max, .. }) => {
                Self::FallbackBins { bins, max }
            }
            Build(BuildError::UnknownMetric { name, nearest: None }) => {
                Self::UnknownMetric { name }
            }
            error => Self::Library(error),
        }
    }
}

/// A cell of a file.
#[derive(Clone, Debug)]
pub struct Place {
    pub file: String,
    /// The column, or all columns of a one-hot row.
    pub columns: Vec<String>,
    /// The row of the file, from 1, not counting a header.
    pub row: u64,
    /// Whether the file has a header line.
    pub has_header: bool,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.columns.len() == 1 { "column" } else { "columns" };
        write!(f, "{}, {word} {}, row {}", self.file, list(&self.columns), self.row)
    }
}

impl Place {
    fn numbering(&self) -> &'static str {
        if self.has_header {
            "rows are numbered from 1, after the header"
        } else {
            "rows are numbered from 1"
        }
    }
}

/// Why a cell is refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CellFault {
    #[error("the {input} is missing")]
    Missing { input: Input },

    #[error("the {input} is {text:?}, which is not a number")]
    NotANumber { input: Input, text: String },

    #[error(
        "the {input} is {text:?}, which is not a number: if labels are names, list them with \
         --class-names"
    )]
    NotALabel { input: Input, text: String },

    #[error("the {input} is {text:?}, which is not one of the classes: {}", list(known))]
    UnknownClass { input: Input, text: String, known: Vec<String> },

    #[error("the truth is {text}: exactly one element of a one-hot row must be 1, all others 0")]
    InvalidOneHot { text: String },

    #[error("the {input} is {text}: it must be finite unless its row has weight 0")]
    NotFinite { input: Input, text: String },

    #[error(
        "the {input} is {text}: it does not fit a float: 32-bit floats end at 3.4e38, 64-bit floats at \
         1.8e308"
    )]
    TooLarge { input: Input, text: String },

    #[error("the weight is {text}: weights must be finite, not negative and below 2^64")]
    InvalidWeight { text: String },

    #[error(
        "the weight is {text}: in double precision, weights have all of their digits from 2.9e-42 \
         on, so multiply all weights by 2^{exponent}, which changes no ratio, or use --precision \
         single"
    )]
    WeightTooSmall { text: String, exponent: i32 },

    #[error(
        "the weight is {text}: multiplied by {class_weight}, the weight of class {class}, it must \
         be below 2^64"
    )]
    InvalidProduct { text: String, class: u32, class_weight: f64 },

    #[error("the {input} is {text}: it must be {}", weighbridge::error::expected_label(*classes))]
    InvalidLabel { input: Input, text: String, classes: u32 },
}

fn columns(names: &[String]) -> String {
    if names.is_empty() { "no columns".to_owned() } else { list(names) }
}

fn not_a_class(known: &[String]) -> String {
    match known {
        [] => "not a class: classes are 0, 1, ..., without names (see --class-names)".to_owned(),
        known => format!("not one of the classes: {}", list(known)),
    }
}
