//! Compares values in double precision with their formulas in big floats: each is within 4 ulp.

use crate::common::random::Random;
use crate::totals::of_rows;
use dashu_float::FBig;
use dashu_float::round::mode::HalfEven;
use rayon::prelude::*;
use weighbridge::internals::kernel::row_f64::{RowSummaryF64, of_scores, of_soft, of_vectors};
use weighbridge::internals::kernel::{RowNeeds, ScoreKind};
use weighbridge::statistic::{Constant, ValueFn};

type Big = FBig<HalfEven, 2>;

/// Bits of the big floats. Formulas lose at most 2 · 200 of them to cancellation.
const PRECISION: usize = 640;

/// The largest error of a value, in ulp of the exact value.
const BOUND: f64 = 4.0;

/// Values from 2^-270 to 2^384 are added to sums.
const RANGE: std::ops::Range<f64> = 1e-81..3.9e115;

fn big(x: f64) -> Big {
    Big::try_from(x).expect("a finite number").with_precision(PRECISION).value()
}

fn one() -> Big {
    big(1.0)
}

/// The error of a value in ulp of the exact one; none if that is out of range.
fn error(value: f64, exact: &Big) -> Option<f64> {
    let rounded = exact.to_f64().value();
    if rounded == 0.0 {
        return Some(if value == 0.0 { 0.0 } else { f64::INFINITY });
    }
    if !RANGE.contains(&rounded.abs()) {
        return None;
    }
    let ulp = f64::from_bits(rounded.abs().to_bits() & !((1 << 52) - 1)) * f64::EPSILON;
    if !value.is_finite() {
        return Some(f64::INFINITY);
    }
    Some(((big(value) - exact) / big(ulp)).to_f64().value().abs())
}

fn log_uniform(random: &mut Random, low: i32, high: i32) -> f64 {
    let mantissa = 1.0 + (random.bits() >> 12) as f64 * 2_f64.powi(-52);
    mantissa * 2_f64.powi(low + random.below((high - low) as usize) as i32)
}

fn square(x: Big) -> Big {
    &x * &x
}

/// e^x − 1 − x and similar differences keep enough digits of `PRECISION`.
fn exact_of_sample(function: ValueFn, p: f64, t: f64, parameter: f64) -> Big {
    let (bp, bt, d) = (big(p), big(t), big(p) - big(t));
    let absolute = |x: Big| if x < big(0.0) { -x } else { x };
    let softplus =
        |x: f64| if x < -40.0 { big(x).exp().ln_1p() } else { (big(x).exp() + one()).ln() };
    let sigmoid = |x: f64| one() / (one() + big(-x).exp());
    match function {
        ValueFn::Error => d,
        ValueFn::AbsoluteError => absolute(d),
        ValueFn::SquaredError => square(d),
        ValueFn::Huber => {
            let (d, delta) = (absolute(d), big(parameter));
            if d <= delta { square(d) / big(2.0) } else { &delta * (d - &delta / big(2.0)) }
        }
        ValueFn::AbsoluteTruth => absolute(bt),
        ValueFn::Identity | ValueFn::Probability => bp,
        ValueFn::PercentageError => absolute(d) / absolute(bt),
        ValueFn::SymmetricPercentageError => big(2.0) * absolute(d) / (absolute(bp) + absolute(bt)),
        ValueFn::SquaredLogError => square((one() + bp).ln() - (one() + bt).ln()),
        ValueFn::LogCosh => ((d.exp() + (-&d).exp()) / big(2.0)).ln(),
        ValueFn::PoissonDeviance if t == 0.0 => big(2.0) * bp,
        ValueFn::PoissonDeviance => big(2.0) * (&bt * (&bt / &bp).ln() - &bt + &bp),
        ValueFn::GammaDeviance => big(2.0) * ((&bp / &bt).ln() + &bt / &bp - one()),
        ValueFn::TweedieDeviance => {
            let power = big(parameter);
            let (a, c) = (one() - &power, big(2.0) - &power);
            let raised = |x: &Big, y: &Big| (x.ln() * y).exp();
            let first = if t > 0.0 { raised(&bt, &c) / (&a * &c) } else { big(0.0) };
            big(2.0) * (first - &bt * raised(&bp, &a) / &a + raised(&bp, &c) / &c)
        }
        ValueFn::Hinge | ValueFn::SquaredHinge => {
            let margin = one() + if t == 1.0 { -bp } else { bp };
            let margin = if margin < big(0.0) { big(0.0) } else { margin };
            if function == ValueFn::Hinge { margin } else { square(margin) }
        }
        ValueFn::Brier => square(d),
        ValueFn::Logistic => sigmoid(p),
        ValueFn::LogitBrier => square(sigmoid(if t == 1.0 { -p } else { p })),
        ValueFn::LogLoss | ValueFn::LogLossOfOtherLabel => {
            let label = if function == ValueFn::LogLoss { t } else { 1.0 - t };
            let likelihood = if label == 1.0 { bp.clone() } else { one() - &bp };
            match big(parameter) {
                eps if likelihood < eps => -eps.ln(),
                _ if label == 1.0 => -bp.ln(),
                _ => -(-bp).ln_1p(),
            }
        }
        ValueFn::LogitLoss => softplus(if t == 1.0 { -p } else { p }),
        ValueFn::LogitLossOfOtherLabel => softplus(if t == 1.0 { p } else { -p }),
        ValueFn::Correct => big(if p == t { 1.0 } else { 0.0 }),
        _ => unreachable!("{} is not a value of samples", function.name()),
    }
}

