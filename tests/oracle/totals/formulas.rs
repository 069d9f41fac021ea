//! Compares values with their formulas in `f64`.

use super::statistics::all_parameters;
use crate::common::families::Random;
use crate::common::values::parameters;
use std::f64::consts::LN_2;
use weighbridge::kernel::bits::{OUTSIDE, UNDERFLOW};
use weighbridge::statistic::{ValueFn, ValueSpec};

/// The error bound of each value, in units of the last place of an `f32`.
fn bound(function: ValueFn) -> f64 {
    match function {
        ValueFn::AbsoluteTruth | ValueFn::Identity | ValueFn::Probability | ValueFn::Correct => 0.0,
        ValueFn::Custom(custom) => panic!("{} has no bound", custom.name()),
        ValueFn::Logistic
        | ValueFn::LogLoss
        | ValueFn::LogLossOfOtherLabel
        | ValueFn::LogitLoss
        | ValueFn::LogitLossOfOtherLabel => 2.0,
        ValueFn::LogitBrier => 6.2,
        ValueFn::Error | ValueFn::AbsoluteError | ValueFn::Hinge => 0.5,
        ValueFn::TweedieDeviance => 1.0,
        ValueFn::SquaredError | ValueFn::SquaredHinge | ValueFn::Brier => 2.0,
        ValueFn::PercentageError => 1.5,
        ValueFn::SymmetricPercentageError => 2.5,
        ValueFn::Huber
        | ValueFn::SquaredLogError
        | ValueFn::LogCosh
        | ValueFn::PoissonDeviance
        | ValueFn::GammaDeviance => 4.0,
        _ => unreachable!("values of rows are tested in tests/oracle/rows"),
    }
}

/// x − ln(1+x), without cancellation.
fn x_minus_ln1p(x: f64) -> f64 {
    if x.abs() > 0.02 {
        return x - libm::log1p(x);
    }
    (2..13).rev().fold(0.0, |sum, n| 1.0 / f64::from(n) - x * sum) * x * x
}

/// r − 1 − ln r for r = a / b, without cancellation and for numbers of any size.
fn ratio_defect(a: f64, b: f64) -> f64 {
    let r = a / b;
    let near = r > 0.5 && r < 2.0;
    if near { x_minus_ln1p((a - b) / b) } else { r - 1.0 - (libm::log(a) - libm::log(b)) }
}

/// Σ w^k/k! (1 + c + … + c^(k−2)) over k from 2: half a Tweedie deviance of a prediction of 1 and a
/// truth of e^w. For |w| ≤ 1/2 and |c| ≤ 6.
fn tweedie_near(w: f64, c: f64) -> f64 {
    let (mut power, mut factor, mut sum) = (w, 1.0, 0.0);
    for k in 2..40 {
        power *= w / f64::from(k);
        sum += power * factor;
        factor = factor * c + 1.0;
    }
    sum
}

/// (x^e − y^e) / e, its limit for e = 0; w is ln(x / y).
fn power_step(x: f64, y: f64, e: f64, w: f64) -> f64 {
    match e * w {
        0.0 => w,
        ew if ew.abs() < 30.0 => libm::pow(y, e) * libm::expm1(ew) / e,
        _ => (libm::pow(x, e) - libm::pow(y, e)) / e,
    }
}

/// The Tweedie deviance: a series for close numbers, otherwise t (t^a − p^a) / a − (t^c − p^c) / c,
/// of which half the deviance is a sum with no pole at any power.
fn tweedie_deviance(p: f64, t: f64, power: f64) -> f64 {
    let (a, c) = (1.0 - power, 2.0 - power);
    if t <= 0.0 {
        return 2.0 * (libm::pow(p, c) / c - t * libm::pow(p, a) / a);
    }
    let r = (t - p) / p;
    if r.abs() < 0.25 {
        return 2.0 * libm::pow(p, c) * tweedie_near(libm::log1p(r), c);
    }
    let w = libm::log(t) - libm::log(p);
    2.0 * (t * power_step(t, p, a, w) - power_step(t, p, c, w))
}

/// ln(cosh x), without cancellation.
fn ln_cosh(x: f64) -> f64 {
    if x.abs() > 1.0 {
        return x.abs() - LN_2 + libm::log1p(libm::exp(-2.0 * x.abs()));
    }
    // cosh x is 1 + 2 sinh²(x/2).
    libm::log1p(2.0 * libm::sinh(x / 2.0) * libm::sinh(x / 2.0))
}

