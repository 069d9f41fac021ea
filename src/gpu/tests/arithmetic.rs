//! The arithmetic libraries give the same bits on every adapter as on the CPU, and a library that
//! is broken on purpose does not.
//!
//! Adapters run a module of `kernel/bits.wgsl`, the libraries, and a `main` that writes the results
//! of every function of one pair of numbers.

use super::adapters::test_connections;
use super::mutant::Mutant;
use crate::gpu::device::connection::Connection;
use crate::gpu::source::Module;
use crate::gpu::verify::probe::Probe;
use crate::kernel::bits::MIN_RESULT_EXPONENT;
use crate::kernel::double::DoubleF32;
use crate::kernel::{double, float, row};
use crate::statistic::MathModule;

/// A function of two numbers (most ignore the second), and the WGSL that calls it.
struct Case {
    call: &'static str,
    twin: fn(u32, u32) -> u32,
    /// Whether two numbers are in its domain.
    domain: fn(f32, f32) -> bool,
}

const fn case(call: &'static str, twin: fn(u32, u32) -> u32, domain: fn(f32, f32) -> bool) -> Case {
    Case { call, twin, domain }
}

const CASES: &[Case] = &[
    case("quotient(x, y)", float::quotient, |_, y| y != 0.0),
    case("square_root(x)", |x, _| float::square_root(x), |x, _| x >= 0.0),
    case("ln(x)", |x, _| float::ln(x), |x, _| x > 0.0),
    case("ln1p(x)", |x, _| float::ln1p(x), |x, _| x > -1.0),
    case("x_minus_ln1p(x)", |x, _| float::x_minus_ln1p(x), |x, _| x > -1.0),
    case("exponential(x)", |x, _| float::exponential(x), |_, _| true),
    case("expm1(x)", |x, _| float::expm1(x), |_, _| true),
    case("exp_excess(x)", |x, _| float::exp_excess(x), |_, _| true),
    case("ln_cosh(x)", |x, _| float::ln_cosh(x), |_, _| true),
    case("softplus(x)", |x, _| float::softplus(x), |_, _| true),
    case("sigmoid(x)", |x, _| float::sigmoid(x), |_, _| true),
    case("two_sum(x, y).low", |x, y| double::two_sum(x, y).low, usual),
    case("two_product(x, y).low", |x, y| double::two_product(x, y).low, usual),
    case("ln_double(x).high", |x, _| double::ln_double(x).high, |x, _| x > 0.0),
    case("ln_double(x).low", |x, _| double::ln_double(x).low, |x, _| x > 0.0),
    case("ratio_defect(x, y)", double::ratio_defect, |x, y| {
        both_positive(x, y) && similar_magnitude(x, y)
    }),
    case("ratio_ln(x, y)", double::ratio_ln, both_positive),
    case("ratio_ln_double(x, y).high", |x, y| double::ratio_ln_double(x, y).high, both_positive),
    case("ratio_ln_double(x, y).low", |x, y| double::ratio_ln_double(x, y).low, both_positive),
    case("exp_double(with_low(x)).n", |x, _| double::exp_double(with_low(x)).n, exponent),
    case(
        "exp_double(with_low(x)).factor.low",
        |x, _| double::exp_double(with_low(x)).factor.low,
        exponent,
    ),
    case(
        "exp_excess_ratio(with_low(x)).factor.high",
        |x, _| double::exp_excess_ratio(with_low(x)).factor.high,
        exponent,
    ),
    case(
        "exp_excess_ratio(with_low(x)).factor.low",
        |x, _| double::exp_excess_ratio(with_low(x)).factor.low,
        exponent,
    ),
    case("exp_nonpositive(x)", |x, _| row::exp_nonpositive(x), |x, _| x <= 0.0),
    case("add_nonnegative(x, y)", row::add_nonnegative, |x, y| {
        x >= 0.0 && y >= 0.0 && x + y <= f32::MAX
    }),
    case("quantised(x, quantum(y))", |x, y| row::quantised(x, row::quantum(y)), term_and_largest),
    case("in_units(x, quantum(y)).x", |x, y| in_units(x, y) as u32, term_and_largest),
    case("in_units(x, quantum(y)).y", |x, y| (in_units(x, y) >> 32) as u32, term_and_largest),
    // Arbitrary bits as the words of a number of units.
    case("number_of(vec2<u32>(x, y))", |x, y| row::number_of(words(x, y)), |_, _| true),
    case("number_of(vec2<u32>(x, 0u))", |x, _| row::number_of(x.into()), |_, _| true),
    case(
        "sum_of(vec2<u32>(x, y), quantum(ONE))",
        |x, y| row::sum_of(words(x, y), row::quantum(0x3f80_0000)),
        |_, _| true,
    ),
    case(
        "mean_of(vec2<u32>(x, y), quantum(x), 2u + (y & 0xfffffu))",
        |x, y| row::mean_of(words(x, y), row::quantum(x), 2 + (y & 0xf_ffff)),
        |x, _| (1e-20..1e20).contains(&x),
    ),
    case(
        "select(0u, 1u, normalized(vec2<u32>(x, 0x7feu + (y & 3u))))",
        |x, y| row::normalized(words(x, 0x7fe + (y & 3))).into(),
        |_, _| true,
    ),
];