/// A prediction, a truth and a parameter in the domain of a value.
fn sample(function: ValueFn, random: &mut Random) -> (f64, f64, f64) {
    let label = random.below(2) as f64;
    let sign = |random: &mut Random, x: f64| if random.below(2) == 0 { -x } else { x };
    let probability = |random: &mut Random| match random.below(6) {
        0 => log_uniform(random, -60, -1),
        1 => 1.0 - log_uniform(random, -53, -1),
        2 => [0.0, 1.0, 0.5, 1e-300][random.below(4)],
        _ => (random.bits() >> 11) as f64 * 2_f64.powi(-53),
    };
    let logit = |random: &mut Random| {
        let size = [log_uniform(random, -60, 10), log_uniform(random, -3, 6)][random.below(2)];
        sign(random, size.min(700.0))
    };
    match function {
        ValueFn::Brier | ValueFn::Probability => return (probability(random), label, 0.0),
        ValueFn::LogLoss | ValueFn::LogLossOfOtherLabel => {
            return (probability(random), label, [f64::EPSILON, 1e-30, 0.1][random.below(3)]);
        }
        ValueFn::Logistic
        | ValueFn::LogitBrier
        | ValueFn::LogitLoss
        | ValueFn::LogitLossOfOtherLabel
        | ValueFn::Hinge
        | ValueFn::SquaredHinge => return (logit(random), label, 0.0),
        ValueFn::Correct => return (random.below(3) as f64, random.below(3) as f64, 0.0),
        _ => {}
    }
    let span = [12, 126, 190][random.below(3)];
    let t = log_uniform(random, -span, span);
    let p = match random.below(4) {
        0 => log_uniform(random, -span, span),
        1 => {
            let distance = log_uniform(random, -52, -1);
            t * (1.0 + sign(random, distance))
        }
        2 => t * log_uniform(random, -4, 4),
        _ => t.next_up(),
    };
    let signed = matches!(
        function,
        ValueFn::Error
            | ValueFn::AbsoluteError
            | ValueFn::SquaredError
            | ValueFn::Huber
            | ValueFn::AbsoluteTruth
            | ValueFn::Identity
            | ValueFn::PercentageError
            | ValueFn::SymmetricPercentageError
    );
    let (p, t) = match function {
        ValueFn::LogCosh => (sign(random, p.min(600.0)), sign(random, t.min(600.0))),
        // Close to −1.
        ValueFn::SquaredLogError if random.below(3) == 0 => {
            (log_uniform(random, -40, 0) - 1.0, log_uniform(random, -40, 0) - 1.0)
        }
        _ if signed => (sign(random, p), sign(random, t)),
        _ => (p, t),
    };
    let parameter = match function {
        ValueFn::Huber => [1.0, 1e-3, 0.7, 1e12][random.below(4)],
        ValueFn::TweedieDeviance => {
            [-4.0, -1.5, -1e-9, 1.000_000_1, 1.1, 1.5, 1.9, 1.999_999, 2.000_001, 2.5, 3.0, 4.0]
                [random.below(12)]
        }
        _ => 0.0,
    };
    let zero_truth = match function {
        ValueFn::PoissonDeviance => true,
        ValueFn::TweedieDeviance => parameter < 2.0,
        _ => false,
    };
    if zero_truth && random.below(16) == 0 {
        return (p, 0.0, parameter);
    }
    if function == ValueFn::TweedieDeviance && parameter < 0.0 && random.below(8) == 0 {
        return (p, -t, parameter);
    }
    (p, t, parameter)
}

