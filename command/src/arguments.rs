//! What can be said on the command line.

use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::process::ExitCode;
use weighbridge::{Device, Task};

const EXAMPLES: &str = "\
Examples:
  weighbridge evaluate predictions.csv --task regression --prediction yhat --truth y --weight w
  weighbridge evaluate part-*.parquet --task binary --prediction score --truth label \\
      -m accuracy -m fbeta_score:beta=2 --threshold 0.3 --format json
  weighbridge merge monday.state tuesday.state
  weighbridge metrics --task binary

Exit code 0; 2 for wrong usage or faulty data, with one sentence on stderr.";

const EVALUATE: &str = "\
FILE is read by its extension, in batches, so that memory does not grow with it, but for the scores
behind exact curves:
  .csv                   a header line, then one row per sample
  .parquet               Parquet
  .arrow .ipc .feather   Arrow IPC, file or stream
  .npy                   an array of one dimension (column 0) or two (columns 0, 1, ...)
  .npz                   arrays of equal length; their names are the columns
Several files are one data set.

The aggregation task has no truth: --prediction is a column of values, such as losses computed
elsewhere. Each is rounded to a 32-bit float, by at most a 16-millionth of it; sums are exact.

Several columns are given one by one (--prediction z0 --prediction z1), as a list (z0,z1), or by how
they begin (z*, in the order of their numbers or else of the file). In .npz, .parquet and Arrow IPC
one column can hold them all: an array of two dimensions, or lists of a fixed size. Columns found
by how they begin are paired by the rests of their names, p_a with t_a, or else by their order.

Labels of the binary and multiclass task can be names: those of --class-names or, without it, of the
columns of predictions, with or without what they all begin with. A label that is no name is the
number of a class, unless names are numbers or truth values themselves. Where nothing else tells the
classes of the multiclass task, and all labels are names, they are its classes, sorted as text.

A METRIC is name[:key=value]..., e.g. huber_loss:delta=20; `weighbridge metrics` lists them all.
Without -m, the standard set of the task is reported.

A row of weight 0 takes no part in weighted values, and a row whose truth is the label of
--ignore-index in none, whatever numbers they hold. Anywhere else an empty cell, NaN, infinity or a
label that is no class is refused, by file, column and row.

Examples:
  weighbridge evaluate predictions.csv --task regression --prediction yhat --truth y --weight w
  weighbridge evaluate scores.npz --task binary --prediction logit --truth label --from-logits
  weighbridge evaluate flowers.csv --task multiclass --prediction 'p_*' --truth species \\
      -m f1_score:average=none -m confusion_matrix
  weighbridge evaluate losses.csv --task aggregation --prediction loss --weight w";

const MERGE: &str = "\
A state holds exact sums and counts: those of parts, put together in any order, are those of the
whole, to the last bit. Metrics that are made of what the states hold can be asked for later.

Examples:
  weighbridge evaluate monday.csv --task binary --prediction p --truth t --state-out monday.state
  weighbridge evaluate tuesday.csv --task binary --prediction p --truth t --state-out tuesday.state
  weighbridge merge monday.state tuesday.state -m accuracy -m f1_score";

/// Exact model metrics, unweighted and weighted side by side.
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLES, max_term_width = 100, arg_required_else_help = true)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Measure the predictions in files against the truth in them
    Evaluate(Box<Evaluate>),
    /// Put states of `evaluate --state-out` together and report their metrics
    Merge(Merge),
    /// List every metric: name, parameters, formula
    Metrics {
        /// Only those of this task
        #[arg(long, value_parser = task_parser())]
        task: Option<Task>,
    },
    /// List what can do the work, and what `--device auto` picks
    Devices,
}

#[derive(Args, Debug)]
#[command(after_help = EVALUATE)]
pub struct Evaluate {
    /// Data files, together one data set
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// What is predicted: a number, the probability of one of two classes, a class, or several
    /// labels; or aggregation: values computed elsewhere, without a truth
    #[arg(long, value_parser = task_parser())]
    pub task: Task,

    /// Column of the predictions, or a column of scores for each class; in the aggregation task,
    /// column of the values
    #[arg(long, value_name = "COLUMN", required = true)]
    pub prediction: Vec<String>,

    /// Column of the truths: numbers, labels 0 and 1 (or false and true), or classes; or one-hot, a
    /// column for each class; in the aggregation task there are none
    #[arg(long, value_name = "COLUMN", required_if_eq_any = tasks_with_truth())]
    pub truth: Vec<String>,

    /// Column of the sample weights, or a column for each of several outputs or labels; without it
    /// every sample weighs 1
    #[arg(long, value_name = "COLUMN")]
    pub weight: Vec<String>,

    /// A metric to report; can be repeated
    #[arg(short, long = "metric", value_name = "METRIC")]
    pub metrics: Vec<String>,

    /// Number of classes of the multiclass task, if it has no column for each: classes are 0, 1, ...
    #[arg(long, value_name = "K")]
    pub classes: Option<u32>,

    /// Names of the classes, in order; of two labels, the second is 1
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    pub class_names: Vec<String>,

