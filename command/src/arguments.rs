//! The command line: subcommands, options and their help.

use crate::input;
use crate::terminal;
use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::process::ExitCode;
use weighbridge::{Device, Precision, Task};

const EXAMPLES: &str = "\
Examples:
  weighbridge evaluate predictions.csv --task regression --prediction yhat --truth y --weight w
  weighbridge evaluate part-*.parquet --task binary --prediction score --truth label \\
      -m accuracy -m fbeta_score:beta=2 --threshold 0.3 --format json
  weighbridge merge monday.state tuesday.state
  weighbridge metrics --task binary

Exit codes: 0 success, 2 bad usage or bad data (with one sentence on stderr).";

const EVALUATE: &str = "\
Several files are one data set. Files are read as a stream, so memory does not grow with them,
except for the scores that exact curves need.

The aggregation task has no truth: --prediction is a column of values, such as losses computed
elsewhere. Sums are exact.

Numbers of 64 bits, 32-bit integers and numbers in text are computed in double precision, by the
CPU engine; 32-bit floats in single precision, on the device. --precision single narrows all
numbers to 32-bit floats; a warning says if distinct scores became ties.

To pass several columns, repeat the option (--prediction z0 --prediction z1), list them (z0,z1) or
give a prefix (z*, in numeric order if numbers follow the prefix, else in file order). In .npz,
.parquet and Arrow IPC files, one column can contain them all: a two-dimensional array, or lists
of a fixed size. Columns matched by prefix are paired by the part of the name after it (p_a with
t_a), or else by position.

In the binary and multiclass tasks, labels can be class names, taken from --class-names or from
the prediction columns (with or without their common prefix). Any other label is read as a class
number, unless the names themselves look like numbers or booleans. If the classes of the
multiclass task are not specified and all labels are text, the classes are the distinct labels in
alphabetical order.

A METRIC is name[:key=value]..., such as huber_loss:delta=20; `weighbridge metrics` lists them
all. Without -m, the standard metrics of the task are reported.

A row with weight 0 is ignored in weighted values, and a row whose truth is the label of
--ignore-index in all values, even if the row contains invalid numbers. Anywhere else, an empty
cell, NaN, infinity or an invalid label is refused, with file, column and row.

Examples:
  weighbridge evaluate predictions.csv --task regression --prediction yhat --truth y --weight w
  weighbridge evaluate scores.npz --task binary --prediction logit --truth label --from-logits
  weighbridge evaluate flowers.csv --task multiclass --prediction 'p_*' --truth species \\
      -m f1_score:average=none -m confusion_matrix
  weighbridge evaluate losses.csv --task aggregation --prediction loss --weight w";

const MERGE: &str = "\
A state contains exact sums and counts. States can be merged in any order, and the result is
identical to evaluating all the data at once. -m may request any metric that can be computed from
what the states contain.

Examples:
  weighbridge evaluate monday.csv --task binary --prediction p --truth t --state-out monday.state
  weighbridge evaluate tuesday.csv --task binary --prediction p --truth t --state-out tuesday.state
  weighbridge merge monday.state tuesday.state -m accuracy -m f1_score";

/// Exact evaluation metrics of predictions in files, unweighted and weighted side by side
#[derive(Debug, Parser)]
#[command(name = "weighbridge", bin_name = "weighbridge", version)]
#[command(after_help = EXAMPLES, max_term_width = 100, arg_required_else_help = true)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Compute metrics of the predictions in files
    Evaluate(Box<Evaluate>),
    /// Merge states written by `evaluate --state-out` and report their metrics
    Merge(Merge),
    /// List all metrics with their formulas and parameters
    Metrics {
        /// List only the metrics of this task
        #[arg(long, value_parser = task_parser())]
        task: Option<Task>,
    },
    /// List the available devices and the one that `--device auto` selects
    Devices,
}

/// The notes below the options of `evaluate`, with the list of file formats.
fn evaluate_help() -> String {
    format!("The file format is chosen by extension:\n{}\n{EVALUATE}", input::formats_help())
}