/// The largest error over many inputs, and the input.
fn worst<T: std::fmt::Debug + Send>(
    turns: usize,
    error: impl Fn(&mut Random) -> (Option<f64>, T) + Sync,
) -> (f64, Option<T>, usize) {
    let parts = (0..64_u64).into_par_iter().map(|seed| {
        let mut random = Random::new(1000 + seed);
        let (mut worst, mut input, mut compared) = (0.0, None, 0);
        for _ in 0..turns / 64 {
            let (error, found) = error(&mut random);
            compared += usize::from(error.is_some());
            if error.is_some_and(|error| error > worst) {
                (worst, input) = (error.unwrap_or_default(), Some(found));
            }
        }
        (worst, input, compared)
    });
    parts.reduce(
        || (0.0, None, 0),
        |a, b| {
            let compared = a.2 + b.2;
            let (worst, input, _) = if a.0 >= b.0 { a } else { b };
            (worst, input, compared)
        },
    )
}

#[test]
fn values_of_samples_are_within_their_bound() {
    for &function in ValueFn::OF_SAMPLES {
        let (worst, input, compared) = worst(6400, |random| {
            let (p, t, parameter) = sample(function, random);
            let value = function.at_double(p, t, parameter).expect("a value of samples");
            (error(value, &exact_of_sample(function, p, t, parameter)), (p, t, parameter, value))
        });
        println!("{}: {worst:.2} ulp ({compared} compared), {input:?}", function.name());
        assert!(compared > 1000, "{}: {compared} inputs in range", function.name());
        assert!(worst <= BOUND, "{}: {worst} ulp, {input:?}", function.name());
    }
}

/// A row of scores of a kind, and the class of its truth.
fn row(kind: ScoreKind, random: &mut Random) -> (Vec<f64>, u32) {
    let classes = 2 + random.below(9);
    let mut scores: Vec<f64> = match kind {
        ScoreKind::Probabilities => {
            let raw: Vec<f64> = (0..classes).map(|_| log_uniform(random, -30, 0)).collect();
            let sum: f64 = raw.iter().sum();
            raw.iter().map(|x| x / sum).collect()
        }
        _ => {
            let spread = [1e-3, 1.0, 30.0, 300.0][random.below(4)];
            (0..classes)
                .map(|_| ((random.bits() >> 11) as f64 * 2_f64.powi(-53) - 0.5) * spread)
                .collect()
        }
    };
    if random.below(4) == 0 {
        scores[0] = scores[1];
    }
    (scores, random.below(classes) as u32)
}

