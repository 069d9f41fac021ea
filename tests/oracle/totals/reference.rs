//! The reference: one sample at a time, following the numeric contract as simply as possible. It
//! shares no arithmetic with the engine: values are computed in `f64` and rounded to `f32` after
//! each operation (twice 24 bits and two fit an `f64`, so that is one rounding), limits are
//! compared as numbers and not as exponent fields, and sums are big integers.

use num_bigint::BigInt;
use num_traits::Zero;
use weighbridge::ExactSum;
use weighbridge::internals::exact::UNIT_EXPONENT;
use weighbridge::internals::kernel::row;
use weighbridge::internals::kernel::row::RowSummary;
use weighbridge::statistic::{
    Accumulator, Binning, CalibrationBin, Cells, Confusion, Constant, Extremes, Factor, Faults,
    Key, Moment, Sides, Statistic, StoredSample, Task, Total, Totals, ValueFn, ValueSpec, Weights,
};

/// A constant of the row library.
pub fn of_rows(name: &str) -> u32 {
    let found = row::CONSTANTS.iter().find(|(constant, _)| *constant == name);
    found.expect("a constant").1
}

/// One sample as the user provides it.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    pub prediction: f32,
    /// A number in the regression task, a class in the others.
    pub truth: f32,
    /// The label (in the multiclass task also the prediction) is not a class.
    pub bad_label: bool,
    pub weight: f32,
    /// The summary of the score row, if the prediction is the class of its largest score.
    pub row: Option<RowSummary>,
}

/// A per-sample value, or why it is invalid.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Outcome {
    Number(f32),
    /// Not zero, but counts as zero.
    Underflow,
    Overflow,
    Outside,
}
use Outcome::{Number, Outside, Overflow, Underflow};

fn two_to(exponent: i32) -> f64 {
    2_f64.powi(exponent)
}

/// A result, rounded once; below 2^-125 it counts as zero.
fn rounded(exact: f64) -> Outcome {
    let number = exact as f32;
    let magnitude = f64::from(number).abs();
    if magnitude == f64::INFINITY {
        Overflow
    } else if exact != 0.0 && magnitude < two_to(-125) {
        Underflow
    } else {
        Number(number)
    }
}

impl Outcome {
    fn then(self, next: impl Fn(f64) -> Self) -> Self {
        if let Number(number) = self { next(number.into()) } else { self }
    }

    /// A square, rounded once; the square of a number below 2^-62 counts as zero.
    fn squared(self) -> Self {
        self.then(|x| if x != 0.0 && x.abs() < two_to(-62) { Underflow } else { rounded(x * x) })
    }
}

/// The value of a sample whose inputs are finite and flushed.
fn outcome(value: ValueSpec, prediction: f64, truth: f64) -> Outcome {
    let delta = f64::from(value.parameter.single);
    let difference = rounded(prediction - truth);
    let margin = if truth == 1.0 { 1.0 - prediction } else { 1.0 + prediction };
    let margin = rounded(margin.max(0.0));
    match value.function {
        ValueFn::Error => difference,
        ValueFn::AbsoluteError => difference.then(|d| rounded(d.abs())),
        ValueFn::SquaredError => difference.squared(),
        ValueFn::Huber => difference.then(|d| {
            if d.abs() <= delta {
                difference.squared().then(|squared| rounded(0.5 * squared))
            } else {
                rounded(d.abs() - delta / 2.0).then(|excess| rounded(delta * excess))
            }
        }),
        ValueFn::Identity => rounded(prediction),
        ValueFn::AbsoluteTruth => rounded(truth.abs()),
        ValueFn::Hinge => margin,
        ValueFn::SquaredHinge => margin.squared(),
        ValueFn::Brier if (0.0..=1.0).contains(&prediction) => difference.squared(),
        ValueFn::Probability if (0.0..=1.0).contains(&prediction) => rounded(prediction),
        ValueFn::Brier | ValueFn::Probability => Outside,
        // Functions with many roundings are used as they are; their accuracy is tested against
        // their formulas.
        function => {
            let [p, t] = [prediction, truth].map(|number| (number as f32).to_bits());
            let bits = function.at(p, t, value.parameter.bits());
            kind_of(bits.expect("a value of samples"))
        }
    }
}

