//! What makes the command give up, each with the sentence that says so.

use std::fmt;
use weighbridge::Task;
use weighbridge::error::Input;

/// Columns listed in a message.
const LISTED_COLUMNS: usize = 12;

/// Classes without names.
const NAMELESS: &str =
    "0, 1, ..., and have names only where --class-names or columns of scores give them";

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("cannot open {file}: {reason}")]
    Open { file: String, reason: String },

    #[error("{file} is a directory: name the files in it")]
    Directory { file: String },

    #[error("{file} is a pipe or a device: only files can be read, since they are read twice")]
    NoFile { file: String },

    #[error("cannot tell what kind of file {file} is: its name must end in {known}")]
    UnknownExtension { file: String, known: String },

    #[error("cannot read {file} as {format}: {reason}")]
    Unreadable { file: String, format: &'static str, reason: String },

    #[error(
        "{file} has no column {column:?} for the {input}{}: it has {}",
        nearest.as_ref().map(|name| format!(" (did you mean {name:?}?)")).unwrap_or_default(),
        listed(known)
    )]
    MissingColumn {
        file: String,
        column: String,
        input: Input,
        nearest: Option<String>,
        known: Vec<String>,
    },

    #[error("{file} has {count} columns {column:?}: the {input} could be any of them")]
    AmbiguousColumn { file: String, column: String, input: Input, count: usize },

    #[error(
        "{file} has no column that begins with {prefix:?} for the {input}: it has {}",
        listed(known)
    )]
    NothingBegins { file: String, prefix: String, input: Input, known: Vec<String> },

    #[error("{file}: column {column:?} stands twice among the columns of the {input}")]
    RepeatedColumn { file: String, column: String, input: Input },

    #[error(
        "{file}: {asked:?} for the {input} takes in column {column:?}, which is the {other}: name the \
         columns of the {input} one by one"
    )]
    SharedColumn { file: String, asked: String, input: Input, column: String, other: Input },

    #[error(
        "{file}, column {column:?}: it holds rows of {width} numbers, so it must be the only column \
         of the {input}"
    )]
    RowsBesideColumns { file: String, column: String, input: Input, width: usize },

    #[error(
        "{file} and {first} differ in the columns of the {input}: {} there, {} here",
        listed(theirs),
        listed(ours)
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
        if task.has_truth() { "the score of label 1 beside labels 0 and 1" } else { "run it for each" }
    )]
    OneColumn { file: String, input: Input, width: usize, task: Task },

    #[error(
        "{file} has {prediction} columns for the prediction and {truth} for the truth: there must be \
         as many of both"
    )]
    OutputsDiffer { file: String, prediction: usize, truth: usize },

    #[error(
        "{file}: column {:?} of the {} would be paired with {:?} of the {}, though their names differ: \
         name the columns of both one by one, in the same order",
        columns[0], inputs[0], columns[1], inputs[1]
    )]
    Unpaired { file: String, inputs: [Input; 2], columns: [String; 2] },

    #[error(
        "{file} has {width} columns for the weight: there must be one weight per sample{}",
        if *outputs > 1 {
            format!(", or one for each of its {outputs} columns of predictions")
        } else {
            String::new()
        }
    )]
    Weights { file: String, width: usize, outputs: usize },

    #[error(
        "{file} has {width} columns for the weight, but one of the metrics takes a sample as a whole: \
         give one weight per sample, or other metrics with -m"
    )]
    WholeSamples { file: String, width: usize },

    #[error("{second}, but {first}: there must be one for each class")]
    ClassesDiffer { first: String, second: String },

    #[error("--class-names gives class {class} no name: each class needs one, between commas")]
    EmptyName { class: u32 },

    #[error("--class-names gives {name:?} twice")]
    RepeatedName { name: String },

    #[error("--class-names gives {count} names: labels 0 and 1 of the binary task need two")]
    BinaryNames { count: usize },

    #[error(
        "--from-logits needs a column of predictions for each class: column {column:?} of {file} \
         holds classes"
    )]
    NoLogits { file: String, column: String },

    #[error(
        "{file}, column {column:?}: it holds lists of any length, but the {input} must have as many \
         numbers in each row: write lists of a fixed size, in PyArrow of type pa.list_(pa.float64(), K)"
    )]
    Lists { file: String, column: String, input: Input },

    #[error("{file}, column {column:?}: it holds {held}, but the {input} must be {expected}")]
    WrongType { file: String, column: String, input: Input, held: String, expected: &'static str },

    #[error(
        "{file}: column {first:?} has {first_rows} rows and column {second:?} has {second_rows}: \
         they must have the same"
    )]
    UnequalLengths {
        file: String,
        first: String,
        first_rows: u64,
        second: String,
        second_rows: u64,
    },

    #[error("{place}: {fault} ({})", place.counting())]
    Cell { place: Place, fault: CellFault },

    #[error("no samples: there is no row in {files}")]
    NoSamples { files: String },

    #[error(
        "all weights are zero as 32-bit floats: column {column:?} of {files} leaves nothing to weigh"
    )]
    ZeroWeights { column: String, files: String },

    #[error("all weights are zero: --class-weight leaves nothing to weigh in {files}")]
    ZeroClassWeights { files: String },

    #[error(
        "no samples: in all rows of {files} column {column:?} is {label}, which --ignore-index leaves \
         out"
    )]
    AllIgnored { files: String, column: String, label: String },

    #[error(
        "--ignore-index names {label:?}, which is no class, nor a truth in {files}: classes are {}",
        listed(known)
    )]
    NothingIgnored { files: String, label: String, known: Vec<String> },

    #[error(
        "--{option} names {text:?}, which is no class: classes are {}",
        if known.is_empty() { NAMELESS.to_owned() } else { listed(known) }
    )]
    OptionOfNoClass { option: &'static str, text: String, known: Vec<String> },

    #[error("--truth means nothing in the {task} task: it has values alone, those of --prediction")]
    NeedlessTruth { task: Task },

    #[cfg(feature = "plot")]
    #[error(
        "--plot means nothing in the {task} task: there is no truth to draw predictions against"
    )]
    NothingToPlot { task: Task },

    #[error("--{option} means nothing in the {task} task: it has no labels")]
    LabelsOnly { option: &'static str, task: Task },

    #[error("--{option} belongs to the binary and multilabel tasks")]
    BinaryOnly { option: &'static str },

    #[error("--{option} belongs to the multiclass task")]
    MulticlassOnly { option: &'static str },

    #[error(
        "the multiclass task needs --classes K, the number of classes, or --class-names, unless \
         predictions are a column of scores per class or all labels are names"
    )]
    MissingClasses,

    #[error(
        "labels in {file} are of more than {most} names: if all are classes, give them with \
         --class-names"
    )]
    TooManyNames { file: String, most: usize },

    #[error("{}", one_line(&.0.to_string()))]
    MathModule(#[from] weighbridge::Error),

    #[error("cannot read {file} as a state: {reason}")]
    NoState { file: String, reason: String },

    #[error("{file}: {}", one_line(reason))]
    State { file: String, reason: String },

    #[error(
        "{file} does not hold what {metric} is made of, but that of {}",
        if known.is_empty() { "no metric".to_owned() } else { known.join(", ") }
    )]
    NotInState { file: String, metric: String, known: Vec<String> },

    #[error("cannot write {file}: {reason}")]
    Unwritten { file: String, reason: String },

    #[error("cannot write to stdout: {reason}")]
    Output { reason: String },
}