fn exact_of_row(function: ValueFn, scores: &[f64], truth: &[f64], parameter: f64) -> Big {
    let classes = scores.len() as f64;
    let terms = || scores.iter().map(|&z| big(z).exp());
    let sum = || terms().fold(big(0.0), |sum, term| sum + term);
    let zero = || big(0.0);
    let clipped = |p: f64| big(p.max(parameter));
    let class = truth.iter().position(|&t| t == 1.0).unwrap_or_default();
    let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let brier = |probabilities: Vec<Big>| {
        let terms = probabilities.into_iter().zip(truth).map(|(p, &y)| square(p - big(y)));
        terms.fold(zero(), |sum, term| sum + term)
    };
    match function {
        ValueFn::TopK => {
            let before = scores.iter().enumerate().filter(|&(index, &score)| {
                score > scores[class] || score == scores[class] && index < class
            });
            big(if (before.count() as f64) < parameter { 1.0 } else { 0.0 })
        }
        ValueFn::CategoricalHinge => {
            let others = scores.iter().enumerate().filter(|&(index, _)| index != class);
            let other = others.map(|(_, &z)| z).fold(f64::NEG_INFINITY, f64::max);
            let margin = one() + big(other) - big(scores[class]);
            if margin < zero() { zero() } else { margin }
        }
        ValueFn::SoftmaxLoss => {
            let log_sum = sum().ln();
            let terms = scores.iter().zip(truth).map(|(&z, &y)| big(y) * (&log_sum - big(z)));
            terms.fold(zero(), |sum, term| sum + term)
        }
        ValueFn::UniformCrossEntropy => {
            let mean = scores.iter().map(|&z| big(z)).fold(zero(), |sum, z| sum + z);
            sum().ln() - mean / big(classes)
        }
        ValueFn::MaxSoftmax => big(largest).exp() / sum(),
        ValueFn::SoftmaxBrier => {
            let whole = sum();
            brier(terms().map(|term| term / &whole).collect())
        }
        ValueFn::CrossEntropyOfProbabilities => {
            let terms = scores
                .iter()
                .zip(truth)
                .filter(|(_, y)| **y != 0.0)
                .map(|(&p, &y)| -big(y) * clipped(p).ln());
            terms.fold(zero(), |sum, term| sum + term)
        }
        ValueFn::UniformCrossEntropyOfProbabilities => {
            let losses = scores.iter().map(|&p| -clipped(p).ln());
            losses.fold(zero(), |sum, loss| sum + loss) / big(classes)
        }
        ValueFn::MaxProbability => big(largest),
        ValueFn::BrierOfProbabilities => brier(scores.iter().map(|&p| big(p)).collect()),
        _ => unreachable!("{} is not a value of rows", function.name()),
    }
}

#[test]
fn values_of_rows_are_within_their_bound() {
    for &function in ValueFn::OF_ROWS {
        let parameter = match function {
            ValueFn::TopK => 2.0,
            ValueFn::CrossEntropyOfProbabilities | ValueFn::UniformCrossEntropyOfProbabilities => {
                f64::EPSILON
            }
            _ => 0.0,
        };
        let needs: RowNeeds = function.row_needs(Constant::new(parameter));
        let kind = needs.scores;
        let soft = matches!(function, ValueFn::SoftmaxLoss | ValueFn::CrossEntropyOfProbabilities);
        let (worst, input, compared) = worst(3200, |random| {
            let (scores, class) = row(kind, random);
            let one_hot: Vec<f64> =
                (0..scores.len() as u32).map(|k| f64::from(u8::from(k == class))).collect();
            let is_soft = soft && random.below(2) == 0;
            let (truth, summary) = if is_soft {
                let (truth, _) = row(ScoreKind::Probabilities, random);
                let mut truth: Vec<_> = truth.into_iter().cycle().take(scores.len()).collect();
                let sum: f64 = truth.iter().sum();
                truth.iter_mut().for_each(|t| *t /= sum);
                let summary = of_soft(needs, &scores, &truth);
                (truth, summary)
            } else {
                (one_hot, of_scores(needs, &scores, class))
            };
            let value = function.of_double_row(&summary, parameter).expect("a value of rows");
            let exact = exact_of_row(function, &scores, &truth, parameter);
            (error(value, &exact), (scores, truth, value))
        });
        println!("{}: {worst:.2} ulp ({compared} compared), {input:?}", function.name());
        assert!(compared > 1000, "{}: {compared} rows in range", function.name());
        assert!(worst <= BOUND, "{}: {worst} ulp, {input:?}", function.name());
    }
}

