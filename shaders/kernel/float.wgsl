// Twin of src/kernel/float.rs: elementary functions with the same bits on every device.
//
// Everything is built from plus, minus and times, each rounded once and behind a barrier, and from
// integer operations on bits. The twin describes bounds and coefficients.

fn plus(a: u32, b: u32) -> u32 {
    return rounded(number(a) + number(b));
}

fn minus(a: u32, b: u32) -> u32 {
    return rounded(number(a) - number(b));
}

fn times(a: u32, b: u32) -> u32 {
    return rounded(number(a) * number(b));
}

fn horner(p: u32, x: u32, c: u32) -> u32 {
    return plus(times(p, x), c);
}

fn half_square(x: u32, p: u32) -> u32 {
    return times(x, plus(times(x, HALF), times(x, times(x, p))));
}

fn whole(n: u32) -> u32 {
    return minus(ROUNDING + n, ROUNDING);
}

fn passthrough(x: u32) -> u32 {
    let small = select(UNDERFLOW, 0u, magnitude(x) == 0u);
    return select(x, small, field(x) < MIN_RESULT_EXPONENT);
}

fn quadratic(x: u32, result: u32) -> u32 {
    let small = select(UNDERFLOW, 0u, magnitude(x) == 0u);
    return select(result, small, field(x) < FIELD_SQUARE);
}

fn scaled(x: u32, n: u32) -> u32 {
    let exponent = bitcast<i32>(field(x) + n);
    let result = x + (n << 23u);
    let large = select(result, INFINITY | (x & SIGN), exponent > 254);
    return select(large, UNDERFLOW, exponent < i32(MIN_RESULT_EXPONENT));
}

fn scale(x: u32) -> u32 {
    return select(SCALE_DOWN, SCALE_UP, field(x) < FIELD_SCALE);
}

fn power_of_half(n: u32) -> u32 {
    return select(0u, ONE - (n << 23u), n + 64u < 128u);
}

fn significand(bits: u32) -> u32 {
    return IMPLICIT | (bits & MANTISSA);
}

// One step of an integer division: adds `part` to `guess` if `excess` is at least `part` divisors.
fn divided(guess: vec2<u32>, part: u32, divisor: u32) -> vec2<u32> {
    let more = vec2(guess.x + part, guess.y - part * divisor);
    return select(guess, more, guess.y >= part * divisor);
}

// The estimate of the quotient q of significands, from 1 to 2 in units of 2^-23, is off by less
// than 3: 2.49 by the reciprocal, 1/2 by its own rounding. So q + 1/2 less (guess - 3) is between
// 1/2 and 6 1/2. Its integer part is computed with integers: the remainder of (q + 1/2) divisor * 2
// is less than 7 * 2^25 and fits a word, though its parts do not.
fn quotient(a: u32, b: u32) -> u32 {
    let dividend = significand(a);
    let divisor = significand(b);
    let below = select(0u, 1u, dividend < divisor);
    let m = (ONE | (a & MANTISSA)) + (below << 23u);
    let estimate = times(m, reciprocal(ONE | (b & MANTISSA)));
    let guess = estimate - ONE + IMPLICIT - 3u;
    let left = (dividend << (24u + below)) + divisor - 2u * guess * divisor;
    let by_4 = divided(vec2(guess, left), 4u, 2u * divisor);
    let by_2 = divided(by_4, 2u, 2u * divisor);
    let by_1 = divided(by_2, 1u, 2u * divisor);
    let exponent = bitcast<i32>(field(a) - field(b) + 127u - below);
    let sign = (a ^ b) & SIGN;
    let result = sign | ((u32(exponent) << 23u) + by_1.x - IMPLICIT);
    let large = select(result, sign | INFINITY, exponent > 254);
    let small = select(UNDERFLOW, 0u, magnitude(a) == 0u);
    return select(large, small, (exponent < i32(MIN_RESULT_EXPONENT)) | (magnitude(a) == 0u));
}