fn words(low: u32, high: u32) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}

/// Whether a term of a row may be x if the largest is y.
fn term_and_largest(x: f32, y: f32) -> bool {
    let min = f32::from_bits(MIN_RESULT_EXPONENT << 23);
    (x == 0.0 || x >= min) && x <= y
}

fn in_units(x: u32, y: u32) -> u64 {
    let quantum = row::quantum(y);
    row::units(row::quantised(x, quantum), quantum)
}

fn both_positive(x: f32, y: f32) -> bool {
    x > 0.0 && y > 0.0
}

fn similar_magnitude(x: f32, y: f32) -> bool {
    double::similar_magnitude(x.to_bits(), y.to_bits())
}

/// Whether products and their errors are normal numbers or zero.
fn usual(x: f32, y: f32) -> bool {
    let usual = |number: f32| number == 0.0 || (number.abs() > 2e-12 && number.abs() < 1e15);
    usual(x) && usual(y)
}

/// The domain of functions of exponents: 0 or a magnitude from 2^-46 to 2^12.
fn exponent(x: f32, _: f32) -> bool {
    x == 0.0 || (x.abs() > 1.5e-14 && x.abs() < 4096.0)
}

/// A pair whose second part is about 2^-26 times the first.
fn with_low(x: u32) -> DoubleF32 {
    DoubleF32 { high: x, low: float::times(x, 0x3280_0123) }
}

/// Pairs of numbers in one dispatch.
const PAIRS: usize = 1 << 16;

/// A module: the libraries, and a `main` that calls every case.
fn module(cases: &[Case]) -> String {
    let calls: String = cases
        .iter()
        .zip(0..)
        .map(|(case, index)| format!("    results[{index}u * {PAIRS}u + i] = {};\n", case.call))
        .collect();
    format!(
        "{}fn with_low(x: u32) -> DoubleF32 {{\n    return DoubleF32(x, times(x, 0x32800123u));\n}}\n\
         fn in_units(x: u32, quantum: u32) -> vec2<u32> {{\n\
         \x20   return units(quantised(x, quantum), quantum);\n}}\n\
         @group(0) @binding(0) var<storage, read> inputs: array<vec2<u32>>;\n\
         @group(0) @binding(1) var<storage, read_write> results: array<u32>;\n\
         @group(0) @binding(2) var<storage, read> zeros: array<u32>;\n\
         @compute @workgroup_size(64)\n\
         fn main(@builtin(global_invocation_id) id: vec3<u32>) {{\n\
         \x20   zero = zeros[0];\n    let i = id.x;\n    let x = inputs[i].x;\n    let y = inputs[i].y;\n{calls}}}\n",
        Module::of_libraries(MathModule::ALL).wgsl
    )
}

/// The first difference between an adapter's results and the CPU's.
fn difference(cases: &[Case], results: &[u32], inputs: &[[u32; 2]]) -> Option<String> {
    for (case, results) in cases.iter().zip(results.chunks(PAIRS)) {
        for (&[x, y], &got) in inputs.iter().zip(results) {
            let (number_x, number_y) = (f32::from_bits(x), f32::from_bits(y));
            let expected = (case.twin)(x, y);
            if (case.domain)(number_x, number_y) && got != expected {
                let call = case.call;
                return Some(format!(
                    "{call} with x = {x:#010x} ({number_x:e}), y = {y:#010x} ({number_y:e}): \
                     {got:#010x} instead of {expected:#010x}"
                ));
            }
        }
    }
    None
}