/// Decodes the bits of a value.
fn kind_of(bits: u32) -> Outcome {
    match f32::from_bits(bits) {
        number if number.is_nan() => Outside,
        number if number.is_infinite() => Overflow,
        // A value that underflowed is encoded as a subnormal number.
        number if number != 0.0 && f64::from(number.abs()) < two_to(-125) => Underflow,
        number => Number(number),
    }
}

/// The value of a sample, or of its row if it is a row value.
fn outcome_of(value: ValueSpec, sample: &Sample, prediction: f32, truth: f32) -> Outcome {
    match sample.row {
        Some(row) if value.function.row_needs(Constant::ZERO).rows => {
            let bits = value.function.of_row(&row, value.parameter.bits());
            kind_of(bits.expect("a value of rows"))
        }
        _ => outcome(value, prediction.into(), truth.into()),
    }
}

/// The product of a moment's factors, if each of them is zero or from 2^-51 to 2^64.
fn product(moment: Moment, prediction: f32, truth: f32) -> Result<[f32; 2], Outcome> {
    let factors = moment.factors().map(|factor| match factor {
        Factor::One => 1.0,
        Factor::Prediction => prediction,
        Factor::Truth => truth,
    });
    let magnitudes = factors.map(|factor| f64::from(factor).abs());
    if magnitudes.iter().any(|&x| x >= two_to(64)) {
        Err(Overflow)
    } else if magnitudes.iter().any(|&x| x != 0.0 && x < two_to(-51)) {
        Err(Underflow)
    } else {
        Ok(factors)
    }
}

/// The exact product of numbers as an integer of units.
fn units(factors: &[f32]) -> BigInt {
    let (mut mantissa, mut exponent) = (1_i128, -UNIT_EXPONENT);
    for &factor in factors {
        let (fraction, power) = libm::frexpf(factor);
        mantissa *= (f64::from(fraction) * two_to(24)) as i128;
        exponent += power - 24;
    }
    let rest = if exponent < 0 { mantissa % (1 << -exponent) } else { 0 };
    assert_eq!(rest, 0, "{factors:?} is not a multiple of the unit");
    if exponent < 0 { (mantissa >> -exponent).into() } else { BigInt::from(mantissa) << exponent }
}

/// The sum that holds an integer of units.
fn exact_sum(integer: &BigInt) -> ExactSum {
    let sign = if *integer < BigInt::zero() { "-" } else { "" };
    let literal = format!("{sign}0x{:x}p{UNIT_EXPONENT}", integer.magnitude());
    serde_json::from_value(literal.into()).expect("a literal makes a sum")
}

fn exact_pair(pair: &Sides<BigInt>) -> Sides<ExactSum> {
    Sides { unweighted: exact_sum(&pair.unweighted), weighted: exact_sum(&pair.weighted) }
}

/// Subnormals and −0 as 0.
fn flushed(number: f32) -> f32 {
    if number.is_subnormal() || number == 0.0 { 0.0 } else { number }
}

impl Sample {
    /// The sample of a row of scores; without a prediction if not all of them are finite.
    pub fn of_row(row: RowSummary, weight: f32) -> Self {
        let finite = row.flags & of_rows("ROW_NONFINITE") == 0;
        Self {
            prediction: if finite { row.arg_max as f32 } else { f32::NAN },
            truth: row.truth as f32,
            bad_label: row.truth == of_rows("NO_CLASS"),
            weight,
            row: Some(row),
        }
    }

    fn has_valid_weight(&self) -> bool {
        self.weight >= 0.0 && f64::from(self.weight) < two_to(64)
    }