#[test]
fn values_of_vectors_are_within_their_bound() {
    let summary = |function: ValueFn, p: &[f64], t: &[f64]| -> RowSummaryF64 {
        of_vectors(function.row_needs(Constant::EPSILON), p, t)
    };
    let (cosine, input, _) = worst(6400, |random| {
        let (p, _) = row(ScoreKind::Logits, random);
        let t: Vec<f64> = p.iter().map(|p| p * (1.0 + log_uniform(random, -30, 2))).collect();
        let value = ValueFn::Cosine.of_double_row(&summary(ValueFn::Cosine, &p, &t), 0.0);
        let dot = |a: &[f64], b: &[f64]| {
            a.iter().zip(b).fold(big(0.0), |sum, (&a, &b)| sum + big(a) * big(b))
        };
        let exact = dot(&p, &t) / (dot(&p, &p) * dot(&t, &t)).sqrt();
        (error(value.expect("a value of vectors"), &exact), (p, t))
    });
    assert!(cosine <= BOUND, "{cosine} ulp, {input:?}");
    let (divergence, input, _) = worst(6400, |random| {
        let (p, _) = row(ScoreKind::Probabilities, random);
        let mut t: Vec<f64> = p.iter().map(|p| p * (1.0 + log_uniform(random, -40, 0))).collect();
        let sum: f64 = t.iter().sum();
        t.iter_mut().for_each(|t| *t /= sum);
        let value = ValueFn::Divergence.of_double_row(&summary(ValueFn::Divergence, &p, &t), 0.0);
        let pairs = || p.iter().zip(&t).map(|(&p, &t)| (big(p.max(f64::EPSILON)), big(t)));
        let exact = pairs().fold(big(0.0), |sum, (p, t)| sum + &t * (&t / &p).ln());
        // The bound is relative to sums in which nothing cancels.
        let terms = pairs().fold(big(0.0), |sum, (p, t)| sum + &t * (&t / &p).ln() - &t + &p);
        let difference = pairs().fold(big(0.0), |sum, (p, t)| sum + t - p).to_f64().value().abs();
        let scale = terms.to_f64().value() + difference;
        let off = (big(value.expect("a value of vectors")) - exact).to_f64().value().abs();
        (Some(off / (scale * f64::EPSILON)), (p, t))
    });
    println!("cosine: {cosine:.2} ulp, divergence: {divergence:.2} ulp");
    assert!(divergence <= BOUND, "{divergence} ulp, {input:?}");
}