/// Numbers at which something changes in one of the functions.
const LIMITS: [f32; 25] = [
    f32::MIN_POSITIVE,
    2.0 * f32::MIN_POSITIVE,
    2.168_404_3e-19, // 2^-62, the smallest number with a square
    7.450_581e-9,    // 2^-27, below which some functions are linear
    5.960_464_5e-8,
    0.25,
    1.0 / 3.0,
    0.346_573_6, // ln(2) / 2
    0.5,
    2.0 / 3.0,
    std::f32::consts::FRAC_1_SQRT_2,
    0.75,
    1.0,
    4.0 / 3.0,
    std::f32::consts::SQRT_2,
    1.5,
    2.0,
    18.0,
    40.0,
    87.336_55, // -ln(2^-126)
    86.643_4,  // -ln(2^-125)
    88.722_84, // ln of the largest number
    104.0,
    16_777_216.0,
    f32::MAX,
];

/// Hashes a counter (Chris Wellons's lowbias32).
fn splash(counter: u32) -> u32 {
    let mut x = counter;
    x = (x ^ (x >> 16)).wrapping_mul(0x7feb_352d);
    x = (x ^ (x >> 15)).wrapping_mul(0x846c_a68b);
    x ^ (x >> 16)
}

/// Batch number `batch` of the inputs, finite and flushed.
fn inputs(batch: u32) -> Vec<[u32; 2]> {
    let number = |index: u32, random: u32| -> u32 {
        let near = LIMITS[(random >> 8) as usize % LIMITS.len()].to_bits();
        let bits = match index % 5 {
            // Any number; a number of usual size; a limit, or a number close to it; a number with
            // few bits, so that quotients and roots are exact or close to ties; a multiple of ln 2.
            0 => random,
            1 => 0x3800_0000 + (random & 0x0bff_ffff),
            2 => near.wrapping_add(random & 15).wrapping_sub(8),
            3 => 0x3f80_0000 + ((random & 0x1f) << 18) + (random >> 30),
            _ => (((random & 0xff) as f32 - 128.0) * 0.5 * std::f32::consts::LN_2).to_bits(),
        };
        let sign = (splash(random) & 1) << 31;
        let input = if index.is_multiple_of(5) { bits } else { bits ^ sign };
        let usual = f32::from_bits(input).is_normal();
        if usual { input } else { 0 }
    };
    let pair = |i: u32| {
        let counter = batch * PAIRS as u32 + i;
        let (x, y) = (splash(2 * counter), splash(2 * counter + 1));
        [number(i, x), number(i / 5, y)]
    };
    (0..PAIRS as u32).map(pair).collect()
}

/// Number of batches of a test: 16, or enough to cover all single numbers with
/// `WEIGHBRIDGE_EXHAUSTIVE=1`.
fn batches() -> u32 {
    let exhaustive = std::env::var_os("WEIGHBRIDGE_EXHAUSTIVE").is_some_and(|value| value == "1");
    if exhaustive { 1 << 9 } else { 16 }
}

/// The first difference between an adapter and the CPU over the first batches of inputs.
fn compare(connection: &Connection, wgsl: &str, cases: &[Case], batches: u32) -> Option<String> {
    let probe = Probe::new(connection, wgsl).expect("a sound module");
    (0..batches).find_map(|batch| {
        let (inputs, words) = (inputs(batch), cases.len() * PAIRS);
        let results = probe.run(&[inputs.as_flattened()], words, &[&[0]], PAIRS as u32 / 64);
        let results = results.expect("results");
        difference(cases, &results, &inputs)
    })
}

#[test]
fn libraries_give_the_same_bits_on_every_adapter() {
    // A few functions at a time: the time to compile grows faster than the length of a shader.
    for connection in test_connections() {
        for cases in CASES.chunks(4) {
            let different = compare(&connection, &module(cases), cases, batches());
            assert_eq!(different, None, "{}", connection.name);
        }
    }
}

/// The fault is the broken text; the detector is a call.
const fn mutant(
    call: &'static str,
    sound: &'static str,
    broken: &'static str,
) -> Mutant<&'static str> {
    super::mutant::mutant(broken, call, sound, broken)
}

