//! Totals, compared between engines.

use crate::error::{DeviceError, Error};
use crate::statistic::{Statistic, Totals};

/// Fails if totals differ, naming the first statistic that does.
pub(super) fn compare(
    statistics: &[Statistic],
    cpu: &Totals,
    gpu: &Totals,
    adapter: &str,
) -> Result<(), Error> {
    let disagreement = |statistic: String, cpu: String, gpu: String| {
        Error::Device(DeviceError::EnginesDisagree {
            adapter: adapter.to_owned(),
            statistic,
            difference: format!("CPU {cpu}, device {gpu}"),
        })
    };
    let (weights, gpu_weights) = (&cpu.weights, &gpu.weights);
    if weights != gpu_weights {
        let (cpu, gpu) = (format!("{weights:?}"), format!("{gpu_weights:?}"));
        return Err(disagreement("weights".to_owned(), cpu, gpu));
    }
    let totals = cpu.statistics.iter().zip(&gpu.statistics);
    for (statistic, (cpu, gpu)) in statistics.iter().zip(totals) {
        if cpu != gpu {
            let (cpu, gpu) = (format!("{cpu:?}"), format!("{gpu:?}"));
            return Err(disagreement(statistic.to_string(), cpu, gpu));
        }
    }
    Ok(())
}
