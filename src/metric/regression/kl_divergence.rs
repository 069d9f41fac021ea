//! The mean Kullback-Leibler divergence of predicted distributions from the true ones, where the
//! outputs of a sample are the probabilities of a distribution.
//!
//! ```text
//! kl_divergence = Σ w Σ_k t_k ln(t_k / max(p_k, eps)) / Σ w
//! ```
//!
//! In nats; an output whose truth is 0 adds nothing. A prediction below `eps` where the truth is
//! not 0 counts as `eps`, and the report says in how many samples one did; all divergences of an
//! evaluator have the same `eps`. Rows are not normalised; the report says how many do not sum to
//! 1, by more than 2^-11. Each divergence is a float whose error is at most 4 ulp of Σ (t ln(t/p) −
//! t + p) + |Σ (t − p)|, so that nearly equal distributions lose no digits; the mean is rounded
//! once. It is a value of a sample as a whole, so there is one weight for each sample, none for its
//! outputs.
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite inputs, predictions or truths outside [0, 1].
//!
//! # Source
//!
//! Keras's `KLDivergence`, whose `eps` is 1e-7 for truths too; TorchMetrics's `KLDivergence`, which
//! takes the truth first, and normalises rows. `eps` here is that of `log_loss`.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator =
//!     Evaluator::builder(Task::Regression).outputs(2).metric("kl_divergence").build()?;
//! let (prediction, truth) = ([0.5_f32, 0.5, 0.25, 0.75], [1.0_f32, 0.0, 0.25, 0.75]);
//! evaluator.update(&Batch::new(&prediction, &truth).weights(&[1.0_f32, 3.0]))?;
//! let report = evaluator.result()?;
//! let ln2 = 2_f64.ln();
//! assert!((report.unweighted("kl_divergence")? - ln2 / 2.0).abs() < 1e-7);
//! assert!((report.weighted("kl_divergence")? - ln2 / 4.0).abs() < 1e-7);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::metric::classification::log_loss::{EPS, min_probability};
use crate::metric::{Arguments, Better, MetricDef, MetricFamily, UndeclaredParameter};
use crate::statistic::{Statistic, Task, ValueFn, ValueSpec};

fn sum(arguments: &Arguments) -> Result<Statistic, UndeclaredParameter> {
    let parameter = min_probability(arguments)?;
    Ok(Statistic::Sum(ValueSpec { function: ValueFn::Divergence, parameter }))
}

/// The metric of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[MetricDef {
    name: "kl_divergence",
    summary: "the mean Kullback-Leibler divergence of predicted from true distributions",
    formula: "Σw Σ_k t_k ln(t_k / p_k) / Σw",
    tasks: &[Task::Regression],
    family: MetricFamily::Vector,
    parameters: &[&EPS],
    statistics: |arguments| Ok(vec![sum(arguments)?]),
    finish: |arguments, view| Ok(view.mean(sum(arguments)?)?.into()),
    better: Better::Lower,
    range: [0.0, f64::INFINITY],
    ..MetricDef::BASE
}];