const MUTANTS: &[Mutant<&str>] = &[
    // The last bit of a coefficient.
    mutant("ln(x)", "const LN_3: u32 = 3192703934u", "const LN_3: u32 = 3192703935u"),
    mutant("exponential(x)", "EXP_1: u32 = 1042983595u", "EXP_1: u32 = 1042983594u"),
    mutant("ln_cosh(x)", "LN_COSH_1: u32 = 3182078632u", "LN_COSH_1: u32 = 3182078633u"),
    mutant("sigmoid(x)", "number(a) - number(b)", "number(b) - number(a)"),
    mutant("quotient(x, y)", "divided(by_2, 1u,", "divided(by_2, 0u,"),
    mutant("quotient(x, y)", "let left = (dividend", "let left = 2u + (dividend"),
    mutant("square_root(x)", "- guess * guess - guess;", "- guess * guess;"),
    mutant("exponential(x)", "exponent < i32(MIN_RESULT_EXPONENT));", "exponent < 1);"),
    mutant("expm1(x)", "INFINITY | (x & SIGN), exponent > 254", "INFINITY, exponent > 255"),
    mutant("ln1p(x)", "ONE - (n << 23u), n + 64u", "ONE, n + 64u"),
    mutant("x_minus_ln1p(x)", "(LN1P_LOWEST, LN_LOWEST,", "(LN_LOWEST, LN_LOWEST,"),
    mutant("exp_excess(x)", "ROUNDING, magnitude(x) < HALF", "ROUNDING, magnitude(x) < 0u"),
    mutant("two_product(x, y).low", "a & UPPER_HALF", "a & 0xffffe000u"),
    mutant("ln_double(x).low", "LN2_MIDDLE: u32 = ", "LN2_MIDDLE: u32 = 256u + "),
    mutant("ln_double(x).low", "plus(product.low, crossed)", "product.low"),
    mutant("ratio_ln_double(x, y).high", "let step = above - below;", "let step = above;"),
    mutant("ratio_ln_double(x, y).low", "two_sum(x, y));", "DoubleF32(plus(x, y), 0u));"),
    mutant(
        "exp_double(with_low(x)).n",
        "select(nearest, ROUNDING, magnitude(x.high) < HALF)",
        "nearest",
    ),
    mutant("exp_double(with_low(x)).factor.low", "DoubleF32(LN2, LN2_REST)", "DoubleF32(LN2, 0u)"),
    mutant(
        "exp_excess_ratio(with_low(x)).factor.high",
        "power_of_half(n - parts.n)",
        "power_of_half(n)",
    ),
    mutant(
        "exp_excess_ratio(with_low(x)).factor.high",
        "select_double(far, near, parts.n == 0u)",
        "far",
    ),
    mutant("exp_nonpositive(x)", "TERM_2: u32 = 1056964606u", "TERM_2: u32 = 1056964607u"),
    mutant("exp_nonpositive(x)", "0u, x > TERM_LIMIT);", "0u, x > TERM_LIMIT + 0x800000u);"),
    mutant(
        "add_nonnegative(x, y)",
        "field(min(a, b)) < MIN_RESULT_EXPONENT);",
        "field(min(a, b)) < 1u);",
    ),
    mutant("quantised(x, quantum(y))", "rounded, term < quantum);", "rounded, term < 0u);"),
    mutant(
        "in_units(x, quantum(y)).y",
        "(m >> 1u) >> (31u - min(up, 31u))",
        "m >> (31u - min(up, 31u))",
    ),
    mutant("number_of(vec2<u32>(x, y))", "| (low != 0u) | (odd", "| (odd"),
    mutant("number_of(vec2<u32>(x, 0u))", "| (odd == 1u)", "| true"),
    mutant("number_of(vec2<u32>(x, 0u))", "select(63u, 31u, units.y == 0u)", "63u"),
];

#[test]
fn broken_libraries_are_noticed_on_every_adapter() {
    for connection in test_connections() {
        for mutant in MUTANTS {
            let at = CASES.iter().position(|case| case.call == mutant.detector).expect("a case");
            let (adapter, cases) = (&connection.name, &CASES[at..=at]);
            let wgsl = mutant.patched(&module(cases));
            let different = compare(&connection, &wgsl, cases, 4);
            assert!(different.is_some(), "{adapter}: {}: this is not detected", mutant.what);
        }
    }
}

/// Without barriers lavapipe reassociates, which for example loses the rounding of terms to units.
#[test]
fn barriers_are_needed() {
    let without_barriers = mutant("", "zeros[0]", "zeros[0] & 0u");
    for connection in test_connections() {
        let one = CASES.iter().position(|case| case.call.starts_with("quantised"));
        let one = one.expect("a case");
        for cases in [CASES, &CASES[one..=one]] {
            let wgsl = without_barriers.patched(&module(cases));
            let different = compare(&connection, &wgsl, cases, 1);
            let lavapipe = connection.name.starts_with("llvmpipe");
            assert!(different.is_some() || !lavapipe, "barriers do nothing on lavapipe");
        }
    }
}