/// What rows say besides their numbers, from few distinct scores with many ties.
#[test]
fn flags_and_ranks_of_rows_follow_their_definitions() {
    let mut random = Random::new(41);
    let flag = |applies: bool, name: &str| if applies { of_rows(name) } else { 0 };
    // Sums that are off by the tolerances, 2^-11 and 2^-8, or by a little more.
    let [slack, soft_slack] = [-11, -8].map(|exponent| 2_f64.powi(exponent));
    let ends = [slack, slack + 2_f64.powi(-50), soft_slack, soft_slack + 2_f64.powi(-50)];
    let needs = RowNeeds { rank: true, ..ValueFn::BrierOfProbabilities.row_needs(Constant::ZERO) };
    let soft_needs = ValueFn::CrossEntropyOfProbabilities.row_needs(Constant::new(0.01));
    for turn in 0..4000 {
        let mut row = |odd: &[f64]| -> Vec<f64> {
            let mut row: Vec<_> = (0..4).map(|_| random.below(5) as f64 / 8.0).collect();
            if random.below(3) > 0 {
                let sign = if random.below(2) == 0 { 1.0 } else { -1.0 };
                row = vec![0.25, 0.25, 0.25, 0.25 + sign * ends[random.below(4)]];
            }
            if turn % 8 == 0 {
                row[random.below(4)] = odd[random.below(odd.len())];
            }
            row
        };
        let odd = [f64::NAN, f64::NEG_INFINITY, -0.125, 1.125, 0.001];
        let (scores, soft) = (row(&odd), row(&[f64::NAN, f64::INFINITY, -0.125, 1.125, 1.0]));
        let truth = turn % 5;
        let usable: Vec<_> = scores.iter().map(|&x| if x.is_finite() { x } else { 0.0 }).collect();
        let inside = |x: f64| (0.0..=1.0).contains(&x);
        let sum: f64 = usable.iter().filter(|&&p| inside(p)).sum();
        let arg_max = (1..4).fold(0, |best, k| if usable[k] > usable[best] { k } else { best });
        let flags = flag(scores.iter().any(|x| !x.is_finite()), "ROW_NONFINITE")
            | flag(usable.iter().any(|&x| !inside(x)), "ROW_OUTSIDE")
            | flag((sum - 1.0).abs() > slack, "ROW_UNNORMALIZED");
        let summary = of_scores(needs, &scores, truth);
        let what = format!("{scores:?}, {truth}");
        assert_eq!((summary.flags, summary.arg_max), (flags, arg_max as u32), "{what}");
        if truth < 4 {
            let score = usable[truth as usize];
            let before =
                (0..4).filter(|&k| usable[k] > score || usable[k] == score && k < truth as usize);
            assert_eq!((summary.truth, summary.rank), (truth, before.count() as u32), "{what}");
        } else {
            assert_eq!(summary.truth, of_rows("NO_CLASS"), "{what}");
        }

        let summary = of_soft(soft_needs, &scores, &soft);
        let what = format!("{scores:?}, {soft:?}");
        let probability = |k: usize| if inside(soft[k]) { soft[k] } else { 0.0 };
        let class =
            (1..4).fold(0, |best, k| if probability(k) > probability(best) { k } else { best });
        let sum: f64 = soft.iter().sum();
        let is_distribution = soft.iter().all(|&t| inside(t)) && (sum - 1.0).abs() <= soft_slack;
        let truth = if is_distribution { class as u32 } else { of_rows("NO_CLASS") };
        let clips = (0..4).any(|k| probability(k) > 0.0 && usable[k] < 0.01);
        let flags = flags | of_rows("ROW_SOFT") | flag(clips, "ROW_CLIPPED");
        assert_eq!((summary.truth, summary.flags), (truth, flags), "{what}");

        let summary =
            of_vectors(ValueFn::Divergence.row_needs(Constant::new(0.01)), &scores, &soft);
        let finite: Vec<_> = soft.iter().map(|&t| if t.is_finite() { t } else { 0.0 }).collect();
        let pairs = || usable.iter().zip(&finite).map(|(&p, &t)| [p, t]);
        let is_inside = |pair: &[f64; 2]| inside(pair[0]) && inside(pair[1]);
        let sums = [0, 1].map(|of| pairs().filter(is_inside).map(|pair| pair[of]).sum::<f64>());
        let flags = flag(scores.iter().any(|x| !x.is_finite()), "ROW_NONFINITE")
            | flag(soft.iter().any(|x| !x.is_finite()), "ROW_TRUTH_NONFINITE")
            | flag(!pairs().all(|pair| is_inside(&pair)), "ROW_OUTSIDE")
            | flag(pairs().any(|[p, t]| is_inside(&[p, t]) && p < 0.01 && t != 0.0), "ROW_CLIPPED")
            | flag(sums.iter().any(|sum| (sum - 1.0).abs() > slack), "ROW_UNNORMALIZED");
        assert_eq!(summary.flags, flags, "{what}");
    }
}

#[test]
fn cosines_do_not_exceed_1() {
    let mut random = Random::new(43);
    let needs = ValueFn::Cosine.row_needs(Constant::ZERO);
    for _ in 0..1000 {
        let (p, _) = row(ScoreKind::Logits, &mut random);
        let t: Vec<_> = p.iter().map(|p| -3.0 * p).collect();
        for (other, sign) in [(&p, 1.0), (&t, -1.0)] {
            let cosine = ValueFn::Cosine.of_double_row(&of_vectors(needs, &p, other), 0.0);
            let cosine = cosine.expect("a value of vectors");
            assert!((1.0 - 4.0 * f64::EPSILON..=1.0).contains(&(sign * cosine)), "{cosine}");
        }
    }
}

#[test]
fn cosines_of_very_large_and_very_small_vectors_are_in_range() {
    for [size, other] in [[1e300, 1e-300], [1e-300, 1e-300], [1e300, 1e300], [5e-324, 1.0]] {
        let (p, t) = ([size, -size, size, size], [other, -other, other, -other]);
        let needs = ValueFn::Cosine.row_needs(Constant::ZERO);
        let cosine = ValueFn::Cosine.of_double_row(&of_vectors(needs, &p, &t), 0.0);
        assert_eq!(cosine, Some(0.5), "{size:e}, {other:e}");
        let same = ValueFn::Cosine.of_double_row(&of_vectors(needs, &p, &p), 0.0);
        assert_eq!(same, Some(1.0), "{size:e}");
    }
}
