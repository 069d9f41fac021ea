//! The engines of an evaluator, and the data that they have accumulated.

use super::score_memory::ScoreMemory;
use super::score_range::ScoreRange;
use crate::batch::{BatchScratch, ClassWeighting, NarrowedScores, Precision, PrecisionLoss};
use crate::cpu::InstructionSet;
use crate::error::Error;
use crate::gpu;
use crate::report::DeviceSummary;
use crate::state::State;
use crate::statistic::totals::merge_all;
use crate::statistic::{Plan, Totals};

/// The engines of an evaluator, and the data that they have accumulated.
#[derive(Debug)]
pub struct Engines {
    pub plan: Plan,
    pub class_weighting: ClassWeighting,
    pub instructions: InstructionSet,
    /// The GPU engine, if it does the work.
    pub gpu: Option<Box<gpu::Engine>>,
    /// What restricts the adapters, if `auto` found none that it uses.
    pub restriction: Option<String>,
    /// Whether the CPU engine runs beside the GPU engine.
    pub checked: bool,
    /// The CPU engine's totals of the samples that the GPU engine has, for comparison.
    pub cpu_shadow: Vec<Totals>,
    /// The totals that the CPU engine has accumulated alone, and merged states.
    pub host_totals: Vec<Totals>,
    pub precision: Precision,
    pub precision_loss: PrecisionLoss,
    pub score_memory: ScoreMemory,
    /// The range of scores that are read as logits.
    pub logit_range: Option<ScoreRange>,
    /// The scores that were narrowed to single precision, if metrics order them.
    pub narrowed_scores: Option<NarrowedScores>,
    /// Whether bins replace the scores when the memory for them is full.
    pub has_fallback_bins: bool,
    pub scratch: BatchScratch,
}

impl Engines {
    /// Adds the data of a state that fits the plan.
    pub fn merge(&mut self, state: &State) -> Result<(), Error> {
        // Scores that the other evaluator dropped need no memory, and ours are then dropped too.
        if !state.totals.iter().any(Totals::has_dropped_scores) {
            self.make_room(state.samples(), state.has_double_scores())?;
        }
        merge_all(&mut self.host_totals, &state.totals)?;
        self.score_memory.count(state.samples(), state.has_double_scores());
        self.precision_loss.merge(&state.precision_loss);
        self.skip_narrowed_scores(state.samples());
        Ok(())
    }

    /// Removes all data.
    pub fn reset(&mut self) -> Result<(), Error> {
        if let Some(gpu) = &mut self.gpu {
            gpu.reset()?;
        }
        self.host_totals = self.plan.empty_totals();
        self.cpu_shadow = if self.gpu.is_some() { self.host_totals.clone() } else { Vec::new() };
        self.precision_loss = PrecisionLoss::default();
        self.score_memory = self.score_memory.empty();
        self.logit_range = self.logit_range.map(|_| ScoreRange::default());
        self.narrowed_scores = self.narrowed_scores.as_ref().map(NarrowedScores::empty);
        Ok(())
    }

    /// Whether there is room for the scores of `samples` more samples, in single or `double`
    /// precision. Fails if there is none, unless fallback bins are configured.
    pub fn has_room(&self, samples: u64, double: bool) -> Result<bool, Error> {
        match self.score_memory.check(samples, double) {
            Err(_) if self.has_fallback_bins => Ok(false),
            result => result.map(|()| true),
        }
    }

    /// Makes sure that there is room: drops all scores if there are fallback bins.
    pub fn make_room(&mut self, samples: u64, double: bool) -> Result<(), Error> {
        if !self.has_room(samples, double)? {
            self.drop_scores();
        }
        Ok(())
    }

    /// Drops all scores, including later ones until a reset.
    pub fn drop_scores(&mut self) {
        self.host_totals.iter_mut().chain(&mut self.cpu_shadow).for_each(Totals::drop_scores);
        if let Some(gpu) = &mut self.gpu {
            gpu.drop_scores();
        }
        self.narrowed_scores.iter_mut().for_each(NarrowedScores::close);
    }

    /// Says that the scores of `samples` samples are added that are not compared with those that
    /// were narrowed.
    pub fn skip_narrowed_scores(&mut self, samples: u64) {
        if samples > 0 {
            self.narrowed_scores.iter_mut().for_each(NarrowedScores::skip);
        }
    }

    /// Sorts stored scores before they are shared with a snapshot, which would otherwise sort a
    /// copy.
    pub fn sort_scores(&mut self) {
        self.host_totals.iter_mut().chain(&mut self.cpu_shadow).for_each(Totals::sort_scores);
    }

    /// The device that does the work.
    pub fn device(&self) -> DeviceSummary {
        let (set, threads) = (self.instructions.name(), rayon::current_num_threads());
        let cpu = format!("CPU ({set}, {threads} threads)");
        let (engine, name) = match &self.gpu {
            Some(gpu) if self.checked => ("gpu", format!("{} and {cpu}", gpu.adapter_name())),
            Some(gpu) => ("gpu", gpu.adapter_name().to_owned()),
            None => ("cpu", cpu),
        };
        DeviceSummary { engine, name, checked: self.checked, note: self.restriction.clone() }
    }
}