#[derive(Args, Debug)]
#[command(after_help = evaluate_help())]
pub struct Evaluate {
    /// Data files, read as one data set
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// Kind of prediction: numbers (regression), scores of label 1 (binary), one of several classes
    /// (multiclass), several labels (multilabel), or values without a truth (aggregation)
    #[arg(long, value_parser = task_parser())]
    pub task: Task,

    /// Prediction column, or a column of scores for each class; in the aggregation task, the column
    /// of values
    #[arg(long, value_name = "COLUMN", required = true)]
    pub prediction: Vec<String>,

    /// Truth column: numbers, labels 0 and 1 (or false and true), or classes; or one-hot columns,
    /// one for each class; not used in the aggregation task
    #[arg(long, value_name = "COLUMN", required_if_eq_any = tasks_with_truth())]
    pub truth: Vec<String>,

    /// Column of sample weights, or a weight column for each of several outputs or labels; without
    /// it, every sample has weight 1
    #[arg(long, value_name = "COLUMN")]
    pub weight: Vec<String>,

    /// Metric to report; can be repeated
    #[arg(short, long = "metric", value_name = "METRIC")]
    pub metrics: Vec<String>,

    /// Number of classes of the multiclass task, if there is no column for each: classes are 0, 1,
    /// ..., K - 1
    #[arg(long, value_name = "K", value_parser = whole_number)]
    pub classes: Option<u32>,

    /// Class names, in order; in the binary task, the second name is label 1
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    pub class_names: Vec<String>,

    /// Predictions are logits, not probabilities
    #[arg(long)]
    pub from_logits: bool,

    /// Probability above which a binary prediction is positive (default 0.5, and scores must be
    /// probabilities); if repeated, metrics computed from counts are reported at each threshold
    #[arg(long = "threshold", value_name = "X", allow_negative_numbers = true, value_parser = number)]
    pub thresholds: Vec<f64>,

    /// Class weights, such as 0=1,1=5 or cat=5 (default 1): the weight of a row is multiplied by
    /// the weight of its true class
    #[arg(
        long = "class-weight",
        value_name = "L=W,...",
        value_delimiter = ',',
        value_parser = class_weight
    )]
    pub class_weights: Vec<(String, f64)>,

    /// Leave out rows whose truth is this label, a number or a name; it need not be a class
    #[arg(long, value_name = "L", allow_negative_numbers = true)]
    pub ignore_index: Option<String>,

    /// Memory for the scores of exact curves, such as 512MiB or 4GiB: 8 bytes for each row and
    /// label (or class, or ordered pair of classes), 16 in double precision
    #[arg(long, value_name = "SIZE", default_value = "2GiB", value_parser = bytes)]
    pub score_memory: u64,

    /// Continue with this number of bins when the score memory is full: roc_auc, gini and
    /// average_precision then have certified intervals, and other curve metrics are approximations
    #[arg(long, value_name = "BINS", value_parser = whole_number)]
    pub fallback_bins: Option<u32>,

    /// Precision: double computes in 64-bit floats, single narrows to 32-bit floats, and auto is
    /// double if columns of numbers have 64 bits, or are text
    #[arg(long, default_value = "auto", value_parser = precision_parser())]
    pub precision: Precision,

    /// Device to run on in single precision: auto, cpu, gpu, or part of an adapter's name
    #[arg(long, default_value = "auto", value_parser = NonEmptyStringValueParser::new())]
    device: String,

    /// Run on both CPU and GPU, and fail if their states differ in any bit
    #[arg(long)]
    pub checked: bool,

    /// Saved state to resume from; can be repeated
    #[arg(long, value_name = "STATE")]
    pub state_in: Vec<PathBuf>,

    /// File to save the state to: JSON if the name ends in .json, else CBOR
    #[arg(long, value_name = "STATE")]
    pub state_out: Option<PathBuf>,

    /// Format of the report
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,

    /// Directory to write plots to, created if it does not exist: curves, reliability diagram,
    /// confusion matrix or residuals, depending on the task
    #[cfg(feature = "plot")]
    #[arg(long, value_name = "DIR", conflicts_with = "state_in")]
    pub plot: Option<PathBuf>,

    /// Format of the plots
    #[cfg(feature = "plot")]
    #[arg(
        long,
        value_name = "FORMAT",
        value_enum,
        default_value_t = PlotFormat::Svg,
        requires = "plot"
    )]
    pub plot_format: PlotFormat,
}