    /// Predictions are logits, not probabilities
    #[arg(long)]
    pub from_logits: bool,

    /// Probability above which a binary prediction is positive [default: 0.5]; with several, every
    /// metric over counts is reported at each of them
    #[arg(long = "threshold", value_name = "X", allow_negative_numbers = true)]
    pub thresholds: Vec<f64>,

    /// Weights of classes, such as 0=1,1=5 or cat=5: they multiply the weights of the rows whose truth
    /// is the class; classes that are not named weigh 1
    #[arg(
        long = "class-weight",
        value_name = "L=W,...",
        value_delimiter = ',',
        value_parser = class_weight
    )]
    pub class_weights: Vec<(String, f64)>,

    /// Leave out rows whose truth is this label, a number or a name, whether it is a class or not
    #[arg(long, value_name = "L", allow_negative_numbers = true)]
    pub ignore_index: Option<String>,

    /// Memory that the scores behind exact curves may take, 8 bytes for each row, and
    /// label or class or ordered pair of classes, such as 512MiB or 4GiB
    #[arg(long, value_name = "SIZE", default_value = "2GiB", value_parser = bytes)]
    pub score_memory: u64,

    /// When that memory ends, go on with scores counted in so many bins: values are then within
    /// certified intervals instead of exact
    #[arg(long, value_name = "BINS")]
    pub fallback_bins: Option<u32>,

    /// What does the work: auto, cpu, gpu, or part of an adapter's name
    #[arg(long, default_value = "auto", value_parser = NonEmptyStringValueParser::new())]
    device: String,

    /// Run both engines and compare their states bit for bit
    #[arg(long)]
    pub checked: bool,

    /// A state to go on from: of other files, another process or another day; can be repeated
    #[arg(long, value_name = "STATE")]
    pub state_in: Vec<PathBuf>,

    /// Where to write the state: JSON if the name ends in .json, else CBOR
    #[arg(long, value_name = "STATE")]
    pub state_out: Option<PathBuf>,

    /// Form of the report
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,

    /// Directory for pictures of the files, made if it is not there: curves, reliability, confusion
    /// matrix or residuals, as the task has them
    #[cfg(feature = "plot")]
    #[arg(long, value_name = "DIR", conflicts_with = "state_in")]
    pub plot: Option<PathBuf>,

    /// Form of the pictures
    #[cfg(feature = "plot")]
    #[arg(long, value_enum, default_value_t = PlotFormat::Svg, requires = "plot")]
    pub plot_format: PlotFormat,
}

#[derive(Args, Debug)]
#[command(after_help = MERGE)]
pub struct Merge {
    /// States of the same task, metrics and settings
    #[arg(required = true, value_name = "STATE")]
    pub files: Vec<PathBuf>,

    /// A metric to report instead of those that were asked for; can be repeated
    #[arg(short, long = "metric", value_name = "METRIC")]
    pub metrics: Vec<String>,

    /// Where to write the state of all: JSON if the name ends in .json, else CBOR
    #[arg(long, value_name = "STATE")]
    pub state_out: Option<PathBuf>,

    /// Form of the report
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

/// The tasks that have a truth, each as the value of `--task`.
fn tasks_with_truth() -> impl Iterator<Item = (&'static str, &'static str)> {
    let tasks = Task::ALL.iter().filter(|task| task.has_truth());
    tasks.map(|task| ("task", task.name()))
}

/// Reads the name of a task, and lists all names in the help.
fn task_parser() -> impl TypedValueParser<Value = Task> {
    PossibleValuesParser::new(Task::ALL.iter().map(|task| task.name()))
        .try_map(|name| name.parse::<Task>())
}

/// Reads a number of bytes, with a unit or without.
fn bytes(text: &str) -> Result<u64, &'static str> {
    let units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("B", 0), ("", 0)];
    let with = |(unit, shift): (&str, u32)| Some((text.strip_suffix(unit)?.trim_end(), shift));
    let (number, shift) = units.into_iter().find_map(with).unwrap_or((text, 0));
    let bytes = number.parse::<u64>().ok().and_then(|number| number.checked_mul(1 << shift));
    bytes.ok_or("a size must be a whole number, with KiB, MiB or GiB behind it or not")
}

/// Reads `L=W`.
fn class_weight(text: &str) -> Result<(String, f64), &'static str> {
    let (class, weight) = text.rsplit_once('=').unwrap_or_default();
    match weight.parse() {
        Ok(weight) if !class.trim().is_empty() => Ok((class.trim().to_owned(), weight)),
        _ => Err("it must be a class and its weight, such as 1=5"),
    }
}

impl Evaluate {
    /// What is to do the work.
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

/// How paragraphs of clap's errors begin that are no part of the sentence.
const ASIDES: [&str; 3] = ["Usage:", "For more", "tip: to pass"];

/// Prints what clap has to say: help in full, an error as one sentence.
pub fn explain(error: &clap::Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            return crate::print(&error.render().to_string());
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            return crate::fail("no command is given: see weighbridge --help");
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
    crate::fail(&format!("{} (see --help)", paragraphs.collect::<Vec<_>>().join("; ")))
}