    fn weighs(&self) -> bool {
        self.has_valid_weight() && self.weight > 0.0
    }
}

/// The totals of `samples`.
pub fn totals(task: Task, statistics: &[Statistic], samples: &[Sample]) -> Totals {
    let good: Vec<_> = samples.iter().copied().filter(|sample| !sample.bad_label).collect();
    Totals {
        weights: weights(samples),
        statistics: statistics.iter().map(|&statistic| total(task, statistic, &good)).collect(),
    }
}

fn weights(samples: &[Sample]) -> Weights {
    let mut weights = Weights { samples: samples.len() as u64, ..Weights::default() };
    let (mut sum, mut square_sum) = (BigInt::zero(), BigInt::zero());
    for sample in samples {
        weights.zero_weight += u64::from(sample.weight == 0.0);
        weights.invalid_weight += u64::from(!sample.has_valid_weight());
        if sample.bad_label {
            weights.invalid_label.count(sample.weighs());
        } else if sample.weighs() {
            sum += units(&[sample.weight]);
            square_sum += units(&[sample.weight, sample.weight]);
        }
    }
    Weights { sum: exact_sum(&sum), square_sum: exact_sum(&square_sum), ..weights }
}

/// The bin of a score, in `f64`: the number of bins that begin at or below it, of the bins of equal
/// width and of the bins with an equal number per power of two.
pub fn bin(binning: Binning, score: f32) -> usize {
    let Binning { of_logits, even, side } = binning;
    let (score, even, side) = (f64::from(score), f64::from(even), f64::from(side));
    let [low, high] = if of_logits { [-32.0, 32.0] } else { [0.0, 1.0] };
    // f32 rounds the scaled score, and for logits also the shifted one before that.
    let inside = score.clamp(low, high);
    let moved = f64::from((inside - low) as f32);
    let evenly = f64::from((moved * even / (high - low)) as f32).floor().min(even - 1.0);
    if side == 0.0 {
        return evenly as usize;
    }
    let (is_upper, distance, min_exponent) = match of_logits {
        true => (score >= 0.0, score.abs(), -24),
        false => (inside >= 0.5, inside.min(1.0 - inside), -33),
    };
    // The number of powers of two above the smallest, and the fraction of the next one, in units of
    // 2^-11.
    let distance = distance.clamp(2_f64.powi(min_exponent), 2_f64.powi(min_exponent + 32));
    let power = distance.log2().floor().min(f64::from(min_exponent + 31));
    let part = (2048.0 * (distance / power.exp2() - 1.0)).floor().min(2047.0);
    let part = (((power - f64::from(min_exponent)) * 2048.0 + part) * side / 65536.0).floor();
    let by_distance = match (of_logits, is_upper) {
        (false, true) => 2.0 * side - 1.0 - part,
        (false, false) => part,
        (true, true) => side + part,
        (true, false) => side - 1.0 - part,
    };
    (evenly + by_distance) as usize
}

/// The cells that a sample of these classes belongs to.
fn cells_of(statistic: Statistic, score: f32, truth: usize) -> Vec<usize> {
    let prediction = score as usize;
    match statistic {
        Statistic::Histogram { binning } => vec![2 * bin(binning, score) + truth],
        Statistic::Margins { classes } => {
            let classes = classes as usize;
            let hit = (prediction == truth).then_some(truth);
            hit.into_iter().chain([classes + truth, 2 * classes + prediction]).collect()
        }
        Statistic::Matrix { classes } => vec![truth * classes as usize + prediction],
        _ => vec![],
    }
}

/// One bin of a calibration.
#[derive(Default)]
struct Bin {
    counts: [u64; 2],
    weights: [BigInt; 2],
    probability: Sides<BigInt>,
}

impl Bin {
    fn exact(&self) -> CalibrationBin {
        CalibrationBin {
            counts: self.counts,
            weights: self.weights.each_ref().map(exact_sum),
            probability: exact_pair(&self.probability),
        }
    }
}