// One step of an integer root: adds one to `guess` if the root is above guess + 1/2. guess.y is
// radicand - guess^2 - guess; the root is never an integer plus one half.
fn rooted(guess: vec2<u32>) -> vec2<u32> {
    let more = vec2(guess.x + 1u, guess.y - 2u * (guess.x + 1u));
    return select(guess, more, bitcast<i32>(guess.y) > 0);
}

// The estimate of the root of the significand, from 1 to 2 in units of 2^-23, is off by less than
// 3.1 (over all significands): the root is 0 to 6 steps above guess - 3.
fn square_root(a: u32) -> u32 {
    let odd = 1u - (field(a) & 1u);
    let m = (ONE | (a & MANTISSA)) + (odd << 23u);
    let half = times(m, HALF);
    let r0 = RECIPROCAL_ROOT - (m >> 1u);
    let r1 = times(r0, minus(THREE_HALVES, times(half, times(r0, r0))));
    let r2 = times(r1, minus(THREE_HALVES, times(half, times(r1, r1))));
    let r3 = times(r2, minus(THREE_HALVES, times(half, times(r2, r2))));
    let guess = times(m, r3) - ONE + IMPLICIT - 3u;
    let left = (significand(a) << (23u + odd)) - guess * guess - guess;
    let root = rooted(rooted(rooted(rooted(rooted(rooted(vec2(guess, left)))))));
    let exponent = (field(a) + 127u - odd) >> 1u;
    let result = (exponent << 23u) + root.x - IMPLICIT;
    return select(result, 0u, magnitude(a) == 0u);
}

fn reciprocal(b: u32) -> u32 {
    let r0 = RECIPROCAL - b;
    let r1 = times(r0, minus(TWO, times(b, r0)));
    let r2 = times(r1, minus(TWO, times(b, r1)));
    return times(r2, minus(TWO, times(b, r2)));
}

fn ln_defect(f: u32) -> u32 {
    let p9 = horner(horner(LN_11, f, LN_10), f, LN_9);
    let p6 = horner(horner(horner(p9, f, LN_8), f, LN_7), f, LN_6);
    let p3 = horner(horner(horner(p6, f, LN_5), f, LN_4), f, LN_3);
    let p1 = horner(horner(p3, f, LN_2), f, LN_1);
    return half_square(f, p1);
}

struct Scaled {
    k: u32,
    f: u32,
}

fn decomposed(x: u32, lowest: u32) -> Scaled {
    let above = x - lowest;
    let k = whole(bitcast<u32>(bitcast<i32>(above) >> 23u));
    let f = minus(x - (above & NOT_MANTISSA), ONE);
    return Scaled(k, f);
}

fn decomposed_1p(x: u32) -> Scaled {
    let sum = plus(ONE, x);
    let part = minus(sum, ONE);
    let error = plus(minus(ONE, minus(sum, part)), minus(x, part));
    let lowest = select(LN1P_LOWEST, LN_LOWEST, sum < ONE);
    let above = sum - lowest;
    let n = bitcast<u32>(bitcast<i32>(above) >> 23u);
    let truncated = minus(sum - (above & NOT_MANTISSA), ONE);
    let f = plus(truncated, times(error, power_of_half(n)));
    return Scaled(whole(n), f);
}

fn logarithm(k: u32, f: u32) -> u32 {
    let steps = times(k, LN2_HIGH);
    let high = plus(steps, f);
    let low = minus(f, minus(high, steps));
    let rest = minus(times(k, LN2_LOW), ln_defect(f));
    return plus(high, plus(low, rest));
}

fn ln(x: u32) -> u32 {
    let parts = decomposed(x, LN_LOWEST);
    let result = logarithm(parts.k, parts.f);
    return select(result, INFINITY, nonfinite(x));
}

fn ln1p(x: u32) -> u32 {
    let parts = decomposed_1p(x);
    let result = logarithm(parts.k, parts.f);
    let finite = select(result, INFINITY, nonfinite(x));
    return select(finite, passthrough(x), field(x) < FIELD_LINEAR);
}

fn ln_or_ln1p(x: u32, plus_one: bool) -> u32 {
    let alone = decomposed(x, LN_LOWEST);
    let beside = decomposed_1p(x);
    let k = select(alone.k, beside.k, plus_one);
    let f = select(alone.f, beside.f, plus_one);
    let result = logarithm(k, f);
    let finite = select(result, INFINITY, nonfinite(x));
    return select(finite, passthrough(x), plus_one & (field(x) < FIELD_LINEAR));
}