#[derive(Args, Debug)]
#[command(after_help = MERGE)]
pub struct Merge {
    /// State files of the same task, metrics and settings
    #[arg(required = true, value_name = "STATE")]
    pub files: Vec<PathBuf>,

    /// Metric to report instead of the metrics of the states; can be repeated
    #[arg(short, long = "metric", value_name = "METRIC")]
    pub metrics: Vec<String>,

    /// File to save the merged state to: JSON if the name ends in .json, else CBOR
    #[arg(long, value_name = "STATE")]
    pub state_out: Option<PathBuf>,

    /// Format of the report
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

/// The values of `--task` that require `--truth`.
fn tasks_with_truth() -> impl Iterator<Item = (&'static str, &'static str)> {
    let tasks = Task::ALL.iter().filter(|task| task.has_truth());
    tasks.map(|task| ("task", task.name()))
}

/// Parses the name of a task; the help lists all names.
fn task_parser() -> impl TypedValueParser<Value = Task> {
    PossibleValuesParser::new(Task::ALL.iter().map(|task| task.name()))
        .try_map(|name| name.parse::<Task>())
}

/// Parses the name of a precision; the help lists all names.
fn precision_parser() -> impl TypedValueParser<Value = Precision> {
    PossibleValuesParser::new(Precision::ALL.map(Precision::name))
        .try_map(|name| name.parse::<Precision>())
}

/// Parses a number of bytes, with an optional unit.
fn bytes(text: &str) -> Result<u64, &'static str> {
    let units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("B", 0), ("", 0)];
    let with = |(unit, shift): (&str, u32)| Some((text.strip_suffix(unit)?.trim_end(), shift));
    let (number, shift) = units.into_iter().find_map(with).unwrap_or((text, 0));
    let bytes = number.parse::<u64>().ok().and_then(|number| number.checked_mul(1 << shift));
    bytes.ok_or("size must be a whole number, optionally followed by KiB, MiB or GiB")
}

fn whole_number(text: &str) -> Result<u32, &'static str> {
    text.parse().map_err(|_| "expected a whole number below 2^32")
}

fn number(text: &str) -> Result<f64, &'static str> {
    text.parse().map_err(|_| "expected a number, such as 0.3")
}

/// Parses `L=W`.
fn class_weight(text: &str) -> Result<(String, f64), &'static str> {
    let (class, weight) = text.rsplit_once('=').unwrap_or_default();
    match weight.parse() {
        Ok(weight) if !class.trim().is_empty() => Ok((class.trim().to_owned(), weight)),
        _ => Err("expected a class and its weight, such as 1=5"),
    }
}

impl Evaluate {
    /// The selected device.
    pub fn device(&self) -> Device {
        let Ok(device) = self.device.parse();
        device
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Table,
    Json,
    Markdown,
}

#[cfg(feature = "plot")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PlotFormat {
    Svg,
    Png,
}

/// Starts of paragraphs in clap's errors that are not part of the sentence.
const ASIDES: [&str; 3] = ["Usage:", "For more", "tip: to pass"];

/// Prints clap's output: help in full, an error as one sentence.
pub fn explain(error: &clap::Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            return terminal::print(&error.render().to_string());
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            return terminal::fail("no command given (see weighbridge --help)");
        }
        _ => {}
    }
    let text = error.render().to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let paragraphs = text
        .split("\n\n")
        .map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|paragraph| !paragraph.is_empty())
        .filter(|paragraph| !ASIDES.iter().any(|aside| paragraph.starts_with(aside)));
    terminal::fail(&format!("{} (see --help)", paragraphs.collect::<Vec<_>>().join("; ")))
}