/// A cell of a file.
#[derive(Clone, Debug)]
pub struct Place {
    pub file: String,
    /// The column, or all those of a row.
    pub columns: Vec<String>,
    /// The row of the file, from 1; a header is no row.
    pub row: u64,
    /// Whether the file has a header line.
    pub has_header: bool,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.columns.len() == 1 { "column" } else { "columns" };
        write!(f, "{}, {word} {}, row {}", self.file, listed(&self.columns), self.row)
    }
}

impl Place {
    fn counting(&self) -> &'static str {
        if self.has_header { "rows count from 1, after the header" } else { "rows count from 1" }
    }
}

/// Why a cell cannot be.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CellFault {
    #[error("the {input} is missing")]
    ReportError { input: Input },

    #[error("the {input} is {text:?}, which is no number")]
    NotANumber { input: Input, text: String },

    #[error(
        "the {input} is {text:?}, which is no number: if labels are names, give them with \
         --class-names"
    )]
    NotALabel { input: Input, text: String },

    #[error("the {input} is {text:?}, which is no class: classes are {}", listed(known))]
    UnknownClass { input: Input, text: String, known: Vec<String> },

    #[error("the truth is {text}: one of a row must be 1 and all others 0")]
    InvalidOneHot { text: String },

    #[error("the {input} is {text}: it must be finite unless its row has weight 0")]
    NotFinite { input: Input, text: String },

    #[error("the {input} is {text}: it does not fit a 32-bit float (at most 3.4e38)")]
    TooLarge { input: Input, text: String },

    #[error("the weight is {text}: weights must be finite, not negative and below 2^64")]
    InvalidWeight { text: String },

    #[error(
        "the weight is {text}: times {class_weight}, the weight of class {class}, it must be below 2^64"
    )]
    InvalidProduct { text: String, class: u32, class_weight: f64 },

    #[error("the {input} is {text}: labels must be {}", weighbridge::error::classes_from_zero(*classes))]
    InvalidLabel { input: Input, text: String, classes: u32 },
}

fn listed(names: &[String]) -> String {
    let mut text = names.iter().take(LISTED_COLUMNS).map(|name| format!("{name:?}"));
    let listed = text.by_ref().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(LISTED_COLUMNS) {
        _ if names.is_empty() => "no columns".to_owned(),
        0 => listed,
        more => format!("{listed} and {more} more"),
    }
}

/// Text of others as part of a sentence.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text of others, cut if it is very long, and then with a sign that it was.
pub fn shortened(text: &str, most_characters: usize) -> String {
    match text.char_indices().nth(most_characters) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