/// The formula in `f64`: differences of numbers within 2^±12 are exact, and later roundings are
/// 2^-29 of the last place of an `f32`.
fn formula(value: ValueSpec, p: f64, t: f64) -> f64 {
    let (d, delta) = (p - t, f64::from(value.parameter.single));
    let margin = (if t == 1.0 { 1.0 - p } else { 1.0 + p }).max(0.0);
    let sign = if t == 1.0 { 1.0 } else { -1.0 };
    let softplus = |z: f64| z.max(0.0) + libm::log1p(libm::exp(-z.abs()));
    let eps = f64::from(value.parameter.single);
    let log_loss = |p: f64, one: bool| match one {
        true => -libm::log(p.max(eps)),
        false if 1.0 - p < eps => -libm::log(eps),
        false => -libm::log1p(-p),
    };
    match value.function {
        ValueFn::Custom(custom) => panic!("{} has no formula", custom.name()),
        ValueFn::Error => d,
        ValueFn::AbsoluteError => d.abs(),
        ValueFn::SquaredError | ValueFn::Brier => d * d,
        ValueFn::Huber if d.abs() <= delta => d * d / 2.0,
        ValueFn::Huber => delta * (d.abs() - delta / 2.0),
        ValueFn::AbsoluteTruth => t.abs(),
        ValueFn::Identity => p,
        ValueFn::Hinge => margin,
        ValueFn::SquaredHinge => margin * margin,
        ValueFn::Probability => p,
        ValueFn::Logistic => 1.0 / (1.0 + libm::exp(-p)),
        ValueFn::LogitBrier => (1.0 / (1.0 + libm::exp(sign * p))).powi(2),
        ValueFn::LogLoss => log_loss(p, t == 1.0),
        ValueFn::LogLossOfOtherLabel => log_loss(p, t != 1.0),
        ValueFn::LogitLoss => softplus(-sign * p),
        ValueFn::LogitLossOfOtherLabel => softplus(sign * p),
        ValueFn::PercentageError if p == t => 0.0,
        ValueFn::PercentageError => d.abs() / t.abs(),
        ValueFn::SymmetricPercentageError if p == t => 0.0,
        ValueFn::SymmetricPercentageError => 2.0 * d.abs() / (p.abs() + t.abs()),
        ValueFn::SquaredLogError => libm::log1p(d.abs() / (1.0 + p.min(t))).powi(2),
        ValueFn::LogCosh => ln_cosh(d),
        ValueFn::PoissonDeviance if t == 0.0 => 2.0 * p,
        ValueFn::PoissonDeviance => 2.0 * t * ratio_defect(p, t),
        ValueFn::GammaDeviance => 2.0 * ratio_defect(t, p),
        ValueFn::Correct => f64::from(u8::from(p == t)),
        ValueFn::TweedieDeviance => tweedie_deviance(p, t, value.parameter.single.into()),
        _ => unreachable!("values of rows are tested in tests/oracle/rows"),
    }
}