fn total(task: Task, statistic: Statistic, samples: &[Sample]) -> Total {
    let mut faults = Faults::default();
    let mut sum = Sides::<BigInt>::default();
    let mut maximum = Sides::<f32>::default();
    let mut extremes = Extremes::default();
    let mut counts = [0; 4];
    let mut cells = [const { BigInt::ZERO }; 4];
    let mut table = vec![(0, BigInt::zero()); statistic.cells()];
    let mut bins = Vec::<Bin>::new();
    let mut stored = Vec::new();
    if let Statistic::Calibration { bins: number, .. } = statistic {
        bins.resize_with(number as usize, Bin::default);
    }
    let (reads_prediction, reads_truth) = match statistic {
        // Samples with invalid labels were removed: only a score can be invalid.
        Statistic::Confusion { .. } => (true, false),
        _ => {
            let labels = task.has_labels();
            (statistic.reads().prediction(), statistic.reads().truth() && !labels)
        }
    };
    for sample in samples {
        let weighs = sample.weighs();
        let looked_at = |reads, number| if reads { number } else { 0.0_f32 };
        let inputs =
            [looked_at(reads_prediction, sample.prediction), looked_at(reads_truth, sample.truth)];
        if inputs.iter().any(|input| !input.is_finite()) {
            faults.nonfinite.count(weighs);
            continue;
        }
        let (prediction, truth) = (flushed(sample.prediction), flushed(sample.truth));
        let result = match statistic {
            Statistic::Sum(value)
            | Statistic::Maximum(value)
            | Statistic::Extremes(value)
            | Statistic::Calibration { probability: value, .. } => {
                // The probability of the label or of the other label; other truths are not labels.
                let of_label =
                    |label: f32| if truth == label { prediction } else { 1.0 - prediction };
                let of_label = match value.function {
                    ValueFn::LogLoss => of_label(1.0),
                    ValueFn::LogLossOfOtherLabel => of_label(0.0),
                    _ => f32::INFINITY,
                };
                let inside = (0.0..=1.0).contains(&prediction);
                let clips = inside && of_label < value.parameter.single;
                let sums = !matches!(statistic, Statistic::Calibration { .. });
                let flags = sample.row.map_or(0, |row| row.flags);
                let of_row = value.function == ValueFn::CrossEntropyOfProbabilities
                    && flags & of_rows("ROW_OUTSIDE") == 0;
                let clips = match sample.row {
                    Some(row) => of_row && f32::from_bits(row.truth_score) < value.parameter.single,
                    None => clips,
                };
                faults.clipped += u64::from(sums && clips);
                match outcome_of(value, sample, prediction, truth) {
                    Number(number) => Ok([number, 1.0]),
                    other => Err(other),
                }
            }
            Statistic::Moment(moment) => product(moment, prediction, truth),
            Statistic::Confusion { .. }
            | Statistic::Histogram { .. }
            | Statistic::Scores
            | Statistic::Margins { .. }
            | Statistic::Matrix { .. } => Ok([prediction, 1.0]),
        };
        let flags = sample.row.map_or(0, |row| row.flags);
        let subnormal = inputs.iter().any(|x| x.is_subnormal())
            || reads_prediction && flags & of_rows("ROW_SUBNORMAL") != 0;
        match result {
            Err(Overflow) => faults.overflow.count(weighs),
            Err(Outside) => faults.outside.count(weighs),
            Err(_) => faults.underflow += 1,
            Ok(_) => faults.underflow += u64::from(subnormal),
        }
        let of_probabilities =
            statistic.value().is_some_and(|value| value.function.is_of_probabilities());
        if !matches!(result, Err(Overflow | Outside)) && of_probabilities {
            faults.unnormalized += u64::from(flags & of_rows("ROW_UNNORMALIZED") != 0);
        }
        // A score that counts as zero still belongs to a bin and may be the minimum.
        let result = match (statistic, result) {
            (Statistic::Calibration { .. } | Statistic::Extremes(_), Err(Underflow)) => {
                Ok([0.0, 1.0])
            }
            (_, result) => result,
        };
        let Ok([x, y]) = result else { continue };
        match statistic {
            Statistic::Sum(_) | Statistic::Moment(_) => {
                sum.unweighted += units(&[x, y]);
                if weighs {
                    sum.weighted += units(&[x, y, sample.weight]);
                }
            }
            Statistic::Maximum(_) => {
                maximum.unweighted = maximum.unweighted.max(x);
                maximum.weighted = maximum.weighted.max(if weighs { x } else { 0.0 });
            }
            Statistic::Extremes(_) => {
                let largest = Key::new(flushed(x).into());
                let least = largest.reversed();
                let Extremes { largest: most, smallest: fewest } = &mut extremes;
                most.unweighted = most.unweighted.max(largest);
                fewest.unweighted = fewest.unweighted.max(least);
                if weighs {
                    most.weighted = most.weighted.max(largest);
                    fewest.weighted = fewest.weighted.max(least);
                }
            }
            Statistic::Scores => {
                let weight = if weighs { sample.weight } else { 0.0 };
                stored.push(StoredSample::new(x.to_bits(), truth == 1.0, weight.to_bits()));
            }
            Statistic::Histogram { .. } | Statistic::Margins { .. } | Statistic::Matrix { .. } => {
                for cell in cells_of(statistic, prediction, truth as usize) {
                    table[cell].0 += 1;
                    if weighs {
                        table[cell].1 += units(&[sample.weight]);
                    }
                }
            }
            Statistic::Calibration { bins: number, .. } => {
                // The last bin that begins at x or below.
                let begins = |&index: &u32| index as f32 / number as f32 <= x;
                let index = (1..number).take_while(begins).count();
                let bin = &mut bins[index];
                let positive = if sample.row.is_some() { prediction } else { 1.0 };
                let label = usize::from(truth == positive);
                bin.counts[label] += 1;
                bin.probability.unweighted += units(&[x]);
                if weighs {
                    bin.weights[label] += units(&[sample.weight]);
                    bin.probability.weighted += units(&[x, sample.weight]);
                }
            }
            Statistic::Confusion { threshold, probabilities } => {
                // Such a sample is also counted in its cell.
                if probabilities && !(0.0..=1.0).contains(&prediction) {
                    faults.outside.count(weighs);
                }
                let positive = prediction > flushed(threshold.single);
                let cell = 2 * usize::from(truth == 1.0) + usize::from(positive);
                counts[cell] += 1;
                if weighs {
                    cells[cell] += units(&[sample.weight]);
                }
            }
        }
    }
    let content = match statistic {
        Statistic::Sum(_) | Statistic::Moment(_) => Accumulator::Sum(exact_pair(&sum)),
        Statistic::Maximum(_) => Accumulator::Maximum(Sides {
            unweighted: Key::of_magnitude(maximum.unweighted.into()),
            weighted: Key::of_magnitude(maximum.weighted.into()),
        }),
        Statistic::Extremes(_) => Accumulator::Extremes(extremes),
        Statistic::Histogram { .. } | Statistic::Margins { .. } | Statistic::Matrix { .. } => {
            Accumulator::Cells(Cells {
                counts: table.iter().map(|(count, _)| *count).collect(),
                weights: table.iter().map(|(_, weight)| exact_sum(weight)).collect(),
            })
        }
        Statistic::Scores => {
            stored.sort();
            Accumulator::Scores(stored.into_iter().collect())
        }
        Statistic::Calibration { .. } => {
            Accumulator::Calibration(bins.iter().map(Bin::exact).collect())
        }
        Statistic::Confusion { .. } => Accumulator::Confusion(Confusion {
            counts,
            weights: cells.map(|cell| exact_sum(&cell)),
        }),
    };
    Total { faults, content }
}
