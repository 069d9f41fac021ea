// Twin of src/kernel/row.rs: the summary of a row of K scores and its truth.

struct RowSummary {
    arg_max: u32,
    truth: u32,
    rank: u32,
    flags: u32,
    max: u32,
    runner_up: u32,
    truth_score: u32,
    sum: u32,
    sum_of_squares: u32,
    mean: u32,
}

fn quantum(largest: u32) -> u32 {
    return (max(field(largest), MIN_RESULT_EXPONENT + QUANTUM_FIELDS) - QUANTUM_FIELDS) << 23u;
}

fn quantised(term: u32, quantum: u32) -> u32 {
    let rounded = minus(plus(term, quantum), quantum);
    return select(term, rounded, term < quantum);
}

// The low and the high word of the number of units.
fn units(term: u32, quantum: u32) -> vec2<u32> {
    let up = max(field(term), field(quantum)) - field(quantum);
    let down = field(quantum) - min(field(term), field(quantum));
    let m = mantissa(term) >> min(down, 31u);
    return vec2<u32>(m << min(up, 31u), (m >> 1u) >> (31u - min(up, 31u)));
}

fn number_of(units: vec2<u32>) -> u32 {
    // The units, shifted so that their leading bit is bit 31 of `high`.
    let words = select(units, vec2<u32>(0u, units.x), units.y == 0u);
    let zeros = countLeadingZeros(words.y);
    let high = (words.y << (zeros & 31u)) | ((words.x >> 1u) >> (31u - (zeros & 31u)));
    let low = words.x << (zeros & 31u);
    let leading = select(63u, 31u, units.y == 0u) - zeros;
    let odd = (high >> 8u) & 1u;
    let above_half = ((high & 0x7fu) != 0u) | (low != 0u) | (odd == 1u);
    let up = select(0u, 1u, ((high & 0x80u) != 0u) & above_half);
    let number = ((leading + 126u) << 23u) + (high >> 8u) + up;
    return select(number, 0u, (units.x | units.y) == 0u);
}

fn sum_of(units: vec2<u32>, quantum: u32) -> u32 {
    let number = number_of(units);
    let sum = scaled(number, field(quantum) - 150u);
    return select(sum, 0u, number == 0u);
}

fn mean_of(units: vec2<u32>, quantum: u32, classes: u32) -> u32 {
    let number = number_of(units);
    let mean = scaled(quotient(number, whole(classes)), field(quantum) - 150u);
    return select(mean, 0u, number == 0u);
}

fn normalized(units: vec2<u32>) -> bool {
    // 2^43 is 2^11 times 2^32.
    let above = units.y - 0x7ffu;
    return (above < 2u) | ((above == 2u) & (units.x == 0u));
}

fn nearly_one(units: vec2<u32>) -> bool {
    // 2^35 is 2^3 times 2^32.
    let above = units.y - 0x7f8u;
    return (above < 16u) | ((above == 16u) & (units.x == 0u));
}

fn exp_nonpositive(x: u32) -> u32 {
    let nearest = plus(times(x, LOG2_E), ROUNDING);
    let n = minus(nearest, ROUNDING);
    let r = minus(minus(x, times(n, LN2_HIGH)), times(n, LN2_LOW));
    let p4 = horner(horner(TERM_6, r, TERM_5), r, TERM_4);
    let p1 = horner(horner(horner(p4, r, TERM_3), r, TERM_2), r, ONE);
    let p = horner(p1, r, ONE);
    let result = p + (nearest << 23u);
    return select(result, 0u, x > TERM_LIMIT);
}

fn add_nonnegative(a: u32, b: u32) -> u32 {
    let maximum = max(a, b);
    return select(plus(a, b), maximum, field(min(a, b)) < MIN_RESULT_EXPONENT);
}

fn runner_up_over_max(row: RowSummary) -> u32 {
    let gap = two_sum(row.runner_up, row.max ^ SIGN);
    let parts = reduced(gap.high);
    let corrected = Reduced(parts.n, parts.high, minus(parts.low, gap.low));
    let result = scaled(plus(ONE, expm1_of(corrected)), parts.n);
    return select(result, UNDERFLOW, magnitude(gap.high) > EXP_LIMIT);
}

fn exp_sum_without_max(row: RowSummary) -> u32 {
    let ratio = runner_up_over_max(row);
    return select(times(ratio, row.sum), UNDERFLOW, field(ratio) < MIN_RESULT_EXPONENT);
}