/// A prediction and a truth in the domain of a value. For values that cancel or have a wide range:
/// of any magnitude, close to each other, far apart, and 0.
fn inputs(value: ValueSpec, turn: usize, random: &mut Random) -> [f32; 2] {
    let ValueSpec { function, parameter } = value;
    let [p, t] = [random.log_uniform(-12, 12), random.log_uniform(-12, 12)];
    let positive = match function {
        ValueFn::Brier | ValueFn::Probability => {
            return [(p.abs() / 4096.0).min(1.0), (turn % 2) as f32];
        }
        ValueFn::Hinge | ValueFn::SquaredHinge => return [p, (turn % 2) as f32],
        ValueFn::LogLoss | ValueFn::LogLossOfOtherLabel => {
            // Probabilities of any magnitude, and equally close to 1.
            let small = (p.abs() / 4096.0).powi(1 + turn as i32 % 3).min(1.0);
            return [if turn % 5 < 3 { small } else { 1.0 - small }, (turn % 2) as f32];
        }
        ValueFn::Logistic
        | ValueFn::LogitBrier
        | ValueFn::LogitLoss
        | ValueFn::LogitLossOfOtherLabel => return [p.clamp(-40.0, 40.0), (turn % 2) as f32],
        ValueFn::PoissonDeviance | ValueFn::GammaDeviance | ValueFn::TweedieDeviance => true,
        ValueFn::PercentageError
        | ValueFn::SymmetricPercentageError
        | ValueFn::SquaredLogError
        | ValueFn::LogCosh => false,
        _ => return [p, t],
    };
    loop {
        let size = if random.below(2) == 0 { 12 } else { 126 };
        let [p, t] = [random.log_uniform(-size, size), random.log_uniform(-size, size)];
        let times = |factor: f64| (f64::from(t) * factor) as f32;
        let [p, t] = match random.below(6) {
            0 | 1 => [p, t],
            2 | 3 => [times(1.0 + f64::from(random.log_uniform(-24, -1))), t],
            4 => [times(random.log_uniform(-14, 34).into()), t],
            // Close to −1.
            _ => [0, 1].map(|_| random.log_uniform(-24, 0).abs() - 1.0),
        };
        let zero = random.below(32);
        let [p, t] = [if zero == 0 { 0.0 } else { p }, if zero == 1 { 0.0 } else { t }];
        let [p, t] = if positive { [p.abs(), t.abs()] } else { [p, t] };
        let t = if parameter.single < 0.0 && random.below(8) == 0 { -t } else { t };
        let inside = match function {
            ValueFn::PercentageError => t != 0.0,
            ValueFn::SquaredLogError => p > -1.0 && t > -1.0,
            ValueFn::PoissonDeviance => p > 0.0,
            ValueFn::GammaDeviance => p > 0.0 && t > 0.0,
            ValueFn::TweedieDeviance => p > 0.0 && (t != 0.0 || parameter.single < 2.0),
            _ => true,
        };
        let usual = |x: f32| x == 0.0 || x.is_normal();
        if inside && usual(p) && usual(t) {
            return [p, t];
        }
    }
}

#[test]
fn values_are_within_their_bounds() {
    let mut random = Random::new(6);
    for value in all_parameters() {
        let bound = bound(value.function) + 0.5_f64.powi(28);
        let (mut worst, mut compared) = ((0.0, [0.0; 2]), 0);
        let turns = if value.parameter.single == 0.0 { 200_000 } else { 100_000 };
        for turn in 0..turns {
            let [p, t] = inputs(value, turn, &mut random);
            let exact = formula(value, p.into(), t.into());
            let bits = value
                .function
                .at(p.to_bits(), t.to_bits(), value.parameter.bits())
                .expect("a value of samples");
            let found = f32::from_bits(bits);
            // Results close to the limits may or may not count as too small or too large.
            if bits == UNDERFLOW && exact.abs() < 0.5_f64.powi(123) && exact != 0.0
                || found.is_infinite() && exact > f64::from(f32::MAX) * (1.0 - 1e-6)
            {
                continue;
            }
            let last_place = f64::from((exact as f32).abs().next_up() - (exact as f32).abs());
            let error = (f64::from(found) - exact).abs() / last_place;
            assert!(error <= bound, "{value:?} of {p:e}, {t:e}: off by {error} ulp");
            compared += 1;
            if error > worst.0 {
                worst = (error, [p, t]);
            }
        }
        assert!(compared * 5 > turns * 3, "{value:?}: only {compared} of {turns}");
        println!("{value:?}: {:.3} ulp at {:?}, {compared} of {turns}", worst.0, worst.1);
    }
}

/// Metrics use another value for the power 2, so no metric test covers this.
#[test]
fn tweedie_deviances_have_the_domain_of_their_power() {
    for power in parameters(ValueFn::TweedieDeviance) {
        for (p, t) in
            [-1.0_f32, 0.0, 1.0].into_iter().flat_map(|p| [-1, 0, 1].map(|t| (p, t as f32)))
        {
            let inside = p > 0.0 && (power < 0.0 || t > 0.0 || (power < 2.0 && t == 0.0));
            let [p, t, power] = [p, t, power].map(f32::to_bits);
            let bits = ValueFn::TweedieDeviance.at(p, t, power).expect("a value of samples");
            assert_eq!(bits != OUTSIDE, inside, "{p:#x}, {t:#x}, {power:#x}");
        }
    }
}
