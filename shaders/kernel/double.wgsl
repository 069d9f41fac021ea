// Twin of src/kernel/double.rs: numbers of two f32 parts, for what needs more than 24 bits.

struct Pair {
    high: u32,
    low: u32,
}

fn quick_two_sum(a: u32, b: u32) -> Pair {
    let high = plus(a, b);
    let low = minus(b, minus(high, a));
    return Pair(high, low);
}

fn two_sum(a: u32, b: u32) -> Pair {
    let high = plus(a, b);
    let part = minus(high, a);
    let low = plus(minus(a, minus(high, part)), minus(b, part));
    return Pair(high, low);
}

fn choice(no: Pair, yes: Pair, holds: bool) -> Pair {
    let high = select(no.high, yes.high, holds);
    let low = select(no.low, yes.low, holds);
    return Pair(high, low);
}

fn turned(a: Pair, sign: u32) -> Pair {
    return Pair(a.high ^ (sign & SIGN), a.low ^ (sign & SIGN));
}

fn two_product(a: u32, b: u32) -> Pair {
    let high = times(a, b);
    let a1 = a & UPPER_HALF;
    let b1 = b & UPPER_HALF;
    let a2 = minus(a, a1);
    let b2 = minus(b, b1);
    let rest = plus(plus(minus(times(a1, b1), high), times(a1, b2)), times(a2, b1));
    let low = plus(rest, times(a2, b2));
    return Pair(high, low);
}

fn pair_sum(a: Pair, b: Pair) -> Pair {
    let sum = two_sum(a.high, b.high);
    return quick_two_sum(sum.high, plus(sum.low, plus(a.low, b.low)));
}

fn pair_product(a: Pair, b: Pair) -> Pair {
    let product = two_product(a.high, b.high);
    let crossed = plus(times(a.high, b.low), times(a.low, b.high));
    return quick_two_sum(product.high, plus(product.low, crossed));
}

fn pair_shifted(a: Pair, b: u32) -> Pair {
    return Pair(times(a.high, b), times(a.low, b));
}

fn pair_quotient(a: Pair, b: Pair) -> Pair {
    let inverse = reciprocal(b.high);
    let guess = times(a.high, inverse);
    let taken = two_product(guess, b.high);
    let left = minus(minus(minus(a.high, taken.high), taken.low), times(guess, b.low));
    return quick_two_sum(guess, times(plus(left, a.low), inverse));
}

fn ratio_ln_pair(a: u32, b: u32) -> Pair {
    let numerator = ONE | (a & MANTISSA);
    let y = ONE | (b & MANTISSA);
    let above = u32(numerator >= times(y, RATIO_LARGEST));
    let below = u32(numerator < times(y, RATIO_LOWEST));
    let step = above - below;
    let x = numerator - (step << 23u);
    let k = whole(field(a) - field(b) + step);
    let s = pair_quotient(Pair(minus(x, y), 0u), two_sum(x, y));
    let z = pair_product(s, s);
    let p = horner(horner(horner(ATANH_3, z.high, ATANH_2), z.high, ATANH_1), z.high, ATANH_0);
    let fifths = quick_two_sum(TWO_FIFTHS, horner(p, z.high, TWO_FIFTHS_LOW));
    let thirds = pair_sum(Pair(TWO_THIRDS, TWO_THIRDS_LOW), pair_product(z, fifths));
    let cubic = pair_product(s, pair_product(z, thirds));
    let twice = Pair(plus(s.high, s.high), plus(s.low, s.low));
    let exact = quick_two_sum(times(k, LN2_HIGH), times(k, LN2_MIDDLE));
    let steps = Pair(exact.high, plus(exact.low, times(k, LN2_LAST)));
    return pair_sum(steps, pair_sum(twice, cubic));
}

fn ln_pair(x: u32) -> Pair {
    return ratio_ln_pair(x, ONE);
}

struct WidePair {
    n: u32,
    factor: Pair,
}

struct PairReduced {
    n: u32,
    rest: Pair,
}

fn pair_reduced(x: Pair) -> PairReduced {
    let nearest = plus(times(x.high, LOG2_E), ROUNDING);
    let steps = select(nearest, ROUNDING, magnitude(x.high) < HALF);
    let n = minus(steps, ROUNDING);
    let taken = pair_product(Pair(n, 0u), Pair(LN2, LN2_REST));
    return PairReduced(steps - ROUNDING, pair_sum(x, turned(taken, SIGN)));
}

fn exp_excess_near(r: Pair) -> Pair {
    let tail = times(r.high, exp_tail(r.high));
    return pair_product(r, quick_two_sum(HALF, tail));
}

fn exp_near(r: Pair, excess: Pair) -> Pair {
    return pair_sum(pair_sum(Pair(ONE, 0u), r), pair_product(r, excess));
}

fn exp_pair(x: Pair) -> WidePair {
    let apart = pair_reduced(x);
    let factor = exp_near(apart.rest, exp_excess_near(apart.rest));
    return WidePair(apart.n, factor);
}

fn exp_excess_ratio(x: Pair) -> WidePair {
    let apart = pair_reduced(x);
    let near = exp_excess_near(apart.rest);
    let n = u32(max(bitcast<i32>(apart.n), 0));
    let grown = pair_shifted(exp_near(apart.rest, near), power_of_half(n - apart.n));
    let less = pair_shifted(pair_sum(Pair(ONE, 0u), x), SIGN | power_of_half(n));
    let far = pair_quotient(pair_sum(grown, less), x);
    return WidePair(n, choice(far, near, apart.n == 0u));
}

fn similar_magnitude(a: u32, b: u32) -> bool {
    return field(a) - field(b) + 10u < 40u;
}

fn ratio_defect(a: u32, b: u32) -> u32 {
    let unit = ONE | (b & MANTISSA);
    let moved = a - (b & NOT_MANTISSA) + ONE;
    let u = pair_quotient(two_sum(moved, unit ^ SIGN), Pair(unit, 0u));
    let slope = times(u.high, reciprocal(plus(ONE, u.high)));
    return plus(x_minus_ln1p(u.high), times(u.low, slope));
}

fn ratio_ln(a: u32, b: u32) -> u32 {
    let n = whole(field(a) - field(b));
    let r = quotient(ONE | (a & MANTISSA), ONE | (b & MANTISSA));
    let rest = plus(ln(r), times(n, LN2_LOW));
    return plus(times(n, LN2_HIGH), rest);
}
