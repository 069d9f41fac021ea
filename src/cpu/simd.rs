//! The widest available instruction set, chosen once at run time.
//!
//! The block code is written once, as plain loops. It is compiled here once per instruction set,
//! with everything it calls inlined, so that the compiler vectorises it for each.

use super::job::Job;
use super::problem_scores::Scorer;
use super::rows;
use super::samples::Samples;
use crate::batch::Chunk;
use crate::error::Error;
use crate::kernel::StandardFloats;
use crate::kernel::row::RowSummary;
use crate::kernel::row_needs::RowNeeds;
use crate::statistic::Totals;

/// An instruction set that this machine has.
///
/// A value of this type is proof that the machine has it: [`available`](Self::available) is the
/// only source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstructionSet(Isa);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Isa {
    Baseline,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl InstructionSet {
    /// The baseline of the architecture: SSE2 on x86-64, NEON on AArch64.
    pub const BASELINE: Self = Self(Isa::Baseline);

    /// The instruction sets that this machine has, the widest last.
    pub fn available() -> Vec<Self> {
        let mut sets = vec![Self::BASELINE];
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                sets.push(Self(Isa::Avx2));
            }
            if is_x86_feature_detected!("fma")
                && is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl")
            {
                sets.push(Self(Isa::Avx512));
            }
        }
        sets
    }

    /// The widest instruction set that this machine has.
    pub fn widest() -> Self {
        Self::available().last().copied().unwrap_or(Self::BASELINE)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self.0 {
            Isa::Baseline if cfg!(target_arch = "x86_64") => "SSE2",
            Isa::Baseline if cfg!(target_arch = "aarch64") => "NEON",
            Isa::Baseline => "baseline",
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => "AVX2",
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => "AVX-512",
        }
    }

    /// Reduces rows of scores.
    pub(super) fn reduce(self, row_needs: RowNeeds, chunk: &Chunk<'_>, rows: &mut [RowSummary]) {
        let _floats = StandardFloats::set();
        match self.0 {
            Isa::Baseline => rows::reduce_all(row_needs, chunk, rows),
            // SAFETY: `available` has found AVX2 and FMA on this machine.
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => unsafe { reduce_avx2(row_needs, chunk, rows) },
            // SAFETY: `available` has found these features on this machine.
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => unsafe { reduce_avx512(row_needs, chunk, rows) },
        }
    }

    /// Computes the scores of a class.
    pub(super) fn score(self, scorer: &Scorer<'_>, scores: &mut [u32]) {
        let _floats = StandardFloats::set();
        match self.0 {
            Isa::Baseline => scorer.score(scores),
            // SAFETY: `available` has found AVX2 and FMA on this machine.
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => unsafe { score_avx2(scorer, scores) },
            // SAFETY: `available` has found these features on this machine.
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => unsafe { score_avx512(scorer, scores) },
        }
    }

    /// Adds samples to totals.
    pub(super) fn accumulate<S: Samples>(
        self,
        job: Job<'_>,
        samples: &S,
        totals: &mut Totals,
    ) -> Result<(), Error> {
        let _floats = StandardFloats::set();
        match self.0 {
            Isa::Baseline => samples.add_to::<false>(job, totals),
            // SAFETY: `available` has found AVX2 and FMA on this machine.
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => unsafe { accumulate_avx2(job, samples, totals) },
            // SAFETY: `available` has found these features on this machine.
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => unsafe { accumulate_avx512(job, samples, totals) },
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn accumulate_avx2<S: Samples>(
    job: Job<'_>,
    samples: &S,
    totals: &mut Totals,
) -> Result<(), Error> {
    samples.add_to::<true>(job, totals)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,fma")]
fn accumulate_avx512<S: Samples>(
    job: Job<'_>,
    samples: &S,
    totals: &mut Totals,
) -> Result<(), Error> {
    samples.add_to::<true>(job, totals)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn reduce_avx2(row_needs: RowNeeds, chunk: &Chunk<'_>, rows: &mut [RowSummary]) {
    rows::reduce_all(row_needs, chunk, rows);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,fma")]
fn reduce_avx512(row_needs: RowNeeds, chunk: &Chunk<'_>, rows: &mut [RowSummary]) {
    rows::reduce_all(row_needs, chunk, rows);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn score_avx2(scorer: &Scorer<'_>, scores: &mut [u32]) {
    scorer.score(scores);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,fma")]
fn score_avx512(scorer: &Scorer<'_>, scores: &mut [u32]) {
    scorer.score(scores);
}