fn x_minus_ln1p(x: u32) -> u32 {
    let parts = decomposed_1p(x);
    let left = minus(minus(x, times(parts.k, LN2_HIGH)), parts.f);
    let right = minus(ln_defect(parts.f), times(parts.k, LN2_LOW));
    let result = plus(left, right);
    let finite = select(result, INFINITY, nonfinite(x));
    return quadratic(x, finite);
}

fn exp_tail(r: u32) -> u32 {
    let p3 = horner(horner(horner(EXP_6, r, EXP_5), r, EXP_4), r, EXP_3);
    return horner(horner(p3, r, EXP_2), r, EXP_1);
}

fn exp_defect(r: u32) -> u32 {
    return half_square(r, exp_tail(r));
}

struct Reduced {
    n: u32,
    high: u32,
    low: u32,
}

fn reduced(x: u32) -> Reduced {
    let bounded = (x & SIGN) | min(magnitude(x), EXP_LIMIT);
    let nearest = plus(times(bounded, LOG2_E), ROUNDING);
    let steps = select(nearest, ROUNDING, magnitude(x) < HALF);
    let n = minus(steps, ROUNDING);
    let high = minus(bounded, times(n, LN2_HIGH));
    return Reduced(steps - ROUNDING, high, times(n, LN2_LOW));
}

fn expm1_of(parts: Reduced) -> u32 {
    let defect = exp_defect(minus(parts.high, parts.low));
    return plus(parts.high, minus(defect, parts.low));
}

fn exponential(x: u32) -> u32 {
    let parts = reduced(x);
    let p = plus(ONE, expm1_of(parts));
    return scaled(p, parts.n);
}

fn expm1(x: u32) -> u32 {
    let parts = reduced(x);
    let base = minus(ONE, power_of_half(parts.n));
    let result = scaled(plus(base, expm1_of(parts)), parts.n);
    let bounded = select(result, ONE | SIGN, x > EXPM1_LIMIT);
    return select(bounded, passthrough(x), field(x) < FIELD_LINEAR);
}

fn exp_excess(x: u32) -> u32 {
    let parts = reduced(x);
    let half = power_of_half(parts.n);
    let base = minus(minus(ONE, half), times(x, half));
    let defect = exp_defect(minus(parts.high, parts.low));
    let sum = plus(plus(base, parts.high), minus(defect, parts.low));
    let result = scaled(sum, parts.n);
    let bounded = select(result, minus(ONE | SIGN, x), x > EXPM1_LIMIT);
    return quadratic(x, bounded);
}

fn ln_cosh(x: u32) -> u32 {
    let a = magnitude(x);
    let bounded = min(a, LN_COSH_LIMIT);
    let y = times(bounded, bounded);
    let p4 = horner(horner(horner(LN_COSH_7, y, LN_COSH_6), y, LN_COSH_5), y, LN_COSH_4);
    let p1 = horner(horner(horner(p4, y, LN_COSH_3), y, LN_COSH_2), y, LN_COSH_1);
    let near = half_square(bounded, times(bounded, p1));
    let t = exponential(SIGN | times(TWO, bounded));
    let tail = minus(t, ln_defect(t));
    let far = plus(minus(a, LN2_HIGH), minus(tail, LN2_LOW));
    let result = select(far, near, a <= ONE);
    return quadratic(x, result);
}

fn softplus(x: u32) -> u32 {
    let tail = ln1p(exponential(x | SIGN));
    return select(plus(x, tail), tail, x >> 31u == 1u);
}

fn sigmoid(x: u32) -> u32 {
    let t = exponential(x | SIGN);
    let share = select(ONE, t, x >> 31u == 1u);
    let sum = plus(ONE, t);
    let error = minus(t, minus(sum, ONE));
    let q = quotient(share, sum);
    let result = minus(q, times(q, times(error, THREE_QUARTERS)));
    return select(result, q, field(q) < MIN_RESULT_EXPONENT);
}
