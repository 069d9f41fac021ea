// Twin of src/statistic/pair.rs: numbers of two f32 parts, for what needs more than 24 bits.

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

fn pair_quotient(a: Pair, b: Pair) -> Pair {
    let inverse = reciprocal(b.high);
    let guess = times(a.high, inverse);
    let taken = two_product(guess, b.high);
    let left = minus(minus(minus(a.high, taken.high), taken.low), times(guess, b.low));
    return quick_two_sum(guess, times(plus(left, a.low), inverse));
}

fn ln_pair(x: u32) -> Pair {
    let apart = taken_apart(x, LN_PAIR_LOWEST);
    let s = pair_quotient(Pair(apart.f, 0u), two_sum(TWO, apart.f));
    let z = pair_product(s, s);
    let p = horner(horner(horner(ATANH_3, z.high, ATANH_2), z.high, ATANH_1), z.high, ATANH_0);
    let fifths = quick_two_sum(TWO_FIFTHS, horner(p, z.high, TWO_FIFTHS_LOW));
    let thirds = pair_sum(Pair(TWO_THIRDS, TWO_THIRDS_LOW), pair_product(z, fifths));
    let cubic = pair_product(s, pair_product(z, thirds));
    let twice = Pair(plus(s.high, s.high), plus(s.low, s.low));
    let whole = quick_two_sum(times(apart.k, LN2_HIGH), times(apart.k, LN2_MIDDLE));
    let steps = Pair(whole.high, plus(whole.low, times(apart.k, LN2_LAST)));
    return pair_sum(steps, pair_sum(twice, cubic));
}

fn exp_pair(x: Pair) -> u32 {
    let apart = reduced(x.high);
    let corrected = Reduced(apart.n, apart.high, minus(apart.low, x.low));
    let p = plus(ONE, expm1_of(corrected));
    return scaled(p, apart.n);
}

fn power(x: u32, a: Pair) -> u32 {
    return exp_pair(pair_product(a, ln_pair(x)));
}

fn alike(a: u32, b: u32) -> bool {
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
