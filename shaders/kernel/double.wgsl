// Twin of src/kernel/double.rs: numbers with two f32 parts, for results that need more than 24
// bits.

struct DoubleF32 {
    high: u32,
    low: u32,
}

fn quick_two_sum(a: u32, b: u32) -> DoubleF32 {
    let high = plus(a, b);
    let low = minus(b, minus(high, a));
    return DoubleF32(high, low);
}

fn two_sum(a: u32, b: u32) -> DoubleF32 {
    let high = plus(a, b);
    let part = minus(high, a);
    let low = plus(minus(a, minus(high, part)), minus(b, part));
    return DoubleF32(high, low);
}

fn select_double(no: DoubleF32, yes: DoubleF32, holds: bool) -> DoubleF32 {
    let high = select(no.high, yes.high, holds);
    let low = select(no.low, yes.low, holds);
    return DoubleF32(high, low);
}

fn copysign_xor(a: DoubleF32, sign: u32) -> DoubleF32 {
    return DoubleF32(a.high ^ (sign & SIGN), a.low ^ (sign & SIGN));
}

fn two_product(a: u32, b: u32) -> DoubleF32 {
    let high = times(a, b);
    let a1 = a & UPPER_HALF;
    let b1 = b & UPPER_HALF;
    let a2 = minus(a, a1);
    let b2 = minus(b, b1);
    let rest = plus(plus(minus(times(a1, b1), high), times(a1, b2)), times(a2, b1));
    let low = plus(rest, times(a2, b2));
    return DoubleF32(high, low);
}

fn double_sum(a: DoubleF32, b: DoubleF32) -> DoubleF32 {
    let sum = two_sum(a.high, b.high);
    return quick_two_sum(sum.high, plus(sum.low, plus(a.low, b.low)));
}

fn double_product(a: DoubleF32, b: DoubleF32) -> DoubleF32 {
    let product = two_product(a.high, b.high);
    let crossed = plus(times(a.high, b.low), times(a.low, b.high));
    return quick_two_sum(product.high, plus(product.low, crossed));
}

fn double_shifted(a: DoubleF32, b: u32) -> DoubleF32 {
    return DoubleF32(times(a.high, b), times(a.low, b));
}

fn double_quotient(a: DoubleF32, b: DoubleF32) -> DoubleF32 {
    let inverse = reciprocal(b.high);
    let guess = times(a.high, inverse);
    let taken = two_product(guess, b.high);
    let left = minus(minus(minus(a.high, taken.high), taken.low), times(guess, b.low));
    return quick_two_sum(guess, times(plus(left, a.low), inverse));
}

fn ratio_ln_double(a: u32, b: u32) -> DoubleF32 {
    let numerator = ONE | (a & MANTISSA);
    let y = ONE | (b & MANTISSA);
    let above = u32(numerator >= times(y, RATIO_LARGEST));
    let below = u32(numerator < times(y, RATIO_LOWEST));
    let step = above - below;
    let x = numerator - (step << 23u);
    let k = whole(field(a) - field(b) + step);
    let s = double_quotient(DoubleF32(minus(x, y), 0u), two_sum(x, y));
    let z = double_product(s, s);
    let p = horner(horner(horner(ATANH_3, z.high, ATANH_2), z.high, ATANH_1), z.high, ATANH_0);
    let fifths = quick_two_sum(TWO_FIFTHS, horner(p, z.high, TWO_FIFTHS_LOW));
    let thirds = double_sum(DoubleF32(TWO_THIRDS, TWO_THIRDS_LOW), double_product(z, fifths));
    let cubic = double_product(s, double_product(z, thirds));
    let twice = DoubleF32(plus(s.high, s.high), plus(s.low, s.low));
    let exact = quick_two_sum(times(k, LN2_HIGH), times(k, LN2_MIDDLE));
    let steps = DoubleF32(exact.high, plus(exact.low, times(k, LN2_LAST)));
    return double_sum(steps, double_sum(twice, cubic));
}

fn ln_double(x: u32) -> DoubleF32 {
    return ratio_ln_double(x, ONE);
}

struct ScaledDouble {
    n: u32,
    factor: DoubleF32,
}

struct DoubleReduced {
    n: u32,
    rest: DoubleF32,
}

fn double_reduced(x: DoubleF32) -> DoubleReduced {
    let nearest = plus(times(x.high, LOG2_E), ROUNDING);
    let steps = select(nearest, ROUNDING, magnitude(x.high) < HALF);
    let n = minus(steps, ROUNDING);
    let taken = double_product(DoubleF32(n, 0u), DoubleF32(LN2, LN2_REST));
    return DoubleReduced(steps - ROUNDING, double_sum(x, copysign_xor(taken, SIGN)));
}

fn exp_excess_near(r: DoubleF32) -> DoubleF32 {
    let tail = times(r.high, exp_tail(r.high));
    return double_product(r, quick_two_sum(HALF, tail));
}

fn exp_near(r: DoubleF32, excess: DoubleF32) -> DoubleF32 {
    return double_sum(double_sum(DoubleF32(ONE, 0u), r), double_product(r, excess));
}

fn exp_double(x: DoubleF32) -> ScaledDouble {
    let parts = double_reduced(x);
    let factor = exp_near(parts.rest, exp_excess_near(parts.rest));
    return ScaledDouble(parts.n, factor);
}

fn exp_excess_ratio(x: DoubleF32) -> ScaledDouble {
    let parts = double_reduced(x);
    let near = exp_excess_near(parts.rest);
    let n = u32(max(bitcast<i32>(parts.n), 0));
    let grown = double_shifted(exp_near(parts.rest, near), power_of_half(n - parts.n));
    let less = double_shifted(double_sum(DoubleF32(ONE, 0u), x), SIGN | power_of_half(n));
    let far = double_quotient(double_sum(grown, less), x);
    return ScaledDouble(n, select_double(far, near, parts.n == 0u));
}

fn similar_magnitude(a: u32, b: u32) -> bool {
    return field(a) - field(b) + 10u < 40u;
}

fn ratio_defect(a: u32, b: u32) -> u32 {
    let unit = ONE | (b & MANTISSA);
    let moved = a - (b & NOT_MANTISSA) + ONE;
    let u = double_quotient(two_sum(moved, unit ^ SIGN), DoubleF32(unit, 0u));
    let slope = times(u.high, reciprocal(plus(ONE, u.high)));
    return plus(x_minus_ln1p(u.high), times(u.low, slope));
}

fn ratio_ln(a: u32, b: u32) -> u32 {
    let n = whole(field(a) - field(b));
    let r = quotient(ONE | (a & MANTISSA), ONE | (b & MANTISSA));
    let rest = plus(ln(r), times(n, LN2_LOW));
    return plus(times(n, LN2_HIGH), rest);
}
