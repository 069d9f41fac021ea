//! Weighted evaluation metrics for machine learning: exact, and the same bits on every GPU and CPU.
//!
//! An [`Evaluator`] compares predictions with truths, with sample weights. Every metric has two
//! values, unweighted and weighted, from one pass over the data. Totals are exact integers, so the
//! result does not depend on the device, the size of batches, or the order of samples.
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let metrics = ["accuracy", "f1_score", "roc_auc"];
//! let mut evaluator = Evaluator::builder(Task::Binary).metrics(metrics).build()?;
//! let (scores, labels) = ([0.9_f32, 0.2, 0.6, 0.4], [1_u8, 0, 0, 1]);
//! evaluator.update(&Batch::new(&scores, &labels).weights(&[1.0_f32, 1.0, 0.5, 2.0]))?;
//!
//! let report = evaluator.result()?;
//! assert_eq!(report.unweighted("accuracy")?, 0.5);
//! assert_eq!(report.weighted("accuracy")?, 2.0 / 4.5);
//! println!("{report}");
//! # Ok(())
//! # }
//! ```
//!
//! # Overview
//!
//! * [`Batch`]: prediction, truth, weight and mask of some samples, in slices or in GPU buffers
//!   (`BufferColumn`). [`AsBatch`]: items of streams and iterators of batches.
//! * [`Evaluator`] and [`EvaluatorBuilder`]: metrics over one [`Task`], with `update`, `result`,
//!   `reset` and `merge`. [`Device`] selects where the work is done.
//! * [`Report`]: the values, with the number of samples and the effective sample size; prints as a
//!   table, JSON or Markdown. A value may be [`Undefined`], for a stated reason.
//! * [`State`]: the accumulated totals, as plain data to serialise, compare and merge.
//!   [`Snapshot`]: a state or result of one moment, read later.
//! * [`Window`]: values of the last updates together with those of all updates. [`MultiOutput`]:
//!   the outputs of a model with the weighted sum of their losses.
//! * [`metric`]: every metric, with its formula, parameters and source. [`statistic`]: the totals
//!   from which metrics are computed. [`kernel`]: arithmetic with the same bits on every device,
//!   for a [custom value](statistic::CustomValue).
//! * [`ExactSum`]: an exact sum of floating-point numbers, useful on its own.
//! * [`Error`]: the reason why input is invalid or a device failed.
//!
//! The repository has a guide, a list of metrics, and a table of their names in scikit-learn, Keras
//! and TorchMetrics, in its folder `docs`.
//!
//! # Features
//!
//! * `gpu` (default): the GPU engine, on wgpu, which is re-exported as `weighbridge::wgpu`. Without
//!   it the CPU engine does all work.

pub mod batch;
mod cpu;
mod device;
#[cfg(doctest)]
mod docs;
pub mod error;
mod evaluator;
pub mod exact;
#[cfg(feature = "gpu")]
pub mod gpu;
#[cfg(not(feature = "gpu"))]
#[path = "gpu/disabled.rs"]
mod gpu;
#[doc(hidden)]
pub mod internals;
pub mod kernel;
pub mod metric;
pub mod multi_output;
pub mod report;
mod state;
pub mod statistic;
mod task;
mod window;

#[doc(inline)]
pub use crate::batch::{AsBatch, Batch, Column, Precision};
#[cfg(feature = "gpu")]
#[doc(inline)]
pub use crate::batch::{BufferColumn, Dtype};
pub use crate::cpu::InstructionSet;
pub use crate::device::Device;
#[doc(inline)]
pub use crate::error::{Error, Undefined};
pub use crate::evaluator::{Evaluator, EvaluatorBuilder, Snapshot};
#[doc(inline)]
pub use crate::exact::ExactSum;
#[doc(inline)]
pub use crate::multi_output::MultiOutput;
#[doc(inline)]
pub use crate::report::Report;
pub use crate::state::State;
pub use crate::task::Task;
pub use crate::window::Window;

#[cfg(feature = "gpu")]
pub use wgpu;
